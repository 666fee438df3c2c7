"""The chain that a FakeLedger answers from: blocks in memory, a pool, and what a test does to both.

Titles, parties and certificates of every block are kept, so that any past can be read. Transactions that wait go into
blocks as a chain takes them: by nonce without a gap, where they offer the base fee and the relayer can pay.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from eth_hash.auto import keccak

from ebl_service.domain import events as happened
from ebl_service.domain.ledger import Block, Outcome, Recorded, Transaction
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.terms import Address, Digest, Role, Seconds
from ebl_service.errors import refusals as no
from ebl_service.services.foresight import Subjects, to_send
from tests.fake_world import (
    GENESIS_TIME,
    IDENTITY,
    NO_ROLE,
    Happening,
    World,
    acts_in,
    needs_more_than_its_share,
    registered,
    revert_data,
)


@dataclass
class Mined:
    """A block with what it did, and the world after it."""

    block: Block
    recorded: list[Recorded]
    outcomes: dict[Digest, Outcome]
    world: World


class FakeChain:
    """`base_fee`: wei per gas. `is_poor`: the relayer has nothing. `reverts`: so many of the next transactions fail
    whole."""

    def __init__(self) -> None:
        first = Mined(Block(0, IDENTITY.genesis_hash, Digest("0x" + "00" * 32), GENESIS_TIME), [], {}, World())
        self.chain: list[Mined] = [first]
        self.pool: dict[int, Transaction] = {}
        self.base_fee = 10
        self.is_poor = False
        self.reverts = 0
        self._waiting: list[Happening] = []
        self._sent: dict[Digest, Transaction] = {}
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

    def fork(self) -> "FakeChain":
        """Another node of the chain, as far as this one is; what it mines are other blocks."""
        other = FakeChain()
        other.chain, other._salt = list(self.chain), self._salt - 1_000
        return other

    @property
    def world(self) -> World:
        return self.chain[-1].world

    @property
    def tip(self) -> Block:
        return self.chain[-1].block

    # Inside

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
        acts = acts_in(made.raw)
        goes_alone = len(acts) == 1 and needs_more_than_its_share(acts[0])
        refused: list[tuple[int, no.Refusal]] = []
        reverted, self.reverts = self.reverts > 0, max(0, self.reverts - 1)
        for index, item in enumerate([] if reverted else acts):
            try:
                if needs_more_than_its_share(item) and not goes_alone:
                    raise no.Unexplained("0x")  # it runs out of gas
                self._record(mined, mined.world.judge(item, mined.block.time), made.hash)
            except no.Refusal as refusal:
                if goes_alone:
                    reverted = True
                    break
                refused.append((index, refusal))
                told = happened.ActRefused(index, made.act_digests[index], revert_data(refusal))
                self._record(mined, [told], made.hash)
        gas = 21_000 + 30_000 * len(acts)
        mined.world.nonce += 1
        mined.world.spent += gas * self.base_fee
        mined.outcomes[made.hash] = Outcome(
            mined.block.number, mined.block.hash, gas, self.base_fee, reverted=reverted, refused=tuple(refused)
        )

    def _record(self, mined: Mined, events: Iterable[happened.Event], transaction_hash: Digest) -> None:
        for event in events:
            mined.world.apply(event)
            index = len(mined.recorded)
            mined.recorded.append(Recorded(mined.block.number, mined.block.hash, transaction_hash, index, event))
