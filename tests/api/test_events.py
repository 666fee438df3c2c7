"""The event stream: complete, resumable, following."""

import json
from typing import Any

from tests.house import CARRIER, Caller, House
from tests.local_chain import LocalChain


def stream(house: House, last_id: str | None = None, by: Caller = CARRIER) -> list[tuple[str, str, dict[str, Any]]]:
    headers = house.bearing(by) | ({"Last-Event-ID": last_id} if last_id else {})
    text = house.http.get("/v1/events", params={"follow": "false"}, headers=headers).text
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "data" in fields:
            found.append((fields["id"], fields["event"], json.loads(fields["data"])))
    return found


def test_the_stream_tells_what_was_recorded(house: House, cast: LocalChain) -> None:
    title_id = house.issue()
    told = [data for _, kind, data in stream(house) if data.get("titleId") == title_id and kind == "recorded"]
    assert told[0]["event"] == "Issued"
    assert told[0]["holder"].lower() == cast.shipper.address
    assert told[0]["blockHash"].startswith("0x")
    registered = next(data for _, _, data in stream(house) if data["event"] == "Registered")
    assert registered["roles"] == ["CARRIER"]


def test_the_stream_resumes_after_the_last_line_that_was_read(house: House) -> None:
    for _ in range(3):
        house.issue()
    everything = stream(house)
    entry_id = everything[3][0]
    again = stream(house, entry_id)
    assert [line[0] for line in again][: len(everything) - 4] == [line[0] for line in everything[4:]]


def test_the_stream_stays_for_what_comes(house: House, cast: LocalChain) -> None:
    house.issue()
    headers = house.bearing(CARRIER) | {"Last-Event-ID": stream(house)[-1][0]}
    with house.http.stream("GET", "/v1/events", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        title_id = house.issue()
        for line in answer.iter_lines():
            if line.startswith("data: ") and json.loads(line[6:]).get("titleId") == title_id:
                break


def test_what_is_no_entry_id_is_refused_before_the_stream_begins(house: House) -> None:
    answer = house.get("/v1/events", after="yesterday", follow="false")
    assert (answer.status_code, answer.json()["rule"]) == (400, "InvalidRequest")
