"""Where goods are taken over, loaded, discharged and delivered; where a bill is issued and paid; vessels and legs.

Leaves to others: which place a document needs (`rules.carriage`).
"""

from ebl_service.domain.transport_document.schema.shape import (
    COUNTRY,
    TRIMMED,
    UN_LOCATION,
    Day,
    Items,
    Shape,
    Text,
    lines,
    trimmed,
)

ADDRESS = Shape(
    required={"street": Text(70), "city": trimmed(35), "countryCode": COUNTRY},
    optional={
        "streetNumber": Text(50),
        "floor": trimmed(50),
        "postCode": Text(10),
        "POBox": Text(20),
        "stateRegion": Text(65),
    },
)

CITY = Shape(
    required={"city": trimmed(35), "countryCode": COUNTRY},
    optional={"stateRegion": Text(65)},
)

FACILITY = Shape(
    required={"facilityCode": trimmed(6), "facilityCodeListProvider": Text(one_of=("BIC", "SMDG"))},
)

COORDINATE = Shape(required={"latitude": Text(10), "longitude": Text(11)})

ROUTING_PLACE = Shape(
    optional={
        "locationName": trimmed(100),
        "facilityName": Text(100),
        "address": ADDRESS,
        "addressLines": lines(5, 250),
        "facility": FACILITY,
        "UNLocationCode": UN_LOCATION,
    }
)
"""A place on the way inland."""

INLAND_PLACE = Shape(optional={**ROUTING_PLACE.optional, "geoCoordinate": COORDINATE})
"""Where the carrier takes over or delivers, away from the ports."""

PORT = Shape(optional={"locationName": trimmed(100), "city": CITY, "UNLocationCode": UN_LOCATION})

VESSEL_VOYAGE = Shape(
    required={"vesselName": trimmed(50), "carrierExportVoyageNumber": trimmed(50)},
    optional={
        "universalExportVoyageReference": Text(5, r"^\d{2}[0-9A-Z]{2}[NEWSR]$", 5),
        "role": Text(30),
    },
)

TRANSPORTS = Shape(
    required={
        "plannedArrivalDate": Day(),
        "plannedDepartureDate": Day(),
        "portOfLoading": PORT,
        "portOfDischarge": PORT,
        "vesselVoyages": Items(VESSEL_VOYAGE, least=1),
    },
    optional={
        "preCarriageBy": Text(50),
        "onCarriageBy": Text(50),
        "placeOfReceipt": INLAND_PLACE,
        "placeOfDelivery": INLAND_PLACE,
        "onwardInlandRouting": ROUTING_PLACE,
    },
)

PLACE_OF_ISSUE = Shape(
    optional={"locationName": Text(100, TRIMMED)},
    exactly_one={"UNLocationCode": UN_LOCATION, "countryCode": COUNTRY},
)

INVOICE_PAYABLE_AT = Shape(exactly_one={"UNLocationCode": UN_LOCATION, "freeText": Text(35)})
