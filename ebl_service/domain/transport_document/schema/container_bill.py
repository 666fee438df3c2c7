"""The transport document of the container trade as a whole, and its charges.

The fields are those of DCSA's transport document 3.0.3, with the ones that 3.0.4 adds; `tests/conformance` compares the
tables with the published definition, property by property. Leaves to others: how fields depend on each other (`rules`).
"""

from ebl_service.domain.transport_document.schema.equipment import UTILIZED_EQUIPMENT
from ebl_service.domain.transport_document.schema.goods import (
    CONSIGNMENT_ITEM,
    CUSTOMS_REFERENCE,
    LICENCE,
    REFERENCE,
)
from ebl_service.domain.transport_document.schema.parties import CONTACT, DOCUMENT_PARTIES
from ebl_service.domain.transport_document.schema.places import INVOICE_PAYABLE_AT, PLACE_OF_ISSUE, TRANSPORTS
from ebl_service.domain.transport_document.schema.shape import (
    CURRENCY,
    PAYMENT_TERM,
    UNBROKEN,
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

CHARGE = Shape(
    required={
        "chargeName": trimmed(50),
        "currencyAmount": Number(0),
        "currencyCode": CURRENCY,
        "paymentTermCode": PAYMENT_TERM,
        "calculationBasis": trimmed(50),
        "unitPrice": Number(0),
        "quantity": Number(0),
    },
    optional={"extendedChargeName": trimmed(100)},
)

_SERVICE = Text(3, one_of=("CY", "SD", "CFS"))

CONTAINER_BILL = Shape(
    required={
        "transportDocumentReference": trimmed(20),
        "transportDocumentStatus": Text(50),
        "transportDocumentTypeCode": Text(one_of=("BOL", "SWB")),
        "isShippedOnBoardType": Truth(),
        "isElectronic": Truth(),
        "isToOrder": Truth(),
        "invoicePayableAt": INVOICE_PAYABLE_AT,
        "partyContactDetails": Items(CONTACT, least=1),
        "documentParties": DOCUMENT_PARTIES,
        "consignmentItems": Items(CONSIGNMENT_ITEM, least=1),
        "utilizedTransportEquipments": Items(UTILIZED_EQUIPMENT, least=1),
        "termsAndConditions": Text(50_000),
        "receiptTypeAtOrigin": _SERVICE,
        "deliveryTypeAtDestination": _SERVICE,
        "cargoMovementTypeAtOrigin": Text(3),
        "cargoMovementTypeAtDestination": Text(3),
        "carrierCode": Text(4, UNBROKEN),
        "carrierCodeListProvider": Text(one_of=("SMDG", "NMFTA")),
        "transports": TRANSPORTS,
    },
    optional={
        "transportDocumentSubReference": trimmed(100),
        "shippingInstructionsReference": trimmed(100),
        "freightPaymentTermCode": PAYMENT_TERM,
        "numberOfCopiesWithCharges": Whole(0),
        "numberOfCopiesWithoutCharges": Whole(0),
        "numberOfOriginalsWithCharges": Whole(0),
        "numberOfOriginalsWithoutCharges": Whole(0),
        "displayedNameForPlaceOfReceipt": lines(5, 35),
        "displayedNameForPortOfLoad": lines(5, 35),
        "displayedNameForPortOfDischarge": lines(5, 35),
        "displayedNameForPlaceOfDelivery": lines(5, 35),
        "shippedOnBoardDate": Day(),
        "displayedShippedOnBoardReceivedForShipment": trimmed(250),
        "issueDate": Day(),
        "receivedForShipmentDate": Day(),
        "serviceContractReference": Text(30),
        "contractQuotationReference": trimmed(35),
        "extendedContractQuotationReference": trimmed(70),
        "declaredValue": Number(0),
        "declaredValueCurrency": CURRENCY,
        "carrierClauses": Items(trimmed(20_000)),
        "numberOfRiderPages": Whole(0),
        "charges": Items(CHARGE),
        "placeOfIssue": PLACE_OF_ISSUE,
        "exportLicense": LICENCE,
        "importLicense": LICENCE,
        "references": Items(REFERENCE),
        "customsReferences": Items(CUSTOMS_REFERENCE),
    },
)
