"""What holders say in words when they ask for surrender, sealed; by the title, its sequence and the reason they sign.

Rules kept: of one title and sequence at most WORDINGS are kept, however often a holder asks for typed data.
"""

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from ebl_service.domain.terms import Digest, Seconds, TitleId
from ebl_service.errors.platform import TooManyWordings
from ebl_service.store.database import Database
from ebl_service.store.platform_tables import surrender_words

WORDINGS = 16


class SurrenderWords:
    """Writes and reads sealed words."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, title_id: TitleId, sequence: int, reason: Digest, sealed: bytes, now: Seconds) -> None:
        """Keep words; the same once. `sequence`: before the request. Raises: TooManyWordings (nothing is kept)."""
        columns = surrender_words.c
        row = {"title_id": title_id, "sequence": sequence, "reason": reason, "sealed_words": sealed, "made_at": now}
        new = (sqlite if self._database.is_sqlite else postgresql).insert(surrender_words).values(row)
        kept = select(func.count()).where(columns.title_id == title_id, columns.sequence == sequence)
        async with self._database.writing() as connection:
            await connection.execute(new.on_conflict_do_nothing())
            if (await connection.execute(kept)).scalar_one() > WORDINGS:
                raise TooManyWordings(f"{WORDINGS} wordings of this surrender request are kept already")

    async def of(self, title_id: TitleId, sequence: int, reason: Digest) -> bytes | None:
        """The sealed words of this reason; None where there are none."""
        columns = surrender_words.c
        wanted = (columns.title_id == title_id, columns.sequence == sequence, columns.reason == reason)
        async with self._database.reading() as connection:
            row = (await connection.execute(select(columns.sealed_words).where(*wanted))).one_or_none()
        return None if row is None else bytes(row.sealed_words)
