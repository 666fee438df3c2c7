"""From transport documents' files to what their titles hold: sent to the service, and its answer checked here.

Rules kept: a file is sent as it is, to the byte. Of the service's answer nothing is taken on trust that can be reckoned
here: the checksum is the file's, the record says what was asked, digests and commitment follow from record and salts.
Who an endorsee's or consignee's codes stand for the service says; `endorsee` insists on one.
"""

import json
import os
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ebl_service.cli.session import Session
from ebl_service.domain.terms import Address, Digest, title_id_of
from ebl_service.errors import LedgerDisagrees
from ebl_service.errors.documents import NotTheIssuingCarrier
from ebl_service.errors.requests import BadValue
from ebl_service.wallet.secret_file import secret_line

if TYPE_CHECKING:
    from ebl_service.domain.transport_document.canonical import Received

Json = dict[str, Any]
_SIGN_NOTHING = "Sign nothing of this service; ask its operator."


@dataclass(frozen=True)
class Particulars:
    """What the record says besides the document, and whom the bill is for."""

    law: str
    jurisdiction: str
    holder: str | None = None
    picture: Path | None = None
    secret_file: Path | None = None
    paper_originals: tuple[tuple[str, str], ...] = ()


def opened_document(path: Path) -> "Received":
    """The document in a file. Raises: BadValue where it cannot be read; as `canonical.received`."""
    from ebl_service.domain.transport_document.canonical import received

    try:
        content = path.read_bytes()
    except OSError as fault:
        raise BadValue(f"{path} cannot be read: {fault}") from fault
    found = received(content)
    if not isinstance(found.document.get("transportDocumentReference"), str):
        raise BadValue(f"{path} is no transport document: it has no transportDocumentReference")
    return found


def send(
    session: Session,
    documents: "Sequence[Received]",
    particulars: Particulars,
    *,
    replaces: Sequence[str] = (),
    dry_run: bool = False,
) -> Json:
    """The service's answer to these documents, as /v1/documents gives it. Raises: as `Api.post`."""
    drafts = [f'{{"document": {each.content.decode()}, {_rest(each, particulars)[1:]}' for each in documents]
    tail = {"replaces": list(replaces), "dryRun": dry_run}
    return session.api.post_text("/v1/documents", f'{{"documents": [{", ".join(drafts)}], {json.dumps(tail)[1:]}')


def verified(document: "Received", particulars: Particulars, shown: Json, carrier: Address) -> Json:
    """The new title's particulars, reckoned here from what the service shows.

    Raises: NotTheIssuingCarrier where the document names another than `carrier`; LedgerDisagrees.
    """
    from ebl_service.domain.transport_document.commitment import commitment, reference_digest
    from ebl_service.domain.transport_document.record import read_record

    if shown["carrier"].lower() != carrier:
        raise NotTheIssuingCarrier(f"The document's issuing party is {shown['carrier']}, you sign as {carrier}")
    said = read_record(shown["record"].encode())
    reference = str(document.document["transportDocumentReference"])
    number = reference_digest(reference, bytes.fromhex(shown["referenceSalt"][2:]))
    committed = commitment(bytes.fromhex(shown["salt"][2:]), shown["record"].encode())
    wanted = {
        "documentChecksum": (said.document_checksum, document.checksum),
        "governingLaw": (said.governing_law, particulars.law),
        "jurisdiction": (said.jurisdiction, particulars.jurisdiction),
        "isToOrder": (shown["isToOrder"], document.document.get("isToOrder")),
        "titleId": (shown["titleId"], title_id_of(carrier, number, shown["version"])),
    }
    differing = [name for name, (found, expected) in wanted.items() if found != expected]
    if differing:
        raise LedgerDisagrees(f"The service answered for another document: {', '.join(differing)}", hint=_SIGN_NOTHING)
    return {
        "endorsee": shown["endorsee"],
        "isToOrder": shown["isToOrder"],
        "referenceDigest": Digest(number),
        "commitment": Digest(committed),
    }


def keep(opening: Path, shown: Json) -> None:
    """Write what opens the title's digests to a file that must not be there yet. Raises: BadValue."""
    names = ("titleId", "transportDocumentReference", "referenceSalt", "documentChecksum", "salt", "record")
    text = json.dumps({name: shown[name] for name in names}, indent=2, ensure_ascii=False) + "\n"
    try:
        opening.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(opening, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as fault:
        raise BadValue(f"{opening} cannot be written: {fault}", hint="Name a file that is not there yet.") from fault
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _rest(document: "Received", particulars: Particulars) -> str:
    rest: Json = {
        "governingLaw": particulars.law,
        "jurisdiction": particulars.jurisdiction,
        "holder": particulars.holder,
        "paperOriginals": [{"number": n, "surrenderedAt": place} for n, place in particulars.paper_originals],
    }
    if particulars.picture is not None:
        try:
            rest["carriersPicture"] = b64encode(particulars.picture.read_bytes()).decode()
        except OSError as fault:
            raise BadValue(f"{particulars.picture} cannot be read: {fault}") from fault
    if particulars.secret_file is not None:
        from ebl_service.domain.transport_document.commitment import reference_salt

        secret = secret_line(particulars.secret_file).encode()
        reference = str(document.document["transportDocumentReference"])
        rest["referenceSalt"] = "0x" + reference_salt(secret, reference).hex()
    return json.dumps(rest, ensure_ascii=False)
