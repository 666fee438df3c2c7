"""From errors to exit codes, in one table, and how an error is told.

0  done
1  a fault of this program
2  the request is malformed (also: a wrong option)
3  not allowed
4  the ledger's rules refuse the act
5  there is no such thing
6  the service or the ledger cannot be reached: try again
7  chain, replay and database differ: alarm
130  ended by Ctrl-C, as shells say it
141  ended since nobody reads its output any more, as shells say it
"""

import sys
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from ebl_service import errors
from ebl_service.cli import terminal

EXITS: dict[type[errors.EblError], int] = {
    errors.InvalidRequest: 2,
    errors.NotAllowed: 3,
    errors.ActionRefused: 4,
    errors.NotFound: 5,
    errors.LedgerUnavailable: 6,
    errors.LedgerDisagrees: 7,
}
JSON = "json"
"""Key of the context's note that JSON is wanted."""
READER_GONE = 141


def exit_of(error: errors.EblError) -> int:
    """The exit code of an error: that of the nearest ancestor in the table."""
    return next((EXITS[cls] for cls in type(error).__mro__ if cls in EXITS), 1)


def rule_of(error: errors.EblError) -> str:
    """The rule's name: the service's word for it where it came from there."""
    return str(error.details.get("rule") or type(error).__name__)


class EblGroup(TyperGroup):
    """Commands whose errors become one clear message and an exit code."""

    def main(self, args: Sequence[str] | None = None, *more: Any, **named: Any) -> Any:
        """Run the command line. Wrong usage is told as JSON where --json is among the arguments."""
        given = sys.argv[1:] if args is None else args
        try:
            if "--json" not in given:
                return super().main(given, *more, **named)
            sys.exit(super().main(given, *more, **named | {"standalone_mode": False}))
        except typer.TyperException as wrong:
            tell(_wrong_usage(wrong), as_json=True)
            sys.exit(wrong.exit_code)
        except typer.Abort:
            tell(errors.InvalidRequest("It was broken off", hint="Answer what is asked."), as_json=True)
            sys.exit(1)
        except SystemExit as end:
            if isinstance(end.__context__, BrokenPipeError):
                sys.exit(READER_GONE)
            raise

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except errors.EblError as error:
            tell(error, as_json=bool(ctx.find_root().meta.get(JSON)))
            raise typer.Exit(exit_of(error)) from error


def _wrong_usage(wrong: typer.TyperException) -> errors.InvalidRequest:
    """What the library says of the arguments, as an error of ours."""
    context = getattr(wrong, "ctx", None)
    command = context.command_path if context else "ebl"
    return errors.InvalidRequest(wrong.format_message(), hint=f"See: {command} --help")


def tell(error: errors.EblError, *, as_json: bool) -> None:
    """Say on standard error what went wrong and what to do next."""
    if as_json:
        told = {"error": rule_of(error), "detail": error.message, "details": error.details, "hint": error.hint()}
        terminal.say_json(told, is_error=True)
        return
    console = terminal.notes()
    console.print(_indented(f"{rule_of(error)}: {error.message}"), style="bold red")
    console.print(_indented(error.hint()))


def _indented(text: str) -> str:
    """Further lines are set off: what others wrote must not look like a line of this program's."""
    return text.replace("\n", "\n  ")
