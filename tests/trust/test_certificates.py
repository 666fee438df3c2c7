"""Which certificates are taken, and from when to when they count."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from ebl_service.domain.signing_certificate import SigningCertificate
from ebl_service.errors import InvalidRequest
from ebl_service.errors.trust import CertificateNotTrusted, NotACertificate
from ebl_service.trust.certificates import Roots, public_key_of
from tests.authority import P256, P384, P521, RSA, Authority, certificate, key_usage, pem, self_signed

NOW = int(time.time())
AUTHORITY = Authority()
ROOTS = Roots(AUTHORITY.root_pem)


@pytest.mark.parametrize("kind", [RSA, P256, P384, P521])
def test_a_certificate_below_a_trusted_root_is_taken(kind: str) -> None:
    signer = AUTHORITY.signer("Blue Line", kind)
    taken = ROOTS.registered(signer.chain, NOW)
    assert taken.subject == "CN=Blue Line"
    assert taken.chain == signer.chain
    assert not taken.is_pinned
    assert taken.registered_at == NOW
    assert taken.valid_from < NOW < taken.valid_until
    assert public_key_of(taken) == signer.key.public_key()
    leaf = x509.load_pem_x509_certificate(signer.chain.encode())
    from cryptography.hazmat.primitives import hashes

    assert bytes.fromhex(taken.fingerprint) == leaf.fingerprint(hashes.SHA256())


def test_a_chain_to_another_root_or_with_a_gap_is_refused() -> None:
    other = Authority("Another root").signer()
    with pytest.raises(CertificateNotTrusted, match="does not lead to a trusted root"):
        ROOTS.registered(other.chain, NOW)
    leaf_only = AUTHORITY.signer().chain.split("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----\n"
    with pytest.raises(CertificateNotTrusted):
        ROOTS.registered(leaf_only, NOW)


def test_a_certificate_under_a_leaf_is_refused() -> None:
    middle = AUTHORITY.signer("No authority")
    below = certificate("Below", middle.key, "No authority", middle.key)
    with pytest.raises(CertificateNotTrusted):
        ROOTS.registered(pem(below) + middle.chain, NOW)


def test_without_a_root_only_a_pinned_certificate_is_taken() -> None:
    signer = self_signed()
    with pytest.raises(CertificateNotTrusted, match="must be pinned"):
        Roots().registered(signer.chain, NOW)
    assert Roots().registered(signer.chain, NOW, is_pinned=True).is_pinned


@pytest.mark.parametrize("is_pinned", [True, False])
def test_a_certificate_that_is_not_valid_now_is_refused(is_pinned: bool) -> None:
    long_ago, day = datetime.now(UTC) - timedelta(days=700), timedelta(days=1)
    for changes in ({"begins": long_ago, "ends": long_ago + day}, {"begins": datetime.now(UTC) + day}):
        with pytest.raises(CertificateNotTrusted, match="valid from"):
            ROOTS.registered(AUTHORITY.signer(**changes).chain, NOW, is_pinned=is_pinned)


def test_keys_that_no_algorithm_takes_are_refused() -> None:
    for own in (
        rsa.generate_private_key(65537, 1024),
        ec.generate_private_key(ec.SECP256K1()),
        ed25519.Ed25519PrivateKey.generate(),
    ):
        with pytest.raises(NotACertificate, match="neither RSA"):
            ROOTS.registered(AUTHORITY.signer(own_key=own).chain, NOW, is_pinned=True)


def test_an_authority_and_a_certificate_that_may_not_sign_are_refused() -> None:
    with pytest.raises(NotACertificate, match="authority's"):
        ROOTS.registered(pem(AUTHORITY.intermediate), NOW)
    with pytest.raises(NotACertificate, match="key usage"):
        ROOTS.registered(AUTHORITY.signer(usage=key_usage(False, signs=False)).chain, NOW)


def test_a_private_key_is_never_taken() -> None:
    signer = self_signed()
    with pytest.raises(NotACertificate, match="private key") as told:
        Roots().registered(signer.chain + signer.private_pem.decode(), NOW, is_pinned=True)
    assert signer.private_pem.decode()[40:80] not in str(told.value)


@pytest.mark.parametrize(
    "text", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_what_is_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(NotACertificate):
        ROOTS.registered(text, NOW)
    with pytest.raises(NotACertificate):
        ROOTS.registered("Zürich" + text, NOW)


def test_too_long_a_chain_is_refused() -> None:
    leaf = self_signed().chain
    with pytest.raises(NotACertificate, match="more than 6"):
        Roots().registered(leaf * 7, NOW, is_pinned=True)
    with pytest.raises(NotACertificate, match="characters"):
        Roots().registered(leaf * 200, NOW, is_pinned=True)


def test_roots_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "roots.pem"
    file.write_text(AUTHORITY.root_pem)
    assert Roots.of_file(file).registered(AUTHORITY.signer().chain, NOW)
    with pytest.raises(InvalidRequest):
        Roots.of_file(tmp_path / "missing")
    with pytest.raises(CertificateNotTrusted):
        Roots.of_file(None).registered(AUTHORITY.signer().chain, NOW)


TIMES = st.integers(0, 20)


@given(TIMES, TIMES, TIMES, st.none() | TIMES, TIMES)
def test_a_certificate_counts_while_valid_registered_and_not_revoked(
    valid_from: int, valid_until: int, registered: int, revoked: int | None, at: int
) -> None:
    held = SigningCertificate("", "", "", valid_from, valid_until, registered, revoked)
    is_valid, is_registered = valid_from <= at <= valid_until, registered <= at
    is_revoked = revoked is not None and revoked <= at
    assert held.counts_at(at) is (is_valid and is_registered and not is_revoked)


def test_what_counted_once_counted_whatever_happens_to_the_certificate_later() -> None:
    held = ROOTS.registered(AUTHORITY.signer().chain, NOW)
    assert replace(held, revoked_at=NOW + 10).counts_at(NOW + 9)
    assert not replace(held, revoked_at=NOW + 10).counts_at(NOW + 10)
    assert held.counts_at(held.valid_until)
    assert not held.counts_at(held.valid_until + 1)
