"""What every endpoint is handed: the application, and the caller's bearer token."""

from typing import Annotated

from fastapi import Depends, Header, Path, Query, Request

from ebl_service.api.fields import AccountField, TitleIdField
from ebl_service.bootstrap import Application


def _application(request: Request) -> Application:
    application: Application = request.app.state.application
    return application


def _token(
    authorization: Annotated[str | None, Header(description="Bearer and the registrar's token")] = None,
) -> str | None:
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


App = Annotated[Application, Depends(_application)]
Token = Annotated[str | None, Depends(_token)]
TitleIdPath = Annotated[TitleIdField, Path(description="The title's id")]
AccountPath = Annotated[AccountField, Path(description="The party's account")]
Limit = Annotated[int, Query(ge=1, le=200, description="Most items on a page")]
After = Annotated[str | None, Query(max_length=200, description="`nextCursor` of the page before")]
