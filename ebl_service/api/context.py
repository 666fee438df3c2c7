"""What every endpoint is handed: the application. Who asks: `api.caller`."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request

from ebl_service.api.fields import AccountField, TitleIdField
from ebl_service.bootstrap import Application


def _application(request: Request) -> Application:
    application: Application = request.app.state.application
    return application


App = Annotated[Application, Depends(_application)]
TitleIdPath = Annotated[TitleIdField, Path(description="The title's id")]
AccountPath = Annotated[AccountField, Path(description="The party's account")]
Limit = Annotated[int, Query(ge=1, le=200, description="Most items on a page")]
After = Annotated[str | None, Query(max_length=200, description="`nextCursor` of the page before")]
