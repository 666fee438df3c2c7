"""Titles and parties to rows and back.

A title's row holds what never changes and how it stands now; `title_states` holds how it stood at the final block and
after each later one that changed it; before that its events tell (`store.titles`). The word of the possession before
the last act is kept in hex: it is a 256-bit number.
"""

import json
from typing import Any

from ebl_service.domain.party import Party
from ebl_service.domain.terms import Address, Digest, Role, Status, TitleId, Verb
from ebl_service.domain.title import PreviousAct, Title

Row = tuple[Any, ...]


def title_row(title: Title, block_number: int) -> Row:
    """In the order of the table `titles`."""
    return (
        title.title_id,
        block_number,
        title.carrier,
        title.first_holder,
        title.version,
        title.reference_digest,
        title.commitment,
        _ids(title.replaces),
        *_standing(title),
    )


def state_row(title: Title, block_number: int) -> Row:
    """In the order of the table `title_states`."""
    return (title.title_id, block_number, *_standing(title))


def _standing(title: Title) -> Row:
    last = title.last
    return (
        title.holder,
        title.endorsee,
        title.endorsee_number,
        title.entitled,
        title.flags,
        int(title.status),
        title.sequence,
        title.acted_at,
        title.head,
        last.head,
        int(last.verb),
        last.actor,
        last.arguments,
        hex(last.possession),
        last.endorsee,
        last.endorsee_number,
        _ids(title.replaced_by),
    )


def title_of(row: Any) -> Title:
    """The title of a row that has the columns of `titles` as attributes."""
    possession = int(row.last_possession, 16)
    last = PreviousAct(
        head=Digest(row.last_head),
        verb=Verb(row.last_verb),
        time=row.acted_at,
        actor=Address(row.last_actor),
        arguments=Digest(row.last_arguments),
        possession=possession,
        endorsee=row.last_endorsee,
        endorsee_number=row.last_endorsee_number,
        holder=Address(f"0x{possession & (1 << 160) - 1:040x}"),
        flags=possession >> 240,
    )
    return Title(
        title_id=TitleId(row.title_id),
        carrier=Address(row.carrier),
        holder=Address(row.holder),
        first_holder=Address(row.first_holder),
        endorsee=row.endorsee,
        endorsee_number=row.endorsee_number,
        flags=row.flags,
        status=Status(row.status),
        version=row.version,
        sequence=row.sequence,
        acted_at=row.acted_at,
        reference_digest=Digest(row.reference_digest),
        commitment=Digest(row.commitment),
        head=Digest(row.head),
        last=last,
        replaces=_titles(row.replaces),
        replaced_by=_titles(row.replaced_by),
    )


def party_row(party: Party, block_number: int) -> Row:
    """In the order of the tables `parties` and `party_states`."""
    return (
        party.account,
        block_number,
        party.number,
        int(party.roles),
        party.identity_digest,
        party.is_suspended,
        party.nonce,
    )


def party_of(row: Any) -> Party:
    """The party of a row of either table."""
    return Party(
        account=Address(row.account),
        number=row.number,
        roles=Role(row.roles),
        identity_digest=Digest(row.identity_digest),
        is_suspended=row.is_suspended,
        nonce=row.nonce,
    )


def _ids(titles: tuple[TitleId, ...]) -> str | None:
    return json.dumps(titles) if titles else None


def _titles(text: str | None) -> tuple[TitleId, ...]:
    return tuple(json.loads(text)) if text else ()
