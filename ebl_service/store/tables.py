"""Every table. `store.migrations` brings a database to this form; a test holds that both agree.

Hashes, addresses and ids are text (0x and lower-case hex), so that a person can read and query them. Written by the
indexer, through `store.history`: ledger, cursor, blocks, events, titles, title_states, title_parties, parties,
party_states, feed.
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


def _text(name: str, *, optional: bool = False) -> Column[str]:
    return Column(name, Text, nullable=optional)


def _number(name: str, *, optional: bool = False, kind: type[TypeEngine[int]] = BigInteger) -> Column[int]:
    return Column(name, kind, nullable=optional)


ledger = Table(
    "ledger",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    _number("chain_id"),
    _text("genesis_hash"),
    _text("party_registry"),
    _text("title_registry"),
    _text("code_hashes"),
    _number("deployment_block"),
    _number("reject_period"),
    _number("answer_period"),
)

cursor = Table(
    "cursor",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    _number("number"),
    _text("hash"),
    _number("time"),
    _number("final_number"),
    _number("final_time"),
    _text("halted", optional=True),
)

blocks = Table(
    "blocks",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    _text("hash"),
    _number("events", kind=Integer),
)

events = Table(
    "events",
    metadata,
    Column("block_number", BigInteger, primary_key=True, autoincrement=False),
    Column("log_index", Integer, primary_key=True, autoincrement=False),
    _text("transaction_hash"),
    _text("kind"),
    _text("title_id", optional=True),
    _number("sequence", optional=True),
    _text("data"),
    Index("ix_events_title_id_sequence", "title_id", "sequence"),
)


def _standing() -> tuple[Column[str] | Column[int], ...]:
    return (
        _text("holder"),
        _text("endorsee", optional=True),
        _number("endorsee_number"),
        _text("entitled"),
        _number("flags", kind=Integer),
        _number("status", kind=Integer),
        _number("sequence"),
        _number("acted_at"),
        _text("head"),
        _text("last_head"),
        _number("last_verb", kind=Integer),
        _text("last_actor"),
        _text("last_arguments"),
        _text("last_possession"),
        _text("last_endorsee", optional=True),
        _number("last_endorsee_number"),
        _text("replaced_by", optional=True),
    )


STANDING = tuple(column.name for column in _standing())
"""The columns that an act on a title may change."""

titles = Table(
    "titles",
    metadata,
    Column("title_id", Text, primary_key=True),
    _number("block_number"),
    _text("carrier"),
    _text("first_holder"),
    _number("version", kind=Integer),
    _text("reference_digest"),
    _text("commitment"),
    _text("replaces", optional=True),
    *_standing(),
    Index("ix_titles_holder_title_id", "holder", "title_id"),
    Index("ix_titles_endorsee_title_id", "endorsee", "title_id"),
    Index("ix_titles_entitled_title_id", "entitled", "title_id"),
    Index("ix_titles_carrier_title_id", "carrier", "title_id"),
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
    _number("block_number"),
    Column("is_carrier", Boolean, nullable=False),
    Index("ix_title_parties_block_number", "block_number"),
)
"""Who ever had a part in a title, and the block that gave it: where to look for what an account may read."""


def _party() -> tuple[Column[str] | Column[int] | Column[bool], ...]:
    return (
        _number("number"),
        _number("roles", kind=Integer),
        _text("identity_digest"),
        Column("is_suspended", Boolean, nullable=False),
        _number("nonce"),
    )


parties = Table(
    "parties",
    metadata,
    Column("account", Text, primary_key=True),
    _number("block_number"),
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
    _text("kind"),
    _text("finality"),
    _number("block_number"),
    _text("block_hash"),
    _text("retracted", optional=True),
    sqlite_autoincrement=True,
)

submissions = Table(
    "submissions",
    metadata,
    Column("number", COUNTER, primary_key=True),
    Column("submission_id", Text, nullable=False, unique=True),
    _text("verb"),
    _text("title_id"),
    _number("sequence"),
    _text("signer"),
    _number("deadline"),
    _text("act"),
    _text("signature"),
    _number("accepted_at"),
    _text("state"),
    Column("is_terminal", Boolean, nullable=False),
    _text("refusal", optional=True),
    _text("rides_in", optional=True),
    _text("transaction_hash", optional=True),
    _number("block_number", optional=True),
    _text("block_hash", optional=True),
    Index("ix_submissions_rides_in", "rides_in"),
    Index("ix_submissions_is_terminal_state", "is_terminal", "state"),
    Index("ix_submissions_title_id_sequence", "title_id", "sequence"),
    Index("ix_submissions_signer_is_terminal", "signer", "is_terminal"),
    sqlite_autoincrement=True,
)

transactions = Table(
    "transactions",
    metadata,
    Column("hash", Text, primary_key=True),
    _number("nonce"),
    _text("raw"),
    _number("gas_limit"),
    _text("max_fee"),
    _text("priority_fee"),
    _text("status"),
    _number("made_at"),
    _number("sent_at", optional=True),
    _number("block_number", optional=True),
    _text("block_hash", optional=True),
    _number("missing_since", optional=True),
    _text("outcome", optional=True),
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
    _text("refusal", optional=True),
    Index("ix_transaction_acts_submission_id", "submission_id"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("key", Text, primary_key=True),
    _text("body_digest"),
    _text("submission_ids"),
    _number("accepted_at"),
)

gas_spent = Table(
    "gas_spent",
    metadata,
    Column("account", Text, primary_key=True),
    Column("day", BigInteger, primary_key=True, autoincrement=False),
    _number("gas"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    _text("holder"),
    _number("until"),
)
