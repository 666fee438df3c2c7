"""Bills by number and parties by name, both ways: what an argument names, and how people read what an answer names.

    title: Annotated[str, typer.Argument(…), BILL]      an id, or a bill's number; the command is handed the id
    to: Annotated[str, typer.Option(…), PARTY]          an account, PROVIDER:CODE or a legal name; it gets the account

Rules kept
- What a number or name means the service says, among what it lets this caller see; what is ambiguous is not guessed.
- Of a bill's versions the newest counts. Numbers of several carriers' bills name none of them.
"""

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

from ebl_service.cli.terminal import is_terminal, one_line
from ebl_service.errors import NotFound
from ebl_service.errors.requests import AmbiguousName

if TYPE_CHECKING:
    from ebl_service.cli.session import Session

ACCOUNT = re.compile("0x[0-9a-fA-F]*")
AT_ONCE = 50
SHORT = 10
"""Digits of an id that are shown where a line must fit a terminal."""


class Means(Enum):
    """What an argument may be named by."""

    BILL = "bill"
    PARTY = "party"

    def resolved(self, session: "Session", given: Any) -> Any:
        """The id or account that is meant; of a list, of each. Raises: NotFound, AmbiguousName, BadValue."""
        if given is None:
            return None
        if isinstance(given, list):
            return [self.resolved(session, each) for each in given]
        return (_title if self is Means.BILL else _account)(session, given)


BILL, PARTY = Means.BILL, Means.PARTY


def _title(session: "Session", given: str) -> str:
    """The title's id. What begins with 0x is an id, right or wrong."""
    if given.startswith("0x"):
        return given
    found = session.api.get("/v1/titles/by-number", number=given)["titles"]
    newest = {title["carrier"]: title for title in reversed(found)}
    if len(newest) > 1:
        names = Names.of(session, accounts=newest)
        told = [f"{title['id']} of {names.party(carrier, whole=True)}" for carrier, title in newest.items()]
        raise AmbiguousName(
            f"{given} is a number of several carriers' bills: {'; '.join(told)}",
            {"number": given, "titles": [title["id"] for title in newest.values()]},
            "Name the title by its id.",
        )
    (title,) = newest.values()
    return str(title["id"])


def _account(session: "Session", given: str) -> str:
    """The account. What begins with 0x is one, right or wrong; PROVIDER:CODE is a code, or else a name."""
    if ACCOUNT.fullmatch(given):
        return given
    provider, colon, code = given.partition(":")
    if colon and provider and code:
        try:
            party = session.api.get("/v1/parties/by-code", provider=provider, code=code)
        except NotFound:
            if " " not in given:
                raise
        else:
            session.recipients.append(_described(session, party))
            return str(party["account"])
    try:
        party = session.api.get("/v1/parties/by-name", name=given)
    except AmbiguousName as fault:
        raise _listing(session, given, fault) from fault
    session.recipients.append(_described(session, party))
    session.is_named_only = True
    return str(party["account"])


def _listing(session: "Session", given: str, fault: AmbiguousName) -> AmbiguousName:
    accounts = fault.details.get("accounts")
    listed = [str(each) for each in accounts] if isinstance(accounts, list) else []
    told = [_described(session, {"account": each, "legalName": given}) for each in listed]
    more = "; ".join(told) or "none of them is on your titles"
    return AmbiguousName(f"Several parties are called {given}; known to you: {more}", fault.details, fault.hint())


def _described(session: "Session", party: Mapping[str, Any]) -> str:
    try:
        codes = session.api.get(f"/v1/parties/{party['account']}/profile")["identifyingCodes"]
    except NotFound:
        codes = []
    told = [f"{each['codeListProvider']}:{each['partyCode']}" for each in codes]
    suspended = ["SUSPENDED"] if party.get("isSuspended") else []
    return ", ".join([one_line(party["legalName"]), f"account {party['account']}", *map(one_line, told), *suspended])


def identified(kind: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """An answer as `--json` prints it: its own id goes by the name that others know it by, such as titleId."""
    return {f"{kind}Id": found["id"], **{name: value for name, value in found.items() if name != "id"}}


class Names:
    """How people call titles and accounts of an answer; what has no name is called by its id."""

    def __init__(self, bills: Mapping[str, str], parties: Mapping[str, str]) -> None:
        self._bills = bills
        self._parties = {account.lower(): name for account, name in parties.items()}

    @classmethod
    def of(cls, session: "Session", titles: Iterable[str] = (), accounts: Iterable[str | None] = ()) -> "Names":
        """Their names, as the service tells them to this caller."""
        ids, parties = sorted(set(titles)), sorted({each for each in accounts if each})
        found: dict[str, dict[str, str]] = {"bills": {}, "parties": {}}
        for start in range(0, max(len(ids), len(parties)), AT_ONCE):
            some = slice(start, start + AT_ONCE)
            told = session.api.get("/v1/names", titleId=ids[some], account=parties[some])
            for kind in found:
                found[kind] |= told[kind]
        return cls(found["bills"], found["parties"])

    def bill(self, title_id: str) -> str:
        """A bill's number, else its title's id."""
        return one_line(self._bills[title_id]) if title_id in self._bills else short(title_id)

    def party(self, account: str | None, nobody: str = "-", *, whole: bool = False) -> str:
        """A party's name, else its account; `whole`, or where no terminal is: both."""
        if account is None:
            return nobody
        name = self._parties.get(account.lower())
        if name is None:
            return account if whole else short(account)
        return f"{one_line(name)} ({account})" if whole or not is_terminal() else one_line(name)


def short(identifier: str) -> str:
    """An id as it fits a line; whole where no terminal is."""
    return f"{identifier[:SHORT]}…" if is_terminal() and len(identifier) > SHORT else identifier
