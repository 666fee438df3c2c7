"""A document as its sealed row, and what opens again: the same for transport and insurance documents.

Left to others: sealing itself (`vault`), rows (`store.documents`), what a document must be.

Rules kept: what is opened is compared with its commitment and checksum once more (SealBroken); whose key was destroyed
is not opened (KeyDestroyed).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ebl_service.domain.bindings import DocumentBinding
from ebl_service.domain.terms import Seconds, TitleId
from ebl_service.domain.transport_document.canonical import parsed
from ebl_service.domain.transport_document.commitment import checksum, commitment
from ebl_service.domain.transport_document.reading import Part
from ebl_service.domain.transport_document.record import Record, read_record
from ebl_service.domain.transport_document.title_terms import Secrets
from ebl_service.errors.vault import KeyDestroyed, SealBroken
from ebl_service.services.bounded_work import untrusted
from ebl_service.services.drafts import DOCUMENT, OPENING
from ebl_service.store.documents import DocumentRow
from ebl_service.vault.envelope import OwnersKey, Vault
from ebl_service.vault.master_keys import Wrapped


@dataclass(frozen=True, slots=True)
class Opened:
    """A row's document. `content`: its bytes as sent; `said`: what its opening says, whole."""

    content: bytes = field(repr=False)
    document: Part = field(repr=False)
    record: Record
    secrets: Secrets = field(repr=False)
    said: Mapping[str, Any] = field(repr=False)


def opening(secrets: Secrets, **about: object) -> bytes:
    """What opens a commitment, as it is sealed beside its document."""
    said = {
        "record": secrets.record.decode(),
        "salt": secrets.salt.hex(),
        "referenceSalt": secrets.reference_salt.hex(),
    }
    return json.dumps(said | about).encode()


async def sealed_row(
    vault: Vault,
    binding: DocumentBinding,
    now: Seconds,
    parts: Mapping[str, bytes | None],
    replaces: tuple[TitleId, ...] = (),
) -> DocumentRow:
    """The row of a document, its parts (those there are) sealed under a key of its own."""
    key = await vault.new_key(binding.owner)
    sealed = {name: key.seal(name, content) for name, content in parts.items() if content is not None}
    wrapped = key.wrapped
    return DocumentRow(binding, replaces, now, wrapped.master_key_id, wrapped.content, sealed)


async def key_of(vault: Vault, row: DocumentRow) -> OwnersKey:
    """The row's key, opened. Raises: KeyDestroyed, SealBroken, MasterKeyUnknown."""
    if row.master_key_id is None or row.wrapped_key is None:
        raise KeyDestroyed(f"The key of {row.binding.owner} was destroyed", {"title_id": row.binding.title_id})
    return await vault.open_key(row.binding.owner, Wrapped(row.master_key_id, row.wrapped_key))


async def opened(vault: Vault, row: DocumentRow) -> Opened:
    """The row's document, as it was sealed. Raises: as `key_of`; SealBroken where it is another one."""
    key = await key_of(vault, row)
    sealed = row.parts.get(DOCUMENT, b"")
    return await untrusted.run_sized(len(sealed), _opened, key, sealed, row)


def _opened(key: OwnersKey, sealed: bytes, row: DocumentRow) -> Opened:
    content = key.open(DOCUMENT, sealed)
    said = json.loads(key.open(OPENING, row.parts.get(OPENING, b"")))
    secrets = Secrets(said["record"].encode(), *(bytes.fromhex(said[name]) for name in ("salt", "referenceSalt")))
    record, document = read_record(secrets.record), parsed(content)
    if commitment(secrets.salt, secrets.record) != row.binding.commitment:
        raise SealBroken(f"What is kept as {row.binding.owner} opens another commitment", {"owner": row.binding.owner})
    if checksum(document) != record.document_checksum:
        raise SealBroken(f"What is kept as {row.binding.owner} is another document", {"owner": row.binding.owner})
    return Opened(content, document, record, secrets, said)
