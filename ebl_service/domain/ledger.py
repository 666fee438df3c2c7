"""The one port: what the services ask of a ledger, and the shapes that cross it.

Two things stand behind it: `chain.ledger.ChainLedger` (an EVM chain over JSON-RPC) and the tests' `FakeLedger`, made
of `decide` and `evolve`, which can mine, reorganise, drop, stall and lie. Errors of every method:
LedgerUnavailable where the chain cannot be reached or answers nonsense (try again), LedgerDisagrees where it is another
chain than the deployment names (stop).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from ebl_service.domain.actions import Act
from ebl_service.domain.certificate_actions import CertificateAct
from ebl_service.domain.events import Event
from ebl_service.domain.signed_act import (
    Join,
    SignedAct,
    SigningDomain,
    insurance_domain,
    parties_domain,
    titles_domain,
)
from ebl_service.domain.terms import Address, CertificateId, Digest, Seconds, TitleId
from ebl_service.domain.title import PreviousAct
from ebl_service.errors.refusals import Refusal


@dataclass(frozen=True, slots=True)
class LedgerIdentity:
    """Which ledger this is: a database made for one refuses another. Hashes are keccak-256."""

    chain_id: int
    genesis_hash: Digest
    party_registry: Address
    title_registry: Address
    cargo_insurance: Address
    code_hashes: tuple[Digest, Digest, Digest]
    deployment_block: int
    reject_period: int
    answer_period: int

    @property
    def titles_domain(self) -> SigningDomain:
        """Where signatures over acts on titles count."""
        return titles_domain(self.chain_id, self.title_registry)

    @property
    def insurance_domain(self) -> SigningDomain:
        """Where signatures over acts on certificates of insurance count."""
        return insurance_domain(self.chain_id, self.cargo_insurance)

    def domain_of(self, act: Act) -> SigningDomain:
        """Where a signature over this act counts."""
        return self.insurance_domain if isinstance(act, CertificateAct) else self.titles_domain

    @property
    def parties_domain(self) -> SigningDomain:
        """Where signatures of joining parties count."""
        return parties_domain(self.chain_id, self.party_registry)


@dataclass(frozen=True, slots=True)
class Block:
    """A block's header, as far as we need it."""

    number: int
    hash: Digest
    parent_hash: Digest
    time: Seconds


class Recorded(NamedTuple):
    """An event where it stands on the ledger."""

    block_number: int
    block_hash: Digest
    transaction_hash: Digest
    log_index: int
    event: Event


@dataclass(frozen=True, slots=True)
class ActToSend:
    """A signed act on its way, with what proves its ground and is not signed.

    A rejected transfer goes with the act before; a carry-over with the replaced title's last act and new titles.
    """

    signed: SignedAct
    previous: PreviousAct | None = None
    replaced_by: tuple[TitleId, ...] = ()


@dataclass(frozen=True, slots=True)
class Fees:
    """Per gas, in wei (EIP-1559)."""

    max_fee: int
    priority_fee: int


@dataclass(frozen=True, slots=True)
class Transaction:
    """A signed transaction: sending `raw` again is harmless. `act_digests`: keccak-256 of each act's call data."""

    hash: Digest
    raw: bytes
    nonce: int
    gas_limit: int
    fees: Fees
    act_digests: tuple[Digest, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a transaction that a block includes.

    `refused`: acts of the batch that did not stand, by their index. `reverted`: the whole transaction failed.
    `gas_used` and `gas_price` (wei) are the whole transaction's.
    """

    block_number: int
    block_hash: Digest
    gas_used: int
    gas_price: int
    reverted: bool
    refused: tuple[tuple[int, Refusal], ...]


@dataclass(frozen=True, slots=True)
class Assurance:
    """What the contract itself says of a certificate at a block, to be held against what was folded."""

    title_id: TitleId
    assured: Address
    payee: Address
    sequence: int
    commitment: Digest
    head: Digest


class Ledger(Protocol):
    """Titles, certificates and parties, as a chain keeps them."""

    async def identity(self) -> LedgerIdentity:
        """Which ledger this is, checked against the chain: id, genesis, code."""

    async def head(self, known: int = -1) -> Block:
        """The newest block. One below `known`, which was there once, only where no node can be silent about more."""

    async def block(self, number: int) -> Block | None:
        """The block of this number on the present chain; None above its head."""

    async def hashes(self, number: int) -> Mapping[int, Digest]:
        """The block's hash by each node that has it, by the nodes' places from 1; empty where there is one node only.

        Nodes that are behind or silent are not among them, but where the one that serves is: LedgerUnavailable.
        """

    async def finalized(self) -> int:
        """The highest block number the chain itself calls final (the `finalized` tag); -1 where it does not say."""

    async def events(self, first: int, last: int) -> Sequence[Recorded]:
        """Every event in these blocks, both included, in the ledger's order. Splits ranges the node finds too large.

        Raises: LedgerDisagrees where a log of our contracts cannot be decoded; NodeBehind where whoever answers has
        not come to block `last`, so that events would be missing.
        """

    async def check(
        self, acts: Sequence[ActToSend], known: int = -1, at: int | None = None
    ) -> Sequence[Refusal | None]:
        """Would each act stand, were it to land now? Costs nothing; judged at the newest block, or at block `at`.

        Raises: NodeBehind where whoever answers has not come to block `known`.
        """

    async def verify_signature(self, signer: Address, digest: bytes, signature: bytes) -> bool:
        """Whether it is one of `signer` now: a plain account's, or what its contract wallet accepts (ERC-1271).

        While the chain is away: a plain account's, judged by itself; else LedgerUnavailable.
        """

    async def relayer(self) -> Address:
        """The account that pays for transactions."""

    async def relayer_balance(self) -> int:
        """Its balance in wei at the newest block."""

    async def next_nonce(self, known: int = -1) -> int:
        """How many of the relayer's transactions the newest block counts: the next nonce to be used.

        Raises: NodeBehind where whoever answers has not come to block `known`.
        """

    async def fees(self) -> Fees:
        """What a transaction should offer now."""

    def sign_batch(self, acts: Sequence[ActToSend], nonce: int, fees: Fees) -> Transaction:
        """A signed transaction that carries these acts, all on titles or all on certificates of insurance.

        No network; the same arguments give the same bytes. What `goes_alone` may stand only alone; where it does not
        stand then, the transaction fails whole. Raises: ValueError where the acts are for several contracts, or none.
        """

    def goes_alone(self, item: ActToSend) -> bool:
        """Whether an act may use more gas than an act of a batch is given, as a replacement by many titles may.

        No network; its signer must have been checked before.
        """

    def part_of(self, item: ActToSend) -> float:
        """What part of the largest transaction an act takes up, by its gas or by its bytes: 1 is all of it.

        No network; its signer must have been checked before.
        """

    def sign_filler(self, nonce: int, fees: Fees) -> Transaction:
        """A signed transaction that does nothing but use up a nonce."""

    async def send(self, transaction: bytes) -> None:
        """Give raw bytes to the node. A node that already has them, or has them in a block, counts as success.

        Raises: `NonceUsed` where another transaction took the nonce; `Underpriced` where the node wants a higher fee.
        """

    async def outcome(self, transaction_hash: Digest) -> Outcome | None:
        """What became of it; None while no block includes it."""

    async def is_used_by_another(self, nonce: int, ours: Sequence[Digest]) -> bool:
        """Whether the ledger counts the relayer's nonce as used, and knows none of `ours`, its transactions of it.

        Both are one answer of one node: a node that is behind says neither.
        """

    async def known(self, transaction_hash: Digest) -> bool:
        """Whether the node still knows the transaction, pending or included."""

    async def head_of(self, title_id: TitleId, block: int | None = None) -> Digest | None:
        """The title's head as the contract stores it, at a past block or now; None where there is no title."""

    async def assurances(
        self, certificate_ids: Sequence[CertificateId], block: int | None = None
    ) -> Sequence[Assurance | None]:
        """What the contract says of each certificate, at a past block or now; None where there is none."""


class Registrar(Protocol):
    """What the registrar's own key can do. Each waits until a block includes it and raises the contract's refusal."""

    async def register(self, join: Join) -> Digest:
        """Register a party that signed its join; the transaction's hash."""

    async def grant_role(self, account: Address, roles: int) -> Digest:
        """Add roles."""

    async def withdraw_role(self, account: Address, roles: int) -> Digest:
        """Take roles away."""

    async def suspend(self, account: Address) -> Digest:
        """Stop a party issuing and receiving."""

    async def reinstate(self, account: Address) -> Digest:
        """End a suspension."""
