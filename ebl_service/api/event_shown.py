"""An event of the ledger as JSON: its name and its fields, in camelCase."""

from dataclasses import fields
from enum import IntEnum, IntFlag
from typing import Any

from pydantic.alias_generators import to_camel

from ebl_service.api.problems import shown
from ebl_service.domain.events import Event
from ebl_service.domain.terms import Role


def event_shown(event: Event) -> dict[str, Any]:
    """The event; accounts checksummed, purpose and roles in words."""
    told = {to_camel(field.name): _told(getattr(event, field.name)) for field in fields(event)}
    return {"event": type(event).__name__, **told}


def _told(value: Any) -> Any:
    if isinstance(value, IntFlag):
        return [role.name for role in Role if role in value]
    if isinstance(value, IntEnum):
        return value.name
    if isinstance(value, tuple):
        return [_told(each) for each in value]
    return shown(value) if isinstance(value, str) else value
