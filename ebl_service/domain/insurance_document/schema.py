"""The table of fields of a certificate, policy or declaration of cargo insurance: a profile of this project.

There is no published definition of such a document as there is of a bill; the fields are those that the trade's forms
have in common. Parties and places have the form they have on a bill. Leaves to others: how fields depend on each other
and on bill and sale (`rules`). Risk attaches on `effectiveDate` (where it is missing, on `issueDate`); war and strikes
on dates of their own where those are given, since the clauses let them attach later. Amounts are of the currency's own
unit (12.50 is twelve and a half), read as decimals.
"""

from ebl_service.domain.insurance_document.conditions import CONDITIONS
from ebl_service.domain.transport_document.schema.goods import REFERENCE
from ebl_service.domain.transport_document.schema.parties import CONTACT, IDENTIFYING_CODE, PARTY_ADDRESS
from ebl_service.domain.transport_document.schema.places import PLACE_OF_ISSUE, ROUTING_PLACE
from ebl_service.domain.transport_document.schema.shape import (
    CURRENCY,
    WEIGHT,
    Day,
    Items,
    Number,
    Shape,
    Text,
    Whole,
    lines,
    trimmed,
)

PROFILE = "CARGO_INSURANCE_1"

COVER_NOTE = "COVER_NOTE"
TYPES = ("CERTIFICATE", "POLICY", "DECLARATION", COVER_NOTE)
"""UCP 600 art. 28 (a), (c), (d): the first three are accepted; the last is named so that it is refused by its name."""

AMOUNT = Shape(required={"amount": Number(above=0), "currency": CURRENCY})

INSURER = Shape(
    required={"partyName": trimmed(70), "identifyingCodes": Items(IDENTIFYING_CODE, least=1)},
    optional={"address": PARTY_ADDRESS, "partyContactDetails": Items(CONTACT)},
)
ASSURED = Shape(
    required={"partyName": trimmed(70)},
    optional={"identifyingCodes": Items(IDENTIFYING_CODE), "address": PARTY_ADDRESS},
)
LOSS_PAYEE = Shape(
    required={"partyName": trimmed(70), "identifyingCodes": Items(IDENTIFYING_CODE, least=1)},
    optional={"address": PARTY_ADDRESS},
)
"""Whom claims are paid to until it releases that: found on the ledger by its codes."""

AGENT = Shape(required={"partyName": trimmed(70), **CONTACT.required}, at_least_one=CONTACT.at_least_one)
"""Who surveys or settles at destination."""

INSURED_VALUE = Shape(
    required={
        "amount": Number(above=0),
        "currency": CURRENCY,
        "basis": Text(one_of=("CIF", "CIP", "INVOICE", "AGREED")),
        "upliftPercent": Number(least=0, most=100),
    }
)
"""A value that insurer and assured agree on (MIA 1906 s.27): CIF + 10 % has basis CIF and an uplift of 10."""

CONDITION = Shape(required={"code": Text(one_of=tuple(CONDITIONS))}, optional={"text": trimmed(500)})

VOYAGE = Shape(
    required={
        "portOfLoading": ROUTING_PLACE,
        "portOfDischarge": ROUTING_PLACE,
        "transitClause": Text(one_of=("WAREHOUSE_TO_WAREHOUSE", "PORT_TO_PORT")),
    },
    optional={"placeOfReceipt": ROUTING_PLACE, "placeOfDelivery": ROUTING_PLACE},
)

CONVEYANCE = Shape(
    required={"vesselName": trimmed(50)},
    optional={"vesselIMONumber": Text(7, r"^\d{7}$", 7), "voyageNumber": trimmed(50)},
)

GOODS = Shape(
    required={"descriptionOfGoods": Items(trimmed(100), least=1, most=150)},
    optional={
        "HSCodes": Items(Text(12, r"^\d{6,12}$", 6)),
        "numberOfPackages": Whole(1),
        "packageDescription": trimmed(100),
        "grossWeight": WEIGHT,
        "shippingMarks": lines(50, 35),
    },
)

DEDUCTIBLE = Shape(
    exactly_one={"amount": AMOUNT, "percent": Number(least=0, most=100)},
    optional={"text": trimmed(500)},
)

ASSIGNMENT = Shape(
    required={
        "chainId": Whole(1, 2**53 - 1),
        "titleRegistry": Text(42, r"^0x[0-9a-fA-F]{40}$", 42),
        "titleId": Text(66, r"^0x[0-9a-f]{64}$", 66),
        "clause": trimmed(2000),
    }
)
"""The manner of assignment that the certificate itself names (MIA 1906 s.50 (3)): the title's, on this registry."""

SIGNATURE = Shape(
    required={"capacity": Text(one_of=("INSURER", "UNDERWRITER", "AGENT", "PROXY")), "name": trimmed(70)},
    optional={"onBehalfOf": trimmed(70)},
)

INSURANCE_DOCUMENT = Shape(
    required={
        "documentProfile": Text(one_of=(PROFILE,)),
        "documentType": Text(one_of=TYPES),
        "documentReference": trimmed(35),
        "insurer": INSURER,
        "assured": ASSURED,
        "endorsementScope": Text(one_of=("NAMED", "TO_ORDER", "BLANK")),
        "sumInsured": AMOUNT,
        "insuredValue": INSURED_VALUE,
        "conditions": Items(CONDITION, least=1, most=20),
        "voyage": VOYAGE,
        "conveyance": CONVEYANCE,
        "goods": Items(GOODS, least=1),
        "issueDate": Day(),
        "placeOfIssue": PLACE_OF_ISSUE,
        "claimsPayableAt": ROUTING_PLACE,
        "numberOfOriginals": Whole(0),
        "signature": SIGNATURE,
    },
    at_least_one={"policyNumber": trimmed(50), "openCoverNumber": trimmed(50)},
    optional={
        "effectiveDate": Day(),
        "warAttachesDate": Day(),
        "strikesAttachesDate": Day(),
        "lossPayee": LOSS_PAYEE,
        "assignment": ASSIGNMENT,
        "deductible": DEDUCTIBLE,
        "surveyAgent": AGENT,
        "claimsAgent": AGENT,
        "premium": AMOUNT,
        "clauses": Items(trimmed(5000), most=100),
        "references": Items(REFERENCE),
        "transportDocumentReference": trimmed(20),
    },
)
