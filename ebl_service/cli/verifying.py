"""`ebl verify`: whether a copy of a bill is what its title commits to, by a service or by any node without one.

Ends with 0 where the copy is genuine, 4 where it is altered, 5 where the ledger does not know it, 6 where it could not
be checked: nobody answers, or what answers is another ledger than the bill's.
"""

import json
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from ebl_service.cli.naming import identified
from ebl_service.cli.serving import ACCOUNT
from ebl_service.cli.session import Session, reads
from ebl_service.cli.terminal import line, styled
from ebl_service.domain.terms import Address, checksummed
from ebl_service.errors.documents import BadOpening, CopyTooLarge
from ebl_service.errors.requests import BadValue

if TYPE_CHECKING:
    from ebl_service.domain.verification import Finding

EXITS = {"genuine": 0, "altered": 4, "unknown": 5}
COULD_NOT_CHECK = 6
ANOTHER_LEDGER = "copy_is_for_another_ledger"
"""Whoever was asked cannot know."""
MOST_BYTES = 12 * 1024 * 1024
"""Of a file, as the service takes it."""

_OPENING = ("titleId", "salt", "record")
_STYLES = {"genuine": "green", "altered": "red", "unknown": "yellow"}


@reads
def verify(
    session: Session,
    file: Annotated[Path, typer.Argument(help="A PDF of a bill, or its document as JSON.")],
    opening: Annotated[
        Path | None, typer.Option(help="The bill's opening file; not needed for a PDF of this ledger's.")
    ] = None,
    rpc: Annotated[str | None, typer.Option("--rpc", help="Ask this node (JSON-RPC URL) instead of a service.")] = None,
    deployment: Annotated[Path | None, typer.Option("--deployment", help="With --rpc: the deployment's file.")] = None,
    registry: Annotated[
        str | None, typer.Option("--registry", help="With --rpc: the registry of titles that you trust.")
    ] = None,
) -> None:
    """Check a copy of a bill: genuine, altered or unknown; never who holds it."""
    content = _content(file)
    given = _opening(opening) if opening else None
    if rpc is None:
        asked = {"file": b64encode(content).decode(), "opening": given}
        told = session.api.post("/v1/verifications", asked)
    else:
        told = _by_node(rpc, deployment, registry, content, given)
    title = told["title"] and identified("title", told["title"])
    session.show(told | {"title": title}, lambda console: _people(console, told))
    raise typer.Exit(COULD_NOT_CHECK if told["reason"] == ANOTHER_LEDGER else EXITS[told["verdict"]])


def _by_node(
    rpc: str, deployment: Path | None, registry: str | None, content: bytes, given: dict[str, str] | None
) -> dict[str, Any]:
    import asyncio

    from ebl_service.node_check import verify_by_node

    if (deployment is None) == (registry is None):
        raise BadValue(
            "--rpc needs --deployment or --registry, and not both",
            hint="Name the registry yourself: what a file says of it proves nothing.",
        )
    if registry is not None and not ACCOUNT.fullmatch(registry):
        raise BadValue("--registry must be an account: 0x and 40 hexadecimal digits")
    trusted = deployment if deployment is not None else Address(str(registry).lower())
    return _answer(asyncio.run(verify_by_node(rpc, trusted, content, given)))


def _answer(finding: "Finding") -> dict[str, Any]:
    """As /v1/verifications answers."""
    from ebl_service.domain.verification import CHECKS, REASONS

    title, check = finding.standing, finding.carrier_check
    return {
        "verdict": finding.verdict.value,
        "reason": finding.reason,
        "detail": REASONS[finding.reason],
        "title": title
        and {
            "id": title.title_id,
            "carrier": checksummed(title.carrier),
            "carrierName": title.carrier_name,
            "status": title.status.name,
            "version": title.version,
            "issuedAt": title.issued_at,
            "backDated": finding.is_back_dated,
            "carrierCheck": check.value if check else None,
            "carrierCheckDetail": CHECKS[check] if check else None,
            "isReplaced": bool(title.replaced_by),
            "replacedBy": list(title.replaced_by),
            "finality": "final" if title.is_final else "included",
            "readAtBlock": title.read_at,
        },
    }


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except OSError as fault:
        raise BadValue(f"{file} cannot be read: {fault}") from fault
    if len(content) > MOST_BYTES:
        raise CopyTooLarge(f"{file} has more than {MOST_BYTES} bytes")
    return content


def _opening(file: Path) -> dict[str, str]:
    try:
        kept = json.loads(_content(file))
    except ValueError as fault:
        raise BadOpening(f"{file} is not JSON: {fault}") from fault
    missing = [name for name in _OPENING if not isinstance(kept, dict) or not isinstance(kept.get(name), str)]
    if missing:
        raise BadOpening(f"{file} lacks {', '.join(missing)}")
    return {name: kept[name] for name in _OPENING}


def _ended(console: Console, title: dict[str, Any]) -> None:
    """Said first: a copy may be genuine of a bill that nobody can claim goods by any more."""
    status = title["status"]
    if title["isReplaced"] or status == "REPLACED":
        console.print(styled("NO LONGER LIVE: another bill has taken the place of this one.", "bold red"))
    elif status.startswith("SURRENDERED"):
        purpose = status.removeprefix("SURRENDERED_FOR_").lower()
        console.print(styled(f"NO LONGER LIVE: this bill was surrendered for {purpose}.", "bold red"))
    elif status.startswith("PENDING"):
        console.print(styled("BEING SURRENDERED: the carrier has been asked to take this bill back.", "bold yellow"))


def _people(console: Console, told: dict[str, Any]) -> None:
    if told["reason"] == ANOTHER_LEDGER:
        console.print(line(styled("COULD NOT CHECK", "bold yellow"), f"  {told['detail']} Ask one that knows it."))
        return
    if told["title"] is not None:
        _ended(console, told["title"])
    console.print(line(styled(told["verdict"].upper(), f"bold {_STYLES[told['verdict']]}"), f"  {told['detail']}"))
    title = told["title"]
    if title is None:
        return
    issued = datetime.fromtimestamp(title["issuedAt"], UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    console.print(f"Title      {title['id']}")
    console.print(f"Status     {title['status']}, version {title['version']}, {title['finality']}")
    console.print(f"Issued     {issued}, by {title['carrierName'] or 'a carrier without a name here'}")
    console.print(f"           account {checksummed(Address(title['carrier'].lower()))}")
    if title["backDated"]:
        console.print("           back-dated: the bill's date of issue was past by then")
    for each in title["replacedBy"]:
        console.print(f"Replaced   by {each}")
    console.print(f"Read at    block {title['readAtBlock']}")
    if title["carrierCheck"] == "confirmed":
        console.print(title["carrierCheckDetail"], style="dim")
    else:
        console.print(f"{title['carrierCheckDetail']} See for yourself that this is the carrier which the bill names.")
