"""One command for each act on a title. Every one shows what it signs, signs it here and waits for its block."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ebl_service.cli.issuing import new_title, opened_document
from ebl_service.cli.session import Session, signs
from ebl_service.cli.signing import perform
from ebl_service.domain.transport_document.document_parties import document_parties
from ebl_service.errors.requests import BadValue

Title = Annotated[str, typer.Argument(metavar="TITLE", help="The title's id.")]
To = Annotated[str, typer.Option("--to", help="The receiving party's account.")]
Secret = Annotated[Path, typer.Option("--secret-file", help="File with the carrier's secret, for bill numbers' salts.")]
Opening = Annotated[
    Path, typer.Option("--opening", help="Where to keep salt and record: who has them can check the document.")
]


def _on(session: Session, verb: str, title: str, **arguments: Any) -> None:
    perform(session, {"verb": verb, "titleId": title, **arguments})


@signs
def issue(
    session: Session,
    document: Annotated[Path, typer.Argument(help="The transport document (DCSA JSON).")],
    holder: Annotated[str, typer.Option(help="Account that receives the bill, as a rule the shipper's.")],
    secret_file: Secret,
    opening: Opening,
    endorsee: Annotated[
        str | None, typer.Option(help="Endorsee's account, or consignee's of a straight bill; none: blank.")
    ] = None,
) -> None:
    """Issue a transport document as a title (carrier)."""
    content = opened_document(document)
    parties = document_parties(content)
    if (parties.made_out_to is None) != (endorsee is None):
        named = parties.made_out_to.name if parties.made_out_to else "nobody (blank)"
        raise BadValue(f"The document is made out to {named}: --endorsee must say the same")
    made = new_title(content, endorsee, secret_file, opening)
    perform(session, {"verb": "Issue", "carrier": session.key.address, "holder": holder, **made})


@signs
def transfer(session: Session, title: Title, to: To) -> None:
    """Pass possession on, without endorsing (holder)."""
    _on(session, "Transfer", title, to=to)


@signs
def endorse(session: Session, title: Title, to: To) -> None:
    """Endorse to a party that may not endorse further, and hand over."""
    _on(session, "Endorse", title, to=to)


@signs
def endorse_to_order(session: Session, title: Title, to: To) -> None:
    """Endorse to the order of a party, and hand over."""
    _on(session, "EndorseToOrder", title, to=to)


@signs
def endorse_in_blank(
    session: Session,
    title: Title,
    to: Annotated[str | None, typer.Option("--to", help="Who receives it; none: you keep it.")] = None,
) -> None:
    """Endorse in blank: whoever holds the bill then has its rights."""
    _on(session, "EndorseInBlank", title, to=to)


@signs
def reject_transfer(session: Session, title: Title) -> None:
    """Send back what was just received, as the very next act."""
    _on(session, "RejectTransfer", title)


@signs
def sign(session: Session, title: Title) -> None:
    """Put the holder's signature on record; withdraws acts that were signed and have not landed."""
    _on(session, "Sign", title)


@signs
def request_surrender(
    session: Session,
    title: Title,
    purpose: Annotated[str, typer.Option(help="delivery, amendment or paper.")] = "delivery",
    reason: Annotated[str, typer.Option(help="A code, such as SWTP, COD or SWI.")] = "",
) -> None:
    """Offer the bill back to the carrier."""
    _on(session, "RequestSurrender", title, purpose=purpose.upper(), reason=reason)


@signs
def withdraw_surrender(session: Session, title: Title) -> None:
    """Take back a request that the carrier left unanswered."""
    _on(session, "WithdrawSurrender", title)


@signs
def accept_surrender(session: Session, title: Title) -> None:
    """Take the bill in, for good (carrier)."""
    _on(session, "AcceptSurrender", title)


@signs
def reject_surrender(session: Session, title: Title) -> None:
    """Give the bill back as it was (carrier)."""
    _on(session, "RejectSurrender", title)


@signs
def replace(
    session: Session,
    old: Annotated[list[str], typer.Argument(metavar="OLD…", help="Titles surrendered for amendment by one party.")],
    document: Annotated[list[Path], typer.Option(help="A new document; repeat for several.")],
    secret_file: Secret,
    openings: Annotated[Path, typer.Option("--openings", help="Folder to keep the salts and records in.")],
    endorsee: Annotated[
        list[str] | None, typer.Option(help="Endorsee of each document in turn; 'none' for blank.")
    ] = None,
    version: Annotated[list[int] | None, typer.Option(help="Version of each in turn; default 1.")] = None,
) -> None:
    """Issue new titles in place of surrendered ones (carrier): amend, divide or consolidate."""
    endorsees, versions = endorsee or ["none"] * len(document), version or [1] * len(document)
    if not len(document) == len(endorsees) == len(versions):
        raise BadValue("Name one --endorsee and one --version for each --document, or none at all")
    made = []
    for file, to, number in zip(document, endorsees, versions, strict=True):
        opening = openings / f"{file.stem}-v{number}.opening.json"
        named = None if to == "none" else to
        made.append({**new_title(opened_document(file), named, secret_file, opening), "version": number})
    perform(session, {"verb": "Replace", "carrier": session.key.address, "oldIds": old, "newTitles": made})


COMMANDS = (
    issue,
    transfer,
    endorse,
    endorse_to_order,
    endorse_in_blank,
    reject_transfer,
    sign,
    request_surrender,
    withdraw_surrender,
    accept_surrender,
    reject_surrender,
    replace,
)
"""In the order of a bill's life."""
