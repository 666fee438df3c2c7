"""`ebl show`, `ebl titles`, `ebl history`, `ebl allowed`, `ebl surrender-requests`: what the ledger says."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ebl_service.cli.naming import BILL, PARTY, Names, identified, short
from ebl_service.cli.session import Session, reads
from ebl_service.cli.tables import headed, particulars
from ebl_service.cli.terminal import is_terminal, line, say_json, styled
from ebl_service.errors.requests import BadValue

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

Json = dict[str, Any]
Title = Annotated[str, typer.Argument(metavar="BILL", help="The bill's number, or the title's id."), BILL]
WIDTH_WITHOUT_NAMES = 53
"""Of a list of titles: a number of 20 characters, the longest status, and what is between columns."""
_STYLES = {"ISSUED": "green", "REPLACED": "dim"}


@reads
def show(
    session: Session, title: Title, block: Annotated[int | None, typer.Option(help="As it stood at this block.")] = None
) -> None:
    """Show a title: who holds it, to whom it is endorsed, who is entitled, for whom it waits."""
    found = session.api.get(f"/v1/titles/{title}", block=block)
    session.show(identified("title", found), lambda console: _title(session, console, found))


@reads
def titles(
    session: Session,
    holder: Annotated[str | None, typer.Option(help="Held by this party."), PARTY] = None,
    endorsee: Annotated[str | None, typer.Option(help="Endorsed to it."), PARTY] = None,
    carrier: Annotated[str | None, typer.Option(help="Issued by it."), PARTY] = None,
    status: Annotated[str | None, typer.Option(help="Such as issued or surrendered_for_delivery.")] = None,
    past: Annotated[bool, typer.Option("--past", help="Those that you passed on, as your last act left them.")] = False,
) -> None:
    """List your titles, and for whom each waits; with --past those that were yours."""
    if past and status:
        raise BadValue("--past goes without --status: how those titles stand now is not yours to see")
    wanted = {"holder": holder, "endorsee": endorsee, "carrier": carrier, "status": status.upper() if status else None}
    pages = session.api.pages("/v1/titles", "titles", part="past" if past else None, **wanted)
    if session.as_json:
        for found in pages:
            say_json(identified("title", found))
        return
    listed = list(pages)
    accounts = [each[place] for each in listed for place in ("carrier", "holder", "endorsee")]
    names = Names.of(session, [each["id"] for each in listed], accounts)
    table = headed("Bill", "Status", "Holder", "Endorsee", "Waits for", *([] if is_terminal() else ["Title"]))
    if is_terminal():
        for column in table.columns[2:]:  # names give way, a bill's number never
            column.max_width = max(8, (session.console.width - WIDTH_WITHOUT_NAMES) // 3)
    for each in listed:
        waits = "-" if past else _waits_for(session, each, names)
        row = (names.bill(each["id"]), _in_words(each), names.party(each["holder"]), _endorsee(each, names), waits)
        table.add_row(*row, *([] if is_terminal() else [each["id"]]))
    session.console.print(table)
    if not listed:
        session.note("None." if past else "None. Those that you passed on: ebl titles --past")


@reads
def history(
    session: Session,
    title: Title,
    carrier_view: Annotated[bool, typer.Option("--carrier-view", help="As carriers' chains show it.")] = False,
) -> None:
    """Show a title's endorsement chain, oldest act first."""
    view = "carrier" if carrier_view else "all"
    chain = session.api.get(f"/v1/titles/{title}/endorsement-chain", view=view)
    session.show(chain, lambda console: _chain(session, console, chain))


@reads
def surrender_requests(session: Session, title: Title) -> None:
    """Show what became of the requests to surrender a title, and what the carrier said."""
    found = session.api.get(f"/v1/titles/{title}/surrender-requests")

    def told(console: "Console") -> None:
        names = Names.of(session, accounts=[each["requestedBy"] for each in found["surrenderRequests"]])
        heads = ("Purpose", "Requested by", "Requested", "Asked for", "Outcome", "The carrier said")
        table = headed(*heads, wraps=("Asked for", "The carrier said"))
        for each in found["surrenderRequests"]:
            asked_for = ": ".join(part for part in (each["reason"], each["requestComments"]) if part)
            feedback = [element["message"] for element in each["feedbackElements"] if element["message"]]
            said = "; ".join(part for part in (each["comments"], *feedback) if part)
            row = (each["purpose"], names.party(each["requestedBy"]), _moment(each["requestedAt"]), asked_for)
            table.add_row(*row, each["outcome"], said)
        console.print(table)

    session.show(found, told)


@reads
def allowed(
    session: Session,
    title: Title,
    party: Annotated[str | None, typer.Option(help="Who would act; default: you."), PARTY] = None,
) -> None:
    """Show what you, or another party, may do with a title now, and why not the rest."""
    found = session.api.get(f"/v1/titles/{title}/allowed-acts", party=party or session.account)

    def told(console: "Console") -> None:
        table = headed("Act", "May", "Why not", wraps=("Why not",))
        for act in found["acts"]:
            reason = act["refusal"]
            what = f"{act['verb']} for {act['purpose']}" if act["purpose"] else act["verb"]
            may = styled("no", "red") if reason else styled("yes", "green")
            table.add_row(what, may, f"{reason['rule']}: {reason['detail']}" if reason else "")
        console.print(table)

    session.show(found, told)


def waits_for(title: Json) -> str | None:
    """The account whose act comes next on a title; None where none does."""
    status = title["status"]
    if status == "ISSUED":
        return str(title["holder"])
    is_carriers = status.startswith("PENDING") or (status == "SURRENDERED_FOR_AMENDMENT" and not title["replacedBy"])
    return str(title["carrier"]) if is_carriers else None


def _waits_for(session: Session, title: Json, names: Names) -> "str | Text":
    account = waits_for(title)
    if account is not None and account.lower() == session.account.lower():
        return styled("you", "bold yellow")
    return names.party(account, "nobody")


def _endorsee(title: Json, names: Names) -> str:
    return names.party(title["endorsee"], "blank")


def _style(status: str) -> str:
    return _STYLES.get(status, "yellow" if status.startswith("PENDING") else "cyan")


def _in_words(title: Json) -> "Text":
    """Such as: offered for amendment."""
    words = title["status"].lower().replace("pending_surrender", "offered").replace("_", " ")
    return styled(words, _style(title["status"]))


def _title(session: Session, console: "Console", title: Json) -> None:
    kind = ("blank" if title["isBlank"] else "to order") if title["isToOrder"] else "straight"
    places = ("carrier", "holder", "endorsee", "entitled")
    linked = [*title["replaces"], *title["replacedBy"]]
    names = Names.of(session, [title["id"], *linked], [title[place] for place in places])
    whole = {place: names.party(title[place], "nobody (blank)", whole=True) for place in places}
    rows: dict[str, str | Text] = {
        "Bill": names.bill(title["id"]),
        "Title": title["id"],
        "Status": styled(title["status"], _style(title["status"])),
        "Waits for": _waits_for(session, title, names),
        "Kind": kind,
        "Carrier": whole["carrier"],
        "Holder": whole["holder"],
        "Endorsee" if title["isToOrder"] else "Consignee": whole["endorsee"],
        "Entitled": whole["entitled"],
        "Version": str(title["version"]),
    }
    rows |= {"Replaces": ", ".join(title["replaces"])} if title["replaces"] else {}
    rows |= {"Replaced by": ", ".join(title["replacedBy"])} if title["replacedBy"] else {}
    rows |= {
        "Acts so far": str(title["sequence"]),
        "Last act": _moment(title["actedAt"]),
        "Read at": f"block {title['readAt']['blockNumber']}, {title['finality']}",
    }
    console.print(particulars(rows))


def _chain(session: Session, console: "Console", chain: Json) -> None:
    entries = chain["entries"]
    names = Names.of(session, [chain["titleId"]], [each[who] for each in entries for who in ("actor", "recipient")])
    console.print(line(styled("Bill ", "bold"), f"{names.bill(chain['titleId'])}, title {short(chain['titleId'])}"))
    table = headed("Act", "DCSA", "Actor", "Recipient", "Time", "Block")
    for each in entries:
        row = (each["event"], each["code"] or "-", names.party(each["actor"]), names.party(each["recipient"]))
        table.add_row(*row, _moment(each["time"]), str(each["blockNumber"]))
    console.print(table)


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
