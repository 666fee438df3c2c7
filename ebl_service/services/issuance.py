"""Carriers' requests to have bills issued: checked against what the carrier signed, made ready, or refused.

Left to others: the JSON of a request (`api.dcsa`), documents and their rules (`services.document_desk`), signing
(the carrier, or `services.custody`), telling that a bill is issued (`services.announcing`).

Rules kept here
- The carrier's manifest is by one of its certificates that count now, and its checksums are those of what was received.
- A document that breaks DCSA's definition is refused at once; one that the definition allows and a rule refuses closes
  the request.
- A number is asked for once at a time, and issued once; a title surrendered for amendment is followed by its next
  version, which goes to who surrendered it.
- A request that says it combines or divides bills is refused: issued by itself, it would not take their place.
- What is wrong with the content, or cannot be resolved, closes the request; the carrier is told and may ask anew.
- Nothing is promised that is not stored.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from ebl_service.domain.actions import Act
from ebl_service.domain.callback import Telling
from ebl_service.domain.carrier_messages import (
    ISSUANCE_RESPONSES,
    MOST_ERRORS,
    BillName,
    Reason,
    Verdict,
    issuance_response,
)
from ebl_service.domain.carrier_terms import CarrierTerms
from ebl_service.domain.issuance_manifest import issuance_manifest, require_signed
from ebl_service.domain.ledger import LedgerIdentity
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.terms import Address, Digest, Status, TitleId, checksummed, title_id_of
from ebl_service.domain.title import Title
from ebl_service.domain.transport_document.check import undefined
from ebl_service.domain.transport_document.commitment import number_digest
from ebl_service.domain.transport_document.document_parties import Code
from ebl_service.domain.transport_document.reading import within
from ebl_service.domain.waiting_act import WaitingAct
from ebl_service.errors import EblError
from ebl_service.errors import refusals as no
from ebl_service.errors.documents import Breach, DocumentRefused
from ebl_service.errors.platform import BillAlreadyAsked, NotACarrierHere
from ebl_service.services.bounded_work import untrusted
from ebl_service.services.changes import Changes
from ebl_service.services.correspondence import Correspondence
from ebl_service.services.document_desk import act_of
from ebl_service.services.document_room import DocumentRoom
from ebl_service.services.drafts import Draft, IssueTo, Prepared
from ebl_service.services.foresight import Foresight, Subjects, parties_touched
from ebl_service.services.policy import Clock, Failpoint, no_failpoint, wall_clock
from ebl_service.store.carriers import Carriers
from ebl_service.store.history import History
from ebl_service.store.issuances import Issuances
from ebl_service.store.waiting_acts import act_id_of
from ebl_service.trust.signatures import signed_text

VERSIONS_AT_ONCE = 8
UNRESOLVED = (no.RecipientNotRegistered, no.RecipientSuspended, no.CarrierCannotReceive)
"""Refusals of the ledger that are about whom the bill goes to."""


@dataclass(frozen=True, slots=True)
class IssuanceAsked:
    """A request as received. `content`: the document's bytes; `document`, `issue_to`: what they say.

    `manifest`: the carrier's compact JWS. `picture`: the carrier's own, decoded.
    `related`: numbers of the bills that it comes from, and of those that come from the same.
    """

    bill: BillName
    content: bytes = field(repr=False)
    document: Mapping[str, Any] = field(repr=False)
    issue_to: Mapping[str, Any] = field(repr=False)
    platform: str
    codes: frozenset[Code]
    manifest: str = field(repr=False)
    picture: bytes | None = field(default=None, repr=False)
    related: frozenset[str] = frozenset()


class IssuanceDesk:
    """Takes carriers' requests."""

    def __init__(
        self,
        identity: LedgerIdentity,
        room: DocumentRoom,
        carriers: Carriers,
        issuances: Issuances,
        history: History,
        changes: Changes,
        clock: Clock = wall_clock,
        failpoint: Failpoint = no_failpoint,
    ) -> None:
        self._identity = identity
        self._room = room
        self._correspondence = Correspondence(room.keeping)
        self._carriers = carriers
        self._issuances = issuances
        self._history = history
        self._changes = changes
        self._clock = clock
        self._failpoint = failpoint

    async def request(self, account: Address, asked: IssuanceAsked) -> None:
        """Take a request: stored when this returns, made ready to be signed, or refused with the carrier to be told.

        Raises: NotACarrierHere; DocumentRefused (the definition refuses the document); what `signed_text` and
        `require_signed` raise; BillAlreadyAsked; NotTheIssuingCarrier; LedgerUnavailable (nothing was kept).
        """
        terms = await self._carriers.terms(account)
        if terms is None:
            raise NotACarrierHere(f"{checksummed(account)} is no carrier of this platform")
        await untrusted.run_sized(len(asked.content), _require_defined, asked.document)
        signed = signed_text(asked.manifest, await self._carriers.certificates(account), self._clock())
        said = (asked.document, asked.issue_to, asked.picture)
        manifest = await untrusted.run_sized(len(asked.content), issuance_manifest, *said)
        require_signed(manifest, signed.payload)
        number = await self._number(account, asked.bill.reference)
        old = await self._old(account, number)
        if await self._issuances.is_open(account, number):
            raise BillAlreadyAsked(f"The bill {asked.bill.reference} is asked for already, and not answered yet")
        try:
            made, act = await self._made(account, asked, terms, old)
        except DocumentRefused as refused:
            await self._refuse(account, number, asked.bill, refused.breaches)
        else:
            await self._accept(account, number, asked, made, act)
        self._failpoint("issuance.taken")
        self._changes.notify()

    async def may_be(self, carriers: Collection[Address], reference: str) -> set[TitleId]:
        """Titles that bills of this number by these carriers may have, whoever made the number's salt.

        Reads only: a carrier without a secret here has no bills. Found at the same cost whether there is such a bill or
        not, since anybody can guess a number.
        """
        secrets = await self._room.keeping.secrets_of(carriers)
        numbers = {carrier: number_digest(secret, reference) for carrier, secret in secrets.items()}
        versions = range(VERSIONS_AT_ONCE)
        first = {title_id_of(carrier, number, version) for carrier, number in numbers.items() for version in versions}
        return first | await self._room.kept.prepared_for(numbers)

    async def _number(self, account: Address, reference: str) -> Digest:
        return number_digest(await self._room.keeping.carrier_secret(account), reference)

    async def _versions(self, account: Address, number: Digest) -> list[Title]:
        found: list[Title] = []
        own = await self._room.kept.of_number(account, number)
        while len(found) % VERSIONS_AT_ONCE == 0:
            first = len(found)
            ids = [title_id_of(account, number, first + more) for more in range(VERSIONS_AT_ONCE)]
            titles = await self._history.titles.many(ids)
            found += [titles[title_id] for title_id in ids if title_id in titles]
            if len(found) == first:
                break
        every = {title.title_id: title for title in (*found, *own)}
        return sorted(every.values(), key=lambda title: title.version, reverse=True)

    async def _old(self, account: Address, number: Digest) -> Title | None:
        """The title that the bill takes the place of. Raises: BillAlreadyAsked where it is issued and stays so."""
        versions = await self._versions(account, number)
        if not versions:
            return None
        if versions[0].status is not Status.SURRENDERED_FOR_AMENDMENT:
            raise BillAlreadyAsked("A bill of this number is issued", {"title_id": versions[0].title_id})
        return versions[0]

    async def _made(
        self, account: Address, asked: IssuanceAsked, terms: CarrierTerms, old: Title | None
    ) -> tuple[Prepared, Act]:
        draft = Draft(
            content=asked.content,
            governing_law=terms.governing_law,
            jurisdiction=terms.jurisdiction,
            issue_to=IssueTo(asked.platform, asked.codes),
            picture=asked.picture,
            manifest=asked.manifest,
        )
        _require_alone(asked)
        if old is not None:
            await self._require_same_holder(asked, old)
            replacement = await self._room.desk.replace([draft], [old.title_id], carrier=account)
            return replacement.prepared[0], replacement.act
        (result,) = await self._room.desk.receive([draft], carrier=account)
        if isinstance(result, EblError):
            raise result
        return result, act_of(result)

    async def _require_same_holder(self, asked: IssuanceAsked, old: Title) -> None:
        """A replacement goes to who surrendered: the request must not say otherwise."""
        registered = await self._room.look_ups.having(asked.codes)
        if registered and old.holder not in registered:
            wrong = "it names another party than the one that surrendered the bill"
            right = f"codes of {checksummed(old.holder)}"
            raise DocumentRefused([Breach("replacement_goes_to_who_surrendered", "issueTo", wrong, right)])

    async def _accept(self, account: Address, number: Digest, asked: IssuanceAsked, made: Prepared, act: Act) -> None:
        refusal = await self._foreseen(account, act)
        if refusal is not None:
            await self._tell_refused(account, number, asked.bill, _verdict_of(refusal), [_reason(refusal)])
            return
        waiting = WaitingAct(
            act_id=act_id_of(account, act),
            account=account,
            act=act,
            cause=f"issuance request for title {made.title_id}",
            made_at=self._clock(),
            until=made.valid_until,
        )
        await self._issuances.accept(number, made.title_id, made.commitment, waiting)

    async def _foreseen(self, account: Address, act: Act) -> no.Refusal | None:
        """What the ledger would say of the act now."""
        unsigned = SignedAct(act, account, 0, b"")
        touched: set[TitleId] = set(getattr(act, "old_ids", ())) | {getattr(act, "title_id", TitleId(""))}
        titles = await self._history.titles.many(touched - {TitleId("")})
        parties = await self._history.parties.many(parties_touched(unsigned))
        return Foresight(self._identity, Subjects(titles), parties, self._clock()).judge(unsigned)

    async def _refuse(self, account: Address, number: Digest, bill: BillName, breaches: Sequence[Breach]) -> None:
        unresolved = all(_is_about_recipient(breach) for breach in breaches)
        verdict = Verdict.CANNOT_BE_RESOLVED if unresolved else Verdict.CONTENT_IS_WRONG
        await self._tell_refused(account, number, bill, verdict, [reason_of(breach) for breach in breaches])

    async def _tell_refused(
        self, account: Address, number: Digest, bill: BillName, verdict: Verdict, reasons: Iterable[Reason]
    ) -> None:
        body = issuance_response(bill, verdict, tuple(reasons))
        telling = Telling(account, number, "issuance request", ISSUANCE_RESPONSES, body)
        await self._issuances.refuse(number, await self._correspondence.sealed(telling), self._clock())


def _require_defined(document: Mapping[str, Any]) -> None:
    """Raises: DocumentRefused with what the definition refuses, at most MOST_ERRORS fields."""
    found = [replace(each, path=within("document", each.path)) for each in islice(undefined(document), MOST_ERRORS)]
    if found:
        raise DocumentRefused(found)


def _require_alone(asked: IssuanceAsked) -> None:
    """A request brings one document, and bills are combined or divided all at once. Raises: DocumentRefused."""
    others = asked.related - {asked.bill.reference}
    if others:
        wrong = f"it combines or divides bills: {', '.join(sorted(others))}"
        right = f"{asked.bill.reference} alone; others together by POST /v1/documents with `replaces`"
        raise DocumentRefused([Breach("bills_are_combined_at_once", "transportDocumentReplacements", wrong, right)])


def reason_of(breach: Breach) -> Reason:
    """A breach as a carrier is told it."""
    path = breach.path.removeprefix("documents[0]").lstrip(".")
    return Reason(breach.rule, str(Breach(breach.rule, path, breach.wrong, breach.right)))


def _reason(refusal: no.Refusal) -> Reason:
    return Reason(type(refusal).__name__, refusal.message)


def _verdict_of(refusal: no.Refusal) -> Verdict:
    return Verdict.CANNOT_BE_RESOLVED if isinstance(refusal, UNRESOLVED) else Verdict.CONTENT_IS_WRONG


def _is_about_recipient(breach: Breach) -> bool:
    path = breach.path.removeprefix("documents[0]").lstrip(".")
    return path.startswith("issueTo") and breach.rule != "replacement_goes_to_who_surrendered"
