"""One command for each act on a title. Every one shows what it signs, signs it here and waits for its block."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ebl_service.cli.documents import Holder, Jurisdiction, Law
from ebl_service.cli.issuing import Particulars, keep, opened_document, send, verified
from ebl_service.cli.naming import ACCOUNT, BILL, PARTY
from ebl_service.cli.session import Session, signs
from ebl_service.cli.signing import perform, sign_prepared, submit
from ebl_service.domain.profile import name_key
from ebl_service.errors.requests import BadValue

Title = Annotated[str, typer.Argument(metavar="BILL", help="The bill's number, or the title's id."), BILL]
To = Annotated[str, typer.Option("--to", help="Who receives it: account, PROVIDER:CODE or legal name."), PARTY]
Secret = Annotated[
    Path | None,
    typer.Option("--secret-file", help="Your own secret for bill numbers' salts; else the service has one."),
]
Picture = Annotated[Path | None, typer.Option("--picture", help="Your own PDF of the bill.")]
Paper = Annotated[
    list[str] | None,
    typer.Option("--paper-original", help="NUMBER@PLACE of an original on paper that was surrendered; repeatable."),
]
Olds = Annotated[list[str], typer.Argument(metavar="OLD…", help="Bills surrendered for amendment by one party."), BILL]


def _on(session: Session, verb: str, title: str, **arguments: Any) -> None:
    perform(session, {"verb": verb, "titleId": title, **arguments})


@signs
def issue(
    session: Session,
    document: Annotated[Path, typer.Argument(help="The transport document (JSON).")],
    law: Law,
    jurisdiction: Jurisdiction,
    holder: Holder = None,
    endorsee: Annotated[
        str | None, typer.Option(help="Insist that this party is the endorsee or consignee; 'none': blank.")
    ] = None,
    picture: Picture = None,
    paper_original: Paper = None,
    secret_file: Secret = None,
    opening: Annotated[Path | None, typer.Option(help="Also keep record and salts in this file.")] = None,
) -> None:
    """Send a transport document, and issue it as a title (carrier)."""
    content = opened_document(document)
    originals = tuple(_original(each) for each in paper_original or ())
    particulars = Particulars(law, jurisdiction, holder, picture, secret_file, originals)
    result = send(session, [content], particulars)["results"][0]
    made = verified(content, particulars, result["document"], session.key.address)
    _insist(session, endorsee, made["endorsee"])
    if opening is not None:
        keep(opening, result["document"])
    asked = {"verb": "Issue", "titleId": result["document"]["titleId"], **made}
    asked |= {"holder": holder} if holder else {}
    submit(session, sign_prepared(session, asked, result["act"]))


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
    to: Annotated[str | None, typer.Option("--to", help="Who receives it; none: you keep it."), PARTY] = None,
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
    comments: Annotated[
        str | None, typer.Option(help="What you ask of the carrier, in words: up to 255 characters, off the ledger.")
    ] = None,
) -> None:
    """Offer the bill back to the carrier."""
    words = {} if comments is None else {"comments": comments}
    _on(session, "RequestSurrender", title, purpose=purpose.upper(), reason=reason, **words)


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
    old: Annotated[
        list[str], typer.Argument(metavar="OLD…", help="Bills surrendered for amendment by one party."), BILL
    ],
    document: Annotated[list[Path], typer.Option(help="A new document; repeat for several.")],
    law: Law,
    jurisdiction: Jurisdiction,
    secret_file: Secret = None,
    openings: Annotated[Path | None, typer.Option(help="Folder to keep records and salts in as well.")] = None,
) -> None:
    """Issue new titles in place of surrendered ones (carrier): amend, divide or consolidate."""
    contents = [opened_document(file) for file in document]
    particulars = Particulars(law, jurisdiction, secret_file=secret_file)
    answer = send(session, contents, particulars, replaces=old)
    made = []
    for file, content, result in zip(document, contents, answer["results"], strict=True):
        shown = result["document"]
        made.append({**verified(content, particulars, shown, session.key.address), "version": shown["version"]})
        if openings is not None:
            keep(openings / f"{file.stem}-v{shown['version']}.opening.json", shown)
    asked = {"verb": "Replace", "oldIds": [each.lower() for each in old], "newTitles": made}
    submit(session, sign_prepared(session, asked, answer["act"]))


def _insist(session: Session, wanted: str | None, found: str | None) -> None:
    """`wanted`: account, code or legal name, or none. Raises: BadValue where the document names another."""
    if wanted is None or (found or "none").lower() == wanted.lower():
        return
    profile = session.api.get(f"/v1/parties/{found}/profile") if found and not ACCOUNT.fullmatch(wanted) else None
    codes = [f"{each['codeListProvider']}:{each['partyCode']}" for each in (profile or {}).get("identifyingCodes", ())]
    if profile is None or (wanted not in codes and name_key(profile["legalName"]) != name_key(wanted)):
        raise BadValue(f"The document is made out to {found or 'nobody (blank)'}, not to {wanted}")


def _original(text: str) -> tuple[str, str]:
    number, at, place = text.partition("@")
    if not (at and number.strip() and place.strip()):
        raise BadValue(f"--paper-original {text!r} must be NUMBER@PLACE, such as 'HLCU123-1/3@Shanghai'")
    return number.strip(), place.strip()


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
