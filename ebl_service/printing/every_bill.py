"""What the faces of all bills have in common: whom the bill names, its ledger box, shipment, issue and signature."""

from datetime import UTC, datetime

from ebl_service.domain.terms import Seconds, checksummed
from ebl_service.domain.transport_document.reading import Part, text
from ebl_service.printing.boxes import Box
from ebl_service.printing.locations import place_in_words
from ebl_service.printing.particulars import Conversion, TitleParticulars
from ebl_service.printing.parties_and_places import party
from ebl_service.printing.said import Said

COPY = "THE ORIGINAL IS ON THE LEDGER; THIS IS A COPY"


def kind_of_bill(document: Said) -> str:
    """Negotiable or straight, in one line."""
    if document.content.get("isToOrder") is not True:
        return "NOT NEGOTIABLE: straight, deliverable to the consignee named"
    endorsee = "endorsee" in document.part("documentParties").content
    return "NEGOTIABLE: to order" if endorsee else "NEGOTIABLE: to order, in blank"


def party_boxes(document: Said, parties: Said) -> tuple[Box, ...]:
    """Shipper, to whom the bill is made out, whom to notify; principals stand beneath those who act for them."""
    shipper = [*party(parties.part("shipper")), *_principal(parties.part("onBehalfOfShipper"))]
    notified = [each for side in ("consignee", "endorsee") for each in _same(parties.part(side), side)]
    for number, each in enumerate(parties.parts("notifyParties"), len(notified) + 1):
        name, *rest = party(each)
        notified += [f"({number}) {name}", *rest]
    document.text("isToOrder")
    if document.content.get("isToOrder") is not True:
        named = [*party(parties.part("consignee")), *_principal(parties.part("onBehalfOfConsignee"))]
        made_out = Box("CONSIGNEE (not negotiable)", named, most=9, least=6)
    elif "endorsee" in parties.content:
        endorsee, *rest = party(parties.part("endorsee"))
        made_out = Box("CONSIGNED TO ORDER OF", [f"TO THE ORDER OF {endorsee}", *rest], most=9, least=6)
    else:
        made_out = Box("CONSIGNED TO ORDER", ["TO ORDER (blank endorsed: the holder has the rights)"], most=9, least=3)
    return (
        Box("SHIPPER", shipper, most=9, least=6),
        made_out,
        Box("NOTIFY PARTY", notified or ["none named"], most=12, least=6),
    )


def _principal(said: Said) -> list[str]:
    lines = party(said)
    return [f"on behalf of {lines[0]}", *lines[1:]] if lines else []


def _same(said: Said, side: str) -> list[str]:
    return [f"(1) Same as {side}"] if said.content.get("isNotifyParty") is True and said.text("isNotifyParty") else []


def ledger_box(title: TitleParticulars, conversion: Conversion | None) -> Box:
    """Where the original is, or was."""
    version = "first issue" if title.version == 0 else f"version {title.version}, in the place of an earlier one"
    return Box(
        "THE ORIGINAL ON THE LEDGER" if conversion is None else "THE ELECTRONIC RECORD, WHICH HAS ENDED",
        [
            f"Title {title.title_id}",
            f"Chain {title.chain_id}, registry {checksummed(title.registry)}",
            f"{version[0].upper()}{version[1:]}",
            "The code names chain, registry, title and salt; check with: ebl verify",
        ],
        most=9,
        least=8,
        size=6.5,
    )


def originals(conversion: Conversion | None) -> list[str]:
    """How many originals there are: one on the ledger, or those on paper that took its place."""
    if conversion is None:
        return ["ONE electronic original, on the ledger"]
    return [f"{conversion.originals} on paper, of which this is number {conversion.original}", "none electronic"]


def foot_end(
    document: Said, parties: Said, title: TitleParticulars, conversion: Conversion | None, carrier_code: str
) -> tuple[Box, ...]:
    """The last row: shipped on board, place and date of issue, signature."""
    return (
        Box("SHIPPED ON BOARD · RECEIVED FOR SHIPMENT", shipment(document), most=5, least=5),
        Box("PLACE AND DATE OF ISSUE", place_of_issue(document), most=5),
        Box("SIGNED BY THE CARRIER", signature(parties, title, conversion, carrier_code), most=6, least=5, size=6.8),
    )


def shipment(document: Said) -> list[str]:
    """On board or received, as the bill displays it, and the date."""
    shipped, received = document.text("shippedOnBoardDate"), document.text("receivedForShipmentDate")
    displayed = document.text("displayedShippedOnBoardReceivedForShipment")
    document.text("isShippedOnBoardType")
    lines = [f"SHIPPED ON BOARD {shipped}"] if shipped else []
    lines += [f"RECEIVED FOR SHIPMENT {received}"] if received else []
    return [*lines, *([displayed] if displayed else [])] or ["not stated"]


def place_of_issue(document: Said) -> list[str]:
    """Where and on which day the bill is issued."""
    at = document.part("placeOfIssue")
    code = at.as_written("UNLocationCode") or at.as_written("countryCode")
    where = place_in_words(at.text("locationName"), code)
    return [where or "not stated", document.text("issueDate") or "no date of issue"]


def signature(parties: Said, title: TitleParticulars, conversion: Conversion | None, carrier_code: str) -> list[str]:
    """Who signs: on the ledger by the act of issue, on paper by hand."""
    name = str(parties.part("issuingParty").content.get("partyName", ""))
    coded = f"as carrier{f', code {carrier_code}' if carrier_code else ''}"
    if conversion is not None:
        return [name, coded, " ", "Signature:", "……………………………………"]
    return [name, coded, "Signed on the ledger: act of issue by the account", checksummed(title.carrier)]


def day_of_issue(document: Part) -> Seconds | None:
    """The beginning (UTC) of the day on which a document says that it is issued, in seconds since 1970.

    The time of its PDF: the same document gives the same bytes, whenever it is printed. None where it says no day.
    """
    try:
        day = datetime.strptime(text(document, "issueDate"), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:  # a document that no rule has judged, such as a copy of one that was issued before the rule
        return None
    return Seconds(int(day.timestamp()))


def moment(time: int) -> str:
    """Seconds since 1970 as a date and time, UTC."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
