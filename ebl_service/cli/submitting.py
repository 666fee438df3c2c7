"""`ebl submit`: a file of acts, one JSON object a line, signed here or before.

A line is what /v1/typed-data takes ({"verb": …}: it is signed with the caller's key) or what /v1/submissions takes
({"typedData": …, "signer": …, "signature": …}).

Rules kept: sending the same file again does nothing twice: the same signed act is the same submission, and what is
signed here is kept beside the file before it is sent. Only what was refused is signed anew. What came of rows is told,
whatever ends the run.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from ebl_service.cli.exits import exit_of, rule_of
from ebl_service.cli.kept_acts import KeptActs
from ebl_service.cli.session import Session, signs
from ebl_service.cli.signing import sign, wait_for
from ebl_service.cli.tables import headed
from ebl_service.cli.terminal import say_json, styled
from ebl_service.errors import ActionRefused, EblError, InvalidRequest, NotAllowed, NotFound
from ebl_service.errors.requests import BadValue

Json = dict[str, Any]
ROW_FAULTS = (ActionRefused, InvalidRequest, NotAllowed, NotFound)
"""What is wrong with one row; what is wrong with the service ends the run."""


@dataclass
class Row:
    """One line of the file and what became of it. `nth`: among lines that say the same."""

    line: int
    given: Json
    nth: int
    submission: Json | None = None
    fault: EblError | None = None

    @property
    def told(self) -> Json:
        """The result as JSON."""
        if self.fault is not None:
            return {"line": self.line, "state": "REFUSED", "error": rule_of(self.fault), "detail": self.fault.message}
        assert self.submission is not None
        refusal = self.submission["refusal"]
        result = {"line": self.line, "state": self.submission["state"], "submissionId": self.submission["id"]}
        return result | ({"error": refusal["rule"], "detail": refusal["detail"]} if refusal else {})

    @property
    def subjects(self) -> set[str]:
        """Titles and certificates that an act to be signed here is decided on."""
        old = self.given.get("oldIds")
        named = [self.given.get("titleId"), self.given.get("certificateId"), *(old if isinstance(old, list) else ())]
        return set() if "typedData" in self.given else {each.lower() for each in named if isinstance(each, str)}

    @property
    def exit(self) -> int:
        """The row's own exit code."""
        if self.fault is not None:
            return exit_of(self.fault)
        return exit_of(ActionRefused("")) if self.told["state"] == "REFUSED" else 0


@signs
def submit(
    session: Session,
    file: Annotated[Path, typer.Argument(help="Acts, one JSON object a line.")],
    signed: Annotated[
        Path | None,
        typer.Option(help="Keep what is signed here; default: FILE.signed.", show_default=False),
    ] = None,
) -> None:
    """Sign and submit a file of acts, with a result for each line; the exit code is that of the first that failed.

    The same file again goes on where it was broken off, and does nothing twice.
    """
    rows = list(_rows(file))
    kept, last = _kept(session, file, signed, rows), dict[str, Row]()
    try:
        with session.progress() as progress:
            task = progress.add_task("Submitting", total=2 * len(rows))
            for row in rows:
                for earlier in {last[each].line: last[each] for each in row.subjects if each in last}.values():
                    _await(session, earlier)  # its act is the next one's ground
                last |= dict.fromkeys(row.subjects, row)
                _send(session, row, kept)
                progress.advance(task)
            for row in rows:
                _await(session, row)
                progress.advance(task)
    finally:
        kept.close()
        _print(session, [row for row in rows if row.submission or row.fault])
    first = next((row.exit for row in rows if row.exit), 0)
    if first:
        raise typer.Exit(first)


def _kept(session: Session, file: Path, signed: Path | None, rows: list[Row]) -> KeptActs:
    """Where acts signed here are kept. Raises, before any row is touched: BadValue; as `Session.key`, `Api.get`."""
    if all("typedData" in row.given for row in rows):
        return KeptActs(None)
    _ = session.key
    path = signed or (file.with_name(file.name + ".signed") if file.is_file() else None)
    ledger = session.api.get("/v1/ledger")
    return KeptActs(path, [ledger["titlesDomain"], ledger["insuranceDomain"]])


def _rows(file: Path) -> Iterator[Row]:
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as fault:
        raise BadValue(f"{file} cannot be read: {fault}") from fault
    seen = Counter[str]()
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                given = json.loads(line)
            except ValueError as fault:
                raise BadValue(f"Line {number} is not JSON: {fault}") from fault
            if not isinstance(given, dict) or not given.keys() & {"verb", "typedData"}:
                raise BadValue(f"Line {number} is no act: it has neither verb nor typedData")
            seen[same := json.dumps(given, sort_keys=True)] += 1
            yield Row(number, given, seen[same])


def _send(session: Session, row: Row, kept: KeptActs) -> None:
    try:
        if "typedData" in row.given:
            row.submission = _post(session, row.given)
        else:
            row.submission = _sent_before(session, row, kept) or _post(session, _signed(session, row, kept))
    except ROW_FAULTS as fault:
        row.fault = fault


def _sent_before(session: Session, row: Row, kept: KeptActs) -> Json | None:
    """The submission of what was signed for the row before; None where nothing was, or it came to nothing.

    Raises: NotAllowed, which says nothing of the act: it may have landed.
    """
    signed = kept.find(row.given, row.nth, session.key.address)
    try:
        submission = _post(session, signed) if signed else None
    except (ActionRefused, InvalidRequest, NotFound):
        return None
    return submission if submission and submission["state"] != "REFUSED" else None


def _signed(session: Session, row: Row, kept: KeptActs) -> Json:
    signed = sign(session, row.given)
    kept.keep(row.given, row.nth, signed)
    return signed


def _post(session: Session, signed: Json) -> Json:
    submission: Json = session.api.post("/v1/submissions", {"acts": [signed]})["submissions"][0]
    return submission


def _await(session: Session, row: Row) -> None:
    if row.submission is not None:
        row.submission = wait_for(session, row.submission)


def _print(session: Session, rows: list[Row]) -> None:
    if session.as_json:
        for row in rows:
            say_json(row.told)
        return
    table = headed("Line", "State", "Result")
    for told in (row.told for row in rows):
        colour = "red" if told["state"] == "REFUSED" else "green"
        what = f"{told['error']}: {told['detail']}" if "error" in told else told["submissionId"]
        table.add_row(str(told["line"]), styled(told["state"], colour), what)
    if rows:
        session.console.print(table)
