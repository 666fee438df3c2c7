"""Acts that wait for a carrier's signature.

Rules kept here
- An act is stored in the transaction of its cause; it is over once its title has gone beyond its sequence at a final
  block, or once its time has passed.
- A row whose act is not the one that was stored is logged and left out: nobody signs it, and the others go on.
"""

import hashlib
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.domain.actions import Act
from ebl_service.domain.submission import State
from ebl_service.domain.terms import Address, Digest, TitleId
from ebl_service.domain.waiting_act import WaitingAct
from ebl_service.store.act_rows import act_of, act_text
from ebl_service.store.database import Database
from ebl_service.store.platform_tables import waiting_acts
from ebl_service.store.tables import submissions

log = logging.getLogger(__name__)


class WaitingActs:
    """Reads and closes waiting acts; their causes write them (`put_waiting`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, account: Address | None, after: int, limit: int) -> list[WaitingAct]:
        """Those that are not over, by number; `account`: of this carrier only."""
        columns = waiting_acts.c
        query = select(waiting_acts).where(columns.is_over.is_(False))
        if account is not None:
            query = query.where(columns.account == account)
        return await self._first(query, after, limit)

    async def unsigned(self, account: Address, verbs: Iterable[str], limit: int) -> list[WaitingAct]:
        """Those of these verbs that are not on their way, by number: however many are does not hold them up."""
        columns = waiting_acts.c
        wanted = (columns.account == account, columns.is_over.is_(False), columns.submission_id.is_(None))
        query = select(waiting_acts).where(*wanted, columns.verb.in_(set(verbs)))
        return await self._first(query, 0, limit)

    async def refused(self, account: Address, limit: int) -> list[WaitingAct]:
        """Those that went on their way and came to nothing, by number."""
        columns, sent = waiting_acts.c, submissions.c
        query = (
            select(waiting_acts)
            .join(submissions, sent.submission_id == columns.submission_id)
            .where(columns.account == account, columns.is_over.is_(False))
            .where(sent.state == State.REFUSED, sent.is_terminal.is_(True))
        )
        return await self._first(query, 0, limit)

    async def _first(self, query: Select[Any], after: int, limit: int) -> list[WaitingAct]:
        """Unaltered rows in the order of their numbers; an altered one takes no other's place."""
        number, found = waiting_acts.c.number, list[WaitingAct]()
        async with self._database.reading() as connection:
            while wanted := limit - len(found):
                page = query.where(number > after).order_by(number).limit(wanted)
                rows = (await connection.execute(page)).all()
                found += _unaltered(rows)
                if len(rows) < wanted:
                    break
                after = rows[-1].number
        return found

    async def signed(self, as_: Mapping[str, Digest | None]) -> None:
        """These acts are on their way, each as its submission; None: that one came to nothing, the act waits again."""
        if not as_:
            return
        one = update(waiting_acts).where(waiting_acts.c.act_id == bindparam("of"))
        rows = [{"of": act_id, "submission_id": submission_id} for act_id, submission_id in as_.items()]
        async with self._database.writing() as connection:
            await connection.execute(one, rows)

    async def end(self, act_id: str) -> None:
        """It will not happen."""
        async with self._database.writing() as connection:
            await end_act(connection, act_id)


def act_id_of(account: Address, asked: Act) -> str:
    """32 hexadecimal digits of SHA-256 over who is to sign what: the same act waits once."""
    words = f"{account}\n{type(asked).__name__}\n{act_text(asked)}"
    return hashlib.sha256(words.encode()).hexdigest()[:32]


async def put_waiting(database: Database, connection: AsyncConnection, waiting: WaitingAct) -> None:
    """Store an act within its cause's transaction; one that was over waits again, for its new cause."""
    title_id, sequence = waiting.title
    row = {
        "act_id": waiting.act_id,
        "account": waiting.account,
        "verb": waiting.verb,
        "act": act_text(waiting.act),
        "title_id": title_id,
        "sequence": sequence,
        "cause": waiting.cause,
        "made_at": waiting.made_at,
        "until": waiting.until,
        "submission_id": None,
        "is_over": False,
    }
    new = (sqlite if database.is_sqlite else postgresql).insert(waiting_acts).values(row)
    await connection.execute(new.on_conflict_do_update(index_elements=["act_id"], set_=row))


async def end_waiting(connection: AsyncConnection, title_id: TitleId, sequence: int) -> None:
    """The title has reached `sequence`: what was to follow a sequence before that is over."""
    columns = waiting_acts.c
    passed = (columns.title_id == title_id, columns.sequence < sequence, columns.is_over.is_(False))
    await connection.execute(update(waiting_acts).where(*passed).values(is_over=True))


async def end_act(connection: AsyncConnection, act_id: str) -> None:
    """The act will not happen."""
    await connection.execute(update(waiting_acts).where(waiting_acts.c.act_id == act_id).values(is_over=True))


def _unaltered(rows: Iterable[Any]) -> list[WaitingAct]:
    found: list[WaitingAct] = []
    for row in rows:
        try:
            waiting = _waiting(row)
        except (KeyError, TypeError, ValueError):  # it is not even an act
            waiting = None
        if waiting is None or act_id_of(waiting.account, waiting.act) != row.act_id:
            log.error("the waiting act %s was altered at rest: compare its row with the last backup", row.act_id)
        else:
            found.append(waiting)
    return found


def _waiting(row: Any) -> WaitingAct:
    return WaitingAct(
        act_id=row.act_id,
        account=Address(row.account),
        act=act_of(row.verb, row.act),
        cause=row.cause,
        made_at=row.made_at,
        until=row.until,
        submission_id=row.submission_id,
        is_over=row.is_over,
        number=row.number,
    )
