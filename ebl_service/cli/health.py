"""`ebl health`: whether the service is ready, and waiting until it is."""

import time
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import typer

from ebl_service.cli.session import Session, locally
from ebl_service.errors import LedgerUnavailable

RETRY_SECONDS = 0.3
PatienceOption = Annotated[int, typer.Option("--wait", min=0, max=3600, help="Seconds to wait for it; 0: do not wait.")]
Answer = TypeVar("Answer")


@locally
def health(session: Session, wait: PatienceOption = 0) -> None:
    """Say whether the service is ready: its answers can be relied on, and acts can be sent."""
    told = patiently(wait, lambda: _ready(session))
    session.show(told, lambda console: console.print(f"Ready: indexed up to block {told['indexedBlock']}"))


def patiently(seconds: int, ask: Callable[[], Answer]) -> Answer:
    """What `ask` gives, asked again for so many seconds while what it needs is out of reach.

    Raises: LedgerUnavailable, the last one, once they are over; what else `ask` raises at once.
    """
    until = time.monotonic() + seconds
    while True:
        try:
            return ask()
        except LedgerUnavailable as fault:
            if time.monotonic() >= until:
                waited = f" (waited {seconds} s)" if seconds else ""
                raise LedgerUnavailable(f"{fault.message}{waited}", fault.details, fault.hint()) from fault
        time.sleep(RETRY_SECONDS)


def _ready(session: Session) -> dict[str, Any]:
    told = session.api.readiness()
    if not told["isReady"]:
        raise LedgerUnavailable(
            f"The service is not ready: {'; '.join(told['reasons'])}", {"reasons": told["reasons"]}, "See its log."
        )
    return told
