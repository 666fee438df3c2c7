"""Transport documents and what their titles keep of them."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ebl_service.domain.transport_document.commitment import (
    SALT_BYTES,
    TransportDocument,
    commitment,
    record,
    reference_digest,
    reference_salt,
)
from voyage.cast import ROOT


@dataclass(frozen=True)
class Bill:
    """A document from a file. `name`: what it is called on the screen."""

    name: str
    document: TransportDocument

    @property
    def reference(self) -> str:
        """The bill's number."""
        return str(self.document["transportDocumentReference"])

    def digests(self, carrier_secret: bytes) -> dict[str, str]:
        """Reference digest and commitment, with a fresh salt for the latter."""
        return {
            "referenceDigest": reference_digest(self.reference, reference_salt(carrier_secret, self.reference)),
            "commitment": commitment(secrets.token_bytes(SALT_BYTES), record(self.document)),
        }


def samples() -> list[Path]:
    """Every sample document."""
    found = sorted((ROOT / "samples").rglob("*.json"))
    return [path for path in found if path.name != "parties.json" and path.parent.name != "insurance"]


def bills(path: Path) -> list[Bill]:
    """Every transport document in a file, which may be one or carry one (a request, an envelope).

    Raises: ValueError where there is none.
    """
    found = list(_documents(json.loads(path.read_bytes())))
    if not found:
        raise ValueError(f"{path} holds no transport document (transportDocumentReference and documentParties)")
    return [Bill(path.stem.rpartition("__")[2], document) for document in found]


def _documents(content: Any) -> Iterator[dict[str, Any]]:
    if isinstance(content, dict):
        parties = content.get("documentParties")
        if "transportDocumentReference" in content and isinstance(parties, dict) and "issuingParty" in parties:
            yield content
            return
        for value in content.values():
            yield from _documents(value)
    elif isinstance(content, list):
        for value in content:
            yield from _documents(value)
