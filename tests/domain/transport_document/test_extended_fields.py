"""The extended field wins where both are given."""

from ebl_service.domain.transport_document.extended_fields import (
    charge_name,
    contract_quotation_reference,
    hs_codes,
    national_commodity_codes,
)


def test_extended_commodity_codes_win() -> None:
    assert hs_codes({"HSCodes": ["123456"]}) == ("HSCodes", ["123456"])
    assert hs_codes({"HSCodes": ["123456"], "extendedHSCodes": ["123456789012"]}) == (
        "extendedHSCodes",
        ["123456789012"],
    )
    assert hs_codes({"HSCodes": ["123456"], "extendedHSCodes": []}) == ("HSCodes", ["123456"])


def test_extended_national_codes_win() -> None:
    old, new = [{"type": "NCM", "values": ["1"]}], [{"type": "NCM", "values": ["2"]}]
    assert national_commodity_codes({"nationalCommodityCodes": old}) == old
    assert national_commodity_codes({"nationalCommodityCodes": old, "extendedNationalCommodityCodes": new}) == new


def test_the_extended_name_of_a_charge_and_the_extended_quotation_win() -> None:
    assert charge_name({"chargeName": "Freight", "extendedChargeName": "Ocean freight"}) == "Ocean freight"
    assert charge_name({"chargeName": "Freight"}) == "Freight"
    quoted = {"contractQuotationReference": "Q1", "extendedContractQuotationReference": "Q-0001"}
    assert contract_quotation_reference(quoted) == "Q-0001"
    assert contract_quotation_reference({"contractQuotationReference": "Q1"}) == "Q1"
    assert contract_quotation_reference({}) == ""
