"""`ebl key`: encrypted files, never overwritten, never shown."""

from pathlib import Path

from eth_account import Account

from tests.cli.conftest import Ebl, secret_file, told

PASSWORD = "correct horse battery"


def test_a_new_key_is_kept_encrypted_and_opens_with_its_password(ebl: Ebl, tmp_path: Path) -> None:
    password = secret_file(tmp_path, "password", PASSWORD)
    file = tmp_path / "keys" / "me.json"
    made = told(ebl("key", "new", str(file), "--password-file", str(password), "--json"))
    assert file.stat().st_mode & 0o077 == 0
    assert told(ebl("key", "show", str(file), "--json"))["account"] == made["account"]
    assert Account.from_key(Account.decrypt(file.read_text(), PASSWORD)).address == made["account"]


def test_a_key_is_never_overwritten(ebl: Ebl, tmp_path: Path) -> None:
    password, file = secret_file(tmp_path, "password", PASSWORD), tmp_path / "me.json"
    assert ebl("key", "new", str(file), "--password-file", str(password)).exit_code == 0
    before = file.read_bytes()
    result = ebl("key", "new", str(file), "--password-file", str(password))
    assert result.exit_code == 2
    assert "already there" in result.stderr
    assert file.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_a_key_is_imported_from_a_file(ebl: Ebl, tmp_path: Path) -> None:
    plain = secret_file(tmp_path, "plain", "0x" + "11" * 32)
    result = ebl("key", "import", str(tmp_path / "me.json"), "--from", str(plain), given=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A" in result.stdout
    assert "11" * 32 not in result.output


def test_a_short_password_is_refused(ebl: Ebl, tmp_path: Path) -> None:
    result = ebl("key", "new", str(tmp_path / "me.json"), given="short\nshort\n")
    assert result.exit_code == 2
    assert "at least 8" in result.stderr


def test_a_file_that_everyone_can_read_is_refused(ebl: Ebl, tmp_path: Path) -> None:
    plain = secret_file(tmp_path, "plain", "11" * 32)
    plain.chmod(0o644)
    result = ebl("key", "import", str(tmp_path / "me.json"), "--from", str(plain))
    assert result.exit_code == 2
    assert "chmod 600" in result.stderr


def test_a_file_that_is_no_key_is_refused_without_showing_it(ebl: Ebl, tmp_path: Path) -> None:
    for text in ("hunter2", "11" * 31, "00" * 32, "", "11\n22"):
        plain = secret_file(tmp_path, "plain", text)
        result = ebl("key", "import", str(tmp_path / "me.json"), "--from", str(plain), given=f"{PASSWORD}\n" * 2)
        assert result.exit_code == 2
        assert "hunter2" not in result.output


def test_what_is_no_keystore_is_told(ebl: Ebl, tmp_path: Path) -> None:
    assert ebl("key", "show", str(tmp_path / "none.json")).exit_code == 5
    for text in ("{}", "[]", "no", '{"crypto": {}, "address": 5}'):
        (tmp_path / "odd.json").write_text(text)
        assert ebl("key", "show", str(tmp_path / "odd.json")).exit_code == 2
