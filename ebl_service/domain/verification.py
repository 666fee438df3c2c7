"""Whether a copy is what a title commits to: genuine, altered, or unknown.

    genuine   the title's commitment opens with the copy's salt and record, and the record names the copy
    altered   the copy contradicts itself, it names a title that commits to something else, or it names another carrier
              than the one that issued the title
    unknown   this ledger has no such title, or the copy is for another ledger

Rules kept: nothing is confirmed without the salt, which nobody can guess; a title's standing is told only to who has a
genuine copy; who holds or is entitled is never said. A commitment is public: a carrier can issue a title of its own
with a copy of another's, and the other's document opens it. So the document's issuing party must be the title's carrier
where its identifying codes are known; where they are not, the answer says so. It always names the account that issued.

Leaves to others: reading files (`services.verification`), reading titles (the index, or any node).
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from ebl_service.domain.terms import Address, Digest, Seconds, Status, TitleId
from ebl_service.domain.transport_document.commitment import commitment
from ebl_service.domain.transport_document.document_parties import Code
from ebl_service.domain.transport_document.record import read_record
from ebl_service.errors import InvalidRequest


class Verdict(StrEnum):
    """What became of a check."""

    GENUINE = "genuine"
    ALTERED = "altered"
    UNKNOWN = "unknown"


class CarrierCheck(StrEnum):
    """Whether the document's issuing party is the carrier that issued the title."""

    CONFIRMED = "confirmed"
    DIFFERS = "differs"
    CODES_UNKNOWN = "codes_unknown"
    NOT_NAMED = "not_named"
    NO_DIRECTORY = "no_directory"


CHECKS = {
    CarrierCheck.CONFIRMED: "The document's issuing party is the carrier that issued, by its identifying codes.",
    CarrierCheck.CODES_UNKNOWN: "The carrier's identity could not be checked: none of the identifying codes of the"
    " document's issuing party is known here.",
    CarrierCheck.NOT_NAMED: "The carrier's identity could not be checked: the file names no issuing party by"
    " identifying codes.",
    CarrierCheck.NO_DIRECTORY: "The carrier's name was not checked: a node knows accounts only.",
}
"""What each check of a genuine copy's carrier means."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a copy says and shows. `record`: canonical JSON; digests: SHA-256, 64 hexadecimal digits.

    `document_checksum`: of the document it holds; `pictures`: digests of the file and of its pages, of which one must
    be in the record. `is_whole`: the file says one thing throughout. `chain_id`, `registry`: None where it names none.
    `issuer_codes`: of the issuing party that its document names.
    """

    title_id: TitleId
    salt: bytes = field(repr=False)
    record: bytes = field(repr=False)
    document_checksum: str | None = None
    pictures: Collection[str] = ()
    is_whole: bool = True
    chain_id: int | None = None
    registry: Address | None = None
    issuer_codes: frozenset[Code] = frozenset()


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

    `is_back_dated`: the date of issue was past when the genuine copy's bill was prepared. `carrier_check`: of a genuine
    copy, and never DIFFERS.
    """

    verdict: Verdict
    reason: str
    standing: TitleStanding | None = None
    is_back_dated: bool = False
    carrier_check: CarrierCheck | None = None


class Titles(Protocol):
    """Where titles are read."""

    async def standing(self, title_id: TitleId) -> TitleStanding | None:
        """The title as it stands; None where there is none."""

    async def carrier_check(self, standing: TitleStanding, codes: frozenset[Code]) -> CarrierCheck:
        """Whether a party with these codes, of which there are some, is the title's carrier."""


REASONS = {
    "copy_opens_the_title": "The copy is what the title commits to.",
    "copy_contradicts_itself": "The file was changed after it was made: its parts do not fit each other.",
    "copy_is_for_another_ledger": "The copy names another chain or registry than this one.",
    "ledger_has_no_such_title": "This ledger has no title of that id.",
    "title_commits_to_another_record": "The title commits to another record, or the salt is not the bill's.",
    "record_cannot_be_read": "The title commits to a record that is not as a record must be.",
    "record_names_another_document": "The record names another document than this one.",
    "record_names_another_picture": "The record names another picture than this one.",
    "another_carrier_issued_the_title": "Another carrier issued this title than the one that the document names.",
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
    codes = evidence.issuer_codes
    check = await titles.carrier_check(standing, codes) if codes else CarrierCheck.NOT_NAMED
    if check is CarrierCheck.DIFFERS:
        return Finding(Verdict.ALTERED, "another_carrier_issued_the_title")
    is_back_dated = read_record(evidence.record).is_back_dated
    return Finding(Verdict.GENUINE, "copy_opens_the_title", standing, is_back_dated, check)


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
