"""Whether a copy is what a title commits to: genuine, altered, or unknown.

    genuine   the title's commitment opens with the copy's salt and record, and the record names the copy
    altered   the copy contradicts itself, or it names a title that commits to something else
    unknown   this ledger has no such title, or the copy is for another ledger

Rules kept: nothing is confirmed without the salt, which nobody can guess; a title's standing is told only to who has a
genuine copy; who holds or is entitled is never said. A carrier may issue a document that names another as its issuing
party, so that the account which issued is part of every answer about a genuine copy.

Leaves to others: reading files (`services.verification`), reading titles (the index, or any node).
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from ebl_service.domain.terms import Address, Digest, Seconds, Status, TitleId
from ebl_service.domain.transport_document.commitment import commitment
from ebl_service.domain.transport_document.record import read_record
from ebl_service.errors import InvalidRequest


class Verdict(StrEnum):
    """What became of a check."""

    GENUINE = "genuine"
    ALTERED = "altered"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a copy says and shows. `record`: canonical JSON; digests: SHA-256, 64 hexadecimal digits.

    `document_checksum`: of the document it holds; `pictures`: digests of the file and of its pages, of which one must
    be in the record. `is_whole`: the file says one thing throughout. `chain_id`, `registry`: None where it names none.
    """

    title_id: TitleId
    salt: bytes = field(repr=False)
    record: bytes = field(repr=False)
    document_checksum: str | None = None
    pictures: Collection[str] = ()
    is_whole: bool = True
    chain_id: int | None = None
    registry: Address | None = None


@dataclass(frozen=True, slots=True)
class TitleStanding:
    """What anybody with a genuine copy may know of its title. `read_at`: the block it was read at.

    `carrier_name`: what the registrar calls the account that issued; None where nobody told it here.
    """

    title_id: TitleId
    carrier: Address
    status: Status
    version: int
    commitment: Digest
    issued_at: Seconds
    replaced_by: tuple[TitleId, ...]
    read_at: int
    is_final: bool
    carrier_name: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer. `reason`: the name of what decided; `standing`: of a genuine copy's title.

    `is_back_dated`: the date of issue was past when the genuine copy's bill was prepared.
    """

    verdict: Verdict
    reason: str
    standing: TitleStanding | None = None
    is_back_dated: bool = False


class Titles(Protocol):
    """Where titles are read."""

    async def standing(self, title_id: TitleId) -> TitleStanding | None:
        """The title as it stands; None where there is none."""


REASONS = {
    "copy_opens_the_title": "The copy is what the title commits to.",
    "copy_contradicts_itself": "The file was changed after it was made: its parts do not fit each other.",
    "copy_is_for_another_ledger": "The copy names another chain or registry than this one.",
    "ledger_has_no_such_title": "This ledger has no title of that id.",
    "title_commits_to_another_record": "The title commits to another record, or the salt is not the bill's.",
    "record_cannot_be_read": "The title commits to a record that is not as a record must be.",
    "record_names_another_document": "The record names another document than this one.",
    "record_names_another_picture": "The record names another picture than this one.",
}
"""What each reason means."""


async def verify(evidence: Evidence, titles: Titles, chain_id: int, registry: Address) -> Finding:
    """The verdict over a copy, by the titles of one ledger. Raises: LedgerUnavailable, LedgerDisagrees."""
    if not evidence.is_whole:
        return Finding(Verdict.ALTERED, "copy_contradicts_itself")
    if evidence.chain_id not in (None, chain_id) or evidence.registry not in (None, registry):
        return Finding(Verdict.UNKNOWN, "copy_is_for_another_ledger")
    standing = await titles.standing(evidence.title_id)
    if standing is None:
        return Finding(Verdict.UNKNOWN, "ledger_has_no_such_title")
    differing = _difference(evidence, standing.commitment)
    if differing is not None:
        return Finding(Verdict.ALTERED, differing)
    is_back_dated = read_record(evidence.record).is_back_dated
    return Finding(Verdict.GENUINE, "copy_opens_the_title", standing, is_back_dated)


def _difference(evidence: Evidence, committed: Digest) -> str | None:
    if commitment(evidence.salt, evidence.record) != committed:
        return "title_commits_to_another_record"
    try:
        record = read_record(evidence.record)
    except InvalidRequest:
        return "record_cannot_be_read"
    if evidence.document_checksum not in (None, record.document_checksum):
        return "record_names_another_document"
    named = {record.pdf_digest, record.carrier_visualisation_digest}
    if evidence.pictures and named.isdisjoint(evidence.pictures):
        return "record_names_another_picture"
    return None
