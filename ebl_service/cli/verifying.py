"""`ebl verify`: whether a copy of a bill is what its title commits to, by a service or by any node without one.

Ends with 0 where the copy is genuine, 4 where it is altered, 5 where the ledger does not know it.
"""

import asyncio
import json
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from ebl_service.cli.serving import ACCOUNT
from ebl_service.cli.session import Session, reads
from ebl_service.domain.terms import Address, checksummed
from ebl_service.domain.verification import REASONS, Finding
from ebl_service.errors.documents import BadOpening, CopyTooLarge
from ebl_service.errors.requests import BadValue

EXITS = {"genuine": 0, "altered": 4, "unknown": 5}
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
    deployment: Annotated[
        Path | None, typer.Option("--deployment", help="With --rpc: the deployment's file.", exists=True)
    ] = None,
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
    session.show(told, lambda console: _people(console, told))
    raise typer.Exit(EXITS[told["verdict"]])


def _by_node(
    rpc: str, deployment: Path | None, registry: str | None, content: bytes, given: dict[str, str] | None
) -> dict[str, Any]:
    from ebl_service.node_check import verify_by_node  # noqa: PLC0415 (loads web3; asking a service does not need it)

    if (deployment is None) == (registry is None):
        raise BadValue(
            "--rpc needs --deployment or --registry, and not both",
            hint="Name the registry yourself: what a file says of it proves nothing.",
        )
    if registry is not None and not ACCOUNT.fullmatch(registry):
        raise BadValue("--registry must be an account: 0x and 40 hexadecimal digits")
    trusted = deployment if deployment is not None else Address(str(registry).lower())
    return _answer(asyncio.run(verify_by_node(rpc, trusted, content, given)))


def _answer(finding: Finding) -> dict[str, Any]:
    """As /v1/verifications answers."""
    title = finding.standing
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


def _people(console: Console, told: dict[str, Any]) -> None:
    console.print(f"[bold {_STYLES[told['verdict']]}]{told['verdict'].upper()}[/]  {told['detail']}")
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
    console.print("See that this is the carrier which the bill names.", style="dim")
