"""Where no terminal is, no colours come, no progress is drawn, nothing is cut; at a terminal a person has all that."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import EBL, ROOT, House, Told, environment
from tests.cli.terminal import at_terminal

FORCING = {"FORCE_COLOR", "TTY_COMPATIBLE", "PY_COLORS", "GITHUB_ACTIONS", "COLUMNS"}
"""Settings by which whoever runs the tests would have colours all the same."""
NO_TITLE = "0x" + "56" * 32


def piped(house: House, *arguments: str | Path, by: str | None = "shipper") -> Told:
    """A command as a process whose input, output and errors are no terminals."""
    keys = {"EBL_KEY_FILE": str(house.key_file(by))} if by else {}
    env = {name: each for name, each in environment(EBL_API=house.api_url, **keys).items() if name not in FORCING}
    command = [*EBL, *map(str, arguments)]
    done = subprocess.run(
        command, env=env, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )
    return Told(done.returncode, done.stdout, done.stderr)


def acts(folder: Path, *rows: dict[str, Any]) -> Path:
    file = folder / "acts.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


@pytest.mark.parametrize("command", [("titles",), ("show", "TITLE"), ("history", "TITLE"), ("watch", "--no-follow")])
def test_ids_come_whole_and_plain(house: House, command: tuple[str, ...]) -> None:
    title = house.issue()
    told = piped(house, *[title if each == "TITLE" else each for each in command])
    assert told.code == 0, told.err
    assert "\x1b" not in told.out + told.err
    assert house.account("shipper") in told.out if command[0] == "history" else title in told.out


def test_a_file_of_acts_is_carried_without_drawing(house: House, tmp_path: Path) -> None:
    file = acts(tmp_path, {"verb": "Sign", "titleId": house.issue()}, {"verb": "Sign", "titleId": NO_TITLE})
    told = piped(house, "submit", file)
    assert told.code == 5
    assert "\x1b" not in told.out + told.err
    assert "Submitting" not in told.err
    assert "FINAL" in told.out


@pytest.mark.parametrize("arguments", [("show", NO_TITLE), ("show",), ("--help",)])
def test_errors_and_help_are_plain(house: House, arguments: tuple[str, ...]) -> None:
    told = piped(house, *arguments)
    assert "\x1b" not in told.out + told.err


@pytest.mark.parametrize(
    ("arguments", "by", "code", "error"),
    [
        (("show", NO_TITLE, "--louder"), "shipper", 2, "InvalidRequest"),
        (("sign", NO_TITLE), None, 2, "InvalidRequest"),
        (("sign", NO_TITLE, "--keystore", "KEYSTORE"), None, 2, "BadValue"),
        (("key", "new", "FRESH"), None, 2, "BadValue"),
        (("titles",), None, 3, "NotSignedIn"),
        (("transfer", "TITLE", "--to", "0x" + "00" * 20), "shipper", 4, "RecipientNotRegistered"),
        (("show", NO_TITLE), "shipper", 5, "NotFound"),
        (("show", NO_TITLE, "--api", "http://127.0.0.1:9"), "shipper", 6, "LedgerUnavailable"),
    ],
    ids=["option", "no key", "no password", "no new password", "nobody", "refused", "not found", "away"],
)
def test_with_json_an_error_is_one_object_and_nothing_else(
    house: House, tmp_path: Path, arguments: tuple[str, ...], by: str | None, code: int, error: str
) -> None:
    given = {"TITLE": house.issue, "FRESH": lambda: tmp_path / "fresh.json", "KEYSTORE": lambda: keystore(house)}
    told = piped(house, *[given[each]() if each in given else each for each in arguments], "--json", by=by)
    assert (told.code, told.out) == (code, "")
    assert told.fault["error"] == error
    assert set(told.fault) == {"error", "detail", "details", "hint"}


def keystore(house: House) -> Path:
    """The shipper's key in an encrypted file."""
    file, password = house.folder / "shipper.json", house.folder / "shipper.password"
    if not file.exists():
        password.touch(0o600)
        password.write_text("a password of some length")
        done = house.ebl("key", "import", file, "--from", house.key_file("shipper"), "--password-file", password)
        assert done.code == 0, done.err
    return file


def test_nobody_who_could_give_a_password_is_malformed(house: House) -> None:
    told = piped(house, "sign", NO_TITLE, "--keystore", keystore(house), by=None)
    assert (told.code, told.out) == (2, "")
    assert "Traceback" not in told.err
    assert "--password-file" in told.err


def test_what_is_written_to_a_file_is_told_as_json(house: House, tmp_path: Path) -> None:
    title, out = house.issue(), tmp_path / "bill.json"
    told = house.ebl("document", "show", title, "--out", out, "--json")
    assert told.answer == {"file": str(out), "bytes": out.stat().st_size}
    assert f"{out.stat().st_size} bytes written" in house.ebl("document", "show", title, "--out", out).out


def test_at_a_terminal_a_person_is_asked_for_each_act_and_sees_how_far_it_has_come(
    house: House, tmp_path: Path
) -> None:
    title = house.issue()
    file = acts(
        tmp_path,
        {"verb": "Sign", "titleId": title},
        {"verb": "Transfer", "titleId": title, "to": house.account("bank")},
    )
    command = ("submit", file, "--api", house.api_url, "--key-file", house.key_file("shipper"))
    code, seen = at_terminal(*command, answers=[("Sign this?", "y"), ("Sign this?", "y")])
    assert code == 0, seen
    assert "\x1b[32mFINAL" in seen
    assert "4/4" in seen
    assert house.shown(title)["holder"] == house.account("bank")


def test_at_a_terminal_a_no_ends_the_file_and_tells_what_was_done(house: House, tmp_path: Path) -> None:
    first, second = house.issue(), house.issue()
    file = acts(tmp_path, {"verb": "Sign", "titleId": first}, {"verb": "Sign", "titleId": second})
    command = ("submit", file, "--api", house.api_url, "--key-file", house.key_file("shipper"))
    code, seen = at_terminal(*command, answers=[("Sign this?", "y"), ("Sign this?", "n")])
    assert code == 1
    assert "Traceback" not in seen
    rows = [line.split()[:1] for line in seen.splitlines()]
    assert ["1"] in rows
    assert ["2"] not in rows
    assert house.shown(second)["sequence"] == 1
