"""`ebl sign-in`, grants and reads: who may read a title beside its parties, and who has read its documents."""

import time
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from ebl_service.cli.naming import BILL, PARTY, Names, identified
from ebl_service.cli.session import Session, reads
from ebl_service.cli.tables import headed
from ebl_service.cli.terminal import say, say_json

DAY = 86_400
PARTIES = ("granter", "grantee", "reader", "grantedBy")
"""Columns that name parties."""
Title = Annotated[str, typer.Argument(metavar="BILL", help="The bill's number, or the title's id."), BILL]


@reads
def sign_in(session: Session) -> None:
    """Sign in and print the token, for programs that ask the service themselves."""
    from ebl_service.cli.signing_in import sign_in as signed_in

    entered = signed_in(session.api, session.api_url, session.key)
    session.show(entered, lambda _: say(entered["token"]))


@reads
def sign_out(session: Session) -> None:
    """End the session that earlier commands of this keystore left for later ones."""
    done = {"wasSignedIn": session.sign_out()}
    session.show(done, lambda console: console.print("Signed out" if done["wasSignedIn"] else "You were not signed in"))


@reads
def grant(
    session: Session,
    title: Title,
    to: Annotated[str, typer.Option("--to", help="Who may read: account, PROVIDER:CODE or legal name."), PARTY],
    days: Annotated[int, typer.Option(min=1, max=366, help="For how long.")] = 30,
) -> None:
    """Let another party read a title that you stand on."""
    until = int(time.time()) + days * DAY
    given = session.api.post(f"/v1/titles/{title}/grants", {"to": to, "expiresAt": until})
    said = f"Grant {given['id']}: {given['grantee']} may read {title}"
    session.show(identified("grant", given), lambda console: console.print(said))


@reads
def grants(session: Session) -> None:
    """List the grants that you gave and that you were given."""
    _listed(session, "/v1/grants", "grants", ("grantId", "titleId", "granter", "grantee", "expiresAt"))


@reads
def revoke_grant(session: Session, number: Annotated[int, typer.Argument(metavar="GRANT", help="Its id.")]) -> None:
    """End a grant that you gave."""
    ended = session.api.post(f"/v1/grants/{number}/revoke")
    said = f"Ended grant {number} to {ended['grantee']}"
    session.show(identified("grant", ended), lambda console: console.print(said))


@reads
def who_read(session: Session, title: Title) -> None:
    """List who read a title's document, record or picture, and when."""
    _listed(session, f"/v1/titles/{title}/reads", "reads", ("reader", "what", "means", "grantedBy", "readAt"))


def _listed(session: Session, path: str, items: str, columns: tuple[str, ...]) -> None:
    listed = [identified("grant", each) if "id" in each else each for each in session.api.pages(path, items)]
    if session.as_json:
        for each in listed:
            say_json(each)
        return
    who = [each[name] for each in listed for name in columns if name in PARTIES]
    names = Names.of(session, [each["titleId"] for each in listed if "titleId" in each], who)
    table = headed(*columns)
    for each in listed:
        table.add_row(*[_named(names, name, each[name]) for name in columns])
    session.console.print(table)


def _named(names: Names, column: str, value: Any) -> str:
    """A cell as people read it."""
    if column in PARTIES:
        return names.party(value, "")
    return names.bill(value) if column == "titleId" else told(column, value)


def told(name: str, value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if name.endswith("At"):
        return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%d %H:%M:%S")
    return ", ".join(value) if isinstance(value, list) else str(value)
