"""Dates in text: which days they may mean, and the same form with another day."""

import time
from datetime import date

import pytest

from ebl_service.domain.transport_document.written_dates import rewritten, written_dates

DAY, OTHER = date(2026, 10, 19), date(2027, 1, 3)
FORMS = {
    "2026-10-19": "2027-01-03",
    "2026/10/19": "2027/01/03",
    "2026.10.19": "2027.01.03",
    "2026-10-19T08:30:00Z": "2027-01-03T08:30:00Z",
    "19 OCT 2026": "03 JAN 2027",
    "19-Oct-2026": "03-Jan-2027",
    "19OCT26": "03JAN27",
    "19 October 2026": "03 January 2027",
    "19th of October, 2026": "03th of January, 2027",
    "OCT. 19, 2026": "JAN. 03, 2027",
    "October 19, 2026": "January 03, 2027",
    "19.10.2026": "03.01.2027",
    "19/10/26": "03/01/27",
    "10/19/2026": "01/03/2027",
    "2026年10月19日": "2027年01月03日",
}


@pytest.mark.parametrize("written", FORMS)
def test_a_date_is_read_in_the_forms_of_the_trade_and_written_in_the_same(written: str) -> None:
    text = f"Shipped on board at Shanghai ({written}), clean."
    (found,) = written_dates(text)
    assert text[found.start : found.end] == written
    assert found.days == {DAY}
    assert rewritten(written, OTHER) == FORMS[written]


def test_a_date_in_either_order_means_both_days() -> None:
    (found,) = written_dates("on board 05/06/2026")
    assert found.days == {date(2026, 6, 5), date(2026, 5, 6)}


@pytest.mark.parametrize(
    "text",
    [
        "CN-IP-2026-310-04417",
        "PO-2026-10-19",
        "2026-10-19-7",
        "2026-13-01",
        "30 FEB 2026",
        "VOYAGE 2026-07",
        "CROP 2025/2026",
        "12026-10-19",
        "1.2.3.4",
        "HS 8482.10.19",
        "10:30",
        "MAYOR 5",
        "19 OCTAVIA 2026",
        "SI-ZQHM-26-009577",
    ],
)
def test_what_is_part_of_something_else_or_no_day_is_no_date(text: str) -> None:
    assert written_dates(text) == []


@pytest.mark.parametrize("part", ["1", "1 ", "JAN ", "1.", "2026-", "1 of ", "1/1/", "2026年", " "])
def test_a_long_text_is_read_in_no_time(part: str) -> None:
    began = time.perf_counter()
    written_dates(part * (2_000_000 // len(part)))
    assert time.perf_counter() - began < 0.5
