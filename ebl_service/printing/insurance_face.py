"""The words of an insurance document's boxes. Leaves to others: their page (`face`), all else (`insurance`)."""

from ebl_service.domain.insurance_document.conditions import CONDITIONS
from ebl_service.domain.terms import checksummed
from ebl_service.printing.boxes import Box
from ebl_service.printing.face import Face, Goods
from ebl_service.printing.locations import place_in_words
from ebl_service.printing.particulars import CertificateParticulars
from ebl_service.printing.parties_and_places import contact, party, place
from ebl_service.printing.said import Said
from ebl_service.printing.sheets import INNER, Column, Row

HEADINGS = {
    "CERTIFICATE": "CERTIFICATE OF CARGO INSURANCE",
    "POLICY": "MARINE CARGO POLICY",
    "DECLARATION": "DECLARATION UNDER OPEN COVER",
}
SCOPES = {
    "BLANK": "Claims payable to whoever is entitled: blank endorsed",
    "TO_ORDER": "Claims payable to the assured or order",
    "NAMED": "Claims payable to the assured named",
}
MODES = {
    "FOLLOW": "The assured is whoever is entitled under the title named here, at every moment",
    "LOSS_PAYEE": "The assured follows the title named here; claims are paid to the payee until it releases that",
    "NONE": "The assured is the party named, whoever holds the bill",
}
COLUMNS = (
    Column("MARKS AND NUMBERS", INNER * 0.25),
    Column("PACKAGES", INNER * 0.2),
    Column("DESCRIPTION OF THE GOODS INSURED", INNER * 0.38),
    Column("GROSS WEIGHT", INNER * 0.17, is_figure=True),
)


def insurance_face(said: Said, on_ledger: CertificateParticulars, code: str) -> Face:
    """The face of the document, from what it says and where its certificate is."""
    kind = said.text("documentType")
    insurer = said.part("insurer")
    name = str(insurer.content.get("partyName", ""))
    return Face(
        heading=HEADINGS.get(kind, kind),
        kind=SCOPES.get(said.text("endorsementScope"), ""),
        carrier=name,
        parties=_parties(said, on_ledger),
        references=_references(said, insurer),
        ledger=_ledger(on_ledger),
        qr_payload=code,
        carriage=_carriage(said),
        goods=Goods("GOODS INSURED", COLUMNS, tuple(_goods(each) for each in said.parts("goods")), _total(said)),
        clauses=Box("CONDITIONS", _conditions(said), most=9, least=3),
        foot=_foot(said, name, on_ledger),
    )


def _parties(said: Said, on_ledger: CertificateParticulars) -> tuple[Box, ...]:
    boxes = [Box("ASSURED", party(said.part("assured")), most=8, least=4)]
    if "lossPayee" in said.content:
        boxes.append(Box("LOSS PAYEE", party(said.part("lossPayee")), most=6, least=3))
    assignment = said.part("assignment")
    lines = [MODES[on_ledger.mode], *assignment.lines("clause")]
    if assignment.content:
        lines.append(f"Title {assignment.text('titleId')}")
        where = f"registry {assignment.text('titleRegistry')} on chain {assignment.content.get('chainId')}"
        assignment.text("chainId")
        lines.append(where)
    return (*boxes, Box("MANNER OF ASSIGNMENT", lines, most=10, least=4))


def _references(said: Said, insurer: Said) -> tuple[Box, ...]:
    covers = [
        f"{words} {number}"
        for words, number in (("Policy", said.text("policyNumber")), ("Open cover", said.text("openCoverNumber")))
        if number
    ]
    bill = said.text("transportDocumentReference")
    others = [f"{each.text('type')} {each.text('value')}" for each in said.parts("references")]
    return (
        Box("NUMBER", [said.text("documentReference")], most=1, size=11, is_bold=True),
        Box("POLICY · OPEN COVER · BILL OF LADING", [*covers, *([f"Bill {bill}"] if bill else []), *others], most=4),
        Box("INSURER", party(insurer), most=7),
    )


def _ledger(on_ledger: CertificateParticulars) -> Box:
    lines = [
        f"Certificate {on_ledger.certificate_id}",
        f"Chain {on_ledger.chain_id}, contract {checksummed(on_ledger.insurance)}",
        f"Title {on_ledger.title_id}",
    ]
    return Box("THE ORIGINAL ON THE LEDGER", lines, most=9, least=8, size=6.5)


def _carriage(said: Said) -> tuple[tuple[Box, ...], ...]:
    vessel, voyage = said.part("conveyance"), said.part("voyage")
    number = vessel.text("vesselIMONumber")
    ship = [f"{vessel.text('vesselName')}{f' (IMO {number})' if number else ''}"]
    at_sea = vessel.text("voyageNumber")
    transit = voyage.text("transitClause").replace("_", " ").lower()
    return (
        (
            Box("CONVEYANCE", [*ship, *([f"voyage {at_sea}"] if at_sea else [])], most=3),
            Box("FROM", place(voyage.part("placeOfReceipt")), most=3),
            Box("PORT OF LOADING", place(voyage.part("portOfLoading")), most=3),
            Box("PORT OF DISCHARGE", place(voyage.part("portOfDischarge")), most=3),
        ),
        (
            Box("TO", place(voyage.part("placeOfDelivery")), most=3),
            Box("TRANSIT", [transit], most=2),
            Box("COVER ATTACHES", _attaches(said), most=4, least=3),
        ),
    )


def _attaches(said: Said) -> list[str]:
    effective, issued = said.text("effectiveDate"), str(said.content.get("issueDate", ""))
    lines = [f"from {effective or issued}"]
    for words, name in (("war", "warAttachesDate"), ("strikes", "strikesAttachesDate")):
        day = said.text(name)
        lines += [f"{words} from {day}"] if day else []
    return lines


def _conditions(said: Said) -> list[str]:
    lines = []
    for each in said.parts("conditions"):
        code, words = each.text("code"), each.text("text")
        name = CONDITIONS[code].name if code in CONDITIONS else code
        lines.append(f"{name}{f': {words}' if words else ''}")
    return [*lines, *said.lines("clauses")]


def _foot(said: Said, insurer: str, on_ledger: CertificateParticulars) -> tuple[tuple[Box, ...], ...]:
    value, deductible = said.part("insuredValue"), said.part("deductible")
    basis, uplift = value.text("basis"), value.text("upliftPercent")
    agreed = [_money(value), f"{basis} + {uplift} %" if basis != "AGREED" else "agreed value"]
    amount, share = _money(deductible.part("amount")), deductible.text("percent")
    own = [amount or (f"{share} %" if share else "none"), *deductible.lines("text")]
    signature = said.part("signature")
    signed = [f"{signature.text('name')}, {signature.text('capacity').lower()}"]
    principal = signature.text("onBehalfOf")
    signed += [f"for and on behalf of {principal}"] if principal else []
    signed += [f"Insurer: {insurer}", "Signed on the ledger by the account", checksummed(on_ledger.insurer)]
    issue = said.part("placeOfIssue")
    code = issue.as_written("UNLocationCode") or issue.as_written("countryCode")
    where = place_in_words(issue.text("locationName"), code)
    originals = said.text("numberOfOriginals")
    return (
        (
            Box("SUM INSURED", [_money(said.part("sumInsured"))], most=2, size=10, is_bold=True),
            Box("INSURED VALUE", agreed, most=2),
            Box("DEDUCTIBLE", own, most=3),
        ),
        (
            Box("CLAIMS PAYABLE AT", place(said.part("claimsPayableAt")), most=4, least=3),
            Box("SURVEY AGENT", _agent(said.part("surveyAgent")), most=4),
            Box("CLAIMS AGENT", _agent(said.part("claimsAgent")), most=4),
        ),
        (
            Box("NUMBER OF ORIGINALS", [f"{originals}, on the ledger"], most=2),
            Box("PLACE AND DATE OF ISSUE", [where, said.text("issueDate")], most=3),
            Box("SIGNED BY THE INSURER", signed, most=6, least=5, size=6.8),
        ),
    )


def _agent(said: Said) -> list[str]:
    return [said.text("partyName"), contact(said)] if said.content else ["none named"]


def _money(said: Said) -> str:
    return f"{said.text('currency')} {said.text('amount')}".strip()


def _goods(goods: Said) -> Row:
    number, kind = goods.text("numberOfPackages"), goods.text("packageDescription")
    codes = goods.text("HSCodes")
    described = [*goods.lines("descriptionOfGoods"), *([f"HS code {codes}"] if codes else [])]
    counted = " × ".join(each for each in (number, kind) if each)
    weight = goods.amount("grossWeight")
    marks = goods.lines("shippingMarks")
    return Row((marks, [counted] if counted else [], [*described, *goods.all_of()], [weight] if weight else []))


def _total(said: Said) -> Row:
    counted = [each.figure("numberOfPackages") for each in said.parts("goods")]
    known = [each for each in counted if each is not None]
    return Row((("TOTAL",), (f"{sum(known)} packages",) if known else (), (), ()), is_bold=True)
