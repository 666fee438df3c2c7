"""Legal holds on documents, and keys destroyed: who approved it, when, for what reason.

Rules kept here
- A hold is on a title's documents, and a key is destroyed by its document's whole binding: another title with a copy of
  the commitment neither lifts the hold nor destroys the key.
- Whether a hold is on a document is looked at in the very transaction that destroys its key.
- Holds are placed and lifted by a line each; none is ever removed. What was destroyed stays on record.
"""

import json
from collections.abc import Sequence

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.domain.bindings import DocumentBinding
from ebl_service.domain.destruction import Approval
from ebl_service.domain.terms import Seconds
from ebl_service.errors.vault import DestructionRefused
from ebl_service.store.database import Database
from ebl_service.store.document_tables import destructions, document_parts, documents, legal_holds


class Holds:
    """Writes holds, destroys keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, binding: DocumentBinding, reason: str, now: Seconds, *, is_placed: bool) -> None:
        """Place a hold on a title's documents, or lift it."""
        values = {
            "title_id": binding.title_id,
            "commitment": binding.commitment,
            "is_placed": is_placed,
            "reason": reason,
            "changed_at": now,
        }
        async with self._database.writing() as connection:
            await connection.execute(
                select(documents.c.title_id).where(documents.c.title_id == binding.title_id).with_for_update()
            )  # a destruction that is under way comes before or after, never at once
            await connection.execute(insert(legal_holds).values(values))

    async def destroy(self, binding: DocumentBinding, approvals: Sequence[Approval], now: Seconds) -> None:
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
        columns, parts = documents.c, document_parts.c
        whole = [columns[name] == value for name, value in binding._asdict().items()]
        async with self._database.writing() as connection:
            gone = update(documents).where(*whole, columns.wrapped_key.is_not(None))
            if (await connection.execute(gone.values(master_key_id=None, wrapped_key=None))).rowcount != 1:
                raise DestructionRefused("There is no key of this document here")
            held = await _hold_on(connection, binding)
            if held is not None:
                raise DestructionRefused(f"A legal hold is on the document: {held}")
            of_it = and_(parts.title_id == binding.title_id, parts.commitment == binding.commitment)
            await connection.execute(document_parts.delete().where(of_it))
            values = {
                "title_id": binding.title_id,
                "commitment": binding.commitment,
                "approvals": json.dumps(told),
                "destroyed_at": now,
            }
            await connection.execute(insert(destructions).values(values))


async def _hold_on(connection: AsyncConnection, binding: DocumentBinding) -> str | None:
    columns = legal_holds.c
    nobodys = and_(columns.title_id.is_(None), columns.commitment == binding.commitment)
    query = select(legal_holds).where(or_(columns.title_id == binding.title_id, nobodys))
    query = query.order_by(columns.number.desc())
    row = (await connection.execute(query.limit(1))).one_or_none()
    return row.reason if row is not None and row.is_placed else None
