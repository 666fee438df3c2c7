"""Certificates of insurance in a voyage: issued, relied on and claimed under as in trade.

    certificate = await insure(voyage, Cover())                   CIF: the buyer is insured as the bill reaches it
    certificate = await insure(voyage, Cover(named=bank))         a bank that holds the bill in pledge is paid first
    certificate = await insure(voyage, Cover(passes_with_title=False, named=buyer, incoterm="FOB"))   its own cover
    await on(voyage, certificate, actor, "NotifyClaim", …)        an act on it
    await must_assure(voyage, certificate, somebody)              whom it assures now
    await must_lack(voyage, somebody, "NO_COVER")                 what gaps who is entitled is told of

The seller states its terms of sale and lets the insurer read the title; the insurer hands its document in, is told what
every rule says, and signs the certificate. Whom it assures is asked of the service; at the end of all voyages every
certificate is walked from the chain (`ebl_service.services.certificate_check`).
"""

from typing import Any

from ebl_service.domain.terms import Digest, checksummed, digest
from voyage.carrier_system import LAW
from voyage.cast import Member
from voyage.clerk import Json
from voyage.insurance_papers import Cover, certificate, sale
from voyage.voyage import Unexpected, Voyage, addressed

AN_HOUR, A_MONTH = 3_600, 30 * 86_400


async def insure(voyage: Voyage, cover: Cover, *, short_of: tuple[str, ...] = ()) -> str:
    """A certificate of the insurer's for the title that lives now; its id. `short_of`: rules it must fall short of.

    Raises: Refused; Unexpected where the rules say otherwise of its document.
    """
    shown = await _issued(voyage, cover, short_of, None)
    voyage.certificate_ids.append(shown["certificateId"])
    return str(shown["certificateId"])


async def carry_over(voyage: Voyage, certificate_id: str, cover: Cover) -> None:
    """To the title that lives now, after an amendment, by an amended document."""
    told = await voyage.clerk.get(voyage.people.insurer, f"/v1/certificates/{certificate_id}")
    if told["status"] != "REVIEW":
        raise Unexpected(f"certificate {certificate_id} of a replaced title is {told['status']}, not in REVIEW")
    await _issued(voyage, cover, (), certificate_id)


async def waive(voyage: Voyage, certificate_id: str, assured: Member, rule: str) -> None:
    """Who is assured takes the certificate though it falls short; that stays visible. Raises: Unexpected."""
    path = f"/v1/certificates/{certificate_id}"
    await voyage.clerk.ask(assured, "POST", f"{path}/waivers", {"rule": rule})
    told = await voyage.clerk.get(voyage.people.insurer, f"{path}/assessment")
    if [each["rule"] for each in told["waivers"]] != [rule] or rule not in _short(told["verdicts"]):
        raise Unexpected(f"certificate {certificate_id}: {rule} was waived, and does not stand so")


async def discrepancies(voyage: Voyage) -> int:
    """How many rules the certificates of a voyage fall short of now, as their insurer reads it."""
    short = [
        _short((await voyage.clerk.get(voyage.people.insurer, f"/v1/certificates/{each}/assessment"))["verdicts"])
        for each in voyage.certificate_ids
    ]
    return sum(map(len, short))


async def on(voyage: Voyage, certificate_id: str, actor: Member, verb: str, **arguments: Any) -> None:
    """An act on a certificate. Raises: Refused."""
    await voyage.perform(actor, {"verb": verb, "certificateId": certificate_id, **addressed(arguments)})


async def must_refuse(
    voyage: Voyage, certificate_id: str, rule: str, actor: Member, verb: str, **arguments: Any
) -> None:
    """An act on a certificate that the rules refuse. Raises: Unexpected where they do not."""
    asked = {"verb": verb, "certificateId": certificate_id, **addressed(arguments)}
    await voyage.expect(rule, actor, verb, voyage.perform(actor, asked))


async def must_assure(voyage: Voyage, certificate_id: str, somebody: Member) -> None:
    """Raises: Unexpected where the certificate assures another."""
    told = await voyage.clerk.get(voyage.people.insurer, f"/v1/certificates/{certificate_id}")
    if told["assured"].lower() != somebody.address:
        raise Unexpected(f"certificate {certificate_id} assures {told['assured']}, not {somebody.name}")


async def must_lack(voyage: Voyage, entitled: Member, *kinds: str) -> None:
    """Raises: Unexpected where who is entitled is told of other gaps in its cover."""
    told = await voyage.clerk.get(entitled, f"/v1/titles/{voyage.title_id}/gaps")
    found = tuple(gap["kind"] for gap in told["gaps"])
    if found != kinds:
        raise Unexpected(f"{entitled.name} is told of the gaps {found}, not {kinds}")
    voyage.tell_gaps(entitled, told["gaps"])


async def claim(voyage: Voyage, certificate_id: str, assured: Member, payee: Member) -> None:
    """A loss found late: notified, acknowledged, surveyed, settled; the insurer is subrogated."""
    insurer, paper = voyage.people.insurer, _paper(voyage, "claim")
    await on(voyage, certificate_id, assured, "NotifyClaim", documentsDigest=paper)
    number = (await voyage.clerk.get(insurer, f"/v1/certificates/{certificate_id}"))["claims"][-1]["number"]
    await on(voyage, certificate_id, insurer, "AcknowledgeClaim", claim=number)
    await on(voyage, certificate_id, insurer, "SurveyClaim", claim=number, surveyDigest=paper)
    settlement = {"settlementDigest": paper, "subrogationDigest": paper}
    await on(voyage, certificate_id, insurer, "SettleClaim", claim=number, payee=payee, **settlement)


async def _issued(voyage: Voyage, cover: Cover, short_of: tuple[str, ...], amended: str | None) -> Json:
    """The document, handed in and its act signed. `amended`: the certificate that is carried over."""
    insurer, seller = voyage.people.insurer, voyage.people.shipper
    await _sold(voyage, seller, cover)
    until = (await voyage.ledger.head()).time + A_MONTH
    grant = {"to": insurer.address, "expiresAt": until}
    await voyage.clerk.ask(seller, "POST", f"/v1/titles/{voyage.title_id}/grants", grant)
    reference = f"SMI-{voyage.bill.reference}-{len(voyage.certificate_ids) - (amended is not None)}"
    document = certificate(voyage.bill, cover, insurer, seller, reference)
    if cover.passes_with_title:
        document["assignment"] = await _assignment(voyage)
    given = {"document": document, "titleId": voyage.title_id, "certificateId": amended, **LAW}
    answer = await voyage.clerk.ask(insurer, "POST", "/v1/insurance-documents", {"documents": [given]})
    [result] = answer["results"]
    shown: Json = result["document"]
    unclear = [each["rule"] for each in shown["verdicts"] if each["outcome"] == "NOT_CHECKABLE"]
    if unclear or _short(shown["verdicts"]) != short_of:
        raise Unexpected(f"the document falls short of {_short(shown['verdicts'])}, not {short_of}; unclear: {unclear}")
    await voyage.land(insurer, voyage.clerk.signed(insurer, result["act"]["typedData"]))
    voyage.tell_insured(shown)
    return shown


async def _sold(voyage: Voyage, seller: Member, cover: Cover) -> None:
    """The seller signs the terms of sale, by which the rules judge."""
    path = f"/v1/titles/{voyage.title_id}/terms-of-sale"
    asked = {"terms": sale(voyage.bill, cover), "deadline": (await voyage.ledger.head()).time + AN_HOUR}
    to_sign = await voyage.clerk.ask(seller, "POST", f"{path}/typed-data", asked)
    signed = voyage.clerk.signed(seller, to_sign["typedData"])
    given = asked | {"signer": signed["signer"], "signature": signed["signature"]}
    await voyage.clerk.ask(seller, "PUT", path, given)


async def _assignment(voyage: Voyage) -> Json:
    """The title as manner of assignment."""
    identity = await voyage.ledger.identity()
    return {
        "chainId": identity.chain_id,
        "titleRegistry": checksummed(identity.title_registry),
        "titleId": voyage.title_id,
        "clause": "This certificate is assigned by, and passes with, the title named here, and in no other manner.",
    }


def _short(verdicts: list[Json]) -> tuple[str, ...]:
    return tuple(each["rule"] for each in verdicts if each["outcome"] == "DISCREPANT")


def _paper(voyage: Voyage, what: str) -> Digest:
    """Stands for the digest of papers about a claim, which go from hand to hand."""
    return digest("0x" + f"{voyage.bill.reference} {what}".encode().hex()[-64:])
