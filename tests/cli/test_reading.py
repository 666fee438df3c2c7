"""What the reading commands tell people and programs."""

import json
import subprocess

import pytest

from tests.cli.running import BLANK, STRAIGHT, House

NO_TITLE = "0x" + "34" * 32


@pytest.fixture(scope="module")
def voyaged(house: House) -> str:
    """A title that was endorsed to the bank, transferred and sent back, and is pending surrender."""
    title = house.issue()
    house.done("shipper", "endorse-to-order", title, "--to", house.account("bank"))
    house.done("bank", "transfer", title, "--to", house.account("consignee"))
    house.done("consignee", "reject-transfer", title)
    house.done("bank", "request-surrender", title)
    return title


def test_show_tells_people_who_holds_a_title_and_at_which_block_that_was_read(house: House, voyaged: str) -> None:
    told = house.ebl("show", voyaged)
    assert told.code == 0
    for said in (voyaged, "PENDING_SURRENDER_FOR_DELIVERY", house.account("bank"), "to order", "Read at"):
        assert said in told.out


@pytest.mark.parametrize(
    ("sample", "endorsee", "said"), [(BLANK, None, "nobody (blank)"), (STRAIGHT, "consignee", "Consignee")]
)
def test_show_tells_blank_from_straight(house: House, sample: str, endorsee: str | None, said: str) -> None:
    assert said in house.ebl("show", house.issue(sample, endorsee)).out


def test_show_tells_a_title_as_it_stood_at_a_past_block(house: House, voyaged: str) -> None:
    entries = house.ebl("history", voyaged, "--json").answer["entries"]
    then = house.ebl("show", voyaged, "--block", str(entries[0]["blockNumber"]), "--json").answer
    assert (then["holder"], then["sequence"]) == (house.account("shipper"), 1)


def test_show_of_no_title_is_not_found_and_of_no_id_malformed(house: House) -> None:
    assert house.ebl("show", NO_TITLE, "--json").fault["error"]
    assert house.ebl("show", NO_TITLE).code == 5
    assert house.ebl("show", "0x12").code == 2


def test_titles_are_found_by_holder_endorsee_carrier_and_status(house: House, voyaged: str) -> None:
    filters = [
        ("--holder", house.account("bank")),
        ("--endorsee", house.account("bank")),
        ("--carrier", house.account("carrier")),
        ("--status", "pending_surrender_for_delivery"),
    ]
    for wanted in filters:
        assert voyaged in [each["titleId"] for each in house.ebl("titles", *wanted, "--json").lines]
    assert house.ebl("titles", "--carrier", house.account("other_carrier"), "--json").lines == []
    assert voyaged in house.ebl("titles", *filters[0]).out


def test_titles_by_an_unknown_status_is_malformed(house: House) -> None:
    assert house.ebl("titles", "--status", "lost").code == 2


def test_history_lists_every_act_oldest_first(house: House, voyaged: str) -> None:
    chain = house.ebl("history", voyaged, "--json").answer
    told_twice = [each["event"] for each in chain["entries"]]  # DCSA tells endorsing and handing over as two acts
    assert list(dict.fromkeys(told_twice)) == [
        "Issued",
        "EndorsedToOrder",
        "Transferred",
        "TransferRejected",
        "SurrenderRequested",
    ]
    told = house.ebl("history", voyaged)
    assert told.code == 0
    assert told.out.index("Issued") < told.out.index("SurrenderRequested")


def test_history_as_carriers_show_it_leaves_out_what_came_to_nothing(house: House, voyaged: str) -> None:
    seen = house.ebl("history", voyaged, "--carrier-view", "--json").answer["entries"]
    assert "Transferred" not in [each["event"] for each in seen]


def test_history_of_no_title_is_not_found(house: House) -> None:
    assert house.ebl("history", NO_TITLE).code == 5


def test_allowed_tells_what_a_party_may_do_and_why_not_the_rest(house: House, voyaged: str) -> None:
    acts = house.ebl("allowed", voyaged, "--party", house.account("carrier"), "--json").answer["acts"]
    allowed = {each["verb"] for each in acts if each["isAllowed"]}
    assert {"AcceptSurrender", "RejectSurrender"} <= allowed
    told = house.ebl("allowed", voyaged, "--party", house.account("shipper"))
    assert told.code == 0
    assert "Transfer" in told.out
    assert "no   " in told.out
    assert "yes" in house.ebl("allowed", voyaged, "--party", house.account("carrier")).out


def test_watch_prints_every_event_so_far_and_resumes_after_one(house: House, voyaged: str) -> None:
    told = house.ebl("watch", "--no-follow", "--json")
    assert told.code == 0
    lines = told.lines
    mine = [each["event"] for each in lines if each.get("titleId") == voyaged and each["kind"] == "recorded"]
    assert (mine[0], mine[-1]) == ("Issued", "SurrenderRequested")
    rest = house.ebl("watch", "--no-follow", "--json", "--after", lines[2]["entryId"]).lines
    assert rest[0]["entryId"] == lines[3]["entryId"]
    people = house.ebl("watch", "--no-follow").out
    assert voyaged in people
    assert house.account("carrier") in people


def test_watch_after_what_is_no_line_is_malformed(house: House) -> None:
    assert house.ebl("watch", "--no-follow", "--after", "nonsense").code == 2


def test_watch_follows_what_comes(house: House) -> None:
    last = house.ebl("watch", "--no-follow", "--json").lines[-1]["entryId"]
    env = {"PYTHONUNBUFFERED": "1", "EBL_KEY_FILE": str(house.key_file("carrier"))}
    watching = house.process("watch", "--json", "--after", last, "--api", house.api_url, env=env)
    try:
        title = house.issue()
        assert watching.stdout is not None
        assert any(json.loads(line).get("titleId") == title for line in watching.stdout)
    finally:
        watching.terminate()
        _finish(watching)


def _finish(process: "subprocess.Popen[str]") -> None:
    process.communicate(timeout=20)
