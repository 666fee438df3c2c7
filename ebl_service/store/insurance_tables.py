"""The tables of what stands behind certificates of insurance. Written through `store.insurance`.

The documents themselves, and terms of sale, are sealed rows of `documents`, as transport documents are: one rotation
and one way of destroying serve all. Here stands what they are for, in columns as the classes of `store.insurance` have
them.
"""

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Table, Text

from ebl_service.store.tables import metadata

_DOCUMENT = ["documents.title_id", "documents.commitment"]
_INSURANCE_DOCUMENT = [f"insurance_documents.{name}" for name in ("certificate_id", "title_id", "commitment")]

insurance_documents = Table(
    "insurance_documents",
    metadata,
    Column("certificate_id", Text, primary_key=True),
    Column("title_id", Text, primary_key=True),
    Column("commitment", Text, primary_key=True),
    Column("insurer", Text, nullable=False),
    Index("ix_insurance_documents_title_id", "title_id"),
    Index("ix_insurance_documents_commitment", "commitment"),
    ForeignKeyConstraint(["title_id", "commitment"], _DOCUMENT),
)

terms_of_sale = Table(
    "terms_of_sale",
    metadata,
    Column("title_id", Text, primary_key=True),
    Column("commitment", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("given_at", BigInteger, nullable=False),
    Index("ix_terms_of_sale_title_id_given_at", "title_id", "given_at"),
    Index("ix_terms_of_sale_given_at", "given_at"),
    ForeignKeyConstraint(["title_id", "commitment"], _DOCUMENT),
)

waivers = Table(
    "waivers",
    metadata,
    Column("certificate_id", Text, primary_key=True),
    Column("title_id", Text, primary_key=True),
    Column("commitment", Text, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("waived_at", BigInteger, nullable=False),
    ForeignKeyConstraint(["certificate_id", "title_id", "commitment"], _INSURANCE_DOCUMENT),
)
