"""How certificates of insurance end: by notice in whole days, with consent where the risk has attached."""

import pytest

from ebl_service.domain.actions import (
    Transfer,
)
from ebl_service.domain.certificate_actions import (
    CancelCertificate,
    ConsentToCancellation,
    NotifyClaim,
    ReleaseLossPayee,
)
from ebl_service.domain.terms import (
    Mode,
    Part,
)
from tests.contract.certifying import A_DAY, PAPER, issue
from tests.contract.conftest import Refusal
from tests.contract.stage import (
    Stage,
)
from tests.local_chain import LocalChain


def test_no_attached_risk_is_cancelled_from_under_a_payee(stage: Stage, chain: LocalChain, refused: Refusal) -> None:
    which = issue(stage, chain, stage.issue(), Mode.LOSS_PAYEE, chain.bank)
    stage.play(chain.shipper, ConsentToCancellation(which, 1, Part.ALL))
    with refused("LossPayeeStands", which, chain.insurer, chain.bank):
        stage.play(chain.insurer, CancelCertificate(which, 2, Part.ALL))
    for other in (chain.shipper, chain.insurer, chain.stranger):
        with refused("NotLossPayee", which, other):
            stage.play(other, ReleaseLossPayee(which, 2))
    stage.play(chain.bank, ReleaseLossPayee(which, 2))
    with refused("NotLossPayee", which, chain.bank):
        stage.play(chain.bank, ReleaseLossPayee(which, 3))
    stage.play(chain.shipper, ConsentToCancellation(which, 3, Part.ALL))
    stage.play(chain.insurer, CancelCertificate(which, 4, Part.ALL))


@pytest.mark.parametrize(("part", "days"), [(Part.ALL, 30), (Part.WAR, 7), (Part.STRIKES, 7)])
@pytest.mark.parametrize("second", [0, 1, A_DAY - 1])
def test_a_notice_runs_from_the_midnight_that_ends_its_day(
    stage: Stage, chain: LocalChain, part: Part, days: int, second: int
) -> None:
    later = stage.now + 100 * A_DAY
    times = {f"{name}_attaches_at": later for name in ("cargo", "war", "strikes")}
    which = issue(stage, chain, stage.issue(), **times)
    midnight = (stage.now // A_DAY + 2) * A_DAY
    stage.at(midnight + second)
    stage.play(chain.insurer, CancelCertificate(which, 1, part))
    ends = stage.certificate(which)["endsAt"]
    wanted = midnight + A_DAY + days * A_DAY
    assert {name for name, at in ends.items() if at} == (
        {"cargo", "war", "strikes"} if part is Part.ALL else {part.name.lower()}
    )
    assert {at for at in ends.values() if at} == {wanted}
    if part is Part.ALL:
        stage.at(wanted - 1)
        stage.play(chain.shipper, NotifyClaim(which, 2, PAPER))
        assert stage.certificate(which)["status"] == "IN_FORCE"
        stage.play(chain.shipper, NotifyClaim(which, 3, PAPER))
        assert stage.certificate(which)["status"] == "ENDED"


@pytest.mark.parametrize("offset", [-1, 0])
def test_a_risk_that_attaches_as_the_notice_ends_needs_no_consent(
    stage: Stage, chain: LocalChain, refused: Refusal, offset: int
) -> None:
    ends = (stage.now // A_DAY + 1 + 7) * A_DAY
    which = issue(stage, chain, stage.issue(), war_attaches_at=ends + offset)
    cancel = CancelCertificate(which, 1, Part.WAR)
    if offset < 0:
        with refused("ConsentMissing", which, chain.insurer, "WAR", ends):
            stage.play(chain.insurer, cancel)
    else:
        stage.play(chain.insurer, cancel)


def test_an_attached_risk_ends_only_with_consent(stage: Stage, chain: LocalChain, refused: Refusal) -> None:
    which = issue(stage, chain, stage.issue())
    ends = (stage.now // A_DAY + 1 + 30) * A_DAY
    with refused("ConsentMissing", which, chain.insurer, "ALL", ends):
        stage.play(chain.insurer, CancelCertificate(which, 1, Part.ALL))
    with refused("NotAssured", which, chain.insurer):
        stage.play(chain.insurer, ConsentToCancellation(which, 1, Part.ALL))
    stage.play(chain.shipper, ConsentToCancellation(which, 1, Part.ALL))
    stage.play(chain.insurer, CancelCertificate(which, 2, Part.ALL))
    with refused("PartAlreadyCancelled", which, chain.insurer, "ALL"):
        stage.play(chain.insurer, CancelCertificate(which, 3, Part.ALL))


def test_a_consent_is_for_the_next_act_the_part_and_the_assured_of_now(
    stage: Stage, chain: LocalChain, refused: Refusal
) -> None:
    bill = stage.issue()
    which = issue(stage, chain, bill)
    stage.play(chain.shipper, ConsentToCancellation(which, 1, Part.WAR))
    ends = (stage.now // A_DAY + 1 + 30) * A_DAY
    with refused("ConsentMissing", which, chain.insurer, "ALL", ends):
        stage.play(chain.insurer, CancelCertificate(which, 2, Part.ALL))
    stage.play(chain.shipper, NotifyClaim(which, 2, PAPER))
    week = (stage.now // A_DAY + 1 + 7) * A_DAY
    with refused("ConsentMissing", which, chain.insurer, "WAR", week):
        stage.play(chain.insurer, CancelCertificate(which, 3, Part.WAR))
    stage.play(chain.shipper, ConsentToCancellation(which, 3, Part.WAR))
    stage.play(chain.shipper, Transfer(bill, 1, chain.bank.address))
    with refused("ConsentMissing", which, chain.insurer, "WAR", week):
        stage.play(chain.insurer, CancelCertificate(which, 4, Part.WAR))
    stage.play(chain.bank, ConsentToCancellation(which, 4, Part.WAR))
    given = stage.now
    stage.at(given + 7 * A_DAY + 1)
    late = ((given + 7 * A_DAY + 1) // A_DAY + 1 + 7) * A_DAY
    with refused("ConsentMissing", which, chain.insurer, "WAR", late):
        stage.play(chain.insurer, CancelCertificate(which, 5, Part.WAR))
