"""`ebl insurance declare` against a service: CSV and JSON, a result a row, and nothing lost where it breaks off."""

import csv
import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from ebl_service.cli import declaring
from tests.cli.running import ROOT, House, Told, ebl, eventually
from tests.cli.wavering import Wavering

BILL, COVER = "to-order-of-bank-shanghai-singapore", "follow-cif-shanghai-singapore"
DOCUMENTS, SUBMISSIONS = "POST /v1/insurance-documents", "POST /v1/submissions"
_numbers = count(1)


@pytest.fixture(scope="module")
def title(house: House) -> str:
    """A title that the insurer may read."""
    document = house.document(BILL)
    title: str = house.done("carrier", *house.issuing(document, "shipper"))["titleIds"][0]
    house.await_final(title)
    granted = house.ebl("grant", title, "--to", house.account("insurer"), "--json", by="shipper")
    assert granted.code == 0, granted.err
    open_cover = json.loads((ROOT / "samples" / "insurance" / f"{COVER}.json").read_text())
    drawn, deployed = json.loads(document.read_text()), json.loads(house.deployment_file.read_text())
    open_cover |= {
        "effectiveDate": drawn["shippedOnBoardDate"],
        "transportDocumentReference": drawn["transportDocumentReference"],
        "assignment": {
            "chainId": deployed["chain_id"],
            "titleRegistry": deployed["title_registry"]["address"],
            "titleId": title,
            "clause": "As the title.",
        },
    }
    open_cover["insurer"]["identifyingCodes"] = [{"codeListProvider": "ZZZ", "partyCode": "insurer"}]
    template(house).write_text(json.dumps(open_cover))
    made = house.folder / "insurer.api-key"
    arguments = ("--name", "declarations", "--out", made, "--account", house.account("insurer"))
    scopes = ("--scope", "read", "--scope", "issue", "--scope", "submit")
    told = house.ebl("api-key", "make", *arguments, *scopes, "--token-file", house.token_file, "--json", by=None)
    assert told.code == 0, told.err
    return title


@pytest.fixture
def way(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wavering]:
    """To the service, for portions of two rows."""
    monkeypatch.setattr(declaring, "AT_ONCE", 2)
    with Wavering(house.api_url) as standing:
        yield standing


def template(house: House) -> Path:
    return house.folder / "open-cover.json"


def rows(title: str, many: int, **changes: dict[str, Any]) -> list[dict[str, Any]]:
    """So many declarations; `changes`: of one of them, row2={…}."""
    made = [
        {"titleId": title, "documentReference": f"D-{next(_numbers)}", "sumInsured.amount": 1000 + n}
        for n in range(many)
    ]
    return [row | changes.get(f"row{number}", {}) for number, row in enumerate(made, 1)]


def declare(
    house: House, found: list[dict[str, Any]], way: Wavering | None = None, *more: str, as_csv: bool = True
) -> Told:
    file = house.folder / f"declared.{'csv' if as_csv else 'json'}"
    if as_csv:
        with file.open("w", newline="") as text:
            writer = csv.DictWriter(text, list(found[0]))
            writer.writeheader()
            writer.writerows(found)
    else:
        file.write_text(json.dumps(found))
    by = ("--key-file", house.key_file("insurer"), "--api-key-file", house.folder / "insurer.api-key")
    about = ("--law", "English law", "--jurisdiction", "London", "--template", template(house))
    to = ("--api", way.url if way else house.api_url)
    return ebl("insurance", "declare", file, *about, *by, *more, *to)


def states(told: Told) -> list[str]:
    return [line["state"] for line in told.lines]


def certificates(house: House, title: str) -> list[str]:
    """The commitments' certificates that the ledger has for a title."""
    listed = house.ebl("certificates", "list", "--title", title, "--json", by="shipper").lines
    return [each["certificateId"] for each in listed]


@pytest.mark.parametrize("as_csv", [True, False], ids=["csv", "json"])
def test_every_row_has_its_own_result_and_a_refused_one_takes_nobody_with_it(
    house: House, title: str, way: Wavering, as_csv: bool
) -> None:
    given = rows(title, 5, row2={"sumInsured.amount": 10**9}, row5={"sumInsured.amount": 10**9})
    told = declare(house, given, way, "--json", as_csv=as_csv)
    assert told.code == 4, told.err
    assert states(told) == ["FINAL", "REFUSED", "FINAL", "FINAL", "REFUSED"]
    assert [line["row"] for line in told.lines] == [1, 2, 3, 4, 5]
    assert {told.lines[at]["error"] for at in (1, 4)} == {"DocumentRefused"}, "alone in its portion or not"
    issued = certificates(house, title)
    assert all(line["certificateId"] in issued for line in told.lines if "certificateId" in line)


def test_an_act_that_is_refused_goes_out_of_its_portion_with_its_reason(
    house: House, title: str, way: Wavering
) -> None:
    [first] = rows(title, 1)
    assert states(declare(house, [first], way, "--json")) == ["FINAL"]
    other = first | {"sumInsured.amount": 7}
    told = declare(house, [other, *rows(title, 1)], way, "--json")
    assert (told.code, states(told)) == (4, ["REFUSED", "FINAL"])
    assert told.lines[0]["error"] == "CertificateExists"


@pytest.mark.parametrize(
    ("what", "status", "before", "lost"),
    [
        (DOCUMENTS, 503, ["FINAL"] * 2, 0),
        (DOCUMENTS, None, ["FINAL"] * 2, 0),
        (SUBMISSIONS, 500, ["FINAL"] * 2 + ["KEPT"] * 2, 0),
        (SUBMISSIONS, None, ["FINAL"] * 2 + ["KEPT"] * 2, 2),
    ],
    ids=["documents answered 503", "documents, no answer", "acts answered 500", "acts, no answer"],
)
def test_where_it_breaks_off_what_was_done_is_told_and_the_same_command_goes_on(
    house: House, title: str, way: Wavering, what: str, status: int | None, before: list[str], lost: int
) -> None:
    given = rows(title, 5)
    way.fails(what, 2, status)
    broken = declare(house, given, way, "--json")
    assert broken.code in {6, 7}, broken.err
    assert states(broken) == before
    assert "error" in broken.fault
    if lost:
        eventually(lambda: all(line["certificateId"] in certificates(house, title) for line in broken.lines))
    again = declare(house, given, way, "--json")
    assert again.code == 0, again.err
    done = before.count("FINAL") + lost
    assert states(again) == ["ISSUED"] * done + ["FINAL"] * (5 - done)
    assert len({line["certificateId"] for line in again.lines}) == 5
    issued = certificates(house, title)
    assert all(issued.count(line["certificateId"]) == 1 for line in again.lines)


def test_a_person_sees_how_far_it_has_come_and_what_the_rules_say(
    house: House, title: str, way: Wavering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # as at a terminal
    told = declare(house, rows(title, 3, row2={"goods[0].numberOfPackages": 61}), way, "--yes", as_csv=False)
    assert told.code == 0, told.err
    assert "3/3" in told.err
    assert "2 certificates of insurance are signed and issued" in told.err
    assert "packages_agree" in told.out
    assert told.out.count("FINAL") == 3


def test_a_dry_run_judges_and_keeps_nothing(house: House, title: str, way: Wavering) -> None:
    given = rows(title, 2)
    told = declare(house, given, way, "--json", "--dry-run")
    assert (told.code, states(told)) == (0, ["CHECKED", "CHECKED"])
    assert not {line["certificateId"] for line in told.lines} & set(certificates(house, title))
    assert way.asked[SUBMISSIONS] == 0


def walked(house: House, data_dir: Path, by: str, *more: str) -> Told:
    to = ("--documents", "--api", house.api_url, "--key-file", house.key_file(by))
    return ebl("certificates", "check", *to, *more, env=house.settings(data_dir))


def test_the_walk_tells_what_documents_fall_short_of_and_what_could_not_be_checked(
    house: House, title: str, tmp_path: Path
) -> None:
    told = declare(house, rows(title, 2, row2={"goods[0].numberOfPackages": 61}), None, "--json", as_csv=False)
    good, short = (line["certificateId"] for line in told.lines)
    waived = httpx.post(
        f"{house.api_url}/v1/certificates/{short}/waivers",
        json={"rule": "packages_agree"},
        headers=house.bearing("shipper"),
    )
    assert waived.status_code == httpx.codes.CREATED, waived.text
    found = walked(house, tmp_path, "insurer", "--json").answer
    assert found["divergences"] == []
    of_both = [each for each in found["discrepancies"] if each["certificateId"] in (good, short)]
    assert [(each["certificateId"], each["rule"]) for each in of_both] == [(short, "packages_agree")]
    assert of_both[0]["waivedBy"] == [house.account("shipper")]
    assert "the bill counts" in of_both[0]["breaches"][0]["wrong"]
    unclear = {each["rule"] for each in found["notCheckable"] if each["certificateId"] == good}
    assert "sum_is_enough" in unclear, "nobody has given the terms of sale"
    said = walked(house, tmp_path, "insurer").out
    assert f"{short} DISCREPANT packages_agree: goods: " in said
    assert f"(waived by {house.account('shipper')})" in said
    assert f"{good} not checkable: sum_is_enough, the terms of sale do not say" in said


def test_documents_that_the_walk_may_not_read_are_told_as_not_checked(house: House, title: str, tmp_path: Path) -> None:
    declare(house, rows(title, 1), None, "--json")
    found = walked(house, tmp_path, "consignee", "--json").answer
    assert (found["documentsChecked"], found["discrepancies"]) == (0, [])
    assert {each["certificateId"] for each in found["notCheckable"]} >= set(certificates(house, title))
    assert len(found["notCheckable"]) == found["certificates"]


def test_a_seller_states_its_sale_and_who_is_assured_sees_takes_and_is_told_what_falls_short(
    house: House, title: str
) -> None:
    bill = house.issue(BILL, endorsee="shipper")
    house.await_final(bill)
    assert house.ebl("grant", bill, "--to", house.account("insurer"), "--json", by="shipper").code == 0
    [row] = rows(bill, 1)
    told = declare(house, [row | {"assignment.titleId": bill}], None, "--json")
    which = told.answer["certificateId"]
    assert told.answer["discrepancies"] == ["names_this_bill"], "it is drawn up for the other bill"
    sale = ROOT / "samples" / "insurance" / f"{COVER}.sale.json"
    assert house.ebl("insurance", "state-terms", bill, ROOT / "pyproject.toml", by="shipper").code == 2
    said = house.ebl("insurance", "state-terms", bill, sale, by="shipper")
    assert said.code == 0, said.err
    assert house.account("shipper") in said.out
    assert house.ebl("insurance", "state-terms", bill, sale, by="consignee").code == 5, "no party to the title"
    assert "UNDER_INSURED" in house.ebl("insurance", "gaps", bill, by="shipper").out
    assert "sum is enough" in house.ebl("insurance", "assess", which, by="shipper").out
    waived = house.ebl("insurance", "waive", which, "sum_is_enough", by="shipper")
    assert f"waived by {house.account('shipper')}" in waived.out
    assert house.ebl("insurance", "waive", which, "marks_agree", by="shipper").code == 2, "nothing to waive"
    gaps = house.ebl("insurance", "gaps", bill, "--json", by="shipper").answer["gaps"]
    assert [gap["kind"] for gap in gaps] == ["UNDER_INSURED"], "a waiver closes no gap"
