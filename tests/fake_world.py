"""What a FakeLedger is made of: the world as `decide` and `evolve` leave it, and transactions as JSON in bytes.

What the contracts add to the rulebook stands here too: what they read, what they want proved, how they say a refusal.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from eth_abi.abi import encode
from eth_hash.auto import keccak

from ebl_service.chain.act_codec import encode_act
from ebl_service.chain.artifacts import artifact, selector_of, type_of
from ebl_service.chain.relayer import ACT_GAS, gas_of
from ebl_service.chain.signatures import recovered
from ebl_service.domain import actions
from ebl_service.domain import certificate as insured
from ebl_service.domain import events as happened
from ebl_service.domain import party as party_rules
from ebl_service.domain.certificate import Certificate
from ebl_service.domain.certificate_actions import CarryOver, IssueCertificate
from ebl_service.domain.certificate_events import CertificateEvent
from ebl_service.domain.ledger import ActToSend, Assurance, Fees, LedgerIdentity, Transaction
from ebl_service.domain.party import Party
from ebl_service.domain.rulebook import Rules, decide
from ebl_service.domain.signed_act import SignedAct, check_deadline
from ebl_service.domain.terms import (
    Address,
    CertificateId,
    ClaimStatus,
    Digest,
    Mode,
    Part,
    Purpose,
    Role,
    Seconds,
    Status,
    TitleId,
    certificate_id_of,
    title_id_of,
)
from ebl_service.domain.title import PreviousAct, Title, evolve
from ebl_service.errors import certificate_refusals as uninsured
from ebl_service.errors import refusals as no
from ebl_service.store.act_rows import act_of, act_text

GENESIS_TIME = 1_700_000_000
NO_ROLE = Role(0)
RELAYER = Address("0x" + "ee" * 20)
WEALTH = 10**18
"""Of the relayer at first, in wei."""
IDENTITY = LedgerIdentity(
    chain_id=31_337,
    genesis_hash=Digest("0x" + "01" * 32),
    party_registry=Address("0x" + "aa" * 20),
    title_registry=Address("0x" + "bb" * 20),
    cargo_insurance=Address("0x" + "cc" * 20),
    code_hashes=(Digest("0x" + "0a" * 32), Digest("0x" + "0b" * 32), Digest("0x" + "0c" * 32)),
    deployment_block=1,
    reject_period=72 * 3600,
    answer_period=14 * 24 * 3600,
)

_CONTRACTS = ("TitleRegistry", "PartyRegistry", "CargoInsurance")
_ERRORS = {entry["name"]: entry for name in _CONTRACTS for entry in artifact(name).abi if entry["type"] == "error"}
_ENUMS = {kind.__name__: kind for kind in (Status, Purpose, Mode, Part, ClaimStatus)}

Happening = Callable[["World", Seconds], list[happened.Event]]


@dataclass
class World:
    """Titles, parties, certificates, and the relayer's nonce and spending (wei) after a block."""

    titles: dict[TitleId, Title] = field(default_factory=dict)
    parties: dict[Address, Party] = field(default_factory=dict)
    nonce: int = 0
    certificates: dict[CertificateId, Certificate] = field(default_factory=dict)
    spent: int = 0

    def copy(self) -> "World":
        return World(dict(self.titles), dict(self.parties), self.nonce, dict(self.certificates), self.spent)

    def judge(self, item: ActToSend, now: Seconds) -> tuple[happened.TitleEvent | CertificateEvent, ...]:
        """The events of a signed act at this moment. Raises: a refusal."""
        signed = item.signed
        check_deadline(signed.deadline, now)
        read = replace(signed, act=_as_read(signed.act, signed.signer))
        if recovered(read.digest(IDENTITY.domain_of(signed.act)), signed.signature) != signed.signer:
            raise no.InvalidSignature(signed.signer)
        periods = (IDENTITY.reject_period, IDENTITY.answer_period)
        rules = Rules(self.titles, self.parties, now, *periods, self.certificates)
        try:
            events = decide(rules, signed.act, signed.signer)
        except (no.NothingToReject, no.RejectPeriodOver, uninsured.NotAReplacement):
            self._require_proof(item)  # the contracts read what they refuse here from the proof
            raise
        self._require_proof(item)
        return events

    def _require_proof(self, item: ActToSend) -> None:
        asked = item.signed.act
        if isinstance(asked, actions.RejectTransfer | CarryOver):
            is_carry_over = isinstance(asked, CarryOver)
            title_id = self.certificates[asked.certificate_id].title_id if is_carry_over else asked.title_id
            title = self.titles[title_id]
            if (item.previous, item.replaced_by) != (title.last, title.replaced_by):
                raise no.PreviousActMismatch(title_id, item.signed.signer)

    def apply(self, event: happened.Event) -> None:
        if isinstance(event, happened.TitleEvent):
            title = evolve(self.titles.get(event.title_id), event, IDENTITY.titles_domain.separator)
            self.titles[event.title_id] = title
        elif isinstance(event, CertificateEvent):
            known = self.certificates.get(event.certificate_id)
            certificate = insured.evolve(known, event, IDENTITY.insurance_domain.separator)
            self.certificates[event.certificate_id] = certificate
        elif isinstance(event, happened.PartyEvent) and hasattr(event, "account"):
            party = party_rules.evolve(self.parties.get(event.account), event)
            assert party is not None
            self.parties[event.account] = party


def assurance_of(world: World, certificate_id: CertificateId) -> Assurance | None:
    """What the contract would say of a certificate."""
    certificate = world.certificates.get(certificate_id)
    if certificate is None:
        return None
    title = world.titles[certificate.title_id]
    return Assurance(
        title_id=certificate.title_id,
        assured=insured.assured(certificate, title),
        payee=insured.payee(certificate, title),
        sequence=certificate.sequence,
        commitment=certificate.commitment,
        head=certificate.head,
    )


def registered(world: World, account: Address, roles: Role, now: Seconds) -> happened.Registered:
    identity = Digest("0x" + keccak(account.encode()).hex())
    return happened.Registered(account, len(world.parties) + 1, roles, identity, 0, now)


def _as_read(asked: actions.Act, signer: Address) -> actions.Act:
    """The act as a contract reads it: which title or certificate an issue makes is no argument, it follows."""
    match asked:
        case actions.Issue():
            return replace(asked, title_id=title_id_of(signer, asked.reference_digest), sequence=0)
        case IssueCertificate():
            return replace(asked, certificate_id=certificate_id_of(signer, asked.reference_digest), sequence=0)
    return asked


def needs_more_than_its_share(item: ActToSend) -> bool:
    """Whether an act may use more than it is given in a batch, and so goes alone."""
    return gas_of(item, by_wallet=False) > ACT_GAS


def revert_data(refusal: no.Refusal) -> str:
    """A refusal as the contracts say it, 0x-hex."""
    if isinstance(refusal, no.Unexplained):
        return str(refusal.details["data"])
    entry = _ERRORS[type(refusal).__name__]
    values = [_argument(item, value) for item, value in zip(entry["inputs"], refusal.values, strict=True)]
    return "0x" + (selector_of(entry) + encode([type_of(item) for item in entry["inputs"]], values)).hex()


def _argument(item: dict[str, Any], value: Any) -> Any:
    kind = _ENUMS.get(item["internalType"].rpartition(".")[2])
    if kind is not None:
        return kind[value]
    return bytes.fromhex(value[2:]) if item["type"] == "bytes32" else value


def transaction_of(acts: Sequence[ActToSend], nonce: int, fees: Fees) -> Transaction:
    rows = [_act_row(item) for item in acts]
    raw = json.dumps({"nonce": nonce, "fees": [fees.max_fee, fees.priority_fee], "acts": rows}).encode()
    digests = tuple(Digest("0x" + keccak(encode_act(item)).hex()) for item in acts)
    return Transaction(Digest("0x" + keccak(raw).hex()), raw, nonce, 21_000 + 400_000 * len(rows), fees, digests)


def _act_row(item: ActToSend) -> list[Any]:
    signed, last = item.signed, item.previous
    proof = last and list(last)
    return [
        type(signed.act).__name__,
        act_text(signed.act),
        signed.signer,
        signed.deadline,
        signed.signature.hex(),
        proof,
        list(item.replaced_by),
    ]


def acts_in(raw: bytes) -> list[ActToSend]:
    found = []
    for verb, act, signer, deadline, signature, proof, replaced_by in json.loads(raw)["acts"]:
        signed = SignedAct(act_of(verb, act), signer, deadline, bytes.fromhex(signature))
        found.append(ActToSend(signed, PreviousAct(*proof) if proof else None, tuple(replaced_by)))
    return found


def transaction_in(raw: bytes) -> Transaction:
    values = json.loads(raw)
    return transaction_of(acts_in(raw), values["nonce"], Fees(*values["fees"]))
