"""CargoInsurance beside TitleRegistry against the rulebook in plain Python: random and hostile acts on both.

They must agree on yes or no, on the error's name and arguments, on the events, and on every certificate's state,
status, assured, payee, claims and head, whatever becomes of its title. EBL_DEEP=1 plays thirty times as long.
"""

from functools import partial
from typing import ClassVar

from hypothesis import settings
from hypothesis.stateful import initialize, run_state_machine_as_test

from ebl_service.chain.event_codec import decode_event
from ebl_service.domain import certificate as insured
from ebl_service.domain import events as happened
from ebl_service.domain.actions import AcceptSurrender, Act, NewTitle, Replace, RequestSurrender
from ebl_service.domain.certificate_actions import (
    CERTIFICATE_ACTS,
    AcknowledgeClaim,
    CancelCertificate,
    CarryOver,
    ConsentToCancellation,
    NotifyClaim,
    ReleaseLossPayee,
)
from ebl_service.domain.certificate_rules import CONSENT_PERIOD
from ebl_service.domain.terms import Mode, Part, Purpose, Role, Status, certificate_id_of, digest
from ebl_service.errors import certificate_refusals
from ebl_service.errors.refusals import REFUSALS, Refusal
from tests.contract.abi import refusal_of
from tests.contract.play import DEEP, MOST_ENCORES, PROFILE, SEEN, STOOD
from tests.contract.random_acts import Dice
from tests.contract.random_covers import Covers
from tests.contract.stage import Proof, Replacement, signed_data
from tests.contract.test_rulebook import DICE, WAYS, Rulebook, _same_refusal
from tests.local_chain import LocalChain, Person

SETTINGS = settings(PROFILE, max_examples=1000 if DEEP else 30, stateful_step_count=70)
ENCORE = settings(SETTINGS, derandomize=False, max_examples=15)
KINDS = {
    "issue": 3,
    "hand_over": 6,
    "plain": 3,
    "request_surrender": 3,
    "have_amended": 2,
    "have_replaced": 4,
    "issue_certificate": 6,
    "insure_under_suspension": 2,
    "carry_over": 4,
    "consent": 3,
    "cancel": 5,
    "consent_and_cancel": 4,
    "release": 3,
    "notify": 4,
    "answer": 10,
    "act_on_no_certificate": 1,
    "replay": 2,
    "many_in_a_batch": 2,
    "standing": 2,
    "wait": 2,
}
OWN = {name for name, kind in REFUSALS.items() if kind.__module__ == certificate_refusals.__name__}


class InsuranceRulebook(Rulebook):
    """Plays acts on titles and on certificates tied to them."""

    kinds = KINDS
    offices: ClassVar = Rulebook.offices | {"insurer": Role.INSURER}

    def __init__(self, chain: LocalChain) -> None:
        super().__init__(chain)
        self.covers = Covers(self.stage, self.acts, self.oracle.titles, self.oracle.certificates)

    @initialize(dice=DICE)
    def insure_some(self, dice: Dice) -> None:
        for _ in range(4):
            self.issue(dice)
            self.issue_certificate(dice)

    def issue_certificate(self, dice: Dice) -> None:
        self._ask(dice, *self.covers.issue(dice))

    def insure_under_suspension(self, dice: Dice) -> None:
        """The insurer, or whom it names, is suspended for once."""
        insurer, asked = self.covers.issue(dice)
        account = dice.pick((insurer.address, asked.named or insurer.address))
        if account in self.oracle.parties and not self.oracle.parties[account].is_suspended:
            self._change_standing(self.chain.registrar, "suspend", account)
            self._ask(dice, insurer, asked)
            self._change_standing(self.chain.registrar, "reinstate", account)

    def carry_over(self, dice: Dice) -> None:
        self._maybe(dice, self.covers.carry_over(dice))

    def consent(self, dice: Dice) -> None:
        self._maybe(dice, self.covers.consent(dice))

    def cancel(self, dice: Dice) -> None:
        self._maybe(dice, self.covers.cancel(dice))

    def release(self, dice: Dice) -> None:
        self._maybe(dice, self.covers.release(dice))

    def notify(self, dice: Dice) -> None:
        self._maybe(dice, self.covers.notify(dice))

    def answer(self, dice: Dice) -> None:
        self._maybe(dice, self.covers.answer(dice))

    def consent_and_cancel(self, dice: Dice) -> None:
        """One right after the other, with time or a hand-over in between now and then."""
        asked = self.covers.consent(dice)
        if asked is None:
            return
        actor, consent = asked
        self._direct(actor, consent)
        certificate = self.oracle.certificates[consent.certificate_id]
        if dice.seldom():
            self.stage.wait(CONSENT_PERIOD + dice.pick((0, 1)))
        if dice.seldom():
            title = self.oracle.titles[certificate.title_id]
            self._ask(dice, *self.acts.hand_over(dice, title))
        cancel = CancelCertificate(consent.certificate_id, certificate.sequence, consent.part)
        self._ask(dice, self.acts.owner(certificate.insurer), cancel)

    def have_replaced(self, dice: Dice) -> None:
        """An insured title surrendered, accepted and replaced, divided now and then: something to carry over to."""
        insured_ids = {each.title_id for each in self.oracle.certificates.values()}
        titles = [each for each in self.oracle.titles.values() if each.title_id in insured_ids]
        live = [each for each in titles if each.status is Status.ISSUED]
        if not live:
            return
        title = dice.pick(live)
        holder, carrier = self.acts.owner(title.holder), self.acts.owner(title.carrier)
        self._direct(holder, RequestSurrender(title.title_id, title.sequence, Purpose.AMENDMENT))
        self._direct(carrier, AcceptSurrender(title.title_id, title.sequence + 1))
        made = [NewTitle(None, True, title.version + 1, title.reference_digest, digest(4, 1))]
        if dice.seldom():
            made.append(NewTitle(None, True, 0, digest(3, dice.randint(61, 999)), digest(4, 1)))
            made = sorted(made, key=lambda new: self._id(title.carrier, new))
        self._direct(carrier, Replace((title.title_id,), (title.sequence + 2,), tuple(made)))

    @staticmethod
    def _id(carrier: str, made: NewTitle) -> str:
        return digest(carrier, made.reference_digest, made.version)

    def act_on_no_certificate(self, dice: Dice) -> None:
        nothing = certificate_id_of(self.chain.insurer.address, digest(99))
        one = digest(1)
        acts: list[Act] = [
            NotifyClaim(nothing, 1, one),
            CancelCertificate(nothing, 1, Part.ALL),
            ReleaseLossPayee(nothing, 1),
            AcknowledgeClaim(nothing, 1, 2),
            CarryOver(nothing, 1, one, one),
            ConsentToCancellation(nothing, 1, Part.WAR),
        ]
        self._direct(self.chain.insurer, dice.pick(acts))

    def many_in_a_batch(self, dice: Dice) -> None:
        """Acts on certificates, new and old; each is judged as the ones before it left things."""
        kept = [pair for pair in self.kept if type(pair[0].act).__name__ in CERTIFICATE_ACTS]
        batch = dice.some(kept, 2)
        for play in dice.some((self.covers.notify, self.covers.answer, self.covers.cancel, self.covers.issue), 3):
            asked = play(dice)
            if asked is not None:
                batch.append((self.acts.sign(*asked), self._proof(asked[1])))
        now = self.stage.next_time
        calls = [signed_data(signed, proof) for signed, proof in batch]
        self.stage.call(self.chain.relayer, "CargoInsurance", "batch", calls)
        told = iter([decode_event(log["topics"], log["data"]) for log in self.stage.logs])
        for index, (signed, proof) in enumerate(batch):
            verdict = self.oracle.judge(signed, now, proof)
            if isinstance(verdict, Refusal):
                refused = next(told)
                assert isinstance(refused, happened.ActRefused)
                assert refused.index == index
                _same_refusal(refusal_of("CargoInsurance", bytes.fromhex(refused.reason[2:])), verdict)
            else:
                assert [next(told) for _ in verdict] == list(verdict)
                self._took(verdict)
        assert next(told, None) is None
        self._agree()

    # Playing

    def _maybe(self, dice: Dice, asked: tuple[Person, Act] | None) -> None:
        if asked is not None:
            self._ask(dice, *asked)

    def _proof(self, asked: Act) -> Proof:
        if not isinstance(asked, CarryOver):
            return super()._proof(asked)
        certificate = self.oracle.certificates.get(asked.certificate_id)
        return Replacement.of(self.oracle.titles[certificate.title_id]) if certificate else None

    def _other_proof(self, dice: Dice, proof: Proof) -> Proof:
        if not isinstance(proof, Replacement):
            return super()._other_proof(dice, proof)
        if dice.seldom():
            return proof._replace(new_ids=(*proof.new_ids, dice.pick(list(self.oracle.titles))))
        return Replacement.of(dice.pick(list(self.oracle.titles.values())))

    def teardown(self) -> None:
        for certificate in self.oracle.certificates.values():
            title = self.oracle.titles[certificate.title_id]
            is_delivered = title.status is Status.SURRENDERED_FOR_DELIVERY and not title.is_to_order
            if certificate.mode is not Mode.NONE and not is_delivered:
                assert insured.assured(certificate, title) == self.stage.view("entitledOf", title.title_id)
        super().teardown()


def test_certificates_and_titles_agree_with_the_rulebook_whatever_is_played(deployed_chain: LocalChain) -> None:
    run_state_machine_as_test(partial(InsuranceRulebook, deployed_chain), settings=SETTINGS)
    for _ in range(MOST_ENCORES):  # the course depends on Hypothesis and Python: where it was poor, more is played
        if not _never_stood() and not _never_came_up():
            break
        run_state_machine_as_test(partial(InsuranceRulebook, deployed_chain), settings=ENCORE)
    assert _never_stood() == set(), "the play was too poor: these never stood"
    assert _never_came_up() == set(), "the play was too poor: these never came up"


def _never_stood() -> set[tuple[str, str]]:
    return {(name, way) for name in CERTIFICATE_ACTS for way in WAYS} - STOOD.keys()


def _never_came_up() -> set[str]:
    return OWN - SEEN.keys()
