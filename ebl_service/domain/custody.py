"""Custody: the service signs a carrier's acts with a key that it holds for it, as far as the carrier's mandate goes.

    mandate      the carrier's signed statement: which acts, how many a day, until when, on which ledger
    custodian    the port to the keys (a folder of keystores; a key management service fits it)

Rules kept here
- Only acts of a carrier that issue, replace, accept or reject are ever signed, whatever a mandate says.
- A mandate binds account, chain and registry, lasts at most 400 days, and counts acts for each UTC day.
Leaves to others: who signed the mandate (`trust`), keeping it (`store.custody`), signing (`services.custody`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeGuard

from ebl_service.domain.actions import AcceptSurrender, Act, Issue, RejectSurrender, Replace
from ebl_service.domain.ledger import LedgerIdentity
from ebl_service.domain.terms import Address, Seconds
from ebl_service.errors.platform import BadMandate

DAY = 86_400
LONGEST = 400 * DAY
"""Seconds that a mandate may last."""
MOST_A_DAY = 100_000
KIND = "eBL Ledger custody mandate 1"
SIGNED_IN_CUSTODY: tuple[type[Act], ...] = (Issue, Replace, AcceptSurrender, RejectSurrender)
VERBS = tuple(kind.__name__ for kind in SIGNED_IN_CUSTODY)


@dataclass(frozen=True, slots=True)
class Mandate:
    """What the carrier allows. `verbs`: names of acts. `expires_at`: the last second it counts."""

    account: Address
    verbs: frozenset[str]
    acts_a_day: int
    expires_at: Seconds

    def covers(self, asked: Act, now: Seconds, used_today: int) -> bool:
        """Whether this act may be signed now."""
        allowed = isinstance(asked, SIGNED_IN_CUSTODY) and type(asked).__name__ in self.verbs
        return allowed and now <= self.expires_at and used_today < self.acts_a_day


class Custodian(Protocol):
    """Holds keys that do not leave it. Errors: LedgerUnavailable where it cannot be reached."""

    async def make(self) -> Address:
        """A new key; its account."""

    async def holds(self, account: Address) -> bool:
        """Whether it has the account's key."""

    async def open(self, account: Address) -> None:
        """Have the account's key ready. Raises: CustodyNotHere, InvalidRequest, NotAllowed where it cannot be used."""

    async def sign(self, account: Address, digest: bytes) -> bytes:
        """65 bytes r, s, v over 32 bytes. The same digest gives the same signature. Raises: as `open`."""


def mandate_statement(identity: LedgerIdentity, mandate: Mandate) -> dict[str, Any]:
    """What the carrier signs, as a JSON object."""
    return {
        "kind": KIND,
        "account": mandate.account,
        "chainId": identity.chain_id,
        "titleRegistry": identity.title_registry,
        "verbs": sorted(mandate.verbs),
        "actsADay": mandate.acts_a_day,
        "expiresAt": mandate.expires_at,
    }


def read_mandate(statement: Mapping[str, Any], identity: LedgerIdentity, account: Address, now: Seconds) -> Mandate:
    """The mandate of a signed statement, for this account on this ledger. Raises: BadMandate naming the field."""
    verbs, most, until = (statement.get(name) for name in ("verbs", "actsADay", "expiresAt"))
    if not isinstance(verbs, list) or not verbs or not all(verb in VERBS for verb in verbs):
        raise BadMandate(f"verbs is not a list of {', '.join(VERBS)}", {"at": "verbs"})
    if not _is_number(most, 1, MOST_A_DAY):
        raise BadMandate(f"actsADay is not a number from 1 to {MOST_A_DAY}", {"at": "actsADay"})
    if not _is_number(until, now + 1, now + LONGEST):
        raise BadMandate("expiresAt is not a time in seconds within 400 days from now", {"at": "expiresAt"})
    mandate = Mandate(account, frozenset(verbs), most, until)
    for name, right in mandate_statement(identity, mandate).items():
        said = statement.get(name)
        given = sorted(set(said)) if name == "verbs" and isinstance(said, list) else said
        if isinstance(given, str) and name in {"account", "titleRegistry"}:
            given = given.lower()
        if given != right:
            raise BadMandate(f"{name} is not {right}", {"at": name, "right": str(right)})
    return mandate


def _is_number(value: object, least: int, most: int) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
