"""`ebl certificates …`: what the ledger says of certificates of insurance, and walking all of them from the chain.

Rules kept: the walk needs no service, and what it then cannot know of documents it calls not checked, never good.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from ebl_service.cli.documents import write
from ebl_service.cli.naming import BILL, PARTY, Names, identified, short
from ebl_service.cli.serving import with_application
from ebl_service.cli.session import Session, reads
from ebl_service.cli.tables import headed, particulars
from ebl_service.cli.terminal import line, say_json, styled
from ebl_service.errors import LedgerDisagrees, NotFound

if TYPE_CHECKING:
    from rich.text import Text

    from ebl_service.bootstrap import Application

Json = dict[str, Any]
app = typer.Typer(no_args_is_help=True, help="Certificates of insurance: show, list, check.")
Certificate = Annotated[str, typer.Argument(metavar="CERTIFICATE", help="The certificate's id.")]
Title = Annotated[str, typer.Argument(metavar="BILL", help="The bill's number, or the title's id."), BILL]
Block = Annotated[int | None, typer.Option(help="As it stood at this block.")]
_STYLES = {"IN_FORCE": "green", "REVIEW": "yellow", "ENDED": "red"}


@app.command()
@reads
def show(session: Session, certificate: Certificate, block: Block = None) -> None:
    """Show a certificate: whom it assures, who is paid, what is covered until when."""
    found = session.api.get(f"/v1/certificates/{certificate}", block=block)
    session.show(identified("certificate", found), lambda console: _certificate(session, console, found))


@app.command()
@reads
def pdf(
    session: Session, certificate: Certificate, out: Annotated[Path, typer.Option("--out", help="Where to write it.")]
) -> None:
    """Give the document behind a certificate as PDF."""
    write(session, session.api.download(f"/v1/certificates/{certificate}/document.pdf"), out)


@app.command(name="list")
@reads
def list_(
    session: Session,
    title: Annotated[str | None, typer.Option(help="Tied to this bill's title."), BILL] = None,
    insurer: Annotated[str | None, typer.Option(help="Issued by this party."), PARTY] = None,
    assured: Annotated[str | None, typer.Option(help="Assuring this party."), PARTY] = None,
) -> None:
    """List certificates."""
    wanted = {"title": title, "insurer": insurer, "assured": assured}
    pages = session.api.pages("/v1/certificates", "certificates", **wanted)
    if session.as_json:
        for found in pages:
            say_json(identified("certificate", found))
        return
    listed = list(pages)
    names = Names.of(session, [each["titleId"] for each in listed], [each["assured"] for each in listed])
    table = headed("Certificate", "Status", "Bill", "Mode", "Assured")
    for each in listed:
        row = (short(each["id"]), _status(each), names.bill(each["titleId"]), each["mode"])
        table.add_row(*row, names.party(each["assured"]))
    session.console.print(table)


@app.command()
@reads
def cover(
    session: Session,
    title: Annotated[str, typer.Argument(metavar="BILL", help="The bill's number, or the title's id."), BILL],
    block: Block = None,
) -> None:
    """Show who is entitled under a title and who is assured, now or at any block."""
    path = f"/v1/titles/{title}/cover"
    found = session.api.get(path, block=block, limit=200)
    while (cursor := found.pop("nextCursor")) is not None:
        page = session.api.get(path, block=block, limit=200, after=cursor)
        found["certificates"] += page["certificates"]
        found["nextCursor"] = page["nextCursor"]
    session.show(found, lambda console: _cover(session, console, found))


@app.command()
@reads
def check(
    session: Session,
    every_block: Annotated[
        bool, typer.Option("--every-block", help="Compare at every block that changed one; needs an archive node.")
    ] = False,
    since: Annotated[
        int, typer.Option(min=0, help="… from this block on; the node must keep the states since then.")
    ] = 0,
    documents: Annotated[
        bool, typer.Option("--documents", help="Ask the service too, as you: what your documents fall short of.")
    ] = False,
) -> None:
    """Walk every certificate from the chain; exits with 7 where contract and events differ.

    With --documents the service (--api) tells what bill and terms of sale find wanting in each document that you may
    read, waived or not; documents that it does not show you are told as not checkable.
    """

    async def work(application: "Application") -> Json:
        found = await application.check_certificates(every_block=every_block, since=since)
        return {"report": found.told, "ids": found.ids}

    walked = with_application(work)
    report = walked["report"] | _documents(session, walked["ids"] if documents else None)
    session.show(report, lambda console: _report(console, report))
    if report["divergences"]:
        raise LedgerDisagrees(f"{len(report['divergences'])} times the contract says otherwise than the events")


def _documents(session: Session, ids: Iterable[str] | None) -> Json:
    """What the service says of the documents behind these certificates; None: it is not asked.

    Raises: as `Api.get`, but for documents that are not shown or not there any more.
    """
    if ids is None:
        return {"documentsChecked": 0, "discrepancies": None, "notCheckable": None}
    checked, discrepancies, unclear = 0, list[Json](), list[Json]()
    for each in ids:
        try:
            found = session.api.get(f"/v1/certificates/{each}/assessment")
        except NotFound as fault:
            unclear.append({"certificateId": each, "rule": None, "why": fault.message})
            continue
        checked += 1
        for verdict in found["verdicts"]:
            said = {"certificateId": each, "rule": verdict["rule"]}
            if verdict["outcome"] == "NOT_CHECKABLE":
                unclear.append(said | {"why": "the terms of sale do not say what it needs"})
            elif verdict["outcome"] != "PASSES":
                waived = [waiver["account"] for waiver in found["waivers"] if waiver["rule"] == verdict["rule"]]
                said |= {"outcome": verdict["outcome"], "breaches": verdict["breaches"], "waivedBy": waived}
                discrepancies.append(said)
    return {"documentsChecked": checked, "discrepancies": discrepancies, "notCheckable": unclear}


def _report(console: Console, report: Json) -> None:
    console.print(
        f"{report['certificates']} certificates up to block {report['head']}, compared at {report['blocks']} moments: "
        f"{len(report['divergences'])} divergences, {len(report['findings'])} to look at"
    )
    for each in report["divergences"]:
        said = f"{each['certificateId']} at block {each['blockNumber']}: {each['what']} is {each['contract']}"
        console.print(f"{said}, by the events {each['events']}")
    for each in report["findings"]:
        console.print(f"{each['certificateId']} is in {each['status']} (title {each['titleId']})")
    _documents_told(console, report)


def _documents_told(console: Console, report: Json) -> None:
    if report["discrepancies"] is None:
        console.print("documents: not checked, since no service was asked (--documents)")
        return
    console.print(
        f"{report['documentsChecked']} documents held against bill and terms of sale: "
        f"{len(report['discrepancies'])} discrepancies, {len(report['notCheckable'])} not checkable"
    )
    for each in report["discrepancies"]:
        where = "; ".join(f"{one['path']}: {one['wrong']}, {one['right']} is needed" for one in each["breaches"])
        waived = f" (waived by {', '.join(each['waivedBy'])})" if each["waivedBy"] else ""
        said = f"{each['certificateId']} {each['outcome']} {each['rule']}: {where}{waived}"
        console.print(said)
    for each in report["notCheckable"]:
        what = each["rule"] or "its document"
        console.print(f"{each['certificateId']} not checkable: {what}, {each['why']}")


def _status(found: Json) -> "Text":
    stands = found["status"] or "unknown"
    return styled(stands, _STYLES.get(stands, "dim"))


def _certificate(session: Session, console: Console, found: Json) -> None:
    names = Names.of(session, [found["titleId"]], [found[place] for place in ("insurer", "assured", "payee")])
    whole = {place: names.party(found[place], whole=True) for place in ("insurer", "assured", "payee")}
    rows = {
        "Certificate": found["id"],
        "Status": _status(found),
        "Insurer": whole["insurer"],
        "Bill": names.bill(found["titleId"]),
        "Title": found["titleId"],
        "Mode": found["mode"] + (" (released)" if found["isReleased"] else ""),
        "Assured": whole["assured"],
        "Claims paid to": whole["payee"],
        "Risk attaches": _parts(found["attachesAt"]),
        "Cancelled from": _parts(found["endsAt"]) or "not cancelled",
        "Claims": ", ".join(f"{each['number']} {each['status']}" for each in found["claims"]) or "none",
        "Acts so far": str(found["sequence"]),
        "Read at": f"block {found['readAt']['blockNumber']}, {found['finality']}",
    }
    console.print(particulars(rows))


def _cover(session: Session, console: Console, found: Json) -> None:
    listed = found["certificates"]
    places = [each[place] for each in listed for place in ("assured", "payee")]
    names = Names.of(session, accounts=[found["entitled"], *places])
    said = f" {names.party(found['entitled'], whole=True)}, at block {found['readAt']['blockNumber']}"
    console.print(line(styled("Entitled", "bold"), said))
    table = headed("Certificate", "Status", "Mode", "Assured", "Claims paid to")
    for each in listed:
        row = (short(each["id"]), _status(each), each["mode"])
        table.add_row(*row, names.party(each["assured"]), names.party(each["payee"]))
    console.print(table)


def _parts(times: dict[str, int | None]) -> str:
    return ", ".join(f"{name} {datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M}" for name, at in times.items() if at)
