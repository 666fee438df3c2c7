"""The parts that serve carriers, joined: what a service has where it keeps documents.

desk, surrenders      take requests and answers        custody      signs within a carrier's mandate
announcing            tells what became final          delivery     calls carriers back
"""

from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ebl_service.domain.callback import Callback
from ebl_service.domain.custody import Custodian
from ebl_service.domain.ledger import LedgerIdentity
from ebl_service.domain.terms import Address
from ebl_service.outgoing.addresses import Networks
from ebl_service.outgoing.client import Outgoing
from ebl_service.services import announcing as announcements
from ebl_service.services import callbacks as calls
from ebl_service.services import custody as keys
from ebl_service.services.announcing import Announcing
from ebl_service.services.callbacks import CallbackDelivery, CallbackPolicy
from ebl_service.services.changes import Changes
from ebl_service.services.correspondence import Correspondence
from ebl_service.services.custody import Custody
from ebl_service.services.document_room import DocumentRoom
from ebl_service.services.issuance import IssuanceDesk
from ebl_service.services.naming import Naming
from ebl_service.services.onboarding import Onboarding
from ebl_service.services.policy import Clock, Failpoint, no_failpoint, wall_clock
from ebl_service.services.rights import Rights
from ebl_service.services.submission import Submissions
from ebl_service.services.surrender_words import SurrenderWords
from ebl_service.services.surrendering import SurrenderDesk
from ebl_service.services.telling_chains import Chains
from ebl_service.services.tenure import Tenure
from ebl_service.store.announcements import Announcements
from ebl_service.store.callbacks import Callbacks
from ebl_service.store.carriers import Carriers
from ebl_service.store.custody import CustodyBook
from ebl_service.store.custody_keys import CustodyKeys
from ebl_service.store.directory import Directory
from ebl_service.store.history import History
from ebl_service.store.issuances import Issuances
from ebl_service.store.leases import Leases
from ebl_service.store.outbox import Outbox
from ebl_service.store.surrender_words import SurrenderWords as WordRows
from ebl_service.store.surrenders import Surrenders
from ebl_service.store.waiting_acts import WaitingActs
from ebl_service.trust.certificates import Roots
from ebl_service.trust.request_signature import RequestSigner


@dataclass(frozen=True, slots=True)
class CarrierPolicy:
    """`platform`: this platform's code. `roots`: file of authorities that certificates may lead to.

    `networks`: private ones that may be called. `authorities`: file of more roots for TLS. `key`: file of this
    service's key for its requests, made where there is none. `lease_seconds`: after which another process takes over.
    """

    platform: str
    key: Path
    roots: Path | None = None
    networks: tuple[str, ...] = ()
    authorities: Path | None = None
    timeout: float = 15.0
    callbacks: CallbackPolicy = field(default_factory=CallbackPolicy)
    poll_seconds: float = 0.5
    lease_seconds: int = 5


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Parts that others use too."""

    identity: LedgerIdentity
    room: DocumentRoom
    naming: Naming
    history: History
    outbox: Outbox
    submissions: Submissions
    rights: Rights
    changes: Changes
    clock: Clock = wall_clock
    failpoint: Failpoint = no_failpoint

    @property
    def directory(self) -> Directory:
        """How parties are called."""
        return self.naming.directory


@dataclass(frozen=True, slots=True)
class CarrierRoom:
    """What serves carriers. `signer`: the key of this service's own requests; `custodian`: None without custody."""

    policy: CarrierPolicy
    roots: Roots
    carriers: Carriers
    desk: IssuanceDesk
    surrenders: SurrenderDesk
    chains: Chains
    waiting: WaitingActs
    announcing: Announcing
    custody: Custody
    custodian: Custodian | None
    callbacks: Callbacks
    delivery: CallbackDelivery
    signer: RequestSigner
    onboarding: Onboarding
    clock: Clock = wall_clock

    async def redeliver(self, callback_id: str, account: Address | None) -> Callback:
        """Have a callback delivered again. `account`: whose it must be; None: the operator asks. Raises: NotFound."""
        return await self.callbacks.again(callback_id, account, self.clock())

    def loops(self, stop: Any) -> dict[str, Coroutine[None, None, None]]:
        """What runs until `stop` (an asyncio.Event), by name."""
        return {
            "announcing": self.announcing.run(stop),
            "custody": self.custody.run(stop),
            "callbacks": self.delivery.run(stop),
        }


def carrier_room(near: Neighbours, custodian: Custodian | None, policy: CarrierPolicy) -> CarrierRoom:
    """Join the parts; none runs yet. Raises: InvalidRequest (files, networks)."""
    database, changes, clock, failpoint = near.history.database, near.changes, near.clock, near.failpoint
    carriers, issuances, callbacks = Carriers(database), Issuances(database), Callbacks(database)
    outgoing = Outgoing(Networks(policy.networks), policy.authorities, policy.timeout)
    signer, calling = RequestSigner.of_file(policy.key), _tenure(near, calls.LEASE, policy)
    letters = Correspondence(near.room.keeping)
    surrenders = Surrenders(database)
    words = SurrenderWords(near.room, WordRows(database), clock)
    announcing = _announcing(near, issuances, surrenders, words, policy)
    waiting, roots = WaitingActs(database), Roots.of_file(policy.roots)
    desk = IssuanceDesk(near.identity, near.room, carriers, issuances, near.history, changes, clock, failpoint)
    return CarrierRoom(
        policy=policy,
        roots=roots,
        carriers=carriers,
        desk=desk,
        chains=Chains(near.room, desk, near.directory, near.history, near.rights, policy.platform),
        surrenders=SurrenderDesk(surrenders, words, letters, near.rights, near.history, changes, clock, failpoint),
        waiting=waiting,
        announcing=announcing,
        custody=_custody(near, custodian, carriers, waiting, issuances, announcing, policy),
        custodian=custodian,
        callbacks=callbacks,
        delivery=CallbackDelivery(
            callbacks, calling, letters, outgoing, signer, policy.callbacks, changes, clock, failpoint
        ),
        signer=signer,
        onboarding=Onboarding(
            *(near.identity, near.room, near.naming, carriers, callbacks),
            *(CustodyKeys(database), roots, custodian, changes, clock),
        ),
        clock=clock,
    )


def _tenure(near: Neighbours, work: str, policy: CarrierPolicy) -> Tenure:
    return Tenure(Leases(near.history.database, work), policy.lease_seconds)


def _announcing(
    near: Neighbours, issuances: Issuances, surrenders: Surrenders, words: SurrenderWords, policy: CarrierPolicy
) -> Announcing:
    database = near.history.database
    return Announcing(
        near.room,
        near.directory,
        near.history,
        Announcements(database),
        issuances,
        surrenders,
        words,
        _tenure(near, announcements.LEASE, policy),
        policy.platform,
        near.changes,
        near.clock,
        near.failpoint,
        policy.poll_seconds,
    )


def _custody(
    near: Neighbours,
    custodian: Custodian | None,
    carriers: Carriers,
    waiting: WaitingActs,
    issuances: Issuances,
    announcing: Announcing,
    policy: CarrierPolicy,
) -> Custody:
    database = near.history.database
    return Custody(
        near.identity,
        custodian,
        CustodyBook(database),
        carriers,
        waiting,
        issuances,
        announcing,
        near.submissions,
        near.outbox,
        near.history,
        _tenure(near, keys.LEASE, policy),
        near.changes,
        near.clock,
        near.failpoint,
        policy.poll_seconds,
    )
