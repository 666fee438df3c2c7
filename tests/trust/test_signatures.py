"""Which compact JWS count as a carrier's."""

import hashlib
import hmac
import json
import time
from base64 import urlsafe_b64decode
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ebl_service.errors import EblError, InvalidRequest
from ebl_service.errors.trust import AlgorithmNotAllowed, MalformedSignature, SignatureNotCarriers
from ebl_service.trust.certificates import Roots
from ebl_service.trust.signatures import ALGORITHMS, sign_text, signed_text
from tests.authority import ALGORITHMS as BY_KEY
from tests.authority import P256, P384, RSA, Signer, base64url, self_signed

NOW = int(time.time())
PAYLOAD = {"documentChecksum": "ab" * 32, "issueToChecksum": "cd" * 32}
SIGNERS = {kind: self_signed(f"Carrier {kind}", kind) for kind in BY_KEY}


def held(signer: Signer) -> Any:
    return Roots().registered(signer.chain, NOW, is_pinned=True)


HELD = {kind: held(signer) for kind, signer in SIGNERS.items()}
KINDS = [(kind, algorithm) for kind, algorithms in BY_KEY.items() for algorithm in algorithms]


def with_header(compact: str, **changes: Any) -> str:
    """The JWS with another header, under the old signature."""
    header, payload, signature = compact.split(".")
    said = json.loads(urlsafe_b64decode(header + "=="))
    return ".".join((base64url(json.dumps(said | changes).encode()), payload, signature))


def test_all_nine_algorithms_are_there() -> None:
    assert sorted(algorithm for _, algorithm in KINDS) == sorted(ALGORITHMS)


@pytest.mark.parametrize(("kind", "algorithm"), KINDS)
def test_each_algorithm_counts_with_its_key(kind: str, algorithm: str) -> None:
    compact = SIGNERS[kind].sign(PAYLOAD, algorithm)
    found = signed_text(compact, HELD.values(), NOW)
    assert found.payload == PAYLOAD
    assert found.certificate == HELD[kind]
    assert found.digest == hashlib.sha256(compact.encode()).hexdigest()


@pytest.mark.parametrize(("kind", "algorithm"), KINDS)
def test_a_key_that_is_not_registered_does_not_count(kind: str, algorithm: str) -> None:
    others = [certificate for other, certificate in HELD.items() if other != kind]
    with pytest.raises(SignatureNotCarriers):
        signed_text(SIGNERS[kind].sign(PAYLOAD, algorithm), others, NOW)


def test_no_certificates_mean_no_signature() -> None:
    with pytest.raises(SignatureNotCarriers, match="None of the carrier's 0"):
        signed_text(SIGNERS[P256].sign(PAYLOAD), [], NOW)


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "HS256", "HS512", "EdDSA", "ES256K", "", 7, None])
def test_none_hmac_and_whatever_else_is_no_algorithm(algorithm: Any) -> None:
    with pytest.raises(AlgorithmNotAllowed):
        signed_text(with_header(SIGNERS[P256].sign(PAYLOAD), alg=algorithm), HELD.values(), NOW)


def test_a_public_key_used_as_an_hmac_secret_makes_no_signature() -> None:
    for kind in BY_KEY:
        said = base64url(json.dumps({"alg": "HS256"}).encode()) + "." + base64url(json.dumps(PAYLOAD).encode())
        mac = hmac.digest(SIGNERS[kind].public_pem, said.encode(), "sha256")
        for name in ("HS256", *ALGORITHMS):
            with pytest.raises((AlgorithmNotAllowed, SignatureNotCarriers)):
                signed_text(with_header(f"{said}.{base64url(mac)}", alg=name), HELD.values(), NOW)


def test_a_key_that_the_jws_brings_or_points_to_is_not_looked_at() -> None:
    stranger = self_signed("Stranger", P256)
    from joserfc.jwk import ECKey

    own = ECKey.import_key(stranger.public_pem).as_dict(private=False)
    leaf = "".join(stranger.chain.splitlines()[1:-1])
    for header in (
        {"jwk": own},
        {"jku": "http://127.0.0.1:9/keys"},
        {"x5u": "http://127.0.0.1:9/chain.pem"},
        {"x5c": [leaf]},
        {"kid": HELD[P256].fingerprint},
        {"x5t#S256": base64url(bytes.fromhex(HELD[P256].fingerprint))},
    ):
        from joserfc import jws

        registry = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
        registry.max_header_length = 10_000
        key = ECKey.import_key(stranger.private_pem)
        compact = jws.serialize_compact({"alg": "ES256", **header}, json.dumps(PAYLOAD), key, registry=registry)
        with pytest.raises(SignatureNotCarriers):
            signed_text(compact, HELD.values(), NOW)
        genuine = ECKey.import_key(SIGNERS[P256].private_pem)
        compact = jws.serialize_compact({"alg": "ES256", **header}, json.dumps(PAYLOAD), genuine, registry=registry)
        assert signed_text(compact, HELD.values(), NOW).certificate == HELD[P256]


def test_demanded_extensions_are_refused() -> None:
    for crit in (["exp"], ["b64"], [], ["alg"]):
        with pytest.raises(MalformedSignature, match="crit"):
            signed_text(with_header(SIGNERS[P256].sign(PAYLOAD), crit=crit, b64=False), HELD.values(), NOW)


def test_a_signature_counts_only_while_its_certificate_does() -> None:
    compact, certificate = SIGNERS[P384].sign(PAYLOAD, "ES384"), replace(HELD[P384], revoked_at=NOW + 100)
    assert signed_text(compact, [certificate], NOW + 99)
    for at in (NOW - 1, NOW + 100, certificate.valid_until + 1):
        with pytest.raises(SignatureNotCarriers):
            signed_text(compact, [certificate], at)


def test_after_rotation_both_the_old_and_the_new_signature_stay_verifiable() -> None:
    old, new = replace(HELD[RSA], revoked_at=NOW + 50), replace(HELD[P256], registered_at=NOW + 40)
    before, after = SIGNERS[RSA].sign(PAYLOAD, "PS384"), SIGNERS[P256].sign(PAYLOAD)
    assert signed_text(before, [old, new], NOW + 45).certificate == old
    assert signed_text(after, [old, new], NOW + 60).certificate == new
    with pytest.raises(SignatureNotCarriers):
        signed_text(before, [old, new], NOW + 60)


@pytest.mark.parametrize(
    "compact",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d",
        "a..c",
        "é.b.c",
        "e30.e30.e30=",
        "e30.e30.e30 ",
        "e30.e30.e30\n",
        "e30\n.e30.e30",
    ],
)
def test_what_is_no_compact_jws_is_malformed(compact: str) -> None:
    with pytest.raises((MalformedSignature, AlgorithmNotAllowed)):
        signed_text(compact, HELD.values(), NOW)


def test_a_header_that_names_its_algorithm_twice_is_malformed() -> None:
    _, payload, signature = SIGNERS[P256].sign(PAYLOAD).split(".")
    header = base64url(b'{"alg":"none","alg":"ES256"}')
    with pytest.raises(MalformedSignature):
        signed_text(f"{header}.{payload}.{signature}", HELD.values(), NOW)


def test_a_payload_that_says_a_thing_twice_is_refused_though_signed() -> None:
    from joserfc import jws
    from joserfc.jwk import ECKey

    key = ECKey.import_key(SIGNERS[P256].private_pem)
    compact = jws.serialize_compact({"alg": "ES256"}, '{"a":1,"a":2}', key, algorithms=["ES256"])
    with pytest.raises(InvalidRequest, match="twice"):
        signed_text(compact, HELD.values(), NOW)


def test_a_jws_of_any_length_is_answered_at_once() -> None:
    with pytest.raises(MalformedSignature, match="characters"):
        signed_text("a" * 70_000 + ".b.c", HELD.values(), NOW)


COMPACT = {kind: SIGNERS[kind].sign(PAYLOAD, algorithms[-1]) for kind, algorithms in BY_KEY.items()}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=. "


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(COMPACT)), st.integers(0, 10_000), st.sampled_from(LETTERS), st.sampled_from("rid"))
def test_a_jws_with_any_letter_changed_put_in_or_left_out_is_refused(kind: str, at: int, letter: str, how: str) -> None:
    compact = COMPACT[kind]
    at %= len(compact)
    changed = {
        "r": compact[:at] + letter + compact[at + 1 :],
        "i": compact[:at] + letter + compact[at:],
        "d": compact[:at] + compact[at + 1 :],
    }[how]
    if changed == compact:
        return
    with pytest.raises(EblError):
        signed_text(changed, HELD.values(), NOW)


def test_every_letter_of_a_signature_counts_to_its_last_bit() -> None:
    """n of n: each letter of a JWS replaced by its neighbour in the alphabet; of the longer kinds the last ones."""
    letters = LETTERS[:64]
    refused = tried = 0
    for kind, compact in COMPACT.items():
        for at, letter in enumerate(compact):
            if letter == "." or (kind != P256 and at < len(compact) - 40):
                continue
            changed = compact[:at] + letters[letters.index(letter) ^ 1] + compact[at + 1 :]
            tried += 1
            try:
                signed_text(changed, HELD.values(), NOW)
            except EblError:
                refused += 1
    assert refused == tried > 300


def test_signing_is_only_by_the_nine_algorithms() -> None:
    with pytest.raises(AlgorithmNotAllowed):
        sign_text(PAYLOAD, SIGNERS[P256].private_pem, "HS256")
