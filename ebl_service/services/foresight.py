"""How titles will stand once what is on its way has landed: the rules applied to acts before they are sent.

Rules kept here
- An act at a title's present sequence can be judged by the ledger itself; one behind acts that have not landed only by
  the rulebook, on the state those acts lead to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ebl_service.domain import actions as act
from ebl_service.domain.ledger import LedgerIdentity
from ebl_service.domain.party import Party
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.submission import first_title_of
from ebl_service.domain.terms import Address, Seconds, TitleId, title_id_of
from ebl_service.domain.title import Title, evolve
from ebl_service.domain.title_rules import Rules, decide
from ebl_service.errors import LedgerDisagrees
from ebl_service.errors.refusals import Refusal


class Foresight:
    """Titles as they stand in the index, moved on by the acts that are on their way."""

    def __init__(
        self,
        identity: LedgerIdentity,
        titles: dict[TitleId, Title],
        parties: dict[Address, Party],
        now: Seconds,
    ) -> None:
        self._separator = identity.titles_domain.separator
        self._indexed = titles
        self._titles = dict(titles)
        self._rules = Rules(self._titles, parties, now, identity.reject_period, identity.answer_period)

    def expect(self, waiting: Iterable[SignedAct]) -> None:
        """Move on by acts on their way; what would not stand changes nothing."""
        for signed in waiting:
            self.judge(signed)

    def judge(self, signed: SignedAct) -> Refusal | None:
        """What the rulebook says of an act after all before it; it moves the titles on where it stands."""
        try:
            events = decide(self._rules, signed.act, signed.signer)
        except Refusal as refusal:
            return refusal
        for event in events:
            try:
                self._titles[event.title_id] = evolve(self._titles.get(event.title_id), event, self._separator)
            except LedgerDisagrees:  # an issue whose title id is not the one its terms give: for the ledger to refuse
                return None
        return None

    def is_behind(self, asked: act.Act) -> bool:
        """Whether it counts on acts that have not landed: only the rulebook can judge it now.

        An act at the indexed sequence counts on nothing, even where another one that uses it is on its way.
        """
        if isinstance(asked, act.Issue):
            return False
        pairs = sequences_of(asked)
        for title_id, sequence in pairs:
            expected, indexed = self._titles.get(title_id), self._indexed.get(title_id)
            if expected is not None and expected is not indexed and expected.sequence == sequence:
                return indexed is None or indexed.sequence < sequence
        return False

    def judge_as_indexed(self, signed: SignedAct) -> Refusal | None:
        """What the rulebook says of an act on the titles as the index has them."""
        try:
            decide(replace(self._rules, titles=self._indexed), signed.act, signed.signer)
        except Refusal as refusal:
            return refusal
        return None

    def indexed(self, asked: act.Act) -> Title | None:
        """The title as indexed, where the act is on it as it stands there."""
        title_id, sequence = first_title_of(asked)
        title = self._indexed.get(title_id)
        return title if title is not None and title.sequence == sequence else None


def sequences_of(asked: act.Act) -> list[tuple[TitleId, int]]:
    """The titles an act is on, each with the sequence the act expects it at."""
    if isinstance(asked, act.Replace):
        return list(zip(asked.old_ids, asked.sequences, strict=False))
    return [(asked.title_id, asked.sequence)]


def titles_touched(asked: act.Act, actor: Address) -> list[TitleId]:
    """The titles an act reads or brings about."""
    titles = list(act.titles_of(asked))
    if isinstance(asked, act.Replace):
        titles += [title_id_of(actor, new.reference_digest, new.version) for new in asked.new_titles]
    return titles


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
        case _:
            pass
    return [account for account in named if account is not None]


def all_titles(acts: Sequence[SignedAct]) -> set[TitleId]:
    """Every title these acts touch."""
    return {title for signed in acts for title in titles_touched(signed.act, signed.signer)}
