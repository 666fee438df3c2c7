"""Where answers are bounded: pages, cursors, waiting, past blocks, resuming the event stream."""

import time
from typing import Any

import httpx
import pytest

from tests.house import OPERATOR, PATIENCE, House, fresh_digest
from tests.local_chain import LocalChain

SAME_KEY = {"Idempotency-Key": "of-the-bounds"}


def rule(house: House, path: str, **query: Any) -> tuple[int, str, bool]:
    answer = house.get(path, **query)
    told = answer.json()
    return answer.status_code, told["rule"], bool(told["hint"])


@pytest.mark.parametrize("path", ["/v1/titles", "/v1/parties"])
@pytest.mark.parametrize("limit", ["0", "201", "-1", "many", "1.5", ""])
def test_a_page_has_1_to_200_items(house: House, path: str, limit: str) -> None:
    assert rule(house, path, limit=limit) == (400, "BadValue", True)


@pytest.mark.parametrize("path", ["/v1/titles", "/v1/parties"])
@pytest.mark.parametrize("limit", [1, 200])
def test_the_bounds_of_a_page_are_allowed_themselves(house: House, path: str, limit: int) -> None:
    house.issue()
    assert house.get(path, limit=limit).status_code == 200


@pytest.mark.parametrize("path", ["/v1/titles", "/v1/parties"])
@pytest.mark.parametrize("after", ["nowhere", "-1", "0x12", "1 OR 1=1", "\u0663", "9" * 100])
def test_a_cursor_that_was_never_given_out_is_refused(house: House, path: str, after: str) -> None:
    assert rule(house, path, after=after) == (400, "InvalidRequest", True)


@pytest.mark.parametrize("after", ["\u00b2", "\u0663", "-1", "9" * 19, "9" * 199])
def test_a_cursor_of_pages_behind_a_title_or_party_is_held_to_the_same(
    house: House, cast: LocalChain, after: str
) -> None:
    for path in (f"/v1/titles/{house.issue()}/amendments", f"/v1/parties/{cast.carrier.address}/profile/changes"):
        answer = httpx.get(house.url + path, params={"after": after}, headers=house.bearing(cast.carrier))
        assert (answer.status_code, answer.json()["rule"]) == (400, "InvalidRequest")


@pytest.mark.parametrize("path", ["/v1/titles", "/v1/parties"])
def test_a_cursor_past_the_end_gives_an_empty_last_page(house: House, path: str) -> None:
    end = "0x" + "f" * 64 if path == "/v1/titles" else "999999999999"
    told = house.get(path, after=end).json()
    assert told == {path.rpartition("/")[2]: [], "nextCursor": None}


def test_the_last_page_of_parties_has_no_next_cursor_even_when_it_is_full(house: House) -> None:
    everybody = house.get("/v1/parties", by=OPERATOR, limit=200).json()
    assert everybody["nextCursor"] is None
    full = house.get("/v1/parties", by=OPERATOR, limit=len(everybody["parties"])).json()
    assert full == everybody


@pytest.mark.parametrize("wait", [-1, 121, "long"])
def test_nobody_waits_for_less_than_nothing_or_more_than_two_minutes(house: House, wait: Any) -> None:
    assert rule(house, "/v1/submissions/0x" + "11" * 32, wait=wait) == (400, "BadValue", True)


def test_waiting_ends_as_soon_as_the_state_changes(house: House, cast: LocalChain) -> None:
    answer = house.submit(house.sign(cast.carrier, verb="Issue", **house.bill()))
    started = time.monotonic()
    waited = house.get(answer.headers["location"], wait=PATIENCE).json()
    assert time.monotonic() - started < PATIENCE / 2
    assert waited["state"] != "PREPARED"


def test_waiting_for_a_state_that_does_not_change_ends_after_the_time_asked_for(house: House, cast: LocalChain) -> None:
    submission = house.act(cast.carrier, "Issue", **house.bill())
    cast.rpc("anvil_mine", "0x2")
    path = f"/v1/submissions/{submission['id']}"
    house.eventually(lambda: house.get(path).json()["isTerminal"])
    started = time.monotonic()
    assert house.get(path, wait=PATIENCE).json()["state"] == "FINAL"
    assert time.monotonic() - started < PATIENCE / 2


@pytest.mark.parametrize("block", [-1, "latest", 2**53])
def test_a_block_that_is_no_number_of_one_is_refused(house: House, block: Any) -> None:
    assert rule(house, f"/v1/titles/{house.issue()}", block=block) == (400, "BadValue", True)


def test_a_block_before_the_deployment_or_not_yet_indexed_is_refused(house: House) -> None:
    title_id = house.issue()
    first = house.get("/v1/ledger").json()["deploymentBlock"]
    for block in (first - 1, 2**53 - 1):
        assert rule(house, f"/v1/titles/{title_id}", block=block) == (400, "InvalidRequest", True)
    assert rule(house, f"/v1/titles/{title_id}", block=first)[:2] == (404, "NotFound")


@pytest.mark.parametrize("act", ["title", "endorsement-chain", "allowed-acts"])
def test_every_view_of_a_title_that_is_not_there_is_not_found(house: House, cast: LocalChain, act: str) -> None:
    path = "/v1/titles/0x" + "12" * 32 + ("" if act == "title" else f"/{act}")
    query = {"party": cast.bank.address} if act == "allowed-acts" else {}
    assert rule(house, path, **query) == (404, "NotFound", True)


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("/v1/titles/{}/allowed-acts", {}, "MissingField"),
        ("/v1/titles/{}/allowed-acts", {"party": "0x12"}, "BadHex"),
        ("/v1/titles/{}/endorsement-chain", {"view": "everything"}, "BadValue"),
        ("/v1/titles", {"status": "LOST"}, "BadValue"),
        ("/v1/titles", {"holder": "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"}, "BadAddressChecksum"),
        ("/v1/events", {"follow": "perhaps"}, "BadValue"),
        ("/v1/events", {"after": "1-" + "1" * 300, "follow": "false"}, "BadValue"),
    ],
)
def test_a_query_that_cannot_be_meant_is_refused_by_name(
    house: House, path: str, query: dict[str, str], expected: str
) -> None:
    assert rule(house, path.format("0x" + "12" * 32), **query) == (400, expected, True)


@pytest.mark.parametrize("key", ["", "a key", "k" * 129, "schl\u00fcssel"])
def test_an_idempotency_key_is_128_visible_characters_at_most(house: House, cast: LocalChain, key: str) -> None:
    body = {"acts": [house.sign(cast.carrier, verb="Issue", **house.bill())]}
    headers = {"Idempotency-Key": key.encode("latin-1")}
    answer = house.http.post("/v1/submissions", json=body, headers=headers)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["rule"]) == (400, "BadValue")


def test_a_request_that_was_refused_leaves_its_idempotency_key_free(house: House, cast: LocalChain) -> None:
    title_id = house.issue()
    refused = house.post(
        "/v1/submissions", {"acts": [house.sign(cast.bank, verb="Sign", titleId=title_id)]}, **SAME_KEY
    )
    assert refused.json()["rule"] == "NotHolder"
    taken = house.post(
        "/v1/submissions", {"acts": [house.sign(cast.shipper, verb="Sign", titleId=title_id)]}, **SAME_KEY
    )
    assert taken.status_code == 202


def test_the_same_signed_act_is_one_submission_whoever_brings_it(house: House, cast: LocalChain) -> None:
    signed = house.sign(cast.carrier, verb="Issue", **house.bill())
    ids = {house.submit(signed).json()["submissions"][0]["id"] for _ in range(3)}
    assert len(ids) == 1


def test_an_expired_signature_is_refused_when_it_is_submitted(house: House, cast: LocalChain) -> None:
    signed = house.sign(cast.shipper, verb="Sign", titleId=house.issue())
    for deadline, expected in ((1, "DeadlinePassed"), (2**53 - 1, "DeadlineTooDistant")):
        signed["typedData"]["message"]["deadline"] = deadline
        answer = house.submit(signed)
        assert (answer.status_code, answer.json()["rule"]) == (409, expected)


def test_a_title_issued_already_is_not_issued_again(house: House, cast: LocalChain) -> None:
    bill = house.bill()
    house.act(cast.carrier, "Issue", **bill)
    again = house.submit(house.sign(cast.carrier, verb="Issue", **bill | {"commitment": fresh_digest()}))
    assert (again.status_code, again.json()["rule"]) == (409, "TitleExists")


def test_the_query_resumes_the_stream_too_and_the_header_wins(house: House) -> None:
    house.issue()

    def ids(after: str | None = None, **headers: str) -> list[str]:
        query = {"follow": "false"} | ({"after": after} if after else {})
        text = house.http.get("/v1/events", params=query, headers=house.bearing(OPERATOR) | headers).text
        return [line.removeprefix("id: ") for line in text.splitlines() if line.startswith("id: ")]

    everything = ids()
    assert len(set(everything)) == len(everything)
    assert ids(everything[2])[0] == everything[3]
    assert ids(everything[2], **{"Last-Event-ID": everything[5]})[0] == everything[6]
    assert ids("999999999-0") == []


def test_every_block_that_is_final_is_told_as_final_after_it_was_told_as_recorded(
    house: House, cast: LocalChain
) -> None:
    title_id = house.issue()
    cast.rpc("anvil_mine", "0x2")

    def kinds() -> list[str]:
        blocks = house.get("/v1/events", follow="false").text.split("\n\n")
        return [block.partition("event: ")[2].split("\n")[0] for block in blocks if title_id in block]

    house.eventually(lambda: "final" in kinds())
    assert kinds().index("recorded") < kinds().index("final")
