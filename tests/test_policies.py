"""What an operator chooses arrives where it counts: each setting in its policy, and each policy by its setting."""

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from ebl_service import bootstrap
from ebl_service.bootstrap import given
from ebl_service.config import SHORTEST_TOKEN
from tests.house import environment

TOKEN = "t" * SHORTEST_TOKEN
CHOSEN: dict[str, tuple[str, dict[str, Any]]] = {
    "EBL_FINALITY": ("finalized", {"IndexPolicy.confirmations": None}),
    "EBL_CONFIRMATIONS": ("3", {"IndexPolicy.confirmations": 3}),
    "EBL_POLL_SECONDS": (
        "7",
        dict.fromkeys([f"{each}Policy.poll_seconds" for each in ("Index", "Relay", "Carrier")], 7),
    ),
    "EBL_BATCH_SIZE": ("7", {"RelayPolicy.batch_size": 7}),
    "EBL_GAS_PER_PARTY_AND_DAY": ("7", {"RelayPolicy.gas_a_day": 7}),
    "EBL_RESEND_SECONDS": ("7", {"RelayPolicy.resend_seconds": 7}),
    "EBL_REPLACE_SECONDS": ("7", {"RelayPolicy.replace_seconds": 7}),
    "EBL_MOST_FEE_PER_GAS": ("7", {"RelayPolicy.most_fee": 7}),
    "EBL_LEASE_SECONDS": ("7", {"RelayPolicy.lease_seconds": 7, "CarrierPolicy.lease_seconds": 7}),
    "EBL_HOST": ("10.0.0.7", {"AccessPolicy.addresses": ("http://10.0.0.7:8080",)}),
    "EBL_PORT": ("7", {"AccessPolicy.addresses": ("http://127.0.0.1:7", "http://localhost:7")}),
    "EBL_PUBLIC_URLS": ("https://ebl.example", {"AccessPolicy.addresses": ("https://ebl.example",)}),
    "EBL_REGISTRAR_TOKEN": (TOKEN, {"AccessPolicy.operator_token": TOKEN}),
    "EBL_SESSION_SECONDS": ("77", {"AccessPolicy.session_seconds": 77}),
    "EBL_REQUESTS_PER_MINUTE": ("7", {"LimitPolicy.requests_a_minute": 7}),
    "EBL_SIGN_INS_PER_MINUTE": ("7", {"LimitPolicy.sign_ins_a_minute": 7}),
    "EBL_LOOK_UPS_PER_MINUTE": ("7", {"LimitPolicy.look_ups_a_minute": 7}),
    "EBL_FAILURES_BEFORE_LOCKOUT": ("7", {"LimitPolicy.failures": 7}),
    "EBL_LOCKOUT_SECONDS": ("7", {"LimitPolicy.lockout_seconds": 7}),
    "EBL_PLATFORM_CODE": ("WAVE", {"CarrierPolicy.platform": "WAVE"}),
    "EBL_CALLBACK_KEY_FILE": ("/run/key.pem", {"CarrierPolicy.key": Path("/run/key.pem")}),
    "EBL_DATA_DIR": ("/srv", {"CarrierPolicy.key": Path("/srv/callbacks.pem")}),
    "EBL_CARRIER_ROOTS_FILE": ("/run/roots.pem", {"CarrierPolicy.roots": Path("/run/roots.pem")}),
    "EBL_CALLBACK_NETWORKS": ("10.1.0.0/16", {"CarrierPolicy.networks": ("10.1.0.0/16",)}),
    "EBL_CALLBACK_AUTHORITIES_FILE": ("/run/more.pem", {"CarrierPolicy.authorities": Path("/run/more.pem")}),
}
"""A value other than the default, and what it alone changes."""
NOT_CHOSEN = {
    *("IndexPolicy.step_blocks", "RelayPolicy.in_flight", "RelayPolicy.gas_an_act"),
    *("CarrierPolicy.timeout", "CarrierPolicy.callbacks"),
}


@pytest.fixture(autouse=True)
def _without_rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    """A carriers' room is its policy here."""
    monkeypatch.setattr(given, "carrier_room", lambda _near, _custodian, policy: policy)


def policies(**settings: str) -> dict[str, Any]:
    """Every member of every policy that these settings make."""
    with environment(settings):
        told = bootstrap.load_settings()
    carriers: Any = given.carrier_room_of(told, None)  # type: ignore[arg-type]
    access = given.access_policy_of(told)
    found = {}
    for policy in (*given.policies_of(told), access, access.limits, carriers):
        assert is_dataclass(policy)
        found |= {f"{type(policy).__name__}.{each.name}": getattr(policy, each.name) for each in fields(policy)}
    del found["AccessPolicy.limits"]
    return found


@pytest.mark.parametrize("name", CHOSEN)
def test_a_setting_changes_its_policy_and_nothing_else(name: str) -> None:
    value, wanted = CHOSEN[name]
    before = policies()
    changed = {member: now for member, now in policies(**{name: value}).items() if now != before[member]}
    assert changed == wanted


def test_what_an_operator_may_choose_has_its_setting_here() -> None:
    assert {member for _, wanted in CHOSEN.values() for member in wanted} == set(policies()) - NOT_CHOSEN


@pytest.mark.parametrize("name", ["EBL_GAS_PER_PARTY_AND_DAY", "EBL_MOST_FEE_PER_GAS"])
def test_zero_means_no_bound(name: str) -> None:
    [member] = CHOSEN[name][1]
    assert policies(**{name: "0"})[member] is None
