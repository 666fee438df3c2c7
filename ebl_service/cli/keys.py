"""`ebl key`: a party's key in an encrypted file."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ebl_service.cli.session import PasswordOption, Session, locally
from ebl_service.cli.signing import signature
from ebl_service.cli.terminal import say_json
from ebl_service.domain.terms import checksummed
from ebl_service.errors.requests import BadValue
from ebl_service.wallet.secret_file import private_key

if TYPE_CHECKING:
    from ebl_service.wallet.key import PartyKey

app = typer.Typer(help="Make, import and look at keys.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(metavar="KEYSTORE", help="The encrypted file.")]


@app.command()
@locally
def new(session: Session, file: File, password_file: PasswordOption = None) -> None:
    """Make a new key."""
    from ebl_service.wallet.key import PartyKey

    _save(session, file, PartyKey.random(), password_file)


@app.command("import")
@locally
def bring(
    session: Session,
    file: File,
    key_file: Annotated[Path, typer.Option("--from", help="File with the key, 64 hexadecimal digits.")],
    password_file: PasswordOption = None,
) -> None:
    """Encrypt a key that stands in a file."""
    from ebl_service.wallet.key import PartyKey

    _save(session, file, PartyKey(private_key(key_file)), password_file)


@app.command()
@locally
def show(session: Session, file: File) -> None:
    """Print the account of a key; asks for no password."""
    from ebl_service.wallet import keystore

    account = checksummed(keystore.address_of(file))
    session.show({"account": account, "keystore": str(file)}, lambda console: console.print(account))


@app.command()
@locally
def sign(
    session: Session,
    file: File,
    prepared: Annotated[Path, typer.Argument(metavar="TYPED_DATA", help="An answer of /v1/typed-data.")],
    password_file: PasswordOption = None,
) -> None:
    """Sign an answer of /v1/typed-data; prints the body for /v1/submissions (of a join: for /v1/parties)."""
    told = _prepared(prepared)
    data = told["typedData"]
    session.note(str(told["sentence"]))
    session.keystore, session.password_file = file, password_file
    signed = {"typedData": data, "signature": signature(session, data)}
    is_join = data["primaryType"] == "Join"
    body = signed if is_join else {"acts": [{**signed, "signer": checksummed(session.key.address)}]}
    say_json(body)


def _prepared(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_bytes())
        data = {name: told["typedData"][name] for name in ("primaryType", "domain", "message")}
        return {"sentence": told["sentence"], "typedData": data}
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise BadValue(f"{path} is no answer of /v1/typed-data: {fault}") from fault


def _save(session: Session, file: Path, key: "PartyKey", password_file: Path | None) -> None:
    from ebl_service.wallet import keystore

    keystore.save(file, key, session.password(password_file, twice=True))
    account = checksummed(key.address)
    session.show({"account": account, "keystore": str(file)}, lambda console: console.print(account))
    session.note(f"Kept in {file}. Keep a copy: without file and password what the account holds is out of reach.")
