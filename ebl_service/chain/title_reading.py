"""One title read from any node, without an index: its events, folded, and proved complete by its head.

Rules kept: what the node says of the events must fold to the head that the contract stores, so that a node which leaves
an act out, or makes one up, is found out; code at the registry's address that is not the registry's is refused.
"""

from ebl_service.chain.artifacts import artifact
from ebl_service.chain.deployment import Deployment, check_deployment
from ebl_service.chain.event_codec import decode_event
from ebl_service.chain.ledger import HEAD_OFFSET, RECORDS_SLOT
from ebl_service.chain.rpc import Rpc, RpcError
from ebl_service.domain.events import Issued, TitleEvent
from ebl_service.domain.signed_act import titles_domain
from ebl_service.domain.terms import Address, TitleId, checksummed, digest
from ebl_service.domain.title import Title, evolve
from ebl_service.domain.transport_document.document_parties import Code
from ebl_service.domain.verification import CarrierCheck, TitleStanding
from ebl_service.errors import LedgerDisagrees, LedgerRangeTooLarge


class NodeTitles:
    """Titles of one registry as a node has them now. `first_block`: nothing of the registry is older."""

    def __init__(self, rpc: Rpc, chain_id: int, registry: Address, first_block: int = 0) -> None:
        self._rpc = rpc
        self.chain_id = chain_id
        self.registry = registry
        self._first_block = first_block

    @classmethod
    async def of_deployment(cls, rpc: Rpc, deployment: Deployment) -> "NodeTitles":
        """The titles of a deployment. Raises: LedgerDisagrees where the node is on another chain; LedgerUnavailable."""
        await check_deployment(rpc, deployment)
        return cls(rpc, deployment.chain_id, deployment.title_registry.address, deployment.identity.deployment_block)

    @classmethod
    async def at(cls, rpc: Rpc, registry: Address) -> "NodeTitles":
        """The titles of a registry known by its address. Raises: LedgerDisagrees where its code is none of ours."""
        chain_id, code = await rpc.batch([("eth_chainId", ()), ("eth_getCode", (registry, "latest"))])
        if not artifact("TitleRegistry").runs_as(bytes.fromhex(code[2:])):
            raise LedgerDisagrees(f"the code at {checksummed(registry)} is not that of a registry of titles")
        return cls(rpc, int(chain_id, 16), registry)

    async def standing(self, title_id: TitleId) -> TitleStanding | None:
        """The title as it stands. Raises: LedgerDisagrees where its events are not all of them; LedgerUnavailable."""
        newest = int(await self._rpc.call("eth_blockNumber"), 16)
        slot = hex(int(digest(title_id, RECORDS_SLOT), 16) + HEAD_OFFSET)
        kept = await self._rpc.call("eth_getStorageAt", self.registry, slot, hex(newest))
        found = await self._events(title_id, self._first_block, newest)
        separator = titles_domain(self.chain_id, self.registry).separator
        title: Title | None = None
        for _, event in found:
            title = evolve(title, event, separator)
        if int(kept, 16) != (0 if title is None else int(title.head, 16)):
            raise LedgerDisagrees(f"the node's events of title {title_id} do not give the head that its contract has")
        if title is None:
            return None
        issued = next(event.time for _, event in found if isinstance(event, Issued))
        return TitleStanding(
            title_id,
            title.carrier,
            title.status,
            title.version,
            title.commitment,
            issued,
            title.replaced_by,
            newest,
            found[-1][0] <= await self._final(),
        )

    async def carrier_check(self, _standing: TitleStanding, _codes: frozenset[Code]) -> CarrierCheck:
        """A node has no directory of codes."""
        return CarrierCheck.NO_DIRECTORY

    async def _final(self) -> int:
        try:
            found = await self._rpc.call("eth_getBlockByNumber", "finalized", False)
        except RpcError:  # a chain without the tag
            return -1
        return -1 if found is None else int(found["number"], 16)

    async def _events(self, title_id: TitleId, first: int, last: int) -> list[tuple[int, TitleEvent]]:
        """Block and event of everything on a title; a range that the node finds too large is halved."""
        asked = {"fromBlock": hex(first), "toBlock": hex(last), "address": self.registry, "topics": [None, title_id]}
        try:
            logs = await self._rpc.call("eth_getLogs", asked)
        except LedgerRangeTooLarge:
            if first == last:
                raise
            middle = (first + last) // 2
            return [
                *await self._events(title_id, first, middle),
                *await self._events(title_id, middle + 1, last),
            ]
        read = [(int(log["blockNumber"], 16), decode_event(log["topics"], log["data"])) for log in logs]
        return [(number, event) for number, event in read if isinstance(event, TitleEvent)]
