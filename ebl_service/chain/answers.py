"""A node's answers as the domain's shapes. No network.

What is of another shape than it should be is no answer: LedgerUnavailable, and asking again is right.
"""

from collections.abc import Container
from typing import Any

from ebl_service.chain.act_codec import decode_refusal
from ebl_service.chain.event_codec import decode_event
from ebl_service.chain.rpc import HEX_BYTES, says_failed
from ebl_service.domain.events import ActRefused
from ebl_service.domain.ledger import Block, Outcome, Recorded
from ebl_service.domain.terms import Digest
from ebl_service.errors import LedgerUnavailable
from ebl_service.errors.refusals import Refusal

_NONSENSE = (TypeError, KeyError, ValueError, AttributeError)


def block_of(found: dict[str, Any] | None) -> Block:
    """The header of a block. Raises: LedgerUnavailable where it is none."""
    try:
        return Block(
            number=int(found["number"], 16),  # type: ignore[index]
            hash=Digest(found["hash"]),  # type: ignore[index]
            parent_hash=Digest(found["parentHash"]),  # type: ignore[index]
            time=int(found["timestamp"], 16),  # type: ignore[index]
        )
    except _NONSENSE as nonsense:
        raise LedgerUnavailable(f"the node tells no block: {nonsense!r}") from nonsense


def recorded_of(log: dict[str, Any]) -> Recorded:
    """The event of a log. Raises: LedgerDisagrees where it is none of our contracts' events; LedgerUnavailable."""
    try:
        return Recorded(
            int(log["blockNumber"], 16),
            log["blockHash"],
            log["transactionHash"],
            int(log["logIndex"], 16),
            decode_event(log["topics"], log["data"]),
        )
    except _NONSENSE as nonsense:
        raise LedgerUnavailable(f"the node tells no log: {nonsense!r}") from nonsense


def outcome_of(receipt: dict[str, Any] | None, contracts: Container[str]) -> Outcome | None:
    """What a receipt says of a transaction to these contracts; None while no block includes it.

    Raises: as `recorded_of`.
    """
    if receipt is None or receipt.get("blockHash") is None:
        return None
    try:
        events = [recorded_of(log).event for log in receipt["logs"] if log["address"].lower() in contracts]
        return Outcome(
            block_number=int(receipt["blockNumber"], 16),
            block_hash=Digest(receipt["blockHash"]),
            gas_used=int(receipt["gasUsed"], 16),
            gas_price=int(receipt.get("effectiveGasPrice", "0x0"), 16),
            reverted=receipt["status"] != "0x1",
            refused=tuple(
                (event.index, decode_refusal(bytes.fromhex(event.reason[2:])))
                for event in events
                if isinstance(event, ActRefused)
            ),
        )
    except _NONSENSE as nonsense:
        raise LedgerUnavailable(f"the node tells no receipt: {nonsense!r}") from nonsense


def verdict_of(answer: dict[str, Any]) -> Refusal | None:
    """What a call that tries an act says of it. Raises: LedgerUnavailable where it is no word on the act."""
    error = answer.get("error")
    if error is None:
        return None
    said = error if isinstance(error, dict) else {"message": error}
    data = said.get("data")
    if isinstance(data, str) and HEX_BYTES.fullmatch(data):
        return decode_refusal(bytes.fromhex(data[2:]))
    if says_failed(str(said.get("message", ""))):
        return decode_refusal(b"")
    raise LedgerUnavailable(f"the node cannot judge an act: {said.get('message')}")
