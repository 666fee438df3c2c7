"""Handing in signed acts, told no more than one may read.

Left to others: judging acts and storing them (`services.submission`).

Rules kept here
- An act proves itself by its signature: whoever brings it, it is taken where the ledger would take it. So a suspended
  party, whom nobody signs in, can still pass on and surrender what it holds.
- Why the ledger refuses is told to who sees the whole title. A past party is told what it would be as its own last act
  left the title; everybody else the same as of a title that is not there.
- How an act differs from the document that it is to stand for is told to its signer alone.
- An idempotency key is its caller's: nobody learns of another's. Who sends no token is the signer of its first act.
"""

from collections.abc import Sequence

from ebl_service.domain.actions import Issue, titles_of
from ebl_service.domain.caller import Caller, Means, Scope
from ebl_service.domain.certificate_actions import CertificateAct
from ebl_service.domain.ledger import LedgerIdentity
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.submission import Submission, first_subject_of
from ebl_service.domain.terms import Address, TitleId
from ebl_service.domain.title import Title
from ebl_service.errors import ActionRefused, NotAllowed, NotFound
from ebl_service.errors import refusals as no
from ebl_service.errors.documents import DocumentRefused
from ebl_service.services.foresight import Foresight, Subjects, parties_touched, subjects_in
from ebl_service.services.policy import Clock, wall_clock
from ebl_service.services.rights import Rights, not_found
from ebl_service.services.submission import Submissions
from ebl_service.store.history import History


class Acting:
    """The door for signed acts, by caller."""

    def __init__(
        self,
        identity: LedgerIdentity,
        submissions: Submissions,
        rights: Rights,
        history: History,
        clock: Clock = wall_clock,
    ) -> None:
        self._identity = identity
        self._submissions = submissions
        self._rights = rights
        self._history = history
        self._clock = clock

    async def accept(
        self, caller: Caller, acts: Sequence[SignedAct], idempotency_key: str | None = None
    ) -> tuple[Submission, ...]:
        """As `Submissions.accept`, with refusals cut to what the caller may know.

        Raises: as that; ScopeMissing, PartyOnly; NotFound in place of a refusal that would tell of another's title.
        """
        keys_of = caller.party
        if caller.means is not Means.NOTHING:
            caller.party_with(Scope.SUBMIT)
        elif acts:
            keys_of += f" {acts[0].signer}"
        try:
            return await self._submissions.accept(acts, idempotency_key, keys_of)
        except (ActionRefused, DocumentRefused) as refusal:
            index = int(str(refusal.details.get("index", 0)))
            told = await self._told(caller, acts[index], refusal)
            told.details["index"] = index
            raise told from None
        except NotAllowed:
            if caller.means is Means.NOTHING:  # who is a party, and how much it acts, is not for everyone to ask
                raise not_found(first_subject_of(acts[0].act)[0]) from None
            raise

    async def _told(
        self, caller: Caller, signed: SignedAct, refusal: ActionRefused | DocumentRefused
    ) -> ActionRefused | DocumentRefused | NotFound:
        if isinstance(refusal, no.DeadlinePassed | no.DeadlineTooDistant):  # judged before any title is looked at
            return refusal
        account = caller.account
        unknown = not_found(first_subject_of(signed.act)[0])
        if account is None:
            return unknown
        if isinstance(signed.act, Issue) or not isinstance(refusal, no.Refusal):  # on no title yet, or of a document
            return refusal if account == signed.signer else unknown
        if isinstance(signed.act, CertificateAct):
            return refusal if await self._concerns(signed, account) else unknown
        try:
            sights = [await self._rights.sight(account, title_id) for title_id in titles_of(signed.act)]
        except NotFound:
            return unknown
        if all(sight.is_whole for sight in sights):
            return refusal
        return await self._as_seen(signed, {sight.title.title_id: sight.title for sight in sights}) or unknown

    async def _concerns(self, signed: SignedAct, account: Address) -> bool:
        """Whether the account is named by the certificate, or sees the whole title that it is, or is to be, tied to."""
        _, subjects = await subjects_in(self._history, [signed])
        certificates = subjects.certificates.values()
        if any(account in (each.insurer, each.named) for each in certificates):
            return True
        titles = {*titles_of(signed.act), *(each.title_id for each in certificates)}
        sights = await self._rights.sights(account, titles)
        return bool(titles) and all(title_id in sights and sights[title_id].is_whole for title_id in titles)

    async def _as_seen(self, signed: SignedAct, titles: dict[TitleId, Title]) -> no.Refusal | None:
        parties = await self._history.parties.many(parties_touched(signed))
        foresight = Foresight(self._identity, Subjects(titles), parties, self._clock())
        return foresight.judge_as_indexed(signed)
