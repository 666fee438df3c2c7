"""Which accepted acts go into the next transactions.

Left to others: nonces, fees, sending (`services.relay`).

Rules kept here
- A transaction goes to one contract: acts on titles and on certificates of insurance never go out together. The first
  accepted says which go next.
- An act that may need more gas than its share of a batch rides alone, and so does one whose transaction failed whole.
  Others ride together as far as a transaction holds them: nodes take no larger one, and it would hold up all.
- Acts on one title or certificate ride in the order of their sequences: behind the one before in the same transaction,
  or in a later transaction (a later nonce) than the one before; else they wait.
- What the ledger can judge now is judged once more before it costs gas; what it refuses is refused here. An act that
  only comes too early waits while the one before is on its way.
- A receiver's return and a carry-over need a proof that is known once the acts before are indexed: until then they
  wait. So does a certificate against a title whose issue has not landed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ebl_service.domain.actions import Subject
from ebl_service.domain.certificate_actions import CertificateAct, IssueCertificate
from ebl_service.domain.ledger import ActToSend, Ledger
from ebl_service.domain.signed_act import check_deadline
from ebl_service.domain.submission import Submission, first_subject_of
from ebl_service.domain.terms import Digest, Seconds
from ebl_service.errors import refusals as no
from ebl_service.errors.certificate_refusals import StaleCertificate
from ebl_service.services.foresight import Subjects, lacks_proof, sequences_of, subjects_in, to_send
from ebl_service.store.history import History
from ebl_service.store.outbox import Outbox

CONSIDERED = 20
"""Times as many as wanted: acts that wait for another must not hide those behind them."""

Place = tuple[Subject, int]
"""A title or certificate and the sequence an act on it expects."""


@dataclass(slots=True)
class Batch:
    """Submissions to send, with what goes to the ledger; and those that would not stand."""

    submissions: list[Submission] = field(default_factory=list)
    acts: list[ActToSend] = field(default_factory=list)
    refused: dict[Digest, no.Refusal] = field(default_factory=dict)


async def next_batch(
    ledger: Ledger,
    history: History,
    outbox: Outbox,
    most: int,
    now: Seconds,
    gas_a_day: int | None,
    *,
    indexed: int,
    fills_holes: bool = False,
) -> Batch:
    """At most `most` of the acts that are due, in an order to send them in. `now`: seconds since 1970.

    `gas_a_day`: a party that has used so much today waits for tomorrow (None: nobody does). `fills_holes`: some get
    nonces before those that are on their way. `indexed`: the index's block, before which no act is judged.
    """

    async def choose(considered: int) -> _Choice:
        due = await outbox.due(considered, now, gas_a_day)
        return await _choose(history, outbox, due, most, fills_holes=fills_holes)

    choice = await choose(most)
    if choice.considered == most and len(choice.chosen) < most:
        choice = await choose(most * CONSIDERED)
    to_check = [choice.to_send(item) for item in (*choice.in_front, *choice.of_other_signers())]
    answers = await ledger.check(to_check, indexed) if to_check else ()
    for item, refusal in zip(choice.in_front, answers, strict=False):
        choice.hear(item, refusal)
    return choice.batch(now)


async def _choose(
    history: History, outbox: Outbox, due: Sequence[Submission], most: int, *, fills_holes: bool
) -> "_Choice":
    if not due:
        return _Choice(Subjects({}, {}), ())
    touched, subjects = await subjects_in(history, [item.signed for item in due])
    choice = _Choice(subjects, await outbox.waiting_on(touched), fills_holes=fills_holes)
    for item in due:
        if len(choice.chosen) < most:
            choice.consider(item)
    choice.considered = len(due)
    return choice


def portions(batch: Batch, ledger: Ledger, most: int) -> list[Batch]:
    """The acts of a batch in their order, each portion for a transaction of its own, with at most `most` acts."""
    found: list[Batch] = []
    has_room, taken = False, 0.0
    for submission, item in zip(batch.submissions, batch.acts, strict=True):
        goes_alone, part = submission.rides_alone or ledger.goes_alone(item), ledger.part_of(item)
        if goes_alone or not has_room or taken + part > 1:
            found.append(Batch())
            taken = 0.0
        found[-1].submissions.append(submission)
        found[-1].acts.append(item)
        taken += part
        has_room = not goes_alone and len(found[-1].acts) < most
    return found


async def once_more(history: History, riders: Sequence[Submission]) -> Batch:
    """The same acts once more, without those whose proof is not the title's last act any more: they cannot stand."""
    _, subjects = await subjects_in(history, [item.signed for item in riders])
    proved = [(item, to_send(item.signed, subjects)) for item in riders]
    kept = [(item, proof) for item, proof in proved if not lacks_proof(proof)]
    return Batch([item for item, _ in kept], [proof for _, proof in kept])


class _Choice:
    """The acts considered so far, and the places in their subjects' sequences that are taken."""

    def __init__(self, subjects: Subjects, waiting: Sequence[Submission], *, fills_holes: bool = False) -> None:
        self._subjects = subjects
        self._open: set[Place] = {place for item in waiting for place in sequences_of(item.signed.act)}
        self._riding: set[Place] = {
            place for item in waiting if item.transaction_hash for place in sequences_of(item.signed.act)
        }
        self._too_late = frozenset(self._riding if fills_holes else ())
        """Places that are used after the holes."""
        self._out: set[Place] = set()
        self._refused: dict[Digest, no.Refusal] = {}
        self.considered = 0
        self.chosen: list[Submission] = []
        self.in_front: list[Submission] = []

    def consider(self, item: Submission) -> None:
        """Take it along where its turn has come or will have come."""
        asked, places = item.signed.act, sequences_of(item.signed.act)
        if self.chosen and isinstance(asked, CertificateAct) != isinstance(self.chosen[0].signed.act, CertificateAct):
            return
        if isinstance(asked, IssueCertificate) and self._is_to_come(asked):
            return
        if any(place in self._riding for place in places):
            return  # another act of this sequence is on its way: see first how that ends
        before = [(subject, sequence - 1) for subject, sequence in places if self._is_ahead(subject, sequence)]
        if any(place in self._too_late or (place in self._open and place not in self._riding) for place in before):
            return
        is_behind = any(place in self._riding for place in before)
        proved = self.to_send(item)
        if lacks_proof(proved) or (proved.previous is not None and is_behind):
            return
        if not is_behind:
            self.in_front.append(item)
        self.chosen.append(item)
        self._riding.update(places)

    def to_send(self, item: Submission) -> ActToSend:
        """What goes to the ledger."""
        return to_send(item.signed, self._subjects)

    def of_other_signers(self) -> list[Submission]:
        """An act of each signer who has none in front: the ledger must know who signs; its word comes too early."""
        in_front = {item.signed.signer for item in self.in_front}
        return list({each.signed.signer: each for each in self.chosen if each.signed.signer not in in_front}.values())

    def hear(self, item: Submission, refusal: no.Refusal | None) -> None:
        """The ledger's word on an act in front."""
        if refusal is None:
            return
        self._out.update(sequences_of(item.signed.act))
        is_stale = isinstance(refusal, no.StaleSequence | StaleCertificate)
        is_overtaken = is_stale and _number(refusal, "given") < _number(refusal, "current")
        is_told = is_overtaken and first_subject_of(item.signed.act)[0] in refusal.values
        if not is_told:  # else the index will say by what; of a replacement it does so by the first title only
            self._refused[item.submission_id] = refusal

    def batch(self, now: Seconds) -> Batch:
        """What remains once those that would not stand, and those behind them, are left out."""
        batch = Batch(refused=self._refused)
        for item in self.chosen:
            places = sequences_of(item.signed.act)
            if item.submission_id in self._refused or any(place in self._out for place in places):
                continue
            try:
                check_deadline(item.signed.deadline, now)
            except no.DeadlinePassed as refusal:
                batch.refused[item.submission_id] = refusal
                self._out.update(places)
                continue
            except no.DeadlineTooDistant:  # a clock behind the one it was accepted by: the ledger judges
                pass
            if any((subject, sequence - 1) in self._out for subject, sequence in places):
                self._out.update(places)
                continue
            batch.submissions.append(item)
            batch.acts.append(self.to_send(item))
        return batch

    def _is_ahead(self, subject: Subject, sequence: int) -> bool:
        known = self._subjects.get(subject)
        return sequence > (0 if known is None else known.sequence)

    def _is_to_come(self, asked: IssueCertificate) -> bool:
        """Whether the issue of its title is still on its way."""
        return asked.title_id not in self._subjects.titles and (asked.title_id, 0) in self._open


def _number(refusal: no.Refusal, name: str) -> int:
    return int(str(refusal.details[name]))
