"""What every act on a title asks first: that the title is there, as it was seen, live or pending, and the actor's."""

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain.terms import Purpose, Role, Status, digest
from tests.contract.conftest import Refusal
from tests.contract.stage import Stage
from tests.local_chain import LocalChain

HAND_OVERS = [act.Transfer, act.Endorse, act.EndorseToOrder, act.EndorseInBlank]
HOLDERS_ACTS = [*HAND_OVERS, act.RejectTransfer, act.Sign, act.RequestSurrender]
ANSWERS = [act.WithdrawSurrender, act.AcceptSurrender, act.RejectSurrender]
OF_PURPOSE = [(Purpose.DELIVERY, "DELIVERY"), (Purpose.AMENDMENT, "AMENDMENT"), (Purpose.PAPER, "PAPER")]


def asked(kind: type[act.OnTitle], chain: LocalChain, bill: str, sequence: int = 1) -> act.Act:
    """An act of this kind, to the bank where it names a receiver."""
    if kind in HAND_OVERS:
        return kind(bill, sequence, chain.bank.address)
    return kind(bill, sequence, Purpose.DELIVERY) if kind is act.RequestSurrender else kind(bill, sequence)


@pytest.mark.parametrize("kind", HOLDERS_ACTS + ANSWERS)
def test_nobody_acts_on_a_title_that_is_not_there(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, kind: type
) -> None:
    nothing = digest(7)
    with refused("UnknownTitle", nothing, chain.shipper):
        stage.play(chain.shipper, asked(kind, chain, nothing), way)


@pytest.mark.parametrize("kind", HOLDERS_ACTS + ANSWERS)
@pytest.mark.parametrize("given", [0, 2])
def test_nobody_acts_on_a_stale_or_a_future_view(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, kind: type, given: int
) -> None:
    bill = stage.issue()
    with refused("StaleSequence", bill, chain.shipper, 1, given):
        stage.play(chain.shipper, asked(kind, chain, bill, given), way)


@pytest.mark.parametrize("kind", HOLDERS_ACTS)
@pytest.mark.parametrize("thief", ["stranger", "bank", "carrier", "relayer"])
def test_only_the_holder_acts_on_a_live_title(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, kind: type, thief: str
) -> None:
    bill = stage.issue(chain.consignee)
    with refused("NotHolder", bill, chain.people[thief]):
        stage.play(chain.people[thief], asked(kind, chain, bill), way)


@pytest.mark.parametrize("kind", HOLDERS_ACTS)
def test_not_even_the_registrar_moves_a_title(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, kind: type
) -> None:
    bill = stage.issue()
    with refused("NotHolder", bill, chain.registrar):
        stage.play(chain.registrar, asked(kind, chain, bill), way)


@pytest.mark.parametrize("kind", HOLDERS_ACTS)
@pytest.mark.parametrize(("purpose", "name"), OF_PURPOSE)
def test_the_holder_cannot_act_while_a_surrender_is_pending_or_done(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, kind: type, purpose: Purpose, name: str
) -> None:
    bill = stage.issue()
    stage.play(chain.shipper, act.RequestSurrender(bill, 1, purpose))
    with refused("TitleNotLive", bill, chain.shipper, f"PENDING_SURRENDER_FOR_{name}"):
        stage.play(chain.shipper, asked(kind, chain, bill, 2), way)
    stage.play(chain.carrier, act.AcceptSurrender(bill, 2))
    with refused("TitleNotLive", bill, chain.shipper, f"SURRENDERED_FOR_{name}"):
        stage.play(chain.shipper, asked(kind, chain, bill, 3), way)


@pytest.mark.parametrize("kind", ANSWERS)
def test_there_is_nothing_to_answer_where_no_surrender_is_pending(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, kind: type
) -> None:
    bill = stage.issue()
    with refused("SurrenderNotPending", bill, chain.carrier, "ISSUED"):
        stage.play(chain.carrier, asked(kind, chain, bill), way)
    stage.play(chain.shipper, act.RequestSurrender(bill, 1, Purpose.PAPER))
    stage.play(chain.carrier, act.AcceptSurrender(bill, 2))
    with refused("SurrenderNotPending", bill, chain.carrier, "SURRENDERED_FOR_PAPER"):
        stage.play(chain.carrier, asked(kind, chain, bill, 3), way)


@pytest.mark.parametrize("kind", HAND_OVERS)
def test_the_carrier_never_receives_a_title_of_its_own(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, kind: type
) -> None:
    bill = stage.issue()
    with refused("CarrierCannotReceive", bill, chain.shipper):
        stage.play(chain.shipper, kind(bill, 1, chain.carrier.address), way)
    stage.play(chain.shipper, kind(bill, 1, chain.other_carrier.address), way)
    assert stage.title(bill)["holder"] == chain.other_carrier.address


@pytest.mark.parametrize("kind", HAND_OVERS)
def test_only_registered_parties_receive(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, kind: type
) -> None:
    bill = stage.issue()
    with refused("RecipientNotRegistered", bill, chain.shipper, chain.stranger):
        stage.play(chain.shipper, kind(bill, 1, chain.stranger.address), way)
    with refused("RecipientNotRegistered", bill, chain.shipper, chain.title_registry):
        stage.play(chain.shipper, kind(bill, 1, chain.title_registry), way)


@pytest.mark.parametrize("kind", [act.Transfer, act.Endorse, act.EndorseToOrder])
def test_nothing_is_sent_to_the_zero_address(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, kind: type
) -> None:
    bill = stage.issue()
    with refused("RecipientNotRegistered", bill, chain.shipper, "0x" + "00" * 20):
        stage.play(chain.shipper, kind(bill, 1, "0x" + "00" * 20), way)


@pytest.mark.parametrize("kind", HAND_OVERS)
def test_a_suspended_party_receives_nothing_but_may_pass_on_what_it_has(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, kind: type
) -> None:
    bill = stage.issue()
    stage.call(chain.registrar, "PartyRegistry", "suspend", chain.bank.address)
    with refused("RecipientSuspended", bill, chain.shipper, chain.bank):
        stage.play(chain.shipper, kind(bill, 1, chain.bank.address), way)
    stage.call(chain.registrar, "PartyRegistry", "suspend", chain.shipper.address)
    stage.play(chain.shipper, kind(bill, 1, chain.forwarder.address), way)
    assert stage.title(bill)["holder"] == chain.forwarder.address


@pytest.mark.parametrize("kind", HAND_OVERS)
def test_a_hand_over_to_oneself_is_none(
    stage: Stage, chain: LocalChain, way: str, refused: Refusal, kind: type
) -> None:
    bill = stage.issue(chain.shipper)
    with refused("AlreadyHolder", bill, chain.shipper):
        stage.play(chain.shipper, kind(bill, 1, chain.shipper.address), way)


def test_a_carrier_that_lost_its_role_still_answers(stage: Stage, chain: LocalChain, way: str) -> None:
    bill = stage.issue()
    stage.play(chain.shipper, act.RequestSurrender(bill, 1, Purpose.DELIVERY))
    stage.call(chain.registrar, "PartyRegistry", "withdrawRole", chain.carrier.address, Role.CARRIER)
    stage.call(chain.registrar, "PartyRegistry", "suspend", chain.carrier.address)
    stage.play(chain.carrier, act.AcceptSurrender(bill, 2), way)
    assert stage.title(bill)["status"] == Status.SURRENDERED_FOR_DELIVERY.name
