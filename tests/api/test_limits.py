"""Limits as callers meet them: too many requests, and too many wrong tokens from one address."""

from collections.abc import Iterator

import pytest

from tests.house import House

MOST, WRONG = 300, 5


class Strict(House):
    """A house whose limits are on."""

    def _settings(self) -> dict[str, str]:
        limits = {"EBL_REQUESTS_PER_MINUTE": str(MOST), "EBL_FAILURES_BEFORE_LOCKOUT": str(WRONG)}
        return super()._settings() | limits


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Strict]:
    with Strict(tmp_path_factory.mktemp("limits")) as standing:
        yield standing


def test_who_asks_too_often_is_told_when_to_come_again_and_others_are_answered(strict: Strict) -> None:
    bank, carrier = (strict.bearing(each) for each in (strict.chain.bank, strict.chain.carrier))
    for _ in range(2 * MOST + 1):  # a minute may begin in between
        answer = strict.http.get("/v1/ledger", headers=bank)
        if answer.status_code != 200:
            break
    assert answer.status_code == 429, answer.text
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert answer.json()["title"] == "Too many requests"
    assert strict.http.get("/v1/ledger", headers=carrier).status_code == 200


def test_who_guesses_tokens_is_not_listened_to_with_a_right_one_neither(strict: Strict) -> None:
    """The last of the file: nobody is listened to from here afterwards."""
    right = strict.bearing(strict.chain.carrier)
    for guess in range(WRONG):
        wrong = {"Authorization": f"Bearer ebl_{guess:064x}"}
        assert strict.http.get("/v1/titles", headers=wrong).status_code == 401
    for headers in (right, {"Authorization": "Bearer another"}):
        answer = strict.http.get("/v1/titles", headers=headers)
        assert answer.status_code == 429, answer.text
        assert answer.json()["title"] == "Locked out"
        assert int(answer.headers["retry-after"]) > 60
