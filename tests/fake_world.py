"""What a FakeLedger is made of: the world as `decide` and `evolve` leave it, and transactions as JSON in bytes."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from eth_hash.auto import keccak

from ebl_service.chain.signatures import recovered
from ebl_service.domain import events as happened
from ebl_service.domain import party as party_rules
from ebl_service.domain.ledger import ActToSend, Fees, LedgerIdentity, Transaction
from ebl_service.domain.party import Party
from ebl_service.domain.signed_act import SignedAct, check_deadline
from ebl_service.domain.terms import Address, Digest, Role, Seconds, TitleId
from ebl_service.domain.title import PreviousAct, Title, evolve
from ebl_service.domain.title_rules import Rules, decide
from ebl_service.errors import refusals as no
from ebl_service.store.act_rows import act_of, act_text

GENESIS_TIME = 1_700_000_000
NO_ROLE = Role(0)
RELAYER = Address("0x" + "ee" * 20)
IDENTITY = LedgerIdentity(
    chain_id=31_337,
    genesis_hash=Digest("0x" + "01" * 32),
    party_registry=Address("0x" + "aa" * 20),
    title_registry=Address("0x" + "bb" * 20),
    code_hashes=(Digest("0x" + "0a" * 32), Digest("0x" + "0b" * 32)),
    deployment_block=1,
    reject_period=72 * 3600,
    answer_period=14 * 24 * 3600,
)

Happening = Callable[["World", Seconds], list[happened.Event]]


@dataclass
class World:
    """Titles, parties and the relayer's nonce after a block."""

    titles: dict[TitleId, Title] = field(default_factory=dict)
    parties: dict[Address, Party] = field(default_factory=dict)
    nonce: int = 0

    def copy(self) -> "World":
        return World(dict(self.titles), dict(self.parties), self.nonce)

    def judge(self, item: ActToSend, now: Seconds) -> tuple[happened.TitleEvent, ...]:
        """The events of a signed act at this moment. Raises: a refusal."""
        signed = item.signed
        check_deadline(signed.deadline, now)
        if recovered(signed.digest(IDENTITY.titles_domain), signed.signature) != signed.signer:
            raise no.InvalidSignature(signed.signer)
        rules = Rules(self.titles, self.parties, now, IDENTITY.reject_period, IDENTITY.answer_period)
        events = decide(rules, signed.act, signed.signer)
        if isinstance(events[0], happened.TransferRejected):
            title_id = events[0].title_id
            if item.previous != self.titles[title_id].last:
                raise no.PreviousActMismatch(title_id, signed.signer)
        return events

    def apply(self, event: happened.Event) -> None:
        if isinstance(event, happened.TitleEvent):
            title = evolve(self.titles.get(event.title_id), event, IDENTITY.titles_domain.separator)
            self.titles[event.title_id] = title
        elif isinstance(event, happened.PartyEvent) and hasattr(event, "account"):
            party = party_rules.evolve(self.parties.get(event.account), event)
            assert party is not None
            self.parties[event.account] = party


def registered(world: World, account: Address, roles: Role, now: Seconds) -> happened.Registered:
    identity = Digest("0x" + keccak(account.encode()).hex())
    return happened.Registered(account, len(world.parties) + 1, roles, identity, 0, now)


def transaction_of(acts: Sequence[ActToSend], nonce: int, fees: Fees) -> Transaction:
    rows = [_act_row(item) for item in acts]
    raw = json.dumps({"nonce": nonce, "fees": [fees.max_fee, fees.priority_fee], "acts": rows}).encode()
    digests = tuple(Digest("0x" + keccak(json.dumps(row).encode()).hex()) for row in rows)
    return Transaction(Digest("0x" + keccak(raw).hex()), raw, nonce, 21_000 + 400_000 * len(rows), fees, digests)


def _act_row(item: ActToSend) -> list[Any]:
    signed, last = item.signed, item.previous
    proof = last and [getattr(last, name) for name in PreviousAct.__dataclass_fields__]
    return [
        type(signed.act).__name__,
        act_text(signed.act),
        signed.signer,
        signed.deadline,
        signed.signature.hex(),
        proof,
    ]


def acts_in(raw: bytes) -> list[ActToSend]:
    found = []
    for verb, act, signer, deadline, signature, proof in json.loads(raw)["acts"]:
        signed = SignedAct(act_of(verb, act), signer, deadline, bytes.fromhex(signature))
        found.append(ActToSend(signed, PreviousAct(*proof) if proof else None))
    return found


def transaction_in(raw: bytes) -> Transaction:
    values = json.loads(raw)
    return transaction_of(acts_in(raw), values["nonce"], Fees(*values["fees"]))
