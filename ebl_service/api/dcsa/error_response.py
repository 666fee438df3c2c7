"""DCSA's ErrorResponse, and the paths on which every error is answered so, with the version of the API.

Source: ErrorResponse and DetailedError of DCSA EBL_ISS, EBL_SUR, EBL_END 3.0. Rules kept: every answer on these paths
carries `API-Version`; texts keep the definitions' lengths; each fault of a request is an entry of its own.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

API_VERSION = "3.0.3"
PREFIXES = ("/v3/", "/endorsement-chains/")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"})
"""Those that every definition knows; another is told as GET and named in the message."""
MOST_FAULTS = 255


class DetailedError(BaseModel):
    """What caused an error. `errorCodeText`: the name of the rule."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, serialize_by_alias=True)

    error_code_text: Annotated[str, Field(max_length=100)]
    error_code_message: Annotated[str, Field(max_length=5000)]
    property: Annotated[str | None, Field(max_length=100)] = None
    json_path: Annotated[str | None, Field(max_length=500)] = None


class ErrorResponse(BaseModel):
    """An error on one of DCSA's paths."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, serialize_by_alias=True)

    http_method: str
    request_uri: str
    status_code: int
    status_code_text: Annotated[str, Field(max_length=50)]
    status_code_message: Annotated[str, Field(max_length=200)]
    error_date_time: str
    errors: Annotated[list[DetailedError], Field(min_length=1)]


def is_dcsa(path: str) -> bool:
    """Whether errors on this path are DCSA's."""
    return path.startswith(PREFIXES)


def error_response(
    request: Request, status: int, rule: str, message: str, faults: Sequence[tuple[str, str, str]] = ()
) -> JSONResponse:
    """The answer to a request that met an error. `faults`: rule, path and message of each, where there are many."""
    told = message if request.method in METHODS else f"{request.method}: {message}"
    listed = [_detail(*fault) for fault in faults[:MOST_FAULTS]] or [_detail(rule, "", message)]
    content = ErrorResponse(
        http_method=request.method if request.method in METHODS else "GET",
        request_uri=request.url.path,
        status_code=status,
        status_code_text=HTTPStatus(status).phrase,
        status_code_message=told[:200],
        error_date_time=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        errors=listed,
    )
    return JSONResponse(content.model_dump(mode="json", exclude_none=True), status, {"API-Version": API_VERSION})


def dcsa_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI's description of these errors, with those that every path has."""
    headers = {"API-Version": {"description": "The API's version", "schema": {"type": "string"}}}
    every = sorted({400, 401, 403, 408, 413, 415, 429, 500, 503, *statuses})
    return {
        status: {"description": HTTPStatus(status).phrase, "model": ErrorResponse, "headers": headers}
        for status in every
    }


class Versioned:
    """Says the API's version on every answer of DCSA's paths."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 (ASGI)
        if scope["type"] != "http" or not is_dcsa(scope["path"]):
            await self._app(scope, receive, send)
            return

        async def versioned(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["API-Version"] = API_VERSION
            await send(message)

        await self._app(scope, receive, versioned)


def _detail(rule: str, path: str, message: str) -> DetailedError:
    name = path.rpartition(".")[2]
    return DetailedError(
        error_code_text=rule[:100],
        error_code_message=message[:5000],
        property=name[:100] or None,
        json_path=f"$.{path}"[:500] if path else None,
    )
