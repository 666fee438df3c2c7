"""Kind, originals, copies, status: rules 1 and 2, and the ledger's own."""

from tests.domain.transport_document.cases.case import breaks, keeps
from tests.domain.transport_document.documents import BLANK, STRAIGHT

SWB = {"transportDocumentTypeCode": "SWB"}
NO_TITLE = ("title_stands_for_a_bill_of_lading", "transportDocumentTypeCode")
RULE = "title_stands_for_a_bill_of_lading"
CASES = [
    breaks(RULE, "a sea waybill", STRAIGHT, {**SWB, "numberOfOriginalsWithCharges": 0}, "transportDocumentTypeCode"),
    keeps(RULE, "a bill of lading", STRAIGHT),
    breaks("title_stands_for_an_electronic_bill", "a bill on paper", STRAIGHT, {"isElectronic": False}, "isElectronic"),
    keeps("title_stands_for_an_electronic_bill", "an electronic bill", BLANK),
    *(
        breaks(
            "status_comes_before_surrender", said, BLANK, {"transportDocumentStatus": said}, "transportDocumentStatus"
        )
        for said in ("SURRENDERED_FOR_DELIVERY", "VOIDED", "VOID", "issued")
    ),
    *(
        keeps("status_comes_before_surrender", said, BLANK, {"transportDocumentStatus": said})
        for said in ("DRAFT", "APPROVED", "ISSUED")
    ),
    breaks(
        "sea_waybill_is_not_to_order",
        "to order",
        BLANK,
        {**SWB, "numberOfOriginalsWithCharges": 0, "numberOfOriginalsWithoutCharges": 0},
        "isToOrder",
        NO_TITLE,
    ),
    keeps("sea_waybill_is_not_to_order", "straight", STRAIGHT, {**SWB, "numberOfOriginalsWithCharges": 0}, NO_TITLE),
    breaks(
        "sea_waybill_has_no_originals",
        "one original",
        STRAIGHT,
        SWB,
        "numberOfOriginalsWithCharges",
        NO_TITLE,
    ),
    keeps("sea_waybill_has_no_originals", "none", STRAIGHT, {**SWB, "numberOfOriginalsWithCharges": 0}, NO_TITLE),
    breaks(
        "electronic_bill_has_one_original_at_most",
        "one with and one without charges",
        STRAIGHT,
        {"numberOfOriginalsWithCharges": 1, "numberOfOriginalsWithoutCharges": 1},
        "numberOfOriginalsWithCharges",
    ),
    breaks(
        "electronic_bill_has_one_original_at_most",
        "three without charges",
        STRAIGHT,
        {"numberOfOriginalsWithCharges": 0, "numberOfOriginalsWithoutCharges": 3},
        "numberOfOriginalsWithoutCharges",
    ),
    keeps(
        "electronic_bill_has_one_original_at_most",
        "one without charges",
        STRAIGHT,
        {"numberOfOriginalsWithCharges": 0, "numberOfOriginalsWithoutCharges": 1},
    ),
    keeps(
        "electronic_bill_has_one_original_at_most",
        "three of a bill on paper",
        STRAIGHT,
        {"numberOfOriginalsWithCharges": 3, "isElectronic": False},
        ("title_stands_for_an_electronic_bill", "isElectronic"),
    ),
    breaks(
        "electronic_bill_has_no_copies",
        "a copy with charges",
        BLANK,
        {"numberOfCopiesWithCharges": 1},
        "numberOfCopiesWithCharges",
    ),
    breaks(
        "electronic_bill_has_no_copies",
        "a copy without charges",
        BLANK,
        {"numberOfCopiesWithoutCharges": 2},
        "numberOfCopiesWithoutCharges",
    ),
    keeps("electronic_bill_has_no_copies", "none", BLANK, {"numberOfCopiesWithCharges": 0}),
]
