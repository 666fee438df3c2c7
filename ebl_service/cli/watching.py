"""`ebl watch`: the ledger's events as they happen."""

import json
import time
from typing import Annotated, Any

import typer

from ebl_service.cli.reader import end_with_reader
from ebl_service.cli.session import Session, reads
from ebl_service.cli.terminal import line, say_json, styled

PAUSE_SECONDS = 1


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
        say_json({"entryId": entry_id, **told})
        return
    kind = told["kind"]
    colour = {"retracted": "red", "final": "green"}.get(kind, "yellow")
    said = f"{told.get('titleId') or told.get('account') or ''}"
    if kind == "gaps":
        said += ": " + (", ".join(gap["kind"] for gap in told["gaps"]) or "none")
    else:
        said = f"block {told['blockNumber']} {told['event']} {said}"
    session.console.print(line(styled(entry_id, "dim"), " ", styled(f"{kind:<9}", colour), f" {said}"))
