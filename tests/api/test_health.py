"""Is it up, can it be relied on, and in numbers."""

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
