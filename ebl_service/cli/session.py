"""What commands share: which service, whose key, how to print.

`locally`, `reads`, `signs` and `at_the_desk` add these options to a command.

What speaks HTTP and what opens keys is loaded when a command first needs it, so that help comes at once.

Rules kept: no key or password on a command line, only files and prompts; what is printed for programs is JSON on
standard output, one object a line; everything else that is said goes to standard error. Where no terminal is, nothing
is coloured, cut to a width, or drawn over.
"""

import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_type_hints

import typer

from ebl_service.cli import session_cache, terminal
from ebl_service.cli.exits import JSON
from ebl_service.cli.naming import Means
from ebl_service.errors.requests import BadValue
from ebl_service.wallet.secret_file import private_key, secret_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from ebl_service.cli.client import Api
    from ebl_service.wallet.key import PartyKey

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
    recipients: list[str] = field(default_factory=list)
    """Parties that were named by code or name: who they are."""
    is_named_only: bool = False
    """One of them was named by its legal name alone."""
    _drawn: "Progress | None" = field(default=None, init=False)

    @cached_property
    def api(self) -> "Api":
        """The service. It is asked as the operator or by an API key where a file with one is named.

        Otherwise the caller signs in with its own key, once, when the service first asks who it is.
        """
        from ebl_service.cli.client import Api

        named = self.token_file or self.api_key_file
        if named:
            return Api(self.api_url, secret_line(named))
        cached = session_cache.kept(self.api_url, self.account) if self._keeps_sessions else None
        return Api(self.api_url, cached, self._signed_in)

    @property
    def _keeps_sessions(self) -> bool:
        """An encrypted key is dear to open; a plain one is not."""
        return self.key_file is None and self.keystore is not None

    def _signed_in(self) -> str | None:
        """A token of a new session; None where no key is named."""
        from ebl_service.cli.client import Api
        from ebl_service.cli.signing_in import sign_in

        if self.key_file is None and self.keystore is None:
            return None
        if self._keeps_sessions:
            session_cache.forget(self.api_url, self.account)  # it did not count
        entered = sign_in(Api(self.api_url), self.api_url, self.key)
        token = str(entered["token"])
        if self._keeps_sessions:
            session_cache.keep(self.api_url, self.account, token, int(entered["expiresAt"]))
        return token

    def sign_out(self) -> bool:
        """End the kept session, here and at the service; whether there was one. Raises: as `Api.post`."""
        from ebl_service.cli.client import Api

        token = session_cache.kept(self.api_url, self.account)
        session_cache.forget(self.api_url, self.account)
        if token is not None:
            Api(self.api_url, token).post("/v1/sign-out")
        return token is not None

    @cached_property
    def key(self) -> "PartyKey":
        """The caller's key, opened. Raises: typer.BadParameter where none is named; as `keystore.load`."""
        from ebl_service.wallet import keystore
        from ebl_service.wallet.key import PartyKey

        if self.key_file is not None:
            return PartyKey(private_key(self.key_file))
        if self.keystore is None:
            raise typer.BadParameter("name your key with --keystore or EBL_KEYSTORE (make one with: ebl key new)")
        keystore.address_of(self.keystore)  # says that there is none before asking for its password
        return keystore.load(self.keystore, self.password(self.password_file))

    @cached_property
    def account(self) -> str:
        """The caller's account; no password is asked for. Raises: as `Api.get`, `keystore.address_of`."""
        from ebl_service.domain.terms import checksummed

        if self.api_key_file is None and self.key_file is None and self.keystore is not None:
            from ebl_service.wallet import keystore

            return checksummed(keystore.address_of(self.keystore))
        if self.api_key_file is None and self.key_file is not None:
            return checksummed(self.key.address)
        return str(self.api.get("/v1/parties", limit=1)["parties"][0]["account"])

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
    def console(self) -> "Console":
        """Where people read."""
        return terminal.console()

    def progress(self) -> "Progress":
        """How far a long command has come; drawn at a terminal only."""
        from rich.progress import MofNCompleteColumn, Progress

        console = terminal.console(is_error=True)
        columns = (*Progress.get_default_columns(), MofNCompleteColumn())
        self._drawn = Progress(*columns, console=console, disable=self.as_json or not console.is_terminal)
        return self._drawn

    def note(self, text: str) -> None:
        """Something said beside the result."""
        if not self.as_json:
            terminal.notes().print(text)

    def show(self, result: dict[str, Any], people: "Callable[[Console], None]") -> None:
        """The result: JSON for programs, `people` for people."""
        if self.as_json:
            terminal.say_json(result)
        else:
            people(self.console)

    def confirm(self, sentence: str) -> None:
        """Say what is being signed; at a terminal ask whether to.

        Raises: typer.Abort; BadValue where a party goes by its name alone and nobody can be asked whether it is that.
        """
        for each in self.recipients:
            self.note(f"For {each}")
        self.note(sentence)
        if self.is_named_only and not self.yes and (self.as_json or not sys.stdin.isatty()):
            who = "; ".join(self.recipients)
            raise BadValue(f"Nobody is there to be asked whether this is meant: {who}", hint=NAMED_ONLY)
        if not self.yes and not self.as_json and sys.stdin.isatty():
            if self._drawn is not None:
                self._drawn.stop()  # it would be drawn over the question
            typer.confirm("Sign this?", abort=True, err=True)
            if self._drawn is not None:
                self._drawn.start()


NAMED_ONLY = "Name the party by code or account, or say --yes."
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
        values |= {name: means.resolved(session, values[name]) for name, means in named.items()}
        command(session=session, **values)

    hints = get_type_hints(command, include_extras=True)
    named = {name: means for name, hint in hints.items() for means in get_args(hint) if isinstance(means, Means)}
    for name, means in named.items():
        kind, *about = get_args(hints[name])
        hints[name] = Annotated[(kind, *(each for each in about if each is not means))]
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
