"""Is it up, can it be relied on, and in numbers."""

import pytest
from prometheus_client import generate_latest

from ebl_service.api import app, health
from tests.house import OPERATOR, House


def test_the_process_is_live(house: House) -> None:
    assert house.get("/health/live").json() == {"status": "live"}


def test_the_service_is_ready_and_says_how_far_it_is(house: House) -> None:
    house.issue()
    ready = house.get("/health/ready")
    assert ready.status_code == 200
    told = ready.json()
    assert told["isReady"]
    assert told["reasons"] == []
    assert told["lagBlocks"] <= 20
    assert told["indexedBlock"] >= told["finalBlock"]


def test_numbers_are_given_to_prometheus(house: House) -> None:
    house.get("/v1/titles")
    answer = house.get("/metrics", by=OPERATOR)
    assert answer.headers["content-type"].startswith("text/plain")
    assert 'ebl_http_requests_total{method="GET",route="/v1/titles",status="200"}' in answer.text
    assert "ebl_ready 1.0" in answer.text
    assert "ebl_indexed_block" in answer.text
    assert "ebl_relayer_balance_wei" in answer.text
    assert "ebl_relayer_balance_wei NaN" not in answer.text


def test_methods_that_are_made_up_are_counted_as_one(house: House) -> None:
    for number in range(5):
        assert house.http.request(f"MADEUP{number}", "/v1/titles").status_code == 405
    told = house.get("/metrics", by=OPERATOR).text
    assert "MADEUP" not in told
    assert 'ebl_http_requests_total{method="other",route="/v1/titles",status="405"} 5.0' in told


def test_a_method_that_a_path_does_not_take_is_answered_with_those_that_it_takes(house: House) -> None:
    for path, methods in {"/v1/titles": "GET", "/v1/submissions": "GET, POST", "/v1/api-keys": "GET, POST"}.items():
        answer = house.http.delete(path)
        assert (answer.status_code, answer.headers["Allow"]) == (405, methods)
    assert house.http.delete("/v3/ebl-surrender-responses").headers["Allow"] == "POST"


async def test_what_nobody_foresaw_is_counted_too() -> None:
    async def fails(*_: object) -> None:
        raise RuntimeError

    numbers = health.Numbers()
    with pytest.raises(RuntimeError):
        await app._Counted(fails, numbers)({"type": "http", "method": "GET"}, None, None)  # type: ignore[arg-type]
    told = generate_latest(numbers.registry).decode()
    assert 'ebl_http_requests_total{method="GET",route="none",status="500"} 1.0' in told
