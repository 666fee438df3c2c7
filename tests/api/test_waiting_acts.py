"""What waits for a carrier's signature: what can be signed, whatever else waits."""

import time
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

from ebl_service.api import waiting_acts
from ebl_service.domain.actions import Sign
from ebl_service.domain.caller import OF_A_PARTY, Caller, Means
from ebl_service.domain.waiting_act import WaitingAct
from ebl_service.services.answers import Standing
from tests.clerk import CARRIER, title_of
from tests.fake_ledger import IDENTITY

HOUR = 3_600


async def test_acts_that_can_be_signed_no_more_are_left_out_until_they_are_closed_at_a_final_block() -> None:
    now = int(time.time())
    acts = [WaitingAct(str(n), CARRIER.address, Sign(title_of(), n), "a test", now) for n in range(3)]
    found = [replace(acts[0], until=now - 1), replace(acts[1], until=now + 60), acts[2]]
    app: Any = SimpleNamespace(
        platform=SimpleNamespace(waiting=SimpleNamespace(page=AsyncMock(return_value=found))),
        queries=SimpleNamespace(standing=AsyncMock(return_value=Standing(None, -1, None, 0))),
        identity=IDENTITY,
        documents=SimpleNamespace(kept=SimpleNamespace(many=AsyncMock(return_value={}))),
    )
    told = await waiting_acts.waiting(app, Caller(Means.SIGN_IN, CARRIER.address, OF_A_PARTY), "AWAITING_SIGNATURE")
    assert [(each.id, each.deadline - now >= HOUR) for each in told.submissions] == [("1", False), ("2", True)]
