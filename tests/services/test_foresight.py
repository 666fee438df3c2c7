"""What is on its way is foreseen in the order in which it was taken in, whatever its ids are."""

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain import events as happened
from ebl_service.domain.certificate_actions import CancelCertificate
from ebl_service.domain.submission import State
from ebl_service.domain.terms import Part, Role, digest
from ebl_service.services import foresight
from ebl_service.services.foresight import Foresight, Subjects
from tests.clerk import BANK, CARRIER, SHIPPER, Clerk, issue, title_of
from tests.fake_ledger import IDENTITY, FakeLedger
from tests.services.certifying import INSURER, certificate_for


@pytest.mark.parametrize("is_above", [True, False])
async def test_an_act_on_a_certificate_whose_title_is_on_its_way_is_taken_in(clerk: Clerk, *, is_above: bool) -> None:
    clerk.ledger.register(INSURER.address, roles=Role.INSURER)
    clerk.ledger.mine()
    await clerk.indexer.catch_up()
    made = (certificate_for(title_of(), clerk.now(), reference_digest=digest(n)) for n in range(100))
    asked = next(each for each in made if (each.certificate_id > title_of()) == is_above)
    taken = await clerk.take(clerk.issue())
    taken += await clerk.take(clerk.sign(SHIPPER, act.Transfer(title_of(), 1, BANK.address)))
    taken += await clerk.take(clerk.sign(INSURER, asked))
    taken += await clerk.take(clerk.sign(INSURER, CancelCertificate(asked.certificate_id, 1, Part.ALL)))
    await clerk.work(8)
    assert await clerk.states(*taken) == [State.FINAL] * 4


def test_an_act_that_cannot_be_followed_to_its_end_moves_nothing_on(monkeypatch: pytest.MonkeyPatch) -> None:
    world = FakeLedger()
    world.register(CARRIER.address, roles=Role.CARRIER)
    world.register(SHIPPER.address, BANK.address)
    world.mine()
    clerk_issue = CARRIER.sign_act(IDENTITY.titles_domain, issue(), world.tip.time + 60)
    world.someone_sends(clerk_issue)
    world.mine()
    old = world.world.titles[title_of()]
    asked = act.Replace((old.title_id,), (1,), (act.NewTitle(None, True, 1, old.reference_digest, old.commitment),))
    signed = CARRIER.sign_act(IDENTITY.titles_domain, asked, world.tip.time + 60)
    issued = next(item.event for item in world.chain[-1].recorded if isinstance(item.event, happened.Issued))
    retired = happened.Replaced(old.title_id, SHIPPER.address, CARRIER.address, (old.title_id,), 2, world.tip.time)
    seen = Foresight(IDENTITY, Subjects(dict(world.world.titles)), world.world.parties, world.tip.time)
    monkeypatch.setattr(foresight, "decide", lambda *_: (retired, issued))
    assert seen.judge(signed) is None
    monkeypatch.undo()
    transfer = SHIPPER.sign_act(IDENTITY.titles_domain, act.Transfer(title_of(), 1, BANK.address), 2**40)
    assert seen.judge(transfer) is None, "the bill stands as before"
