"""The sections of a print that speak of the ledger: the title and its record, and the conversion to paper."""

from ebl_service.domain.terms import checksummed
from ebl_service.domain.transport_document.record import Record
from ebl_service.printing.every_bill import moment
from ebl_service.printing.particulars import Conversion, Ended, TitleParticulars
from ebl_service.printing.section import Section

TO_CHECK = (
    "To check: ebl verify FILE reads document, record and salt from this PDF and compares them with the title; a copy "
    "of which a single byte differs is found altered. Who holds the title is not shown to those who check a copy."
)
BACK_DATED = "Back-dated: the date of issue was past when the carrier had this bill issued on the ledger"
CONVERTED = (
    "This bill of lading on paper replaces the electronic transport record named here. It reproduces all that the "
    "record contained. The electronic record has ended and has no further effect."
)


def ledger_section(
    record: Record, title: TitleParticulars, ended: Ended | None, conversion: Conversion | None
) -> Section:
    """Where the original is, what it commits to, how a reader checks this print against it."""
    lines = [
        f"Title: {title.title_id}",
        f"Registry of titles: {checksummed(title.registry)} on chain {title.chain_id}",
        f"Carrier's account: {checksummed(title.carrier)}",
        f"Version: {title.version}",
        *[f"Issued in the place of title {each}" for each in title.replaces],
        f"Governing law: {record.governing_law}",
        f"Jurisdiction: {record.jurisdiction}",
        f"Checksum of the document (SHA-256 of its RFC 8785 form): {record.document_checksum}",
    ]
    if record.is_back_dated:
        lines.append(BACK_DATED)
    if record.manifest_digest:
        lines.append(f"Digest of the carrier's signed manifest (SHA-256): {record.manifest_digest}")
    if record.carrier_visualisation_digest:
        lines.append(f"Digest of the carrier's own picture (SHA-256): {record.carrier_visualisation_digest}")
    lines += [
        f"In the place of paper original {original.number}, surrendered at {original.surrendered_at}"
        for original in record.paper_originals
    ]
    if ended is not None:
        lines.append(f"This version has ended: {ended.status.replace('_', ' ').lower()}")
        lines += [f"Replaced by title {each}" for each in ended.replaced_by]
    if conversion is not None:
        return Section("THE ELECTRONIC RECORD, WHICH HAS ENDED", lines)
    lines.append(TO_CHECK)
    return Section("THE ORIGINAL ON THE LEDGER", lines)


def conversion_section(conversion: Conversion, title: TitleParticulars) -> Section:
    """The statement that this paper takes the place of the electronic record (MLETR 18)."""
    return Section(
        "STATEMENT OF CONVERSION TO PAPER",
        [
            CONVERTED,
            f"Title that ended: {title.title_id}, registry {checksummed(title.registry)} on chain {title.chain_id}",
            f"Ended by transaction {conversion.transaction}",
            f"in block {conversion.block_number} of {moment(conversion.time)}",
            f"Original {conversion.original} of {conversion.originals} on paper",
        ],
        in_columns=1,
    )
