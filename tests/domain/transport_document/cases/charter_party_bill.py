"""Bulk and break-bulk: charter party, condition, weights, packages, freight, signature, vessel."""

from tests.domain.transport_document.cases.case import breaks, keeps
from tests.domain.transport_document.documents import COAL, GONE, PULP, SOYA

AGREED, CLEAN = "charter_party_comes_before_the_bill", "clean_bill_has_no_remark_on_condition"
SUM, DECLARED = "weights_of_goods_sum_to_the_bills", "declared_quantity_agrees_with_weight"
COUNTED, DECK = "break_bulk_counts_its_packages", "deck_cargo_is_part_of_the_goods"
FREIGHT, AGENT = "freight_says_where_it_is_payable", "agent_signs_for_a_named_principal"
VESSEL = "vessel_number_has_its_check_digit"
WEIGHT, NUMBER = "grossWeightKilograms", "vessel.vesselIMONumber"
QUANTITY = "goods[0].shippersDeclaredQuantity"

CASES = [
    breaks(AGREED, "a day after issue", COAL, {"charterParty.date": "2026-11-03"}, "charterParty.date"),
    keeps(AGREED, "the day of issue", COAL, {"charterParty.date": "2026-11-02"}),
    breaks(CLEAN, "clean, with a remark", COAL, {"conditionRemarks": ["Cargo wet."]}, "conditionRemarks"),
    breaks(CLEAN, "not clean, without one", PULP, {"conditionRemarks": GONE}, "conditionRemarks"),
    keeps(CLEAN, "not clean, with remarks", PULP),
    keeps(CLEAN, "clean, with clauses on other matters", SOYA),
    breaks(SUM, "a kilogram short", SOYA, {WEIGHT: 66017494}, WEIGHT),
    keeps(SUM, "two parcels", SOYA),
    breaks(DECLARED, "a kilogram less", COAL, {f"{QUANTITY}.value": 75250.416}, f"{QUANTITY}.value"),
    breaks(DECLARED, "a net weight above the gross one", PULP, {f"{QUANTITY}.value": 3024.001}, f"{QUANTITY}.value"),
    keeps(DECLARED, "a net weight below the gross one", PULP),
    keeps(DECLARED, "pieces", PULP, {QUANTITY: {"value": 12000, "unit": "C62"}}),
    keeps(DECLARED, "kilograms", COAL, {QUANTITY: {"value": 75250417, "unit": "KGM"}}),
    breaks(COUNTED, "break-bulk without packages", PULP, {"goods[1].packages": GONE}, "goods[1].packages"),
    breaks(
        COUNTED,
        "bulk with packages",
        COAL,
        {"goods[0].packages": {"numberOfPackages": 1, "description": "Heap"}},
        "goods[0].packages",
    ),
    keeps(COUNTED, "bales", PULP),
    breaks(DECK, "more than all", PULP, {"goods[0].deckCargoKilograms": 3024001}, "goods[0].deckCargoKilograms"),
    keeps(DECK, "all", PULP, {"goods[0].deckCargoKilograms": 3024000}),
    breaks(FREIGHT, "to be collected nowhere", COAL, {"freight.payableAt": GONE}, "freight.payableAt"),
    breaks(FREIGHT, "an advance of no currency", COAL, {"freight.advanceCurrency": GONE}, "freight.advanceCurrency"),
    keeps(FREIGHT, "as per charter party", SOYA),
    breaks(AGENT, "for nobody", COAL, {"signature.onBehalfOf": GONE}, "signature.onBehalfOf"),
    breaks(
        AGENT,
        "for somebody of no capacity",
        COAL,
        {"signature.onBehalfOfCapacity": GONE},
        "signature.onBehalfOfCapacity",
    ),
    keeps(AGENT, "the master signs", SOYA),
    breaks(VESSEL, "one digit wrong", COAL, {NUMBER: "2003576"}, NUMBER),
    breaks(VESSEL, "two digits in each other's place", COAL, {NUMBER: "2005375"}, NUMBER),
    keeps(VESSEL, "right", COAL),
]
