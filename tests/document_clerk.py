"""A service in small that keeps documents: tests.clerk, with a vault, the samples' parties named, and bills to send."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from ebl_service.domain.actions import Replace
from ebl_service.domain.profile import Profile
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.terms import Purpose, TitleId
from ebl_service.domain.title import Title
from ebl_service.errors import EblError
from ebl_service.errors.documents import DocumentRefused, TitleDiffers
from ebl_service.services.document_desk import act_of
from ebl_service.services.document_room import document_room
from ebl_service.services.drafts import Draft, Prepared
from ebl_service.services.submission import Submissions
from ebl_service.store.database import Database
from ebl_service.store.directory import Directory
from ebl_service.store.document_tables import documents
from ebl_service.vault.master_keys import FileMasterKeys
from ebl_service.wallet.key import PartyKey
from tests.clerk import BANK, BUYER, CARRIER, SHIPPER, Clerk
from tests.fake_ledger import IDENTITY, FakeLedger
from voyage.documents import Bill, bills

SAMPLES = Path(__file__).parent.parent / "samples"
TO_ORDER, STRAIGHT, BLANK = (
    "to-order-of-shipper-shanghai-rotterdam",
    "straight-shanghai-singapore",
    "blank-ningbo-hamburg",
)
KEY = "first " + "11" * 32
LAW = {"governing_law": "English law", "jurisdiction": "High Court of Justice, London"}
NAMES = {"carrier": CARRIER, "shipper": SHIPPER, "bank": BANK, "buyer": BUYER}
PLAYS = {"issuingParty": "carrier", "shipper": "shipper", "endorsee": "shipper", "consignee": "buyer"}


class DocumentClerk(Clerk):
    """Parts and their clock; `master_keys`: the lines of the file."""

    def __init__(
        self,
        database: Database,
        ledger: FakeLedger,
        *,
        master_keys: tuple[str, ...] = (KEY,),
        relays_for_others: bool = False,
        **how: Any,
    ) -> None:
        super().__init__(database, ledger, **how)
        failpoint = how.get("failpoint")
        self.directory = Directory(database)
        self.room = document_room(
            ledger,
            IDENTITY,
            FileMasterKeys(master_keys),
            database,
            self.history,
            self.directory,
            platform="EBLL",
            relays_for_others=relays_for_others,
            approvers=frozenset({BANK.address, BUYER.address}),
            clock=self.now,
            **({"failpoint": failpoint} if failpoint else {}),
        )
        parts = (ledger, IDENTITY, self.history, self.outbox, self.policy, self.changes, self.now)
        self.submissions = Submissions(*parts, gates=[self.room.gate])

    async def start(self) -> "DocumentClerk":
        await super().start()
        await self.room.keeping.open()
        for name, party in NAMES.items():
            await self.directory.put(Profile(party.address, name, frozenset({("ZZZ", name)}), self.now()))
        return self

    def bill(self, sample: str = TO_ORDER, reference: str | None = None) -> Bill:
        """A sample of the ledger's day, by the parties of this clerk."""
        (found,) = bills(SAMPLES / f"{sample}.json")
        return self.played(found, reference)

    def played(self, bill: Bill, reference: str | None = None) -> Bill:
        """The bill of the ledger's day, its parties those of this clerk."""
        dated = bill.issued_on(self.ledger.tip.time)
        parties: dict[str, Any] = dict(dated.document["documentParties"])  # type: ignore[call-overload]
        for role, name in PLAYS.items():
            if role in parties:
                parties[role] = {**parties[role], "identifyingCodes": [{"codeListProvider": "ZZZ", "partyCode": name}]}
        document = {**dated.document, "documentParties": parties}
        return replace(dated, document=document).numbered(reference or dated.reference)

    def draft(self, bill: Bill | None = None, **about: Any) -> Draft:
        return Draft((bill or self.bill()).sent.encode(), **LAW, **about)

    async def send(self, *drafts: Draft) -> list[Prepared]:
        """Documents that must be taken."""
        made = await self.room.desk.receive(drafts)
        good = [each for each in made if isinstance(each, Prepared)]
        assert len(good) == len(drafts), [str(each) for each in made if not isinstance(each, Prepared)]
        return good

    def signed(self, made: Prepared, who: PartyKey = CARRIER, *, seconds: int = 3600) -> SignedAct:
        return self.sign(who, act_of(made), seconds=seconds)

    async def issued(self, bill: Bill | None = None) -> Title:
        """The title of a document sent, signed and in a block."""
        (made,) = await self.send(self.draft(bill))
        await self.take(self.signed(made))
        await self.work()
        return await self.title(made.title_id)

    async def surrendered(self, bill: Bill | None = None, purpose: Purpose = Purpose.AMENDMENT) -> Title:
        """A title that its shipper gave up, and the carrier took in."""
        from ebl_service.domain import actions as act

        title = await self.issued(bill)
        await self.take(self.sign(SHIPPER, act.RequestSurrender(title.title_id, 1, purpose)))
        await self.work()
        await self.take(self.sign(CARRIER, act.AcceptSurrender(title.title_id, 2)))
        await self.work()
        return await self.title(title.title_id)

    async def replaced(self, old: list[Title], *made: Bill) -> tuple[Replace, list[Title]]:
        """New titles in the place of old ones, in a block."""
        drafts = [self.draft(bill) for bill in made]
        replacement = await self.room.desk.replace(drafts, [title.title_id for title in old])
        await self.take(self.sign(CARRIER, replacement.act))
        await self.work()
        return replacement.act, [await self.title(each.title_id) for each in replacement.prepared]

    async def title(self, title_id: TitleId) -> Title:
        return (await self.queries.title(title_id)).title


def paths(refused: EblError) -> set[tuple[str, str]]:
    """Rule and path of each breach."""
    assert isinstance(refused, DocumentRefused | TitleDiffers)
    return {(breach.rule, breach.path) for breach in refused.breaches}


async def count(database: Database) -> int:
    """How many documents are kept."""
    async with database.reading() as connection:
        return len((await connection.execute(select(documents.c.commitment))).all())
