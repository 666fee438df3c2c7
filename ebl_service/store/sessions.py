"""Nonces and sessions: how a party that signs in is remembered until its time is over.

Left to others: what a message must say (`services.sign_in`). This is the only writer of both tables.

Rules kept here
- A nonce serves once: taking it removes it, and of two that take it one gets it.
- A session is found by its token's digest only; it counts while its time runs and its party stands. A suspension after
  it began ends it, a reinstatement does not bring it back.
"""

from dataclasses import dataclass

from sqlalchemy import delete, exists, insert, select

from ebl_service.domain.terms import Address, Digest, Seconds
from ebl_service.store import tables
from ebl_service.store.access_tables import sessions, sign_in_nonces
from ebl_service.store.database import Database


@dataclass(frozen=True, slots=True)
class Nonce:
    """What was given out to sign, and to whom."""

    nonce: str
    account: Address
    issued_at: Seconds
    expires_at: Seconds


class Sessions:
    """Reads and writes nonces and sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put_nonce(self, nonce: Nonce) -> None:
        """Remember a nonce; those whose time is over go."""
        async with self._database.writing() as connection:
            await connection.execute(delete(sign_in_nonces).where(sign_in_nonces.c.expires_at < nonce.issued_at))
            await connection.execute(
                insert(sign_in_nonces).values(
                    nonce=nonce.nonce,
                    account=nonce.account,
                    issued_at=nonce.issued_at,
                    expires_at=nonce.expires_at,
                )
            )

    async def take_nonce(self, nonce: str) -> Nonce | None:
        """Use a nonce up, whatever comes of it; None where it was not given out, or is used."""
        query = delete(sign_in_nonces).where(sign_in_nonces.c.nonce == nonce).returning(sign_in_nonces)
        async with self._database.writing() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else Nonce(row.nonce, Address(row.account), row.issued_at, row.expires_at)

    async def may_sign_in(self, account: Address) -> bool:
        """Whether the account is a party by a final block, and not suspended now."""
        parties, states, cursor = tables.parties.c, tables.party_states.c, tables.cursor.c
        joined = exists().where(
            states.account == account, states.block_number <= select(cursor.final_number).scalar_subquery()
        )
        query = select(parties.account).where(parties.account == account, parties.is_suspended.is_(False), joined)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).one_or_none() is not None

    async def start(self, token_digest: Digest, account: Address, now: Seconds, expires_at: Seconds) -> None:
        """Begin a session at the index's present block; those whose time is over go."""
        block = select(tables.cursor.c.number).scalar_subquery()
        values = {
            "token_digest": token_digest,
            "account": account,
            "block_number": block,
            "started_at": now,
            "expires_at": expires_at,
        }
        async with self._database.writing() as connection:
            await connection.execute(delete(sessions).where(sessions.c.expires_at < now))
            await connection.execute(insert(sessions).values(values))

    async def account_of(self, token_digest: Digest, now: Seconds) -> Address | None:
        """The party whose session it is; None where there is none that counts."""
        states = tables.party_states.c
        suspended = exists().where(
            states.account == sessions.c.account,
            states.block_number > sessions.c.block_number,
            states.is_suspended.is_(True),
        )
        query = (
            select(sessions.c.account)
            .join(tables.parties, tables.parties.c.account == sessions.c.account)
            .where(sessions.c.token_digest == token_digest, sessions.c.expires_at > now)
            .where(tables.parties.c.is_suspended.is_(False), ~suspended)
        )
        async with self._database.reading() as connection:
            found = (await connection.execute(query)).scalar_one_or_none()
        return None if found is None else Address(found)

    async def end(self, token_digest: Digest) -> None:
        """Sign out."""
        async with self._database.writing() as connection:
            await connection.execute(delete(sessions).where(sessions.c.token_digest == token_digest))
