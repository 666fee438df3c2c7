"""Whoever reads what is printed may go, as `head` does: a command that waits for news ends then, not at the news."""

import os
import select
import sys
import threading

from ebl_service.cli.exits import READER_GONE


def end_with_reader() -> None:
    """End this process, with the exit code that says so, once nobody can read its standard output any more."""
    try:
        output = sys.stdout.fileno()
    except OSError:  # it is no file: nobody can leave it
        return
    threading.Thread(target=_await_leaving, args=(output,), daemon=True).start()


def _await_leaving(output: int) -> None:
    watched = select.poll()
    watched.register(output, 0)  # that the other end is closed is told unasked
    watched.poll()
    os._exit(READER_GONE)  # the command itself waits for the service
