"""Who plays: each member with a key of its own, made for this run, found by identifying codes and never by name."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ebl_service.domain.terms import Address, Digest, digest
from ebl_service.domain.transport_document.document_parties import Code, NamedParty
from ebl_service.wallet.key import PartyKey

ROOT = Path(__file__).resolve().parent.parent.parent
PARTIES = ROOT / "samples" / "parties.json"


@dataclass(frozen=True)
class Member:
    """A party with its key. `roles`: as the party registry names them. `account`: where its key is another's."""

    name: str
    roles: tuple[str, ...] = ()
    codes: frozenset[Code] = frozenset()
    key: PartyKey = field(default_factory=PartyKey.random)
    account: Address | None = None

    @property
    def address(self) -> Address:
        """Its account."""
        return self.account or self.key.address

    @property
    def identity_digest(self) -> Digest:
        """Salted digest of what it is called; the key's account serves as the salt here."""
        return digest(self.address, "0x" + self.name.encode()[:32].hex())


class Cast:
    """The members by their names in the script (`carrier`, `shipper`, `bank` …)."""

    def __init__(self) -> None:
        told = json.loads(PARTIES.read_text())["parties"]
        self.members = {each["key"]: _member(each) for each in told}
        self._by_account = {member.address: member for member in self.members.values()}

    def __getitem__(self, name: str) -> Member:
        return self.members[name]

    def settle(self, name: str, member: Member) -> None:
        """The member of this name has another account from now on: one whose key is held in custody."""
        self._by_account.pop(self.members[name].address)
        self.members[name] = self._by_account[member.address] = member

    def find(self, party: NamedParty) -> Member | None:
        """The member that has one of the party's codes."""
        return next((member for member in self._by_account.values() if member.codes & party.codes), None)

    def invite(self, party: NamedParty, roles: Sequence[str] = ()) -> Member:
        """A member for a party from outside, with an account of its own; the caller registers it."""
        member = Member(party.name, tuple(roles), party.codes)
        self._by_account[member.address] = member
        return member

    def name_of(self, account: str) -> str:
        """What an account's member is called, shortly; the account itself where it is nobody's here."""
        member = self._by_account.get(Address(account.lower()))
        return member.name if member else account


def _member(told: dict[str, object]) -> Member:
    codes = frozenset((code["codeListProvider"], code["partyCode"]) for code in told["identifyingCodes"])  # type: ignore[attr-defined]
    return Member(str(told["name"]), tuple(told["roles"]), codes)  # type: ignore[arg-type]
