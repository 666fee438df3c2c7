"""What is on its way is foreseen in the order in which it was taken in, whatever its ids are."""

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain.certificate_actions import CancelCertificate
from ebl_service.domain.submission import State
from ebl_service.domain.terms import Part, Role, digest
from tests.clerk import BANK, SHIPPER, Clerk, title_of
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
