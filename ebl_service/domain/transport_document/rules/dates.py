"""When goods were received or shipped, and when the bill was issued: rule 4, and the issuing block's time.

    received or shipped  ≤  issue date  ≤  the block's day + 1;   issue date ≥ the day it still is somewhere

A carrier that its registrar trusts with it may issue later, by a bounded number of days: such a bill is back-dated, and
its record says so. No setting allows a bill to be post-dated.

Dates on a bill are local, a block's time is UTC: a day counts as today while it is today anywhere (UTC+14 to UTC-12).
Leaves to others: whose clock a block has (the chain's).
"""

from datetime import UTC, date, datetime, time, timedelta

from ebl_service.domain.terms import Seconds
from ebl_service.domain.transport_document.reading import Found, Part, day
from ebl_service.errors.documents import Breach

LAST_ZONE = timedelta(hours=12)
"""Behind UTC: where a day ends last."""

POST_DATED = timedelta(days=1)
"""As much later than the block's day (UTC) a date may be; more than the first zone's fourteen hours need."""

MOST_BACK_DATING_DAYS = 3_650
"""The longest that a carrier's setting may be."""

_DATES = ("shippedOnBoardDate", "receivedForShipmentDate")


def shipped_on_board_has_its_date(document: Part) -> Found:
    """Rule 4: shipped on board ⇔ shippedOnBoardDate. Source: TransportDocument.shippedOnBoardDate."""
    yield from _type_and_date(document, True, "shippedOnBoardDate", "shipped on board")


def received_for_shipment_has_its_date(document: Part) -> Found:
    """Rule 4: received for shipment ⇔ receivedForShipmentDate. Source: TransportDocument.receivedForShipmentDate."""
    yield from _type_and_date(document, False, "receivedForShipmentDate", "received for shipment")


def shipment_has_one_date(document: Part) -> Found:
    """Rule 4: never both. Source: shippedOnBoardDate: exactly one of the two on an issued bill."""
    if all(name in document for name in _DATES):
        yield "receivedForShipmentDate", "both dates of shipment are given", "shippedOnBoardDate or this, not both"


def issued_bill_has_issue_date(document: Part) -> Found:
    """Rule 4. Source: TransportDocument.issueDate; whatever its status says, what comes to be issued has the date."""
    if "issueDate" not in document:
        yield "issueDate", "the date of issue is missing", "the local date of issue, YYYY-MM-DD"


def issue_is_not_before_shipment(document: Part) -> Found:
    """Rule 4: no bill says that goods were shipped or received later than it was issued. Source: IG P&I; UCP 600 20."""
    issued = day(document, "issueDate")
    for name in _DATES:
        shipped = day(document, name)
        if issued and shipped and issued < shipped:
            yield "issueDate", f"{issued} is before {name} {shipped}", f"{shipped} or later"


def check_dates(
    document: Part, block_time: Seconds, *, is_replacement: bool = False, back_dating_days: int = 0
) -> tuple[Breach, ...]:
    """The document's dates against the time of the block that issues its title: neither ante- nor post-dated.

    `back_dating_days`: how many days further back the carrier's date of issue may lie.
    `is_replacement`: the title takes the place of paper originals, or of another platform's bill, or of a title
    surrendered for amendment: then its document may keep the older date of issue. Source: IG P&I on bills of lading.
    """
    now = datetime.fromtimestamp(block_time, UTC)
    earliest, latest = _today_somewhere(now) - timedelta(days=back_dating_days), now.date() + POST_DATED
    found = []
    issued = day(document, "issueDate")
    if issued and issued < earliest and not is_replacement:
        wrong = f"{issued} is past when the title is issued ({now:%Y-%m-%d %H:%M} UTC)"
        found.append(Breach("bill_is_not_ante_dated", "issueDate", wrong, f"{earliest} to {latest}"))
    if issued and issued > latest:
        wrong = f"{issued} is more than a day after the title is issued ({now:%Y-%m-%d %H:%M} UTC)"
        found.append(Breach("bill_is_not_post_dated", "issueDate", wrong, f"{latest} at the latest"))
    for name in _DATES:
        shipped = day(document, name)
        if shipped and shipped > latest:
            wrong = f"{shipped} has not come when the title is issued ({now:%Y-%m-%d %H:%M} UTC)"
            found.append(Breach("shipment_has_happened", name, wrong, f"{latest} at the latest"))
    return tuple(found)


def is_back_dated(document: Part, block_time: Seconds, *, is_replacement: bool = False) -> bool:
    """Whether the date of issue is past everywhere when the title is issued, in no other's place."""
    issued = day(document, "issueDate")
    now = datetime.fromtimestamp(block_time, UTC)
    return bool(issued and issued < _today_somewhere(now) and not is_replacement)


def _today_somewhere(now: datetime) -> date:
    """The earliest day that it still is anywhere."""
    return (now - LAST_ZONE).date()


def last_moment(document: Part, *, is_replacement: bool = False, back_dating_days: int = 0) -> Seconds | None:
    """The last second at which a block may issue the document's title without ante-dating it; None: no bound.

    A signature whose deadline is no later leaves it to the ledger itself that no bill is ante-dated. `is_replacement`,
    `back_dating_days`: as for `check_dates`; 0 where the record does not say that the bill is back-dated.
    """
    issued = day(document, "issueDate")
    if issued is None or is_replacement:
        return None
    over = datetime.combine(issued, time(), UTC) + timedelta(days=1 + back_dating_days) + LAST_ZONE
    return int(over.timestamp()) - 1


def _type_and_date(document: Part, is_on_board: bool, name: str, words: str) -> Found:
    said = document.get("isShippedOnBoardType")
    if not isinstance(said, bool):
        return
    if said is is_on_board and name not in document:
        yield name, f"the bill is {words}, and the date is missing", f"the date on which the goods were {words}"
    elif said is not is_on_board and name in document:
        right = f"isShippedOnBoardType {str(is_on_board).lower()}, or no {name}"
        yield name, f"the date is given, and the bill is not {words}", right
