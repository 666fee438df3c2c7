"""The parts that keep documents, joined: what a service has where it holds master keys."""

from dataclasses import dataclass

from ebl_service.domain.ledger import Ledger, LedgerIdentity
from ebl_service.domain.terms import Address
from ebl_service.services.amendments import Amendments
from ebl_service.services.bill_numbers import BillNumbers
from ebl_service.services.destruction import Destruction
from ebl_service.services.document_desk import DocumentDesk
from ebl_service.services.documents import Documents
from ebl_service.services.issue_gate import IssueGate
from ebl_service.services.key_keeping import KeyKeeping
from ebl_service.services.look_ups import LookUps
from ebl_service.services.paper import PaperBills
from ebl_service.services.policy import Clock, Failpoint, no_failpoint, wall_clock
from ebl_service.services.preparation import Preparation
from ebl_service.services.rate_limits import RateLimits
from ebl_service.store import documents as rows
from ebl_service.store.carriers import Carriers
from ebl_service.store.database import Database
from ebl_service.store.directory import Directory
from ebl_service.store.history import History
from ebl_service.store.holds import Holds
from ebl_service.store.outbox import Outbox
from ebl_service.store.sealed_keys import SealedKeys
from ebl_service.vault.envelope import Vault
from ebl_service.vault.master_keys import MasterKeys


@dataclass(frozen=True, slots=True)
class DocumentRoom:
    """Keys, documents kept, the desk that takes them in, the gate before acts that issue, and what is made of them.

    `vault`: for other rooms of the house.
    """

    vault: Vault
    keeping: KeyKeeping
    look_ups: LookUps
    kept: Documents
    desk: DocumentDesk
    gate: IssueGate
    amendments: Amendments
    paper: PaperBills
    destruction: Destruction


def document_room(
    ledger: Ledger,
    identity: LedgerIdentity,
    master_keys: MasterKeys,
    database: Database,
    history: History,
    directory: Directory,
    *,
    platform: str,
    relays_for_others: bool,
    approvers: frozenset[Address] = frozenset(),
    limits: RateLimits | None = None,
    clock: Clock = wall_clock,
    failpoint: Failpoint = no_failpoint,
) -> DocumentRoom:
    """Join the parts; `keeping.open()` comes before anything else is done with them.

    `limits`: by which look-ups of parties are counted; None where nobody is counted.
    """
    vault = Vault(master_keys)
    keeping = KeyKeeping(vault, SealedKeys(database), clock)
    carriers, look_ups = Carriers(database), LookUps(directory, limits)
    preparation = Preparation(identity, look_ups, carriers, keeping, platform)
    kept = Documents(preparation, vault, rows.Documents(database), history, clock, failpoint)
    numbers = BillNumbers(kept, history, Outbox(database))
    gate = IssueGate(kept, directory, carriers, numbers, relays_for_others=relays_for_others)
    destruction = Destruction(ledger, identity, history, Holds(database), approvers, clock)
    amendments, paper = Amendments(kept, history), PaperBills(identity, kept, history)
    desk = DocumentDesk(kept, numbers)
    return DocumentRoom(vault, keeping, look_ups, kept, desk, gate, amendments, paper, destruction)
