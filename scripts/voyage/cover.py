"""Certificates of insurance in a voyage: issued, relied on and claimed under as in trade.

    certificate = await insure(voyage, "FOLLOW")                  CIF: the buyer is insured as the bill reaches it
    certificate = await insure(voyage, "LOSS_PAYEE", bank)        a bank that holds the bill in pledge is paid first
    certificate = await insure(voyage, "NONE", buyer)             FOB: the buyer's own cover
    await on(voyage, certificate, actor, "NotifyClaim", …)        an act on it
    await must_assure(voyage, certificate, somebody)              whom it assures now

Whom a certificate assures is asked of the service; at the end of all voyages every certificate is walked from the chain
(`ebl_service.services.certificate_check`).
"""

from typing import Any

from ebl_service.domain.terms import Digest, digest
from voyage.cast import Member
from voyage.voyage import Unexpected, Voyage, addressed

SIXTY_DAYS = 60 * 86_400


async def insure(voyage: Voyage, mode: str, named: Member | None = None, *, attaches_in: int = 0) -> str:
    """A certificate of the insurer's for the title that lives now; its id. `attaches_in`: seconds from now."""
    attaches = (await voyage.ledger.head()).time + attaches_in
    paper = _paper(voyage, mode)
    asked = {
        "verb": "IssueCertificate",
        "insurer": voyage.people.insurer.address,
        "titleId": voyage.title_id,
        "mode": mode,
        "named": named.address if named else None,
        "cargoAttachesAt": attaches,
        "warAttachesAt": attaches,
        "strikesAttachesAt": attaches,
        "referenceDigest": digest(paper, voyage.title_id, len(voyage.certificate_ids)),
        "commitment": paper,
    }
    landed = await voyage.perform(voyage.people.insurer, asked)
    certificate = str(landed.submission["certificateId"])
    voyage.certificate_ids.append(certificate)
    return certificate


async def on(voyage: Voyage, certificate: str, actor: Member, verb: str, **arguments: Any) -> None:
    """An act on a certificate. Raises: Refused."""
    await voyage.perform(actor, {"verb": verb, "certificateId": certificate, **addressed(arguments)})


async def must_refuse(voyage: Voyage, certificate: str, rule: str, actor: Member, verb: str, **arguments: Any) -> None:
    """An act on a certificate that the rules refuse. Raises: Unexpected where they do not."""
    asked = {"verb": verb, "certificateId": certificate, **addressed(arguments)}
    await voyage.expect(rule, actor, verb, voyage.perform(actor, asked))


async def must_assure(voyage: Voyage, certificate: str, somebody: Member) -> None:
    """Raises: Unexpected where the certificate assures another."""
    told = await voyage.clerk.get(voyage.people.insurer, f"/v1/certificates/{certificate}")
    if told["assured"].lower() != somebody.address:
        raise Unexpected(f"certificate {certificate} assures {told['assured']}, not {somebody.name}")


async def claim(voyage: Voyage, certificate: str, assured: Member, payee: Member) -> None:
    """A loss found late: notified, acknowledged, surveyed, settled; the insurer is subrogated."""
    insurer, paper = voyage.people.insurer, _paper(voyage, "claim")
    await on(voyage, certificate, assured, "NotifyClaim", documentsDigest=paper)
    number = (await voyage.clerk.get(voyage.people.insurer, f"/v1/certificates/{certificate}"))["claims"][-1]["number"]
    await on(voyage, certificate, insurer, "AcknowledgeClaim", claim=number)
    await on(voyage, certificate, insurer, "SurveyClaim", claim=number, surveyDigest=paper)
    settlement = {"settlementDigest": paper, "subrogationDigest": paper}
    await on(voyage, certificate, insurer, "SettleClaim", claim=number, payee=payee, **settlement)


async def carry_over(voyage: Voyage, certificate: str) -> None:
    """To the title that lives now, after an amendment."""
    told = await voyage.clerk.get(voyage.people.insurer, f"/v1/certificates/{certificate}")
    if told["status"] != "REVIEW":
        raise Unexpected(f"certificate {certificate} of a replaced title is {told['status']}, not in REVIEW")
    amended = {"titleId": voyage.title_id, "commitment": _paper(voyage, "amended")}
    await on(voyage, certificate, voyage.people.insurer, "CarryOver", **amended)


def _paper(voyage: Voyage, what: str) -> Digest:
    """Stands for the digest of a document of the insurer's."""
    return digest("0x" + f"{voyage.bill.reference} {what}".encode().hex()[-64:])
