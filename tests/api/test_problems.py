"""The table from errors to statuses holds for every class of the tree; what nobody foresaw is still a problem."""

import asyncio
import json
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI

from ebl_service import errors
from ebl_service.api import problems
from ebl_service.cli import exits
from ebl_service.errors import refusals


def tree(cls: type[errors.EblError] = errors.EblError) -> Iterator[type[errors.EblError]]:
    for child in cls.__subclasses__():
        yield child
        yield from tree(child)


def answered(error: Exception) -> httpx.Response:
    """What an endpoint that raises this answers."""
    app = FastAPI()
    problems.install(app)

    @app.get("/it")
    async def raising() -> None:
        raise error

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.get("/it")

    return asyncio.run(ask())


@pytest.mark.parametrize("cls", sorted(set(tree()), key=lambda cls: cls.__name__), ids=lambda cls: cls.__name__)
def test_every_error_has_a_status_and_an_exit_code(cls: type[errors.EblError]) -> None:
    error = cls.__new__(cls)
    status, code = problems.status_of(error), exits.exit_of(error)
    kinds = {2: {400, 405, 408, 409, 413, 415, 422}, 3: {401, 403, 429}, 4: {409}, 5: {404}, 6: {503}, 7: {500}}
    assert status in kinds[code]


def test_an_outage_says_when_to_come_back() -> None:
    answer = answered(errors.LedgerUnavailable("no node answers"))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_a_disagreement_is_an_alarm() -> None:
    assert answered(errors.LedgerDisagrees("rows differ")).json()["rule"] == "LedgerDisagrees"


def test_accounts_in_a_problem_carry_their_checksum() -> None:
    account = "0x52908400098527886e0f7030069857d2e4169ee7"
    told = answered(refusals.NotHolder("0x" + "11" * 32, account)).json()
    shown = "0x52908400098527886E0F7030069857D2E4169EE7"
    assert told["details"]["caller"] == shown
    assert shown in told["detail"]
    listed = problems.shown_details({"parties": [account], "index": 1})
    assert listed == {"parties": [shown], "index": 1}


def test_what_nobody_foresaw_is_a_problem_that_shows_nothing_of_the_inside() -> None:
    answer = answered(RuntimeError("a secret"))
    assert (answer.status_code, answer.json()["rule"]) == (500, "EblError")
    assert "secret" not in json.dumps(answer.json())
