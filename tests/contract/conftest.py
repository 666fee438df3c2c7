"""Fixtures of the contract tests: the stage, the ways an act can go, and what a refusal must be."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.contract.abi import Refused
from tests.contract.stage import WAYS, Stage
from tests.local_chain import LocalChain, Person

LAST = "test_everything_is_reached.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What asks whether everything was reached comes after everything."""
    items.sort(key=lambda item: item.path.name == LAST)


_collected: dict[str, set[str]] = {"run": set(), "left_out": set()}


def pytest_itemcollected(item: pytest.Item) -> None:
    """Notes which files were looked into."""
    _collected["run"].add(item.path.name)


def pytest_deselected(items: list[pytest.Item]) -> None:
    """Notes which files' tests -k, -m and the like left out."""
    _collected["left_out"] |= {item.path.name for item in items}


def missing_tests(config: pytest.Config) -> set[str]:
    """The contract tests that this process does not run whole."""
    if hasattr(config, "workerinput"):
        return {"what other pytest-xdist workers run"}
    files = {path.name for path in Path(__file__).parent.glob("test_*.py")}
    return files - (_collected["run"] - _collected["left_out"])


@pytest.fixture
def stage(chain: LocalChain) -> Stage:
    """The registries, ready to be played on."""
    return Stage(chain)


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    """How an act reaches the contract; a test that takes this runs once for each."""
    return str(request.param)


Refusal = Callable[..., AbstractContextManager[None]]


@contextmanager
def _refused(name: str, *values: object) -> Iterator[None]:
    with pytest.raises(Refused) as caught:
        yield
    given = tuple(value.address if isinstance(value, Person) else value for value in values)
    assert (caught.value.name, caught.value.values) == (name, given)


@pytest.fixture
def refused() -> Refusal:
    """`with refused("NotHolder", bill, shipper):` the contract refuses for this reason, with these arguments."""
    return _refused
