"""A party that is a Safe: it joins, holds and signs by ERC-1271, and survives the loss of its owners' keys."""

from dataclasses import replace

import pytest

from ebl_service.chain.deployment import ANSWER_PERIOD
from ebl_service.domain.actions import (
    AcceptSurrender,
    RejectSurrender,
    RequestSurrender,
    Sign,
    Transfer,
    WithdrawSurrender,
)
from ebl_service.domain.signed_act import Join, signing_digest
from ebl_service.domain.terms import Purpose, Role, TitleId, digest
from tests.contract.conftest import Refusal
from tests.contract.safe import Safe
from tests.contract.stage import Stage, direct_data, signed_data
from tests.local_chain import LocalChain, person

OLD = [person(f"owner {n}") for n in range(3)]
NEW = [person(f"new owner {n}") for n in range(2)]


def joined(stage: Stage, chain: LocalChain, roles: Role = Role.CUSTOMS) -> tuple[Safe, list[str]]:
    """A Safe of which two of three must sign, registered; and the events of its joining."""
    safe = Safe(chain, OLD, 2)
    stage.at(chain.time() + 1)
    join = Join(safe.address, roles, digest(8), 0, stage.next_time + 100)
    signature = safe.sign_digest(signing_digest(chain.parties_domain, "Join", join.message), OLD[:2])
    values = (safe.address, int(roles), join.identity_digest, 0, join.deadline, signature)
    happened = stage.call(chain.registrar, "PartyRegistry", "register", *values)
    return safe, [event.name for event in happened]


@pytest.fixture
def safe(stage: Stage, chain: LocalChain) -> Safe:
    return joined(stage, chain)[0]


def held_by(safe: Safe, stage: Stage, chain: LocalChain) -> TitleId:
    """A blank bill in the Safe's hands, sequence 2."""
    bill = stage.issue()
    stage.play(chain.shipper, Transfer(bill, 1, safe.address))
    assert stage.title(bill)["holder"] == safe.address
    return bill


def rotate(safe: Safe, stage: Stage, chain: LocalChain) -> None:
    """Two of the three owners are replaced, so that no two old ones are left."""
    assert safe.swap_owner(OLD[0], NEW[0], [OLD[0], OLD[1]])
    assert safe.swap_owner(OLD[1], NEW[1], [NEW[0], OLD[1]])
    stage.at(chain.time() + 1)


def test_a_safe_that_carries_gives_no_warning_of_a_single_key(stage: Stage, chain: LocalChain) -> None:
    assert joined(stage, chain, Role.CARRIER)[1] == ["Registered"]


@pytest.mark.parametrize("batched", [False, True])
def test_two_owners_sign_and_anyone_carries_the_act(stage: Stage, chain: LocalChain, safe: Safe, batched: bool) -> None:
    bill = held_by(safe, stage, chain)
    signed = safe.sign_act(stage, Transfer(bill, 2, chain.bank.address), OLD[1:])
    (event,) = stage.batch([signed_data(signed)])[0] if batched else stage.relay(signed)
    assert (event.arguments["from"], event.arguments["to"]) == (safe.address, chain.bank.address)


def test_one_owner_is_not_enough_nor_are_strangers(
    stage: Stage, chain: LocalChain, safe: Safe, refused: Refusal
) -> None:
    bill = held_by(safe, stage, chain)
    for signers in (OLD[:1], [OLD[0], NEW[0]], NEW, []):
        with refused("InvalidSignature", safe.address):
            stage.relay(safe.sign_act(stage, Transfer(bill, 2, chain.bank.address), signers))


def test_what_owners_sign_for_one_safe_is_worth_nothing_for_another(
    stage: Stage, chain: LocalChain, safe: Safe, refused: Refusal
) -> None:
    other = Safe(chain, OLD, 2)
    stage.at(chain.time() + 1)
    bill = held_by(safe, stage, chain)
    signed = safe.sign_act(stage, Sign(bill, 2), OLD[:2])
    foreign = other.sign_act(stage, Sign(bill, 2), OLD[:2])
    with refused("NotHolder", bill, other.address):
        stage.relay(foreign)
    with refused("InvalidSignature", safe.address):
        stage.relay(replace(foreign, signer=safe.address))
    stage.relay(signed)


def test_the_safe_calls_the_registry_itself(stage: Stage, chain: LocalChain, safe: Safe) -> None:
    bill = held_by(safe, stage, chain)
    data = direct_data(Transfer(bill, 2, chain.bank.address))
    assert not safe.execute(chain.title_registry, data, OLD[:1])
    assert stage.title(bill)["holder"] == safe.address
    assert safe.execute(chain.title_registry, data, OLD[:2])
    assert stage.title(bill)["holder"] == chain.bank.address


def test_new_owners_withdraw_a_request_that_the_old_ones_made(
    stage: Stage, chain: LocalChain, safe: Safe, refused: Refusal
) -> None:
    bill = held_by(safe, stage, chain)
    stage.relay(safe.sign_act(stage, RequestSurrender(bill, 2, Purpose.DELIVERY), OLD[:2]))
    requested_at = stage.now
    rotate(safe, stage, chain)
    stage.at(requested_at + ANSWER_PERIOD + 1)
    with refused("InvalidSignature", safe.address):
        stage.relay(safe.sign_act(stage, WithdrawSurrender(bill, 3), OLD[:2]))
    stage.relay(safe.sign_act(stage, WithdrawSurrender(bill, 3), NEW))
    title = stage.title(bill)
    assert (title["status"], title["holder"], title["sequence"]) == ("ISSUED", safe.address, 4)


def test_new_owners_go_on_after_the_carrier_gave_the_bill_back(
    stage: Stage, chain: LocalChain, safe: Safe, refused: Refusal
) -> None:
    bill = held_by(safe, stage, chain)
    on_its_way = safe.sign_act(stage, RequestSurrender(bill, 2, Purpose.DELIVERY), OLD[:2])
    stage.relay(on_its_way)
    kept = safe.sign_act(stage, Sign(bill, 4), OLD[:2])
    rotate(safe, stage, chain)
    stage.play(chain.carrier, RejectSurrender(bill, 3))
    with refused("InvalidSignature", safe.address):
        stage.relay(kept)
    stage.relay(safe.sign_act(stage, Sign(bill, 4), NEW))
    stage.relay(safe.sign_act(stage, Transfer(bill, 5, chain.bank.address), [NEW[0], OLD[2]]))
    assert stage.title(bill)["holder"] == chain.bank.address


def test_the_carrier_accepts_whatever_became_of_the_safes_owners(stage: Stage, chain: LocalChain, safe: Safe) -> None:
    bill = held_by(safe, stage, chain)
    stage.relay(safe.sign_act(stage, RequestSurrender(bill, 2, Purpose.DELIVERY), OLD[:2]))
    rotate(safe, stage, chain)
    stage.play(chain.carrier, AcceptSurrender(bill, 3))
    title = stage.title(bill)
    assert (title["status"], title["holder"]) == ("SURRENDERED_FOR_DELIVERY", safe.address)
