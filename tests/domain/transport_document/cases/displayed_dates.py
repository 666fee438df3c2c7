"""The displayed text of shipment against the dates."""

from tests.domain.transport_document.cases.case import breaks, keeps
from tests.domain.transport_document.documents import GONE, STRAIGHT

RULE, FIELD = "displayed_shipment_has_its_date", "displayedShippedOnBoardReceivedForShipment"
RECEIVED = {"isShippedOnBoardType": False, "shippedOnBoardDate": GONE, "receivedForShipmentDate": "2026-10-05"}
OTHER_DAYS = [
    "Shipped on board HALCYON TERN at Shanghai on 2026-10-19",
    "SHIPPED ON BOARD 19 OCT 2026",
    "Shipped on board on October 6, 2025",
    "LADEN ON BOARD 07/10/2026",
    "Received 2026-10-06 for shipment, shipped on board 2026-10-07",
    "19 OCT 2026 - CLEAN SHIPPED ON BOARD",
    "On board 2026年10月7日",
]
THE_DAY = [
    "SHIPPED ON BOARD 06 OCT 2026",
    "Shipped on board on 6th October 2026, as the letter of credit of 2 SEP 2026 demands",
    "Clean on board 06.10.26",
    "Shipped on board 10/06/2026",
    "Shipped on board 06/10/2026",
    "06-OCT-2026 LADEN ON BOARD",
    "L/C PSB 2026-09-02-7 DATED 2 SEP 2026. SHIPPED ON BOARD",
    "Received 2026-10-05, shipped on board 2026-10-06",
    "Shipped on board",
    "Shipped on board HALCYON TERN 2026-10-06/7, voyage 041S",
    "On board 2026年10月6日",
]
CASES = [
    *(breaks(RULE, told, STRAIGHT, {FIELD: told}, FIELD) for told in OTHER_DAYS),
    *(keeps(RULE, told, STRAIGHT, {FIELD: told}) for told in THE_DAY),
    keeps(RULE, "no text", STRAIGHT, {FIELD: GONE}),
    keeps(RULE, "received", STRAIGHT, RECEIVED | {FIELD: "Received for shipment on 5 October 2026"}),
    breaks(RULE, "another receipt", STRAIGHT, RECEIVED | {FIELD: "Received for shipment on 6 October 2026"}, FIELD),
]
