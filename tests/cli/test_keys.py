"""`ebl key` and whose key a command signs with. No secret is ever printed."""

import json

import pytest

from ebl_service.domain.terms import checksummed
from ebl_service.wallet import keystore
from ebl_service.wallet.key import PartyKey
from tests.cli.running import House, ebl, write_secret
from tests.cli.terminal import at_terminal

PASSWORD = "correct horse battery"


@pytest.fixture
def password_file(tmp_path):
    return write_secret(tmp_path / "password", PASSWORD + "\n")


def test_key_new_writes_a_keystore_that_key_show_knows_without_its_password(tmp_path, password_file) -> None:
    file = tmp_path / "keys" / "me.json"
    made = ebl("key", "new", file, "--password-file", password_file, "--json")
    assert made.code == 0
    assert made.answer == ebl("key", "show", file, "--json").answer == {**made.answer, "keystore": str(file)}
    key = keystore.load(file, PASSWORD)
    assert checksummed(key.address) == made.answer["account"] == ebl("key", "show", file).out.strip()
    assert key.secret.hex() not in made.out + made.err + file.read_text()


def test_key_new_asks_for_a_password_twice_and_does_not_show_it(tmp_path) -> None:
    file = tmp_path / "me.json"
    made = ebl("key", "new", file, typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert made.code == 0
    assert PASSWORD not in made.out + made.err
    assert "Keep a copy" in made.err
    assert keystore.address_of(file)


def test_key_import_encrypts_a_plain_key(tmp_path, password_file) -> None:
    key = PartyKey.random()
    plain = write_secret(tmp_path / "plain", key.secret.hex())
    made = ebl("key", "import", tmp_path / "me.json", "--from", plain, "--password-file", password_file)
    assert (made.code, made.out.strip()) == (0, checksummed(key.address))
    assert key.secret.hex() not in made.out + made.err
    assert keystore.load(tmp_path / "me.json", PASSWORD).secret == key.secret


def test_key_import_of_what_is_no_key_is_malformed_and_does_not_repeat_it(tmp_path, password_file) -> None:
    plain = write_secret(tmp_path / "plain", "this-is-no-key-but-may-be-a-password")
    made = ebl("key", "import", tmp_path / "me.json", "--from", plain, "--password-file", password_file, "--json")
    assert made.code == 2
    assert "64 hexadecimal digits" in made.fault["detail"]
    assert "may-be-a-password" not in made.out + made.err
    assert not (tmp_path / "me.json").exists()


def test_key_new_never_overwrites_a_file(tmp_path, password_file) -> None:
    file = tmp_path / "me.json"
    file.write_text("precious")
    made = ebl("key", "new", file, "--password-file", password_file, "--json")
    assert (made.code, file.read_text()) == (2, "precious")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["me.json", "password"]


def test_key_new_with_a_short_password_is_malformed(tmp_path) -> None:
    made = ebl("key", "new", tmp_path / "me.json", "--password-file", write_secret(tmp_path / "short", "1234567"))
    assert made.code == 2
    assert "at least 8 characters" in made.err


def test_a_password_that_everyone_can_read_is_not_used(tmp_path, password_file) -> None:
    password_file.chmod(0o644)
    made = ebl("key", "new", tmp_path / "me.json", "--password-file", password_file)
    assert made.code == 2
    assert "chmod 600" in made.err


def test_key_show_of_no_file_is_not_found_and_of_another_file_malformed(tmp_path) -> None:
    other = tmp_path / "other.json"
    other.write_text("{}")
    assert ebl("key", "show", tmp_path / "none.json").code == 5
    assert ebl("key", "show", other).code == 2


def test_a_keystore_signs_with_the_password_that_is_asked_for(house: House, tmp_path) -> None:
    file = tmp_path / "shipper.json"
    keystore.save(file, house.keys["shipper"], PASSWORD, rounds=2)
    told = house.ebl("sign", house.issue(), "--keystore", file, typed=PASSWORD + "\n")
    assert told.code == 0
    assert PASSWORD not in told.out + told.err


def test_the_environment_may_name_keystore_password_and_service(house: House, tmp_path, password_file) -> None:
    file = tmp_path / "shipper.json"
    keystore.save(file, house.keys["shipper"], PASSWORD, rounds=2)
    env = {"EBL_KEYSTORE": str(file), "EBL_PASSWORD_FILE": str(password_file), "EBL_API": house.api_url}
    assert ebl("sign", house.issue(), env=env).code == 0


def test_a_wrong_password_is_not_allowed(house: House, tmp_path) -> None:
    file = tmp_path / "shipper.json"
    keystore.save(file, house.keys["shipper"], PASSWORD, rounds=2)
    wrong = write_secret(tmp_path / "wrong", "incorrect horse")
    told = house.ebl("sign", house.issue(), "--keystore", file, "--password-file", wrong, "--json")
    assert (told.code, told.fault["error"]) == (3, "NotAllowed")
    assert "incorrect horse" not in told.err


def test_a_keystore_that_is_not_there_is_told_before_a_password_is_asked_for(house: House, tmp_path) -> None:
    told = house.ebl("sign", house.issue(), "--keystore", tmp_path / "none.json")
    assert told.code == 5
    assert "Password" not in told.err


def test_a_key_file_with_several_lines_is_malformed(house: House, tmp_path) -> None:
    several = write_secret(tmp_path / "several", "a\nb\n")
    told = house.ebl("sign", house.issue(), "--key-file", several, "--json")
    assert told.code == 2
    assert "exactly one line" in told.fault["detail"]


@pytest.mark.parametrize(("answer", "sequence"), [("n", 1), ("y", 2)])
def test_at_a_terminal_nothing_is_signed_without_a_yes(house: House, answer: str, sequence: int) -> None:
    title = house.issue()
    command = ("sign", title, "--api", house.api_url, "--key-file", house.key_file("shipper"))
    code, _ = at_terminal(*command, answers=[("Sign this?", answer)])
    assert code == (0 if answer == "y" else 1)
    assert house.shown(title)["sequence"] == sequence


def test_keystores_are_of_the_form_that_other_wallets_read(tmp_path, password_file) -> None:
    file = tmp_path / "me.json"
    ebl("key", "new", file, "--password-file", password_file)
    kept = json.loads(file.read_text())
    assert (kept["version"], kept["crypto"]["kdf"]) == (3, "scrypt")
    assert file.stat().st_mode & 0o777 == 0o600
