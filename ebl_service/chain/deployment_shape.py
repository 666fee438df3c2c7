"""The shape of a deployment file: its JSON Schema, and the check of a file against it.

deployments/deployment.schema.json is this schema as a file, for editors and reviewers; a test keeps the two equal.
"""

import re
from typing import Any

_ADDRESS = {"type": "string", "pattern": "^0x[0-9a-fA-F]{40}$"}
_DIGEST = {"type": "string", "pattern": "^0x[0-9a-f]{64}$"}
_SECONDS = {"type": "integer", "minimum": 1, "maximum": 2**40}
_CONTRACT: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["address", "block", "transaction", "code_hash"],
    "properties": {
        "address": _ADDRESS | {"description": "Where the contract stands, written with its EIP-55 checksum."},
        "block": {
            "type": "integer",
            "minimum": 0,
            "maximum": 2**63 - 1,
            "description": "The block since which it stands there, or one before: events are read from here on.",
        },
        "transaction": _DIGEST | {"description": "The transaction that made it; zeros where the node no longer knows."},
        "code_hash": _DIGEST | {"description": "keccak-256 of its runtime code, compared with the node at each start."},
    },
}
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Deployment",
    "description": "Which contracts of eBL Ledger live where on one chain. Written by scripts/deploy.",
    "type": "object",
    "additionalProperties": False,
    "required": [
        *("name", "chain_id", "genesis_hash", "registrar"),
        *("party_registry", "title_registry", "cargo_insurance", "reject_period", "answer_period"),
    ],
    "properties": {
        "name": {
            "type": "string",
            "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
            "description": "What EBL_DEPLOYMENT calls it: the file's name without .json.",
        },
        "chain_id": {"type": "integer", "minimum": 1, "maximum": 2**63 - 1, "description": "As in EIP-155."},
        "genesis_hash": _DIGEST | {"description": "Hash of the chain's block 0: two chains may share a chain id."},
        "registrar": _ADDRESS | {"description": "The first registrar's account; its seat may have passed on."},
        "party_registry": _CONTRACT,
        "title_registry": _CONTRACT,
        "cargo_insurance": _CONTRACT,
        "reject_period": _SECONDS | {"description": "Seconds within which a receiver may return a title."},
        "answer_period": _SECONDS | {"description": "Seconds after which an unanswered surrender may be withdrawn."},
    },
}


def require(content: Any) -> None:
    """Check the content of a deployment file. Raises: ValueError naming the field and the rule."""
    _require(content, SCHEMA, "the file")


def require_name(name: str) -> None:
    """Check a deployment's name. Raises: ValueError."""
    _require(name, SCHEMA["properties"]["name"], "the name")


def _require(value: Any, schema: dict[str, Any], where: str) -> None:
    if schema["type"] == "object":
        _require_object(value, schema, where)
    elif schema["type"] == "string":
        if not isinstance(value, str) or not re.search(schema["pattern"].replace("$", r"\Z"), value):
            raise ValueError(f"{where} must match {schema['pattern']}")
    elif not isinstance(value, int) or isinstance(value, bool) or not schema["minimum"] <= value <= schema["maximum"]:
        raise ValueError(f"{where} must be a whole number from {schema['minimum']} to {schema['maximum']}")


def _require_object(value: Any, schema: dict[str, Any], where: str) -> None:
    if not isinstance(value, dict):
        raise ValueError(f"{where} must be an object")  # noqa: TRY004 all that is wrong with a file is one kind of error
    if missing := [name for name in schema["required"] if name not in value]:
        raise ValueError(f"{where} lacks {', '.join(missing)}")
    if unknown := sorted(value.keys() - schema["properties"].keys()):
        raise ValueError(f"{where} has unknown fields: {', '.join(unknown)[:100]}")
    for name, part in value.items():
        _require(part, schema["properties"][name], name if where == "the file" else f"{where}.{name}")
