"""Bills by their numbers and parties by name and code, at the command line; tables that fit a terminal."""

import fcntl
import os
import pty
import struct
import termios
from pathlib import Path

import pytest

from ebl_service.cli.reading import waits_for
from tests.cli.running import EBL, ROOT, TO_ORDER, House, ebl, environment
from tests.cli.terminal import read_until

NUMBER = "NAMEDBL1"
OTHER = "NAMEDBL2"
LONG = "Rijnmond Import Maatschappij voor Scheepvaart en Overslag te Rotterdam"


@pytest.fixture(scope="module")
def named(house: House) -> str:
    """The title of a bill of this number, endorsed by the shipper to the consignee, which has a long name."""
    house.done("carrier", *house.issuing(house.document(TO_ORDER, OTHER), "shipper"))
    title: str = house.done("carrier", *house.issuing(house.document(TO_ORDER, NUMBER), "shipper"))["titleIds"][0]
    house.done("shipper", "endorse-to-order", NUMBER, "--to", "ZZZ:consignee")
    code = ("--code", "ZZZ:consignee", "--token-file", house.token_file)
    assert house.ebl("party", "name", "ZZZ:consignee", "--legal-name", LONG, *code).code == 0
    house.await_final(title)
    return title


def test_a_number_stands_wherever_a_title_is_asked_for(house: House, named: str) -> None:
    for command in ("show", "history", "allowed", "surrender-requests", "who-read"):
        assert house.ebl(command, NUMBER, by="consignee").code == 0, command
    assert house.ebl("show", NUMBER, "--json", by="consignee").answer["titleId"] == named
    assert house.ebl("document", "record", NUMBER, "--json", by="consignee").answer["titleId"] == named
    assert house.done("consignee", "sign", NUMBER)["titleIds"] == [named]


def test_a_number_of_others_is_not_found_as_one_that_is_nobodys(house: House, named: str) -> None:
    theirs, none = (house.ebl("show", number, "--json", by="bank") for number in (NUMBER, "NAMEDBL9"))
    assert (theirs.code, none.code) == (5, 5)
    assert theirs.err.replace(NUMBER, "") == none.err.replace("NAMEDBL9", "")


def test_a_party_is_named_by_code_and_by_what_it_is_called(house: House, named: str) -> None:
    assert house.ebl("party", "show", "ZZZ:bank", "--json").answer["account"] == house.account("bank")
    shown = house.ebl("party", "show", LONG.upper(), "--json", by="consignee").answer
    assert shown["account"] == house.account("consignee")
    assert house.ebl("party", "show", LONG, "--json", by="bank").code == 5
    listed = house.ebl("titles", "--holder", LONG, "--json", by="consignee").lines
    assert named in [each["titleId"] for each in listed]
    assert {each["holder"] for each in listed} == {house.account("consignee")}


def test_a_name_alone_is_not_signed_for_where_nobody_can_be_asked(house: House, named: str) -> None:
    refused = house.act("consignee", "transfer", NUMBER, "--to", "shipper")
    assert refused.code == 2
    assert house.account("shipper") in refused.fault["detail"]
    assert "--yes" in refused.fault["hint"]
    assert house.shown(named)["holder"] == house.account("consignee")


def test_who_is_meant_is_shown_by_account_and_codes_before_it_is_signed_for(house: House, named: str) -> None:
    title = house.issue()
    house.await_final(title)
    moved = house.ebl("endorse-to-order", title, "--to", "carrier", "--yes", by="shipper")
    assert f"For carrier, account {house.account('carrier')}, ZZZ:carrier" in moved.err
    assert moved.code == 4  # the carrier may not receive its own bill


def test_a_name_of_two_parties_is_refused_and_lists_those_on_ones_titles(house: House, named: str) -> None:
    for name, legal_name in (("bank", LONG), ("bank", "bank")):
        told = house.ebl(
            *("party", "name", house.account(name), "--legal-name", legal_name, "--code", f"ZZZ:{name}"),
            *("--token-file", house.token_file),
        )
        assert told.code == 0
        if legal_name == LONG:
            refused = house.ebl("party", "show", LONG, "--json", by="carrier")
    assert (refused.code, refused.fault["error"]) == (2, "AmbiguousName")
    assert house.account("consignee") in refused.err


def test_titles_say_whose_act_comes_next_and_past_ones_are_listed_apart(house: House, named: str) -> None:
    (line,) = [each for each in house.ebl("titles", by="consignee").out.splitlines() if NUMBER in each]
    assert "you" in line.split()
    assert named not in [each["titleId"] for each in house.ebl("titles", "--json", by="shipper").lines]
    past = house.ebl("titles", "--past", "--json", by="shipper").lines
    assert named in [each["titleId"] for each in past]
    assert NUMBER in house.ebl("titles", "--past", by="shipper").out
    assert house.ebl("titles", "--past", "--status", "issued").code == 2


@pytest.mark.parametrize(
    ("status", "replaced", "account"),
    [
        ("ISSUED", [], "holder"),
        ("PENDING_SURRENDER_FOR_PAPER", [], "carrier"),
        ("SURRENDERED_FOR_AMENDMENT", [], "carrier"),
        ("SURRENDERED_FOR_AMENDMENT", ["0x1"], None),
        ("SURRENDERED_FOR_DELIVERY", [], None),
        ("REPLACED", ["0x1"], None),
    ],
)
def test_a_title_waits_for_who_acts_next(status: str, replaced: list[str], account: str | None) -> None:
    assert waits_for({"status": status, "replacedBy": replaced, "holder": "holder", "carrier": "carrier"}) == account


def test_allowed_is_about_the_signed_in_one_and_tells_purposes(house: House, named: str) -> None:
    told = house.ebl("allowed", NUMBER, by="consignee")
    for purpose in ("DELIVERY", "AMENDMENT", "PAPER"):
        assert f"RequestSurrender for {purpose}" in told.out
    asked = house.ebl("allowed", NUMBER, "--json", by="consignee").answer
    assert asked["party"] == house.account("consignee")
    purposes = [each["purpose"] for each in asked["acts"] if each["verb"] == "RequestSurrender"]
    assert purposes == ["DELIVERY", "AMENDMENT", "PAPER"]


def at_width(columns: int, *arguments: str | Path) -> list[str]:
    """What a command shows at a terminal of this width, line by line."""
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        os.chdir(ROOT)
        command = [*EBL, *map(str, arguments)]
        os.execve(command[0], command, environment(TERM="dumb"))
    seen = read_until(terminal, None).decode()
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, seen
    return seen.replace("\r", "").splitlines()


@pytest.mark.parametrize("command", [("titles",), ("titles", "--past"), ("history", NUMBER), ("allowed", NUMBER)])
def test_a_table_fits_80_columns_and_names_are_cut(house: House, named: str, command: tuple[str, ...]) -> None:
    lines = at_width(80, *command, "--api", house.api_url, "--key-file", house.key_file("consignee"))
    assert max(map(len, lines)) <= 80
    if command == ("titles",):
        (line,) = [each for each in lines if NUMBER in each]
        assert "Rijnmond" in line
        assert "…" in line
        assert "you" in line


def test_version_and_short_help() -> None:
    assert ebl("--version").out.startswith("ebl ")
    assert "Usage: ebl transfer" in ebl("transfer", "-h").out
