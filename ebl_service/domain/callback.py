"""A callback: what the service tells a party's own system, on its way to it.

Rules kept here
- A callback's id is made of what it tells, so that telling the same twice is one callback, and a receiver knows a
  repetition by its id.
- What is told of one subject (a title, or a bill that is asked for) arrives in the order in which it became final.
- WAITING → DELIVERED, or GIVEN_UP after long; the receiver may have it delivered again.
"""

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from ebl_service.domain.terms import Address, Seconds


class CallbackState(StrEnum):
    """Where a callback stands."""

    WAITING = "WAITING"
    DELIVERED = "DELIVERED"
    GIVEN_UP = "GIVEN_UP"


@dataclass(frozen=True, slots=True)
class Telling:
    """What is to be told: to whom, of what, at which path below its address, in which words (JSON)."""

    account: Address
    subject: str
    cause: str
    path: str
    body: bytes = field(repr=False)

    @property
    def callback_id(self) -> str:
        """32 hexadecimal digits of SHA-256 over receiver, subject, cause and path."""
        words = f"{self.account}\n{self.subject}\n{self.cause}\n{self.path}"
        return hashlib.sha256(words.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Callback:
    """A telling as kept. `attempts`: so far. `last_answer`: its HTTP status, or what went wrong."""

    number: int
    callback_id: str
    telling: Telling
    state: CallbackState
    made_at: Seconds
    due_at: Seconds
    attempts: int
    last_answer: str | None
    delivered_at: Seconds | None
