"""Whoever signed is told to the ledger before a transaction is signed: what a contract wallet's act may use is more."""

from collections.abc import Sequence

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain.ledger import ActToSend, Fees, Transaction
from ebl_service.domain.submission import State
from ebl_service.domain.terms import Address
from ebl_service.errors.refusals import Refusal
from tests.clerk import BANK, SHIPPER, Clerk, title_of


async def test_signers_of_acts_behind_others_are_known_after_a_restart(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await clerk.take(clerk.issue())
    await clerk.work()
    taken = await clerk.take(
        clerk.sign(SHIPPER, act.Transfer(title_of(), 1, BANK.address)), clerk.sign(BANK, act.Sign(title_of(), 2))
    )
    known, check, sign = set[Address](), clerk.ledger.check, clerk.ledger.sign_batch

    async def noted(acts: Sequence[ActToSend], indexed: int = -1) -> Sequence[Refusal | None]:
        known.update(item.signed.signer for item in acts)
        return await check(acts, indexed)

    def signed(acts: Sequence[ActToSend], nonce: int, fees: Fees) -> Transaction:
        assert {item.signed.signer for item in acts} <= known
        return sign(acts, nonce, fees)

    monkeypatch.setattr(clerk.ledger, "check", noted)
    monkeypatch.setattr(clerk.ledger, "sign_batch", signed)
    restarted = Clerk(clerk.database, clerk.ledger)
    await restarted.work(5)
    assert await restarted.states(*taken) == [State.FINAL] * 2
