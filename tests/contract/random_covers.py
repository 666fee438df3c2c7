"""Random acts on certificates of insurance, honest and hostile, beside those on titles."""

from collections.abc import Callable, Iterable

from ebl_service.domain import certificate_actions as act
from ebl_service.domain.certificate import Certificate, assured, payee
from ebl_service.domain.terms import (
    NO_DIGEST,
    CertificateId,
    ClaimStatus,
    Mode,
    Part,
    Status,
    TitleId,
    certificate_id_of,
    digest,
)
from ebl_service.domain.title import Title
from tests.contract.random_acts import HALF, HANDS, Acts, Dice
from tests.contract.stage import Stage
from tests.local_chain import Person

A_DAY = 24 * 3600
OPEN = (ClaimStatus.NOTIFIED, ClaimStatus.ACKNOWLEDGED, ClaimStatus.SURVEYED)


class Covers:
    """Draws acts on the certificates that there are."""

    def __init__(
        self, stage: Stage, acts: Acts, titles: dict[TitleId, Title], known: dict[CertificateId, Certificate]
    ) -> None:
        self.stage = stage
        self.acts = acts
        self.titles = titles
        self.certificates = known
        self.references = 60  # how many numbers of certificates an insurer draws from

    def certificate(self, dice: Dice, fits: Callable[[Certificate], bool] = lambda _: True) -> Certificate | None:
        """One of the certificates, mostly one that fits; None where there is none."""
        fitting = [each for each in self.certificates.values() if fits(each) and not dice.seldom()]
        choice = fitting or (list(self.certificates.values()) if dice.random() < HALF else [])
        return dice.pick(choice) if choice else None

    def title_of(self, certificate: Certificate) -> Title:
        return self.titles[certificate.title_id]

    def issue(self, dice: Dice) -> tuple[Person, act.IssueCertificate]:
        insurer = self.acts.person(dice.pick(("insurer",) * 12 + ("bank", "carrier", "stranger")))
        reference = NO_DIGEST if dice.seldom() else digest(7, dice.randint(1, self.references))
        mode = dice.pick((Mode.FOLLOW, Mode.FOLLOW, *Mode))
        named = None
        if (mode is not Mode.FOLLOW) != dice.seldom():
            named = self.acts.address(dice.pick((*HANDS * 3, "insurer", "carrier", "stranger")))
        live = [each.title_id for each in self.titles.values() if each.status.is_live or dice.seldom()]
        title_id = dice.pick(live) if live and not dice.seldom() else TitleId(digest(8, dice.randint(1, 3)))
        is_covered = not dice.seldom()
        cargo, war, strikes = (self._attaches(dice) if is_covered else 0 for _ in range(3))
        asked = act.IssueCertificate(
            certificate_id=certificate_id_of(insurer.address, reference),
            title_id=title_id,
            mode=mode,
            named=named,
            cargo_attaches_at=cargo,
            war_attaches_at=war,
            strikes_attaches_at=strikes,
            reference_digest=reference,
            commitment=NO_DIGEST if dice.seldom() else digest(9, dice.randint(1, 30)),
        )
        return insurer, asked

    def _attaches(self, dice: Dice) -> int:
        now, midnight = self.stage.next_time, (self.stage.next_time // A_DAY + 1) * A_DAY
        near = [midnight + days * A_DAY + dice.pick((-1, 0, 1)) for days in (7, 30)]
        return dice.pick((0, 0, now, now - 5 * A_DAY, now + 90 * A_DAY, now + 200 * A_DAY, *near))

    def carry_over(self, dice: Dice) -> tuple[Person, act.CarryOver] | None:
        found = self.certificate(dice, lambda each: self.title_of(each).status is Status.REPLACED)
        if found is None:
            return None
        news = self.title_of(found).replaced_by
        title_id = dice.pick(news) if news and dice.random() > HALF / 2 else dice.pick(list(self.titles))
        commitment = NO_DIGEST if dice.seldom() else digest(9, dice.randint(1, 30))
        return self._by(dice, found.insurer), act.CarryOver(*self._on(dice, found), title_id, commitment)

    def consent(self, dice: Dice) -> tuple[Person, act.ConsentToCancellation] | None:
        found = self.certificate(dice, lambda each: each.loss_payee is None)
        if found is None:
            return None
        part = dice.pick([each for each in Part if any(found.attaches_at.of(each))] or [Part.ALL])
        asked = act.ConsentToCancellation(*self._on(dice, found), part)
        return self._by(dice, assured(found, self.title_of(found))), asked

    def cancel(self, dice: Dice) -> tuple[Person, act.CancelCertificate] | None:
        has_payee = dice.random() < HALF / 2
        found = self.certificate(
            dice, lambda each: each.loss_payee is not None if has_payee else each.consented is not None
        )
        found = found or self.certificate(dice)
        if found is None:
            return None
        part = found.consented if found.consented is not None and not dice.seldom() else dice.pick(list(Part))
        return self._by(dice, found.insurer), act.CancelCertificate(*self._on(dice, found), part)

    def release(self, dice: Dice) -> tuple[Person, act.ReleaseLossPayee] | None:
        found = self.certificate(dice, lambda each: each.mode is Mode.LOSS_PAYEE)
        if found is None:
            return None
        return self._by(dice, found.named or found.insurer), act.ReleaseLossPayee(*self._on(dice, found))

    def notify(self, dice: Dice) -> tuple[Person, act.NotifyClaim] | None:
        found = self.certificate(dice)
        if found is None:
            return None
        asked = act.NotifyClaim(*self._on(dice, found), NO_DIGEST if dice.seldom() else digest(10, 1))
        return self._by(dice, assured(found, self.title_of(found))), asked

    def answer(self, dice: Dice) -> tuple[Person, act.CertificateAct] | None:
        """The insurer's next step on a claim, mostly the right one."""
        found = self.certificate(dice, lambda each: any(claim.status in OPEN for claim in each.claims))
        if found is None:
            return None
        claims = [claim for claim in found.claims if claim.status in OPEN] or list(found.claims)
        claim = dice.pick(claims) if claims and not dice.seldom() else None
        number = claim.number if claim else dice.randint(0, 3)
        on = (*self._on(dice, found), number)
        something = NO_DIGEST if dice.seldom() else digest(11, dice.randint(1, 5))
        paid = payee(found, self.title_of(found))
        if dice.random() < HALF:
            paid = self.acts.address(dice.pick(HANDS))
        settled = act.SettleClaim(*on, paid, something, dice.pick((NO_DIGEST, digest(12))))
        answers: list[act.CertificateAct] = [
            act.SurveyClaim(*on, something),
            settled,
            settled,
            act.DeclineClaim(*on, something),
        ]
        is_new = claim is not None and claim.status is ClaimStatus.NOTIFIED
        asked = act.AcknowledgeClaim(*on) if is_new != dice.seldom() else dice.pick(answers)
        return self._by(dice, found.insurer), asked

    def _on(self, dice: Dice, found: Certificate) -> tuple[CertificateId, int]:
        return found.certificate_id, found.sequence + dice.drift()

    def _by(self, dice: Dice, rightful: str) -> Person:
        if dice.seldom() or not any(each.address == rightful for each in self.people):
            return self.acts.person(dice.pick(("insurer", "bank", "shipper", "stranger", "registrar")))
        return self.acts.owner(rightful)

    @property
    def people(self) -> Iterable[Person]:
        return self.acts.chain.people.values()
