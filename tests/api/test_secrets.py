"""Nothing secret reaches a log, however much is logged."""

import logging

import pytest

from tests.house import OPERATOR, TOKEN, House
from tests.local_chain import LocalChain


def test_no_token_key_or_password_is_in_the_log_at_its_most_talkative(
    house: House, cast: LocalChain, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for name in ("sqlalchemy.engine", "aiosqlite", "ebl_service", "asyncio", "limits"):
            caplog.set_level(logging.DEBUG, name)
        session = house.signed_in(cast.bank)
        headers = {"Authorization": f"Bearer {session}"}
        asked = {"name": "log", "scopes": ["read"], "days": 1}
        key = house.http.post("/v1/api-keys", json=asked, headers=headers).json()["key"]
        wrong = key[:-1] + ("0" if key[-1] != "0" else "1")
        for token in (key, wrong, session + "0", session):
            house.http.get("/v1/titles", headers={"Authorization": f"Bearer {token}"})
        house.get("/v1/parties", by=OPERATOR)
        house.post("/v1/sign-out", by=None, Authorization=f"Bearer {session}")
        title_id = house.issue()
        house.act(cast.shipper, "Sign", titleId=title_id)
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert "eth_call" in logged or "SELECT" in logged or len(caplog.records) > 50, "the log was not talkative at all"
    secrets = [session, key, wrong, TOKEN, cast.relayer.key.secret.hex(), cast.registrar.key.secret.hex()]
    assert [secret for secret in secrets if secret in logged] == []
    assert [part for part in (session[5:], key.rpartition("_")[2]) if part in logged] == []


@pytest.mark.parametrize("path", ["/v1/titles", "/v1/ledger", "/health/live", "/v1/nothing", "/docs", "/metrics"])
def test_every_answer_carries_the_headers_that_keep_browsers_careful(house: House, path: str) -> None:
    headers = house.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert ("script-src" in policy) == (path == "/docs")
