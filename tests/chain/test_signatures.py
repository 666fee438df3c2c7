"""Signatures are judged off chain as OpenZeppelin's SignatureChecker judges them on chain."""

import pytest
from coincurve import PrivateKey
from eth_account import Account
from hypothesis import given
from hypothesis import strategies as st

from ebl_service.chain.signatures import recovered

KEY = PrivateKey(b"\x07" * 32)
ACCOUNT = Account.from_key(KEY.secret).address.lower()
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
DIGEST = b"\x05" * 32


def signature(digest: bytes = DIGEST) -> bytes:
    made = KEY.sign_recoverable(digest, hasher=None)
    return made[:64] + bytes([made[64] + 27])


@given(st.binary(min_size=32, max_size=32))
def test_a_good_signature_tells_its_signer(digest):
    assert recovered(digest, signature(digest)) == ACCOUNT


def test_it_agrees_with_eth_account():
    signed = Account.unsafe_sign_hash(DIGEST, KEY.secret)
    assert recovered(DIGEST, bytes(signed.signature)) == ACCOUNT


def test_the_malleable_twin_is_refused():
    good = signature()
    twin = good[:32] + (ORDER - int.from_bytes(good[32:64], "big")).to_bytes(32, "big") + bytes([55 - good[64]])
    assert recovered(DIGEST, twin) is None


def test_a_compact_signature_is_refused():
    assert recovered(DIGEST, signature()[:64]) is None


@pytest.mark.parametrize("v", [0, 1, 26, 29, 255])
def test_another_v_is_refused(v):
    assert recovered(DIGEST, signature()[:64] + bytes([v])) is None


def test_what_is_no_point_of_the_curve_is_nobodys():
    assert recovered(DIGEST, b"\xff" * 32 + b"\x01" * 32 + b"\x1b") is None


def test_another_digest_is_another_signer():
    assert recovered(b"\x06" * 32, signature()) != ACCOUNT
