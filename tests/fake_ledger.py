"""A ledger in memory, made of `decide` and `evolve`: it mines, reorganises, drops, goes silent and lies at will.

It stands behind `domain.ledger.Ledger` as a chain does. Signatures are real. A transaction is JSON in bytes; the same
acts, nonce and fees give the same bytes. Titles and parties of every block are kept, so that any past can be read.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from eth_hash.auto import keccak

from ebl_service.chain.signatures import recovered
from ebl_service.domain import events as happened
from ebl_service.domain.ledger import ActToSend, Assurance, Block, Fees, LedgerIdentity, Outcome, Recorded, Transaction
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.terms import Address, CertificateId, Digest, Role, Seconds, TitleId
from ebl_service.errors import LedgerRangeTooLarge, LedgerUnavailable, NonceUsed, Underpriced
from ebl_service.errors import refusals as no
from ebl_service.services.foresight import Subjects, to_send
from tests.fake_world import (
    GENESIS_TIME,
    IDENTITY,
    NO_ROLE,
    RELAYER,
    Happening,
    World,
    acts_in,
    assurance_of,
    registered,
    transaction_in,
    transaction_of,
)

__all__ = ["IDENTITY", "RELAYER", "FakeLedger"]


@dataclass
class Mined:
    """A block with what it did, and the world after it."""

    block: Block
    recorded: list[Recorded]
    outcomes: dict[Digest, Outcome]
    world: World


class FakeLedger:
    """`calls`: names of the port's methods as they were called. `is_down`: nothing answers. `reverts`: so many of the
    next transactions fail whole."""

    def __init__(self) -> None:
        first = Mined(Block(0, IDENTITY.genesis_hash, Digest("0x" + "00" * 32), GENESIS_TIME), [], {}, World())
        self.chain: list[Mined] = [first]
        self.pool: dict[int, Transaction] = {}
        self.known_as = IDENTITY
        self.base_fee = 10
        self.is_down = False
        self.is_poor = False
        self.reverts = 0
        self.finalized_number = -1
        self.most_blocks: int | None = None
        self.calls: list[str] = []
        self.fail_next: dict[str, list[Exception]] = {}
        self.fail_after: dict[str, list[Exception]] = {}
        self.edit_events: Callable[[list[Recorded]], list[Recorded]] = lambda events: events
        self._waiting: list[Happening] = []
        self._salt = 0
        self.mine()

    # What a test does to it

    def mine(self, blocks: int = 1, seconds: int = 12, *, with_pool: bool = True) -> None:
        """Add blocks; the first takes what waits."""
        for _ in range(blocks):
            self._mine(seconds, with_pool=with_pool)

    def register(self, *accounts: Address, roles: Role = NO_ROLE) -> None:
        """Parties that the next block registers."""
        for account in accounts:
            self.happens(lambda world, now, account=account: [registered(world, account, roles, now)])

    def suspend(self, account: Address) -> None:
        """A suspension in the next block."""
        self.happens(lambda _, now: [happened.Suspended(account, now)])

    def reinstate(self, account: Address) -> None:
        """The suspension's end in the next block."""
        self.happens(lambda _, now: [happened.Reinstated(account, now)])

    def happens(self, happening: Happening) -> None:
        """Something that the next block contains, whoever sent it."""
        self._waiting.append(happening)

    def someone_sends(self, signed: SignedAct) -> None:
        """Another relayer carries this act in the next block; refused acts do nothing."""

        def act(world: World, now: Seconds) -> list[happened.Event]:
            try:
                return list(world.judge(to_send(signed, Subjects(world.titles, world.certificates)), now))
            except no.Refusal:
                return []

        self.happens(act)

    def use_nonce(self) -> None:
        """A transaction that is not ours takes the relayer's next nonce, in the next block."""

        def use(world: World, _: Seconds) -> list[happened.Event]:
            world.nonce += 1
            return []

        self.happens(use)

    def drop(self, *, everything: bool = True) -> None:
        """The node forgets what waits (or only the last)."""
        if everything:
            self.pool.clear()
        elif self.pool:
            del self.pool[max(self.pool)]

    def reorganise(self, depth: int, blocks: int | None = None, *, again: bool = False) -> None:
        """Replace the top blocks by as many empty ones (or `blocks`); with `again` their transactions return first."""
        removed = self.shrink(depth)
        if again:
            for raw in (self._sent[h] for mined in removed for h in mined.outcomes if h in self._sent):
                self.pool.setdefault(raw.nonce, raw)
        self.mine(depth if blocks is None else blocks, with_pool=again)

    def shrink(self, depth: int) -> list[Mined]:
        """The top blocks are gone; the pool does not get them back."""
        self._salt += 1
        removed = self.chain[len(self.chain) - depth :]
        del self.chain[len(self.chain) - depth :]
        return removed

    @property
    def world(self) -> World:
        return self.chain[-1].world

    @property
    def tip(self) -> Block:
        return self.chain[-1].block

    # The port

    async def identity(self) -> LedgerIdentity:
        self._called("identity")
        return self.known_as

    async def head(self, known: int = -1) -> Block:
        self._called("head")
        return self.tip

    async def block(self, number: int) -> Block | None:
        self._called("block")
        return self.chain[number].block if 0 <= number < len(self.chain) else None

    async def finalized(self) -> int:
        self._called("finalized")
        return self.finalized_number

    async def events(self, first: int, last: int) -> Sequence[Recorded]:
        self._called("events")
        if self.most_blocks is not None and last - first >= self.most_blocks:
            raise LedgerRangeTooLarge(f"more than {self.most_blocks} blocks")
        found = [item for mined in self.chain[first : last + 1] for item in mined.recorded]
        answer = self.edit_events(found)
        self._answered("events")
        return answer

    async def check(self, acts: Sequence[ActToSend]) -> Sequence[no.Refusal | None]:
        self._called("check")
        answers: list[no.Refusal | None] = []
        for item in acts:
            try:
                self.world.judge(item, self.tip.time)
                answers.append(None)
            except no.Refusal as refusal:
                answers.append(refusal)
        return answers

    async def verify_signature(self, signer: Address, digest: bytes, signature: bytes) -> bool:
        return recovered(digest, signature) == signer

    async def relayer(self) -> Address:
        return RELAYER

    async def relayer_balance(self) -> int:
        return 0 if self.is_poor else 10**18

    async def next_nonce(self) -> int:
        self._called("next_nonce")
        return self.world.nonce

    async def fees(self) -> Fees:
        self._called("fees")
        return Fees(self.base_fee * 2, 1)

    def sign_batch(self, acts: Sequence[ActToSend], nonce: int, fees: Fees) -> Transaction:
        return transaction_of(acts, nonce, fees)

    def sign_filler(self, nonce: int, fees: Fees) -> Transaction:
        return transaction_of((), nonce, fees)

    async def send(self, transaction: bytes) -> None:
        self._called("send")
        made = transaction_in(transaction)
        self._sent[made.hash] = made
        if self.is_poor:
            raise LedgerUnavailable("insufficient funds for gas")
        if any(made.hash in mined.outcomes for mined in self.chain):
            return
        if made.nonce < self.world.nonce:
            raise NonceUsed(f"nonce {made.nonce} is used")
        there = self.pool.get(made.nonce)
        if there is not None and there.hash != made.hash and made.fees.max_fee * 10 < there.fees.max_fee * 11:
            raise Underpriced("replacement transaction underpriced")
        self.pool[made.nonce] = made
        self._answered("send")

    async def outcome(self, transaction_hash: Digest) -> Outcome | None:
        self._called("outcome")
        return next((m.outcomes[transaction_hash] for m in self.chain if transaction_hash in m.outcomes), None)

    async def known(self, transaction_hash: Digest) -> bool:
        self._called("known")
        is_pending = any(made.hash == transaction_hash for made in self.pool.values())
        return is_pending or any(transaction_hash in mined.outcomes for mined in self.chain)

    async def head_of(self, title_id: TitleId, block: int | None = None) -> Digest | None:
        world = self.world if block is None else self.chain[block].world
        return world.titles[title_id].head if title_id in world.titles else None

    async def assurances(
        self, certificate_ids: Sequence[CertificateId], block: int | None = None
    ) -> Sequence[Assurance | None]:
        world = self.world if block is None else self.chain[block].world
        return [assurance_of(world, certificate_id) for certificate_id in certificate_ids]

    # Inside

    @property
    def _sent(self) -> dict[Digest, Transaction]:
        return self.__dict__.setdefault("_sent_transactions", {})

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if self.is_down:
            raise LedgerUnavailable("connection refused")
        if self.fail_next.get(name):
            raise self.fail_next[name].pop(0)

    def _answered(self, name: str) -> None:
        if self.fail_after.get(name):
            raise self.fail_after[name].pop(0)

    def _mine(self, seconds: int, *, with_pool: bool) -> None:
        parent = self.tip
        number, now = parent.number + 1, parent.time + seconds
        block_hash = Digest("0x" + keccak(f"{parent.hash}/{number}/{self._salt}".encode()).hex())
        mined = Mined(Block(number, block_hash, parent.hash, now), [], {}, self.world.copy())
        self.chain.append(mined)
        waiting, self._waiting = self._waiting, []
        for index, happening in enumerate(waiting):
            events = happening(mined.world, now)
            self._record(mined, events, Digest("0x" + keccak(f"{block_hash}/{index}".encode()).hex()))
        while with_pool and mined.world.nonce in self.pool:
            made = self.pool[mined.world.nonce]
            if made.fees.max_fee < self.base_fee or self.is_poor:
                break
            del self.pool[made.nonce]
            self._execute(mined, made)
        for nonce in [nonce for nonce in self.pool if nonce < mined.world.nonce]:
            del self.pool[nonce]

    def _execute(self, mined: Mined, made: Transaction) -> None:
        mined.world.nonce += 1
        refused: list[tuple[int, no.Refusal]] = []
        reverted, self.reverts = self.reverts > 0, max(0, self.reverts - 1)
        for index, item in enumerate([] if reverted else acts_in(made.raw)):
            try:
                self._record(mined, mined.world.judge(item, mined.block.time), made.hash)
            except no.Refusal as refusal:
                refused.append((index, refusal))
                reason = "0x" + type(refusal).__name__.encode().hex()
                self._record(mined, [happened.ActRefused(index, made.act_digests[index], reason)], made.hash)
        gas = 21_000 + 30_000 * len(made.act_digests)
        mined.outcomes[made.hash] = Outcome(
            mined.block.number, mined.block.hash, gas, self.base_fee, reverted=reverted, refused=tuple(refused)
        )

    def _record(self, mined: Mined, events: Iterable[happened.Event], transaction_hash: Digest) -> None:
        for event in events:
            mined.world.apply(event)
            index = len(mined.recorded)
            mined.recorded.append(Recorded(mined.block.number, mined.block.hash, transaction_hash, index, event))
