"""`ebl certificates check` after random acts on a real chain: no divergence, at any block that touched a certificate.

The acts are those of `test_insurance_rulebook`, honest and hostile, on one chain that goes on and on. In between only
the answer to each act is looked at: in the end the walk itself has to find what is wrong. It goes on until a few
hundred acts have stood; with EBL_DEEP=1 EBL_ACTS of them (10,000), drawn from EBL_SEED.
"""

import asyncio
import os
import time
from collections import Counter

import pytest

from ebl_service.chain.ledger import ChainLedger
from ebl_service.chain.rpc import Rpc
from ebl_service.domain.actions import Act
from ebl_service.domain.certificate_actions import CERTIFICATE_ACTS
from ebl_service.errors.refusals import Refusal
from ebl_service.services.certificate_check import Report, check_certificates
from tests.contract import test_rulebook
from tests.contract.oracle import Verdict
from tests.contract.play import DEEP
from tests.contract.random_acts import Dice
from tests.contract.test_insurance_rulebook import KINDS, InsuranceRulebook
from tests.local_chain import LocalChain

ACTS = int(os.environ.get("EBL_ACTS", "10000")) if DEEP else 150
BLOCKS_AT_ONCE = 200
"""Played, and then walked: the chain keeps 256 past states."""
SEED = int(os.environ.get("EBL_SEED", "6"))
STEPS_A_REFERENCE = 4
"""So many steps, and there is one more number for a bill and for a certificate: what is spent is followed by new."""


class Walk(InsuranceRulebook):
    """Plays on without looking at the contracts' views; more is issued and passed on than ends."""

    kinds = KINDS | {
        "issue": 9,
        "hand_over": 18,
        "request_surrender": 2,
        "have_amended": 1,
        "have_replaced": 2,
        "issue_certificate": 9,
        "consent": 1,
        "cancel": 1,
        "consent_and_cancel": 2,
    }

    def __init__(self, chain: LocalChain) -> None:
        super().__init__(chain)
        self.stood: Counter[str] = Counter()
        self.refused = 0

    @property
    def height(self) -> int:
        return int(self.chain.rpc("eth_blockNumber"), 16)

    def goes_on(self, blocks: int, seed: int) -> None:
        """At least so many blocks longer."""
        end = self.height + blocks
        while self.height < end:
            self.acts.references = 30 + self.steps // STEPS_A_REFERENCE
            self.covers.references = 60 + self.steps // STEPS_A_REFERENCE
            self.step(Dice(seed))

    def _agree(self) -> None:
        """Nothing is compared until the end."""

    def _count(self, asked: Act, _: str, verdict: Verdict) -> None:  # type: ignore[override]
        if isinstance(verdict, Refusal):
            self.refused += 1
        else:
            self.stood[type(asked).__name__] += 1


def test_after_random_acts_on_both_contracts_the_walk_finds_no_divergence_at_any_block(
    chain: LocalChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_rulebook, "SEEN", Counter())  # what came up here is not for the play's own account
    walk, began, reports = Walk(chain), time.monotonic(), list[Report]()
    while walk.stood.total() < ACTS or not walk.stood.keys() >= set(CERTIFICATE_ACTS):
        assert len(reports) < 10 + ACTS // 50, f"the play is too poor: {walk.stood}"
        since = walk.height + 1
        walk.goes_on(BLOCKS_AT_ONCE, SEED)
        reports.append(asyncio.run(_checked(chain, since)))
        assert reports[-1].divergences == []
        assert reports[-1].certificates == len(walk.oracle.certificates)
    moments = sum(report.blocks for report in reports)
    told = f"{walk.stood.total()} acts stood, {walk.refused} were refused (EBL_SEED={SEED}); "
    told += f"{reports[-1].certificates} certificates compared at {moments} moments: no divergence"
    print(told, f"({time.monotonic() - began:.0f} s)")  # noqa: T201 (told to who asks: -s)
    assert moments > ACTS / 2
    assert walk.stood.keys() >= set(CERTIFICATE_ACTS)
    assert walk.refused > ACTS / 3
    walk.oracle.agrees_to_the_last_with(walk.stage)


async def _checked(chain: LocalChain, since: int) -> Report:
    async with Rpc([chain.url], timeout=60) as rpc:
        ledger = ChainLedger(rpc, chain.deployment, chain.relayer.key.account)
        return await check_certificates(ledger, await ledger.identity(), every_block=True, since=since)
