"""Who is in a bill and how it is found: rules 3, 8, 9, and of 13 and 14 what is a party's."""

from typing import Any

from tests.domain.transport_document.cases.case import breaks, keeps
from tests.domain.transport_document.documents import BLANK, GONE, REEFER, STRAIGHT, TO_BANK

PARTIES = "documentParties"
ADDRESS = {"street": "Kajen", "city": "Hamburg", "countryCode": "DE"}
CODES = [{"codeListProvider": "GLEIF", "partyCode": "EBLX00NOBODYATALL000"}]
NAMED = {"partyName": "Somebody"}


def _with(name: str, more: dict[str, Any]) -> dict[str, Any]:
    return {"partyName": name, **more}


FIND = "party_has_address_or_code"
TELL = "bill_to_order_names_a_notify_party"
TAX = [{"type": "UEN", "countryCode": "SG", "value": "1"}, {"type": "UEN", "countryCode": "SG", "value": "2"}]
CASES = [
    breaks(FIND, "a shipper with a name only", STRAIGHT, {f"{PARTIES}.shipper": NAMED}, f"{PARTIES}.shipper"),
    breaks(
        FIND,
        "a notify party with an empty list of codes",
        STRAIGHT,
        {f"{PARTIES}.notifyParties[0]": _with("Somebody", {"identifyingCodes": []})},
        f"{PARTIES}.notifyParties[0]",
    ),
    breaks(
        FIND,
        "another party with a name only",
        REEFER,
        {f"{PARTIES}.other[0].party": NAMED},
        f"{PARTIES}.other[0].party",
    ),
    keeps(FIND, "a displayed address", STRAIGHT, {f"{PARTIES}.shipper": _with("S", {"displayedAddress": ["Kajen 1"]})}),
    keeps(FIND, "lines of an address", STRAIGHT, {f"{PARTIES}.shipper": _with("S", {"addressLines": ["Kajen 1"]})}),
    keeps(FIND, "a code", STRAIGHT, {f"{PARTIES}.shipper": _with("S", {"identifyingCodes": CODES})}),
    keeps(FIND, "an address", STRAIGHT, {f"{PARTIES}.shipper": _with("S", {"address": ADDRESS})}),
    breaks(
        "principal_has_address_or_code",
        "a name only",
        STRAIGHT,
        {f"{PARTIES}.onBehalfOfShipper": NAMED},
        f"{PARTIES}.onBehalfOfShipper",
    ),
    breaks(
        "principal_has_address_or_code",
        "a displayed address, which it cannot have",
        STRAIGHT,
        {f"{PARTIES}.onBehalfOfConsignee": _with("S", {"displayedAddress": ["Kajen 1"]})},
        f"{PARTIES}.onBehalfOfConsignee",
    ),
    keeps(
        "principal_has_address_or_code",
        "an address",
        STRAIGHT,
        {f"{PARTIES}.onBehalfOfShipper": _with("S", {"address": ADDRESS})},
    ),
    keeps(
        "principal_has_address_or_code",
        "a code",
        STRAIGHT,
        {f"{PARTIES}.onBehalfOfConsignee": _with("S", {"identifyingCodes": CODES})},
    ),
    breaks("straight_bill_names_a_consignee", "none", STRAIGHT, {f"{PARTIES}.consignee": GONE}, f"{PARTIES}.consignee"),
    keeps("straight_bill_names_a_consignee", "one", STRAIGHT),
    breaks(
        "straight_bill_names_no_endorsee",
        "both",
        STRAIGHT,
        {f"{PARTIES}.endorsee": _with("E", {"identifyingCodes": CODES})},
        f"{PARTIES}.endorsee",
    ),
    keeps("straight_bill_names_no_endorsee", "an endorsee to order", TO_BANK),
    breaks(
        "bill_to_order_names_no_consignee",
        "endorsee and consignee",
        TO_BANK,
        {f"{PARTIES}.consignee": _with("C", {"identifyingCodes": CODES})},
        f"{PARTIES}.consignee",
    ),
    keeps("bill_to_order_names_no_consignee", "blank", BLANK),
    breaks(TELL, "nobody", TO_BANK, {f"{PARTIES}.notifyParties": GONE}, f"{PARTIES}.notifyParties"),
    breaks(TELL, "an empty list", BLANK, {f"{PARTIES}.notifyParties": []}, f"{PARTIES}.notifyParties"),
    breaks(
        TELL,
        "an endorsee that is not to be notified",
        TO_BANK,
        {f"{PARTIES}.notifyParties": GONE, f"{PARTIES}.endorsee.isNotifyParty": False},
        f"{PARTIES}.notifyParties",
    ),
    keeps(
        TELL,
        "the endorsee is to be notified (3.0.4)",
        TO_BANK,
        {f"{PARTIES}.notifyParties": GONE, f"{PARTIES}.endorsee.isNotifyParty": True},
    ),
    keeps(TELL, "a straight bill needs none", STRAIGHT, {f"{PARTIES}.notifyParties": GONE}),
    breaks(
        "notify_parties_are_three_at_most",
        "four",
        BLANK,
        {f"{PARTIES}.notifyParties[3]": _with("N", {"address": ADDRESS})},
        f"{PARTIES}.notifyParties",
    ),
    keeps("notify_parties_are_three_at_most", "three", BLANK),
    breaks(
        "displayed_address_fits",
        "seven lines",
        STRAIGHT,
        {f"{PARTIES}.shipper.displayedAddress": ["x"] * 7},
        f"{PARTIES}.shipper.displayedAddress",
    ),
    breaks(
        "displayed_address_fits",
        "36 characters",
        STRAIGHT,
        {f"{PARTIES}.consignee.displayedAddress": ["x", "x" * 36]},
        f"{PARTIES}.consignee.displayedAddress[1]",
    ),
    breaks(
        "displayed_address_fits",
        "three lines on paper",
        STRAIGHT,
        {f"{PARTIES}.shipper.displayedAddress": ["x"] * 3, "isElectronic": False},
        f"{PARTIES}.shipper.displayedAddress",
        ("title_stands_for_an_electronic_bill", "isElectronic"),
    ),
    keeps(
        "displayed_address_fits", "six lines of 35", STRAIGHT, {f"{PARTIES}.shipper.displayedAddress": ["x" * 35] * 6}
    ),
    breaks(
        "tax_references_are_unique",
        "two of one type and country",
        STRAIGHT,
        {f"{PARTIES}.consignee.taxLegalReferences": TAX},
        f"{PARTIES}.consignee.taxLegalReferences[1]",
    ),
    keeps(
        "tax_references_are_unique",
        "two types of one country",
        STRAIGHT,
        {f"{PARTIES}.consignee.taxLegalReferences": [TAX[0], {**TAX[1], "type": "GST"}]},
    ),
    keeps(
        "tax_references_are_unique",
        "one type of two countries",
        STRAIGHT,
        {f"{PARTIES}.consignee.taxLegalReferences": [TAX[0], {**TAX[1], "countryCode": "MY"}]},
    ),
]
