"""`ebl show`, `ebl history`, `ebl allowed`, `ebl watch`: what the ledger says."""

import json
import time
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from ebl_service.cli.reader import end_with_reader
from ebl_service.cli.session import Session, reads
from ebl_service.cli.tables import headed, particulars

Title = Annotated[str, typer.Argument(metavar="TITLE", help="The title's id.")]
PAUSE_SECONDS = 1
_STYLES = {"ISSUED": "green", "REPLACED": "dim"}


@reads
def show(
    session: Session, title: Title, block: Annotated[int | None, typer.Option(help="As it stood at this block.")] = None
) -> None:
    """Show a title: who holds it, to whom it is endorsed, who is entitled."""
    found = session.api.get(f"/v1/titles/{title}", block=block)
    session.show(found, lambda console: _title(console, found))


@reads
def titles(
    session: Session,
    holder: Annotated[str | None, typer.Option(help="Held by this account.")] = None,
    endorsee: Annotated[str | None, typer.Option(help="Endorsed to it.")] = None,
    carrier: Annotated[str | None, typer.Option(help="Issued by it.")] = None,
    status: Annotated[str | None, typer.Option(help="Such as issued or surrendered_for_delivery.")] = None,
) -> None:
    """List titles."""
    wanted = {"holder": holder, "endorsee": endorsee, "carrier": carrier, "status": status.upper() if status else None}
    table = headed("Title", "Status", "Holder", "Endorsee", "Acts")
    for found in session.api.pages("/v1/titles", "titles", **wanted):
        if session.as_json:
            typer.echo(json.dumps(found))
        else:
            table.add_row(
                found["id"], _status(found), found["holder"], found["endorsee"] or "blank", str(found["sequence"])
            )
    if not session.as_json:
        session.console.print(table)


@reads
def history(
    session: Session,
    title: Title,
    carrier_view: Annotated[bool, typer.Option("--carrier-view", help="As carriers' chains show it.")] = False,
) -> None:
    """Show a title's endorsement chain, oldest act first."""
    view = "carrier" if carrier_view else "all"
    chain = session.api.get(f"/v1/titles/{title}/endorsement-chain", view=view)
    session.show(chain, lambda console: _chain(console, chain))


@reads
def surrender_requests(session: Session, title: Title) -> None:
    """Show what became of the requests to surrender a title, and what the carrier said."""
    found = session.api.get(f"/v1/titles/{title}/surrender-requests")

    def told(console: Console) -> None:
        table = headed("Purpose", "Requested by", "Requested", "Asked for", "Outcome", "The carrier said")
        for each in found["surrenderRequests"]:
            asked_for = ": ".join(part for part in (each["reason"], each["requestComments"]) if part)
            feedback = [element["message"] for element in each["feedbackElements"] if element["message"]]
            said = "; ".join(part for part in (each["comments"], *feedback) if part)
            row = (each["purpose"], each["requestedBy"], _moment(each["requestedAt"]), escape(asked_for))
            table.add_row(*row, each["outcome"], escape(said))
        console.print(table)

    session.show(found, told)


@reads
def allowed(session: Session, title: Title, party: Annotated[str, typer.Option(help="Who would act.")]) -> None:
    """Show what a party may do with a title now, and why not the rest."""
    found = session.api.get(f"/v1/titles/{title}/allowed-acts", party=party)

    def told(console: Console) -> None:
        for act in found["acts"]:
            reason = act["refusal"]
            why = f"[red]no[/]   {reason['rule']}: {reason['detail']}" if reason else "[green]yes[/]"
            console.print(f"{act['verb']:<18} {why}")

    session.show(found, told)


@reads
def watch(
    session: Session,
    after: Annotated[str | None, typer.Option(help="Resume after this line's id.")] = None,
    follow: Annotated[bool, typer.Option("--follow/--no-follow", help="Stay for what comes.")] = True,
) -> None:
    """Print the ledger's events as they happen; what a reorganisation removes comes as 'retracted'."""
    end_with_reader()
    last = after
    while True:
        for entry_id, data in session.api.lines("/v1/events", last, follow=str(follow).lower()):
            _event(session, entry_id, {"kind": "gaps"} | json.loads(data))
            last = entry_id
        if not follow:
            return
        time.sleep(PAUSE_SECONDS)  # the stream has ended with the sign-in, or with the service


def _event(session: Session, entry_id: str, told: dict[str, Any]) -> None:
    if session.as_json:
        typer.echo(json.dumps({"id": entry_id, **told}, ensure_ascii=False))
        return
    kind = told["kind"]
    colour = {"retracted": "red", "final": "green"}.get(kind, "yellow")
    said = f"{told.get('titleId') or told.get('account') or ''}"
    if kind == "gaps":
        said += ": " + (", ".join(gap["kind"] for gap in told["gaps"]) or "none")
    else:
        said = f"block {told['blockNumber']} {told['event']} {said}"
    session.console.print(f"[dim]{entry_id}[/] [{colour}]{kind:<9}[/] {escape(said)}")


def _status(title: dict[str, Any]) -> str:
    style = _STYLES.get(title["status"], "yellow" if title["status"].startswith("PENDING") else "cyan")
    return f"[{style}]{title['status']}[/]"


def _title(console: Console, title: dict[str, Any]) -> None:
    kind = ("blank" if title["isBlank"] else "to order") if title["isToOrder"] else "straight"
    rows = {
        "Title": title["id"],
        "Status": _status(title),
        "Kind": kind,
        "Carrier": title["carrier"],
        "Holder": title["holder"],
        "Endorsee" if title["isToOrder"] else "Consignee": title["endorsee"] or "nobody (blank)",
        "Entitled": title["entitled"],
        "Acts so far": str(title["sequence"]),
        "Last act": _moment(title["actedAt"]),
        "Read at": f"block {title['readAt']['blockNumber']}, {title['finality']}",
    }
    console.print(particulars(rows))


def _chain(console: Console, chain: dict[str, Any]) -> None:
    table = headed("Act", "DCSA", "Actor", "Recipient", "Time", "Block")
    for entry in chain["entries"]:
        row = (entry["event"], entry["code"] or "-", entry["actor"], entry["recipient"] or "-")
        table.add_row(*row, _moment(entry["time"]), str(entry["blockNumber"]))
    console.print(table)


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
