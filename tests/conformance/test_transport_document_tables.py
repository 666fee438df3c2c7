"""Our tables of a transport document's fields against the published definition, property by property.

Runs where the definitions stand beside the project; they are not part of it.
"""

import json
import re

import pytest

from ebl_service.domain.transport_document.schema import shape as kinds
from ebl_service.domain.transport_document.schema.container_bill import CONTAINER_BILL
from ebl_service.domain.transport_document.schema.shape import Kind, Shape
from tests.dcsa_definitions import FOLDER as DEFINITIONS
from tests.dcsa_definitions import are_here

pytestmark = pytest.mark.skipif(not are_here(), reason="the published definitions are not here")

SINCE_3_0_4 = {
    "extendedContractQuotationReference",
    "documentParties.consignee.isNotifyParty",
    "documentParties.endorsee.isNotifyParty",
}


def schemas(version: str) -> dict:
    return json.loads((DEFINITIONS / f"ebl-iss-{version}.openapi.json").read_text())["components"]["schemas"]


def flat_definition(defined: dict, all_schemas: dict, path: str = "", within: tuple[str, ...] = ()) -> dict:
    """Every path of the definition with what it demands, references followed until they repeat themselves."""
    if "$ref" in defined:
        name = defined["$ref"].rpartition("/")[2]
        if name in within:
            return {path: ("again",)}
        return flat_definition(all_schemas[name], all_schemas, path, (*within, name))
    if "properties" in defined or "oneOf" in defined:
        return flat_object(defined, all_schemas, path, within)
    if defined["type"] == "array":
        found = {path: ("array", defined.get("minItems", 0), defined.get("maxItems"))}
        return found | flat_definition(defined["items"], all_schemas, f"{path}[]", within)
    return {path: demand(defined)}


def flat_object(defined: dict, all_schemas: dict, path: str, within: tuple[str, ...]) -> dict:
    choices = {rule: [part["required"][0] for part in defined.get(rule, ())] for rule in ("oneOf", "anyOf")}
    fields = dict(defined.get("properties", {}))
    for rule in choices:
        for part in defined.get(rule, ()):
            assert len(part["required"]) == 1
            fields |= part["properties"]
    required = sorted(defined.get("required", ()))
    found = {path: ("object", required, sorted(choices["oneOf"]), sorted(choices["anyOf"]))}
    for name, inner in fields.items():
        found |= flat_definition(inner, all_schemas, f"{path}.{name}" if path else name, within)
    return found


def demand(defined: dict) -> tuple:
    match defined["type"], defined.get("format"):
        case "string", "date":
            return ("date",)
        case "string", "date-time":
            return ("date-time",)
        case "string", None:
            return (
                "string",
                defined.get("maxLength"),
                defined.get("minLength", 0),
                defined.get("pattern"),
                tuple(defined.get("enum", ())),
            )
        case "boolean", None:
            return ("boolean",)
        case "integer", "int32":
            return ("integer", defined.get("minimum"), defined.get("maximum"))
        case "number", "float":
            return ("number", defined.get("minimum"), defined.get("maximum"), bool(defined.get("exclusiveMinimum")))
    raise AssertionError(defined)


def flat_table(kind: Kind, path: str = "") -> dict:
    """The same of our table."""
    match kind:
        case Shape():
            found = {path: ("object", sorted(kind.required), sorted(kind.exactly_one), sorted(kind.at_least_one))}
            for name, inner in kind.fields().items():
                found |= flat_table(inner, f"{path}.{name}" if path else name)
            return found
        case kinds.Items():
            return {path: ("array", kind.least, kind.most)} | flat_table(kind.of, f"{path}[]")
        case kinds.Again():
            return {path: ("again",)}
        case kinds.Text():
            return {path: ("string", kind.most, kind.least, kind.pattern, kind.one_of)}
        case kinds.Day():
            return {path: ("date",)}
        case kinds.Moment():
            return {path: ("date-time",)}
        case kinds.Truth():
            return {path: ("boolean",)}
        case kinds.Whole():
            return {path: ("integer", kind.least, kind.most)}
        case kinds.Number():
            least = kind.least if kind.above is None else kind.above
            return {path: ("number", least, kind.most, kind.above is not None)}


def differences(version: str) -> dict:
    all_schemas = schemas(version)
    defined = flat_definition({"$ref": "#/components/schemas/TransportDocument"}, all_schemas)
    ours = flat_table(CONTAINER_BILL)
    assert len(defined) > 400
    paths = defined.keys() | ours.keys()
    return {path: (defined.get(path), ours.get(path)) for path in paths if defined.get(path) != ours.get(path)}


def test_the_tables_are_the_definition_3_0_3_with_the_fields_that_3_0_4_adds() -> None:
    assert differences("3.0.3").keys() == SINCE_3_0_4
    assert all(defined is None for defined, _ in differences("3.0.3").values())


def test_the_tables_are_the_definition_3_0_4() -> None:
    assert differences("3.0.4") == {}


def test_every_pattern_of_the_definition_says_in_python_what_it_says_in_ecmascript() -> None:
    """Patterns use only what is translated: classes, counts, groups, and a dot or \\d that `conformance` rewrites."""
    patterns = {demanded[3] for demanded in flat_table(CONTAINER_BILL).values() if demanded[0] == "string"} - {None}
    for pattern in patterns:
        assert pattern.startswith("^"), pattern
        assert pattern.endswith("$"), pattern
        assert not re.search(r"\\[wWbBDs]|\(\?[^:]|\.(?![*+\]\[])", pattern), pattern
