"""How errors are answered: RFC 9457 problem details, and the one table from the error tree to HTTP statuses.

`rule` is the error's class, which for a refusal is the contract's error. `details` are its particulars, `hint` says
what to do next. Accounts stand with their EIP-55 checksums.
"""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match

from ebl_service import errors
from ebl_service.api.dcsa.error_response import error_response, is_dcsa
from ebl_service.api.fields import Model
from ebl_service.api.security_headers import ALWAYS
from ebl_service.domain.terms import Address, checksummed
from ebl_service.errors import access, documents
from ebl_service.errors import requests as wrong
from ebl_service.errors import submissions as untaken
from ebl_service.errors.documents import CodeTaken, DocumentRefused, DocumentTooLarge, TitleDiffers

STATUSES: dict[type[errors.EblError], int] = {
    wrong.BodyTooLarge: 413,
    wrong.BodyTooSlow: 408,
    documents.CopyTooLarge: 413,
    wrong.WrongContentType: 415,
    wrong.MethodNotAllowed: 405,
    untaken.IdempotencyKeyReused: 422,
    untaken.RequestInFlight: 409,
    CodeTaken: 409,
    DocumentTooLarge: 413,
    errors.InvalidRequest: 400,
    access.NotSignedIn: 401,
    access.TokenRefused: 401,
    access.SignInRefused: 401,
    access.TooManyRequests: 429,
    access.LockedOut: 429,
    access.TooManyAtOnce: 429,
    untaken.GasBudgetExhausted: 429,
    errors.NotAllowed: 403,
    errors.ActionRefused: 409,
    errors.NotFound: 404,
    errors.LedgerUnavailable: 503,
    errors.LedgerDisagrees: 500,
    errors.EblError: 500,
}
"""The nearest class of an error's ancestors decides."""

RETRY_SECONDS = 5
_LONG, _SLOW = 413, (408,)
"""Where a body may be too long it may be too slow as well."""
PROBLEM = "application/problem+json"
_RULES: dict[str, type[errors.InvalidRequest]] = {
    "extra_forbidden": wrong.UnknownField,
    "missing": wrong.MissingField,
    "union_tag_not_found": wrong.MissingField,
    "bad_hex": wrong.BadHex,
    "bad_checksum": wrong.BadAddressChecksum,
}
"""The fault of a field, by the validator's name for it; every other is BadValue."""
MOST_FAULTS = 100
"""Told of one request; more are not looked for by whoever reads them."""
MOST_BREACHES_TOGETHER = 1_000
"""Of all documents in one answer."""
MOST_PLACE, MOST_WORDS = 200, 500
"""Characters of a fault's place and words, which may repeat what was sent."""
_ACCOUNT = re.compile(r"\b0x[0-9a-f]{40}\b")
logger = logging.getLogger(__name__)


class Fault(Model):
    """One fault of a request: which rule, where, what would be right."""

    rule: str
    at: str
    detail: str


class BreachShown(Model):
    """One thing wrong with a document: the rule's name, the field, what stands there, what would be right."""

    rule: str
    path: str
    wrong: str
    right: str


class Problem(Model):
    """RFC 9457 problem details. `breaches`: of a document, all at once."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    rule: str
    details: dict[str, str | int | bool | list[str] | None]
    hint: str
    faults: tuple[Fault, ...] = ()
    breaches: tuple[BreachShown, ...] = ()


def status_of(error: errors.EblError) -> int:
    """The HTTP status of an error."""
    return next(STATUSES[cls] for cls in type(error).__mro__ if cls in STATUSES)


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI's description of the problems that an endpoint answers with, besides 400."""
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in sorted({400, 500, 503, *statuses, *(_SLOW if _LONG in statuses else ())})
    }


def shown(value: str) -> str:
    """A text with the accounts in it checksummed."""
    return _ACCOUNT.sub(lambda found: checksummed(Address(found.group())), value)


def shown_details(details: Mapping[str, errors.Detail]) -> dict[str, str | int | bool | list[str] | None]:
    """An error's particulars as they are answered."""
    return {
        name: shown(value)
        if isinstance(value, str)
        else [shown(each) for each in value]
        if isinstance(value, list)
        else value
        for name, value in details.items()
    }


def problem(request: Request, error: errors.EblError, faults: tuple[Fault, ...] = ()) -> JSONResponse:
    """The answer to a request that met this error: on DCSA's paths in DCSA's form."""
    answer = _dcsa(request, error, faults) if is_dcsa(request.url.path) else _problem(request, error, faults)
    if answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
    if "retry_after" in error.details:
        answer.headers["Retry-After"] = str(error.details["retry_after"])
    if answer.status_code == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _dcsa(request: Request, error: errors.EblError, faults: tuple[Fault, ...]) -> JSONResponse:
    listed = [(fault.rule, fault.at, fault.detail) for fault in faults]
    told = error.breaches if isinstance(error, DocumentRefused | TitleDiffers) else ()
    listed += [(breach.rule, breach.path, shown(str(breach))) for breach in told]
    at = error.details.get("at")
    if not listed and isinstance(at, str):
        listed = [(type(error).__name__, at, shown(error.message))]
    return error_response(request, status_of(error), type(error).__name__, shown(error.message), listed)


def _problem(request: Request, error: errors.EblError, faults: tuple[Fault, ...]) -> JSONResponse:
    content = problem_of(error, request.url.path, faults)
    return JSONResponse(content.model_dump(mode="json"), content.status, media_type=PROBLEM)


def problem_of(error: errors.EblError, instance: str, faults: tuple[Fault, ...] = (), of_many: int = 1) -> Problem:
    """The problem that an error is told as. `instance`: the path that was asked; `of_many`: results in the answer.

    All breaches of all documents in one answer are a thousand at most, or ten of each.
    """
    status, rule = status_of(error), type(error).__name__
    told = error.breaches if isinstance(error, DocumentRefused | TitleDiffers) else ()
    most = max(MOST_BREACHES_TOGETHER // of_many, 10)
    return Problem(
        type=f"urn:ebl-ledger:error:{rule}",
        title=" ".join(re.findall("[A-Z][a-z]*", rule)).capitalize(),
        status=status,
        detail=shown(error.message),
        instance=instance,
        rule=rule,
        details=shown_details(
            {name: value[:most] if isinstance(value, list) else value for name, value in error.details.items()}
        ),
        hint=error.hint(),
        faults=faults,
        breaches=tuple(
            BreachShown(rule=each.rule, path=each.path, wrong=shown(each.wrong), right=shown(each.right))
            for each in told[:most]
        ),
    )


def install(app: FastAPI) -> None:
    """Have every error of this app answered as a problem."""

    @app.exception_handler(errors.EblError)
    async def _known(request: Request, error: errors.EblError) -> JSONResponse:
        if isinstance(error, errors.LedgerDisagrees):
            logger.error("%s %s: %s", request.method, request.url.path, error.message)
        return problem(request, error)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        faults = tuple(_fault(each) for each in error.errors()[:MOST_FAULTS])
        first = faults[0]
        return problem(request, getattr(wrong, first.rule)(f"{first.at}: {first.detail}", {"at": first.at}), faults)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            answer = problem(request, wrong.MethodNotAllowed(f"{request.url.path} does not take {request.method}"))
            answer.headers["Allow"] = ", ".join(_methods_at(request))
            return answer
        if error.status_code == HTTPStatus.NOT_FOUND:
            return problem(request, errors.NotFound(f"There is no {request.url.path}", hint="See /docs for the paths."))
        return problem(request, errors.InvalidRequest(str(error.detail)))

    @app.exception_handler(Exception)
    async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
        logger.error("%s %s: %s", request.method, request.url.path, type(error).__name__)  # the server logs the rest
        told = errors.EblError("The service met a fault of its own", {"fault": type(error).__name__})
        answer = problem(request, told)
        answer.headers.update(ALWAYS)  # what answers here stands outside of the middleware that adds them
        return answer


def _methods_at(request: Request) -> list[str]:
    """What may be asked of this path, whichever route takes it (RFC 9110, section 15.5.6)."""
    taken = [route for route in _routes_of(request.app.routes) if route.matches(request.scope)[0] is not Match.NONE]
    return sorted({method for route in taken for method in getattr(route, "methods", None) or ()})


def _routes_of(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """The routes themselves, those of routers that were included too."""
    for route in routes:
        included = getattr(route, "original_router", None)
        yield from [route] if included is None else _routes_of(included.routes)


def _fault(given: Mapping[str, Any]) -> Fault:
    rule = _RULES.get(given["type"], wrong.BadValue).__name__
    place = [str(part) for part in given["loc"] if part != "body"]
    words = str(given["msg"]).removeprefix("Value error, ")
    return Fault(rule=rule, at=_cut(".".join(place), MOST_PLACE) or "body", detail=_cut(words, MOST_WORDS))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most] + "…"
