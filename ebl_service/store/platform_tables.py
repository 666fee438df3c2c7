"""The tables of the platform's work for carriers: whom it calls back, and what it tells them.

Written by `store.callbacks` (receivers, callbacks). Importing this module adds them to `tables.metadata`.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from ebl_service.store.tables import metadata

_COUNTER = BigInteger().with_variant(Integer, "sqlite")

receivers = Table(
    "receivers",
    metadata,
    Column("account", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)

callbacks = Table(
    "callbacks",
    metadata,
    Column("number", _COUNTER, primary_key=True),
    Column("callback_id", Text, nullable=False, unique=True),
    Column("account", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("attempts", BigInteger, nullable=False),
    Column("last_answer", Text, nullable=True),
    Column("delivered_at", BigInteger, nullable=True),
    Index("ix_callbacks_state_due_at", "state", "due_at"),
    Index("ix_callbacks_subject_state", "subject", "state"),
    Index("ix_callbacks_account_number", "account", "number"),
    sqlite_autoincrement=True,
)
