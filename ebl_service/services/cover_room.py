"""The parts that judge, keep and read insurance documents, joined: what a service has where it keeps documents."""

from dataclasses import dataclass

from ebl_service.domain.ledger import Ledger, LedgerIdentity
from ebl_service.services.cover import CoverQueries
from ebl_service.services.cover_archive import CoverArchive
from ebl_service.services.document_room import DocumentRoom
from ebl_service.services.insurance_desk import InsuranceDesk
from ebl_service.services.insurance_gate import InsuranceGate
from ebl_service.services.policy import Clock, wall_clock
from ebl_service.services.rights import Rights
from ebl_service.store.directory import Directory
from ebl_service.store.documents import Documents
from ebl_service.store.history import History
from ebl_service.store.insurance import Insurance


@dataclass(frozen=True, slots=True)
class CoverRoom:
    """The desk that takes insurance documents in, the gate before acts that issue certificates, reading."""

    desk: InsuranceDesk
    gate: InsuranceGate
    queries: CoverQueries


def cover_room(
    room: DocumentRoom,
    ledger: Ledger,
    identity: LedgerIdentity,
    history: History,
    directory: Directory,
    rights: Rights,
    *,
    relays_for_others: bool,
    clock: Clock = wall_clock,
) -> CoverRoom:
    """Join the parts. `room`: where the bills are kept."""
    database = history.database
    insurance = Insurance(database)
    archive = CoverArchive(room.vault, Documents(database), insurance)
    desk = InsuranceDesk(identity, room.keeping, archive, room.kept, history, room.look_ups, rights, clock)
    gate = InsuranceGate(archive, desk, history, directory, relays_for_others=relays_for_others)
    queries = CoverQueries(ledger, identity, history, archive, insurance, desk, rights, clock)
    return CoverRoom(desk, gate, queries)
