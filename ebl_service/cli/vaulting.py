"""`ebl vault`: the master keys that documents are kept under."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ebl_service.cli.naming import BILL
from ebl_service.cli.serving import with_application
from ebl_service.cli.session import Session, locally, signs
from ebl_service.domain.terms import Address, TitleId
from ebl_service.errors.requests import BadValue

if TYPE_CHECKING:
    from ebl_service.bootstrap import Application
    from ebl_service.domain.destruction import Approval

app = typer.Typer(help="Master keys: make a new one, move all to it. Holds, and destroying keys.", no_args_is_help=True)
Title = Annotated[str, typer.Argument(metavar="TITLE", help="The title's id.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept on record.")]
Out = Annotated[Path, typer.Option("--out", help="Where to write the approval.")]


@app.command()
@locally
def new_key(
    session: Session, file: Annotated[Path, typer.Argument(help="The file of master keys; made where it is not there.")]
) -> None:
    """Add a master key to the file: what is kept from the service's next start on is under it."""
    from ebl_service import bootstrap

    name = bootstrap.new_master_key(file)
    session.show({"file": str(file), "masterKey": name}, lambda console: console.print(name))
    session.note(f"Added to {file}. Keep a copy elsewhere: without it no document can be read again.")


@app.command()
@locally
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
    session.show(told, lambda console: console.print(said))


@app.command()
@signs
def approve(session: Session, title: Annotated[Title, BILL], reason: Reason, out: Out) -> None:
    """Sign that the key of a title's document be destroyed: two approvers must, each with a key of their own."""
    from ebl_service.domain.destruction import Approval
    from ebl_service.domain.signed_act import titles_domain

    ledger = session.api.get("/v1/ledger")
    domain = titles_domain(ledger["chainId"], Address(ledger["titleRegistry"].lower()))
    approval = Approval(session.key.address, TitleId(title.lower()), reason, int(time.time()))
    words = approval.words(domain)
    session.confirm(words)
    told = {
        "account": approval.account,
        "titleId": approval.title_id,
        "reason": reason,
        "approvedAt": approval.approved_at,
        "signature": "0x" + session.key.sign_text(words).hex(),
    }
    try:
        out.write_text(json.dumps(told, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as fault:
        raise BadValue(f"{out} cannot be written: {fault}") from fault
    session.show({"file": str(out)}, lambda console: console.print(f"Approval written to {out}"))


@app.command()
@locally
def destroy(
    session: Session, approvals: Annotated[list[Path], typer.Argument(metavar="APPROVAL…", help="Two approvals.")]
) -> None:
    """Destroy the key of a document, for good: by two approvals, where its title has ended and no hold is on it."""
    given = [_approval(file) for file in approvals]
    title_id = given[0].title_id

    async def work(application: "Application") -> dict[str, Any]:
        await application.documents.destruction.destroy(title_id, given)
        return {"titleId": title_id, "destroyed": True}

    told = with_application(work)
    session.show(told, lambda console: console.print(f"The document of {title_id} can be read by nobody any more"))


@app.command()
@locally
def hold(session: Session, title: Title, reason: Reason) -> None:
    """Place a legal hold on a title's document: its key cannot be destroyed."""
    _hold(session, title, reason, is_placed=True)


@app.command()
@locally
def lift(session: Session, title: Title, reason: Reason) -> None:
    """Lift the legal hold on a title's document."""
    _hold(session, title, reason, is_placed=False)


def _hold(session: Session, title: str, reason: str, *, is_placed: bool) -> None:
    async def work(application: "Application") -> dict[str, Any]:
        await application.documents.destruction.hold(TitleId(title.lower()), reason, is_placed=is_placed)
        return {"titleId": title, "isHeld": is_placed}

    told = with_application(work)
    session.show(told, lambda console: console.print("Held" if is_placed else "Lifted"))


def _approval(file: Path) -> "Approval":
    from ebl_service.domain.destruction import Approval

    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        signature = bytes.fromhex(told["signature"].removeprefix("0x"))
        account, title_id = Address(told["account"].lower()), TitleId(told["titleId"].lower())
        return Approval(account, title_id, str(told["reason"]), int(told["approvedAt"]), signature)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise BadValue(f"{file} is no approval: {fault}") from fault
