"""`ebl document`: check and send transport documents, read the document behind a title."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from ebl_service.cli.issuing import Particulars, opened_document, send
from ebl_service.cli.naming import BILL, PARTY
from ebl_service.cli.session import Session, reads
from ebl_service.cli.tables import headed
from ebl_service.cli.terminal import line, say_bytes, styled
from ebl_service.errors.requests import BadValue

app = typer.Typer(help="Check and send transport documents; read those behind titles.", no_args_is_help=True)
Files = Annotated[list[Path], typer.Argument(metavar="DOCUMENT…", help="Transport documents (JSON).")]
Title = Annotated[str, typer.Argument(metavar="BILL", help="The bill's number, or the title's id."), BILL]
Law = Annotated[str, typer.Option("--law", help="The law that governs the bill, such as 'English law'.")]
Jurisdiction = Annotated[str, typer.Option("--jurisdiction", help="The courts or arbitrators that decide.")]
Holder = Annotated[
    str | None,
    typer.Option(
        "--holder",
        help="Who receives the bill; default: the document's shipper.",
    ),
    PARTY,
]
Out = Annotated[Path | None, typer.Option("--out", help="Write it here; default: standard output.")]


@app.command("check")
@reads
def checked(session: Session, files: Files, law: Law, jurisdiction: Jurisdiction, holder: Holder = None) -> None:
    """Check documents as sending them would, and keep nothing."""
    _tell(session, files, _sent(session, files, Particulars(law, jurisdiction, holder), dry_run=True))


@app.command("send")
@reads
def sent(session: Session, files: Files, law: Law, jurisdiction: Jurisdiction, holder: Holder = None) -> None:
    """Have documents kept; the answer (--json) holds the act that issues each, to be signed by the carrier's key."""
    _tell(session, files, _sent(session, files, Particulars(law, jurisdiction, holder), dry_run=False))


@app.command()
@reads
def show(session: Session, title: Title, out: Out = None) -> None:
    """Give the document behind a title, byte for byte as it was sent."""
    write(session, session.api.download(f"/v1/titles/{title}/document"), out)


@app.command()
@reads
def record(session: Session, title: Title) -> None:
    """Show the record behind a title's commitment, and the salts that open it."""
    found = session.api.get(f"/v1/titles/{title}/record")
    lines = "\n".join(f"{name}: {value}" for name, value in found.items())
    session.show(found, lambda console: console.print(lines))


@app.command()
@reads
def pdf(
    session: Session,
    title: Title,
    out: Annotated[Path, typer.Option("--out", help="Where to write it.")],
    by: Annotated[str | None, typer.Option(help="carrier or ledger; default: the carrier's where it sent one.")] = None,
) -> None:
    """Give the bill behind a title as PDF."""
    query = f"?by={by}" if by else ""
    write(session, session.api.download(f"/v1/titles/{title}/document.pdf{query}"), out)


@app.command()
@reads
def paper(
    session: Session,
    title: Title,
    out: Annotated[Path, typer.Option("--out", help="Folder to write the originals in.")],
    originals: Annotated[int, typer.Option(min=1, max=9, help="How many originals are signed alike.")] = 3,
) -> None:
    """Print the originals on paper of a title that was surrendered for paper (carrier)."""
    for number in range(1, originals + 1):
        content = session.api.download(f"/v1/titles/{title}/paper.pdf?original={number}&originals={originals}")
        write(session, content, out / f"original-{number}-of-{originals}.pdf")


@app.command()
@reads
def amendments(session: Session, title: Title) -> None:
    """Show what every replacement that led to a title changed, field by field."""
    for found in session.api.pages(f"/v1/titles/{title}/amendments", "amendments"):
        session.show(found, lambda console, found=found: _amendment(console, found))  # type: ignore[misc]


def _amendment(console: Console, found: dict[str, Any]) -> None:
    console.print(f"{found['newTitleId']} in the place of {found['oldTitleId']}")
    if found["changes"] is None:
        console.print("  one of the two documents is not kept here")
        return
    table = headed("Field", "Old", "New")
    for change in found["changes"]:
        old = json.dumps(change["old"], ensure_ascii=False) if change["wasThere"] else ""
        new = json.dumps(change["new"], ensure_ascii=False) if change["isThere"] else ""
        table.add_row(change["path"], old, new)
    console.print(table)


def _sent(session: Session, files: list[Path], particulars: Particulars, *, dry_run: bool) -> list[dict[str, Any]]:
    answer = send(session, [opened_document(file) for file in files], particulars, dry_run=dry_run)
    results: list[dict[str, Any]] = answer["results"]
    return results


def _tell(session: Session, files: list[Path], results: list[dict[str, Any]]) -> None:
    for file, result in zip(files, results, strict=True):
        told = {"file": str(file), **result}
        session.show(told, lambda console, told=told: _result(console, told))  # type: ignore[misc]
    if any(result["state"] == "REFUSED" for result in results):
        raise typer.Exit(2)


def _result(console: Console, told: dict[str, Any]) -> None:
    if told["problem"] is None:
        title = told["document"]["titleId"]
        console.print(line(styled(told["state"], "bold green"), f" {told['file']} · title {title}"))
        for each in told["document"]["advice"]:
            said = f"  {each['path'] or 'document'}: {each['wrong']}; look at: {each['right']} ({each['rule']})"
            console.print(line(styled("advice", "yellow"), said))
        return
    console.print(line(styled(told["state"], "bold red"), f" {told['file']}: {told['problem']['rule']}"))
    for breach in told["problem"]["breaches"]:
        said = (
            f"  {breach['path'] or 'document'}: {breach['wrong']}; right would be: {breach['right']} ({breach['rule']})"
        )
        console.print(said)
    if not told["problem"]["breaches"]:
        console.print("  " + told["problem"]["detail"])


def write(session: Session, content: bytes, out: Path | None) -> None:
    """Write what was given to a file, or to standard output. Raises: BadValue where it cannot be written."""
    if out is None:
        say_bytes(content)
        return
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(content)
    except OSError as fault:
        raise BadValue(f"{out} cannot be written: {fault}") from fault
    told = {"file": str(out), "bytes": len(content)}
    session.show(told, lambda console: console.print(f"{len(content)} bytes written to {out}"))
