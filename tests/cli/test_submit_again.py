"""`ebl submit` broken off and run again: each act is done once, and only what was refused is signed anew."""

import fcntl
import json
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import House, Told, ebl
from tests.cli.test_watching import piped
from tests.cli.wavering import Wavering

SUBMISSIONS = "POST /v1/submissions"
PATIENCE = 60


def written(file: Path, *rows: dict[str, Any]) -> Path:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def signing(title: str) -> dict[str, Any]:
    return {"verb": "Sign", "titleId": title}


def passing(title: str, to: str) -> dict[str, Any]:
    return {"verb": "Transfer", "titleId": title, "to": to}


def submit(house: House, file: Path, *more: str | Path, by: str = "shipper") -> Told:
    return house.act(by, "submit", file, *more)


def signed_times(house: House, title: str) -> int:
    return [each["event"] for each in house.ebl("history", title, "--json").answer["entries"]].count("Signed")


@pytest.fixture
def api_key(house: House, tmp_path: Path) -> Path:
    """The shipper's, since one signs in for the service's own address only."""
    file = tmp_path / "api-key"
    scopes = ("--scope", "read", "--scope", "submit")
    assert house.ebl("api-key", "make", "--name", "file", "--out", file, *scopes, by="shipper").code == 0
    return file


@pytest.mark.parametrize("what", [SUBMISSIONS, "POST /v1/typed-data"], ids=["being sent", "being signed"])
def test_interrupted_half_way_and_run_again_everything_is_done_once(
    house: House, tmp_path: Path, api_key: Path, what: str
) -> None:
    titles = [house.issue() for _ in range(3)]
    file = written(tmp_path / "acts.jsonl", *map(signing, titles), passing(titles[0], house.account("bank")))
    with Wavering(house.api_url) as way:
        way.halts(what, 3)
        key = ("--key-file", house.key_file("shipper"), "--api-key-file", api_key)
        running = house.process("submit", file, "--json", "--api", way.url, *key)
        assert way.halted.wait(PATIENCE)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=PATIENCE)
    assert (running.returncode, err) == (130, "")
    before = Told(130, out, err).lines
    assert [each["line"] for each in before] == [1, 2]
    again = submit(house, file)
    assert (again.code, [each["line"] for each in again.lines]) == (0, [1, 2, 3, 4])
    assert [each["submissionId"] for each in again.lines[:2]] == [each["submissionId"] for each in before]
    assert [signed_times(house, title) for title in titles] == [1, 1, 1]
    assert house.shown(titles[0])["holder"] == house.account("bank")
    assert submit(house, file).lines == again.lines


def test_a_service_that_goes_away_half_way_takes_no_result_with_it(house: House, tmp_path: Path, api_key: Path) -> None:
    titles = [house.issue() for _ in range(2)]
    file = written(tmp_path / "acts.jsonl", *map(signing, titles))
    with Wavering(house.api_url) as way:
        way.fails(SUBMISSIONS, 2, None)
        key = ("--key-file", house.key_file("shipper"), "--api-key-file", api_key)
        told = ebl("submit", file, "--json", "--api", way.url, *key)
    assert (told.code, told.fault["error"]) == (6, "LedgerUnavailable")
    assert [each["line"] for each in told.lines] == [1]
    assert submit(house, file).code == 0
    assert [signed_times(house, title) for title in titles] == [1, 1]


@pytest.mark.parametrize("status", [429, 403])
def test_a_service_that_does_not_listen_now_has_nothing_signed_anew(
    house: House, tmp_path: Path, api_key: Path, status: int
) -> None:
    title = house.issue()
    file = written(tmp_path / "acts.jsonl", signing(title))
    assert submit(house, file).code == 0
    with Wavering(house.api_url) as way:
        way.fails(SUBMISSIONS, 1, status)
        key = ("--key-file", house.key_file("shipper"), "--api-key-file", api_key)
        told = ebl("submit", file, "--json", "--api", way.url, *key)
    assert (told.code, told.answer["state"]) == (3, "REFUSED")
    assert signed_times(house, title) == 1
    assert submit(house, file).code == 0


def test_acts_on_one_title_wait_for_each_other_and_lines_that_say_the_same_are_done_as_often(
    house: House, tmp_path: Path
) -> None:
    title = house.issue()
    file = written(tmp_path / "acts.jsonl", signing(title), signing(title), passing(title, house.account("bank")))
    told = submit(house, file)
    assert [each["state"] for each in told.lines] == ["FINAL"] * 3
    assert submit(house, file).lines == told.lines
    assert signed_times(house, title) == 2


def test_what_was_refused_is_signed_anew_and_new_lines_change_nothing_of_the_old(house: House, tmp_path: Path) -> None:
    title, other = house.issue(), house.issue()
    file = written(tmp_path / "acts.jsonl", signing(title))
    assert submit(house, file, by="bank").code in {4, 5}
    house.done("shipper", "transfer", title, "--to", house.account("bank"))
    done = submit(house, file, by="bank")
    assert done.code == 0, done.err
    house.done("shipper", "transfer", other, "--to", house.account("bank"))
    written(file, signing(other), signing(title))
    more = submit(house, file, by="bank").lines
    assert more[1]["submissionId"] == done.answer["submissionId"]
    assert signed_times(house, title) == signed_times(house, other) == 1


def test_a_kept_line_that_was_broken_off_counts_for_nothing(house: House, tmp_path: Path) -> None:
    first, second = house.issue(), house.issue()
    file, kept = written(tmp_path / "acts.jsonl", signing(first)), tmp_path / "acts.jsonl.signed"
    told = submit(house, file)
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.write_text(kept.read_text() + '{"asked": {"verb": "Si')
    written(file, signing(first), signing(second))
    again = submit(house, file).lines
    assert again[0] == told.answer
    assert submit(house, file).lines == again


@pytest.mark.parametrize("other", [{"chainId": 1}, {"verifyingContract": "0x" + "12" * 20}], ids=["chain", "contract"])
def test_what_was_signed_for_another_service_takes_the_place_of_nothing(
    house: House, tmp_path: Path, other: dict[str, Any]
) -> None:
    title = house.issue()
    file, kept = written(tmp_path / "acts.jsonl", signing(title)), tmp_path / "acts.jsonl.signed"
    told = submit(house, file)
    there = json.loads(kept.read_text())
    there["signed"]["typedData"]["domain"] |= other
    kept.write_text(kept.read_text() + json.dumps(there) + "\n")
    assert submit(house, file).lines == told.lines
    assert signed_times(house, title) == 1


def test_what_is_signed_can_be_kept_elsewhere_and_is_not_sent_where_it_cannot_be_kept(
    house: House, tmp_path: Path
) -> None:
    title = house.issue()
    file, kept = written(tmp_path / "acts.jsonl", signing(title)), tmp_path / "kept"
    nowhere = submit(house, file, "--signed", tmp_path / "no" / "folder")
    assert (nowhere.code, nowhere.out) == (2, "")
    assert "--signed" in nowhere.fault["hint"]
    assert submit(house, file, "--signed", tmp_path).code == 2
    assert submit(house, file, "--signed", kept).code == 0
    assert kept.exists()
    assert [each.name for each in tmp_path.glob("acts*")] == ["acts.jsonl"]
    assert signed_times(house, title) == 1


def test_acts_may_come_through_a_pipe(house: House) -> None:
    title = house.issue()
    act = json.dumps(signing(title))
    told = piped(house, f"ebl submit <(echo '{act}') --json --key-file {house.key_file('shipper')}")
    assert (told.returncode, told.stderr) == (0, "")
    assert signed_times(house, title) == 1


def test_two_runs_of_one_file_are_not_at_once(house: House, tmp_path: Path) -> None:
    title = house.issue()
    file = written(tmp_path / "acts.jsonl", signing(title))
    with (tmp_path / "acts.jsonl.signed").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        told = submit(house, file, "--json")
        assert (told.code, signed_times(house, title)) == (2, 0)
        assert "in use by another run" in told.fault["detail"]
    assert submit(house, file).code == 0
    assert signed_times(house, title) == 1
