"""The tables of certificates of insurance, written by the indexer through `store.history`.

As of titles: a row of `certificates` holds what never changes and how the certificate stands now, `certificate_states`
how it stood after each block that changed it. `claims` is JSON.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text

from ebl_service.store.tables import metadata, number, text


def _standing() -> tuple[Column[str] | Column[int] | Column[bool], ...]:
    return (
        text("title_id"),
        Column("is_released", Boolean, nullable=False),
        number("cargo_ends_at"),
        number("war_ends_at"),
        number("strikes_ends_at"),
        number("consented", optional=True, kind=Integer),
        text("consented_by", optional=True),
        number("sequence"),
        number("acted_at"),
        text("commitment"),
        text("head"),
        text("claims", optional=True),
    )


CERTIFICATE_STANDING = tuple(column.name for column in _standing())
"""The columns that an act on a certificate may change."""

certificates = Table(
    "certificates",
    metadata,
    Column("certificate_id", Text, primary_key=True),
    number("block_number"),
    text("insurer"),
    number("mode", kind=Integer),
    text("named", optional=True),
    number("cargo_attaches_at"),
    number("war_attaches_at"),
    number("strikes_attaches_at"),
    text("reference_digest"),
    *_standing(),
    Index("ix_certificates_title_id_certificate_id", "title_id", "certificate_id"),
    Index("ix_certificates_insurer_certificate_id", "insurer", "certificate_id"),
    Index("ix_certificates_named_certificate_id", "named", "certificate_id"),
)

certificate_states = Table(
    "certificate_states",
    metadata,
    Column("certificate_id", Text, primary_key=True),
    Column("block_number", BigInteger, primary_key=True, autoincrement=False),
    *_standing(),
    Index("ix_certificate_states_block_number", "block_number"),
    Index("ix_certificate_states_title_id_certificate_id", "title_id", "certificate_id"),
)
