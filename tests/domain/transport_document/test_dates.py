"""A bill's dates against the time of the block that issues its title."""

from datetime import UTC, datetime

import pytest

from ebl_service.domain.transport_document.rules.dates import check_dates, is_back_dated, last_moment
from tests.domain.transport_document.documents import GONE, STRAIGHT, names, sample

ANTE = ("bill_is_not_ante_dated", "issueDate")
POST = ("bill_is_not_post_dated", "issueDate")
NOT_YET = ("shipment_has_happened", "shippedOnBoardDate")


def at(when: str) -> int:
    return int(datetime.fromisoformat(when).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("when", "found"),
    [
        ("2026-10-05 23:59:59", {POST}),
        ("2026-10-06 00:00:00", set()),
        ("2026-10-07 12:00:00", set()),
        ("2026-10-08 11:59:59", set()),
        ("2026-10-08 12:00:00", {ANTE}),
        ("2026-12-01 00:00:00", {ANTE}),
        ("2026-10-04 23:59:59", {POST, NOT_YET}),
    ],
)
def test_a_bill_is_dated_the_day_of_its_block_somewhere_on_earth_or_the_day_after(when: str, found: set) -> None:
    assert names(check_dates(sample(STRAIGHT), at(when))) == found


def test_a_bill_in_the_place_of_an_earlier_one_may_keep_its_date_but_not_have_a_later_one() -> None:
    assert check_dates(sample(STRAIGHT), at("2026-12-01 00:00:00"), is_replacement=True) == ()
    assert names(check_dates(sample(STRAIGHT), at("2026-10-01 00:00:00"), is_replacement=True)) == {POST, NOT_YET}


def test_goods_are_not_received_later_than_the_block() -> None:
    document = sample(STRAIGHT, {"shippedOnBoardDate": GONE, "receivedForShipmentDate": "2026-10-09"})
    assert names(check_dates(document, at("2026-10-07 12:00:00"))) == {
        ("shipment_has_happened", "receivedForShipmentDate")
    }


def test_a_date_that_is_none_is_left_to_the_table() -> None:
    assert (
        check_dates(sample(STRAIGHT, {"issueDate": "soon", "shippedOnBoardDate": 1}), at("2026-10-07 12:00:00")) == ()
    )


@pytest.mark.parametrize(
    ("when", "found"),
    [
        ("2026-10-08 12:00:00", set()),
        ("2026-10-13 11:59:59", set()),
        ("2026-10-13 12:00:00", {ANTE}),
        ("2026-10-05 23:59:59", {POST}),
    ],
)
def test_a_setting_lets_a_bill_be_dated_further_back_and_never_later(when: str, found: set[tuple[str, str]]) -> None:
    assert names(check_dates(sample(STRAIGHT), at(when), back_dating_days=5)) == found


def test_a_bill_is_back_dated_once_its_day_is_past_everywhere() -> None:
    assert not is_back_dated(sample(STRAIGHT), at("2026-10-08 11:59:59"))
    assert is_back_dated(sample(STRAIGHT), at("2026-10-08 12:00:00"))
    assert not is_back_dated(sample(STRAIGHT), at("2026-12-01 00:00:00"), is_replacement=True)
    assert last_moment(sample(STRAIGHT)) == at("2026-10-08 11:59:59")
    assert last_moment(sample(STRAIGHT), back_dating_days=5) == at("2026-10-13 11:59:59")
