"""What a person reads of the shipment is what the fields say: the text that is printed against the dates.

Leaves to others: the dates themselves (`dates`), how a date is written (`written_dates`).
"""

import re
from datetime import date

from ebl_service.domain.transport_document.reading import Found, Part, day, text
from ebl_service.domain.transport_document.written_dates import WrittenDate, written_dates

FIELD = "displayedShippedOnBoardReceivedForShipment"
MAX_DISPLAYED = 1_000
"""Characters that are read, more than the definition allows."""
_CLAUSES = (
    (re.compile(r"\bon\s+board\b", re.IGNORECASE), "shippedOnBoardDate"),
    (re.compile(r"\breceived\b", re.IGNORECASE), "receivedForShipmentDate"),
)
"""The words before whose date in the text a field speaks of."""
_STAMP = re.compile(r"[\s:/-]{0,5}(?:(?:clean|shipped|laden|loaded)\s+)+\Z", re.IGNORECASE)
"""What may stand between a date and the words after it, as on a stamp: 19 OCT 2026 SHIPPED ON BOARD."""


def displayed_shipment_has_its_date(document: Part) -> Found:
    """The date that the displayed text gives for loading or receipt is that of the field.

    Source: TransportDocument.displayedShippedOnBoardReceivedForShipment; IG P&I on dates of bills; UCP 600 20(a)(ii).
    """
    displayed = text(document, FIELD)[:MAX_DISPLAYED]
    dates = written_dates(displayed)
    for words, name in _CLAUSES:
        due = day(document, name)
        said = _date_of(displayed, words, dates)
        if due is not None and said is not None and due not in said.days:
            yield FIELD, f"{_quoted(displayed, said)} is not {name} {due}", f"{due} there, or {name} {_told(said.days)}"


def _date_of(displayed: str, words: re.Pattern[str], dates: list[WrittenDate]) -> WrittenDate | None:
    """The date of a clause: the first after its words and before another's; else, on a stamp, the one before them."""
    match = words.search(displayed)
    if match is None:
        return None
    others = (other.search(displayed, match.end()) for other, _ in _CLAUSES if other is not words)
    end = min((other.start() for other in others if other), default=len(displayed))
    before = [each for each in dates if each.end <= match.start() and _STAMP.match(displayed[each.end : match.start()])]
    after = [each for each in dates if match.end() <= each.start < end]
    return next(iter(after + before[-1:]), None)


def _quoted(displayed: str, said: WrittenDate) -> str:
    return f'"{displayed[said.start : said.end]}"'


def _told(days: frozenset[date]) -> str:
    return " or ".join(sorted(each.isoformat() for each in days))
