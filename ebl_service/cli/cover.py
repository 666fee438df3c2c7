"""`ebl insurance …`: what stands behind certificates and what is missing: declare, state the sale, assess, waive, gaps.

Left to others: declaring itself (`declaring`), certificates as the ledger has them (`certificates`).
"""

import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from ebl_service.cli.declaring import declare, json_of
from ebl_service.cli.naming import BILL
from ebl_service.cli.session import Session, reads, signs
from ebl_service.cli.signing import check, signature
from ebl_service.cli.tables import headed
from ebl_service.cli.terminal import line, styled
from ebl_service.errors.requests import BadValue

Json = dict[str, Any]
app = typer.Typer(no_args_is_help=True, help="Insurance documents: declare them, state the sale, see what is missing.")
Certificate = Annotated[str, typer.Argument(metavar="CERTIFICATE", help="The certificate's id.")]
Title = Annotated[str, typer.Argument(metavar="BILL", help="The bill's number, or the title's id."), BILL]
AN_HOUR = 3_600
_COLOURS = {"PASSES": "green", "DISCREPANT": "yellow", "NOT_CHECKABLE": "dim", "REFUSES": "red"}

app.command()(declare)


@app.command()
@signs
def state_terms(
    session: Session, title: Title, file: Annotated[Path, typer.Argument(help="The terms of sale (JSON).")]
) -> None:
    """State the terms that the goods of a title were sold on, signed here (seller or bank)."""
    from ebl_service.domain.insurance_document.statement import TERMS_OF_SALE, terms_digest

    terms = json_of(file)
    if not isinstance(terms, dict):
        raise BadValue(f"{file} is no JSON object")
    _ = session.key  # before the service is asked: without a key there is nothing to ask
    path, asked = f"/v1/titles/{title}/terms-of-sale", {"terms": terms, "deadline": int(time.time()) + AN_HOUR}
    data = session.api.post(f"{path}/typed-data", asked)["typedData"]
    said = {"titleId": title, "termsDigest": terms_digest(terms), "deadline": asked["deadline"]}
    check({"verb": TERMS_OF_SALE} | said, data)
    session.confirm(f"The goods of title {title} were sold as {file} says")
    by = {"signer": session.key.address, "signature": signature(session, data)}
    kept = session.api.put(path, asked | by)
    session.show(kept, lambda console: console.print(f"The terms of sale of {title} are those of {kept['account']}"))


@app.command()
@reads
def assess(session: Session, certificate: Certificate) -> None:
    """Show what every rule says of a certificate's document, and what was waived."""
    found = session.api.get(f"/v1/certificates/{certificate}/assessment")
    session.show(found, lambda console: _assessment(console, found))


@app.command()
@reads
def waive(
    session: Session, certificate: Certificate, rule: Annotated[str, typer.Argument(help="The discrepancy's name.")]
) -> None:
    """Take a certificate though it falls short, for yourself, who are assured; that stays visible."""
    found = session.api.post(f"/v1/certificates/{certificate}/waivers", {"rule": rule.replace(" ", "_")})
    session.show(found, lambda console: _assessment(console, found))


@app.command()
@reads
def gaps(session: Session, title: Title) -> None:
    """Show where you, who are entitled under a title, are not insured."""
    found = session.api.get(f"/v1/titles/{title}/gaps")
    lines = [line(styled(gap["kind"], "yellow"), f" {gap['words']}") for gap in found["gaps"]]
    session.show(found, lambda console: console.print(*(lines or [styled("no gap is known", "green")]), sep="\n"))


def _assessment(console: Console, found: Json) -> None:
    waived = {each["rule"]: each["account"] for each in found["waivers"]}
    table = headed("Rule", "Says", "Where")
    for each in found["verdicts"]:
        where = "; ".join(f"{one['path']}: {one['wrong']}" for one in each["breaches"])
        if each["rule"] in waived:
            where += f" (waived by {waived[each['rule']]})"
        colour = _COLOURS[each["outcome"]]
        table.add_row(each["rule"].replace("_", " "), styled(each["outcome"], colour), where)
    console.print(table)
