"""The codes of a document's fields in words, as a clerk reads them; by field, so that free text is never touched.

Sources: DCSA's definition of the transport document, UN/ECE Recommendation 20 (units), this project's profiles. A code
that is not listed here is printed as it is.
"""

from ebl_service.printing.locations import country_in_words, place_in_words

UNITS = {
    "KGM": "kg", "TNE": "t", "LBR": "lb", "LTN": "long tons", "STN": "short tons", "GRM": "g", "ONZ": "oz",
    "MTQ": "m³", "FTQ": "ft³", "LTR": "l", "BLL": "barrels", "C62": "pieces",
    "CEL": "°C", "FAH": "°F", "MQH": "m³/h", "FQH": "ft³/h",
}  # fmt: skip
"""As trade papers write them."""

_HANDOVER = {"CY": "container yard", "SD": "store door", "CFS": "container freight station"}
_TERMS = {"PRE": "prepaid", "COL": "collect"}

CODES: dict[str, dict[str, str]] = {
    "advanceManifestFilingsHouseBLPerformedBy": {"SELF": "by the shipper", "CARRIER": "by the carrier"},
    "deliveryTypeAtDestination": _HANDOVER,
    "documentProfile": {"CHARTER_PARTY_BILL_1": "charter-party bill", "CARGO_INSURANCE_1": "cargo insurance"},
    "emptyIndicatorCode": {"EMPTY": "empty", "LADEN": "laden"},
    "haulageChargesPaymentTermCode": _TERMS,
    "methodOfPayment": {
        "A": "payment in cash", "B": "payment by credit card", "C": "payment by cheque", "D": "other",
        "H": "electronic funds transfer", "Y": "account holder with the carrier", "Z": "not prepaid",
    },
    "otherChargesPaymentTermCode": _TERMS,
    "partyFunction": {
        "COW": "Invoice payer on behalf of the shipper", "COX": "Invoice payer on behalf of the consignee",
        "CS": "Consolidator", "DDR": "Shipper's freight forwarder", "DDS": "Consignee's freight forwarder",
        "MF": "Manufacturer", "SCO": "Service contract owner", "WH": "Warehouse keeper",
    },
    "portChargesPaymentTermCode": _TERMS,
    "receiptTypeAtOrigin": _HANDOVER,
    "role": {"FIRST_SEA_GOING": "first sea-going vessel", "MOTHER": "mother vessel"},
    "transportDocumentStatus": {
        "APPROVED": "approved", "DRAFT": "draft", "ISSUED": "issued",
        "PENDING_SURRENDER_FOR_AMENDMENT": "surrender for amendment requested",
        "PENDING_SURRENDER_FOR_DELIVERY": "surrender for delivery requested",
        "SURRENDERED_FOR_AMENDMENT": "surrendered for amendment",
        "SURRENDERED_FOR_DELIVERY": "surrendered for delivery", "VOIDED": "voided",
    },
    "transportDocumentTypeCode": {"BOL": "bill of lading", "SWB": "sea waybill"},
    "type": {
        "AAO": "Consignee's reference", "AKG": "Vehicle identification number", "BID": "Booking request",
        "BPR": "Booking party's reference", "CPO": "Consignee's purchase order", "CR": "Customer's reference",
        "CSI": "Customer's shipment", "ECR": "Empty container release", "FF": "Freight forwarder's reference",
        "SAC": "Shipping agency code", "SI": "Shipper's reference", "SPO": "Shipper's purchase order",
    },
    "typeOfPerson": {
        "ASSOCIATION_OF_PERSONS": "association of persons", "LEGAL_PERSON": "legal person",
        "NATURAL_PERSON": "natural person",
    },
    "woodDeclaration": {
        "NOT_APPLICABLE": "Not applicable", "NOT_TREATED_AND_NOT_CERTIFIED": "Not treated and not certified",
        "PROCESSED": "Processed", "TREATED_AND_CERTIFIED": "Treated and certified",
    },
}  # fmt: skip
"""Field, then code."""


def in_words(unit: str) -> str:
    """A unit's code as trade papers write it; another word as it is."""
    return UNITS.get(unit, unit)


def code_in_words(field: str, value: str) -> str:
    """What a field's code means; another text as it is."""
    if field in {"countryCode", "flag"}:
        return country_in_words(value)
    if field == "UNLocationCode":
        return place_in_words("", value)
    return CODES.get(field, {}).get(value, value)
