"""A key at rest: what is written opens again, with its password only, and nothing is overwritten or shown."""

import json

import pytest
from eth_account import Account

from ebl_service.domain.signed_act import Join, titles_domain
from ebl_service.domain.terms import Role, digest
from ebl_service.errors import InvalidRequest, NotAllowed, NotFound
from ebl_service.wallet import keystore
from ebl_service.wallet.key import PartyKey
from ebl_service.wallet.secret_file import private_key, secret_line

PASSWORD = "correct horse"
QUICK = 2
"""Scrypt rounds that protect nothing."""


@pytest.fixture
def saved(tmp_path):
    key, file = PartyKey.random(), tmp_path / "deep" / "me.json"
    keystore.save(file, key, PASSWORD, QUICK)
    return file, key


def test_a_saved_key_opens_again_with_its_password(saved) -> None:
    file, key = saved
    assert keystore.load(file, PASSWORD).secret == key.secret
    assert keystore.address_of(file) == key.address
    assert Account.from_key(Account.decrypt(file.read_text(), PASSWORD)).address.lower() == key.address


def test_a_keystore_is_its_owners_alone_and_leaves_no_draft_behind(saved) -> None:
    file, _ = saved
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_a_wrong_password_is_not_allowed_and_not_repeated(saved) -> None:
    with pytest.raises(NotAllowed) as refused:
        keystore.load(saved[0], "incorrect horse")
    assert "incorrect horse" not in str(refused.value) + str(refused.value.details)


def test_a_file_that_is_there_is_never_overwritten(saved) -> None:
    file, _ = saved
    before = file.read_bytes()
    with pytest.raises(InvalidRequest, match="already there"):
        keystore.save(file, PartyKey.random(), PASSWORD, QUICK)
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_a_keystore_under_a_file_is_malformed(saved) -> None:
    with pytest.raises(InvalidRequest, match="cannot be written"):
        keystore.save(saved[0] / "me.json", PartyKey.random(), PASSWORD, QUICK)


def test_a_short_password_is_malformed(tmp_path) -> None:
    with pytest.raises(InvalidRequest, match="at least 8"):
        keystore.save(tmp_path / "me.json", PartyKey.random(), "1234567", QUICK)
    assert list(tmp_path.iterdir()) == []


def test_no_keystore_is_not_found(tmp_path) -> None:
    with pytest.raises(NotFound, match="There is no keystore"):
        keystore.load(tmp_path / "none.json", PASSWORD)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"crypto": {}}',
        b'{"crypto": {}, "version": 3}',
        b'{"crypto": 5, "version": 3}',
        b'{"crypto": "word", "version": 3}',
        b'{"crypto": {}, "version": 1}',
        b'{"crypto": {"kdf": "own"}, "version": 3}',
        b'{"crypto": {"kdf": "scrypt", "kdfparams": []}, "version": 3}',
    ],
)
def test_what_is_no_keystore_is_malformed(tmp_path, content: bytes) -> None:
    file = tmp_path / "odd.json"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(InvalidRequest, match="is not a keystore"):
        keystore.load(file, PASSWORD)
    with pytest.raises(InvalidRequest, match="is not a keystore"):
        keystore.address_of(file)


def test_a_folder_is_no_keystore(tmp_path) -> None:
    with pytest.raises(InvalidRequest, match="is not a keystore"):
        keystore.address_of(tmp_path)


def test_an_address_with_0x_and_capitals_is_read_as_well(saved) -> None:
    file, key = saved
    kept = json.loads(file.read_text())
    file.write_text(json.dumps(kept | {"address": "0x" + key.address[2:].upper()}))
    assert keystore.address_of(file) == key.address


def test_a_key_is_32_bytes_of_the_curve_and_shows_its_account_only() -> None:
    key = PartyKey(b"\x11" * 32)
    assert repr(key) == f"PartyKey({key.address})" == "PartyKey(0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a)"
    assert key.account.address.lower() == key.address
    for secret in (b"", b"\x11" * 31, b"\0" * 32, b"\xff" * 32):
        with pytest.raises(InvalidRequest) as refused:
            PartyKey(secret)
        assert not secret or secret.hex() not in str(refused.value)


def test_a_key_does_not_sign_anothers_join() -> None:
    key, other = PartyKey.random(), PartyKey.random()
    domain = titles_domain(31337, other.address)
    join = Join(other.address, Role.CARRIER, digest("0x01"), 0, 1)
    with pytest.raises(InvalidRequest, match="the key is of"):
        key.sign_join(domain, join)
    assert len(other.sign_join(domain, join).signature) == 65


@pytest.fixture
def secret(tmp_path):
    def write(text: str | bytes, mode: int = 0o600):
        file = tmp_path / "secret"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        file.chmod(mode)
        return file

    return write


def test_a_secret_is_one_line_and_may_end_in_a_newline(secret) -> None:
    assert secret_line(secret("  word \n")) == "word"
    assert private_key(secret("0x" + "11" * 32)) == private_key(secret("11" * 32 + "\n")) == b"\x11" * 32


@pytest.mark.parametrize("text", ["", "\n", "a\nb", b"\xff\xfe"])
def test_a_secret_of_no_line_several_or_no_text_is_malformed(secret, text: str | bytes) -> None:
    with pytest.raises(InvalidRequest):
        secret_line(secret(text))


def test_a_secret_that_everyone_can_read_or_that_is_not_there_is_malformed(secret, tmp_path) -> None:
    with pytest.raises(InvalidRequest, match="its mode is 604"):
        secret_line(secret("word", 0o604))
    with pytest.raises(InvalidRequest, match="Cannot read"):
        secret_line(tmp_path / "none")


@pytest.mark.parametrize("text", ["hunter2", "11" * 31, "11" * 33, "0x"])
def test_a_key_of_another_form_is_malformed_and_not_repeated(secret, text: str) -> None:
    with pytest.raises(InvalidRequest, match="64 hexadecimal digits") as refused:
        private_key(secret(text))
    assert "hunter2" not in str(refused.value)
