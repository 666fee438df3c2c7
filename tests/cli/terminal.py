"""A command at a terminal of its own, and a person who answers it."""

import os
import pty
from collections.abc import Sequence
from pathlib import Path

from tests.cli.running import EBL, ROOT, environment


def at_terminal(*arguments: str | Path, answers: Sequence[tuple[str, str]] = ()) -> tuple[int, str]:
    """The exit code and all that is shown. `answers`: what is typed once a question is seen, in their order."""
    command = [*EBL, *map(str, arguments)]
    pid, terminal = pty.fork()
    if pid == 0:  # the person's side of the terminal is ours; this side becomes the command
        os.chdir(ROOT)
        os.execve(command[0], command, environment(TERM="xterm"))
    seen = b""
    for question, answer in answers:
        seen += read_until(terminal, question.encode())
        os.write(terminal, answer.encode() + b"\n")
    seen += read_until(terminal, None)
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), seen.decode(errors="replace")


def read_until(terminal: int, wanted: bytes | None) -> bytes:
    """What the terminal shows up to `wanted`, or until it closes."""
    seen = b""
    while wanted is None or wanted not in seen:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # the other side closed, as Linux tells it
            part = b""
        if not part:
            assert wanted is None, seen
            return seen
        seen += part
    return seen
