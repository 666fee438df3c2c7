"""`ebl sign-in`, grants and reads: who may read a title beside its parties, and who has read its documents."""

import json
import time
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from ebl_service.cli.session import Session, reads
from ebl_service.cli.signing_in import sign_in as signed_in
from ebl_service.cli.tables import headed

DAY = 86_400
Title = Annotated[str, typer.Argument(metavar="TITLE", help="The title's id.")]


@reads
def sign_in(session: Session) -> None:
    """Sign in and print the token, for programs that ask the service themselves."""
    entered = signed_in(session.api, session.api_url, session.key)
    session.show(entered, lambda _: typer.echo(entered["token"]))


@reads
def grant(
    session: Session,
    title: Title,
    to: Annotated[str, typer.Option("--to", help="Account of the party that may read.")],
    days: Annotated[int, typer.Option(min=1, max=366, help="For how long.")] = 30,
) -> None:
    """Let another party read a title that you stand on."""
    until = int(time.time()) + days * DAY
    given = session.api.post(f"/v1/titles/{title}/grants", {"to": to, "expiresAt": until})
    session.show(given, lambda console: console.print(f"Grant {given['id']}: {given['grantee']} may read {title}"))


@reads
def grants(session: Session) -> None:
    """List the grants that you gave and that you were given."""
    _listed(session, "/v1/grants", "grants", ("id", "titleId", "granter", "grantee", "expiresAt"))


@reads
def revoke_grant(session: Session, number: Annotated[int, typer.Argument(metavar="GRANT", help="Its id.")]) -> None:
    """End a grant that you gave."""
    ended = session.api.post(f"/v1/grants/{number}/revoke")
    session.show(ended, lambda console: console.print(f"Ended grant {number} to {ended['grantee']}"))


@reads
def who_read(session: Session, title: Title) -> None:
    """List who read a title's document, record or picture, and when."""
    _listed(session, f"/v1/titles/{title}/reads", "reads", ("reader", "what", "means", "grantedBy", "readAt"))


def _listed(session: Session, path: str, items: str, columns: tuple[str, ...]) -> None:
    table = headed(*columns)
    for each in session.api.pages(path, items):
        if session.as_json:
            typer.echo(json.dumps(each))
        else:
            table.add_row(*[told(name, each[name]) for name in columns])
    if not session.as_json:
        session.console.print(table)


def told(name: str, value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if name.endswith("At"):
        return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%d %H:%M:%S")
    return ", ".join(value) if isinstance(value, list) else str(value)
