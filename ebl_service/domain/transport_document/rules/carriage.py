"""How goods are taken over and carried, and what their declared value must say: rules 5, 6 and 7.

Leaves to others: vessels' names and voyages (free text).
"""

from ebl_service.domain.transport_document.reading import Found, Part, part

LOADS = ("FCL", "LCL")
SERVICES = ("CY", "SD", "CFS")


def cargo_movement_is_full_or_less(document: Part) -> Found:
    """Rule 5. Source: TransportDocument.cargoMovementTypeAtOrigin, …AtDestination."""
    yield from _one_of(document, LOADS, "cargoMovementTypeAtOrigin", "cargoMovementTypeAtDestination")


def service_is_yard_door_or_station(document: Part) -> Found:
    """Rule 5. Source: TransportDocument.receiptTypeAtOrigin, deliveryTypeAtDestination."""
    yield from _one_of(document, SERVICES, "receiptTypeAtOrigin", "deliveryTypeAtDestination")


def declared_value_has_currency(document: Part) -> Found:
    """Rule 6. Source: TransportDocument.declaredValueCurrency: mandatory with declaredValue, empty without."""
    if "declaredValue" in document and "declaredValueCurrency" not in document:
        yield "declaredValueCurrency", "a declared value has no currency", "the currency of declaredValue"
    if "declaredValueCurrency" in document and "declaredValue" not in document:
        yield "declaredValueCurrency", "a currency, and no declaredValue", "declaredValue, or no currency"


def pre_carriage_has_place_of_receipt(document: Part) -> Found:
    """Rule 7. Source: Transports.preCarriageBy: a place of receipt must be defined."""
    transports = part(document, "transports")
    if "preCarriageBy" in transports and not transports.get("placeOfReceipt"):
        yield "transports.placeOfReceipt", "pre-carriage has no place of receipt", "the place of receipt"


def on_carriage_has_place_of_delivery(document: Part) -> Found:
    """Rule 7. Source: Transports.onCarriageBy: a place of delivery must be defined."""
    transports = part(document, "transports")
    if "onCarriageBy" in transports and not transports.get("placeOfDelivery"):
        yield "transports.placeOfDelivery", "on-carriage has no place of delivery", "the place of delivery"


def _one_of(document: Part, allowed: tuple[str, ...], *fields: str) -> Found:
    for field in fields:
        said = document.get(field)
        if isinstance(said, str) and said not in allowed:
            yield field, repr(said[:40]), f"one of {', '.join(allowed)}"
