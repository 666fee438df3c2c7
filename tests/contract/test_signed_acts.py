"""What a signature is worth: once, by its signer, over exactly this, here, in time."""

from dataclasses import replace

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain.actions import Transfer
from ebl_service.domain.signed_act import LONGEST_DEADLINE, SignedAct, SigningDomain
from ebl_service.domain.terms import Purpose, digest
from tests.contract.conftest import Refusal
from tests.contract.stage import Stage, signed_data
from tests.local_chain import LocalChain

CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
CARRIED = ["signed", "batched"]


def carry(stage: Stage, signed: SignedAct, way: str) -> None:
    if way == "signed":
        stage.relay(signed)
    else:
        stage.batch([signed_data(signed)])


def transfer(stage: Stage, chain: LocalChain) -> SignedAct:
    """A good transfer of a fresh blank bill from shipper to bank."""
    return stage.sign(chain.shipper, Transfer(stage.issue(), 1, chain.bank.address))


def highest_s(signature: bytes) -> bytes:
    """The same signature in its other form: s in the upper half."""
    s = CURVE_ORDER - int.from_bytes(signature[32:64], "big")
    return signature[:32] + s.to_bytes(32, "big") + bytes([55 - signature[64]])


def compact(signature: bytes) -> bytes:
    """The same signature in 64 bytes (ERC-2098)."""
    s = int.from_bytes(signature[32:64], "big") | (signature[64] - 27) << 255
    return signature[:32] + s.to_bytes(32, "big")


SPOILED = {
    "with s in the upper half": highest_s,
    "in 64 bytes": compact,
    "cut short": lambda signature: signature[:64],
    "with a byte too many": lambda signature: signature + b"\0",
    "with v of 0 or 1": lambda signature: signature[:64] + bytes([signature[64] - 27]),
    "with the other v": lambda signature: signature[:64] + bytes([55 - signature[64]]),
    "with a bit turned": lambda signature: bytes([signature[0] ^ 1]) + signature[1:],
    "empty": lambda _: b"",
    "all zero": lambda _: bytes(65),
}


@pytest.mark.parametrize("way", CARRIED)
@pytest.mark.parametrize("how", SPOILED)
def test_a_spoiled_signature_is_refused(stage: Stage, chain: LocalChain, refused: Refusal, way: str, how: str) -> None:
    signed = transfer(stage, chain)
    with refused("InvalidSignature", chain.shipper):
        carry(stage, replace(signed, signature=SPOILED[how](signed.signature)), way)
    carry(stage, signed, way)


@pytest.mark.parametrize("way", CARRIED)
def test_nobody_signs_for_another(stage: Stage, chain: LocalChain, refused: Refusal, way: str) -> None:
    signed = transfer(stage, chain)
    forged = stage.sign(chain.bank, signed.act)
    with refused("InvalidSignature", chain.shipper):
        carry(stage, replace(forged, signer=chain.shipper.address), way)
    with refused("NotHolder", signed.act.title_id, chain.bank):
        carry(stage, forged, way)
    with refused("InvalidSignature", chain.bank):
        carry(stage, replace(signed, signer=chain.bank.address), way)


@pytest.mark.parametrize("way", CARRIED)
@pytest.mark.parametrize("signer", ["0x" + "00" * 20, "registry", "stranger"])
def test_no_account_without_a_key_of_its_own_signs(
    stage: Stage, chain: LocalChain, refused: Refusal, way: str, signer: str
) -> None:
    """A recovery that fails gives the zero address; the registry itself signs nothing."""
    accounts = {"registry": chain.title_registry, "stranger": chain.stranger.address}
    account = accounts.get(signer, signer)
    signed = transfer(stage, chain)
    for signature in (bytes(65), signed.signature):
        with refused("InvalidSignature", account):
            carry(stage, replace(signed, signer=account, signature=signature), way)


@pytest.mark.parametrize("way", CARRIED)
def test_a_signature_counts_once(stage: Stage, chain: LocalChain, refused: Refusal, way: str) -> None:
    signed = transfer(stage, chain)
    bill = signed.act.title_id
    carry(stage, signed, way)
    with refused("StaleSequence", bill, chain.shipper, 2, 1):
        carry(stage, signed, way)
    stage.play(chain.bank, act.RejectTransfer(bill, 2))
    with refused("StaleSequence", bill, chain.shipper, 3, 1):
        carry(stage, signed, way)


@pytest.mark.parametrize("way", CARRIED)
def test_a_signed_issue_counts_once(stage: Stage, chain: LocalChain, refused: Refusal, way: str) -> None:
    asked = stage.issuing(chain.carrier, chain.shipper, None)
    signed = stage.sign(chain.carrier, asked)
    carry(stage, signed, way)
    with refused("TitleExists", asked.title_id, chain.carrier):
        carry(stage, signed, way)


@pytest.mark.parametrize("way", CARRIED)
def test_a_signature_counts_up_to_its_deadline(stage: Stage, chain: LocalChain, refused: Refusal, way: str) -> None:
    late, in_time = (stage.issue(), stage.issue())
    deadline = stage.now + 1000
    signed = stage.sign(chain.shipper, Transfer(late, 1, chain.bank.address), deadline)
    stage.at(deadline + 1)
    with refused("DeadlinePassed", deadline, deadline + 1):
        carry(stage, signed, way)
    deadline += 1000
    signed = stage.sign(chain.shipper, Transfer(in_time, 1, chain.bank.address), deadline)
    stage.at(deadline)
    carry(stage, signed, way)
    assert stage.title(in_time)["holder"] == chain.bank.address


@pytest.mark.parametrize("way", CARRIED)
def test_a_deadline_is_at_most_seven_days_away(stage: Stage, chain: LocalChain, refused: Refusal, way: str) -> None:
    bill = stage.issue()
    latest = stage.next_time + LONGEST_DEADLINE
    signed = stage.sign(chain.shipper, Transfer(bill, 1, chain.bank.address), latest + 1)
    with refused("DeadlineTooDistant", latest + 1, latest):
        carry(stage, signed, way)
    carry(stage, signed, way)  # a second later it is seven days away
    assert stage.title(bill)["holder"] == chain.bank.address


def other_domains(chain: LocalChain) -> dict[str, SigningDomain]:
    here = chain.titles_domain
    return {
        "another chain": replace(here, chain_id=1),
        "a look-alike registry": replace(here, verifying_contract=chain.lookalike),
        "the party registry": replace(here, verifying_contract=chain.party_registry),
        "another name": replace(here, name="eBL Ledger Parties"),
        "another version": replace(here, version="2"),
    }


@pytest.mark.parametrize("way", CARRIED)
@pytest.mark.parametrize(
    "where", ["another chain", "a look-alike registry", "the party registry", "another name", "another version"]
)
def test_a_signature_for_another_place_is_worth_nothing_here(
    stage: Stage, chain: LocalChain, refused: Refusal, way: str, where: str
) -> None:
    signed = transfer(stage, chain)
    elsewhere = chain.shipper.key.sign_act(other_domains(chain)[where], signed.act, signed.deadline)
    with refused("InvalidSignature", chain.shipper):
        carry(stage, elsewhere, way)


@pytest.mark.parametrize("way", CARRIED)
def test_every_member_of_an_act_is_signed(stage: Stage, chain: LocalChain, refused: Refusal, way: str) -> None:
    signed = transfer(stage, chain)
    other = stage.issue()
    for changed in (
        replace(signed, act=replace(signed.act, to=chain.forwarder.address)),
        replace(signed, act=replace(signed.act, title_id=other)),
        replace(signed, act=replace(signed.act, sequence=2)),
        replace(signed, deadline=signed.deadline + 1),
    ):
        with refused("InvalidSignature", chain.shipper):
            carry(stage, changed, way)


@pytest.mark.parametrize("way", CARRIED)
def test_every_member_of_an_issue_is_signed(stage: Stage, chain: LocalChain, refused: Refusal, way: str) -> None:
    asked = stage.issuing(chain.carrier, chain.shipper, chain.bank)
    signed = stage.sign(chain.carrier, asked)
    for changes in (
        {"holder": chain.forwarder.address},
        {"endorsee": None},
        {"endorsee": chain.shipper.address},
        {"is_to_order": False},
        {"commitment": digest(5)},
        {"reference_digest": digest(6)},
    ):
        with refused("InvalidSignature", chain.carrier):
            carry(stage, replace(signed, act=replace(asked, **changes)), way)


@pytest.mark.parametrize("way", CARRIED)
def test_every_member_of_a_surrender_request_is_signed(
    stage: Stage, chain: LocalChain, refused: Refusal, way: str
) -> None:
    asked = act.RequestSurrender(stage.issue(), 1, Purpose.DELIVERY)
    signed = stage.sign(chain.shipper, asked)
    for changes in ({"purpose": Purpose.AMENDMENT}, {"reason": digest(1)}):
        with refused("InvalidSignature", chain.shipper):
            carry(stage, replace(signed, act=replace(asked, **changes)), way)


@pytest.mark.parametrize("way", CARRIED)
def test_every_member_of_a_replacement_is_signed(stage: Stage, chain: LocalChain, refused: Refusal, way: str) -> None:
    made = act.NewTitle(None, True, 0, digest(1), digest(2))
    asked = act.Replace((digest(3), digest(4)), (3, 3), (made, made))
    signed = stage.sign(chain.carrier, asked)
    changed_titles = [
        replace(made, **changes)
        for changes in (
            {"endorsee": chain.bank.address},
            {"is_to_order": False},
            {"version": 1},
            {"reference_digest": digest(9)},
            {"commitment": digest(9)},
        )
    ]
    for changes in (
        {"old_ids": (digest(3), digest(5))},
        {"old_ids": (digest(3),)},
        {"sequences": (3, 4)},
        {"new_titles": (made,)},
        *({"new_titles": (made, changed)} for changed in changed_titles),
    ):
        with refused("InvalidSignature", chain.carrier):
            carry(stage, replace(signed, act=replace(asked, **changes)), way)


SAME_SHAPES = [
    (act.Transfer, act.Endorse, act.EndorseToOrder, act.EndorseInBlank),
    (act.RejectTransfer, act.Sign, act.WithdrawSurrender, act.AcceptSurrender, act.RejectSurrender),
]


@pytest.mark.parametrize("way", CARRIED)
@pytest.mark.parametrize("kinds", SAME_SHAPES)
def test_a_signature_over_one_verb_is_none_over_another(
    stage: Stage, chain: LocalChain, refused: Refusal, way: str, kinds: tuple[type, ...]
) -> None:
    bill = stage.issue()
    to = (chain.bank.address,) if act.Transfer in kinds else ()
    for signed_kind in kinds:
        signed = stage.sign(chain.shipper, signed_kind(bill, 1, *to))
        for sent_kind in set(kinds) - {signed_kind}:
            with refused("InvalidSignature", chain.shipper):
                carry(stage, replace(signed, act=sent_kind(bill, 1, *to)), way)


def test_anyone_carries_a_signed_act_and_it_counts_as_the_signers(stage: Stage, chain: LocalChain) -> None:
    signed = transfer(stage, chain)
    (event,) = stage.send(chain.stranger.address, "TitleRegistry", signed_data(signed))
    assert event.arguments["from"] == chain.shipper.address


def test_a_deadline_is_checked_before_a_signature_and_a_signature_before_the_rules(
    stage: Stage, chain: LocalChain, refused: Refusal
) -> None:
    bill = stage.issue()
    asked = Transfer(bill, 9, chain.stranger.address)
    bad = SignedAct(asked, chain.bank.address, stage.now - 5, bytes(65))
    with refused("DeadlinePassed", stage.now - 5, stage.now + 1):
        stage.relay(bad)
    with refused("InvalidSignature", chain.bank):
        stage.relay(replace(bad, deadline=stage.now + 100))
    with refused("StaleSequence", bill, chain.bank, 1, 9):
        stage.relay(stage.sign(chain.bank, asked))
