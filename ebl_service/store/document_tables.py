"""The tables of what stands behind titles: documents and their keys, and how parties are called.

A document's key is the title that it belongs to, with its commitment: the commitment is public, and another title may
have a copy of it.

Written through `store.documents` (documents, document_parts), `store.sealed_keys` (master_keys, carrier_secrets),
`store.holds` (legal_holds, destructions), `store.directory` (party_profiles, party_codes, profile_changes). What is
encrypted is in binary columns; what stands in clear beside it is on the ledger already.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from ebl_service.store.tables import metadata

_Counter = BigInteger().with_variant(Integer, "sqlite")

documents = Table(
    "documents",
    metadata,
    Column("title_id", Text, primary_key=True),
    Column("commitment", Text, primary_key=True),
    Column("given_by", Text, nullable=False),
    Column("replaces", Text, nullable=True),
    Column("prepared_at", BigInteger, nullable=False),
    Column("master_key_id", Text, nullable=True),
    Column("wrapped_key", LargeBinary, nullable=True),
    Column("number", Text, nullable=True),
    Index("ix_documents_commitment", "commitment"),
    Index("ix_documents_given_by_number", "given_by", "number"),
    Index("ix_documents_master_key_id_commitment", "master_key_id", "commitment"),
)
"""Key columns are null once the document's key was destroyed."""

document_parts = Table(
    "document_parts",
    metadata,
    Column("title_id", Text, primary_key=True),
    Column("commitment", Text, primary_key=True),
    Column("part", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    ForeignKeyConstraint(["title_id", "commitment"], ["documents.title_id", "documents.commitment"]),
)

master_keys = Table(
    "master_keys",
    metadata,
    Column("master_key_id", Text, primary_key=True),
    Column("check_value", LargeBinary, nullable=False),
    Column("used_since", BigInteger, nullable=False),
)

carrier_secrets = Table(
    "carrier_secrets",
    metadata,
    Column("account", Text, primary_key=True),
    Column("master_key_id", Text, nullable=False),
    Column("wrapped_secret", LargeBinary, nullable=False),
)

party_profiles = Table(
    "party_profiles",
    metadata,
    Column("account", Text, primary_key=True),
    Column("legal_name", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("name_key", Text, nullable=False),
    Index("ix_party_profiles_name_key", "name_key"),
)
"""`name_key`: what a legal name is compared by."""

party_codes = Table(
    "party_codes",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("account", Text, ForeignKey("party_profiles.account"), nullable=False),
    Index("ix_party_codes_account", "account"),
)

profile_changes = Table(
    "profile_changes",
    metadata,
    Column("number", _Counter, primary_key=True),
    Column("account", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("legal_name", Text, nullable=False),
    Column("codes", Text, nullable=False),
    Index("ix_profile_changes_account_number", "account", "number"),
    sqlite_autoincrement=True,
)

legal_holds = Table(
    "legal_holds",
    metadata,
    Column("number", _Counter, primary_key=True),
    Column("title_id", Text, nullable=True),
    Column("commitment", Text, nullable=False),
    Column("is_placed", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Index("ix_legal_holds_title_id_number", "title_id", "number"),
    Index("ix_legal_holds_commitment_number", "commitment", "number"),
    sqlite_autoincrement=True,
)
"""`title_id` is null where a hold of an earlier version names a commitment and no title could be found for it: such a
hold counts for every title with that commitment."""

destructions = Table(
    "destructions",
    metadata,
    Column("title_id", Text, primary_key=True),
    Column("commitment", Text, primary_key=True),
    Column("approvals", Text, nullable=False),
    Column("destroyed_at", BigInteger, nullable=False),
)
