"""What commands share: which service, whose key, how to print.

`locally`, `reads`, `signs` and `at_the_desk` add these options to a command.

Rules kept: no key or password on a command line, only files and prompts; what is printed for programs is JSON on
standard output, one object a line; everything else that is said goes to standard error. Where no terminal is, nothing
is coloured, cut to a width, or drawn over.
"""

import inspect
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, wraps
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress

from ebl_service.cli.client import Api
from ebl_service.cli.exits import JSON
from ebl_service.cli.signing_in import sign_in
from ebl_service.errors.requests import BadValue
from ebl_service.wallet import keystore
from ebl_service.wallet.key import PartyKey
from ebl_service.wallet.secret_file import private_key, secret_line

ApiOption = Annotated[str, typer.Option("--api", envvar="EBL_API", help="The service's address.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
KeystoreOption = Annotated[
    Path | None, typer.Option("--keystore", envvar="EBL_KEYSTORE", help="Your encrypted key.", show_default=False)
]
PasswordOption = Annotated[
    Path | None,
    typer.Option(
        "--password-file", envvar="EBL_PASSWORD_FILE", help="File with its password; default: ask.", show_default=False
    ),
]
KeyFileOption = Annotated[
    Path | None,
    typer.Option(
        "--key-file", envvar="EBL_KEY_FILE", help="File with a plain key in hex, instead.", show_default=False
    ),
]
TokenOption = Annotated[
    Path | None,
    typer.Option(
        "--token-file", envvar="EBL_REGISTRAR_TOKEN_FILE", help="File with the registrar's token.", show_default=False
    ),
]
ApiKeyOption = Annotated[
    Path | None,
    typer.Option(
        "--api-key-file",
        envvar="EBL_API_KEY_FILE",
        help="File with an API key, instead of signing in.",
        show_default=False,
    ),
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Sign without asking.")]
WaitOption = Annotated[
    int, typer.Option("--wait", min=0, max=3600, help="Seconds to wait for a block; 0: do not wait.")
]

UNCUT = 10_000
"""Columns where no terminal is: ids stay whole for whatever reads them."""


@dataclass
class Session:
    """One run of a command."""

    api_url: str
    as_json: bool
    keystore: Path | None = None
    password_file: Path | None = None
    key_file: Path | None = None
    token_file: Path | None = None
    api_key_file: Path | None = None
    yes: bool = False
    wait: int = 60
    _drawn: Progress | None = field(default=None, init=False)

    @cached_property
    def api(self) -> Api:
        """The service. It is asked as the operator or by an API key where a file with one is named.

        Otherwise the caller signs in with its own key, once, when the service first asks who it is.
        """
        named = self.token_file or self.api_key_file
        return Api(self.api_url, secret_line(named) if named else None, self._signed_in)

    def _signed_in(self) -> str | None:
        """A token of a new session; None where no key is named."""
        if self.key_file is None and self.keystore is None:
            return None
        return str(sign_in(Api(self.api_url), self.api_url, self.key)["token"])

    @cached_property
    def key(self) -> PartyKey:
        """The caller's key, opened. Raises: typer.BadParameter where none is named; as `keystore.load`."""
        if self.key_file is not None:
            return PartyKey(private_key(self.key_file))
        if self.keystore is None:
            raise typer.BadParameter("name your key with --keystore or EBL_KEYSTORE (make one with: ebl key new)")
        keystore.address_of(self.keystore)  # says that there is none before asking for its password
        return keystore.load(self.keystore, self.password(self.password_file))

    def password(self, file: Path | None, *, twice: bool = False) -> str:
        """From its file, or asked for without showing it. Raises: BadValue where nobody is there to be asked."""
        if file is not None:
            return secret_line(file)
        has_person = sys.stdin.isatty()
        try:
            if has_person or not self.as_json:
                return str(typer.prompt("Password", hide_input=True, confirmation_prompt=twice, err=True))
        except typer.Abort:
            if has_person:
                raise
        raise BadValue("No password was given", hint="Name its file with --password-file or EBL_PASSWORD_FILE.")

    @property
    def console(self) -> Console:
        """Where people read."""
        return Console(highlight=False, width=None if sys.stdout.isatty() else UNCUT)

    def progress(self) -> Progress:
        """How far a long command has come; drawn at a terminal only."""
        console = Console(stderr=True)
        columns = (*Progress.get_default_columns(), MofNCompleteColumn())
        self._drawn = Progress(*columns, console=console, disable=self.as_json or not console.is_terminal)
        return self._drawn

    def note(self, text: str) -> None:
        """Something said beside the result."""
        if not self.as_json:
            Console(stderr=True, highlight=False, soft_wrap=True).print(text, markup=False)

    def show(self, result: dict[str, Any], people: Callable[[Console], None]) -> None:
        """The result: JSON for programs, `people` for people."""
        if self.as_json:
            typer.echo(json.dumps(result, ensure_ascii=False))
        else:
            people(self.console)

    def confirm(self, sentence: str) -> None:
        """Say what is being signed; at a terminal ask whether to. Raises: typer.Abort."""
        self.note(sentence)
        if not self.yes and not self.as_json and sys.stdin.isatty():
            if self._drawn is not None:
                self._drawn.stop()  # it would be drawn over the question
            typer.confirm("Sign this?", abort=True, err=True)
            if self._drawn is not None:
                self._drawn.start()


_COMMON = {"api_url": (ApiOption, "http://127.0.0.1:8080"), "as_json": (JsonOption, False)}
_KEY = {"keystore": (KeystoreOption, None), "password_file": (PasswordOption, None), "key_file": (KeyFileOption, None)}
_READING = _COMMON | _KEY | {"api_key_file": (ApiKeyOption, None)}
_DESK = _READING | {"token_file": (TokenOption, None)}
_SIGNING = _READING | {"yes": (YesOption, False), "wait": (WaitOption, 60)}


def _with(options: dict[str, tuple[Any, Any]], command: Callable[..., None]) -> Callable[..., None]:
    """The command with `options` beside its own; it is called with a `Session` made of them."""
    given = inspect.signature(command).parameters
    own = [each for name, each in given.items() if name != "session"]
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, (kind, default) in options.items()
    ]
    context = inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)

    @wraps(command)
    def run(*, ctx: typer.Context, **values: Any) -> None:
        session = Session(**{name: values.pop(name) for name in options})
        ctx.find_root().meta[JSON] = session.as_json
        command(session=session, **values)

    hints = get_type_hints(command, include_extras=True)
    own = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[each.name]) for each in own]
    parameters = [context, *own, *added]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what inspect and typer look at
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    return run


def locally(command: Callable[..., None]) -> Callable[..., None]:
    """A command that needs nobody to be known to the service."""
    return _with(_COMMON, command)


def reads(command: Callable[..., None]) -> Callable[..., None]:
    """A command that asks the service as somebody."""
    return _with(_READING, command)


def signs(command: Callable[..., None]) -> Callable[..., None]:
    """A command that signs with the caller's key and has the service carry it."""
    return _with(_SIGNING, command)


def at_the_desk(command: Callable[..., None]) -> Callable[..., None]:
    """A command for the registrar's desk."""
    return _with(_DESK, command)
