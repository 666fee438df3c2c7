"""Random acts, honest and hostile: what an act is, who asks it, how it is signed, and what is wrong with it."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from ebl_service.chain.deployment import ANSWER_PERIOD, REJECT_PERIOD
from ebl_service.domain import actions as act
from ebl_service.domain.actions import Act, NewTitle
from ebl_service.domain.signed_act import LONGEST_DEADLINE, SignedAct
from ebl_service.domain.terms import NO_DIGEST, NOBODY, Purpose, Status, TitleId, digest, title_id_of
from ebl_service.domain.title import Title
from tests.contract.stage import AN_HOUR, Stage
from tests.contract.test_signed_acts import SPOILED, other_domains
from tests.local_chain import CAST, Person

HANDS = ("shipper", "bank", "other_bank", "consignee", "forwarder")
CARRIERS = ("carrier", "other_carrier")
ANYBODY = (*HANDS, *CARRIERS, "insurer", "stranger", "relayer", "registrar")
HAND_OVERS = (act.Transfer, act.Endorse, act.EndorseToOrder, act.EndorseInBlank)
WAYS = ("direct", "signed", "batched")
SPOILS = (
    *SPOILED,
    "by another key",
    "another chain",
    "a look-alike registry",
    "expired",
    "too distant",
    "just in time",
    "just near enough",
)
RECEIVERS = (*HANDS * 4, *CARRIERS, "stranger", "nobody", "insurer")
HALF = 0.5
T = TypeVar("T")


class Dice(random.Random):
    """One step's chances. Hypothesis draws the seed, so that a course can be played again and steps taken out of it;
    its own draws within a step are too uneven to get far."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._seed = seed

    def __repr__(self) -> str:
        return f"Dice({self._seed})"

    def at(self, step: int) -> "Dice":
        """The chances of this step: Hypothesis likes to give one seed many times."""
        self.seed(f"{self._seed}/{step}")
        return self

    def pick(self, of: Sequence[T]) -> T:
        """One of these."""
        return self.choice(of)

    def seldom(self) -> bool:
        """Now and then."""
        return self.random() < 0.1

    def some(self, of: Sequence[T], most: int) -> list[T]:
        """Up to so many of these, some perhaps twice."""
        return [self.choice(of) for _ in range(self.randint(0, most))] if of else []

    def drift(self) -> int:
        """How far off a sequence is: mostly not at all."""
        return self.pick((-1, 1)) if self.seldom() else 0


class Acts:
    """Draws acts on the titles that there are."""

    def __init__(self, stage: Stage, titles: dict[TitleId, Title]) -> None:
        self.stage = stage
        self.chain = stage.chain
        self.titles = titles
        self.references = 30  # how many numbers of bills a carrier draws from
        self._people = {"registrar": self.chain.registrar, **self.chain.people}

    def person(self, name: str) -> Person:
        return self._people[name]

    def address(self, name: str) -> Any:
        return NOBODY if name == "nobody" else self._people[name].address

    def owner(self, account: str) -> Person:
        return next(each for each in self._people.values() if each.address == account)

    def title(self, dice: Dice, *wanted: Status) -> Title | None:
        """One of the titles, mostly in a wanted status; None where there is none."""
        fitting = [title for title in self.titles.values() if title.status in wanted and not dice.seldom()]
        choice = fitting or (list(self.titles.values()) if not wanted or dice.random() < HALF else [])
        return dice.pick(choice) if choice else None

    def issue(self, dice: Dice) -> tuple[Person, Act]:
        carrier = self.person(dice.pick(CARRIERS * 4 + ("bank", "stranger")))
        endorsee = dice.pick((None, None, *HANDS, *HANDS, "carrier", "stranger", "nobody"))
        reference = digest(3, dice.randint(1, self.references)) if not dice.seldom() else NO_DIGEST
        asked = act.Issue(
            title_id=title_id_of(carrier.address, reference),
            holder=self.address(dice.pick(RECEIVERS)),
            endorsee=None if endorsee in {None, "nobody"} else self.address(endorsee),
            is_to_order=dice.pick((True, True, False)),
            reference_digest=reference,
            commitment=NO_DIGEST if dice.seldom() else digest(4, dice.randint(1, 30)),
        )
        return carrier, asked

    def hand_over(self, dice: Dice, title: Title) -> tuple[Person, Act]:
        """Bills that await their endorsee mostly come to it; else nobody could endorse any further."""
        to = self.address(dice.pick(RECEIVERS))
        kind = dice.pick(HAND_OVERS)
        if title.endorsee not in {None, title.holder} and dice.random() < HALF:
            kind, to = act.Transfer, title.endorsee
        if kind is act.EndorseInBlank and (to == NOBODY or dice.random() < HALF):
            to = None
        if kind is not act.Transfer and dice.seldom():
            to = title.holder
        return self._by(dice, title.holder), kind(title.title_id, title.sequence + dice.drift(), to)

    def plain(self, dice: Dice, title: Title) -> tuple[Person, Act]:
        """An act without arguments, mostly one that makes sense now."""
        kinds = [act.AcceptSurrender, act.RejectSurrender, act.WithdrawSurrender, act.WithdrawSurrender]
        if not title.status.is_pending:
            kinds = [act.Sign, act.RejectTransfer, act.RejectTransfer, act.RejectTransfer]
        if dice.seldom():
            kinds = [*kinds, act.AcceptSurrender, act.WithdrawSurrender, act.RejectTransfer]
        kind = dice.pick(kinds)
        waits = {act.WithdrawSurrender: (0.9, ANSWER_PERIOD), act.RejectTransfer: (0.2, REJECT_PERIOD)}
        chance, period = waits.get(kind, (0, 0))
        if dice.random() < chance:  # at the period's last second, or the one after
            self.stage.at(max(self.stage.next_time, title.acted_at + period + dice.pick((0, 1))))
        rightful = title.carrier if kind in {act.AcceptSurrender, act.RejectSurrender} else title.holder
        return self._by(dice, rightful), kind(title.title_id, title.sequence + dice.drift())

    def request(self, dice: Dice, title: Title) -> tuple[Person, Act]:
        purpose = dice.pick((*Purpose, Purpose.AMENDMENT))
        reason = dice.pick((NO_DIGEST, digest(5)))
        asked = act.RequestSurrender(title.title_id, title.sequence + dice.drift(), purpose, reason)
        return self._by(dice, title.holder), asked

    def replacement(self, dice: Dice) -> tuple[Person, Act]:
        amended = [title for title in self.titles.values() if title.status is Status.SURRENDERED_FOR_AMENDMENT]
        old = dice.sample(amended, min(len(amended), dice.randint(1, 3)))
        if not old or dice.seldom():
            old = [*old, dice.pick(list(self.titles.values()))]
        carrier = self._by(dice, old[0].carrier) if old else self.chain.carrier
        if not dice.seldom():
            old = [title for title in old if title.carrier == carrier.address]
        if not dice.seldom():
            old = sorted({title.title_id: title for title in old}.values(), key=_id)
        new = [self._new(dice, old) for _ in range(dice.pick((0, 1, 1, 1, 2, 3)))]
        if not dice.seldom():
            new = sorted(new, key=lambda made: title_id_of(carrier.address, made.reference_digest, made.version))
        if dice.seldom():
            new *= 9
        sequences = [title.sequence + dice.drift() for title in old]
        if dice.seldom():
            sequences = sequences[1:]
        return carrier, act.Replace(tuple(map(_id, old)), tuple(sequences), tuple(new))

    def _new(self, dice: Dice, old: list[Title]) -> NewTitle:
        follows = dice.pick((*old, None, None))
        version, reference = 0, digest(3, dice.randint(1, 2 * self.references))
        if follows is not None:
            version, reference = follows.version + dice.pick((0, 1, 1, 1, 1, 2)), follows.reference_digest
        endorsee = dice.pick((None, None, *HANDS, "carrier", "stranger"))
        return NewTitle(
            endorsee=self.address(endorsee) if endorsee else None,
            is_to_order=not dice.seldom(),
            version=version,
            reference_digest=reference,
            commitment=NO_DIGEST if dice.seldom() else digest(4, dice.randint(1, 30)),
        )

    def _by(self, dice: Dice, rightful: str) -> Person:
        return self.person(dice.pick(ANYBODY)) if dice.seldom() else self.owner(rightful)

    # Signing

    def sign(self, actor: Person, asked: Act) -> SignedAct:
        return self.stage.sign(actor, asked, self.stage.next_time + AN_HOUR)

    def spoil(self, dice: Dice, actor: Person, asked: Act, how: str) -> SignedAct:
        """The act signed, with this wrong about it."""
        times = {
            "expired": self.stage.next_time - 1,
            "just in time": self.stage.next_time,
            "just near enough": self.stage.next_time + LONGEST_DEADLINE,
            "too distant": self.stage.next_time + LONGEST_DEADLINE + 1,
        }
        signed = self.stage.sign(actor, asked, times.get(how, self.stage.next_time + AN_HOUR))
        if how in SPOILED:
            return replace(signed, signature=SPOILED[how](signed.signature))
        if how == "by another key":
            return replace(self.sign(self.person(dice.pick(ANYBODY)), asked), signer=actor.address)
        if how in other_domains(self.chain):
            return actor.key.sign_act(other_domains(self.chain)[how], asked, signed.deadline)
        return signed


def _id(title: Title) -> TitleId:
    return title.title_id


assert set(HANDS) < set(CAST)
