"""A service in small for tests: every part over a FakeLedger and a database, driven by hand, one step at a time."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from eth_hash.auto import keccak

from ebl_service.domain import actions as act
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.submission import State, Submission
from ebl_service.domain.terms import Digest, Role, TitleId, title_id_of
from ebl_service.services.access import Access, AccessPolicy
from ebl_service.services.acting import Acting
from ebl_service.services.changes import Changes
from ebl_service.services.indexer import Indexer
from ebl_service.services.permitted import Permitted
from ebl_service.services.policy import IndexPolicy, RelayPolicy, no_failpoint
from ebl_service.services.queries import Queries
from ebl_service.services.relay import Relay
from ebl_service.services.submission import Submissions
from ebl_service.store.database import Database
from ebl_service.store.history import History
from ebl_service.store.outbox import Outbox
from ebl_service.wallet.key import PartyKey
from tests.fake_ledger import IDENTITY, FakeLedger

DAY = 24 * 3600
OPERATOR_TOKEN = "the operator's token of the tests"
ACCESS = AccessPolicy(("http://127.0.0.1:8080", "https://ebl.example"), OPERATOR_TOKEN)


def key(name: str) -> PartyKey:
    """The same key for the same name."""
    return PartyKey(keccak(name.encode()))


CARRIER, SHIPPER, BANK, BUYER, STRANGER = (key(name) for name in ("carrier", "shipper", "bank", "buyer", "stranger"))


class Clerk:
    """Parts and their clock. `ledger` may outlive it: another Clerk on the same database is a restart."""

    def __init__(
        self,
        database: Database,
        ledger: FakeLedger,
        *,
        confirmations: int | None = 3,
        failpoint: Callable[[str], None] = no_failpoint,
        **policy: Any,
    ) -> None:
        self.database, self.ledger = database, ledger
        self.changes = Changes()
        self.history, self.outbox = History(database), Outbox(database)
        self.ahead = 0
        index_policy = IndexPolicy(confirmations=confirmations)
        self.policy = replace(RelayPolicy(lease_seconds=0), **policy)
        parts = (ledger, IDENTITY, self.history, self.outbox, self.policy, self.changes, self.now, failpoint)
        self.indexer = Indexer(ledger, IDENTITY, self.history, index_policy, self.changes, failpoint)
        self.submissions = Submissions(*parts)
        self.relay = Relay(*parts)
        self.queries = Queries(IDENTITY, self.history, self.outbox, self.changes, self.now)
        self.access = Access.joined(ledger, IDENTITY, self.history, ACCESS, self.now)
        self.permitted = Permitted(self.queries, self.access.rights, self.history)
        self.acting = Acting(IDENTITY, self.submissions, self.access.rights, self.history, self.now)

    def now(self) -> int:
        """The ledger's time, and what a test adds to it."""
        return self.ledger.tip.time + self.ahead

    async def start(self) -> "Clerk":
        """Register the cast and index it."""
        await self.database.upgrade()
        if not self.ledger.world.parties:
            self.ledger.register(CARRIER.address, roles=Role.CARRIER)
            self.ledger.register(SHIPPER.address, BANK.address, BUYER.address)
            self.ledger.mine()
        await self.indexer.catch_up()
        return self

    async def work(self, blocks: int = 1) -> None:
        """Send what is due and let blocks include it, until each block is indexed and settled."""
        await self.relay.step()
        for _ in range(blocks):
            self.ledger.mine()
            await self.indexer.catch_up()
            await self.relay.step()

    async def take(self, *acts: SignedAct, key: str | None = None) -> list[Submission]:
        return list(await self.submissions.accept(acts, key))

    async def states(self, *submissions: Submission) -> list[State]:
        found = await self.outbox.many(item.submission_id for item in submissions)
        return [found[item.submission_id].state for item in submissions]

    def sign(self, who: PartyKey, asked: act.Act, *, seconds: int = DAY) -> SignedAct:
        return who.sign_act(IDENTITY.domain_of(asked), asked, self.ledger.tip.time + seconds)

    def issue(self, number: str = "1", **changes: Any) -> SignedAct:
        """A blank bill of this number, issued to the shipper."""
        return self.sign(CARRIER, issue(number, **changes))


def issue(number: str = "1", **changes: Any) -> act.Issue:
    reference = Digest("0x" + keccak(number.encode()).hex())
    values: dict[str, Any] = {
        "title_id": title_id_of(CARRIER.address, reference),
        "holder": SHIPPER.address,
        "endorsee": None,
        "is_to_order": True,
        "reference_digest": reference,
        "commitment": Digest("0x" + "cc" * 32),
    }
    return act.Issue(**values | changes)


def title_of(number: str = "1") -> TitleId:
    return issue(number).title_id
