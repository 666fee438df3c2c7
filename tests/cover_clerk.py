"""A service in small that keeps insurance documents too: tests.document_clerk, with an insurer and its desk."""

import json
from copy import deepcopy
from typing import Any

from ebl_service.domain.certificate import Certificate
from ebl_service.domain.insurance_document.statement import TermsStatement, terms_digest
from ebl_service.domain.profile import Profile
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.terms import CertificateId, Role
from ebl_service.domain.title import Title
from ebl_service.services.cover_room import cover_room
from ebl_service.services.covers import CoverDraft, PreparedCover
from ebl_service.services.submission import Submissions
from ebl_service.store.database import Database
from ebl_service.wallet.key import PartyKey
from tests.clerk import SHIPPER, key
from tests.document_clerk import SAMPLES, DocumentClerk
from tests.domain.transport_document.documents import put
from tests.fake_ledger import IDENTITY, FakeLedger

INSURER = key("insurer")
BILL, COVER = "to-order-of-bank-shanghai-singapore", "follow-cif-shanghai-singapore"
LAW = ("English law", "High Court of Justice, London")


class CoverClerk(DocumentClerk):
    """Parts and their clock."""

    def __init__(self, database: Database, ledger: FakeLedger, **how: Any) -> None:
        super().__init__(database, ledger, **how)
        self.covers = cover_room(
            self.room,
            ledger,
            IDENTITY,
            self.history,
            self.directory,
            self.access.rights,
            relays_for_others=False,
            clock=self.now,
        )
        parts = (ledger, IDENTITY, self.history, self.outbox, self.policy, self.changes, self.now)
        self.submissions = Submissions(*parts, gates=[self.room.gate, self.covers.gate])

    async def start(self) -> "CoverClerk":
        if INSURER.address not in self.ledger.world.parties:
            self.ledger.register(INSURER.address, roles=Role.INSURER)
        await super().start()
        await self.directory.put(Profile(INSURER.address, "insurer", frozenset({("ZZZ", "insurer")}), self.now()))
        return self

    async def insurable(self, reference: str | None = None) -> Title:
        """A final title that the insurer may read."""
        title = await self.issued(self.bill(BILL, reference))
        await self.work(4)
        until = self.now() + 30 * 86_400
        await self.access.grants.give(SHIPPER.address, title.title_id, INSURER.address, until)
        return await self.title(title.title_id)

    async def document(self, title: Title, changes: dict[str, Any] | None = None) -> bytes:
        """The sample certificate for this title's bill, as its insurer completes it."""
        bill = json.loads((await self.room.kept.kept(title)).content)
        said = json.loads((SAMPLES / "insurance" / f"{COVER}.json").read_bytes())
        said["insurer"]["identifyingCodes"] = [{"codeListProvider": "ZZZ", "partyCode": "insurer"}]
        said["assignment"] = {
            "chainId": IDENTITY.chain_id,
            "titleRegistry": IDENTITY.title_registry,
            "titleId": title.title_id,
            "clause": "As the title.",
        }
        said["effectiveDate"] = bill["shippedOnBoardDate"]
        said["transportDocumentReference"] = bill["transportDocumentReference"]
        for path, value in (changes or {}).items():
            put(said, path, value)
        return json.dumps(said).encode()

    async def draft_of(self, title: Title, changes: dict[str, Any] | None = None, **about: Any) -> CoverDraft:
        return CoverDraft(await self.document(title, changes), title.title_id, *LAW, **about)

    async def accepted(self, title: Title, changes: dict[str, Any] | None = None, **about: Any) -> PreparedCover:
        """An insurance document that must be taken."""
        draft = await self.draft_of(title, changes, **about)
        [made] = await self.covers.desk.receive([draft], INSURER.address)
        assert isinstance(made, PreparedCover), str(made)
        return made

    def signed_cover(self, made: PreparedCover, who: PartyKey = INSURER) -> SignedAct:
        return who.sign_act(IDENTITY.insurance_domain, made.asked, self.ledger.tip.time + 3600)

    async def insured(self, title: Title, changes: dict[str, Any] | None = None) -> Certificate:
        """The certificate of a document sent, signed and in a final block."""
        made = await self.accepted(title, changes)
        await self.take(self.signed_cover(made))
        await self.work(5)
        return await self.certificate(made.certificate_id)

    async def certificate(self, certificate_id: CertificateId) -> Certificate:
        return (await self.history.certificates.many([certificate_id]))[certificate_id]

    def stated(self, title: Title, terms: dict[str, Any], who: PartyKey = SHIPPER) -> TermsStatement:
        """Terms of sale as somebody signs them."""
        statement = TermsStatement(title.title_id, terms_digest(terms), self.now() + 3600, who.address)
        signature = who.sign_digest(statement.digest(IDENTITY.titles_domain))
        return TermsStatement(title.title_id, statement.terms_digest, statement.deadline, who.address, signature)


def sale() -> dict[str, Any]:
    """The sample's terms of sale."""
    said: dict[str, Any] = json.loads((SAMPLES / "insurance" / f"{COVER}.sale.json").read_bytes())
    return deepcopy(said)
