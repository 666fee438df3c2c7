"""What tests of surrenders ask a clerk, and what its carrier is told."""

import json
from typing import Any

from ebl_service.domain import actions as act
from ebl_service.domain.surrender_reason import reason_digest
from ebl_service.domain.terms import Purpose, TitleId
from tests.clerk import SHIPPER
from tests.platform_clerk import PlatformClerk
from tests.receiver import Receiver

REQUESTS = "/v3/ebl-surrender-requests"


def told(carrier: Receiver) -> list[dict[str, Any]]:
    return [json.loads(call.body) for call in carrier.received if call.path == REQUESTS]


def title(clerk: PlatformClerk) -> TitleId:
    (only,) = clerk.ledger.world.titles
    return only


async def surrender(clerk: PlatformClerk, purpose: Purpose = Purpose.DELIVERY, reason: str = "") -> None:
    asked = act.RequestSurrender(title(clerk), 1, purpose, reason_digest(reason))
    await clerk.take(clerk.sign(SHIPPER, asked))


async def outcomes(clerk: PlatformClerk, account: str) -> list[tuple[str, str | None]]:
    told = await clerk.platform.surrenders.told(account, title(clerk))
    return [(each.outcome, each.comments) for each in told]
