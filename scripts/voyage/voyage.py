"""One document's title: acts performed through the service, and acts that must be refused."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from ebl_service.chain.ledger import ChainLedger
from ebl_service.domain.actions import Act, EndorseToOrder, Transfer
from ebl_service.domain.ledger import ActToSend
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.terms import Digest, title_id_of
from ebl_service.domain.transport_document.document_parties import DocumentParties, document_parties
from voyage.cast import Cast, Member
from voyage.clerk import Clerk, Json, Landed, Refused
from voyage.documents import Bill


class Unexpected(Exception):
    """An act that should have been refused was not, or was by another rule."""


@dataclass(frozen=True)
class Attempt:
    """An act that must be refused, and how it was. `rule`: the contract's error."""

    actor: str
    verb: str
    rule: str
    detail: str
    told_by: str


@dataclass(frozen=True)
class People:
    """Who plays in this voyage; `named`: to whom the bill is made out, None for a blank one."""

    carrier: Member
    shipper: Member
    named: Member | None
    importer: Member
    bank: Member
    buyer: Member
    stranger: Member


@dataclass
class Voyage:
    """The life of one title, and of those that replace it."""

    bill: Bill
    parties: DocumentParties
    people: People
    clerk: Clerk
    ledger: ChainLedger
    carrier_secret: bytes
    tell_landed: Callable[[Json, Member], None]
    tell_refused: Callable[[Attempt], None]
    title_ids: list[str] = field(default_factory=list)
    acts: int = 0
    refused: list[Attempt] = field(default_factory=list)
    last: Landed | None = None

    @property
    def title_id(self) -> str:
        """The title that lives now."""
        return self.title_ids[-1]

    async def issue(self) -> None:
        """Issue the bill to the shipper, made out as its document says."""
        self.title_ids.append("")
        landed = await self._perform(self.people.carrier, self._issue())
        self.title_ids[-1] = landed.submission["titleIds"][0]

    async def act(self, actor: Member, verb: str, **arguments: Any) -> None:
        """Perform an act on the title. Raises: Refused."""
        await self._perform(actor, {"verb": verb, "titleId": self.title_id, **_addressed(arguments)})

    async def replace(self, amended: Bill) -> None:
        """The carrier issues the next version in place of the surrendered title."""
        holder_was_named = self.people.named
        digests = amended.digests(self.carrier_secret)
        made = {
            "endorsee": holder_was_named.address if holder_was_named else None,
            "isToOrder": self.parties.is_to_order,
            "version": len(self.title_ids),
            **digests,
        }
        asked = {
            "verb": "Replace",
            "carrier": self.people.carrier.address,
            "oldIds": [self.title_id],
            "newTitles": [made],
        }
        await self._perform(self.people.carrier, asked)
        new_id = title_id_of(self.people.carrier.address, Digest(digests["referenceDigest"]), len(self.title_ids))
        self.title_ids.append(new_id)

    async def must_refuse(self, rule: str, actor: Member, verb: str, **arguments: Any) -> None:
        """Try an act that the rules refuse. Raises: Unexpected where they do not, or another rule does."""
        asked = {"verb": verb, "titleId": self.title_id, **_addressed(arguments)}
        await self._expect(rule, actor, verb, self._perform(actor, asked))

    async def must_refuse_double_issue(self) -> None:
        """The same number by the same carrier. Raises: Unexpected."""
        carrier = self.people.carrier
        await self._expect("TitleExists", carrier, "Issue", self._perform(carrier, self._issue()))

    async def must_refuse_replay(self) -> None:
        """The last hand-over's signature once more, straight to the contract. Raises: Unexpected.

        The service would take it for the same submission, and answer as before.
        """
        assert self.last is not None
        data, signed = self.last.signed["typedData"], self.last.signed
        message = data["message"]
        kind = Transfer if data["primaryType"] == "Transfer" else EndorseToOrder
        act: Act = kind(message["titleId"], message["sequence"], message["to"].lower())
        again = SignedAct(act, signed["signer"], message["deadline"], bytes.fromhex(signed["signature"][2:]))
        (refusal,) = await self.ledger.check([ActToSend(again)])
        found = type(refusal).__name__
        if refusal is None or found != "StaleSequence":
            raise Unexpected(f"a replayed {data['primaryType']} got {found}, not StaleSequence")
        name = self.people_by_account(signed["signer"])
        self._was_refused(Attempt(name, f"{data['primaryType']} (replayed)", found, refusal.message, "contract"))

    def people_by_account(self, account: str) -> str:
        """The name of who plays by this account."""
        everyone = [each for each in vars(self.people).values() if each is not None]
        return next((each.name for each in everyone if each.address == account.lower()), account)

    def _was_refused(self, attempt: Attempt) -> None:
        self.refused.append(attempt)
        self.tell_refused(attempt)

    def _issue(self) -> Json:
        named = self.people.named
        return {
            "verb": "Issue",
            "carrier": self.people.carrier.address,
            "holder": self.people.shipper.address,
            "endorsee": named.address if named else None,
            "isToOrder": self.parties.is_to_order,
            **self.bill.digests(self.carrier_secret),
        }

    async def _perform(self, actor: Member, asked: Json) -> Landed:
        landed = await self.clerk.submit(await self.clerk.sign(actor, asked))
        self.acts += 1
        self.last = landed
        self.tell_landed(landed.submission, actor)
        return landed

    async def _expect(self, rule: str, actor: Member, verb: str, attempt: Awaitable[Landed]) -> None:
        try:
            await attempt
        except Refused as refused:
            if refused.rule != rule:
                raise Unexpected(
                    f"{verb} by {actor.name} got {refused.rule}, not {rule}: {refused.detail}"
                ) from refused
            self._was_refused(Attempt(actor.name, verb, refused.rule, refused.detail, "service, before any gas"))
            return
        raise Unexpected(f"{verb} by {actor.name} was not refused by {rule}")


async def people_of(bill: Bill, cast: Cast, clerk: Clerk) -> tuple[DocumentParties, People]:
    """Who plays: members found by their codes; parties from outside get an account of their own for this bill."""
    parties = document_parties(bill.document)
    invited: list[Member] = []

    def member(party: Any, roles: tuple[str, ...] = ()) -> Member:
        found = cast.find(party) if party.codes else None
        if found is None:
            found = next((each for each in invited if each.codes == party.codes and each.name == party.name), None)
        if found is None:
            found = cast.invite(party, roles)
            invited.append(found)
        return found

    carrier, shipper = member(parties.carrier, ("CARRIER",)), member(parties.shipper)
    named = member(parties.made_out_to) if parties.made_out_to else None
    known = [found for party in parties.notify if (found := cast.find(party)) and found not in {shipper, named}]
    importer = known[0] if known else cast["consignee"] if cast["consignee"] != named else cast["buyer"]
    bank = cast["second-bank"] if named == cast["bank"] else cast["bank"]
    for each in invited:
        await clerk.register(each)
    for each in invited:
        await clerk.await_party(each)
    return parties, People(carrier, shipper, named, importer, bank, cast["buyer"], cast["stranger"])


def _addressed(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: value.address if isinstance(value, Member) else value for name, value in arguments.items()}
