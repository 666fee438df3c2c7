"""A node's answers as the domain's shapes. No network."""

from typing import Any

from ebl_service.chain.act_codec import decode_refusal
from ebl_service.chain.event_codec import decode_event
from ebl_service.domain.ledger import Block, Recorded
from ebl_service.domain.terms import Digest
from ebl_service.errors import LedgerUnavailable
from ebl_service.errors.refusals import Refusal


def block_of(found: dict[str, Any]) -> Block:
    """The header of a block."""
    return Block(
        number=int(found["number"], 16),
        hash=Digest(found["hash"]),
        parent_hash=Digest(found["parentHash"]),
        time=int(found["timestamp"], 16),
    )


def recorded_of(log: dict[str, Any]) -> Recorded:
    """The event of a log. Raises: LedgerDisagrees where it is none of our contracts' events."""
    return Recorded(
        int(log["blockNumber"], 16),
        log["blockHash"],
        log["transactionHash"],
        int(log["logIndex"], 16),
        decode_event(log["topics"], log["data"]),
    )


def verdict_of(answer: dict[str, Any]) -> Refusal | None:
    """What a call that tries an act says of it. Raises: LedgerUnavailable where it is no word on the act."""
    error = answer.get("error")
    if error is None:
        return None
    data = error.get("data")
    if isinstance(data, str) and data.startswith("0x"):
        return decode_refusal(bytes.fromhex(data[2:]))
    message = str(error.get("message", "")).lower()
    if "revert" in message or "out of gas" in message or "gas" in message:
        return decode_refusal(b"")
    raise LedgerUnavailable(f"the node cannot judge an act: {error.get('message')}")
