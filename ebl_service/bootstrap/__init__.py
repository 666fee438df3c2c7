"""Builds the parts and joins them: the only place that knows every one of them, and the only one that reads settings.

Leaves to others: what the settings give (`given`), what is done without a running service (`chores`).

Rules kept: nothing is served before the node's chain is seen to be the deployment's and the database to be that
ledger's. A loop that stops for good says why in the log, and health shows it; the service goes on answering, since
what it has is still true as of the block it names.
"""

import asyncio
import gc
import logging
import sys
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from ebl_service.bootstrap.chores import (
    deploy_registries,
    load_settings,
    new_master_key,
    unknown_settings,
)
from ebl_service.bootstrap.given import (
    access_policy_of,
    carrier_room_of,
    cover_room_of,
    document_room_of,
    policies_of,
    registrar_of,
    relayer_of,
)
from ebl_service.chain.deployment import Deployment
from ebl_service.chain.ledger import ChainLedger
from ebl_service.chain.rpc import Rpc
from ebl_service.config import Settings
from ebl_service.domain.ledger import Ledger, LedgerIdentity, Registrar
from ebl_service.errors import EblError
from ebl_service.errors.requests import NoRegistrarHere
from ebl_service.errors.vault import NoVaultHere
from ebl_service.services.access import Access
from ebl_service.services.acting import Acting
from ebl_service.services.by_name import ByName
from ebl_service.services.carrier_room import CarrierRoom, Neighbours
from ebl_service.services.certificate_check import Report, check_certificates
from ebl_service.services.certificate_queries import CertificateQueries
from ebl_service.services.changes import Changes
from ebl_service.services.cover_room import CoverRoom
from ebl_service.services.document_room import DocumentRoom
from ebl_service.services.funds import Funds
from ebl_service.services.indexed_titles import of_this_service
from ebl_service.services.indexer import Indexer
from ebl_service.services.naming import Naming
from ebl_service.services.permitted import Permitted
from ebl_service.services.policy import Failpoint, no_failpoint, wall_clock
from ebl_service.services.queries import Queries
from ebl_service.services.relay import Relay
from ebl_service.services.submission import Submissions
from ebl_service.services.verification import Verification
from ebl_service.store.database import Database
from ebl_service.store.directory import Directory
from ebl_service.store.history import History
from ebl_service.store.outbox import Outbox
from ebl_service.wallet.key import PartyKey

__all__ = [
    "Application",
    "build",
    "deploy_registries",
    "load_settings",
    "new_master_key",
    "suit_interpreter",
    "unknown_settings",
]

logger = logging.getLogger(__name__)

COLLECT_AFTER = 200_000
"""New objects between two looks for cycles, instead of 700: events are many objects and no cycles."""
TURN_SECONDS = 0.0005
"""After which a thread may have the interpreter, instead of 5 ms: SQLite's thread needs it often and shortly."""


@dataclass
class Application:
    """The service's parts, joined. `failure`: why a loop stopped for good, None while all run."""

    settings: Settings
    identity: LedgerIdentity
    ledger: Ledger
    database: Database
    changes: Changes
    queries: Queries
    certificates: CertificateQueries
    access: Access
    verification: Verification
    permitted: Permitted
    acting: Acting
    submissions: Submissions
    indexer: Indexer
    relay: Relay
    funds: Funds
    rpc: Rpc
    naming: Naming
    by_name: ByName
    room: DocumentRoom | None = None
    carrier_room: CarrierRoom | None = None
    insurance_room: CoverRoom | None = None
    held_registrar: Registrar | None = None
    failure: str | None = None
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _loops: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self) -> None:
        """Start following the chain and carrying acts to it."""
        self._loops = [
            asyncio.create_task(self._watched("indexer", self.indexer.run(self._stop))),
            asyncio.create_task(self._watched("relay", self.relay.run(self._stop))),
        ]
        for name, loop in (self.carrier_room.loops(self._stop) if self.carrier_room else {}).items():
            self._loops.append(asyncio.create_task(self._watched(name, loop)))

    async def stop(self) -> None:
        """End every loop after its present step, and close database and connections."""
        self._stop.set()
        self.changes.notify()
        await asyncio.gather(*self._loops)
        await self.database.close()
        await self.rpc.close()

    @property
    def is_stopping(self) -> bool:
        """The service is about to end: streams should."""
        return self._stop.is_set()

    @property
    def documents(self) -> DocumentRoom:
        """What keeps documents. Raises: NoVaultHere."""
        if self.room is None:
            raise NoVaultHere("This service keeps no documents")
        return self.room

    @property
    def platform(self) -> CarrierRoom:
        """What serves carriers. Raises: NoVaultHere."""
        if self.carrier_room is None:
            raise NoVaultHere("This service keeps no documents, so it serves no carriers")
        return self.carrier_room

    async def check_certificates(self, *, every_block: bool = False, since: int = 0) -> Report:
        """Walk every certificate from the chain. Raises: LedgerUnavailable, LedgerDisagrees (events that cannot be)."""
        return await check_certificates(self.ledger, self.identity, every_block=every_block, since=since)

    @property
    def covers(self) -> CoverRoom:
        """What judges and keeps insurance documents. Raises: NoVaultHere."""
        if self.insurance_room is None:
            raise NoVaultHere("This service keeps no documents")
        return self.insurance_room

    @property
    def registrar(self) -> Registrar:
        """The registrar's desk, for the operator only. Raises: NoRegistrarHere."""
        if self.held_registrar is None:
            raise NoRegistrarHere("This service does not hold the registrar's key")
        return self.held_registrar

    async def _watched(self, name: str, loop: Coroutine[None, None, None]) -> None:
        try:
            await loop
        except Exception as fault:
            # What nobody foresaw may name rows or files: that is for the log, health is told to anybody.
            why = fault if isinstance(fault, EblError) else f"{type(fault).__name__}, see the log"
            self.failure = f"{name}: {why}"
            logger.exception("the %s stopped", name)
            self.changes.notify()


def suit_interpreter() -> None:
    """Set Python for a process that indexes."""
    gc.set_threshold(COLLECT_AFTER)
    sys.setswitchinterval(TURN_SECONDS)


async def build(settings: Settings, *, sends: bool = True, failpoint: Failpoint = no_failpoint) -> Application:
    """Join the parts; nothing runs yet. Without `sends` no relayer key is needed: the application only reads.

    `failpoint` is called at each named step; tests end the process there.

    Raises: InvalidRequest (settings, keys), NotAllowed (a keystore's password), NotFound (no deployment file),
    LedgerUnavailable (no node answers), LedgerDisagrees (another chain than the deployment's, or than the database was
    made for).
    """
    suit_interpreter()
    relayer = relayer_of(settings) if sends else PartyKey.random()
    deployment = Deployment.load(settings.deployment_file)
    rpc = Rpc(settings.rpc_urls, settings.rpc_timeout_seconds)
    ledger = ChainLedger(rpc, deployment, relayer.account)
    async with AsyncExitStack() as opened:
        opened.push_async_callback(rpc.close)
        identity = await ledger.identity()
        registrar = registrar_of(settings, rpc, deployment)
        application = await _joined(settings, ledger, identity, rpc, failpoint)
        application.held_registrar = registrar
        opened.pop_all()
    return application


async def _joined(
    settings: Settings, ledger: Ledger, identity: LedgerIdentity, rpc: Rpc, failpoint: Failpoint
) -> Application:
    history = await _history(settings, identity)
    database, outbox, changes = history.database, Outbox(history.database), Changes()
    (index_policy, relay_policy), directory = policies_of(settings), Directory(database)
    access = Access.joined(ledger, identity, history, access_policy_of(settings))
    parts = (ledger, identity, database, history, directory, access.limits, failpoint)
    room = await document_room_of(settings, *parts)
    base = (ledger, identity, history, outbox, relay_policy, changes)
    covers = cover_room_of(settings, ledger, identity, history, directory, access, room)
    submissions = Submissions(*base, failpoint=failpoint, gates=[each.gate for each in (room, covers) if each])
    queries, naming = Queries(identity, history, outbox, changes), Naming(directory, history)
    beside = (naming, history, outbox, submissions, access.rights, changes, wall_clock, failpoint)
    return Application(
        settings=settings,
        identity=identity,
        ledger=ledger,
        database=database,
        changes=changes,
        queries=queries,
        access=access,
        certificates=CertificateQueries(identity, history, access.rights),
        verification=of_this_service(identity, history, directory),
        permitted=Permitted(queries, access.rights, history),
        acting=Acting(identity, submissions, access.rights, history),
        submissions=submissions,
        indexer=Indexer(ledger, identity, history, index_policy, changes, failpoint),
        relay=Relay(*base, failpoint=failpoint),
        funds=Funds(ledger, relay_policy),
        rpc=rpc,
        naming=naming,
        by_name=ByName(access.rights, history, directory, room),
        room=room,
        carrier_room=carrier_room_of(settings, Neighbours(identity, room, *beside)) if room else None,
        insurance_room=covers,
    )


async def _history(settings: Settings, identity: LedgerIdentity) -> History:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    history = History(Database(settings.database))
    await history.database.upgrade()
    await history.claim(identity)
    return history
