"""The HTTP API, put together: routes, the answers to errors, the numbers, the OpenAPI description.

Leaves to others: the endpoints (one file a noun) and building the application (`bootstrap`, by way of `serving`).
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ebl_service.api import (
    api_keys,
    browser_docs,
    callbacks,
    certificates,
    cover,
    custody,
    documents,
    events,
    grants,
    health,
    insurance_documents,
    ledger,
    names,
    onboarding,
    parties,
    problems,
    profiles,
    sign_in,
    signing_certificates,
    submissions,
    surrender_requests,
    title_documents,
    titles,
    typed_data,
    verifications,
    waiting_acts,
)
from ebl_service.api.dcsa import endorsement_chains, issuance, surrender, webhooks
from ebl_service.api.dcsa.error_response import Versioned
from ebl_service.api.examples import described
from ebl_service.api.places import Bodies, Streams
from ebl_service.api.security_headers import SecurityHeaders
from ebl_service.api.unread_bodies import UnreadBodies
from ebl_service.bootstrap import Application

DESCRIPTION = """Electronic bills of lading on a ledger: ask for typed data, sign it with the party's own key,
submit it, read what the ledger says.

A write is a promise (202 with a submission); a read says at which block it was read and how sure it is. Errors are
RFC 9457 problems whose `rule` is the name of the rule that was broken: for an act, the contract's own error."""
VERSION = "0.1.0"
NOUNS = (
    sign_in,
    api_keys,
    typed_data,
    waiting_acts,
    submissions,
    documents,
    insurance_documents,
    cover,
    titles,
    certificates,
    surrender_requests,
    title_documents,
    verifications,
    grants,
    parties,
    profiles,
    names,
    events,
    ledger,
    health,
    issuance,
    surrender,
    endorsement_chains,
    onboarding,
    signing_certificates,
    custody,
    callbacks,
)
"""The files of endpoints, in the order of the description."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Counted by name; callers may make up any number of others."""
Opener = Callable[[], AbstractAsyncContextManager[Application]]


def create(opened: Opener | None = None) -> FastAPI:
    """The app. `opened`: gives the application while the server runs; None where only the description is wanted."""
    numbers = health.Numbers()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        assert opened is not None, "this app was made for its description"
        async with opened() as application:
            app.state.application = application
            settings = application.settings
            app.state.most_body_bytes = settings.most_body_bytes
            app.state.most_documents_body_bytes = settings.most_documents_body_bytes
            app.state.bodies = Bodies(
                max(settings.most_body_bytes, settings.most_documents_body_bytes, verifications.MOST_BODY)
            )
            app.state.streams = Streams()
            yield

    app = FastAPI(
        title="eBL Ledger",
        version=VERSION,
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.webhooks = webhooks.router
    problems.install(app)
    for noun in NOUNS:
        app.include_router(noun.router)
    app.include_router(browser_docs.router)
    app.include_router(health.metrics_endpoint(numbers))
    app.add_middleware(UnreadBodies)
    app.add_middleware(_Counted, numbers=numbers)
    app.add_middleware(Versioned)
    app.add_middleware(SecurityHeaders)
    app.openapi = lambda: _description(app)  # type: ignore[method-assign]  # FastAPI's own way to change it
    return app


class _Counted:
    """Counts what is answered, by route and status; streams pass through as they come.

    What nobody foresaw passes by as its exception, and is answered outside of here (`problems`).
    """

    def __init__(self, app: ASGIApp, numbers: health.Numbers) -> None:
        self._app = app
        self._numbers = numbers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        has_begun = False

        def count(answered: int) -> None:
            method = scope["method"] if scope["method"] in METHODS else "other"
            self._numbers.requests.labels(method, getattr(scope.get("route"), "path", "none"), answered).inc()

        async def counted(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                count(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, counted)
        finally:
            if not has_begun:
                count(HTTPStatus.INTERNAL_SERVER_ERROR)


def _description(app: FastAPI) -> dict[str, Any]:
    """OpenAPI as it is: faults of a request are 400 problems here, not FastAPI's 422 answers."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            webhooks=app.webhooks.routes,
        )
        schemas = made["components"]["schemas"]
        problem = problems.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= problem.pop("$defs") | {"Problem": problem}
        for operation in (
            each for path in (*made["paths"].values(), *made["webhooks"].values()) for each in path.values()
        ):
            answers = operation["responses"]
            if "application/problem+json" not in answers.get("422", {}).get("content", {}):
                answers.pop("422", None)
        described(made)
        schemas.pop("HTTPValidationError", None)
        schemas.pop("ValidationError", None)
        app.openapi_schema = made
    return app.openapi_schema
