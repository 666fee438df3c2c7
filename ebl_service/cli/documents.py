"""`ebl document`: check and send transport documents, read the document behind a title."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from ebl_service.cli.issuing import Particulars, opened_document, send
from ebl_service.cli.session import Session, at_the_desk

app = typer.Typer(help="Check and send transport documents; read those behind titles.", no_args_is_help=True)
Files = Annotated[list[Path], typer.Argument(metavar="DOCUMENT…", help="Transport documents (JSON).")]
Title = Annotated[str, typer.Argument(metavar="TITLE", help="The title's id.")]
Law = Annotated[str, typer.Option("--law", help="The law that governs the bill, such as 'English law'.")]
Jurisdiction = Annotated[str, typer.Option("--jurisdiction", help="The courts or arbitrators that decide.")]
Holder = Annotated[
    str | None, typer.Option("--holder", help="Account that receives the bill; default: the document's shipper.")
]
Out = Annotated[Path | None, typer.Option("--out", help="Write it here; default: standard output.")]


@app.command("check")
@at_the_desk
def checked(session: Session, files: Files, law: Law, jurisdiction: Jurisdiction, holder: Holder = None) -> None:
    """Check documents as sending them would, and keep nothing."""
    _tell(session, files, _sent(session, files, Particulars(law, jurisdiction, holder), dry_run=True))


@app.command("send")
@at_the_desk
def sent(session: Session, files: Files, law: Law, jurisdiction: Jurisdiction, holder: Holder = None) -> None:
    """Have documents kept; the answer (--json) holds the act that issues each, to be signed by the carrier's key."""
    _tell(session, files, _sent(session, files, Particulars(law, jurisdiction, holder), dry_run=False))


@app.command()
@at_the_desk
def show(session: Session, title: Title, out: Out = None) -> None:
    """Give the document behind a title, byte for byte as it was sent."""
    _write(session, session.api.download(f"/v1/titles/{title}/document"), out)


@app.command()
@at_the_desk
def record(session: Session, title: Title) -> None:
    """Show the record behind a title's commitment, and the salts that open it."""
    found = session.api.get(f"/v1/titles/{title}/record")
    lines = "\n".join(f"{name}: {value}" for name, value in found.items())
    session.show(found, lambda console: console.print(lines, markup=False))


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
        console.print(f"[bold green]{told['state']}[/] {told['file']} · title {title}")
        return
    console.print(f"[bold red]{told['state']}[/] {told['file']}: {told['problem']['rule']}")
    for breach in told["problem"]["breaches"]:
        said = (
            f"  {breach['path'] or 'document'}: {breach['wrong']}; right would be: {breach['right']} ({breach['rule']})"
        )
        console.print(said, markup=False)
    if not told["problem"]["breaches"]:
        console.print("  " + told["problem"]["detail"], markup=False)


def _write(session: Session, content: bytes, out: Path | None) -> None:
    if out is None:
        typer.echo(content, nl=False)
        return
    out.write_bytes(content)
    session.note(json.dumps({"file": str(out), "bytes": len(content)}))
