"""A title's events in DCSA's terms, as the last column of the rulebook's table of acts says."""

import pytest

from ebl_service.domain import events as happened
from ebl_service.domain.endorsement_chain import EndorsementChain, endorsement_chain
from ebl_service.domain.ledger import Recorded
from ebl_service.domain.terms import NO_DIGEST, Address, Digest, Purpose, Role, TitleId

T = TitleId("0x" + "11" * 32)
CARRIER, SHIPPER, BANK = (Address("0x" + digits * 20) for digits in ("c0", "50", "ba"))


def told(*events: happened.Event) -> EndorsementChain:
    return endorsement_chain(Recorded(1, NO_DIGEST, NO_DIGEST, n, event) for n, event in enumerate(events))


def codes(*events: happened.Event) -> list[str | None]:
    return [entry.code for entry in told(*events).entries]


def carrier_codes(*events: happened.Event) -> list[str | None]:
    return [entry.code for entry in told(*events).carrier_view]


ISSUED = happened.Issued(T, CARRIER, SHIPPER, BANK, 2, True, 0, NO_DIGEST, NO_DIGEST, 100)
ENDORSED = happened.Endorsed(T, SHIPPER, BANK, 2, 2, 101)
REQUESTED = happened.SurrenderRequested(T, SHIPPER, CARRIER, Purpose.DELIVERY, NO_DIGEST, 2, 101)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (ISSUED, ["ISSUE"]),
        (happened.EndorseeNamed(T, BANK), []),
        (happened.Transferred(T, SHIPPER, BANK, 2, 101), ["TRANSFER"]),
        (ENDORSED, ["ENDORSE", "TRANSFER"]),
        (happened.EndorsedToOrder(T, SHIPPER, BANK, 2, 2, 101), ["ENDORSE_TO_ORDER", "TRANSFER"]),
        (happened.EndorsedToOrder(T, SHIPPER, SHIPPER, 2, 2, 101), ["ENDORSE_TO_ORDER"]),
        (happened.EndorsedInBlank(T, SHIPPER, BANK, 2, 101), ["BLANK_ENDORSE", "TRANSFER"]),
        (happened.EndorsedInBlank(T, SHIPPER, None, 2, 101), ["BLANK_ENDORSE"]),
        (happened.Signed(T, SHIPPER, 2, 101), ["SIGN"]),
        (REQUESTED, ["SURRENDER_FOR_DELIVERY"]),
        (happened.SurrenderAccepted(T, SHIPPER, CARRIER, 3, 102), ["SURRENDERED"]),
        (happened.Replaced(T, SHIPPER, CARRIER, (T,), 4, 103), [None]),
        (happened.Registered(BANK, 1, Role(0), NO_DIGEST, 0, 1), []),
    ],
)
def test_each_event_has_its_codes(event: happened.Event, expected: list[str | None]) -> None:
    assert codes(event) == expected


def test_a_surrender_for_paper_is_one_for_amendment_with_its_reason() -> None:
    paper = happened.SurrenderRequested(T, SHIPPER, CARRIER, Purpose.PAPER, NO_DIGEST, 2, 101)
    [entry] = told(paper).entries
    assert (entry.code, entry.reason) == ("SURRENDER_FOR_AMENDMENT", "SWTP")


@pytest.mark.parametrize(("raw", "reason"), [(b"COD", "COD"), (b"", None), (b"\xff\xfe", None), (b"\x01", None)])
def test_a_reason_is_told_where_it_is_text(raw: bytes, reason: str | None) -> None:
    digest = Digest("0x" + raw.ljust(32, b"\0").hex())
    [entry] = told(happened.SurrenderRequested(T, SHIPPER, CARRIER, Purpose.AMENDMENT, digest, 2, 101)).entries
    assert entry.reason == reason


def test_a_returned_endorsement_is_marked_whole_and_omitted_by_carriers() -> None:
    events = (ISSUED, ENDORSED, happened.TransferRejected(T, BANK, SHIPPER, 3, 102))
    assert codes(*events) == ["ISSUE", "ENDORSE", "TRANSFER", None]
    assert carrier_codes(*events) == ["ISSUE"]


@pytest.mark.parametrize(
    "answer",
    [
        happened.SurrenderRejected(T, SHIPPER, CARRIER, 3, 102),
        happened.SurrenderWithdrawn(T, SHIPPER, CARRIER, 3, 102),
    ],
)
def test_a_surrender_that_came_to_nothing_is_marked_and_omitted_by_carriers(answer: happened.Event) -> None:
    again = happened.SurrenderRequested(T, SHIPPER, CARRIER, Purpose.DELIVERY, NO_DIGEST, 4, 103)
    assert codes(ISSUED, REQUESTED, answer, again) == [
        "ISSUE",
        "SURRENDER_FOR_DELIVERY",
        None,
        "SURRENDER_FOR_DELIVERY",
    ]
    assert carrier_codes(ISSUED, REQUESTED, answer, again) == ["ISSUE", "SURRENDER_FOR_DELIVERY"]


def test_entries_say_who_did_it_to_whom_and_when() -> None:
    issue, endorse, transfer = told(ISSUED, ENDORSED).entries
    assert (issue.actor, issue.recipient, issue.time) == (CARRIER, SHIPPER, 100)
    assert (endorse.actor, endorse.recipient) == (transfer.actor, transfer.recipient) == (SHIPPER, BANK)
    assert transfer.recorded.event is ENDORSED
