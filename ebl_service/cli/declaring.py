"""`ebl insurance declare`: insurance documents, one or all under an open cover, to the certificates that they are for.

A file of declarations is CSV or JSON, a row a document. A row's columns are paths in the document
(sumInsured.amount, goods[0].numberOfPackages), put into the template that is the open cover's; `titleId` says which
title it is for. Rows go in portions, each with its own result; what was refused is told with its row, the rest stands.

Rules kept: what came of rows is told, whatever happens to the rows after them; the same command again declares what is
left, and tells of the rest as ISSUED.
"""

import csv
import json
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from ebl_service.cli.exits import rule_of
from ebl_service.cli.session import Session, signs
from ebl_service.cli.signing import refusal_of, sign_prepared, wait_for
from ebl_service.cli.tables import headed
from ebl_service.cli.terminal import say_json, styled
from ebl_service.errors import ActionRefused, EblError, InvalidRequest, LedgerDisagrees, NotFound
from ebl_service.errors.requests import BadValue

Json = dict[str, Any]
AT_ONCE = 50
MOST_ROWS = 100_000
_STEP = re.compile(r"[^.\[\]]+")


@dataclass
class Row:
    """One declaration and what became of it. `number`: its place in the file, from 1.

    `refusal`: of its document or its act. `is_issued`: its certificate stood on the ledger before.
    """

    number: int
    given: Json
    result: Json | None = None
    submission: Json | None = None
    refusal: EblError | None = None
    is_issued: bool = False

    @property
    def shown(self) -> Json:
        """What the service shows of its document, which it has taken."""
        assert self.result is not None, "only rows that were taken are asked"
        document: Json = self.result["document"]
        return document

    @property
    def told(self) -> Json:
        """The result as JSON."""
        problem = self.result["problem"] if self.result else None
        if self.refusal is not None:
            problem = {"rule": rule_of(self.refusal), "detail": self.refusal.message}
        if problem is not None:
            return {"row": self.number, "state": "REFUSED", "error": problem["rule"], "detail": problem["detail"]}
        assert self.result is not None, "what came of rows is told, not of those to come"
        broken = [each["rule"] for each in self.shown["verdicts"] if each["outcome"] == "DISCREPANT"]
        state = self.submission["state"] if self.submission else self.result["state"]
        if self.is_issued:
            state = "ISSUED"
        which = self.shown["certificateId"]
        return {"row": self.number, "state": state, "certificateId": which, "discrepancies": broken}


@signs
def declare(
    session: Session,
    file: Annotated[Path, typer.Argument(help="Declarations: CSV with a head line, or a JSON array.")],
    template: Annotated[Path, typer.Option("--template", help="The document that rows are put into (JSON).")],
    law: Annotated[str, typer.Option("--law", help="The law that governs the insurance.")],
    jurisdiction: Annotated[str, typer.Option("--jurisdiction", help="The courts or arbitrators that decide.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Judge them, and keep and sign nothing.")] = False,
) -> None:
    """Declare documents under an open cover: judged, kept, their certificates signed here and issued (insurer)."""
    made = json_of(template)
    if not isinstance(made, dict):
        raise BadValue(f"{template} is no JSON object")
    about = {"governingLaw": law, "jurisdiction": jurisdiction}
    rows = [Row(number, _document(made, row, number) | about) for number, row in enumerate(_rows(file), 1)]
    try:
        with session.progress() as progress:
            task = progress.add_task("Declaring", total=len(rows))
            for at in range(0, len(rows), AT_ONCE):
                _send(session, rows[at : at + AT_ONCE], dry_run=dry_run)
                progress.advance(task, len(rows[at : at + AT_ONCE]))
    finally:  # what came of the portions before a fault is known, and lost if it is not told
        _tell(session, [row for row in rows if row.result or row.refusal])
    if any(row.told["state"] == "REFUSED" for row in rows):
        raise typer.Exit(4)


def _send(session: Session, rows: list[Row], *, dry_run: bool) -> None:
    body = {"documents": [row.given for row in rows], "dryRun": dry_run}
    try:
        results = session.api.post("/v1/insurance-documents", body)["results"]
    except (ActionRefused, InvalidRequest, NotFound) as refusal:
        if len(rows) > 1:
            raise
        rows[0].refusal = refusal  # a document that is sent alone is refused as a request
        return
    for row, result in zip(rows, results, strict=True):
        row.result = result
    kept = [row for row in rows if row.result and row.result["act"]]
    for row in kept:
        row.is_issued = _stands(session, row)
    fresh = [row for row in kept if not row.is_issued]
    if fresh:
        session.confirm(f"{len(fresh)} certificates of insurance are signed and issued")
        session.yes = True  # asked for all of them
        _issue(session, [(row, _signed(session, row)) for row in fresh])


def _issue(session: Session, signed: list[tuple[Row, Json]]) -> None:
    """Submit the acts; one that is refused goes out with its reason, and the others go on. Raises: as `Api.post`."""
    while signed:
        try:
            taken = session.api.post("/v1/submissions", {"acts": [act for _, act in signed]})["submissions"]
            break
        except (ActionRefused, InvalidRequest) as refusal:
            index = refusal.details.get("index")
            if not isinstance(index, int) or not 0 <= index < len(signed):
                raise
            row, _ = signed.pop(index)
            row.refusal = refusal
    else:
        return
    for (row, _), submission in zip(signed, taken, strict=True):
        row.submission = submission
    for row, _ in signed:
        assert row.submission is not None, "it was taken"
        row.submission = wait_for(session, row.submission)
        if row.submission["state"] == "REFUSED":
            row.refusal = refusal_of(row.submission)


def _stands(session: Session, row: Row) -> bool:
    """Whether the row's certificate is on the ledger, by this very document."""
    try:
        found = session.api.get(f"/v1/certificates/{row.shown['certificateId']}")
    except NotFound:
        return False
    return bool(found["commitment"] == row.shown["commitment"])


def _signed(session: Session, row: Row) -> Json:
    """The signed act, reckoned here from what the service shows. Raises: LedgerDisagrees."""
    from ebl_service.domain.transport_document.commitment import checksum, commitment
    from ebl_service.domain.transport_document.record import read_record

    assert row.result is not None, "only kept rows are signed"
    shown, document = row.shown, row.given["document"]
    said = read_record(shown["record"].encode())
    if (said.document_checksum, said.governing_law) != (checksum(document), row.given["governingLaw"]):
        raise LedgerDisagrees(
            f"The service answered for another document than row {row.number}'s",
            hint="Sign nothing of this service; ask its operator.",
        )
    committed = commitment(bytes.fromhex(shown["salt"][2:]), shown["record"].encode())
    asked = {"verb": "IssueCertificate", "titleId": row.given["titleId"], "commitment": committed}
    return sign_prepared(session, asked, row.result["act"])


def _document(template: Json, row: Json, number: int) -> Json:
    title_id = row.pop("titleId", None)
    if not isinstance(title_id, str):
        raise BadValue(f"Row {number} names no titleId")
    document = deepcopy(template)
    for path, value in row.items():
        if value not in (None, ""):
            _put(document, path, value, number)
    return {"document": document, "titleId": title_id}


def _put(document: Json, path: str, value: Any, number: int) -> None:
    *way, last = [int(step) if step.isdigit() else step for step in _STEP.findall(path)]
    inner: Any = document
    try:
        for step in way:
            inner = inner.setdefault(step, {}) if isinstance(inner, dict) else inner[step]
        inner[last] = value
    except (IndexError, KeyError, TypeError, AttributeError) as fault:
        raise BadValue(f"Row {number}: the template has no place {path}") from fault


def _rows(file: Path) -> Iterator[Json]:
    if file.suffix.lower() == ".json":
        found = json_of(file)
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            raise BadValue(f"{file} is no JSON array of objects")
        rows: list[Json] = found
    else:
        rows = list(_csv(file))
    if not 0 < len(rows) <= MOST_ROWS:
        raise BadValue(f"{file} has {len(rows)} rows; 1 to {MOST_ROWS} are taken")
    yield from rows


def _csv(file: Path) -> Iterator[Json]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            for number, row in enumerate(csv.DictReader(text, strict=True), 1):
                if None in row or None in row.values():
                    raise BadValue(f"Row {number} of {file} has another number of columns than the head line")
                yield {path: _value(path, said) for path, said in row.items()}
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise BadValue(f"{file} cannot be read as CSV: {fault}") from fault


def _value(path: str, said: str) -> Any:
    """A cell as JSON has it: amounts and numbers of packages are numbers."""
    if _STEP.findall(path)[-1] in ("amount", "percent", "upliftPercent", "numberOfPackages", "numberOfOriginals"):
        try:
            return json.loads(said) if said else said
        except ValueError as fault:
            raise BadValue(f"{path}: {said!r} is not a number") from fault
    return said


def json_of(file: Path) -> Any:
    """A file's JSON. Raises: BadValue."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise BadValue(f"{file} cannot be read as JSON: {fault}") from fault


def _tell(session: Session, rows: list[Row]) -> None:
    if session.as_json:
        for row in rows:
            say_json(row.told)
        return
    table = headed("Row", "State", "Result")
    for told in (row.told for row in rows):
        colour = "red" if told["state"] == "REFUSED" else "green"
        what = f"{told['error']}: {told['detail']}" if "error" in told else told["certificateId"]
        if told.get("discrepancies"):
            what += f" ({', '.join(told['discrepancies'])})"
        table.add_row(str(told["row"]), styled(told["state"], colour), what)
    session.console.print(table)
