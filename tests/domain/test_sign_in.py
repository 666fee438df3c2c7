"""The message of EIP-4361: written, read strictly, hashed as wallets do."""

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from hypothesis import given
from hypothesis import strategies as st

from ebl_service.domain.sign_in import SignInMessage, parse, personal_digest
from ebl_service.domain.terms import Address, checksummed
from ebl_service.errors.access import MalformedSignIn
from ebl_service.wallet.key import PartyKey

ACCOUNT = Address("0x" + "ab" * 20)
LEAST = SignInMessage("ebl.example", ACCOUNT, "https://ebl.example", 1, "0123456789abcdef", 1_700_000_000)
MOST = SignInMessage(
    "ebl.example:8443",
    ACCOUNT,
    "https://ebl.example:8443/login?a=b#c",
    31_337,
    "0123456789abcdefXYZ",
    1_700_000_000,
    1_700_000_300,
    1_699_999_999,
    "I accept the terms: https://ebl.example/terms",
    "https",
    "some_id",
    ("https://ebl.example/a", "ipfs://bafy/"),
)


@pytest.mark.parametrize("message", [LEAST, MOST], ids=["least", "most"])
def test_what_is_written_is_read_as_it_was_meant(message: SignInMessage) -> None:
    assert parse(message.text) == message


def test_the_text_is_the_one_that_the_eip_shows() -> None:
    assert LEAST.text == (
        "ebl.example wants you to sign in with your Ethereum account:\n"
        f"{checksummed(ACCOUNT)}\n"
        "\n"
        "\n"
        "URI: https://ebl.example\n"
        "Version: 1\n"
        "Chain ID: 1\n"
        "Nonce: 0123456789abcdef\n"
        "Issued At: 2023-11-14T22:13:20Z"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ebl.example:8443 wants", " wants"),
        ("wants you to sign in", "Wants you to sign in"),
        ("account:\n", "account:\r\n"),
        (checksummed(ACCOUNT), ACCOUNT),
        (checksummed(ACCOUNT), checksummed(ACCOUNT).upper()),
        (checksummed(ACCOUNT), checksummed(ACCOUNT)[:-1]),
        ("I accept", "I ac\ncept"),
        ("I accept", "I acc\u00e9pt"),
        ("URI: https", "URI: "),
        ("URI: https://ebl.example:8443/login?a=b#c", "URI: ebl.example"),
        ("URI: https://ebl.example", "URI: https://ebl example"),
        ("Version: 1", "Version: 2"),
        ("Version: 1\n", ""),
        ("Chain ID: 31337", "Chain ID: 0x7a69"),
        ("Chain ID: 31337", "Chain ID: -1"),
        ("Nonce: 0123456789abcdefXYZ", "Nonce: 1234567"),
        ("Nonce: 0123456789abcdefXYZ", "Nonce: 0123456789abcdef-YZ"),
        ("Issued At: 2023-11-14T22:13:20Z", "Issued At: 2023-11-14 22:13:20Z"),
        ("Issued At: 2023-11-14T22:13:20Z", "Issued At: 2023-11-14T22:13:20"),
        ("Issued At: 2023-11-14T22:13:20Z", "Issued At: 2023-13-14T22:13:20Z"),
        ("Issued At: 2023-11-14T22:13:20Z", "Issued At: 2023-02-30T22:13:20Z"),
        ("Request ID: some_id", "Request ID: some id"),
        ("Resources:", "Resources: "),
        ("- ipfs", "-ipfs"),
        ("Expiration Time: 2023-11-14T22:18:20Z\nNot Before: 2023-11-14T22:13:19Z",
         "Not Before: 2023-11-14T22:13:19Z\nExpiration Time: 2023-11-14T22:18:20Z"),
    ],
)  # fmt: skip
def test_what_is_not_of_the_form_is_refused(old: str, new: str) -> None:
    text = MOST.text
    assert old in text
    with pytest.raises(MalformedSignIn):
        parse(text.replace(old, new, 1))


@pytest.mark.parametrize("more", ["\n", " ", "\n\n", "\nResources:", "\nAdmin: yes", "\x00"])
def test_nothing_stands_before_or_after_the_message(more: str) -> None:
    for text in (MOST.text + more, more + MOST.text):
        with pytest.raises(MalformedSignIn):
            parse(text)


def test_a_text_too_long_to_be_one_is_refused() -> None:
    with pytest.raises(MalformedSignIn):
        parse(MOST.text + "\n- https://ebl.example/a" * 500)


@given(st.text(max_size=300))
def test_whatever_the_text_it_is_read_or_refused(text: str) -> None:
    with pytest.raises(MalformedSignIn):
        parse(text)


@given(st.integers(0, len(MOST.text) - 1), st.characters(max_codepoint=0x2FFF))
def test_a_letter_changed_anywhere_gives_another_message_or_none(at: int, letter: str) -> None:
    text = MOST.text[:at] + letter + MOST.text[at + 1 :]
    try:
        read = parse(text)
    except MalformedSignIn:
        return
    assert (read == MOST) == (personal_digest(text) == personal_digest(MOST.text))


def test_times_with_offsets_and_fractions_are_moments() -> None:
    text = LEAST.text.replace("2023-11-14T22:13:20Z", "2023-11-15T00:13:20.500+02:00")
    assert parse(text).issued_at == LEAST.issued_at


def test_the_digest_is_what_wallets_sign() -> None:
    key = PartyKey.random()
    signed = Account.sign_message(encode_defunct(text=MOST.text), key.secret)
    assert bytes(signed.signature) == key.sign_text(MOST.text)
