"""A certificate on a ledger in memory, tied to a title that changes hands."""

from typing import Any

from ebl_service.domain.actions import Transfer
from ebl_service.domain.certificate_actions import IssueCertificate
from ebl_service.domain.terms import CertificateId, Digest, Mode, Role, certificate_id_of, digest
from tests.clerk import BANK, BUYER, CARRIER, SHIPPER, issue, key
from tests.fake_ledger import IDENTITY, FakeLedger

INSURER = key("insurer")
A_YEAR = 365 * 86_400


def certificate_for(title_id: str, now: int, **changes: Any) -> IssueCertificate:
    """FOLLOW, all risks from a year on, where nothing else is said."""
    reference = Digest(changes.pop("reference_digest", digest(71)))
    values: dict[str, Any] = {
        "certificate_id": certificate_id_of(INSURER.address, reference),
        "title_id": title_id,
        "mode": Mode.FOLLOW,
        "named": None,
        "cargo_attaches_at": now + A_YEAR,
        "war_attaches_at": now + A_YEAR,
        "strikes_attaches_at": now + A_YEAR,
        "reference_digest": reference,
        "commitment": digest(72),
    }
    return IssueCertificate(**values | changes)


def certified(**changes: Any) -> tuple[FakeLedger, CertificateId]:
    """A ledger with parties, a title, its certificate, and a transfer after it."""
    ledger = FakeLedger()
    ledger.register(CARRIER.address, roles=Role.CARRIER)
    ledger.register(INSURER.address, roles=Role.INSURER)
    ledger.register(SHIPPER.address, BANK.address, BUYER.address)
    ledger.mine()
    title, later = issue(), ledger.tip.time + 86_400
    asked = certificate_for(title.title_id, ledger.tip.time, **changes)
    for who, act in ((CARRIER, title), (INSURER, asked), (SHIPPER, Transfer(title.title_id, 1, BANK.address))):
        ledger.someone_sends(who.sign_act(IDENTITY.domain_of(act), act, later))
        ledger.mine()
    assert asked.certificate_id in ledger.world.certificates
    return ledger, asked.certificate_id
