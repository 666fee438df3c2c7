"""Services, declared value, inland carriage: rules 5, 6 and 7."""

from tests.domain.transport_document.cases.case import breaks, keeps
from tests.domain.transport_document.documents import BLANK, STRAIGHT, TO_ORDER

VALUE = "declared_value_has_currency"
CASES = [
    *(
        breaks(
            "cargo_movement_is_full_or_less",
            f"{said!r}",
            BLANK,
            {f"cargoMovementTypeAt{end}": said},
            f"cargoMovementTypeAt{end}",
        )
        for end in ("Origin", "Destination")
        for said in ("FTL", "fcl", "")
    ),
    keeps(
        "cargo_movement_is_full_or_less",
        "from less to full",
        BLANK,
        {"cargoMovementTypeAtOrigin": "LCL", "cargoMovementTypeAtDestination": "FCL"},
    ),
    breaks("service_is_yard_door_or_station", "a port", BLANK, {"receiptTypeAtOrigin": "PO"}, "receiptTypeAtOrigin"),
    breaks(
        "service_is_yard_door_or_station",
        "in small letters",
        BLANK,
        {"deliveryTypeAtDestination": "cy"},
        "deliveryTypeAtDestination",
    ),
    *(
        keeps(
            "service_is_yard_door_or_station",
            said,
            BLANK,
            {"receiptTypeAtOrigin": said, "deliveryTypeAtDestination": said},
        )
        for said in ("CY", "SD", "CFS")
    ),
    breaks(VALUE, "no currency", STRAIGHT, {"declaredValue": 1000}, "declaredValueCurrency"),
    breaks(VALUE, "a currency alone", STRAIGHT, {"declaredValueCurrency": "USD"}, "declaredValueCurrency"),
    keeps(VALUE, "both", STRAIGHT, {"declaredValue": 1000.5, "declaredValueCurrency": "USD"}),
    keeps(VALUE, "neither", STRAIGHT),
    breaks(
        "pre_carriage_has_place_of_receipt",
        "none",
        STRAIGHT,
        {"transports.preCarriageBy": "TRUCK"},
        "transports.placeOfReceipt",
    ),
    keeps("pre_carriage_has_place_of_receipt", "one", TO_ORDER),
    keeps(
        "pre_carriage_has_place_of_receipt",
        "a place alone",
        STRAIGHT,
        {"transports.placeOfReceipt": {"UNLocationCode": "CNSHA"}},
    ),
    breaks(
        "on_carriage_has_place_of_delivery",
        "an empty one",
        STRAIGHT,
        {"transports.onCarriageBy": "RAIL", "transports.placeOfDelivery": {}},
        "transports.placeOfDelivery",
    ),
    keeps("on_carriage_has_place_of_delivery", "one", BLANK),
]
