"""Places and dates of the voyage, held against each other."""

from ebl_service.domain.characters import folded
from ebl_service.domain.transport_document.reading import Found, Part, day, part, text

MAX_DAYS_APART = 30
"""Between the planned departure and the date on board: a vessel may be late, and a date may be mistyped."""
MAX_DAYS_AT_SEA = 180


def ports_are_two_places(document: Part) -> Found:
    """Loading and discharge at one port carry nothing anywhere."""
    around, transports = ("transports.", part(document, "transports")) if "transports" in document else ("", document)
    loading, discharge = part(transports, "portOfLoading"), part(transports, "portOfDischarge")
    codes = text(loading, "UNLocationCode"), text(discharge, "UNLocationCode")
    names = folded(text(loading, "locationName")), folded(text(discharge, "locationName"))
    is_one = codes[0] == codes[1] if all(codes) else names[0] == names[1]
    if is_one and (all(codes) or all(names)):
        shown = codes[0] if all(codes) else text(loading, "locationName")
        yield (
            f"{around}portOfDischarge",
            f"{shown} is the port of loading too",
            "another port",
        )


def arrival_is_after_departure(document: Part) -> Found:
    """A ship arrives after it departs, and within half a year."""
    transports = part(document, "transports")
    departure, arrival = day(transports, "plannedDepartureDate"), day(transports, "plannedArrivalDate")
    if departure is None or arrival is None:
        return
    path = "transports.plannedArrivalDate"
    if arrival < departure:
        yield path, f"{arrival} is before the departure, {departure}", "a day on or after the departure"
    elif (arrival - departure).days > MAX_DAYS_AT_SEA:
        yield (
            path,
            f"{arrival} is {(arrival - departure).days} days after the departure",
            "half a year at most",
        )


def shipment_is_about_the_departure(document: Part) -> Found:
    """Goods are received before and loaded about the planned departure, and a bill is issued before the arrival."""
    transports = part(document, "transports")
    departure, arrival = day(transports, "plannedDepartureDate"), day(transports, "plannedArrivalDate")
    on_board, received, issued = (
        day(document, name) for name in ("shippedOnBoardDate", "receivedForShipmentDate", "issueDate")
    )
    if departure and on_board and abs((on_board - departure).days) > MAX_DAYS_APART:
        wrong = f"{on_board} is {abs((on_board - departure).days)} days from the planned departure, {departure}"
        yield "shippedOnBoardDate", wrong, f"a day within {MAX_DAYS_APART} days of it"
    if departure and received and received > departure:
        wrong = f"{received} is after the planned departure, {departure}"
        yield "receivedForShipmentDate", wrong, "a day on or before it"
    if arrival and on_board and on_board > arrival:
        yield "shippedOnBoardDate", f"{on_board} is after the planned arrival, {arrival}", "a day on or before it"
    if arrival and issued and on_board and issued > arrival and (arrival - on_board).days > MAX_DAYS_APART:
        yield "issueDate", f"{issued} is after the planned arrival, {arrival}", "a bill that is there before its goods"
