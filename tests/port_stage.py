"""One stage for both ledgers behind the port: a FakeLedger, and a ChainLedger on anvil, with the same cast and clock.

    outcome = await stage.carry(stage.issue(), stage.signed(stage.shipper, Sign(stage.bill(), 1)))
    waiting = await stage.send(stage.issue(2))      in no block before `stage.mine()`
    stage.suspend(stage.bank)                       in the next block
    stage.close(), stage.open()                     the node does not answer; answers again

Registered: carrier, insurer (their roles), shipper, bank, consignee (no role). Not registered: stranger. Blocks come
when `mine` is called, twelve seconds apart unless it says otherwise.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from eth_account import Account

from ebl_service.chain.act_codec import encode_act
from ebl_service.chain.ledger import ChainLedger
from ebl_service.chain.rpc import Rpc
from ebl_service.domain import actions as act
from ebl_service.domain import certificate_actions as insurance
from ebl_service.domain import events as happened
from ebl_service.domain.ledger import ActToSend, Fees, Ledger, LedgerIdentity, Outcome, Recorded, Transaction
from ebl_service.domain.terms import (
    Address,
    CertificateId,
    Digest,
    Mode,
    Role,
    Seconds,
    TitleId,
    certificate_id_of,
    digest,
    title_id_of,
)
from ebl_service.domain.title import Title, evolve
from tests.anvil import Anvil
from tests.fake_ledger import IDENTITY, RELAYER, FakeLedger
from tests.local_chain import MUCH_GAS, LocalChain, Person, person, selector
from tests.rpc_proxy import RpcProxy

BLOCK_SECONDS = 12
HOUR = 3600
DAY = 24 * HOUR
COMMITMENT = digest(8)


class Stage(ABC):
    """See the module."""

    ledger: Ledger
    identity: LedgerIdentity
    relayer: Address

    def __init__(self) -> None:
        self.carrier, self.insurer = person("carrier"), person("insurer")
        self.shipper, self.bank, self.consignee = person("shipper"), person("bank"), person("consignee")
        self.stranger = person("stranger")

    # The chain

    @abstractmethod
    def now(self) -> Seconds:
        """Of the newest block."""

    @abstractmethod
    def mine(self, seconds: int = BLOCK_SECONDS) -> None:
        """One more block, with all that can go into it."""

    @abstractmethod
    def drop(self) -> None:
        """The node forgets what waits."""

    @abstractmethod
    def suspend(self, somebody: Person) -> None:
        """The registrar's, in the next block."""

    @abstractmethod
    def someone_sends(self, item: ActToSend) -> None:
        """Another than our relayer carries this act, in the next block."""

    @abstractmethod
    def impoverish(self) -> None:
        """The relayer has nothing left."""

    @abstractmethod
    def limit_ranges(self, blocks: int) -> None:
        """The node gives the events of no more blocks at once."""

    @abstractmethod
    def another_node(self) -> None:
        """The service knows one more node from now on, which is as far as the first."""

    @abstractmethod
    def another_mines(self) -> None:
        """That node alone has one more block, another than the first node's."""

    @abstractmethod
    def close(self) -> None:
        """The node does not answer any more."""

    @abstractmethod
    def open(self) -> None:
        """It answers again."""

    # Acts

    def signed(self, somebody: Person, asked: act.Act, deadline: Seconds | None = None, **proof: Any) -> ActToSend:
        """An act of this party; it counts for an hour."""
        domain, until = self.identity.domain_of(asked), deadline or self.now() + HOUR
        return ActToSend(somebody.key.sign_act(domain, asked, until), **proof)

    def bill(self, number: int = 1) -> TitleId:
        """The id of the carrier's bill of this number."""
        return title_id_of(self.carrier.address, digest(number))

    def issue(self, number: int = 1) -> ActToSend:
        """A bill to the order of the shipper."""
        to = self.shipper.address
        return self.signed(self.carrier, act.Issue(self.bill(number), to, to, True, digest(number), COMMITMENT))

    def certificate(self, number: int = 1) -> CertificateId:
        """The id of the insurer's certificate of this number."""
        return certificate_id_of(self.insurer.address, digest(number))

    def insure(self, number: int = 1) -> ActToSend:
        """A certificate against the bill of the same number, with the bank as loss payee."""
        on, attaches = (self.certificate(number), self.bill(number)), (self.now() + DAY, 0, 0)
        papers = (digest(number), COMMITMENT)
        asked = insurance.IssueCertificate(*on, Mode.LOSS_PAYEE, self.bank.address, *attaches, *papers)
        return self.signed(self.insurer, asked)

    # The ledger

    async def send(self, *acts: ActToSend, nonce: int | None = None, fees: Fees | None = None) -> Transaction:
        """Acts given to the node in one transaction; without acts a filler."""
        at = await self.ledger.next_nonce() if nonce is None else nonce
        offer = fees or await self.ledger.fees()
        made = self.ledger.sign_batch(acts, at, offer) if acts else self.ledger.sign_filler(at, offer)
        await self.ledger.send(made.raw)
        return made

    async def carry(self, *acts: ActToSend) -> Outcome:
        """What became of these acts in the next block."""
        made = await self.send(*acts)
        self.mine()
        outcome = await self.ledger.outcome(made.hash)
        assert outcome is not None
        return outcome

    async def told(self) -> Sequence[Recorded]:
        """Every event up to now."""
        return await self.ledger.events(self.identity.deployment_block, (await self.ledger.head()).number)

    async def title(self, number: int = 1) -> Title:
        """The bill of this number, as its events make it."""
        title = None
        for recorded in await self.told():
            event = recorded.event
            if isinstance(event, happened.TitleEvent) and event.title_id == self.bill(number):
                title = evolve(title, event, self.identity.titles_domain.separator)
        assert title is not None
        return title


class FakeStage(Stage):
    """On a ledger in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger: FakeLedger = FakeLedger()
        self.identity, self.relayer = IDENTITY, RELAYER
        self.ledger.register(self.carrier.address, roles=Role.CARRIER)
        self.ledger.register(self.insurer.address, roles=Role.INSURER)
        self.ledger.register(self.shipper.address, self.bank.address, self.consignee.address)
        self.mine()

    def now(self) -> Seconds:
        return self.ledger.tip.time

    def mine(self, seconds: int = BLOCK_SECONDS) -> None:
        self.ledger.mine(seconds=seconds)

    def drop(self) -> None:
        self.ledger.drop()

    def suspend(self, somebody: Person) -> None:
        self.ledger.suspend(somebody.address)

    def someone_sends(self, item: ActToSend) -> None:
        self.ledger.someone_sends(item.signed)

    def impoverish(self) -> None:
        self.ledger.is_poor = True

    def limit_ranges(self, blocks: int) -> None:
        self.ledger.most_blocks = blocks

    def another_node(self) -> None:
        self.ledger.another_node()

    def another_mines(self) -> None:
        self.ledger.other_nodes[-1].mine()

    def close(self) -> None:
        self.ledger.is_down = True

    def open(self) -> None:
        self.ledger.is_down = False


class AnvilStage(Stage):
    """On a local chain that mines when it is told to; `proxy` stands between it and the ledger."""

    def __init__(self, chain: LocalChain, proxy: RpcProxy, rpc: Rpc) -> None:
        super().__init__()
        deployment = chain.deployment
        self.chain, self.proxy, self.rpc = chain, proxy, rpc
        self._ends = ExitStack()
        self.ledger = ChainLedger(rpc, deployment, Account.from_key(chain.relayer.key.secret))
        self.identity, self.relayer = deployment.identity, chain.relayer.address
        chain.rpc("evm_setAutomine", False)

    def end(self) -> None:
        """The chain is as other tests expect it."""
        self.drop()
        self._ends.close()
        self.chain.rpc("evm_setAutomine", True)

    def now(self) -> Seconds:
        return self.chain.time()

    def mine(self, seconds: int = BLOCK_SECONDS) -> None:
        self.chain.rpc("evm_setNextBlockTimestamp", self.now() + seconds)
        self.chain.rpc("evm_mine")

    def drop(self) -> None:
        self.chain.rpc("anvil_dropAllTransactions")

    def suspend(self, somebody: Person) -> None:
        data = selector("PartyRegistry", "suspend") + bytes.fromhex(somebody.address[2:]).rjust(32, b"\0")
        self._wait(self.chain.registrar, self.chain.party_registry, data)

    def someone_sends(self, item: ActToSend) -> None:
        contract = self.identity.domain_of(item.signed.act).verifying_contract
        self._wait(self.chain.forwarder, contract, encode_act(item))

    def _wait(self, sender: Person, to: str, data: bytes) -> Digest:
        sent = {"from": sender.address, "to": to, "data": "0x" + data.hex(), "gas": MUCH_GAS}
        return Digest(self.chain.rpc("eth_sendTransaction", sent))

    def impoverish(self) -> None:
        self.chain.rpc("anvil_setBalance", self.chain.relayer.address, "0x0")

    def limit_ranges(self, blocks: int) -> None:
        self.proxy.most_blocks = blocks

    def another_node(self) -> None:
        self.another = self._ends.enter_context(Anvil())
        self.another.rpc("anvil_loadState", self.chain.rpc("anvil_dumpState"))
        self.rpc.urls.append(self.another.url)

    def another_mines(self) -> None:
        self.another.rpc("evm_increaseTime", HOUR)
        self.another.rpc("evm_mine")

    def close(self) -> None:
        self.proxy.spoil("drop_request", times=-1)

    def open(self) -> None:
        self.proxy.rules.clear()
