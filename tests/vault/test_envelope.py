"""What is sealed for one owner and part opens there alone, and never altered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebl_service.errors.vault import SealBroken
from ebl_service.vault.envelope import Vault
from ebl_service.vault.master_keys import FileMasterKeys

OLD, NEW = "old " + "11" * 32, "new " + "22" * 32
VAULT = Vault(FileMasterKeys([OLD]))


@given(st.binary(max_size=2_000))
async def test_what_was_sealed_is_opened(content: bytes) -> None:
    key = await VAULT.new_key("a")
    sealed = key.seal("document", content)
    again = await VAULT.open_key("a", key.wrapped)
    assert again.open("document", sealed) == content
    assert len(sealed) == len(content) + 28
    assert key.seal("document", content) != sealed


async def test_a_part_opens_in_no_other_place() -> None:
    key, other = await VAULT.new_key("a"), await VAULT.new_key("b")
    sealed = key.seal("document", b"content")
    for opens in (lambda: key.open("pdf", sealed), lambda: other.open("document", sealed)):
        with pytest.raises(SealBroken):
            opens()


async def test_a_key_moved_to_another_owner_does_not_open() -> None:
    key = await VAULT.new_key("a")
    with pytest.raises(SealBroken):
        await VAULT.open_key("b", key.wrapped)


async def test_every_flipped_bit_and_every_cut_of_sealed_content_is_found() -> None:
    key = await VAULT.new_key("a")
    sealed = key.seal("document", b"twenty-four bytes of it.")
    for at in range(8 * len(sealed)):
        altered = bytearray(sealed)
        altered[at // 8] ^= 1 << at % 8
        with pytest.raises(SealBroken):
            key.open("document", bytes(altered))
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            key.open("document", sealed[:length])


async def test_rewrapping_keeps_content_and_frees_the_old_master_key() -> None:
    key = await VAULT.new_key("a")
    sealed = key.seal("document", b"content")
    moved = await Vault(FileMasterKeys([OLD, NEW])).rewrap("a", key.wrapped)
    assert moved.master_key_id == "new"
    opened = await Vault(FileMasterKeys([NEW])).open_key("a", moved)
    assert opened.open("document", sealed) == b"content"


async def test_no_key_shows_in_what_is_printed() -> None:
    key = await VAULT.new_key("a")
    assert repr(key) == "OwnersKey(a)"
