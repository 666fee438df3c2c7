"""How titles and certificates will stand once what is on its way has landed: the rules applied to acts not yet sent.

Rules kept here
- An act at its subject's present sequence can be judged by the ledger itself; one behind acts that have not landed only
  by the rulebook, on the state those acts lead to.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ebl_service.domain import actions as act
from ebl_service.domain import certificate as certificates
from ebl_service.domain import certificate_actions as insurance
from ebl_service.domain import title as titles
from ebl_service.domain.certificate import Certificate
from ebl_service.domain.events import TitleEvent
from ebl_service.domain.ledger import ActToSend, LedgerIdentity
from ebl_service.domain.party import Party
from ebl_service.domain.rulebook import Rules, decide
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.terms import Address, CertificateId, Seconds, TitleId, title_id_of
from ebl_service.domain.title import Title
from ebl_service.errors import LedgerDisagrees
from ebl_service.errors.refusals import Refusal
from ebl_service.store.history import History


@dataclass(frozen=True, slots=True)
class Subjects:
    """Titles and certificates as they stand."""

    titles: dict[TitleId, Title] = field(default_factory=dict)
    certificates: dict[CertificateId, Certificate] = field(default_factory=dict)

    def get(self, subject: act.Subject) -> Title | Certificate | None:
        """The title or the certificate of this id; None where there is none. Ids of the two are never the same."""
        return self.titles.get(TitleId(subject)) or self.certificates.get(CertificateId(subject))

    def copy(self) -> "Subjects":
        """The same, to be moved on by itself."""
        return Subjects(dict(self.titles), dict(self.certificates))


class Foresight:
    """Titles and certificates as they stand in the index, moved on by the acts that are on their way."""

    def __init__(
        self, identity: LedgerIdentity, indexed: Subjects, parties: dict[Address, Party], now: Seconds
    ) -> None:
        self._identity = identity
        self._indexed = indexed
        self._expected = indexed.copy()
        periods = (identity.reject_period, identity.answer_period)
        self._rules = Rules(self._expected.titles, parties, now, *periods, self._expected.certificates)

    def expect(self, waiting: Iterable[SignedAct]) -> None:
        """Move on by acts on their way, titles before certificates; what would not stand changes nothing."""
        for signed in sorted(waiting, key=lambda each: isinstance(each.act, insurance.CertificateAct)):
            self.judge(signed)

    def judge(self, signed: SignedAct) -> Refusal | None:
        """What the rulebook says of an act after all before it; its subjects move on where it stands: all or none."""
        try:
            events = decide(self._rules, signed.act, signed.signer)
        except Refusal as refusal:
            return refusal
        moved = Subjects()
        try:
            for event in events:
                if isinstance(event, TitleEvent):
                    title = moved.titles.get(event.title_id) or self._expected.titles.get(event.title_id)
                    separator = self._identity.titles_domain.separator
                    moved.titles[event.title_id] = titles.evolve(title, event, separator)
                else:
                    of, separator = event.certificate_id, self._identity.insurance_domain.separator
                    certificate = moved.certificates.get(of) or self._expected.certificates.get(of)
                    moved.certificates[of] = certificates.evolve(certificate, event, separator)
        except LedgerDisagrees:  # an issue whose id is not the one its terms give: for the ledger to refuse
            return None
        self._expected.titles.update(moved.titles)
        self._expected.certificates.update(moved.certificates)
        return None

    def is_behind(self, asked: act.Act) -> bool:
        """Whether it counts on acts that have not landed: only the rulebook can judge it now.

        An act at the indexed sequence counts on nothing, even where another one that uses it is on its way.
        """
        if isinstance(asked, act.Issue):
            return False
        if isinstance(asked, insurance.IssueCertificate):
            return asked.title_id not in self._indexed.titles and asked.title_id in self._expected.titles
        pairs = sequences_of(asked)
        for subject, sequence in pairs:
            expected, indexed = self._expected.get(subject), self._indexed.get(subject)
            if expected is not None and expected is not indexed and expected.sequence == sequence:
                return indexed is None or indexed.sequence < sequence
        return False

    def judge_as_indexed(self, signed: SignedAct) -> Refusal | None:
        """What the rulebook says of an act on titles and certificates as the index has them."""
        indexed = replace(self._rules, titles=self._indexed.titles, certificates=self._indexed.certificates)
        try:
            decide(indexed, signed.act, signed.signer)
        except Refusal as refusal:
            return refusal
        return None


def sequences_of(asked: act.Act) -> list[tuple[act.Subject, int]]:
    """The titles or the certificate an act is on, each with the sequence the act expects it at."""
    if isinstance(asked, act.Replace):
        return list(zip(asked.old_ids, asked.sequences, strict=False))
    return [(act.subjects_of(asked)[0], asked.sequence)]


def subjects_touched(asked: act.Act, actor: Address) -> list[act.Subject]:
    """The titles and certificates an act names or brings about; not the title that its certificate is tied to."""
    subjects = list(act.subjects_of(asked))
    if isinstance(asked, act.Replace):
        subjects += [title_id_of(actor, new.reference_digest, new.version) for new in asked.new_titles]
    if isinstance(asked, insurance.IssueCertificate | insurance.CarryOver):
        subjects.append(asked.title_id)
    return subjects


def parties_touched(signed: SignedAct) -> list[Address]:
    """The accounts whose standing an act depends on."""
    asked = signed.act
    named: list[Address | None] = [signed.signer]
    match asked:
        case act.Issue():
            named += [asked.holder, asked.endorsee]
        case act.Transfer() | act.Endorse() | act.EndorseToOrder() | act.EndorseInBlank():
            named.append(asked.to)
        case act.Replace():
            named += [new.endorsee for new in asked.new_titles]
        case insurance.IssueCertificate():
            named.append(asked.named)
        case _:
            pass
    return [account for account in named if account is not None]


async def subjects_in(history: History, acts: Iterable[SignedAct]) -> tuple[set[act.Subject], Subjects]:
    """The ids of every title and certificate these acts touch, and those that are there.

    With a certificate goes the title it is tied to, by which the ledger judges acts on it.
    """
    touched = {subject for signed in acts for subject in subjects_touched(signed.act, signed.signer)}
    certificates_ = await history.certificates.many(map(CertificateId, touched))
    touched |= {certificate.title_id for certificate in certificates_.values()}
    return touched, Subjects(await history.titles.many(map(TitleId, touched)), certificates_)


def to_send(signed: SignedAct, known: Subjects) -> ActToSend:
    """The act with the proof that goes with it unsigned, where it needs one and the proof is known.

    Of a rejected transfer it is the title's last act, of a carry-over the last act of the title that was replaced.
    """
    title = None
    match signed.act:
        case act.RejectTransfer():
            title = known.titles.get(signed.act.title_id)
            title = title if title and title.sequence == signed.act.sequence else None
        case insurance.CarryOver():
            certificate = known.certificates.get(signed.act.certificate_id)
            if certificate and certificate.sequence == signed.act.sequence:
                title = known.titles.get(certificate.title_id)
        case _:
            pass
    return ActToSend(signed, title.last, title.replaced_by) if title else ActToSend(signed)


def lacks_proof(item: ActToSend) -> bool:
    """Whether it needs a proof that is not known yet."""
    return isinstance(item.signed.act, act.RejectTransfer | insurance.CarryOver) and item.previous is None
