"""What the command line prints: every line that reaches a terminal or a pipe goes through here, log lines too.

Much of it was written by counterparties. Rules kept
- No character reaches a terminal that would steer it or hide something (control and format characters, lone
  surrogates): each shows as a mark of its own. In JSON it is escaped, so that the value stays what it is.
- Text is never taken for markup: what is coloured is a `Text` of ours.
- A file's bytes go into a pipe or file as they are.
"""

import json
import logging
import re
import sys
from collections.abc import Iterable
from typing import Any

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

UNCUT = 10_000
"""Columns where no terminal is: ids stay whole for whatever reads them."""
MARKUP_OFF = {"highlight": False, "markup": False, "emoji": False}
_JOINERS = "\u200c\u200d"
"""Scripts such as Persian and Hindi need them; after ASCII they only hide."""
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    f"\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]|(?<=[\x00-\x7f])[{_JOINERS}]|^[{_JOINERS}]"
)
_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}
_UNKNOWN = "\ufffd"


class PlainConsole(Console):
    """A console of which no text can make another use than to be read."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """As Console.render, with `visible` text."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(visible(segment.text), segment.style)


class PlainFormatter(logging.Formatter):
    """A log line is one line, whatever the message holds; a traceback follows in lines of its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's own name)
        """The line."""
        return one_line(super().formatMessage(record))

    def format(self, record: logging.LogRecord) -> str:
        """Line and traceback."""
        return visible(super().format(record))


def visible(text: str) -> str:
    """The text with a mark in place of each character that steers a terminal or cannot be seen."""
    return _HIDDEN.sub(lambda found: _PICTURES.get(ord(found[0]), _UNKNOWN), text)


def one_line(text: str) -> str:
    """The same without line breaks: for names and numbers within a sentence."""
    return visible(text.replace("\n", _PICTURES[0x0A]).replace("\t", _PICTURES[0x09]))


def is_terminal() -> bool:
    """Whether a person reads standard output at a terminal."""
    return sys.stdout.isatty()


def console(*, is_error: bool = False) -> Console:
    """Where people read; without a terminal nothing is cut."""
    stream = sys.stderr if is_error else sys.stdout
    return PlainConsole(stderr=is_error, width=None if stream.isatty() else UNCUT, **MARKUP_OFF)  # type: ignore[arg-type]


def notes() -> Console:
    """Where people read what is said beside the result."""
    return PlainConsole(stderr=True, soft_wrap=True, **MARKUP_OFF)  # type: ignore[arg-type]


def styled(text: str, style: str) -> Text:
    """Coloured text."""
    return Text(text, style=style)


def line(*parts: str | Text) -> Text:
    """Parts of one line, put together."""
    return Text.assemble(*parts)


def say(text: str, *, is_error: bool = False) -> None:
    """A line of plain text."""
    typer.echo(visible(text), err=is_error)


def say_json(value: Any, *, is_error: bool = False) -> None:
    """A value as one line of JSON, the same value however it is escaped."""
    text = json.dumps(value, ensure_ascii=False)
    typer.echo(_HIDDEN.sub(_escaped, text), err=is_error)


def say_bytes(content: bytes) -> None:
    """A file's bytes as they are; at a terminal as text that can be read."""
    if sys.stdout.isatty():
        say(content.decode(errors="replace"))
    else:
        typer.echo(content, nl=False)


def _escaped(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1].replace("\x7f", "\\u007f")
