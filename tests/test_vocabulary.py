"""One verb everywhere: what the contracts name, Python names too, and the reverse."""

import re
from dataclasses import fields
from typing import Any, get_args

import pytest

from ebl_service.chain.artifacts import artifact
from ebl_service.domain import actions, certificate_actions, certificate_events, events
from ebl_service.domain.signed_act import TYPES
from ebl_service.domain.terms import (
    CertificateStatus,
    CertificateVerb,
    ClaimStatus,
    Mode,
    Part,
    Purpose,
    Role,
    Status,
    Verb,
)
from ebl_service.errors.refusals import REFUSALS
from tests.anvil import ROOT

CONTRACTS = ("PartyRegistry", "TitleRegistry", "CargoInsurance")
NO_CLASS = {
    "InvalidShortString": "OpenZeppelin's, for a signing domain's name beyond 31 bytes: at construction only",
    "StringTooLong": "the same",
    "EIP712DomainChanged": "declared by ERC-5267, never emitted: these domains cannot change",
}
NOT_OF_THE_CONTRACTS = {"Unexplained": "what is no error of the contracts: out of gas, a failing wallet"}
RENAMED = {"from": "giver"}
NO_ACTS = {"batch"}
REGISTRARS = {
    "register", "updateIdentity", "grantRole", "withdrawRole", "suspend", "reinstate",
    "transferOwnership", "acceptOwnership",
}  # fmt: skip


def entries(kind: str, *contracts: str) -> dict[str, dict[str, Any]]:
    return {e["name"]: e for c in contracts or CONTRACTS for e in artifact(c).abi if e["type"] == kind}


def snake(name: str) -> str:
    name = RENAMED.get(name, name)
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def solidity_enum(name: str, interface: str = "ITitleRegistry") -> list[str]:
    text = (ROOT / "contracts" / "interfaces" / f"{interface}.sol").read_text()
    found = re.search(rf"enum {name} \{{([^}}]*)\}}", text)
    assert found
    return [item.strip() for item in found[1].split(",")]


def test_every_error_of_the_contracts_has_its_class_and_the_reverse() -> None:
    assert entries("error").keys() - NO_CLASS.keys() == REFUSALS.keys() - NOT_OF_THE_CONTRACTS.keys()


@pytest.mark.parametrize("name", sorted(REFUSALS.keys() - NOT_OF_THE_CONTRACTS.keys()))
def test_an_error_has_the_arguments_of_its_class_in_their_order(name: str) -> None:
    arguments = tuple(snake(item["name"]) for item in entries("error")[name]["inputs"])
    assert REFUSALS[name].arguments == arguments
    refusal = REFUSALS[name](*range(len(arguments)))
    assert refusal.values == tuple(range(len(arguments)))
    assert refusal.hint()


def test_every_event_of_the_contracts_has_its_class_and_the_reverse() -> None:
    classes = {kind.__name__ for kind in get_args(events.Event)}
    assert entries("event").keys() - NO_CLASS.keys() == classes


@pytest.mark.parametrize("kind", get_args(events.Event), ids=lambda kind: kind.__name__)
def test_an_event_has_the_members_of_its_class(kind: type) -> None:
    members = {snake(item["name"]) for item in entries("event")[kind.__name__]["inputs"]}
    own = {field.name for field in fields(kind)}
    # No event of an issue says that its sequence is 1; a warning says no time, nor does our class of it.
    issues = (events.Issued, certificate_events.CertificateIssued)
    assert own - members == ({"sequence"} if kind in issues else set())
    assert not members - own


@pytest.mark.parametrize(
    ("contract", "acts"),
    [("TitleRegistry", actions.TITLE_ACTS), ("CargoInsurance", certificate_actions.CERTIFICATE_ACTS)],
)
def test_every_act_of_the_contracts_has_its_class_and_the_reverse(contract: str, acts: dict[str, type]) -> None:
    functions = entries("function", contract)
    changing = {name for name, e in functions.items() if e["stateMutability"] not in {"view", "pure"}} - NO_ACTS
    direct = {name for name in changing if not name.endswith("BySignature")}
    assert {name + "BySignature" for name in direct} == changing - direct
    assert {name[0].upper() + name[1:] for name in direct} == acts.keys()


def test_nothing_else_changes_the_party_registry() -> None:
    functions = entries("function", "PartyRegistry")
    assert {name for name, e in functions.items() if e["stateMutability"] not in {"view", "pure"}} == REGISTRARS


def test_every_typed_act_is_spelt_in_solidity_as_in_python() -> None:
    files = ("TitleActTypes.sol", "CertificateActTypes.sol", "PartyRegistry.sol")
    text = "".join((ROOT / "contracts" / name).read_text() for name in files)
    spelt = {line.partition("(")[0]: line for line in re.findall(r'"([A-Z][A-Za-z]*\([a-z][^"]*\))"', text)}
    ours = {name: f"{name}({','.join(f'{kind} {member}' for member, kind in of)})" for name, of in TYPES.items()}
    assert spelt == ours | {"Replace": ours["Replace"] + ours["NewTitle"]}


@pytest.mark.parametrize("name", sorted(actions.ACTS))
def test_an_act_has_the_arguments_of_its_function(name: str) -> None:
    function = entries("function", "TitleRegistry", "CargoInsurance")[name[0].lower() + name[1:]]
    arguments = {snake(item["name"]) for item in function["inputs"]}
    own = {field.name for field in fields(actions.ACTS[name])}
    # Of an issue they follow from who issues and the reference.
    implied = {"Issue": {"title_id", "sequence"}, "IssueCertificate": {"certificate_id", "sequence"}}
    # Supplied by the relayer, unsigned.
    proof = {"RejectTransfer": {"previous"}, "CarryOver": {"replacement"}}
    assert own - arguments == implied.get(name, set())
    assert arguments - own == proof.get(name, set())


def test_states_purposes_verbs_and_roles_are_numbered_alike() -> None:
    assert solidity_enum("Status") == ["NONE", *(status.name for status in Status)]
    assert solidity_enum("Purpose") == [purpose.name for purpose in Purpose]
    assert solidity_enum("Verb") == ["NONE", *(verb.name for verb in Verb)]
    assert [*map(int, Status)] == [*range(1, 9)]
    assert [*map(int, Verb)] == [*range(1, 13)]
    insurance = "ICargoInsurance"
    assert solidity_enum("Mode", insurance) == [mode.name for mode in Mode]
    assert solidity_enum("Part", insurance) == [part.name for part in Part]
    for kind in (CertificateStatus, ClaimStatus, CertificateVerb):
        assert solidity_enum(kind.__name__, insurance) == ["NONE", *(member.name for member in kind)]
        assert [*map(int, kind)] == [*range(1, len(kind) + 1)]
    text = (ROOT / "contracts" / "PartyRegistry.sol").read_text()
    for role in Role:
        assert f"uint8 private constant {role.name} = {int(role)};" in text


def test_each_verb_is_the_act_of_that_name() -> None:
    for verbs, acts in ((Verb, actions.TITLE_ACTS), (CertificateVerb, certificate_actions.CERTIFICATE_ACTS)):
        assert {verb.name.replace("_", "") for verb in verbs} == {name.upper() for name in acts}
