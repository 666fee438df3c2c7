"""The papers behind cover: the seller's terms of sale, and what the insurer draws up for a bill.

    terms = sale(bill, cover)                                        CIF value, invoice, edition of the Incoterms
    document = certificate(bill, cover, insurer, seller, reference)  goods, vessel and voyage as the bill has them

What is agreed is a `Cover`: by which Incoterm the goods were sold, against what they are insured, for how much of their
value. Forms, agents and clauses are the sample's (samples/insurance); the title comes in by its `assignment`.
"""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from ebl_service.domain.insurance_document.shipment import Shipment, shipment_of
from ebl_service.domain.transport_document.reading import Part, part, text
from voyage.cast import ROOT, Member
from voyage.documents import Bill

FORM = ROOT / "samples" / "insurance" / "follow-cif-shanghai-singapore.json"
WAR, STRIKES = "WAR_CARGO_2009", "STRIKES_CARGO_2009"
VALUE, CURRENCY = 400_000, "USD"
"""What the goods were sold for, by the term that is named: CIF and CIP with freight and insurance."""

Json = dict[str, Any]


@dataclass(frozen=True)
class Cover:
    """What is agreed. `named`: the payee of a certificate that passes with its title, else the assured.

    `percent`: of the value of the sale. `war_from`: where war risks attach later than the rest.
    """

    passes_with_title: bool = True
    named: Member | None = None
    incoterm: str = "CIF"
    clauses: str = "ICC_A_2009"
    percent: int = 110
    war_from: date | None = None


def sale(bill: Bill, cover: Cover) -> Json:
    """The terms on which the goods of a bill were sold."""
    invoice = {"number": f"{bill.reference}-INV", "date": _begins(bill), "amount": VALUE, "currency": CURRENCY}
    place = _place(shipment_of(bill.document).port_of_discharge, bill)
    terms = {
        "incoterm": cover.incoterm,
        "incotermEdition": "2020",
        "namedPlace": place.get("locationName", bill.reference),
        "invoice": invoice,
    }
    if cover.incoterm in ("CIF", "CIP"):
        terms["insurableValue"] = {"amount": VALUE, "currency": CURRENCY}
    return terms


def certificate(bill: Bill, cover: Cover, insurer: Member, seller: Member, reference: str) -> Json:
    """A document of the insurer's for the goods of a bill, without the title that it may pass with."""
    shipment = shipment_of(bill.document)
    amount = {"amount": VALUE * cover.percent // 100, "currency": CURRENCY}
    basis = cover.incoterm if cover.incoterm in ("CIF", "CIP") else "INVOICE"
    made: Json = json.loads(FORM.read_bytes()) | {
        "documentReference": reference,
        "insurer": _party(insurer),
        "assured": _party(seller),
        "sumInsured": amount,
        "insuredValue": amount | {"basis": basis, "upliftPercent": cover.percent - 100},
        "conditions": [{"code": code} for code in (cover.clauses, WAR, STRIKES)],
        "voyage": _voyage(shipment, bill),
        "conveyance": {"vesselName": shipment.vessels[0]},
        "goods": [_goods(shipment)],
        "issueDate": bill.document["issueDate"],
        "effectiveDate": _begins(bill),
        "claimsPayableAt": _place(shipment.port_of_discharge, bill),
        "signature": {"capacity": "INSURER", "name": _party(insurer)["partyName"]},
        "transportDocumentReference": bill.reference,
    }
    if cover.war_from is not None:
        made["warAttachesDate"] = cover.war_from.isoformat()
    if cover.named is not None:
        made["lossPayee" if cover.passes_with_title else "assured"] = _party(cover.named)
    if not cover.passes_with_title:
        made["endorsementScope"] = "NAMED"
    return made


def _begins(bill: Bill) -> str:
    shipped = shipment_of(bill.document).date
    return shipped.isoformat() if shipped else str(bill.document["issueDate"])


def _party(member: Member) -> Json:
    codes = [{"codeListProvider": provider, "partyCode": code} for provider, code in sorted(member.codes)]
    return {"partyName": member.name[:70].strip(), "identifyingCodes": codes}


def _voyage(shipment: Shipment, bill: Bill) -> Json:
    inland = {"placeOfReceipt": shipment.place_of_receipt, "placeOfDelivery": shipment.place_of_delivery}
    return {
        "portOfLoading": _place(shipment.port_of_loading, bill),
        "portOfDischarge": _place(shipment.port_of_discharge, bill),
        "transitClause": "WAREHOUSE_TO_WAREHOUSE",
    } | {name: _place(place, bill) for name, place in inland.items() if place}


def _place(place: Part, bill: Bill) -> Json:
    """A place of the bill; of a bill with a range of ports, the range."""
    named = text(place, "locationName") or text(part(place, "city"), "city") or text(part(place, "address"), "city")
    named = named or ("" if place else text(bill.document, "dischargeRange"))
    told = {"locationName": named[:100].strip(), "UNLocationCode": text(place, "UNLocationCode")}
    return {name: value for name, value in told.items() if value}


def _goods(shipment: Shipment) -> Json:
    told: Json = {"descriptionOfGoods": [line[:100].strip() for line in shipment.descriptions]}
    codes = sorted(code for code in shipment.hs_codes if code.isdigit())
    if codes:
        told["HSCodes"] = codes
    if shipment.packages:
        told["numberOfPackages"] = int(shipment.packages)
    if shipment.marks:
        told["shippingMarks"] = sorted(shipment.marks)
    return told
