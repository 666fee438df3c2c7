"""The ledger on an EVM chain: `domain.ledger.Ledger` over JSON-RPC.

Before anything else, and again after a node was out of reach, the chain is checked to be the deployment's.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from eth_account.signers.local import LocalAccount

from ebl_service.chain.agreement import Farthest, Witnesses
from ebl_service.chain.answers import block_of, outcome_of, recorded_of, verdict_of
from ebl_service.chain.certificate_codec import decode_certificate_view, encode_certificate_view
from ebl_service.chain.deployment import Deployment, check_deployment
from ebl_service.chain.relayer import ACT_GAS, Relayer, gas_of, part_of
from ebl_service.chain.rpc import Rpc, RpcError, result_of
from ebl_service.chain.signatures import Signers
from ebl_service.chain.transactions import gas_price
from ebl_service.domain.keccak import keccak
from ebl_service.domain.ledger import (
    ActToSend,
    Assurance,
    Block,
    Fees,
    LedgerIdentity,
    Outcome,
    Recorded,
    Transaction,
)
from ebl_service.domain.terms import Address, CertificateId, Digest, TitleId, digest
from ebl_service.errors import (
    LedgerDisagrees,
    LedgerRangeTooLarge,
    LedgerUnavailable,
    NodeBehind,
    NonceUsed,
    Underpriced,
)
from ebl_service.errors.refusals import Refusal

RECORDS_SLOT = 2
HEAD_OFFSET = 3
"""Where the registry keeps heads: `_records` at slot 2, `head` fourth in a record (pinned by a contract test)."""
LOGS_AT_ONCE = 500
CALLS_AT_ONCE = 500
"""In one request: nodes take 1,000, and some fewer."""
LOOKS = 3
"""How often the nodes are asked for one that is not behind another, before the caller has to try again later."""
_FIRST_BLOCK = ("eth_getBlockByNumber", ("0x0", False))


class ChainLedger:
    """Titles, certificates and parties on the chain of one deployment."""

    def __init__(self, rpc: Rpc, deployment: Deployment, relayer_key: LocalAccount) -> None:
        self._rpc = rpc
        self._deployment = deployment
        self._relayer = Relayer(relayer_key, deployment.identity)
        self._signers = Signers(rpc, self._ask)
        self._checked = False
        self._checking = asyncio.Lock()
        self._failures = 0
        self._farthest = Farthest(rpc)
        self._witnesses = Witnesses(rpc)

    async def identity(self) -> LedgerIdentity:
        """The deployment's identity, checked against the chain now."""
        await check_deployment(self._rpc, self._deployment)
        self._checked = True
        return self._deployment.identity

    # Blocks and events

    async def head(self, known: int = -1) -> Block:
        """The newest block; a chain that began otherwise than the deployment's is found out here.

        Below `known`, a block that was there once, only where every node answers and none is farther.
        """
        self._farthest.seen(known)
        for _ in range(LOOKS):
            head = await self._newest()
            if not await self._farthest.is_beyond(head.number):
                break
        else:
            raise NodeBehind(self._farthest.block, head.number)
        self._farthest.seen(head.number)
        await self._witnesses.check_settled(head.number)
        return head

    async def _newest(self) -> Block:
        newest, first = await self._ask([("eth_getBlockByNumber", ("latest", False)), _FIRST_BLOCK])
        self._require_first(first)
        return block_of(newest)

    async def block(self, number: int) -> Block | None:
        """The block of this number; None above the head."""
        found = (await self._ask([("eth_getBlockByNumber", (hex(number), False))]))[0]
        return None if found is None else block_of(found)

    async def hashes(self, number: int) -> Mapping[int, Digest]:
        """The block's hash by each node that has it; one alone is not asked."""
        return await self._witnesses.hashes(number)

    async def finalized(self) -> int:
        """The highest block the chain calls final; -1 where it does not say."""
        try:
            found = (await self._ask([("eth_getBlockByNumber", ("finalized", False))]))[0]
        except RpcError:  # a chain without the tag
            return -1
        return -1 if found is None else block_of(found).number

    async def events(self, first: int, last: int) -> Sequence[Recorded]:
        """Every event in these blocks; a range that the node finds too large is halved until it answers.

        The last block is asked for in the same request: a node that has not come to it would leave out its events.
        """
        asked = {
            "fromBlock": hex(first),
            "toBlock": hex(last),
            "address": [deployed.address for deployed in self._deployment.contracts],
        }
        try:
            tip, logs = await self._ask([("eth_getBlockByNumber", (hex(last), False)), ("eth_getLogs", (asked,))])
        except LedgerRangeTooLarge:
            if first == last:
                raise
            middle = (first + last) // 2
            return [*await self.events(first, middle), *await self.events(middle + 1, last)]
        if tip is None:
            raise NodeBehind(last)
        recorded: list[Recorded] = []
        for start in range(0, len(logs), LOGS_AT_ONCE):
            recorded += map(recorded_of, logs[start : start + LOGS_AT_ONCE])
            await asyncio.sleep(0)  # others of the process have their turn
        return recorded

    # Acts

    async def check(
        self, acts: Sequence[ActToSend], known: int = -1, at: int | None = None
    ) -> Sequence[Refusal | None]:
        """What each act would get, were it alone to land in the block after the newest, or after block `at`."""
        verdicts: list[Refusal | None] = []
        for start in range(0, len(acts), CALLS_AT_ONCE):
            verdicts += await self._check(acts[start : start + CALLS_AT_ONCE], known, at)
        return verdicts

    async def _check(self, acts: Sequence[ActToSend], known: int, at: int | None) -> Sequence[Refusal | None]:
        await self._signers.learn_wallets([item.signed.signer for item in acts])
        block = "latest" if at is None else hex(at)
        answers = await self._answered_in_front([("eth_call", (self._call(item), block)) for item in acts], known)
        return [verdict_of(answer) for answer in answers]

    def _call(self, item: ActToSend) -> dict[str, str]:
        return self._relayer.call_with(item, by_wallet=self._signers.is_wallet(item.signed.signer))

    async def verify_signature(self, signer: Address, digest: bytes, signature: bytes) -> bool:
        """Whether it is the signer's, as the contracts would judge it now."""
        return await self._signers.verify(signer, digest, signature)

    # Transactions

    async def relayer(self) -> Address:
        """The account that pays."""
        return self._relayer.address

    async def relayer_balance(self) -> int:
        """Its balance in wei."""
        return int((await self._ask([("eth_getBalance", (self._relayer.address, "latest"))]))[0], 16)

    async def next_nonce(self, known: int = -1) -> int:
        """The relayer's next nonce, by the newest block; another chain is found out here, before anything is sent."""
        counted = ("eth_getTransactionCount", (self._relayer.address, "latest"))
        [count] = await self._answered_in_front([counted], known)
        return int(result_of(counted[0], count), 16)

    async def fees(self) -> Fees:
        """What a transaction should offer now."""
        return await gas_price(self._rpc)

    def sign_batch(self, acts: Sequence[ActToSend], nonce: int, fees: Fees) -> Transaction:
        """A signed transaction with these acts. Signers must have been checked before, which tells wallets apart."""
        return self._relayer.sign_batch(acts, nonce, fees, self._signers.is_wallet)

    def goes_alone(self, item: ActToSend) -> bool:
        """Whether an act may use more gas than an act of a batch is given. Its signer must have been checked before."""
        return gas_of(item, by_wallet=self._signers.is_wallet(item.signed.signer)) > ACT_GAS

    def part_of(self, item: ActToSend) -> float:
        """What part of the largest transaction an act takes up. Its signer must have been checked before."""
        return part_of(item, by_wallet=self._signers.is_wallet(item.signed.signer))

    def sign_filler(self, nonce: int, fees: Fees) -> Transaction:
        """A signed transaction that only uses up a nonce."""
        return self._relayer.sign_filler(nonce, fees)

    async def send(self, transaction: bytes) -> None:
        """Give raw bytes to the node; what it has already counts as sent. Raises: NonceUsed, Underpriced."""
        try:
            await self._ask([("eth_sendRawTransaction", ("0x" + transaction.hex(),))])
        except RpcError as answer:
            said = str(answer).lower()
            if "already imported" in said or "already known" in said or "known transaction" in said:
                return
            if await self.known(Digest("0x" + keccak(transaction).hex())):  # some nodes judge anew what they have
                return
            if "nonce too low" in said:
                raise NonceUsed(answer.message, answer.details) from answer
            if "underpriced" in said or "max fee per gas less" in said or "fee too low" in said:
                raise Underpriced(answer.message, answer.details) from answer
            raise

    async def outcome(self, transaction_hash: Digest) -> Outcome | None:
        """What became of a transaction; None while no block includes it."""
        receipt = (await self._ask([("eth_getTransactionReceipt", (transaction_hash,))]))[0]
        return outcome_of(receipt, {deployed.address for deployed in self._deployment.contracts})

    async def is_used_by_another(self, nonce: int, ours: Sequence[Digest]) -> bool:
        """Whether one node, in one answer, counts the nonce as used and knows none of our transactions of it."""
        counted = ("eth_getTransactionCount", (self._relayer.address, "latest"))
        count, *found = await self._ask([counted, *(("eth_getTransactionByHash", (each,)) for each in ours)])
        return int(count, 16) > nonce and not any(found)

    async def known(self, transaction_hash: Digest) -> bool:
        """Whether the node still knows it."""
        return (await self._ask([("eth_getTransactionByHash", (transaction_hash,))]))[0] is not None

    async def head_of(self, title_id: TitleId, block: int | None = None) -> Digest | None:
        """The title's head in the registry's storage."""
        return await self._stored(self._deployment.title_registry.address, title_id, HEAD_OFFSET, block)

    async def assurances(
        self, certificate_ids: Sequence[CertificateId], block: int | None = None
    ) -> Sequence[Assurance | None]:
        """What the contract says of each certificate."""
        at = "latest" if block is None else hex(block)
        to = self._deployment.cargo_insurance.address
        asked = [({"to": to, "data": "0x" + encode_certificate_view(each).hex()}, at) for each in certificate_ids]
        answers = await self._ask([("eth_call", each) for each in asked]) if asked else []
        return [decode_certificate_view(bytes.fromhex(answer[2:])) for answer in answers]

    async def _stored(self, contract: Address, of: str, offset: int, block: int | None) -> Digest | None:
        slot = hex(int(digest(of, RECORDS_SLOT), 16) + offset)
        at = "latest" if block is None else hex(block)
        kept = (await self._ask([("eth_getStorageAt", (contract, slot, at))]))[0]
        return Digest(kept) if int(kept, 16) else None

    # The node

    async def _ask(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        await self._be_sure()
        try:
            return await self._rpc.batch(calls)
        except LedgerUnavailable as failure:
            if not isinstance(failure, RpcError | LedgerRangeTooLarge):
                self._checked = False
            raise

    async def _answered_in_front(self, calls: Sequence[tuple[str, Sequence[Any]]], known: int) -> list[dict[str, Any]]:
        """The raw answers of a node of this chain that no other is seen to be ahead of, and that has block `known`.

        Raises: NodeBehind, where there is none after a few looks.
        """
        number = -1
        for _ in range(LOOKS):
            await self._be_sure()
            first, height, *answers = await self._rpc.answers([_FIRST_BLOCK, ("eth_blockNumber", ()), *calls])
            self._require_first(result_of("eth_getBlockByNumber", first))
            number = int(result_of("eth_blockNumber", height), 16)
            if not await self._farthest.is_beyond(number):
                if number < known:
                    raise NodeBehind(known, number)
                return answers
        raise NodeBehind(max(known, self._farthest.block), number)

    async def _be_sure(self) -> None:
        if self._checked:
            return
        failures = self._failures
        async with self._checking:
            if self._checked:
                return
            if self._failures != failures:  # who waits behind a node that hangs does not wait again, one by one
                raise LedgerUnavailable("no node answers")
            try:
                await self.identity()
            except LedgerUnavailable:
                self._failures += 1
                raise

    def _require_first(self, block: dict[str, Any] | None) -> None:
        if block_of(block).hash != self._deployment.genesis_hash:
            raise LedgerDisagrees("the node's chain began with another block than the deployment's")
