"""The tables of who may come in and who read what: nonces, sessions, API keys, grants, reads.

None of them holds a secret: of tokens and keys there is a SHA-256 digest. Written by `store.sessions`,
`store.api_keys`, `store.grants` and `store.reads`, each its own. Importing this module adds
them to `tables.metadata`.
"""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from ebl_service.store.tables import COUNTER, metadata

sign_in_nonces = Table(
    "sign_in_nonces",
    metadata,
    Column("nonce", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Index("ix_sign_in_nonces_expires_at", "expires_at"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_digest", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("block_number", BigInteger, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Index("ix_sessions_account", "account"),
    Index("ix_sessions_expires_at", "expires_at"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("key_id", Text, primary_key=True),
    Column("secret_digest", Text, nullable=False),
    Column("account", Text, nullable=True),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger, nullable=True),
    Column("last_used_at", BigInteger, nullable=True),
    Index("ix_api_keys_account_key_id", "account", "key_id"),
)

grants = Table(
    "grants",
    metadata,
    Column("number", COUNTER, primary_key=True),
    Column("title_id", Text, nullable=False),
    Column("granter", Text, nullable=False),
    Column("grantee", Text, nullable=False),
    Column("granted_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger, nullable=True),
    Index("ix_grants_grantee_title_id", "grantee", "title_id"),
    Index("ix_grants_granter_number", "granter", "number"),
    sqlite_autoincrement=True,
)

reads = Table(
    "reads",
    metadata,
    Column("number", COUNTER, primary_key=True),
    Column("title_id", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("reader", Text, nullable=False),
    Column("means", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("granted_by", Text, nullable=True),
    Column("read_at", BigInteger, nullable=False),
    Index("ix_reads_title_id_number", "title_id", "number"),
    sqlite_autoincrement=True,
)
