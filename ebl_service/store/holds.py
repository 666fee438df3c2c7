"""Legal holds on documents, and keys destroyed: who approved it, when, for what reason.

Rules kept here
- Whether a hold is on a document is looked at in the very transaction that destroys its key.
- Holds are placed and lifted by a line each; none is ever removed. What was destroyed stays on record.
"""

import json
from collections.abc import Sequence

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.domain.destruction import Approval
from ebl_service.domain.terms import Digest, Seconds
from ebl_service.errors.vault import DestructionRefused
from ebl_service.store.database import Database
from ebl_service.store.document_tables import destructions, document_parts, documents, legal_holds


class Holds:
    """Writes holds, destroys keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, commitment: Digest, reason: str, now: Seconds, *, is_placed: bool) -> None:
        """Place a hold on a document, or lift it."""
        values = {"commitment": commitment, "is_placed": is_placed, "reason": reason, "changed_at": now}
        async with self._database.writing() as connection:
            await connection.execute(
                select(documents.c.commitment).where(documents.c.commitment == commitment).with_for_update()
            )  # a destruction that is under way comes before or after, never at once
            await connection.execute(insert(legal_holds).values(values))

    async def destroy(self, commitment: Digest, approvals: Sequence[Approval], now: Seconds) -> None:
        """Forget the document's key and content, for good. Raises: DestructionRefused (a hold, or no key is here)."""
        told = [
            {
                "account": each.account,
                "reason": each.reason,
                "approvedAt": each.approved_at,
                "signature": each.signature.hex(),
            }
            for each in approvals
        ]
        async with self._database.writing() as connection:
            gone = update(documents).where(documents.c.commitment == commitment, documents.c.wrapped_key.is_not(None))
            if (await connection.execute(gone.values(master_key_id=None, wrapped_key=None))).rowcount != 1:
                raise DestructionRefused("There is no key of this document here")
            held = await _hold_on(connection, commitment)
            if held is not None:
                raise DestructionRefused(f"A legal hold is on the document: {held}")
            await connection.execute(document_parts.delete().where(document_parts.c.commitment == commitment))
            values = {"commitment": commitment, "approvals": json.dumps(told), "destroyed_at": now}
            await connection.execute(insert(destructions).values(values))


async def _hold_on(connection: AsyncConnection, commitment: Digest) -> str | None:
    query = select(legal_holds).where(legal_holds.c.commitment == commitment).order_by(legal_holds.c.number.desc())
    row = (await connection.execute(query.limit(1))).one_or_none()
    return row.reason if row is not None and row.is_placed else None
