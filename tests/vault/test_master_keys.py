"""Master keys in a file: what they wrap opens with the same key, for the same purpose, and not otherwise."""

import pytest

from ebl_service.errors.vault import MasterKeyFileWrong, MasterKeyUnknown, SealBroken
from ebl_service.vault.master_keys import FileMasterKeys, Wrapped, new_line

ONE, TWO = "one " + "11" * 32, "two " + "22" * 32
SECRET = b"a secret of thirty-two bytes ...."[:32]


async def test_what_is_wrapped_is_under_the_last_line_and_opens_again() -> None:
    keys = FileMasterKeys([ONE, "", TWO])
    wrapped = await keys.wrap(SECRET, "purpose")
    assert (keys.current, wrapped.master_key_id) == ("two", "two")
    assert SECRET not in wrapped.content
    assert await keys.unwrap(wrapped, "purpose") == SECRET
    assert await keys.wrap(SECRET, "purpose") != wrapped


async def test_older_lines_still_open_what_they_wrapped() -> None:
    wrapped = await FileMasterKeys([ONE]).wrap(SECRET, "purpose")
    assert await FileMasterKeys([ONE, TWO]).unwrap(wrapped, "purpose") == SECRET


async def test_it_opens_for_no_other_purpose() -> None:
    keys = FileMasterKeys([ONE])
    wrapped = await keys.wrap(SECRET, "document 1")
    with pytest.raises(SealBroken):
        await keys.unwrap(wrapped, "document 2")


async def test_it_does_not_open_under_another_name_of_the_same_key() -> None:
    wrapped = await FileMasterKeys([ONE]).wrap(SECRET, "purpose")
    renamed = Wrapped("other", wrapped.content)
    with pytest.raises(SealBroken):
        await FileMasterKeys(["other " + "11" * 32]).unwrap(renamed, "purpose")


async def test_a_missing_key_is_told_by_its_name_and_another_one_does_not_open() -> None:
    wrapped = await FileMasterKeys([ONE]).wrap(SECRET, "purpose")
    with pytest.raises(MasterKeyUnknown, match="one"):
        await FileMasterKeys([TWO]).unwrap(wrapped, "purpose")
    with pytest.raises(SealBroken):
        await FileMasterKeys(["one " + "33" * 32]).unwrap(wrapped, "purpose")


async def test_every_flipped_byte_is_found() -> None:
    keys = FileMasterKeys([ONE])
    wrapped = await keys.wrap(SECRET, "purpose")
    for at in range(len(wrapped.content)):
        altered = bytearray(wrapped.content)
        altered[at] ^= 1
        with pytest.raises(SealBroken):
            await keys.unwrap(Wrapped("one", bytes(altered)), "purpose")
    for cut in (b"", wrapped.content[:11], wrapped.content[:-1]):
        with pytest.raises(SealBroken):
            await keys.unwrap(Wrapped("one", cut), "purpose")


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [""],
        ["one"],
        ["one " + "11" * 31],
        ["one  " + "11" * 32],
        [ONE, "one " + "22" * 32],
        [ONE, "b " + "11" * 32],
    ],
)
def test_a_malformed_file_is_refused_without_showing_a_key(lines: list[str]) -> None:
    with pytest.raises(MasterKeyFileWrong) as refused:
        FileMasterKeys(lines)
    assert "1111" not in str(refused.value)


def test_no_key_shows() -> None:
    keys = FileMasterKeys([ONE, TWO])
    assert repr(keys) == "FileMasterKeys(one, two)"
    assert "content" not in repr(Wrapped("one", b"secret"))


def test_new_lines_are_lines_of_a_file_and_never_the_same() -> None:
    first, second = new_line("a"), new_line("b")
    assert first[1:] != second[1:]
    assert FileMasterKeys([first, second]).current == "b"
