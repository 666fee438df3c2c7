"""What a carrier signs when it has a bill issued: checksums of the document, of whom it is issued to, of its picture.

Source: DCSA EBL_ISS 3.0, IssuanceManifest. Rules kept: checksums are SHA-256 over what was received, JSON in its
RFC 8785 form, the picture decoded; a picture is signed and a signed picture is there.
"""

import binascii
import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ebl_service.domain.transport_document.commitment import canonical_form
from ebl_service.errors.trust import ChecksumDiffers

DOCUMENT, ISSUE_TO, PICTURE = "documentChecksum", "issueToChecksum", "eBLVisualisationByCarrierChecksum"
FORMS = {
    DOCUMENT: "SHA-256 of its canonical JSON form (RFC 8785)",
    ISSUE_TO: "SHA-256 of its canonical JSON form (RFC 8785)",
    PICTURE: "SHA-256 of its content, decoded from base64",
}
"""What each checksum is made over."""
FIELDS = {"document": DOCUMENT, "issueTo": ISSUE_TO, "eBLVisualisationByCarrier": PICTURE}
LONGEST_SHOWN = 100
_CHECKSUM = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class IssuanceManifest:
    """The three checksums, 64 hexadecimal digits each; `picture` is None where the carrier sends none."""

    document: str
    issue_to: str
    picture: str | None = None

    @property
    def payload(self) -> dict[str, str]:
        """What is signed."""
        said = {DOCUMENT: self.document, ISSUE_TO: self.issue_to, PICTURE: self.picture}
        return {name: value for name, value in said.items() if value is not None}


def issuance_manifest(
    document: Mapping[str, Any], issue_to: Mapping[str, Any], picture: bytes | None
) -> IssuanceManifest:
    """The manifest of what is sent. `picture`: decoded. Raises: InvalidRequest where the JSON has no canonical form."""
    said = [hashlib.sha256(canonical_form(part)).hexdigest() for part in (document, issue_to)]
    return IssuanceManifest(said[0], said[1], None if picture is None else hashlib.sha256(picture).hexdigest())


def require_signed(sent: IssuanceManifest, signed: Mapping[str, Any]) -> None:
    """Every checksum of what was sent is the one in the signed payload. Raises: ChecksumDiffers naming the part."""
    for (part, name), checksum in zip(FIELDS.items(), (sent.document, sent.issue_to, sent.picture), strict=True):
        claimed = signed.get(name)
        if claimed is None and checksum is None:
            continue
        if claimed is None or checksum is None:
            missing = "was not signed" if claimed is None else "was signed and not sent"
            raise ChecksumDiffers(f"{part} {missing} ({name})", {"at": part, "form": FORMS[name]})
        if not isinstance(claimed, str) or not _CHECKSUM.fullmatch(claimed):
            got = ascii(claimed)[:LONGEST_SHOWN]
            wrong = f"The manifest's {name} is not 64 hexadecimal digits but {got}; {checksum} was expected"
            raise ChecksumDiffers(
                f"{wrong}, the {FORMS[name]} as sent", {"at": part, "form": FORMS[name], "expected": checksum}
            )
        if not hmac.compare_digest(claimed, checksum):
            wrong = f"{part} is not what was signed: the manifest's {name} is {claimed}, and {checksum} was expected"
            details = {"at": part, "form": FORMS[name], "signed": claimed, "expected": checksum}
            raise ChecksumDiffers(f"{wrong}, the {FORMS[name]} as it was sent", details)


def decoded_picture(content: str) -> bytes:
    """The picture that `content` says. Raises: ChecksumDiffers where it is not base64 in one form."""
    try:
        picture = b64decode(content, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise ChecksumDiffers("eBLVisualisationByCarrier.content is not base64", _AT_PICTURE) from fault
    if b64encode(picture).decode() != content:
        raise ChecksumDiffers("eBLVisualisationByCarrier.content has stray bits at its end", _AT_PICTURE)
    return picture


_AT_PICTURE = {"at": "eBLVisualisationByCarrier.content"}
