"""What holds for every command: it has help, prints JSON where it prints results, and ends with 2 on wrong usage."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer

from ebl_service.cli.main import app
from tests.cli.running import ebl

WITHOUT_JSON = {
    "serve": "it runs until it is stopped, and logs",
    "completion": "it prints a script for a shell",
}


def walked(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command and group with its path, the whole command line first."""
    yield path, command
    for name, each in getattr(command, "commands", {}).items():
        yield from walked(each, (*path, name))


TREE = dict(walked(typer.main.get_command(app)))
COMMANDS = [path for path, command in TREE.items() if not hasattr(command, "commands")]
every_command = pytest.mark.parametrize("path", COMMANDS, ids=" ".join)


@pytest.mark.parametrize("path", TREE, ids=" ".join)
def test_every_command_and_each_of_its_options_has_help(path: tuple[str, ...]) -> None:
    told = ebl(*path, "--help")
    assert told.code == 0
    assert "Usage: ebl" in told.out
    assert TREE[path].help
    assert [each.name for each in TREE[path].params if not each.help] == []


@every_command
def test_every_command_prints_json_but_those_with_a_reason(path: tuple[str, ...]) -> None:
    options = {option for each in TREE[path].params for option in each.opts}
    assert ("--json" in options) == (" ".join(path) not in WITHOUT_JSON)


@every_command
def test_a_wrong_option_is_malformed_whatever_the_command(path: tuple[str, ...]) -> None:
    told = ebl(*path, "--louder")
    assert (told.code, told.out) == (2, "")
    assert "--louder" in told.err


@every_command
def test_a_wrong_option_is_told_as_json_where_that_is_wanted(path: tuple[str, ...]) -> None:
    told = ebl(*path, "--louder", "--json")
    assert (told.code, told.out) == (2, "")
    assert told.fault["error"] == "InvalidRequest"
    assert told.fault["hint"] == f"See: ebl {' '.join(path)} --help"


@pytest.mark.parametrize(
    "arguments", [("dance",), ("key", "dance"), ("show",), ("grant", "x", "--to", "y", "--days", "0")]
)
def test_what_no_command_takes_is_malformed(arguments: tuple[str, ...]) -> None:
    told = ebl(*arguments)
    assert (told.code, told.out) == (2, "")
    as_json = ebl(*arguments, "--json")
    assert (as_json.code, as_json.out) == (2, "")
    assert set(as_json.fault) == {"error", "detail", "details", "hint"}


@pytest.mark.parametrize("group", [path for path in TREE if path not in COMMANDS], ids=" ".join)
def test_a_group_alone_shows_its_commands(group: tuple[str, ...]) -> None:
    told = ebl(*group)
    assert told.code == 2
    assert "Usage: ebl" in told.out


def test_exit_codes_stand_in_the_help() -> None:
    said = " ".join(ebl("--help").out.split())
    assert all(f"{code} " in said for code in (0, 2, 3, 4, 5, 6, 7, 130))
