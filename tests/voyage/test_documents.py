"""Samples as if they were issued on another day: every date moves, in fields and in what people read."""

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from ebl_service.domain.transport_document.check import check
from ebl_service.domain.transport_document.written_dates import written_dates
from voyage.documents import Bill, bills, samples

DAY = datetime(2031, 3, 1, 9, tzinfo=UTC)
TEXT = "displayedShippedOnBoardReceivedForShipment"


def dates_of(document: Any) -> list[date]:
    """Every date that is written in a document, in its order; references aside."""
    text = re.sub(r'"[A-Za-z]*(Reference|Number)": "[^"]*"', "", json.dumps(document, ensure_ascii=False, indent=0))
    return [min(found.days) for line in text.splitlines() for found in written_dates(line)]


@pytest.mark.parametrize("path", samples(), ids=lambda path: path.stem)
def test_every_date_of_a_sample_moves_by_as_many_days_as_its_issue(path: Path) -> None:
    (bill,) = bills(path)
    moved = bill.issued_on(int(DAY.timestamp()))
    assert moved.document["issueDate"] == "2031-03-01"
    later = DAY.date() - date.fromisoformat(str(bill.document["issueDate"]))
    before, after = dates_of(bill.document), dates_of(moved.document)
    assert len(before) >= 3
    assert after == [day + later for day in before]
    assert check(moved.document) == ()
    if TEXT in moved.document:
        assert str(moved.document["shippedOnBoardDate"]) in str(moved.document[TEXT])
    assert moved.reference == bill.reference


def test_dates_in_other_forms_move_in_their_form_and_references_stay() -> None:
    (bill,) = bills(samples()[0])
    text = "SHIPPED ON BOARD 06/10/26, L/C DATED 2 SEP 2026, ORDER PO-2026-10-06"
    document = bill.document | {"shippedOnBoardDate": "2026-10-06", TEXT: text, "issueDate": "2026-10-07"}
    document |= {"serviceContractReference": "2026-10-06"}
    moved = Bill("x", document).issued_on(int(datetime(2026, 12, 7, tzinfo=UTC).timestamp())).document
    assert moved[TEXT] == "SHIPPED ON BOARD 06/12/26, L/C DATED 2 NOV 2026, ORDER PO-2026-10-06"
    assert moved["serviceContractReference"] == "2026-10-06"
