"""Runs last: every function, custom error and event of the contracts was reached by the contract tests."""

import pytest

from tests.contract.abi import ERRORS, EVENTS, FUNCTIONS, REACHED
from tests.contract.conftest import missing_tests

UNREACHABLE = {
    (
        "PartyRegistry",
        "error",
        "InvalidShortString",
    ): "only for a signing domain's name beyond 31 bytes, at construction",
    ("PartyRegistry", "error", "StringTooLong"): "the same",
    ("TitleRegistry", "error", "InvalidShortString"): "the same",
    ("TitleRegistry", "error", "StringTooLong"): "the same",
    ("CargoInsurance", "error", "InvalidShortString"): "the same",
    ("CargoInsurance", "error", "StringTooLong"): "the same",
    ("CargoInsurance", "event", "EIP712DomainChanged"): "declared by ERC-5267; these domains cannot change",
    ("PartyRegistry", "event", "EIP712DomainChanged"): "declared by ERC-5267; these domains cannot change",
    ("TitleRegistry", "event", "EIP712DomainChanged"): "the same",
    ("PartyRegistry", "error", "OwnableInvalidOwner"): "at construction only, whose revert `test_parties` checks",
}


def test_every_function_error_and_event_was_reached(request: pytest.FixtureRequest) -> None:
    missing = missing_tests(request.config)
    if missing:
        pytest.skip(f"only a part of the contract tests was run; without {', '.join(sorted(missing))}")
    wanted = {(contract, "function", name) for contract, name in FUNCTIONS}
    wanted |= {(contract, "error", entry["name"]) for (contract, _), entry in ERRORS.items()}
    wanted |= {(contract, "event", entry["name"]) for (contract, _), entry in EVENTS.items()}
    assert not UNREACHABLE.keys() - wanted
    assert not UNREACHABLE.keys() & REACHED
    assert wanted - UNREACHABLE.keys() - REACHED == set()
