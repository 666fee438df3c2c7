"""Taking a party in with custody: a call that failed half-way, tried again, makes no second party and no second key."""

from dataclasses import replace
from pathlib import Path

import pytest

from ebl_service.domain.signed_act import Join
from ebl_service.domain.terms import Digest, Role
from ebl_service.errors import LedgerUnavailable
from ebl_service.errors.documents import CodeTaken
from ebl_service.errors.refusals import AlreadyRegistered
from ebl_service.errors.requests import MissingField
from ebl_service.services import onboarding
from ebl_service.services.onboarding import NewParty
from ebl_service.store.database import Database
from tests.fake_ledger import FakeLedger
from tests.platform_clerk import PlatformClerk

NEW = NewParty(
    legal_name="Another Line",
    codes=frozenset({("ZZZ", "ANOTHER"), ("SMDG", "ANL")}),
    roles=Role.CARRIER,
    in_custody=True,
    governing_law="English law",
    jurisdiction="London",
)


class FailingRegistrar:
    """Registers on a FakeLedger; `fails` says where the next calls break off: before, after, or (None) not at all."""

    def __init__(self, clerk: PlatformClerk, *fails: str | None) -> None:
        self.clerk = clerk
        self.fails = list(fails)

    async def register(self, join: Join) -> Digest:
        fails = self.fails.pop(0) if self.fails else None
        if fails == "before":
            raise LedgerUnavailable("The node is away.")
        if join.account in self.clerk.ledger.world.parties:
            raise AlreadyRegistered(join.account)
        self.clerk.ledger.register(join.account, roles=join.roles)
        self.clerk.ledger.mine()
        if fails == "after":
            raise LedgerUnavailable("The answer was lost.")
        await self.clerk.indexer.catch_up()
        return Digest("0x" + "11" * 32)


@pytest.fixture
async def clerk(database: Database, ledger: FakeLedger, tmp_path: Path) -> PlatformClerk:
    return await PlatformClerk.opened(database, ledger, tmp_path)


@pytest.mark.parametrize("place", ["before", "after"])
async def test_a_call_that_failed_is_tried_again_with_the_same_account(clerk: PlatformClerk, place: str) -> None:
    registrar = FailingRegistrar(clerk, place)
    with pytest.raises(LedgerUnavailable):
        await clerk.platform.onboarding.onboard(registrar, NEW)  # type: ignore[arg-type]
    await clerk.indexer.catch_up()
    there, keys = len(clerk.ledger.world.parties), set(clerk.keys.keys)
    respelled = replace(NEW, legal_name="Another Line Ltd")
    taken = await clerk.platform.onboarding.onboard(registrar, respelled)  # type: ignore[arg-type]
    assert set(clerk.keys.keys) == keys, "no second key"
    assert len(clerk.ledger.world.parties) == there + (place == "before")
    assert taken.account in clerk.ledger.world.parties
    profile = await clerk.directory.profile(taken.account)
    assert profile is not None
    assert profile.legal_name == "Another Line Ltd"


async def test_a_registration_that_the_index_has_not_seen_is_waited_for(
    clerk: PlatformClerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    registrar = FailingRegistrar(clerk, "after", None)
    with pytest.raises(LedgerUnavailable):
        await clerk.platform.onboarding.onboard(registrar, NEW)  # type: ignore[arg-type]
    monkeypatch.setattr(onboarding, "PATIENCE", 0.01)
    with pytest.raises(LedgerUnavailable, match="not seen it yet"):
        await clerk.platform.onboarding.onboard(registrar, NEW)  # type: ignore[arg-type]


async def test_what_is_done_again_after_it_succeeded_changes_nothing(clerk: PlatformClerk) -> None:
    registrar = FailingRegistrar(clerk)
    first = await clerk.platform.onboarding.onboard(registrar, NEW)  # type: ignore[arg-type]
    keys = set(clerk.keys.keys)
    again = await clerk.platform.onboarding.onboard(registrar, NEW)  # type: ignore[arg-type]
    assert again.account == first.account
    assert again.transaction_hash is None
    assert set(clerk.keys.keys) == keys
    another = replace(NEW, legal_name="A third line", codes=frozenset({("ZZZ", "ANOTHER")}))
    with pytest.raises(CodeTaken):
        await clerk.platform.onboarding.onboard(registrar, another)  # type: ignore[arg-type]
    assert set(clerk.keys.keys) == keys, "a code that is another party's makes no key"


async def test_no_key_is_made_for_a_call_that_cannot_be_fulfilled(clerk: PlatformClerk) -> None:
    keys = set(clerk.keys.keys)
    with pytest.raises(MissingField):
        await clerk.platform.onboarding.onboard(None, NEW)
    nameless = replace(NEW, codes=frozenset())
    with pytest.raises(MissingField) as told:
        await clerk.platform.onboarding.onboard(FailingRegistrar(clerk), nameless)  # type: ignore[arg-type]
    assert told.value.details["at"] == "identifyingCodes"
    assert set(clerk.keys.keys) == keys
