"""`ebl party`: joining, and the registrar's desk."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from ebl_service.cli.naming import PARTY
from ebl_service.cli.session import Session, at_the_desk, reads, signs
from ebl_service.cli.signing import check, signature
from ebl_service.cli.tables import headed
from ebl_service.cli.terminal import say_json, styled
from ebl_service.domain.terms import checksummed
from ebl_service.errors.requests import BadValue

app = typer.Typer(help="Join the ledger; admit, suspend and reinstate parties.", no_args_is_help=True)
Account = Annotated[str, typer.Argument(metavar="PARTY", help="Its account, PROVIDER:CODE or legal name."), PARTY]


@app.command()
@signs
def join(
    session: Session,
    identity_digest: Annotated[
        str, typer.Option("--identity", help="Salted digest of your identity record, 32 bytes.")
    ],
    role: Annotated[list[str] | None, typer.Option(help="carrier, insurer, terminal or customs; repeatable.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write the signed join here, for the registrar.")] = None,
) -> None:
    """Sign your wish to be registered; give the result to the registrar."""
    asked = {
        "verb": "Join",
        "account": checksummed(session.key.address),
        "roles": [each.upper() for each in role or ()],
        "identityDigest": identity_digest,
    }
    prepared = session.api.post("/v1/typed-data", asked)
    check(asked, prepared["typedData"])
    session.confirm(prepared["sentence"])
    signed = {"typedData": prepared["typedData"], "signature": signature(session, prepared["typedData"])}
    text = json.dumps(signed)
    if out is None:
        say_json(signed)
    else:
        _write(out, text + "\n")
        session.show({"file": str(out)}, lambda console: console.print(f"Signed join written to {out}"))


@app.command()
@at_the_desk
def register(
    session: Session, joins: Annotated[list[Path], typer.Argument(metavar="JOIN…", help="Signed joins' files.")]
) -> None:
    """Register parties by their signed joins (registrar)."""
    for file in joins:
        try:
            body = json.loads(file.read_text())
        except (OSError, ValueError) as fault:
            raise BadValue(f"{file} is no signed join: {fault}") from fault
        _done(session, "Registered", session.api.post("/v1/parties", body))


@app.command("list")
@at_the_desk
def found(session: Session) -> None:
    """List the parties in the order of joining (registrar); a party sees itself."""
    parties = list(session.api.pages("/v1/parties", "parties"))
    if session.as_json:
        for party in parties:
            say_json(party)
        return
    _table(session.console, parties)


@app.command()
@reads
def show(session: Session, account: Account) -> None:
    """Show whether an account is a party, for what, and in good standing."""
    party = session.api.get(f"/v1/parties/{account}")
    session.show(party, lambda console: _table(console, [party]))


@app.command()
@reads
def find(session: Session, code: Annotated[str, typer.Argument(metavar="PROVIDER:CODE", help="Its code.")]) -> None:
    """Find the party that a code names, to the letter: its account is whom to pass a bill to."""
    asked = code_of(code)
    found = session.api.get("/v1/parties/by-code", provider=asked["codeListProvider"], code=asked["partyCode"])
    standing = ", suspended" if found["isSuspended"] else ""
    said = f"{found['account']} is {found['legalName']}{standing}"
    session.show(found, lambda console: console.print(said))


@app.command()
@at_the_desk
def suspend(session: Session, account: Account) -> None:
    """Stop a party issuing and receiving by new acts (registrar)."""
    _done(session, "Suspended", session.api.post(f"/v1/parties/{account}/suspend"))


@app.command()
@at_the_desk
def reinstate(session: Session, account: Account) -> None:
    """End a suspension (registrar)."""
    _done(session, "Reinstated", session.api.post(f"/v1/parties/{account}/reinstate"))


@app.command()
@at_the_desk
def name(
    session: Session,
    account: Account,
    legal_name: Annotated[str, typer.Option("--legal-name", help="As registered where the party has its seat.")],
    code: Annotated[
        list[str] | None, typer.Option(help="PROVIDER:CODE, such as GLEIF:… or SMDG:…; repeatable.")
    ] = None,
) -> None:
    """Say how a party is called: documents find it by its codes (registrar)."""
    codes = [code_of(each) for each in code or ()]
    given = {"legalName": legal_name, "identifyingCodes": codes}
    told = session.api.put(f"/v1/parties/{account}/profile", given)
    said = f"{told['account']} is {told['legalName']}, by {len(codes)} codes"
    session.show(told, lambda console: console.print(said))


def code_of(text: str) -> dict[str, str]:
    """The code that PROVIDER:CODE says. Raises: BadValue."""
    provider, colon, party_code = text.partition(":")
    if not (provider and colon and party_code):
        raise BadValue(f"{text}: write PROVIDER:CODE, such as GLEIF:529900T8BM49AURSDO55")
    return {"codeListProvider": provider, "partyCode": party_code}


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text)
    except OSError as fault:
        raise BadValue(f"{file} cannot be written: {fault}") from fault


def _done(session: Session, what: str, answer: dict[str, Any]) -> None:
    said = f"{what} {answer['account']} by transaction {answer['transactionHash']}"
    session.show(answer, lambda console: console.print(said))


def _table(console: Console, parties: list[dict[str, Any]]) -> None:
    table = headed("No.", "Account", "Roles", "Standing")
    for party in parties:
        standing = styled("suspended", "red") if party["isSuspended"] else styled("good", "green")
        table.add_row(str(party["number"] or ""), party["account"], ", ".join(party["roles"]), standing)
    console.print(table)
