"""`ebl submit`: a file of acts, a result for each line."""

import json
from pathlib import Path
from typing import Any

from tests.cli.conftest import Ebl
from tests.house import House
from tests.local_chain import LocalChain


def lines(path: Path, *acts: dict[str, Any]) -> str:
    path.write_text("\n".join(json.dumps(act) for act in acts) + "\n\n")
    return str(path)


def test_each_line_gets_its_own_result(ebl: Ebl, house: House, cast: LocalChain, tmp_path: Path) -> None:
    mine, others = house.issue(), house.issue(holder=cast.bank)
    file = lines(
        tmp_path / "acts.jsonl",
        {"verb": "Sign", "titleId": mine},
        {"verb": "Sign", "titleId": others},
        house.sign(cast.bank, verb="Transfer", titleId=others, to=cast.consignee.address),
        {"verb": "Sign", "titleId": "0x" + "11" * 32},
        {"verb": "Sign", "titleId": "0x11"},
    )
    result = ebl("submit", file, "--json", by=cast.shipper)
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["state"] for row in told] == ["INCLUDED", "REFUSED", "INCLUDED", "REFUSED", "REFUSED"]
    assert [row.get("error") for row in told] == [None, "NotHolder", None, "NotFound", "BadHex"]
    assert result.exit_code == 4


def test_a_person_sees_a_table(ebl: Ebl, house: House, cast: LocalChain, tmp_path: Path) -> None:
    file = lines(tmp_path / "acts.jsonl", {"verb": "Sign", "titleId": house.issue()})
    result = ebl("submit", file, by=cast.shipper)
    assert result.exit_code == 0
    assert "INCLUDED" in result.stdout


def test_the_same_signed_file_twice_is_harmless(ebl: Ebl, house: House, cast: LocalChain, tmp_path: Path) -> None:
    title = house.issue()
    file = lines(tmp_path / "acts.jsonl", house.sign(cast.shipper, verb="Sign", titleId=title))
    first, second = (ebl("submit", file, "--json", by=cast.shipper) for _ in range(2))
    assert first.exit_code == second.exit_code == 0
    assert json.loads(first.stdout)["submission"] == json.loads(second.stdout)["submission"]
    assert house.get(f"/v1/titles/{title}").json()["sequence"] == 2


def test_a_file_that_holds_no_acts_is_refused_before_anything_is_sent(
    ebl: Ebl, cast: LocalChain, tmp_path: Path
) -> None:
    for text in ("{", '{"act": 1}', "[]"):
        (tmp_path / "acts.jsonl").write_text(text)
        assert ebl("submit", str(tmp_path / "acts.jsonl"), by=cast.shipper).exit_code == 2
    assert ebl("submit", str(tmp_path / "none.jsonl"), by=cast.shipper).exit_code == 2
