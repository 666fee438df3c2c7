"""A bill of the container trade (DCSA) in the words of its boxes and attached sheets."""

from collections.abc import Iterator

from ebl_service.domain.transport_document.bill_code import BillCode
from ebl_service.domain.transport_document.extended_fields import charge_name
from ebl_service.printing.boxes import Box
from ebl_service.printing.container_goods import container_goods
from ebl_service.printing.every_bill import foot_end, kind_of_bill, ledger_box, originals, party_boxes
from ebl_service.printing.face import Face
from ebl_service.printing.particulars import Conversion, TitleParticulars
from ebl_service.printing.parties_and_places import party, place
from ebl_service.printing.said import Said
from ebl_service.printing.section import Section
from ebl_service.printing.sheets import INNER, Column, Row

TERMS = {"PRE": "prepaid", "COL": "collect"}
SEAL_SOURCES = {"CAR": "carrier", "SHI": "shipper", "VET": "veterinary", "CUS": "customs"}

CHARGES = (
    Column("CHARGE", 150),
    Column("BASIS", 110),
    Column("UNIT PRICE", 70, is_figure=True),
    Column("QUANTITY", 60, is_figure=True),
    Column("PREPAID", (INNER - 390) / 2, is_figure=True),
    Column("COLLECT", (INNER - 390) / 2, is_figure=True),
)
DANGEROUS = (
    Column("CONTAINER", 70),
    Column("NUMBER", 44),
    Column("PROPER SHIPPING NAME", 132),
    Column("CLASS, GROUP", 58),
    Column("PARTICULARS", INNER - 304),
)
EQUIPMENT = (
    Column("CONTAINER", 76),
    Column("TYPE", 34),
    Column("SEALS", 150),
    Column("TARE", 60, is_figure=True),
    Column("PARTICULARS", INNER - 320),
)


def container_face(document: Said, title: TitleParticulars, code: BillCode, conversion: Conversion | None) -> Face:
    """The first page of a container bill."""
    parties = document.part("documentParties")
    carrier = parties.part("issuingParty").content.get("partyName", "")
    return Face(
        heading="BILL OF LADING",
        kind=kind_of_bill(document),
        carrier=str(carrier),
        parties=party_boxes(document, parties),
        references=_references(document, parties),
        ledger=ledger_box(title, conversion),
        qr_payload=code.words(),
        carriage=_carriage(document),
        goods=container_goods(document),
        clauses=Box("CLAUSES", document.lines("carrierClauses") or ["none"], most=6),
        foot=(_freight(document, conversion), foot_end(document, parties, title, conversion, _carrier_code(document))),
    )


def container_sections(document: Said) -> Iterator[Section]:
    """The attached sheets: containers, dangerous goods, charges."""
    yield Section("CONTAINERS", columns=EQUIPMENT, rows=[_equipment(each) for each in _used(document)])
    yield Section("DANGEROUS GOODS", columns=DANGEROUS, rows=list(_dangerous_goods(document)))
    yield Section("FREIGHT AND CHARGES", columns=CHARGES, rows=[_charge(each) for each in document.parts("charges")])


def _references(document: Said, parties: Said) -> tuple[Box, ...]:
    number = document.text("transportDocumentReference")
    version = document.text("transportDocumentSubReference")
    others = [f"{each.text('type')} {each.text('value')}" for each in document.parts("references")]
    agreed = [
        f"{label} {document.text(key)}"
        for label, key in (
            ("Service contract", "serviceContractReference"),
            ("Quotation", "extendedContractQuotationReference"),
            ("Quotation", "contractQuotationReference"),
            ("Shipping instructions", "shippingInstructionsReference"),
        )
        if key in document.content
    ]
    return (
        Box("BILL OF LADING NUMBER", [number], most=1, size=11, is_bold=True),
        Box("REFERENCES", [" · ".join([*([version] if version else []), *others]), *agreed], most=4),
        Box("CARRIER", party(parties.part("issuingParty")), most=8),
        Box("CARRIER'S AGENT AT DESTINATION", party(parties.part("carriersAgentAtDestination")), most=4),
    )


def _carriage(document: Said) -> tuple[tuple[Box, ...], ...]:
    transports = document.part("transports")
    receipt = document.lines("displayedNameForPlaceOfReceipt") or place(transports.part("placeOfReceipt"))
    loading = document.lines("displayedNameForPortOfLoad") or place(transports.part("portOfLoading"))
    discharge = document.lines("displayedNameForPortOfDischarge") or place(transports.part("portOfDischarge"))
    delivery = document.lines("displayedNameForPlaceOfDelivery") or place(transports.part("placeOfDelivery"))
    vessels = [_vessel(each) for each in transports.parts("vesselVoyages")]
    origin = f"{document.text('receiptTypeAtOrigin')} / {document.text('deliveryTypeAtDestination')}"
    loads = f"{document.text('cargoMovementTypeAtOrigin')} / {document.text('cargoMovementTypeAtDestination')}"
    planned = (
        f"Departure {transports.text('plannedDepartureDate')}",
        f"Arrival {transports.text('plannedArrivalDate')}",
    )
    return (
        (
            Box("PRE-CARRIAGE BY", [transports.text("preCarriageBy")]),
            Box("PLACE OF RECEIPT", receipt, most=3),
            Box("VESSEL AND VOYAGE", vessels, most=4),
            Box("PORT OF LOADING", loading, most=3),
        ),
        (
            Box("PORT OF DISCHARGE", discharge, most=3),
            Box("PLACE OF DELIVERY", delivery, most=3),
            Box("ON-CARRIAGE BY", [transports.text("onCarriageBy"), *place(transports.part("onwardInlandRouting"))]),
            Box("SERVICE · PLANNED DATES", [f"{origin}, {loads}", *planned], most=4),
        ),
    )


def _vessel(voyage: Said) -> str:
    number = voyage.text("vesselIMONumber")
    first = f"{voyage.text('vesselName')}{f' (IMO {number})' if number else ''}"
    codes = [voyage.text("carrierExportVoyageNumber"), voyage.text("universalExportVoyageReference")]
    return f"{first}, voyage {' / '.join(each for each in codes if each)}{_in_brackets(voyage.text('role'))}"


def _freight(document: Said, conversion: Conversion | None) -> tuple[Box, ...]:
    term = document.text("freightPaymentTermCode")
    payable = document.part("invoicePayableAt")
    at = payable.text("freeText") or payable.text("UNLocationCode")
    value = f"{document.text('declaredValue')} {document.text('declaredValueCurrency')}".strip()
    return (
        Box("FREIGHT", [f"{TERMS.get(term, term)}".strip(), f"payable at {at}" if at else ""]),
        Box("DECLARED VALUE", [value or "none declared"]),
        Box("NUMBER OF ORIGINALS", _originals(document, conversion), most=3),
    )


def _originals(document: Said, conversion: Conversion | None) -> list[str]:
    with_charges = document.text("numberOfOriginalsWithCharges")
    without = document.text("numberOfOriginalsWithoutCharges")
    if document.content.get("isElectronic") is not True:
        return [f"with charges {with_charges}, without {without}"]
    shown = [f"{count} {words} charges" for count, words in ((with_charges, "with"), (without, "without")) if count]
    return [*originals(conversion), f"{'' if conversion is None else 'before: '}{', '.join(shown)}"]


def _carrier_code(document: Said) -> str:
    code, provider = document.text("carrierCode"), document.text("carrierCodeListProvider")
    return f"{code}{_in_brackets(provider)}"


def _used(document: Said) -> Iterator[Said]:
    yield from document.parts("utilizedTransportEquipments")


def _equipment(used: Said) -> Row:
    equipment = used.part("equipment")
    seals = [f"{each.text('number')}{_in_brackets(_source(each))}" for each in used.parts("seals")]
    head = [equipment.text("equipmentReference")], [equipment.text("ISOEquipmentCode")]
    tare = [equipment.amount("tareWeight")]
    settings = used.part("activeReeferSettings")
    cold = []
    if "temperatureSetpoint" in settings.content:
        cold = [f"set point {settings.amount_of('temperatureSetpoint', 'temperatureUnit')}"]
    if "airExchangeSetpoint" in settings.content:
        cold.append(f"air exchange {settings.amount_of('airExchangeSetpoint', 'airExchangeUnit')}")
    rest = [*cold, *settings.all_of(), *equipment.all_of(), *used.all_of()]
    return Row((*head, seals, tare, ["; ".join(rest)]))


def _source(seal: Said) -> str:
    source = seal.text("source")
    return SEAL_SOURCES.get(source, source)


def _dangerous_goods(document: Said) -> Iterator[Row]:
    for item in document.parts("consignmentItems"):
        for cargo in item.parts("cargoItems"):
            for goods in cargo.part("outerPackaging").parts("dangerousGoods"):
                yield _dangerous(str(cargo.content.get("equipmentReference", "")), goods)


def _dangerous(where: str, goods: Said) -> Row:
    number = f"UN {goods.text('UNNumber')}" if "UNNumber" in goods.content else f"NA {goods.text('NANumber')}"
    risks = [each for each in (goods.text("subsidiaryRisk1"), goods.text("subsidiaryRisk2")) if each]
    hazard = [f"{goods.text('imoClass')}{_in_brackets(', '.join(risks))}"]
    group = [f"PG {goods.text('packingGroup')}"] if "packingGroup" in goods.content else []
    name = [goods.text("properShippingName"), *goods.lines("technicalName")]
    told = goods.all_of()
    denied = [each.removesuffix(": no") for each in told if each.endswith(": no")]
    stated = [each for each in told if not each.endswith(": no")]
    return Row(([where], [number], name, [*hazard, *group], ["; ".join(stated), *_denied(denied)]))


def _denied(facts: list[str]) -> list[str]:
    return [f"Stated not to apply: {', '.join(facts)}"] if facts else []


def _charge(charge: Said) -> Row:
    counted = charge_name(charge.content)
    name = [counted]
    for key in ("chargeName", "extendedChargeName"):
        said = charge.text(key)
        name += [f"({said})"] if said and said != counted else []
    amount = f"{charge.text('currencyAmount')} {charge.text('currencyCode')}"
    term = charge.text("paymentTermCode")
    prepaid, collect = ([amount], []) if term == "PRE" else ([], [amount])
    basis, price, count = charge.text("calculationBasis"), charge.text("unitPrice"), charge.text("quantity")
    return Row(([*name, *charge.all_of()], [basis], [price], [count], prepaid, collect))


def _in_brackets(words: str) -> str:
    return f" ({words})" if words else ""
