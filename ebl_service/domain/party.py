"""A party: its state, and how events change it.

Rules kept here (contracts/PartyRegistry.sol)
- A party joins by the registrar's call and its own signature; its number, counted from 1, is its for ever.
- Suspension stops issuing and receiving by new acts; it never blocks passing on, surrendering, answering, or a return.
- Only the registrar registers, changes roles, suspends and reinstates; roles change only where they differ.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from ebl_service.domain import events as happened
from ebl_service.domain.terms import Address, Digest, Role
from ebl_service.errors import LedgerDisagrees


@dataclass(frozen=True, slots=True)
class Party:
    """An account that may take part. `nonce`: of its next signature for the party registry."""

    account: Address
    number: int
    roles: Role
    identity_digest: Digest
    is_suspended: bool = False
    nonce: int = 1

    @property
    def may_issue(self) -> bool:
        """A carrier in good standing."""
        return Role.CARRIER in self.roles and not self.is_suspended


Parties = Mapping[Address, Party]


def evolve(party: Party | None, event: happened.PartyEvent) -> Party | None:
    """The party after `event`; None where the event is about no party (the registrar's seat).

    Raises: LedgerDisagrees where the event cannot follow: an unknown party, or one registered twice.
    """
    if isinstance(event, happened.OwnershipTransferStarted | happened.OwnershipTransferred):
        return party
    if isinstance(event, happened.Registered):
        if party is not None:
            raise LedgerDisagrees(f"party {event.account} was registered twice")
        return Party(event.account, event.number, event.roles, event.identity_digest, nonce=event.nonce + 1)
    if party is None:
        raise LedgerDisagrees(f"{type(event).__name__} of {event.account}, which never joined")
    match event:
        case happened.IdentityUpdated():
            return replace(party, identity_digest=event.identity_digest, nonce=event.nonce + 1)
        case happened.RoleGranted():
            return replace(party, roles=party.roles | event.roles)
        case happened.RoleWithdrawn():
            return replace(party, roles=party.roles & ~event.roles)
        case happened.Suspended():
            return replace(party, is_suspended=True)
        case happened.Reinstated():
            return replace(party, is_suspended=False)
        case happened.SingleKeyWarning():
            return party
        case _:
            assert_never(event)
