"""The published definitions, where they stand beside the project: what is sent and answered is held against them."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

_PLACES = [folder / "shared" / "dcsa" for folder in Path(__file__).parents]
FOLDER = next((place for place in _PLACES if place.exists()), _PLACES[-1])
"""Beside the project, or beside what it stands in."""
ISSUANCE, SURRENDER, CHAINS = "ebl-iss-3.0.3", "ebl-sur-3.0.4", "ebl-end-3.0.4"


def are_here() -> bool:
    return FOLDER.exists()


def require_valid(definition: str, schema: str, content: Any) -> None:
    """Raises: ValidationError where the definition refuses it. Nothing is checked where they are not here.

    Providers of code lists stand in the definition's words, not in its schema: they are checked too.
    """
    if are_here():
        _validator(definition, schema).validate(content)
        foreign = set(_providers_in(content)) - _listed_providers(definition)
        if foreign:
            raise jsonschema.ValidationError(f"code list providers that {definition} does not list: {foreign}")


def _providers_in(content: Any) -> Iterator[str]:
    if isinstance(content, dict):
        yield from (value for name, value in content.items() if name == "codeListProvider")
    inner = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    for each in inner:
        yield from _providers_in(each)


@cache
def _listed_providers(definition: str) -> set[str]:
    schemas = json.loads((FOLDER / f"{definition}.openapi.json").read_text())["components"]["schemas"]
    words = schemas["IdentifyingCode"]["properties"]["codeListProvider"]["description"]
    return set(re.findall(r"^- `([A-Z0-9]+)`", words, re.MULTILINE))


@cache
def _validator(definition: str, schema: str) -> Any:
    whole = json.loads((FOLDER / f"{definition}.openapi.json").read_text())
    return jsonschema.Draft7Validator(
        {"$ref": f"#/components/schemas/{schema}", "components": whole["components"]},
        format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER,
    )


def statuses(definition: str, path: str, method: str) -> set[str]:
    """The statuses that the definition names for an endpoint; `default` stands for any other."""
    whole = json.loads((FOLDER / f"{definition}.openapi.json").read_text())
    return set(whole["paths"][path][method]["responses"])
