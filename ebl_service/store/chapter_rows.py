"""What happened in some blocks, and where it led, as the rows of a chapter: made before its transaction begins."""

import asyncio
from collections.abc import Sequence

from ebl_service.domain.certificate import Certificate
from ebl_service.domain.event_parties import parties_of
from ebl_service.domain.events import Issued, TitleEvent
from ebl_service.domain.ledger import Recorded
from ebl_service.domain.party import Party
from ebl_service.domain.title import Title
from ebl_service.store import tables
from ebl_service.store.bulk import Page
from ebl_service.store.certificate_rows import certificate_row, certificate_state_row
from ebl_service.store.certificate_tables import certificate_states, certificates
from ebl_service.store.chapters import Chapter, Cursor, RecordedBlock
from ebl_service.store.event_rows import row_of
from ebl_service.store.title_rows import Row, party_row, state_row, title_row

ROWS_AT_ONCE = 1_000


async def chapter_of(
    blocks: Sequence[RecordedBlock],
    recorded: Sequence[Recorded],
    titles_told: Sequence[tuple[int, Title]],
    parties_told: Sequence[tuple[int, Party]],
    certificates_told: Sequence[tuple[int, Certificate]],
    cursor: Cursor,
) -> Chapter:
    """The chapter that ends at `cursor`: blocks to keep, events, and how they left titles, parties and certificates.

    Each of these comes with the block that brought it there, the newest last; a title up to the final block but once.
    """
    events: list[Row] = []
    for start in range(0, len(recorded), ROWS_AT_ONCE):
        events += map(row_of, recorded[start : start + ROWS_AT_ONCE])
        await asyncio.sleep(0)  # others of the process have their turn
    titles = {title.title_id: (title, block) for block, title in titles_told}
    parties = {party.account: party_row(party, block) for block, party in parties_told}
    standing = {each.certificate_id: (each, block) for block, each in certificates_told}
    pages = (
        Page(tables.events, events),
        Page(tables.title_states, [state_row(title, block) for block, title in titles_told]),
        Page(tables.titles, [title_row(*each) for each in titles.values()], again="replace"),
        Page(tables.title_parties, _parts(recorded), again="keep"),
        Page(tables.party_states, [party_row(party, block) for block, party in parties_told]),
        Page(tables.parties, list(parties.values()), again="replace"),
        Page(certificate_states, [certificate_state_row(each, block) for block, each in certificates_told]),
        Page(certificates, [certificate_row(*each) for each in standing.values()], again="replace"),
    )
    return Chapter(cursor, blocks, pages)


def _parts(recorded: Sequence[Recorded]) -> list[Row]:
    """Who has a part in which title by these events, and since when, in the order of the table `title_parties`."""
    parts: dict[tuple[str, str], tuple[int, bool]] = {}
    for item in recorded:
        event = item.event
        if isinstance(event, TitleEvent):
            for account in parties_of(event):
                part = account, event.title_id
                if part not in parts:
                    parts[part] = item.block_number, isinstance(event, Issued) and account == event.carrier
    return [(*named, *since) for named, since in parts.items()]
