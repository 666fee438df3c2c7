"""A service in small for a carrier's requests: every part over a FakeLedger, driven by hand, one step at a time.

clerk = await PlatformClerk.opened(database, ledger, folder)
await clerk.ask(clerk.request())         an issuance request of the carrier's, as the API hands it on
await clerk.work(4)                      signs in custody, sends, mines, indexes, announces, calls back
"""

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from ebl_service.domain.carrier_messages import BillName
from ebl_service.domain.carrier_terms import CarrierTerms
from ebl_service.domain.custody import VERBS, Mandate, mandate_statement
from ebl_service.domain.issuance_manifest import issuance_manifest
from ebl_service.domain.profile import Profile
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.terms import Address
from ebl_service.errors.platform import CustodyNotHere
from ebl_service.services.carrier_room import CarrierPolicy, Neighbours, carrier_room
from ebl_service.services.document_room import document_room
from ebl_service.services.issuance import IssuanceAsked
from ebl_service.services.naming import Naming
from ebl_service.services.policy import no_failpoint
from ebl_service.services.rights import Rights
from ebl_service.services.submission import Submissions
from ebl_service.store.database import Database
from ebl_service.store.directory import Directory
from ebl_service.vault.master_keys import FileMasterKeys
from ebl_service.wallet.key import PartyKey
from tests.authority import Authority, Signer
from tests.clerk import BANK, BUYER, CARRIER, SHIPPER, Clerk
from tests.fake_ledger import IDENTITY, FakeLedger
from voyage.documents import Bill, bills

PLATFORM = "EBLL"
AUTHORITY = Authority()
SIGNER = AUTHORITY.signer("Halcyon Meridian Lines")
"""The carrier's, registered."""
SAMPLE = Path("samples/to-order-of-shipper-shanghai-rotterdam.json")
STRAIGHT = Path("samples/straight-shanghai-singapore.json")
CAST = {"issuingParty": CARRIER, "shipper": SHIPPER, "endorsee": SHIPPER, "consignee": BUYER}
"""Who plays whom of a sample's parties; the bank is known by a code of its own."""
PICTURE = b"%PDF-1.7 the carrier's own picture"


class HeldKeys:
    """Custody of the cast's keys, in memory."""

    def __init__(self, *keys: PartyKey) -> None:
        self.keys = {key.address: key for key in keys}
        self.signed = 0

    async def make(self) -> Address:
        key = PartyKey.random()
        self.keys[key.address] = key
        return key.address

    async def holds(self, account: Address) -> bool:
        return account in self.keys

    async def open(self, account: Address) -> None:
        if account not in self.keys:
            raise CustodyNotHere(account)

    async def sign(self, account: Address, digest: bytes) -> bytes:
        await self.open(account)
        self.signed += 1
        return self.keys[account].sign_digest(digest)


class PlatformClerk(Clerk):
    """The parts that serve carriers, on top of a Clerk."""

    @classmethod
    async def opened(
        cls, database: Database, ledger: FakeLedger, folder: Path, *, failpoint: Any = no_failpoint, **policy: Any
    ) -> "PlatformClerk":
        """Registered, indexed, and the carrier known as such."""
        clerk = cls(database, ledger, failpoint=failpoint, **policy)
        clerk.folder = folder
        await clerk.join(failpoint)
        return clerk

    async def join(self, failpoint: Any) -> None:
        await self.start()
        self.directory = Directory(self.database)
        self.room = document_room(
            *(self.ledger, IDENTITY, FileMasterKeys(["test " + "7a" * 32])),
            *(self.database, self.history, self.directory),
            platform=PLATFORM,
            relays_for_others=True,
            clock=self.now,
        )
        await self.room.keeping.open()
        parts = (self.ledger, IDENTITY, self.history, self.outbox, self.policy, self.changes, self.now, failpoint)
        self.submissions = Submissions(*parts, gates=[self.room.gate])
        self.keys = HeldKeys(CARRIER)
        near = Neighbours(
            IDENTITY,
            self.room,
            Naming(self.directory, self.history, self.now),
            self.history,
            self.outbox,
            self.submissions,
            Rights(IDENTITY, self.history, self.now),
            self.changes,
            self.now,
            failpoint,
        )
        roots = self.folder / "roots.pem"
        roots.write_text(AUTHORITY.root_pem)
        policy = CarrierPolicy(
            PLATFORM,
            self.folder / "callbacks.pem",
            roots,
            ("127.0.0.0/8",),
            timeout=5.0,
            lease_seconds=0,
        )
        self.platform = carrier_room(near, self.keys, policy)

    async def onboard(self, url: str | None = None, *, in_custody: bool = False) -> None:
        """Name the cast by the samples' codes; make the carrier one of the platform."""
        for sample in (SAMPLE, STRAIGHT):
            for role, party in sample_parties(sample).items():
                codes = {(each["codeListProvider"], each["partyCode"]) for each in party["identifyingCodes"]}
                if role == "issuingParty":
                    codes.add(("NMFTA", "ZQHM"))
                await self.directory.put(Profile(CAST[role].address, party["partyName"], frozenset(codes), self.now()))
        await self.directory.put(Profile(BANK.address, "A bank", frozenset({("ZZZ", "BANK")}), self.now()))
        await self.platform.carriers.put(CarrierTerms(CARRIER.address, "English law", "London"), self.now())
        certificate = self.platform.roots.registered(SIGNER.chain, int(time.time()))
        await self.platform.carriers.register(CARRIER.address, replace(certificate, registered_at=0, valid_from=0))
        if url:
            await self.platform.callbacks.receive_at(CARRIER.address, url, self.now())
        if in_custody:
            await self.turn_on()

    async def turn_on(self, *, verbs: Any = VERBS, acts_a_day: int = 100, seconds: int = 86_400) -> Mandate:
        mandate = Mandate(CARRIER.address, frozenset(verbs), acts_a_day, self.now() + seconds)
        return await self.platform.custody.turn_on(CARRIER.address, SIGNER.sign(mandate_statement(IDENTITY, mandate)))

    def bill(self, sample: Path = SAMPLE, reference: str | None = None) -> Bill:
        """A sample as it would be issued now."""
        (bill,) = bills(sample)
        dated = bill.issued_on(self.now())
        return dated.numbered(reference) if reference else dated

    def request(self, bill: Bill | None = None, signer: Signer = SIGNER, **changes: Any) -> IssuanceAsked:
        """A request for it, signed by the carrier; `document`: fields of the document changed before signing."""
        document = {**(bill or self.bill()).document, **changes.pop("document", {})}
        issue_to = changes.pop("issue_to", issue_to_of(document))
        picture = changes.pop("picture", PICTURE)
        manifest = issuance_manifest(document, issue_to, picture)
        asked = IssuanceAsked(
            bill=BillName(
                str(document["transportDocumentReference"]),
                document.get("transportDocumentSubReference"),  # type: ignore[arg-type]
            ),
            content=json.dumps(document, ensure_ascii=False).encode(),
            document=document,
            issue_to=issue_to,
            platform=issue_to["sendToPlatform"],
            codes=frozenset((code["codeListProvider"], code["partyCode"]) for code in issue_to["identifyingCodes"]),
            manifest=signer.sign(manifest.payload),
            picture=picture,
        )
        return replace(asked, **changes)

    async def ask(self, asked: IssuanceAsked, account: Address = CARRIER.address) -> None:
        await self.platform.desk.request(account, asked)

    async def work(self, blocks: int = 1) -> None:
        """Sign in custody what may be, send it, let blocks include it; announce and call back what is final."""
        await self.platform.custody.step()
        await super().work(blocks)
        await self.tell()

    async def tell(self) -> None:
        """Announce and deliver what there is."""
        while await self.platform.announcing.step():
            pass
        for _ in range(3):
            await self.platform.delivery.step()

    async def sign_waiting(self, key: PartyKey = CARRIER) -> list[SignedAct]:
        """What a carrier does without custody: fetch what waits, sign, submit."""
        waiting = await self.platform.waiting.page(key.address, 0, 100)
        signed = [self.sign(key, each.act, seconds=3_600) for each in waiting]
        if signed:
            await self.take(*signed)
        return signed


def sample_parties(sample: Path) -> dict[str, Any]:
    """The parties of a sample that somebody of the cast plays."""
    parties: dict[str, Any] = json.loads(sample.read_bytes())["documentParties"]
    return {role: party for role, party in parties.items() if role in CAST}


def issue_to_of(document: Any) -> dict[str, Any]:
    """The document's shipper, on our platform."""
    shipper = document["documentParties"]["shipper"]
    return {
        "partyName": shipper["partyName"][:70],
        "sendToPlatform": PLATFORM,
        "identifyingCodes": shipper["identifyingCodes"],
    }
