"""From a transport document's file to what its title holds; the salt and record that open it are kept in a file."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from ebl_service.domain.transport_document.commitment import (
    SALT_BYTES,
    TransportDocument,
    checksum,
    commitment,
    record,
    reference_digest,
    reference_salt,
)
from ebl_service.errors.requests import BadValue
from ebl_service.wallet.secret_file import secret_line


def opened_document(path: Path) -> TransportDocument:
    """The document in a file. Raises: BadValue."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError) as fault:
        raise BadValue(f"{path} cannot be read as JSON: {fault}") from fault
    if not isinstance(content, dict) or not isinstance(content.get("transportDocumentReference"), str):
        raise BadValue(f"{path} is no transport document: it has no transportDocumentReference")
    return content


def new_title(document: TransportDocument, endorsee: str | None, secret_file: Path, opening: Path) -> dict[str, Any]:
    """The request's particulars of a title for this document; writes `opening`, which must not be there yet."""
    reference = str(document["transportDocumentReference"])
    number_salt = reference_salt(secret_line(secret_file).encode(), reference)
    salt, said = secrets.token_bytes(SALT_BYTES), record(document)
    kept = {
        "transportDocumentReference": reference,
        "referenceSalt": "0x" + number_salt.hex(),
        "documentChecksum": checksum(document),
        "salt": "0x" + salt.hex(),
        "record": said.decode(),
    }
    _keep(opening, json.dumps(kept, indent=2, ensure_ascii=False) + "\n")
    return {
        "endorsee": endorsee,
        "isToOrder": bool(document.get("isToOrder")),
        "referenceDigest": reference_digest(reference, number_salt),
        "commitment": commitment(salt, said),
    }


def _keep(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as fault:
        raise BadValue(f"{path} cannot be written: {fault}", hint="Name a file that is not there yet.") from fault
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
