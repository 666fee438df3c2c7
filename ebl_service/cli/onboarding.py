"""`ebl party onboard`: the operator takes a party in, in one step."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from ebl_service.cli.parties import code_of
from ebl_service.cli.session import Session, at_the_desk
from ebl_service.errors.requests import BadValue
from ebl_service.private_file import read_private

HeaderFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="File with a header that its system wants of callbacks, as Name: value."),
]
Days = Annotated[int | None, typer.Option(help="Days that its dates of issue may lie further back (0 at first).")]
Advice = Annotated[
    list[str] | None,
    typer.Option(metavar="RULE", help="Advice that its documents are refused for (again for more of them)."),
]


@at_the_desk
def onboard(
    session: Session,
    name: Annotated[str, typer.Option(help="Legal name.")],
    role: Annotated[list[str] | None, typer.Option(help="carrier, insurer, terminal or customs; repeatable.")] = None,
    code: Annotated[
        list[str] | None, typer.Option(metavar="PROVIDER:CODE", help="Identifying code, such as GLEIF:…; repeatable.")
    ] = None,
    account: Annotated[str | None, typer.Option(help="Of a party that is registered.")] = None,
    join: Annotated[Path | None, typer.Option(help="Its signed join (ebl party join), to register it.")] = None,
    custody: Annotated[bool, typer.Option("--custody", help="Make and hold the account's key here.")] = False,
    certificate: Annotated[Path | None, typer.Option(help="X.509 in PEM by which it signs manifests.")] = None,
    pinned: Annotated[bool, typer.Option("--pinned", help="Trust it though it leads to no root.")] = False,
    callback: Annotated[str | None, typer.Option(metavar="URL", help="Where its own system is called back.")] = None,
    callback_header: HeaderFile = None,
    law: Annotated[str | None, typer.Option(help="Law that governs its bills (of a carrier).")] = None,
    jurisdiction: Annotated[str | None, typer.Option(help="Courts or arbitrators (of a carrier).")] = None,
    back_dating_days: Days = None,
    refuse_advice: Advice = None,
) -> None:
    """Take a party in: on the ledger, by name and codes, certificate, terms, address; again to change what differs."""
    asked: dict[str, Any] = {
        "legalName": name,
        "roles": [each.upper() for each in role or ()],
        "identifyingCodes": [code_of(each) for each in code or ()],
        "account": account,
        "join": _read_json(join) if join else None,
        "custody": custody,
        "certificate": _read(certificate) if certificate else None,
        "pinned": pinned,
        "callbackUrl": callback,
        "callbackHeader": _header(callback_header) if callback_header else None,
        "governingLaw": law,
        "jurisdiction": jurisdiction,
        "backDatingDays": back_dating_days,
        "refusedAdvice": refuse_advice or None,
    }
    taken = session.api.post("/v1/onboarding", {key: value for key, value in asked.items() if value is not None})
    session.show(taken, lambda console: _tell(console, name, taken))


def _tell(console: Console, name: str, taken: dict[str, Any]) -> None:
    console.print(f"Taken in: {name}, account {taken['account']}")
    if taken["certificate"]:
        console.print(f"Certificate {taken['certificate']['fingerprint']}: {taken['certificate']['subject']}")


def _header(path: Path) -> dict[str, str]:
    name, colon, value = read_private(path).decode("ascii", "replace").strip().partition(":")
    if not colon:
        raise BadValue(f"{path} is not one header, such as Authorization: Bearer …")
    return {"name": name.strip(), "value": value.strip()}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as fault:
        raise BadValue(f"{path} cannot be read: {fault}") from fault


def _read_json(path: Path) -> Any:
    try:
        return json.loads(_read(path))
    except ValueError as fault:
        raise BadValue(f"{path} is no signed join: {fault}") from fault
