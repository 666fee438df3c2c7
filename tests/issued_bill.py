"""A bill printed for a title that its carrier issues on a chain by itself, with no service in between."""

import hashlib
from typing import Any

from eth_abi.abi import encode

from ebl_service.domain.terms import NOBODY, Digest, TitleId, title_id_of
from ebl_service.domain.transport_document.commitment import canonical_form, checksum, commitment
from ebl_service.domain.transport_document.record import Record
from ebl_service.printing.appendix import print_to_issue
from ebl_service.printing.particulars import TitleParticulars
from tests.local_chain import LocalChain, Person, selector


class IssuedBill:
    """`pdf`, `json`: what a reader has; `opening`: as an opening file says it."""

    def __init__(self, chain: LocalChain, document: dict[str, Any], number: str) -> None:
        self.chain = chain
        self.reference = Digest("0x" + hashlib.sha256(number.encode()).hexdigest())
        self.title_id: TitleId = title_id_of(chain.carrier.address, self.reference)
        title = TitleParticulars(self.title_id, chain.chain_id, chain.title_registry, 0, chain.carrier.address)
        salt = hashlib.sha256(b"salt of " + number.encode()).digest()
        draft = Record(checksum(document), "Singapore law", "Singapore")
        self.pdf, record = print_to_issue(document, draft, title, salt)
        self.json = canonical_form(document)
        self.commitment = commitment(salt, record.canonical())
        self.opening = {
            "titleId": self.title_id,
            "salt": "0x" + salt.hex(),
            "record": record.canonical().decode(),
        }

    def issue(self, holder: Person) -> "IssuedBill":
        """Have the carrier issue it, blank, by a call of its own."""
        arguments = [holder.address, NOBODY, True, *map(_bytes, (self.reference, self.commitment))]
        data = selector("TitleRegistry", "issue") + encode(
            ["address", "address", "bool", "bytes32", "bytes32"], arguments
        )
        receipt = self.chain.transact(self.chain.carrier.address, self.chain.title_registry, data)
        assert receipt["status"] == "0x1", receipt
        return self


def _bytes(digest: Digest) -> bytes:
    return bytes.fromhex(digest[2:])
