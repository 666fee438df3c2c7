"""Dangerous goods, commodity codes, customs references: rules 11, 12 (codes) and 14."""

from tests.domain.transport_document.cases.case import breaks, keeps
from tests.domain.transport_document.documents import DANGEROUS, GONE, REEFER, STRAIGHT

PACKAGING = "consignmentItems[0].cargoItems[0].outerPackaging"
GOODS = f"{PACKAGING}.dangerousGoods[0]"
ONE, NAMED = "dangerous_goods_have_one_number", "dangerous_goods_are_named_and_classed"
CODED, CODES = "dangerous_goods_packaging_has_a_code", "commodity_codes_have_their_digits"
CUSTOMS = "customs_references_are_unique"
HS, EXTENDED = "consignmentItems[0].HSCodes", "consignmentItems[0].extendedHSCodes"
UNCODED = {
    "numberOfPackages": 1,
    "description": "Boxes",
    "dangerousGoods": [{"UNNumber": "1263", "properShippingName": "PAINT", "imoClass": "3"}],
}
TWICE = [{"type": "DUS", "countryCode": "CL", "values": [number]} for number in "12"]
TWO = [TWICE[0], {**TWICE[1], "countryCode": "CN"}]

CASES = [
    breaks(ONE, "none", DANGEROUS, {f"{GOODS}.UNNumber": GONE}, GOODS),
    breaks(ONE, "both", DANGEROUS, {f"{GOODS}.NANumber": "1993"}, GOODS),
    keeps(ONE, "a UN number", DANGEROUS),
    keeps(ONE, "a NA number", DANGEROUS, {f"{GOODS}.UNNumber": GONE, f"{GOODS}.NANumber": "1993"}),
    breaks(NAMED, "no name", DANGEROUS, {f"{GOODS}.properShippingName": GONE}, f"{GOODS}.properShippingName"),
    breaks(NAMED, "an empty name", DANGEROUS, {f"{GOODS}.properShippingName": ""}, f"{GOODS}.properShippingName"),
    breaks(NAMED, "no class", DANGEROUS, {f"{GOODS}.imoClass": GONE}, f"{GOODS}.imoClass"),
    keeps(NAMED, "name and class", DANGEROUS),
    breaks(CODED, "no code", DANGEROUS, {PACKAGING: UNCODED}, PACKAGING),
    keeps(CODED, "a package code", DANGEROUS, {PACKAGING: {**UNCODED, "packageCode": "4G"}}),
    keeps(CODED, "an IMO code", DANGEROUS, {PACKAGING: {**UNCODED, "imoPackagingCode": "4G"}}),
    keeps(CODED, "goods that are not dangerous", STRAIGHT, {f"{PACKAGING}.packageCode": GONE}),
    *(
        breaks(CODES, repr(code), STRAIGHT, {"consignmentItems[0].HSCodes": ["841370", code]}, f"{HS}[1]")
        for code in ("84137", "84137081901", "8413.70", "", "٨٤١٣٧٠")
    ),
    breaks(CODES, "an extended one of 13", STRAIGHT, {EXTENDED: ["8413708190123"]}, f"{EXTENDED}[0]"),
    keeps(CODES, "ten digits", STRAIGHT, {HS: ["8413708190"]}),
    keeps(CODES, "an extended one of twelve", STRAIGHT, {EXTENDED: ["841370819012"]}),
    breaks(CUSTOMS, "of the document", REEFER, {"customsReferences": TWICE}, "customsReferences[1]"),
    *(
        breaks(CUSTOMS, f"of {place}", REEFER, {f"{place}.customsReferences": TWICE}, f"{place}.customsReferences[1]")
        for place in ("consignmentItems[1]", "consignmentItems[0].cargoItems[0]", "utilizedTransportEquipments[2]")
    ),
    keeps(CUSTOMS, "one type of two countries", REEFER, {"customsReferences": TWO}),
    keeps(CUSTOMS, "the same in two places", REEFER, {"consignmentItems[0].customsReferences": TWICE[:1]}),
]
