"""A bulk or break-bulk bill under a charter party (this project's profile) in the words of its boxes and sheets."""

from collections.abc import Iterator

from ebl_service.domain.transport_document.bill_code import BillCode
from ebl_service.printing.boxes import Box
from ebl_service.printing.codes import in_words
from ebl_service.printing.every_bill import (
    kind_of_bill,
    ledger_box,
    originals,
    party_boxes,
    place_of_issue,
    shipment,
    signature,
)
from ebl_service.printing.face import Face, Goods
from ebl_service.printing.particulars import Conversion, TitleParticulars
from ebl_service.printing.parties_and_places import party, place
from ebl_service.printing.said import Said
from ebl_service.printing.section import Section
from ebl_service.printing.sheets import INNER, Column, Row

COLUMNS = (
    Column("MARKS AND NUMBERS · HOLDS", 112),
    Column("PACKAGES", 96),
    Column("DESCRIPTION OF GOODS", INNER - 112 - 96 - 96 - 84),
    Column("SHIPPER'S DECLARED QUANTITY", 96, is_figure=True),
    Column("GROSS WEIGHT", 84, is_figure=True),
)
FREIGHT_TERMS = {
    "PREPAID": "Freight prepaid",
    "COLLECT": "Freight to be collected",
    "AS_PER_CHARTER_PARTY": "Freight payable as per charter party",
}
FORMS = {"BULK": "In bulk", "BREAK_BULK": "Break-bulk"}


def charter_party_face(document: Said, title: TitleParticulars, code: BillCode, conversion: Conversion | None) -> Face:
    """The first page of a charter-party bill."""
    parties = document.part("documentParties")
    is_clean = document.text("isCleanOnBoard") == "yes"
    remarks = document.lines("conditionRemarks")
    on_board = [*shipment(document), "CLEAN ON BOARD" if is_clean else "NOT CLEAN: see the remarks on condition"]
    clauses = [*[f"Remark on condition: {each}" for each in remarks], *document.lines("clauses")]
    return Face(
        heading="BILL OF LADING",
        kind=f"To be used with charter parties · {kind_of_bill(document)}",
        carrier=str(parties.part("issuingParty").content.get("partyName", "")),
        parties=party_boxes(document, parties),
        references=_references(document, parties),
        ledger=ledger_box(title, conversion),
        qr_payload=code.words(),
        carriage=_carriage(document),
        goods=_goods(document),
        clauses=Box("REMARKS AND CLAUSES", clauses or ["none"], most=8),
        foot=(
            (
                Box("FREIGHT", _freight(document.part("freight")), most=4),
                Box("GENERAL AVERAGE", _general_average(document.part("generalAverage"))),
                Box(
                    "NUMBER OF ORIGINALS",
                    originals(conversion),
                ),
            ),
            (
                Box("SHIPPED ON BOARD", on_board, most=5, least=5),
                Box("PLACE AND DATE OF ISSUE", place_of_issue(document), most=5),
                Box("SIGNED", _signature(document, title, parties, conversion), most=6, least=5, size=6.8),
            ),
        ),
    )


def charter_party_sections(_document: Said) -> Iterator[Section]:
    """Nothing of its own: what the face has no box for is printed as other particulars."""
    yield from ()


def _references(document: Said, parties: Said) -> tuple[Box, ...]:
    charter = document.part("charterParty")
    agreed = f"{charter.text('reference')} dated {charter.text('date')}"
    made = ", ".join(each for each in (charter.text("place"), charter.text("charterer")) if each)
    others = [f"{each.text('type')} {each.text('value')}" for each in document.parts("references")]
    version = document.text("transportDocumentSubReference")
    return (
        Box("BILL OF LADING NUMBER", [document.text("transportDocumentReference")], most=1, size=11, is_bold=True),
        Box("CHARTER PARTY", [agreed, made], most=3),
        Box("REFERENCES", [" · ".join([*([version] if version else []), *others]) or "none"], most=2),
        Box("CARRIER", party(parties.part("issuingParty")), most=7),
    )


def _carriage(document: Said) -> tuple[tuple[Box, ...], ...]:
    vessel = document.part("vessel")
    voyage, flag = vessel.text("voyageNumber"), vessel.text("flag")
    ship = [
        f"{vessel.text('vesselName')} (IMO {vessel.text('vesselIMONumber')})",
        ", ".join(each for each in (f"voyage {voyage}" if voyage else "", f"flag {flag}" if flag else "") if each),
    ]
    discharge = place(document.part("portOfDischarge")) or document.lines("dischargeRange")
    return (
        (
            Box("VESSEL AND VOYAGE", [each for each in ship if each], most=3),
            Box("MASTER", [vessel.text("masterName")]),
            Box("PORT OF LOADING", place(document.part("portOfLoading")), most=3),
            Box("PORT OF DISCHARGE", discharge, most=3),
        ),
    )


def _goods(document: Said) -> Goods:
    rows = tuple(_row(each) for each in document.parts("goods"))
    total = f"{document.text('grossWeightKilograms')} kg"
    return Goods("PARTICULARS OF GOODS", COLUMNS, rows, Row((("TOTAL",), (), (), (), (total,)), is_bold=True))


def _row(goods: Said) -> Row:
    holds, code, form = goods.text("holds"), goods.text("HSCode"), goods.text("cargoForm")
    marks = [*goods.lines("shippingMarks"), *([f"Holds {holds}"] if holds else [])]
    packages = goods.part("packages")
    counted = [f"{packages.text('numberOfPackages')} × {packages.text('description')}"] if packages.content else []
    kind = packages.text("packageCode")
    declared = goods.part("shippersDeclaredQuantity")
    quantity = [f"{declared.text('value')} {in_words(declared.text('unit'))}"]
    if "isNet" in declared.content:
        quantity.append("net" if declared.text("isNet") == "yes" else "gross")
    deck = goods.text("deckCargoKilograms")
    described = [
        *goods.lines("descriptionOfGoods"),
        FORMS.get(form, form),
        *([f"HS code {code}"] if code else []),
        *([f"On deck: {deck} kg"] if deck else []),
    ]
    gross = f"{goods.text('grossWeightKilograms')} kg"
    return Row((marks, [*counted, *([kind] if kind else [])], described + goods.all_of(), quantity, (gross,)))


def _freight(freight: Said) -> list[str]:
    term, at = freight.text("paymentTerm"), freight.text("payableAt")
    advance = f"{freight.text('advanceCurrency')} {freight.text('advanceAmount')}".strip()
    return [
        FREIGHT_TERMS.get(term, term),
        *([f"payable at {at}"] if at else []),
        *([f"Advance {advance} received on account"] if advance else []),
    ]


def _general_average(said: Said) -> list[str]:
    at = said.text("adjustedAt")
    return [said.text("rules"), *([f"adjusted at {at}"] if at else [])]


def _signature(document: Said, title: TitleParticulars, parties: Said, conversion: Conversion | None) -> list[str]:
    said = document.part("signature")
    principal, capacity = said.text("onBehalfOf"), said.text("onBehalfOfCapacity")
    lines = [f"{said.text('name')}, {said.text('capacity').lower()}"]
    if principal:
        lines.append(f"for and on behalf of {principal}{f', {capacity.lower()}' if capacity else ''}")
    carrier, _, *rest = signature(parties, title, conversion, "")
    return [*lines, f"Carrier: {carrier}", *rest]
