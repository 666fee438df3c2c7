"""`ebl api-key`: keys for machines, made by a party that signs in, or by the operator."""

from pathlib import Path
from typing import Annotated

import typer

from ebl_service.cli.access import told
from ebl_service.cli.naming import PARTY, identified
from ebl_service.cli.session import Session, at_the_desk
from ebl_service.cli.tables import headed
from ebl_service.cli.terminal import say_json
from ebl_service.errors.requests import BadValue
from ebl_service.wallet.secret_file import write_secret

app = typer.Typer(help="Make, list and revoke keys for machines.", no_args_is_help=True)
COLUMNS = ("apiKeyId", "name", "account", "scopes", "expiresAt", "revokedAt", "lastUsedAt")


@app.command()
@at_the_desk
def make(
    session: Session,
    name: Annotated[str, typer.Option(help="What it is for.")],
    out: Annotated[Path, typer.Option("--out", help="File to write the key to; nobody can show it again.")],
    scope: Annotated[list[str], typer.Option(help="read, submit, issue, platform or operate; repeatable.")],
    days: Annotated[int, typer.Option(min=1, max=366, help="For how long it counts.")] = 90,
    account: Annotated[str | None, typer.Option(help="For which party the operator makes it."), PARTY] = None,
) -> None:
    """Make a key."""
    if out.exists():
        raise BadValue(f"{out} is already there", {"at": "out"}, "Name another file.")
    asked = {"name": name, "scopes": scope, "days": days} | ({"account": account} if account else {})
    made = session.api.post("/v1/api-keys", asked)
    write_secret(out, made.pop("key"))
    said = f"Key {made['id']} written to {out}"
    session.show(identified("apiKey", made) | {"file": str(out)}, lambda console: console.print(said))


@app.command("list")
@at_the_desk
def found(session: Session) -> None:
    """List your keys; the operator's and every party's for the operator."""
    table = headed(*COLUMNS)
    for each in session.api.pages("/v1/api-keys", "apiKeys"):
        key = identified("apiKey", each)
        if session.as_json:
            say_json(key)
        else:
            table.add_row(*[told(name, key[name]) for name in COLUMNS])
    if not session.as_json:
        session.console.print(table)


@app.command()
@at_the_desk
def revoke(session: Session, key: Annotated[str, typer.Argument(metavar="KEY", help="Its id.")]) -> None:
    """End a key for good."""
    ended = session.api.post(f"/v1/api-keys/{key}/revoke")
    session.show(identified("apiKey", ended), lambda console: console.print(f"Ended key {key}, {ended['name']}"))
