"""Bill numbers that acts ask for: whether another title of the number is being issued.

Rules kept here
- What is asked as an act is stored is asked within that transaction, one carrier's acts after each other: of two that
  come at once, through two processes too, the later one sees the first.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.domain.actions import Issue, Replace
from ebl_service.domain.submission import State, landing_of
from ebl_service.domain.terms import Address, Digest, TitleId
from ebl_service.errors.documents import NumberIssued
from ebl_service.store.act_rows import act_of
from ebl_service.store.document_tables import documents
from ebl_service.store.tables import submissions
from ebl_service.store.titles import portions


@dataclass(frozen=True, slots=True)
class Claim:
    """That the act at `index` of a request issues a carrier's bill of this number as the title `title_id`.

    `number`: its digest under the salt that the service derives. `ended`: titles of the number that are not in its way.
    """

    carrier: Address
    number: Digest
    title_id: TitleId
    ended: frozenset[TitleId] = frozenset()
    index: int = 0


async def require_unclaimed(connection: AsyncConnection, claims: Sequence[Claim]) -> None:
    """No other title of these numbers is being issued. Raises: NumberIssued, with the act's index."""
    known = await _titles_of(connection, claims)
    for claim in claims:
        others = known[claim.carrier, claim.number] - claim.ended - {claim.title_id}
        issued = others & await _on_their_way(connection, claim.carrier, others) if others else set()
        if issued:
            raise NumberIssued("A bill of this number is being issued", {"title_id": min(issued), "index": claim.index})


async def _titles_of(
    connection: AsyncConnection, claims: Sequence[Claim]
) -> Mapping[tuple[Address, Digest], set[TitleId]]:
    """Those that documents of these carriers and numbers were prepared for."""
    columns, found = documents.c, defaultdict[tuple[Address, Digest], set[TitleId]](set)
    for carrier in {claim.carrier for claim in claims}:
        for some in portions(claim.number for claim in claims if claim.carrier == carrier):
            query = select(columns.number, columns.title_id)
            query = query.where(columns.given_by == carrier, columns.number.in_(some))
            for row in await connection.execute(query):
                found[carrier, Digest(row.number)].add(TitleId(row.title_id))
    return found


async def _on_their_way(connection: AsyncConnection, carrier: Address, others: set[TitleId]) -> set[TitleId]:
    """Titles that the carrier's acts bring about, these among them where any does."""
    columns = submissions.c
    stands = (columns.signer == carrier, columns.state != State.REFUSED)
    issues = (columns.verb == Issue.__name__, columns.subject_id.in_(others))
    replaces = (columns.verb == Replace.__name__, columns.is_terminal.is_(False))
    found: set[TitleId] = set()
    for which in (issues, replaces):
        for row in await connection.execute(select(columns.verb, columns.act).where(*stands, *which)):
            made = landing_of(act_of(row.verb, row.act), carrier)
            found |= {TitleId(subject) for subject, sequence in made if sequence == 1}
    return found
