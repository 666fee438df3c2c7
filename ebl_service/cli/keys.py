"""`ebl key`: a party's key in an encrypted file."""

from pathlib import Path
from typing import Annotated

import typer

from ebl_service.cli.session import PasswordOption, Session, password, reads
from ebl_service.domain.terms import checksummed
from ebl_service.wallet import keystore
from ebl_service.wallet.key import PartyKey
from ebl_service.wallet.secret_file import private_key

app = typer.Typer(help="Make, import and look at keys.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(metavar="KEYSTORE", help="The encrypted file.")]


@app.command()
@reads
def new(session: Session, file: File, password_file: PasswordOption = None) -> None:
    """Make a new key."""
    _save(session, file, PartyKey.random(), password_file)


@app.command("import")
@reads
def bring(
    session: Session,
    file: File,
    key_file: Annotated[Path, typer.Option("--from", help="File with the key, 64 hexadecimal digits.")],
    password_file: PasswordOption = None,
) -> None:
    """Encrypt a key that stands in a file."""
    _save(session, file, PartyKey(private_key(key_file)), password_file)


@app.command()
@reads
def show(session: Session, file: File) -> None:
    """Print the account of a key; asks for no password."""
    account = checksummed(keystore.address_of(file))
    session.show({"account": account, "keystore": str(file)}, lambda console: console.print(account))


def _save(session: Session, file: Path, key: PartyKey, password_file: Path | None) -> None:
    keystore.save(file, key, password(password_file, twice=True))
    account = checksummed(key.address)
    session.show({"account": account, "keystore": str(file)}, lambda console: console.print(account))
    session.note(f"Kept in {file}. Keep a copy: without file and password what the account holds is out of reach.")
