"""`ebl submit`: a file of acts, one JSON object a line, signed here or before.

A line is what /v1/typed-data takes ({"verb": …}: it is signed with the caller's key) or what /v1/submissions takes
({"typedData": …, "signer": …, "signature": …}). Sending the same file again is harmless: the same signed act is the
same submission.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress
from rich.table import Table

from ebl_service.cli.exits import exit_of, rule_of
from ebl_service.cli.session import Session, signs
from ebl_service.cli.signing import sign, wait_for
from ebl_service.errors import ActionRefused, EblError, InvalidRequest, NotAllowed, NotFound
from ebl_service.errors.requests import BadValue

Json = dict[str, Any]
ROW_FAULTS = (ActionRefused, InvalidRequest, NotAllowed, NotFound)
"""What is wrong with one row; what is wrong with the service ends the run."""


@dataclass
class Row:
    """One line of the file and what became of it. `exit`: its exit code, were it alone."""

    line: int
    given: Json
    submission: Json | None = None
    fault: EblError | None = None

    @property
    def told(self) -> Json:
        """The result as JSON."""
        if self.fault is not None:
            return {"line": self.line, "state": "REFUSED", "error": rule_of(self.fault), "detail": self.fault.message}
        assert self.submission is not None
        refusal = self.submission["refusal"]
        result = {"line": self.line, "state": self.submission["state"], "submission": self.submission["id"]}
        return result | ({"error": refusal["rule"], "detail": refusal["detail"]} if refusal else {})

    @property
    def exit(self) -> int:
        """The row's own exit code."""
        if self.fault is not None:
            return exit_of(self.fault)
        return exit_of(ActionRefused("")) if self.told["state"] == "REFUSED" else 0


@signs
def submit(session: Session, file: Annotated[Path, typer.Argument(help="Acts, one JSON object a line.")]) -> None:
    """Sign and submit a file of acts, with a result for each line; the exit code is that of the first that failed."""
    rows = list(_rows(file))
    progress = Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=Console(stderr=True))
    progress.disable = session.as_json
    with progress:
        task = progress.add_task("Submitting", total=2 * len(rows))
        for row in rows:
            _send(session, row)
            progress.advance(task)
        for row in rows:
            if row.submission is not None:
                row.submission = wait_for(session, row.submission)
            progress.advance(task)
    _print(session, rows)
    first = next((row.exit for row in rows if row.exit), 0)
    if first:
        raise typer.Exit(first)


def _rows(file: Path) -> Iterator[Row]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise BadValue(f"{file} cannot be read: {fault}") from fault
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                given = json.loads(line)
            except ValueError as fault:
                raise BadValue(f"Line {number} is not JSON: {fault}") from fault
            if not isinstance(given, dict) or not given.keys() & {"verb", "typedData"}:
                raise BadValue(f"Line {number} is no act: it has neither verb nor typedData")
            yield Row(number, given)


def _send(session: Session, row: Row) -> None:
    try:
        signed = row.given if "typedData" in row.given else sign(session, row.given)
        row.submission = session.api.post("/v1/submissions", {"acts": [signed]})["submissions"][0]
    except ROW_FAULTS as fault:
        row.fault = fault


def _print(session: Session, rows: list[Row]) -> None:
    if session.as_json:
        for row in rows:
            typer.echo(json.dumps(row.told, ensure_ascii=False))
        return
    table = Table("Line", "State", "Result")
    for told in (row.told for row in rows):
        colour = "red" if told["state"] == "REFUSED" else "green"
        what = f"{told['error']}: {told['detail']}" if "error" in told else told["submission"]
        table.add_row(str(told["line"]), f"[{colour}]{told['state']}[/]", what)
    session.console.print(table)
