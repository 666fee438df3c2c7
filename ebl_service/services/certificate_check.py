"""Walking every certificate from the chain: what its events tell against what the contract says, and what is amiss.

    report = await check_certificates(ledger, identity)       report.divergences must be empty

Rules kept here
- The walk begins with nothing and reads the ledger only: it does not take the index's word for anything.
- At its end, and with `every_block` after each block from `since` on that touched a certificate or its title, the
  contract's own view at that block is asked: title, assured, payee, sequence, commitment and head must be what the
  events lead to.
- A divergence is a contradiction of the ledger; a finding is a certificate that a party should look at.

Left to others: what the documents behind certificates say, which the ledger does not know (`services.cover`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from ebl_service.domain import certificate as certificates
from ebl_service.domain import title as titles
from ebl_service.domain.certificate import Certificate, assured, payee, status
from ebl_service.domain.certificate_events import CertificateEvent
from ebl_service.domain.events import TitleEvent
from ebl_service.domain.ledger import Assurance, Ledger, LedgerIdentity, Recorded
from ebl_service.domain.terms import CertificateId, CertificateStatus, TitleId
from ebl_service.domain.title import Title

BLOCKS_AT_ONCE = 2_000
ASKED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Divergence:
    """The contract says one thing, the events another. `what`: the member that differs."""

    certificate_id: CertificateId
    block_number: int
    what: str
    contract: str
    events: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A certificate that is no contradiction, but wants somebody's attention."""

    certificate_id: CertificateId
    title_id: TitleId
    status: CertificateStatus


@dataclass(slots=True)
class Report:
    """What the walk came upon. `blocks`: how many moments were compared."""

    ids: list[CertificateId] = field(default_factory=list)
    blocks: int = 0
    head: int = -1
    divergences: list[Divergence] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def certificates(self) -> int:
        """How many there are."""
        return len(self.ids)

    @property
    def told(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "certificates": self.certificates,
            "blocks": self.blocks,
            "head": self.head,
            "divergences": [
                {
                    "certificateId": each.certificate_id,
                    "blockNumber": each.block_number,
                    "what": each.what,
                    "contract": each.contract,
                    "events": each.events,
                }
                for each in self.divergences
            ],
            "findings": [
                {"certificateId": each.certificate_id, "titleId": each.title_id, "status": each.status.name}
                for each in self.findings
            ],
        }


@dataclass(slots=True)
class _Told:
    """Titles and certificates as the events tell them."""

    identity: LedgerIdentity
    titles: dict[TitleId, Title] = field(default_factory=dict)
    certificates: dict[CertificateId, Certificate] = field(default_factory=dict)
    tied: dict[TitleId, set[CertificateId]] = field(default_factory=dict)

    def take(self, recorded: Recorded) -> set[CertificateId]:
        """Let an event happen; the certificates it touches."""
        event = recorded.event
        if isinstance(event, TitleEvent):
            known, separator = self.titles.get(event.title_id), self.identity.titles_domain.separator
            self.titles[event.title_id] = titles.evolve(known, event, separator)
            return self.tied.get(event.title_id, set())
        if isinstance(event, CertificateEvent):
            before, separator = self.certificates.get(event.certificate_id), self.identity.insurance_domain.separator
            after = certificates.evolve(before, event, separator)
            if before is not None:
                self.tied[before.title_id].discard(event.certificate_id)
            self.tied.setdefault(after.title_id, set()).add(event.certificate_id)
            self.certificates[event.certificate_id] = after
            return {event.certificate_id}
        return set()

    def assurance(self, certificate_id: CertificateId) -> Assurance:
        """What the contract should say."""
        certificate = self.certificates[certificate_id]
        title = self.titles[certificate.title_id]
        return Assurance(
            title_id=certificate.title_id,
            assured=assured(certificate, title),
            payee=payee(certificate, title),
            sequence=certificate.sequence,
            commitment=certificate.commitment,
            head=certificate.head,
        )


async def check_certificates(
    ledger: Ledger, identity: LedgerIdentity, *, every_block: bool = False, since: int = 0
) -> Report:
    """Walk them all. `every_block` needs a node that keeps the states since `since`, a block's number.

    Raises: LedgerUnavailable, LedgerDisagrees.
    """
    told, report, head = _Told(identity), Report(), await ledger.head()
    report.head = head.number
    for first in range(identity.deployment_block, head.number + 1, BLOCKS_AT_ONCE):
        last = min(head.number, first + BLOCKS_AT_ONCE - 1)
        for number, events in _by_block(await ledger.events(first, last)).items():
            touched = {each for recorded in events for each in told.take(recorded)}
            if every_block and touched and number >= since:
                await _compare(ledger, told, touched, number, report)
    await _compare(ledger, told, told.certificates, head.number, report)
    report.ids = sorted(told.certificates)
    for each in told.certificates.values():
        stands = status(each, told.titles[each.title_id], head.time)
        if stands is not CertificateStatus.IN_FORCE:
            report.findings.append(Finding(each.certificate_id, each.title_id, stands))
    return report


async def _compare(
    ledger: Ledger, told: _Told, which: Iterable[CertificateId], block_number: int, report: Report
) -> None:
    ids = sorted(which)
    report.blocks += 1
    for start in range(0, len(ids), ASKED_AT_ONCE):
        some = ids[start : start + ASKED_AT_ONCE]
        answers = await ledger.assurances(some, block_number)
        for certificate_id, said in zip(some, answers, strict=True):
            wanted = told.assurance(certificate_id)
            report.divergences += _differences(certificate_id, block_number, said, wanted)


def _differences(
    certificate_id: CertificateId, block_number: int, said: Assurance | None, wanted: Assurance
) -> list[Divergence]:
    if said is None:
        return [Divergence(certificate_id, block_number, "certificate", "none", "issued")]
    return [
        Divergence(certificate_id, block_number, name, str(getattr(said, name)), str(getattr(wanted, name)))
        for name in (each.name for each in fields(Assurance))
        if getattr(said, name) != getattr(wanted, name)
    ]


def _by_block(events: Iterable[Recorded]) -> Mapping[int, list[Recorded]]:
    blocks: dict[int, list[Recorded]] = {}
    for recorded in events:
        blocks.setdefault(recorded.block_number, []).append(recorded)
    return blocks
