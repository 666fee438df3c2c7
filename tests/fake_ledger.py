"""A ledger in memory, made of `decide` and `evolve`: it mines, reorganises, drops, goes silent and lies at will.

It stands behind `domain.ledger.Ledger` as a chain does. Signatures are real. A transaction is JSON in bytes; the same
acts, nonce and fees give the same bytes. Titles and parties of every block are kept, so that any past can be read.
"""

from collections.abc import Callable, Mapping, Sequence

from ebl_service.chain.relayer import part_of
from ebl_service.chain.signatures import recovered
from ebl_service.domain.ledger import ActToSend, Assurance, Block, Fees, LedgerIdentity, Outcome, Recorded, Transaction
from ebl_service.domain.terms import Address, CertificateId, Digest, TitleId
from ebl_service.errors import LedgerRangeTooLarge, LedgerUnavailable, NodeBehind, NonceUsed, Underpriced
from ebl_service.errors import refusals as no
from tests.fake_chain import FakeChain, Mined
from tests.fake_world import (
    IDENTITY,
    RELAYER,
    WEALTH,
    World,
    assurance_of,
    needs_more_than_its_share,
    transaction_in,
    transaction_of,
)

__all__ = ["IDENTITY", "RELAYER", "FakeLedger"]


class FakeLedger(FakeChain):
    """`calls`: names of the port's methods as they were called. `is_down`: nothing answers. `most_blocks`: so many are
    answered for at once. `lag`: so many blocks are missing where a node answers that is behind; `lagging`: the methods
    that it answers (None: all)."""

    def __init__(self) -> None:
        super().__init__()
        self.known_as = IDENTITY
        self.is_down = False
        self.finalized_number = -1
        self.most_blocks: int | None = None
        self.lag = 0
        self.lagging: set[str] | None = None
        self.calls: list[str] = []
        self.fail_next: dict[str, list[Exception]] = {}
        self.fail_after: dict[str, list[Exception]] = {}
        self.other_nodes: list[FakeChain] = []
        self.edit_events: Callable[[list[Recorded]], list[Recorded]] = lambda events: events

    def another_node(self) -> FakeChain:
        """The service knows one more node from now on, which is as far as this one."""
        self.other_nodes.append(self.fork())
        return self.other_nodes[-1]

    # The port

    async def identity(self) -> LedgerIdentity:
        self._called("identity")
        return self.known_as

    async def head(self, known: int = -1) -> Block:
        self._called("head")
        return self._seen("head")[-1].block

    async def block(self, number: int) -> Block | None:
        self._called("block")
        chain = self._seen("block")
        return chain[number].block if 0 <= number < len(chain) else None

    async def hashes(self, number: int) -> Mapping[int, Digest]:
        if not self.other_nodes:
            return {}
        self._called("hashes")
        if number > self.tip.number:
            raise LedgerUnavailable(f"node 1 does not say which block {number} is")
        nodes = enumerate((self, *self.other_nodes), 1)
        return {place: node.chain[number].block.hash for place, node in nodes if number <= node.tip.number}

    async def finalized(self) -> int:
        self._called("finalized")
        return self.finalized_number

    async def events(self, first: int, last: int) -> Sequence[Recorded]:
        self._called("events")
        self._require("events", last)
        answer = self.edit_events(self._recorded(first, last))
        self._answered("events")
        return answer

    async def check(
        self, acts: Sequence[ActToSend], known: int = -1, at: int | None = None
    ) -> Sequence[no.Refusal | None]:
        self._called("check")
        self._require("check", max(known, -1 if at is None else at))
        judging = self._seen("check")[-1 if at is None else at]
        answers: list[no.Refusal | None] = []
        for item in acts:
            try:
                judging.world.judge(item, judging.block.time)
                answers.append(None)
            except no.Refusal as refusal:
                answers.append(refusal)
        return answers

    async def verify_signature(self, signer: Address, digest: bytes, signature: bytes) -> bool:
        is_own = recovered(digest, signature) == signer
        try:
            self._called("verify_signature")
        except LedgerUnavailable:
            if not is_own:
                raise
        return is_own

    async def relayer(self) -> Address:
        return RELAYER

    async def relayer_balance(self) -> int:
        self._called("relayer_balance")
        return 0 if self.is_poor else WEALTH - self.world.spent

    async def next_nonce(self, known: int = -1) -> int:
        self._called("next_nonce")
        self._require("next_nonce", known)
        return self._seen("next_nonce")[-1].world.nonce

    async def fees(self) -> Fees:
        self._called("fees")
        return Fees(self.base_fee * 2, 1)

    def sign_batch(self, acts: Sequence[ActToSend], nonce: int, fees: Fees) -> Transaction:
        contracts = {IDENTITY.domain_of(item.signed.act) for item in acts}
        if len(contracts) != 1:
            raise ValueError(f"a batch is for one contract, not for {len(contracts)}")
        return transaction_of(acts, nonce, fees)

    def goes_alone(self, item: ActToSend) -> bool:
        return needs_more_than_its_share(item)

    def part_of(self, item: ActToSend) -> float:
        return part_of(item, by_wallet=False)

    def sign_filler(self, nonce: int, fees: Fees) -> Transaction:
        return transaction_of((), nonce, fees)

    async def send(self, transaction: bytes) -> None:
        self._called("send")
        made = transaction_in(transaction)
        self._sent[made.hash] = made
        if any(made.hash in mined.outcomes for mined in self.chain):
            return
        if made.nonce < self.world.nonce:
            raise NonceUsed(f"nonce {made.nonce} is used")
        there = self.pool.get(made.nonce)
        if there is None or there.hash != made.hash:
            if self.is_poor:
                raise LedgerUnavailable("insufficient funds for gas")
            if there is not None and made.fees.max_fee * 10 < there.fees.max_fee * 11:
                raise Underpriced("replacement transaction underpriced")
            self.pool[made.nonce] = made
        self._answered("send")

    async def outcome(self, transaction_hash: Digest) -> Outcome | None:
        self._called("outcome")
        chain = self._seen("outcome")
        return next((m.outcomes[transaction_hash] for m in chain if transaction_hash in m.outcomes), None)

    async def is_used_by_another(self, nonce: int, ours: Sequence[Digest]) -> bool:
        self._called("is_used_by_another")
        chain = self._seen("is_used_by_another")
        pending = {made.hash for made in self.pool.values()}
        is_ours = any(each in pending or any(each in mined.outcomes for mined in chain) for each in ours)
        return chain[-1].world.nonce > nonce and not is_ours

    async def known(self, transaction_hash: Digest) -> bool:
        self._called("known")
        chain = self._seen("known")
        is_pending = chain is self.chain and any(made.hash == transaction_hash for made in self.pool.values())
        return is_pending or any(transaction_hash in mined.outcomes for mined in chain)

    async def head_of(self, title_id: TitleId, block: int | None = None) -> Digest | None:
        self._called("head_of")
        world = self._world_at(block)
        return world.titles[title_id].head if title_id in world.titles else None

    async def assurances(
        self, certificate_ids: Sequence[CertificateId], block: int | None = None
    ) -> Sequence[Assurance | None]:
        self._called("assurances")
        world = self._world_at(block)
        return [assurance_of(world, certificate_id) for certificate_id in certificate_ids]

    # Inside

    def _recorded(self, first: int, last: int) -> list[Recorded]:
        """What these blocks hold; a range that is too large is halved, as the port promises."""
        if self.most_blocks is None or last - first < self.most_blocks:
            return [item for mined in self.chain[first : last + 1] for item in mined.recorded]
        if first == last:
            raise LedgerRangeTooLarge(f"more than {self.most_blocks} blocks")
        middle = (first + last) // 2
        return self._recorded(first, middle) + self._recorded(middle + 1, last)

    def _seen(self, name: str) -> list[Mined]:
        """The chain as the node has it that answers this."""
        is_behind = self.lag and (self.lagging is None or name in self.lagging)
        return self.chain[: len(self.chain) - self.lag] if is_behind else self.chain

    def _require(self, name: str, block: int) -> None:
        reached = self._seen(name)[-1].block.number
        if reached < block:
            raise NodeBehind(block, reached)

    def _world_at(self, block: int | None) -> World:
        if block is None:
            return self.world
        if not 0 <= block <= self.tip.number:
            raise LedgerUnavailable(f"there is no block {block}")
        return self.chain[block].world

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if self.is_down:
            raise LedgerUnavailable("connection refused")
        if self.fail_next.get(name):
            raise self.fail_next[name].pop(0)

    def _answered(self, name: str) -> None:
        if self.fail_after.get(name):
            raise self.fail_after[name].pop(0)
