"""The words of the QR code on a bill: which title on which ledger, and the bill's salt.

Rules kept: who has the code can find the title and, with document and record, open its commitment; it says nothing of
what the bill says or who holds it.
"""

import re
from dataclasses import dataclass, field

from ebl_service.domain.terms import Address, TitleId
from ebl_service.errors.documents import BadOpening

_PREFIX = "EBL:1"
_WORDS = re.compile(r"EBL:1:([1-9][0-9]{0,18}):([0-9A-F]{40}):([0-9A-F]{64}):([0-9A-F]{64})")


@dataclass(frozen=True, slots=True)
class BillCode:
    """Chain, registry of titles, title, and the salt of its commitment: 32 bytes."""

    chain_id: int
    registry: Address
    title_id: TitleId
    salt: bytes = field(repr=False)

    @classmethod
    def read(cls, words: str) -> "BillCode":
        """The code that a QR code says. Raises: BadOpening."""
        match = _WORDS.fullmatch(words.strip())
        if match is None:
            raise BadOpening(f"{words[:12]!r}… is not the code of a bill")
        registry, title_id = Address(f"0x{match[2].lower()}"), TitleId(f"0x{match[3].lower()}")
        return cls(int(match[1]), registry, title_id, bytes.fromhex(match[4]))

    def words(self) -> str:
        """What the QR code says: capitals, digits and colons, which a QR code holds most densely (ISO/IEC 18004)."""
        parts = (str(self.chain_id), self.registry[2:], self.title_id[2:], self.salt.hex())
        return ":".join([_PREFIX, *parts]).upper()
