"""`ebl submit`: a file of acts, a result for each line."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from ebl_service.cli.session import Session
from ebl_service.cli.signing import signature
from ebl_service.wallet import keystore
from tests.cli.running import House, write_secret

NO_TITLE = "0x" + "56" * 32


def _file(tmp_path: Path, *rows: dict[str, Any]) -> Path:
    path = tmp_path / "acts.jsonl"
    path.write_text("\n\n".join(json.dumps(row) for row in rows) + "\n")
    return path


def test_each_line_gets_its_own_result_and_the_first_failure_the_exit_code(house: House, tmp_path) -> None:
    mine, theirs = house.issue(), house.issue(holder="bank")
    file = _file(
        tmp_path,
        {"verb": "Sign", "titleId": mine},
        {"verb": "Sign", "titleId": theirs},
        {"verb": "Sign", "titleId": NO_TITLE},
        {"verb": "Dance", "titleId": mine},
    )
    told = house.act("shipper", "submit", file)
    assert [(each["line"], each["state"]) for each in told.lines] == [
        (1, "FINAL"),
        (3, "REFUSED"),
        (5, "REFUSED"),
        (7, "REFUSED"),
    ]
    assert told.lines[1]["error"] == "NotHolder"
    assert told.code == 4


def test_people_see_a_table_with_good_and_bad_lines(house: House, tmp_path) -> None:
    file = _file(tmp_path, {"verb": "Sign", "titleId": house.issue()}, {"verb": "Sign", "titleId": NO_TITLE})
    told = house.ebl("submit", file, "--key-file", house.key_file("shipper"))
    assert told.code == 5
    assert "FINAL" in told.out
    assert "NotFound" in told.out


def test_acts_signed_elsewhere_are_carried_once_however_often_they_are_sent(house: House, tmp_path) -> None:
    title, file = house.issue(), tmp_path / "signed.jsonl"
    asked, headers = {"verb": "Sign", "titleId": title}, house.bearing("shipper")
    data = httpx.post(f"{house.api_url}/v1/typed-data", json=asked, headers=headers).json()["typedData"]
    session = Session(house.api_url, as_json=True, key_file=house.key_file("shipper"))
    signed = {"typedData": data, "signer": house.account("shipper"), "signature": signature(session, data)}
    file.write_text(json.dumps(signed) + "\n")
    first, again = house.act("shipper", "submit", file), house.act("shipper", "submit", file)
    assert first.code == again.code == 0
    assert first.answer["submissionId"] == again.answer["submissionId"]
    assert house.shown(title)["sequence"] == 2


@pytest.mark.parametrize(
    ("content", "said"), [("{", "is not JSON"), ("[1]", "is no act"), ('{"act": 1}', "neither verb nor typedData")]
)
def test_a_file_with_a_line_that_is_no_act_sends_nothing(house: House, tmp_path, content: str, said: str) -> None:
    title = house.issue()
    file = _file(tmp_path, {"verb": "Sign", "titleId": title})
    file.write_text(file.read_text() + content)
    told = house.act("shipper", "submit", file)
    assert told.code == 2
    assert said in told.fault["detail"]
    assert house.shown(title)["sequence"] == 1


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_malformed(house: House, tmp_path, content: bytes | None) -> None:
    file = tmp_path / "acts.jsonl"
    if content is not None:
        file.write_bytes(content)
    assert house.act("shipper", "submit", file).code == 2


def test_a_wrong_password_ends_it_before_any_line(house: House, tmp_path) -> None:
    held, wrong = tmp_path / "shipper.json", write_secret(tmp_path / "wrong", "incorrect horse")
    keystore.save(held, house.keys["shipper"], "correct horse battery", rounds=2)
    file = _file(tmp_path, {"verb": "Sign", "titleId": NO_TITLE})
    told = house.ebl("submit", file, "--keystore", held, "--password-file", wrong, "--json")
    assert (told.code, told.out, told.fault["error"]) == (3, "", "NotAllowed")
    assert not (tmp_path / "acts.jsonl.signed").exists()
