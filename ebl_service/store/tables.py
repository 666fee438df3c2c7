"""Every table. `store.migrations` brings a database to this form; a test holds that both agree.

Hashes, addresses and ids are text (0x and lower-case hex), so that a person can read and query them. A subject is a
title or a certificate of insurance, by its id. Written by the indexer, through `store.history`: ledger, cursor, blocks,
events, titles, title_states, title_parties, parties, party_states, feed, and those of `store.certificate_tables`.
Written by submissions and relay, through `store.outbox` and `store.transactions`: submissions, transactions,
transaction_acts, idempotency_keys, gas_spent, leases. Written at the doors: those of `store.access_tables`.
What stands behind titles (documents, keys, names): those of `store.document_tables`.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, MetaData, Table, Text, UniqueConstraint
from sqlalchemy.types import TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

COUNTER = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts up by itself in an INTEGER primary key only."""


def text(name: str, *, optional: bool = False) -> Column[str]:
    """A column of text."""
    return Column(name, Text, nullable=optional)


def number(name: str, *, optional: bool = False, kind: type[TypeEngine[int]] = BigInteger) -> Column[int]:
    """A column of whole numbers."""
    return Column(name, kind, nullable=optional)


ledger = Table(
    "ledger",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    number("chain_id"),
    text("genesis_hash"),
    text("party_registry"),
    text("title_registry"),
    text("cargo_insurance"),
    text("code_hashes"),
    number("deployment_block"),
    number("reject_period"),
    number("answer_period"),
)

cursor = Table(
    "cursor",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    number("number"),
    text("hash"),
    number("time"),
    number("final_number"),
    number("final_time"),
    text("halted", optional=True),
)

blocks = Table(
    "blocks",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    text("hash"),
    number("events", kind=Integer),
)

events = Table(
    "events",
    metadata,
    Column("block_number", BigInteger, primary_key=True, autoincrement=False),
    Column("log_index", Integer, primary_key=True, autoincrement=False),
    text("transaction_hash"),
    text("kind"),
    text("subject_id", optional=True),
    number("sequence", optional=True),
    text("data"),
    Index("ix_events_subject_id_sequence", "subject_id", "sequence"),
)


def _standing() -> tuple[Column[str] | Column[int], ...]:
    return (
        text("holder"),
        text("endorsee", optional=True),
        number("endorsee_number"),
        text("entitled"),
        number("flags", kind=Integer),
        number("status", kind=Integer),
        number("sequence"),
        number("acted_at"),
        text("head"),
        text("last_head"),
        number("last_verb", kind=Integer),
        text("last_actor"),
        text("last_arguments"),
        text("last_possession"),
        text("last_endorsee", optional=True),
        number("last_endorsee_number"),
        text("replaced_by", optional=True),
    )


STANDING = tuple(column.name for column in _standing())
"""The columns that an act on a title may change."""

titles = Table(
    "titles",
    metadata,
    Column("title_id", Text, primary_key=True),
    number("block_number"),
    text("carrier"),
    text("first_holder"),
    number("version", kind=Integer),
    text("reference_digest"),
    text("commitment"),
    text("replaces", optional=True),
    *_standing(),
    Index("ix_titles_holder_title_id", "holder", "title_id"),
    Index("ix_titles_endorsee_title_id", "endorsee", "title_id"),
    Index("ix_titles_entitled_title_id", "entitled", "title_id"),
    Index("ix_titles_carrier_title_id", "carrier", "title_id"),
    Index("ix_titles_status_title_id", "status", "title_id"),
    Index("ix_titles_carrier_status_title_id", "carrier", "status", "title_id"),
)

title_states = Table(
    "title_states",
    metadata,
    Column("title_id", Text, primary_key=True),
    Column("block_number", BigInteger, primary_key=True, autoincrement=False),
    *_standing(),
    Index("ix_title_states_block_number", "block_number"),
)

title_parties = Table(
    "title_parties",
    metadata,
    Column("account", Text, primary_key=True),
    Column("title_id", Text, primary_key=True),
    number("block_number"),
    Column("is_carrier", Boolean, nullable=False),
    Index("ix_title_parties_block_number", "block_number"),
)
"""Who ever had a part in a title, and the block that gave it: where to look for what an account may read."""


def _party() -> tuple[Column[str] | Column[int] | Column[bool], ...]:
    return (
        number("number"),
        number("roles", kind=Integer),
        text("identity_digest"),
        Column("is_suspended", Boolean, nullable=False),
        number("nonce"),
    )


parties = Table(
    "parties",
    metadata,
    Column("account", Text, primary_key=True),
    number("block_number"),
    *_party(),
    UniqueConstraint("number"),
)

party_states = Table(
    "party_states",
    metadata,
    Column("account", Text, primary_key=True),
    Column("block_number", BigInteger, primary_key=True, autoincrement=False),
    *_party(),
)

feed = Table(
    "feed",
    metadata,
    Column("id", COUNTER, primary_key=True),
    text("kind"),
    text("finality"),
    number("block_number"),
    text("block_hash"),
    text("retracted", optional=True),
    sqlite_autoincrement=True,
)

submissions = Table(
    "submissions",
    metadata,
    Column("number", COUNTER, primary_key=True),
    Column("submission_id", Text, nullable=False, unique=True),
    text("verb"),
    text("subject_id"),
    number("sequence"),
    text("signer"),
    number("deadline"),
    text("act"),
    text("signature"),
    number("accepted_at"),
    text("state"),
    Column("is_terminal", Boolean, nullable=False),
    text("refusal", optional=True),
    text("rides_in", optional=True),
    text("transaction_hash", optional=True),
    number("block_number", optional=True),
    text("block_hash", optional=True),
    Index("ix_submissions_rides_in", "rides_in"),
    Index("ix_submissions_is_terminal_state", "is_terminal", "state"),
    Index("ix_submissions_subject_id_sequence", "subject_id", "sequence"),
    Index("ix_submissions_signer_is_terminal", "signer", "is_terminal"),
    sqlite_autoincrement=True,
)

transactions = Table(
    "transactions",
    metadata,
    Column("hash", Text, primary_key=True),
    number("nonce"),
    text("raw"),
    number("gas_limit"),
    text("max_fee"),
    text("priority_fee"),
    text("status"),
    number("made_at"),
    number("sent_at", optional=True),
    number("block_number", optional=True),
    text("block_hash", optional=True),
    number("missing_since", optional=True),
    text("outcome", optional=True),
    Column("is_charged", Boolean, nullable=False),
    Index("ix_transactions_status_nonce", "status", "nonce"),
    Index("ix_transactions_nonce", "nonce"),
)

transaction_acts = Table(
    "transaction_acts",
    metadata,
    Column("transaction_hash", Text, ForeignKey("transactions.hash"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("submission_id", Text, ForeignKey("submissions.submission_id"), nullable=False),
    text("refusal", optional=True),
    Index("ix_transaction_acts_submission_id", "submission_id"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("key", Text, primary_key=True),
    text("body_digest"),
    text("submission_ids"),
    number("accepted_at"),
)

gas_spent = Table(
    "gas_spent",
    metadata,
    Column("account", Text, primary_key=True),
    Column("day", BigInteger, primary_key=True, autoincrement=False),
    number("gas"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    text("holder"),
    number("until"),
)
