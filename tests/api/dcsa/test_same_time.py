"""What one may not read is refused in the same time as what is not there: measured, over HTTP, on a house at work.

Both are asked for in turns, in random order. `slower`: how often an answer about what is there took longer than one
about what is not, of all pairs; a half is what one expects of equals. With EBL_DEEP=1 a thousand of each are asked for,
and a difference of a seventh of their spread would show; else 60, which finds only what is gross.
"""

import os
import random
import statistics
import time
from bisect import bisect_left
from typing import Any

import pytest

from tests.carrier_house import CarrierHouse, CarrierSystem
from tests.figures import say

TURNS = 1_000 if os.environ.get("EBL_DEEP") else 60
BOUND = 5 * (1 / (6 * TURNS)) ** 0.5
"""Five standard deviations of `slower` between equals."""
AWAY = {"title": "0x" + "42" * 32, "number": "TEST99999999"}


@pytest.fixture(scope="module")
def there(system: CarrierSystem) -> dict[str, str]:
    """A title that the bank has no part in, and its bill's number."""
    number = system.issued()
    (title,) = system.house.http.get("/v1/titles", headers=system.headers).json()["titles"]
    return {"title": title["id"], "number": number}


@pytest.mark.parametrize(
    "path",
    [
        "/endorsement-chains/{number}",
        "/v1/titles/{title}",
        "/v1/titles/{title}/document",
        "/v1/titles/{title}/surrender-requests",
    ],
)
def test_what_is_there_and_what_is_not_are_refused_in_the_same_time(
    platform: CarrierHouse, there: dict[str, str], path: str, request: Any
) -> None:
    headers = platform.key_of(platform.chain.bank.address, "platform", "read")
    taken: dict[bool, list[float]] = {True: [], False: []}
    chance = random.Random(path)
    for _ in range(TURNS):
        for is_there in chance.sample((True, False), 2):
            started = time.perf_counter()
            answer = platform.http.get(path.format(**(there if is_there else AWAY)), headers=headers)
            taken[is_there].append(time.perf_counter() - started)
            assert answer.status_code == 404
    slower = share_of_slower(taken[True], taken[False])
    medians = [f"{statistics.median(taken[each]) * 1000:.2f} ms" for each in (True, False)]
    say(request.config, f"{path}: slower {slower:.3f} (bound ±{BOUND:.3f}), medians {' and '.join(medians)}")
    assert abs(slower - 0.5) < BOUND


def share_of_slower(these: list[float], those: list[float]) -> float:
    """Of all pairs, in how many the first took longer (Mann and Whitney's U, divided by their number)."""
    ordered = sorted(those)
    return sum(bisect_left(ordered, each) for each in these) / (len(these) * len(those))
