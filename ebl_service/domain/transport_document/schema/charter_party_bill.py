"""The bill of lading of the bulk and break-bulk trade, issued under a charter party: a profile of this project.

DCSA's definition speaks of containers only. The fields are those that charter-party bills have in common; parties,
ports and references have the form they have on a container bill, so that titles and pages treat both alike. A document
of this profile says so in `documentProfile`; any other document is a container bill.

Weights are whole kilograms: a draught survey knows no less, and sums stay exact. Leaves to others: how fields depend
on each other (`rules.charter_party_bill`).
"""

from ebl_service.domain.transport_document.schema.goods import CUSTOMS_REFERENCE, REFERENCE
from ebl_service.domain.transport_document.schema.parties import DOCUMENT_PARTIES
from ebl_service.domain.transport_document.schema.places import PLACE_OF_ISSUE, PORT
from ebl_service.domain.transport_document.schema.shape import (
    COUNTRY,
    CURRENCY,
    Day,
    Items,
    Number,
    Shape,
    Text,
    Truth,
    Whole,
    lines,
    trimmed,
)

PROFILE = "CHARTER_PARTY_BILL_1"

CHARTER_PARTY = Shape(
    required={"date": Day(), "reference": trimmed(50)},
    optional={"place": trimmed(100), "charterer": trimmed(70)},
)

VESSEL = Shape(
    required={"vesselName": trimmed(50), "vesselIMONumber": Text(7, r"^\d{7}$", 7)},
    optional={"flag": COUNTRY, "voyageNumber": trimmed(50), "masterName": trimmed(70)},
)

DECLARED_QUANTITY = Shape(
    required={
        "value": Number(above=0),
        "unit": Text(one_of=("KGM", "TNE", "LTN", "STN", "MTQ", "BLL", "C62")),
    },
    optional={"isNet": Truth()},
)
"""As the shipper furnished it (Hague-Visby III 3): kilograms, tonnes, long or short tons, m³, barrels, pieces."""

PACKAGES = Shape(
    required={"numberOfPackages": Whole(1), "description": trimmed(100)},
    optional={"packageCode": Text(2, r"^[A-Z0-9]{2}$", 2)},
)

GOODS = Shape(
    required={
        "descriptionOfGoods": Items(trimmed(100), least=1, most=50),
        "cargoForm": Text(one_of=("BULK", "BREAK_BULK")),
        "grossWeightKilograms": Whole(1),
        "shippersDeclaredQuantity": DECLARED_QUANTITY,
    },
    optional={
        "HSCode": Text(10, r"^\d{6,10}$", 6),
        "packages": PACKAGES,
        "deckCargoKilograms": Whole(0),
        "holds": Items(trimmed(10)),
        "shippingMarks": lines(50, 35),
        "customsReferences": Items(CUSTOMS_REFERENCE),
    },
)

FREIGHT = Shape(
    required={"paymentTerm": Text(one_of=("PREPAID", "COLLECT", "AS_PER_CHARTER_PARTY"))},
    optional={"payableAt": trimmed(100), "advanceAmount": Number(above=0), "advanceCurrency": CURRENCY},
)

GENERAL_AVERAGE = Shape(required={"rules": trimmed(100)}, optional={"adjustedAt": trimmed(100)})

SIGNATURE = Shape(
    required={
        "capacity": Text(one_of=("MASTER", "OWNER", "CHARTERER", "AGENT")),
        "name": trimmed(70),
    },
    optional={"onBehalfOf": trimmed(70), "onBehalfOfCapacity": Text(one_of=("MASTER", "OWNER", "CHARTERER"))},
)

CHARTER_PARTY_BILL = Shape(
    required={
        "documentProfile": Text(one_of=(PROFILE,)),
        "transportDocumentReference": trimmed(20),
        "transportDocumentTypeCode": Text(one_of=("BOL", "SWB")),
        "isElectronic": Truth(),
        "isToOrder": Truth(),
        "isCleanOnBoard": Truth(),
        "shippedOnBoardDate": Day(),
        "issueDate": Day(),
        "placeOfIssue": PLACE_OF_ISSUE,
        "documentParties": DOCUMENT_PARTIES,
        "charterParty": CHARTER_PARTY,
        "vessel": VESSEL,
        "portOfLoading": PORT,
        "goods": Items(GOODS, least=1),
        "grossWeightKilograms": Whole(1),
        "freight": FREIGHT,
        "generalAverage": GENERAL_AVERAGE,
        "signature": SIGNATURE,
        "termsAndConditions": Text(50_000, least=1),
    },
    exactly_one={"portOfDischarge": PORT, "dischargeRange": trimmed(100)},
    optional={
        "transportDocumentSubReference": trimmed(100),
        "transportDocumentStatus": Text(50),
        "conditionRemarks": Items(trimmed(1000)),
        "clauses": Items(trimmed(20_000)),
        "references": Items(REFERENCE),
        "customsReferences": Items(CUSTOMS_REFERENCE),
    },
)
