"""Call data laid out by hand equals what web3 makes of the ABI, and reverts become the right refusals."""

import pytest
from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st
from web3 import Web3

from ebl_service.chain.act_codec import decode_refusal, encode_act, encode_batch, function_of
from ebl_service.chain.artifacts import artifact, selector_of, type_of
from ebl_service.domain import actions as act
from ebl_service.domain.ledger import ActToSend
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.terms import NO_DIGEST, NOBODY, Address, Digest, Purpose, TitleId, Verb
from ebl_service.domain.title import PreviousAct
from ebl_service.errors import InvalidRequest
from ebl_service.errors.refusals import REFUSALS, StaleSequence, TitleNotLive, Unexplained

REGISTRY = Web3().eth.contract(abi=artifact("TitleRegistry").abi)
A, B = Address("0x" + "a1" * 20), Address("0x" + "b2" * 20)
ONE, TWO = Digest("0x" + "11" * 32), Digest("0x" + "22" * 32)
TITLE = TitleId("0x" + "cc" * 32)
PREVIOUS = PreviousAct(ONE, Verb.TRANSFER, 1_700_000_000, A, TWO, 12345 << 160, None, 7, B, 3)


def raw(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def checksummed(value):
    if isinstance(value, str):
        return Web3.to_checksum_address(value)
    return type(value)(map(checksummed, value)) if isinstance(value, list | tuple) else value


def by_web3(asked: act.Act, arguments: list[object], signature: bytes) -> bytes:
    authorization = (Web3.to_checksum_address(A), 99, signature)
    return raw(REGISTRY.encode_abi(function_of(asked), [*arguments, authorization]))


CASES = [
    (act.Issue(TITLE, A, None, True, ONE, TWO), [A, NOBODY, True, raw(ONE), raw(TWO)]),
    (act.Transfer(TITLE, 3, B), [raw(TITLE), 3, B]),
    (act.Endorse(TITLE, 3, B), [raw(TITLE), 3, B]),
    (act.EndorseToOrder(TITLE, 3, B), [raw(TITLE), 3, B]),
    (act.EndorseInBlank(TITLE, 3), [raw(TITLE), 3, NOBODY]),
    (act.Sign(TITLE, 3), [raw(TITLE), 3]),
    (act.RequestSurrender(TITLE, 3, Purpose.PAPER, ONE), [raw(TITLE), 3, 2, raw(ONE)]),
    (act.WithdrawSurrender(TITLE, 3), [raw(TITLE), 3]),
    (act.AcceptSurrender(TITLE, 3), [raw(TITLE), 3]),
    (act.RejectSurrender(TITLE, 3), [raw(TITLE), 3]),
    (act.RejectTransfer(TITLE, 3), [raw(TITLE), 3, (raw(ONE), 2, 1_700_000_000, A, raw(TWO), 12345 << 160, 7)]),
    (
        act.Replace((TITLE,), (4,), (act.NewTitle(B, False, 1, ONE, TWO), act.NewTitle(None, True, 0, TWO, ONE))),
        [[raw(TITLE)], [4], [(B, False, 1, raw(ONE), raw(TWO)), (NOBODY, True, 0, raw(TWO), raw(ONE))]],
    ),
]


@pytest.mark.parametrize("signature", [b"", b"\x01" * 65, b"\x02" * 64, b"\x03" * 300], ids=len)
@pytest.mark.parametrize(("asked", "arguments"), CASES, ids=[type(case[0]).__name__ for case in CASES])
def test_an_act_is_encoded_as_web3_encodes_it(asked, arguments, signature):
    expected = by_web3(asked, checksummed(arguments), signature)
    assert encode_act(ActToSend(SignedAct(asked, A, 99, signature), PREVIOUS)) == expected


@given(st.lists(st.binary(max_size=200), max_size=20))
def test_a_batch_is_encoded_as_web3_encodes_it(calls):
    assert encode_batch(calls) == raw(REGISTRY.encode_abi("batch", [calls]))


def test_a_rejected_transfer_without_proof_is_an_invalid_request():
    with pytest.raises(InvalidRequest, match="proof"):
        encode_act(ActToSend(SignedAct(act.RejectTransfer(TITLE, 2), A, 99, b"")))


ERRORS = [
    entry
    for name in ("TitleRegistry", "PartyRegistry")
    for entry in artifact(name).abi
    if entry["type"] == "error" and entry["name"] in REFUSALS
]


@pytest.mark.parametrize("entry", ERRORS, ids=[entry["name"] for entry in ERRORS])
def test_every_revert_of_the_contracts_becomes_the_refusal_of_its_name(entry):
    samples = {"address": A, "bytes32": raw(ONE), "bool": True}
    types = [type_of(item) for item in entry["inputs"]]
    refusal = decode_refusal(selector_of(entry) + encode(types, [samples.get(kind, 1) for kind in types]))
    assert type(refusal) is REFUSALS[entry["name"]]
    assert len(refusal.values) == len(types)


def test_a_refusal_carries_what_the_contract_said():
    entry = next(e for e in ERRORS if e["name"] == "StaleSequence")
    data = selector_of(entry) + encode(["bytes32", "address", "uint32", "uint32"], [raw(TITLE), A, 5, 3])
    assert decode_refusal(data).values == StaleSequence(TITLE, A, 5, 3).values
    entry = next(e for e in ERRORS if e["name"] == "TitleNotLive")
    data = selector_of(entry) + encode(["bytes32", "address", "uint8"], [raw(TITLE), A, 2])
    assert decode_refusal(data).values == TitleNotLive(TITLE, A, "PENDING_SURRENDER_FOR_DELIVERY").values


@pytest.mark.parametrize("data", [b"", b"\x08\xc3\x79\xa0", b"\xff" * 40, None])
def test_revert_data_that_is_not_ours_is_unexplained(data):
    if data is None:  # ours by its selector, but cut short
        data = selector_of(next(e for e in ERRORS if e["name"] == "StaleSequence")) + b"\0" * 40
    assert isinstance(decode_refusal(data), Unexplained)


def test_no_digest_is_thirty_two_zero_bytes():
    assert raw(NO_DIGEST) == bytes(32)
