"""Signed acts and refusals to text and back, for the outbox."""

import json
from dataclasses import asdict
from enum import IntEnum
from typing import Any

from ebl_service.domain.actions import ACTS, Act, NewTitle, Replace
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.submission import State, Submission
from ebl_service.domain.terms import Address, Digest, Mode, Part, Purpose
from ebl_service.errors.refusals import Refusal, refusal

_NUMBERED: dict[str, type[IntEnum]] = {"purpose": Purpose, "mode": Mode, "part": Part}


def act_text(act: Act) -> str:
    """An act's members as JSON; its verb stands in a column of its own."""
    return json.dumps(asdict(act), separators=(",", ":"))


def act_of(verb: str, text: str) -> Act:
    """The act of `act_text`."""
    values: dict[str, Any] = json.loads(text)
    kind = ACTS[verb]
    for name in values.keys() & _NUMBERED.keys():
        values[name] = _NUMBERED[name](values[name])
    if kind is Replace:
        news = tuple(NewTitle(**new) for new in values["new_titles"])
        return Replace(tuple(values["old_ids"]), tuple(values["sequences"]), news)
    return kind(**values)


def refusal_text(why: Refusal | None) -> str | None:
    """A refusal by name and values."""
    return None if why is None else json.dumps([type(why).__name__, *why.values], separators=(",", ":"))


def refusal_of(text: str | None) -> Refusal | None:
    """The refusal of `refusal_text`."""
    if text is None:
        return None
    name, *values = json.loads(text)
    return refusal(name, tuple(values))


def submission_of(row: Any) -> Submission:
    """The submission of a row of the table. `has_failed`, where it is asked for: a transaction with it failed whole."""
    signed = SignedAct(
        act=act_of(row.verb, row.act),
        signer=Address(row.signer),
        deadline=row.deadline,
        signature=bytes.fromhex(row.signature[2:]),
    )
    return Submission(
        submission_id=Digest(row.submission_id),
        signed=signed,
        state=State(row.state),
        is_terminal=row.is_terminal,
        accepted_at=row.accepted_at,
        refusal=refusal_of(row.refusal),
        transaction_hash=row.transaction_hash or row.rides_in,
        block_number=row.block_number,
        block_hash=row.block_hash,
        rides_alone=getattr(row, "has_failed", False),
    )
