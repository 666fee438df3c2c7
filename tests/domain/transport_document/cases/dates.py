"""Dates of shipment and issue: rule 4."""

from tests.domain.transport_document.cases.case import breaks, keeps
from tests.domain.transport_document.documents import COAL, GONE, STRAIGHT

ON_BOARD, RECEIVED = "shipped_on_board_has_its_date", "received_for_shipment_has_its_date"
FOR_SHIPMENT = {"isShippedOnBoardType": False, "shippedOnBoardDate": GONE, "receivedForShipmentDate": "2026-10-05"}
CASES = [
    breaks(ON_BOARD, "no date", STRAIGHT, {"shippedOnBoardDate": GONE}, "shippedOnBoardDate"),
    breaks(
        ON_BOARD,
        "a date on a bill received for shipment",
        STRAIGHT,
        {"isShippedOnBoardType": False},
        "shippedOnBoardDate",
        (RECEIVED, "receivedForShipmentDate"),
    ),
    keeps(ON_BOARD, "a date", STRAIGHT),
    breaks(
        RECEIVED,
        "no date",
        STRAIGHT,
        {"isShippedOnBoardType": False, "shippedOnBoardDate": GONE},
        "receivedForShipmentDate",
    ),
    keeps(RECEIVED, "a date", STRAIGHT, FOR_SHIPMENT),
    breaks(
        "shipment_has_one_date",
        "both",
        STRAIGHT,
        {"receivedForShipmentDate": "2026-10-05"},
        "receivedForShipmentDate",
        (RECEIVED, "receivedForShipmentDate"),
    ),
    keeps("shipment_has_one_date", "received only", STRAIGHT, FOR_SHIPMENT),
    breaks("issued_bill_has_issue_date", "none", STRAIGHT, {"issueDate": GONE}, "issueDate"),
    breaks(
        "issued_bill_has_issue_date",
        "none on a draft",
        STRAIGHT,
        {"issueDate": GONE, "transportDocumentStatus": "DRAFT"},
        "issueDate",
    ),
    keeps("issued_bill_has_issue_date", "one", STRAIGHT),
    breaks("issue_is_not_before_shipment", "a day before loading", STRAIGHT, {"issueDate": "2026-10-05"}, "issueDate"),
    breaks(
        "issue_is_not_before_shipment",
        "a day before receipt",
        STRAIGHT,
        {**FOR_SHIPMENT, "issueDate": "2026-10-04"},
        "issueDate",
    ),
    breaks(
        "issue_is_not_before_shipment",
        "a charter-party bill before loading",
        COAL,
        {"issueDate": "2026-11-01"},
        "issueDate",
    ),
    keeps("issue_is_not_before_shipment", "the day of loading", STRAIGHT, {"issueDate": "2026-10-06"}),
]
