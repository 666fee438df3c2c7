"""A party as a fold of its events."""

import pytest

from ebl_service.domain import events as happened
from ebl_service.domain.party import Party, evolve
from ebl_service.domain.terms import Role, digest
from ebl_service.errors import LedgerDisagrees
from tests.domain.played import BANK, SHIPPER

JOINED = happened.Registered(BANK, 3, Role.CARRIER, digest(1), 0, 10)


@pytest.fixture
def bank() -> Party:
    party = evolve(None, JOINED)
    assert party is not None
    return party


def test_a_party_joins_with_its_number_roles_and_next_nonce(bank: Party) -> None:
    assert bank == Party(BANK, 3, Role.CARRIER, digest(1), is_suspended=False, nonce=1)
    assert bank.may_issue


def test_roles_come_and_go(bank: Party) -> None:
    more = evolve(bank, happened.RoleGranted(BANK, Role.CUSTOMS, 11))
    assert more is not None
    assert more.roles == Role.CARRIER | Role.CUSTOMS
    less = evolve(more, happened.RoleWithdrawn(BANK, Role.CARRIER, 12))
    assert less is not None
    assert less.roles == Role.CUSTOMS
    assert not less.may_issue


def test_a_suspended_carrier_may_not_issue_until_reinstated(bank: Party) -> None:
    suspended = evolve(bank, happened.Suspended(BANK, 11))
    assert suspended is not None
    assert (suspended.is_suspended, suspended.may_issue) == (True, False)
    assert evolve(suspended, happened.Reinstated(BANK, 12)) == bank


def test_an_identity_changes_and_uses_up_a_nonce(bank: Party) -> None:
    changed = evolve(bank, happened.IdentityUpdated(BANK, digest(2), 1, 11))
    assert changed is not None
    assert (changed.identity_digest, changed.nonce) == (digest(2), 2)


def test_a_warning_and_the_registrars_seat_change_no_party(bank: Party) -> None:
    assert evolve(bank, happened.SingleKeyWarning(BANK, Role.CARRIER)) == bank
    for kind in (happened.OwnershipTransferStarted, happened.OwnershipTransferred):
        assert evolve(None, kind(BANK, SHIPPER)) is None


def test_an_event_that_cannot_follow_is_a_disagreement(bank: Party) -> None:
    with pytest.raises(LedgerDisagrees, match="registered twice"):
        evolve(bank, JOINED)
    with pytest.raises(LedgerDisagrees, match="never joined"):
        evolve(None, happened.Suspended(BANK, 11))
