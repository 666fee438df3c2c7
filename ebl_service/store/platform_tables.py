"""The tables of the platform's work for carriers: by what they sign, what they asked for, what they are told.

Written by `store.callbacks` (receivers, callbacks), `store.carriers` (carriers, signing_certificates), `store.custody`
(mandates, custody_uses), `store.custody_keys`, `store.waiting_acts`, `store.issuances` and `store.surrenders` (requests
of that kind each), `store.surrender_words`, `store.announcements`. Importing this module adds them to
`tables.metadata`.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, Table, Text, text

from ebl_service.store.tables import metadata

_COUNTER = BigInteger().with_variant(Integer, "sqlite")

receivers = Table(
    "receivers",
    metadata,
    Column("account", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("sealed_header", LargeBinary, nullable=True),
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
    Index("ix_callbacks_account_subject_state_number", "account", "subject", "state", "number"),
    Index("ix_callbacks_account_number", "account", "number"),
    sqlite_autoincrement=True,
)

carriers = Table(
    "carriers",
    metadata,
    Column("account", Text, primary_key=True),
    Column("governing_law", Text, nullable=False),
    Column("jurisdiction", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("back_dating_days", BigInteger, nullable=False, server_default="0"),
    Column("refused_advice", Text, nullable=False, server_default=""),
)

signing_certificates = Table(
    "signing_certificates",
    metadata,
    Column("account", Text, primary_key=True),
    Column("fingerprint", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("chain", Text, nullable=False),
    Column("valid_from", BigInteger, nullable=False),
    Column("valid_until", BigInteger, nullable=False),
    Column("registered_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger, nullable=True),
    Column("is_pinned", Boolean, nullable=False),
)

mandates = Table(
    "mandates",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("statement", Text, nullable=False),
    Column("verbs", Text, nullable=False),
    Column("acts_a_day", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("taken_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger, nullable=True),
    Index("ix_mandates_account", "account"),
)

custody_uses = Table(
    "custody_uses",
    metadata,
    Column("number", _COUNTER, primary_key=True),
    Column("act_id", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("mandate", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("day", BigInteger, nullable=False),
    Column("deadline", BigInteger, nullable=False),
    Column("used_at", BigInteger, nullable=False),
    Index("ix_custody_uses_account_day", "account", "day"),
    Index("ix_custody_uses_act_id_number", "act_id", "number"),
    sqlite_autoincrement=True,
)

custody_keys = Table(
    "custody_keys",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
)

waiting_acts = Table(
    "waiting_acts",
    metadata,
    Column("number", _COUNTER, primary_key=True),
    Column("act_id", Text, nullable=False, unique=True),
    Column("account", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("title_id", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("cause", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=True),
    Column("submission_id", Text, nullable=True),
    Column("is_over", Boolean, nullable=False),
    Index("ix_waiting_acts_is_over_number", "is_over", "number"),
    Index("ix_waiting_acts_account_is_over", "account", "is_over"),
    Index("ix_waiting_acts_title_id", "title_id"),
    sqlite_autoincrement=True,
)

issuance_requests = Table(
    "issuance_requests",
    metadata,
    Column("number", _COUNTER, primary_key=True),
    Column("account", Text, nullable=False),
    Column("reference_digest", Text, nullable=False),
    Column("title_id", Text, nullable=True),
    Column("commitment", Text, nullable=True),
    Column("act_id", Text, nullable=True),
    Column("state", Text, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger, nullable=True),
    Index("ix_issuance_requests_title_id", "title_id"),
    Index("ix_issuance_requests_act_id", "act_id"),
    Index(
        "uq_issuance_requests_open",
        "account",
        "reference_digest",
        unique=True,
        sqlite_where=text("state = 'OPEN'"),
        postgresql_where=text("state = 'OPEN'"),
    ),
    sqlite_autoincrement=True,
)

surrender_requests = Table(
    "surrender_requests",
    metadata,
    Column("request_id", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("title_id", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("sealed_comments", LargeBinary, nullable=True),
    Column("sealed_feedback", LargeBinary, nullable=True),
    Column("made_at", BigInteger, nullable=False),
    Column("answered_at", BigInteger, nullable=True),
    Index("ix_surrender_requests_title_id", "title_id"),
)

surrender_words = Table(
    "surrender_words",
    metadata,
    Column("title_id", Text, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("reason", Text, primary_key=True),
    Column("sealed_words", LargeBinary, nullable=False),
    Column("made_at", BigInteger, nullable=False),
)

announced = Table(
    "announced",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("line", BigInteger, nullable=False),
)
