"""The goods: consignment and cargo items, packaging, dangerous goods, commodity codes, licences, references.

Leaves to others: what the items must say together (`rules.goods`), which of two fields wins (`extended_fields`).
"""

from ebl_service.domain.transport_document.schema.shape import (
    COUNTRY,
    VOLUME,
    WEIGHT,
    Again,
    Day,
    Items,
    Kind,
    Moment,
    Number,
    Shape,
    Text,
    Truth,
    Whole,
    amount,
    lines,
    trimmed,
)

LICENCE = Shape(
    optional={"isRequired": Truth(), "reference": trimmed(35), "issueDate": Day(), "expiryDate": Day()},
)

CUSTOMS_REFERENCE = Shape(
    required={"type": trimmed(50), "countryCode": COUNTRY, "values": Items(trimmed(35), least=1)},
)

REFERENCE = Shape(required={"type": Text(3), "value": trimmed(35)})

ITEM_REFERENCE = Shape(required={"type": Text(3), "values": Items(trimmed(35), least=1)})

NATIONAL_CODE = Shape(
    required={"type": trimmed(10), "values": Items(trimmed(10), least=1)},
    optional={"countryCode": COUNTRY},
)

EXTENDED_NATIONAL_CODE = Shape(
    required={"type": trimmed(10), "values": Items(trimmed(16), least=1)},
    optional={"countryCode": COUNTRY},
)

INNER_PACKAGING = Shape(
    required={"quantity": Whole(), "material": Text(100), "description": Text(100)},
    optional={"innerPackagings": Items(Again())},
)

EMERGENCY_CONTACT = Shape(
    required={"contact": Text(255), "phone": trimmed(30)},
    optional={"provider": Text(255), "referenceNumber": Text(255)},
)

TEMPERATURE_LIMITS = Shape(
    required={"temperatureUnit": Text(one_of=("CEL", "FAH"))},
    optional={
        "flashPoint": Number(),
        "transportControlTemperature": Number(),
        "transportEmergencyTemperature": Number(),
        "SADT": Number(),
        "SAPT": Number(),
    },
)

_RISK = Text(3, r"^[0-9](\.[0-9])?$", 1)
_FOUR_DIGITS = Text(4, r"^\d{4}$", 4)

DANGEROUS_GOODS = Shape(
    required={"properShippingName": Text(250), "imoClass": Text(4)},
    exactly_one={"UNNumber": _FOUR_DIGITS, "NANumber": _FOUR_DIGITS},
    optional={
        "codedVariantList": Text(4, r"^[0-3][0-9A-Z]{3}$", 4),
        "technicalName": Text(250),
        "subsidiaryRisk1": _RISK,
        "subsidiaryRisk2": _RISK,
        "isMarinePollutant": Truth(),
        "packingGroup": Whole(1, 3),
        "isLimitedQuantity": Truth(),
        "isExceptedQuantity": Truth(),
        "isSalvagePackings": Truth(),
        "isEmptyUncleanedResidue": Truth(),
        "isWaste": Truth(),
        "isHot": Truth(),
        "isCompetentAuthorityApprovalRequired": Truth(),
        "competentAuthorityApproval": trimmed(70),
        "segregationGroups": Items(Text(2)),
        "innerPackagings": Items(INNER_PACKAGING),
        "emergencyContactDetails": EMERGENCY_CONTACT,
        "EMSNumber": Text(7),
        "endOfHoldingTime": Day(),
        "fumigationDateTime": Moment(),
        "isReportableQuantity": Truth(),
        "inhalationZone": Text(1, least=1),
        "grossWeight": WEIGHT,
        "netWeight": WEIGHT,
        "netExplosiveContent": amount("KGM", "LBR", "GRM", "ONZ"),
        "netVolume": amount("MTQ", "FTQ", "LTR"),
        "limits": TEMPERATURE_LIMITS,
    },
)

OUTER_PACKAGING = Shape(
    required={"numberOfPackages": Whole(1, 99_999_999), "description": Text(100)},
    optional={
        "packageCode": Text(2, r"^[A-Z0-9]{2}$", 2),
        "imoPackagingCode": Text(5, r"^[A-Z0-9]{1,5}$", 1),
        "woodDeclaration": Text(30),
        "dangerousGoods": Items(DANGEROUS_GOODS),
    },
)

_LICENCES: dict[str, Kind] = {"exportLicense": LICENCE, "importLicense": LICENCE}
_NATIONAL_CODES: dict[str, Kind] = {
    "nationalCommodityCodes": Items(NATIONAL_CODE),
    "extendedNationalCommodityCodes": Items(EXTENDED_NATIONAL_CODE),
}
_CUSTOMS: dict[str, Kind] = {"customsReferences": Items(CUSTOMS_REFERENCE)}

CARGO_ITEM = Shape(
    required={"equipmentReference": trimmed(11), "cargoGrossWeight": WEIGHT, "outerPackaging": OUTER_PACKAGING},
    optional={
        "cargoGrossVolume": VOLUME,
        "cargoNetWeight": WEIGHT,
        "cargoNetVolume": VOLUME,
        **_LICENCES,
        **_NATIONAL_CODES,
        **_CUSTOMS,
    },
)

CONSIGNMENT_ITEM = Shape(
    required={
        "carrierBookingReference": trimmed(35),
        "descriptionOfGoods": Items(trimmed(35), most=150),
        "HSCodes": Items(Text(10, r"^\d{6,10}$", 6), least=1),
        "cargoItems": Items(CARGO_ITEM, least=1),
    },
    optional={
        "extendedHSCodes": Items(Text(12, r"^\d{6,12}$", 6)),
        "shippingMarks": lines(50, 35),
        "references": Items(ITEM_REFERENCE),
        **_LICENCES,
        **_NATIONAL_CODES,
        **_CUSTOMS,
    },
)
