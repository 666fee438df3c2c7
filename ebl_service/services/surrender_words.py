"""What a holder says in words when it offers its bill back: kept sealed, its salted digest in the act that it signs.

Left to others: the bytes of a reason (`domain.surrender_reason`), telling the carrier (`services.announcing`), rows
(`store.surrender_words`).

Rules kept here
- Only the present holder of a title whose document is kept here leaves words: another carrier could not be told them.
- Words are told with a request whose reason holds their digest, and with no other; what was altered at rest is not
  told (SealBroken).
- Of one title and sequence at most WORDINGS are kept.
"""

import hashlib
import hmac
from dataclasses import dataclass, field

from ebl_service.domain.events import SurrenderRequested
from ebl_service.domain.surrender_reason import has_words, reason_text, reason_with_words
from ebl_service.domain.terms import Address, Digest, TitleId
from ebl_service.domain.title import Title
from ebl_service.errors.refusals import NotHolder
from ebl_service.services.correspondence import Correspondence
from ebl_service.services.document_room import DocumentRoom
from ebl_service.services.policy import Clock, wall_clock
from ebl_service.store.surrender_words import SurrenderWords as Rows

_PURPOSE = b"ebl-ledger surrender words 1"


@dataclass(frozen=True, slots=True)
class Worded:
    """A reason that holds the digest of words. `salt`: 32 bytes, under which anybody who has the words checks it."""

    reason: Digest
    salt: bytes
    words: str = field(repr=False)


class SurrenderWords:
    """Keeps holders' words, and finds those of a request."""

    def __init__(self, room: DocumentRoom, rows: Rows, clock: Clock = wall_clock) -> None:
        self._room = room
        self._rows = rows
        self._correspondence = Correspondence(room.keeping)
        self._clock = clock

    async def keep(self, account: Address, title: Title, code: str, words: str) -> Worded:
        """Keep the words of a request that is about to be signed; durable when this returns.

        Raises: NotHolder; NotFound (no document here); TooManyWordings; what opening the document raises.
        """
        if title.holder != account:
            raise NotHolder(title.title_id, account)
        await self._room.kept.kept(title)
        salt = await self._salt(title.carrier, title.title_id, title.sequence)
        worded = Worded(reason_with_words(code, words, salt), salt, words)
        place = _place(title.title_id, title.sequence, worded.reason)
        sealed = await self._correspondence.seal(title.carrier, place, words.encode())
        await self._rows.add(title.title_id, title.sequence, worded.reason, sealed, self._clock())
        return worded

    async def of(self, event: SurrenderRequested) -> Worded | None:
        """The words that a request stands for; None where there are none, or none here. Raises: SealBroken."""
        sequence = event.sequence - 1
        if not has_words(event.reason):
            return None
        sealed = await self._rows.of(event.title_id, sequence, event.reason)
        if sealed is None:
            return None
        place = _place(event.title_id, sequence, event.reason)
        words = (await self._correspondence.open(event.carrier, place, sealed)).decode()
        salt = await self._salt(event.carrier, event.title_id, sequence)
        is_same = reason_with_words(reason_text(event.reason), words, salt) == event.reason
        return Worded(event.reason, salt, words) if is_same else None

    async def _salt(self, carrier: Address, title_id: TitleId, sequence: int) -> bytes:
        secret = await self._room.keeping.carrier_secret(carrier)
        return hmac.digest(secret, _PURPOSE + f" {title_id} {sequence}".encode(), hashlib.sha256)


def _place(title_id: TitleId, sequence: int, reason: Digest) -> str:
    return f"words of the surrender {reason} of {title_id} at {sequence}"
