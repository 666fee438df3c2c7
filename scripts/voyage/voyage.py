"""One document's title: acts performed through the service, and acts that must be refused.

A carrier with a system of its own issues, amends and answers surrenders by DCSA's API (`by_platform`). A carrier from
outside, and bills divided or merged, for which DCSA has no request, go by /v1/documents and the carrier's signed acts.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ebl_service.chain.ledger import ChainLedger
from ebl_service.domain.actions import Act, EndorseToOrder, Transfer
from ebl_service.domain.ledger import ActToSend
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.transport_document.commitment import reference_salt
from ebl_service.domain.transport_document.document_parties import DocumentParties, document_parties
from voyage import by_platform
from voyage.carrier_system import LAW, CarrierSystem
from voyage.cast import Cast, Member
from voyage.clerk import Clerk, Json, Landed, Refused
from voyage.documents import Bill
from voyage.gathering import Systems

HALF_AN_HOUR = 1800


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
    """Who plays in this voyage; `named`: to whom the bill is made out, None for a blank one.

    `system`: the carrier's own software, where it has one.
    """

    carrier: Member
    shipper: Member
    named: Member | None
    importer: Member
    bank: Member
    buyer: Member
    stranger: Member
    insurer: Member
    system: CarrierSystem | None = None


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
    tell_amended: Callable[[str, list[Json]], None] = lambda _title_id, _amendments: None
    tell_called: Callable[["Voyage", str, str], None] = lambda _voyage, _code, _reference: None
    tell_insured: Callable[[Json], None] = lambda _shown: None
    tell_gaps: Callable[[Member, list[Json]], None] = lambda _entitled, _gaps: None
    title_ids: list[str] = field(default_factory=list)
    certificate_ids: list[str] = field(default_factory=list)
    acts: int = 0
    refused: list[Attempt] = field(default_factory=list)
    last: Landed | None = None
    called_back: int = 0
    after_first_act: Callable[[], Awaitable[None]] | None = None

    @property
    def title_id(self) -> str:
        """The title that lives now."""
        return self.title_ids[-1]

    async def issue(self) -> None:
        """Issue the bill to the shipper, made out as its document says."""
        self.title_ids.append("")
        self.bill = self.bill.issued_on((await self.ledger.head()).time)
        if self.people.system:
            self.title_ids[-1] = await by_platform.issued(self, self.people.system, self.bill)
        else:
            self.title_ids[-1] = (await self._issue()).submission["titleIds"][0]

    async def act(self, actor: Member, verb: str, **arguments: Any) -> None:
        """Perform an act on the title, and then what waits for the first that succeeds. Raises: Refused."""
        await self.perform(actor, {"verb": verb, "titleId": self.title_id, **addressed(arguments)})
        waiting, self.after_first_act = self.after_first_act, None
        if waiting is not None:
            await waiting()

    async def replace(self, *made: Bill, old_ids: Sequence[str] = ()) -> list[str]:
        """The carrier issues new titles in place of the surrendered one, or of `old_ids`; their ids."""
        if self.people.system and len(made) == 1 and not old_ids:
            new_ids = [await by_platform.issued(self, self.people.system, made[0])]
        else:
            new_ids = await self._replace(made, old_ids)
        self.title_ids += new_ids
        for new_id in new_ids:
            told = await self.clerk.read(self.people.carrier, f"/v1/titles/{new_id}/amendments")
            self.tell_amended(new_id, told.json()["amendments"])
        return new_ids

    async def _replace(self, made: Sequence[Bill], old_ids: Sequence[str]) -> list[str]:
        drafts = [(bill.sent, self._particulars(bill)) for bill in made]
        answer = await self.clerk.send_documents(self.people.carrier, drafts, replaces=list(old_ids or [self.title_id]))
        await self.land(self.people.carrier, self.clerk.signed(self.people.carrier, answer["act"]["typedData"]))
        return [result["document"]["titleId"] for result in answer["results"]]

    async def answer_surrender(
        self, *, accepts: bool = True, title_id: str | None = None, bill: Bill | None = None
    ) -> None:
        """The carrier takes the bill in, or gives it back. `title_id`, `bill`: of one of several. Raises: Refused."""
        title_id, carrier = title_id or self.title_id, self.people.carrier
        if self.people.system:
            await by_platform.answered(self, self.people.system, bill or self.bill, title_id, accepts=accepts)
        else:
            verb = "AcceptSurrender" if accepts else "RejectSurrender"
            await self.perform(carrier, {"verb": verb, "titleId": title_id})

    async def must_refuse_division(self, part: Bill) -> None:
        """A part alone, and another bill beside it: goods would be lost. Raises: Unexpected."""
        drafts = [(bill.sent, self._particulars(bill)) for bill in (part, self.bill)]
        attempt = self.clerk.send_documents(self.people.carrier, drafts, replaces=[self.title_id])
        await self.expect("TitleDiffers", self.people.carrier, "Replace", attempt)

    async def must_refuse(self, rule: str, actor: Member, verb: str, **arguments: Any) -> None:
        """Try an act that the rules refuse. Raises: Unexpected where they do not, or another rule does."""
        asked = {"verb": verb, "titleId": self.title_id, **addressed(arguments)}
        await self.expect(rule, actor, verb, self.perform(actor, asked))

    async def must_refuse_double_issue(self) -> None:
        """The same number by the same carrier, by its own signature. Raises: Unexpected."""
        carrier, system = self.people.carrier, self.people.system
        if system and system.in_custody:
            return  # it has no key to sign with; its system was refused the same
        until = (await self.ledger.head()).time + HALF_AN_HOUR  # another act than the first, which counts longer
        await self.expect("TitleExists", carrier, "Issue", self._issue(deadline=until))

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
        everyone = [each for each in vars(self.people).values() if isinstance(each, Member)]
        return next((each.name for each in everyone if each.address == account.lower()), account)

    def _was_refused(self, attempt: Attempt) -> None:
        self.refused.append(attempt)
        self.tell_refused(attempt)

    def _particulars(self, bill: Bill) -> Json:
        """A carrier from outside makes its numbers' salts itself; one with a system leaves them to the platform."""
        particulars = {**LAW, "holder": self.people.shipper.address}
        if self.people.system:
            return particulars
        return particulars | {"referenceSalt": "0x" + reference_salt(self.carrier_secret, bill.reference).hex()}

    async def _issue(self, **about: Any) -> Landed:
        carrier = self.people.carrier
        answer = await self.clerk.send_documents(carrier, [(self.bill.sent, self._particulars(self.bill))], **about)
        return await self.land(carrier, self.clerk.signed(carrier, answer["results"][0]["act"]["typedData"]))

    async def perform(self, actor: Member, asked: Json) -> Landed:
        """An act as /v1/typed-data asks for it. Raises: Refused."""
        return await self.land(actor, await self.clerk.sign(actor, asked))

    async def land(self, actor: Member, signed: Json) -> Landed:
        """A signed act, until it is final. Raises: Refused."""
        self.last = landed = await self.clerk.submit(actor, signed)
        self.landed(landed.submission, actor)
        return landed

    def landed(self, submission: Json, actor: Member) -> None:
        """An act is final."""
        self.acts += 1
        self.tell_landed(submission, actor)

    def was_told(self, message: Json, code: str) -> None:
        """The carrier's system was called back. Raises: Unexpected where it is told that a bill is not issued."""
        if message[code] in {"BREQ", "REFU"}:
            raise Unexpected(f"{message['transportDocumentReference']} is not issued: {message['errors']}")
        self.called_back += 1
        self.tell_called(self, message[code], message["transportDocumentReference"])

    async def expect(self, rule: str, actor: Member, verb: str, attempt: Awaitable[object]) -> None:
        """An attempt that this rule must refuse. Raises: Unexpected."""
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


async def people_of(bill: Bill, cast: Cast, clerk: Clerk, systems: Systems) -> tuple[DocumentParties, People]:
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
        await clerk.name(each)
    rest = (cast["buyer"], cast["stranger"], cast["insurer"], systems.get(carrier.address))
    return parties, People(carrier, shipper, named, importer, bank, *rest)


def addressed(arguments: dict[str, Any]) -> dict[str, Any]:
    """Members as their accounts."""
    return {name: value.address if isinstance(value, Member) else value for name, value in arguments.items()}
