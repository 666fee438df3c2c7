"""`ebl vault`: the master keys that documents are kept under."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ebl_service.cli.serving import with_application
from ebl_service.cli.session import Session, reads

if TYPE_CHECKING:
    from ebl_service.bootstrap import Application

app = typer.Typer(help="Master keys: make a new one, move all to it.", no_args_is_help=True)


@app.command()
@reads
def new_key(
    session: Session, file: Annotated[Path, typer.Argument(help="The file of master keys; made where it is not there.")]
) -> None:
    """Add a master key to the file: what is kept from the service's next start on is under it."""
    from ebl_service import bootstrap  # noqa: PLC0415 (it loads web3 and SQLAlchemy)

    name = bootstrap.new_master_key(file)
    session.show({"file": str(file), "masterKey": name}, lambda console: console.print(name))
    session.note(f"Added to {file}. Keep a copy elsewhere: without it no document can be read again.")


@app.command()
@reads
def rotate(session: Session) -> None:
    """Wrap every document's key anew under the newest master key; the documents themselves stay as they are.

    Start the service with the new key first: it must be able to read what is moved. What is named as free may then be
    taken out of the file.
    """

    async def work(application: "Application") -> dict[str, Any]:
        moved, free = await application.documents.keeping.rotate()
        return {"keysMoved": moved, "masterKeysFree": free}

    told = with_application(work)
    said = f"{told['keysMoved']} keys moved; free: {', '.join(told['masterKeysFree']) or 'none'}"
    session.show(told, lambda console: console.print(said, markup=False))
