"""A request's fields go by their documented names and by no others."""

import typing
from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError

from ebl_service.api.app import NOUNS


def models(annotation: typing.Any, seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """The model that an annotation names, and every model of its fields."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation not in seen:
            seen.add(annotation)
            yield annotation
            for field in annotation.model_fields.values():
                yield from models(field.annotation, seen)
        return
    for part in typing.get_args(annotation):
        yield from models(part, seen)


def of_requests() -> list[type[BaseModel]]:
    seen: set[type[BaseModel]] = set()
    routes = [route for noun in NOUNS for route in noun.router.routes if isinstance(route, APIRoute)]
    bodies = [route.body_field.field_info.annotation for route in routes if route.body_field]
    return [model for body in bodies for model in models(body, seen)]


def test_every_request_is_walked() -> None:
    assert {"IssuanceRequest", "IssueTo", "DraftGiven", "SignedActGiven", "PartyGiven"} <= {
        model.__name__ for model in of_requests()
    }


@pytest.mark.parametrize("model", of_requests(), ids=lambda model: model.__name__)
def test_a_field_is_not_taken_by_its_name_in_the_code(model: type[BaseModel]) -> None:
    """With `populate_by_name` a body could say `issue_to`, which no description mentions."""
    renamed = {name: field.alias for name, field in model.model_fields.items() if field.alias not in (None, name)}
    for name, alias in renamed.items():
        told = set()
        try:
            model.model_validate({name: object()})
        except ValidationError as refused:
            told = {fault["type"] for fault in refused.errors() if fault["loc"][0] in (name, alias)}
        assert told <= {"missing", "extra_forbidden"}, name
