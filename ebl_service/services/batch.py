"""Which accepted acts go into the next transactions.

Left to others: nonces, fees, sending (`services.relay`).

Rules kept here
- Acts on one title ride in the order of their sequences: behind the one before in the same transaction, or in a later
  transaction (a later nonce) than the one before; else they wait.
- What the ledger can judge now is judged once more before it costs gas; what it refuses is refused here. An act that
  only comes too early waits while the one before is on its way.
- A receiver's return needs the proof of the act before, which is known once that one is indexed: until then it waits.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ebl_service.domain.actions import RejectTransfer
from ebl_service.domain.ledger import ActToSend, Ledger
from ebl_service.domain.signed_act import check_deadline
from ebl_service.domain.submission import Submission
from ebl_service.domain.terms import Digest, Seconds, TitleId
from ebl_service.domain.title import Title
from ebl_service.errors import refusals as no
from ebl_service.services.foresight import sequences_of
from ebl_service.store.history import History
from ebl_service.store.outbox import Outbox

CONSIDERED = 20
"""Times as many as wanted: acts that wait for another must not hide those behind them."""

Place = tuple[TitleId, int]
"""A title and the sequence an act on it expects."""


@dataclass(slots=True)
class Batch:
    """Submissions to send, with what goes to the ledger; and those that would not stand."""

    submissions: list[Submission] = field(default_factory=list)
    acts: list[ActToSend] = field(default_factory=list)
    refused: dict[Digest, no.Refusal] = field(default_factory=dict)


async def next_batch(ledger: Ledger, history: History, outbox: Outbox, most: int, now: Seconds) -> Batch:
    """At most `most` of the acts that are due, in an order to send them in. `now`: seconds since 1970."""
    choice = await _choose(history, outbox, most, most)
    if choice.has_passed_over_some and len(choice.chosen) < most:
        choice = await _choose(history, outbox, most, most * CONSIDERED)
    answers = await ledger.check([choice.to_send(item) for item in choice.in_front]) if choice.in_front else ()
    for item, refusal in zip(choice.in_front, answers, strict=True):
        choice.hear(item, refusal)
    return choice.batch(now)


async def _choose(history: History, outbox: Outbox, most: int, considered: int) -> "_Choice":
    due = await outbox.transactions.due(considered)
    places = {place for item in due for place in sequences_of(item.signed.act)}
    titles = await history.titles.many(title_id for title_id, _ in places)
    choice = _Choice(titles, await outbox.waiting_on(title_id for title_id, _ in places))
    for item in due:
        if len(choice.chosen) < most:
            choice.consider(item)
    choice.has_passed_over_some = len(due) == considered
    return choice


async def proofs_of(history: History, riders: Sequence[Submission]) -> list[ActToSend] | None:
    """The same acts once more; None where a proof that one of them needs is not the title's last act any more."""
    titles = await history.titles.many(title for item in riders for title, _ in sequences_of(item.signed.act))
    for item in riders:
        title_id, sequence = sequences_of(item.signed.act)[0]
        title = titles.get(title_id)
        if isinstance(item.signed.act, RejectTransfer) and (title is None or title.sequence != sequence):
            return None
    return [_to_send(item, titles) for item in riders]


class _Choice:
    """The acts considered so far, and the places in their titles' sequences that are taken."""

    def __init__(self, titles: dict[TitleId, Title], waiting: Sequence[Submission]) -> None:
        self._titles = titles
        self._open: set[Place] = {place for item in waiting for place in sequences_of(item.signed.act)}
        self._riding: set[Place] = {
            place for item in waiting if item.transaction_hash for place in sequences_of(item.signed.act)
        }
        self._out: set[Place] = set()
        self._refused: dict[Digest, no.Refusal] = {}
        self.has_passed_over_some = False
        self.chosen: list[Submission] = []
        self.in_front: list[Submission] = []

    def consider(self, item: Submission) -> None:
        """Take it along where its turn has come or will have come."""
        places = sequences_of(item.signed.act)
        if any(place in self._riding for place in places):
            return  # another act of this sequence is on its way: see first how that ends
        before = [(title_id, sequence - 1) for title_id, sequence in places if self._is_ahead(title_id, sequence)]
        if any(place in self._open and place not in self._riding for place in before):
            return
        is_behind = any(place in self._riding for place in before)
        if isinstance(item.signed.act, RejectTransfer) and (is_behind or not self._is_at(*places[0])):
            return
        if not is_behind:
            self.in_front.append(item)
        self.chosen.append(item)
        self._riding.update(places)

    def to_send(self, item: Submission) -> ActToSend:
        """What goes to the ledger."""
        return _to_send(item, self._titles)

    def hear(self, item: Submission, refusal: no.Refusal | None) -> None:
        """The ledger's word on an act in front."""
        if refusal is None:
            return
        self._out.update(sequences_of(item.signed.act))
        is_overtaken = isinstance(refusal, no.StaleSequence) and _number(refusal, "given") < _number(refusal, "current")
        if not is_overtaken:  # else the index will say by what
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
            if any((title_id, sequence - 1) in self._out for title_id, sequence in places):
                self._out.update(places)
                continue
            batch.submissions.append(item)
            batch.acts.append(self.to_send(item))
        return batch

    def _is_ahead(self, title_id: TitleId, sequence: int) -> bool:
        title = self._titles.get(title_id)
        return sequence > (0 if title is None else title.sequence)

    def _is_at(self, title_id: TitleId, sequence: int) -> bool:
        title = self._titles.get(title_id)
        return title is not None and title.sequence == sequence


def _to_send(item: Submission, titles: dict[TitleId, Title]) -> ActToSend:
    if not isinstance(item.signed.act, RejectTransfer):
        return ActToSend(item.signed)
    return ActToSend(item.signed, titles[item.signed.act.title_id].last)


def _number(refusal: no.Refusal, name: str) -> int:
    return int(str(refusal.details[name]))
