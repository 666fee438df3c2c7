"""Tables of fields: each kind of demand broken and kept, and what no table names is let through."""

from typing import Any

import pytest

from ebl_service.domain.transport_document.schema.conformance import shape_breaches
from ebl_service.domain.transport_document.schema.goods import INNER_PACKAGING
from ebl_service.domain.transport_document.schema.parties import CONTACT
from ebl_service.domain.transport_document.schema.places import INVOICE_PAYABLE_AT
from ebl_service.domain.transport_document.schema.shape import Day, Items, Kind, Moment, Number, Text, Truth, Whole
from tests.domain.transport_document.documents import DANGEROUS, GONE, STRAIGHT, broken, names, sample

GOODS = "consignmentItems[0].cargoItems[0].outerPackaging.dangerousGoods[0]"


def faults(kind: Kind, value: object) -> set[tuple[str, str]]:
    return names(tuple(shape_breaches(kind, value)))


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        ("transportDocumentReference", GONE, "field_required"),
        ("documentParties.shipper.partyName", GONE, "field_required"),
        ("transports.vesselVoyages[0].vesselName", GONE, "field_required"),
        ("transportDocumentReference", "x" * 21, "field_length"),
        ("transportDocumentReference", " x", "field_pattern"),
        ("transportDocumentReference", "x\n", "field_pattern"),
        ("carrierCode", "A B", "field_pattern"),
        ("carrierCodeListProvider", "SCAC", "field_value"),
        ("transports.portOfLoading.UNLocationCode", "CNSH1", "field_pattern"),
        ("transports.portOfLoading.UNLocationCode", "CNSH", "field_length"),
        ("isToOrder", "true", "field_type"),
        ("isToOrder", 1, "field_type"),
        ("documentParties", [], "field_type"),
        ("consignmentItems", {}, "field_type"),
        ("consignmentItems", [], "field_count"),
        ("consignmentItems[0].cargoItems[0]", None, "field_type"),
        ("consignmentItems[0].cargoItems[0].cargoGrossWeight.value", 0, "field_range"),
        ("consignmentItems[0].cargoItems[0].cargoGrossWeight.value", "14880", "field_type"),
        ("consignmentItems[0].cargoItems[0].outerPackaging.numberOfPackages", 0, "field_range"),
        ("consignmentItems[0].cargoItems[0].outerPackaging.numberOfPackages", 1.5, "field_type"),
        ("consignmentItems[0].cargoItems[0].outerPackaging.numberOfPackages", 100_000_000, "field_range"),
        ("issueDate", "2026-02-30", "field_date"),
        ("issueDate", "20261007", "field_date"),
        ("issueDate", "٢٠٢٦-10-07", "field_date"),
        ("issueDate", None, "field_date"),
        ("charges[0].currencyAmount", -0.01, "field_range"),
        ("numberOfRiderPages", 2**31, "field_range"),
        ("partyContactDetails[0].email", "nobody", "field_pattern"),
    ],
)
def test_a_field_that_is_not_as_its_table_says_is_named(path: str, value: Any, rule: str) -> None:
    assert (rule, path) in broken(sample(STRAIGHT, {path: value}))


def test_fields_that_no_table_names_pass_wherever_they_stand() -> None:
    more = {"carriersOwn": {"anything": [None]}, "documentParties.shipper.rating": 5, "charges[0].taxes": []}
    assert broken(sample(STRAIGHT, more)) == set()


def test_fields_that_3_0_4_adds_are_held_to_their_kind() -> None:
    assert broken(sample(STRAIGHT, {"extendedContractQuotationReference": "x" * 70})) == set()
    assert broken(sample(STRAIGHT, {"documentParties.consignee.isNotifyParty": True})) == set()
    assert broken(sample(STRAIGHT, {"extendedContractQuotationReference": "x" * 71})) == {
        ("field_length", "extendedContractQuotationReference")
    }


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (Text(3), ["", "abc", "äöü"], ["abcd", None, 1, ["a"]]),
        (Text(3, r"^\d{2}$"), ["12"], ["1", "123", "١٢", "12\n"]),
        (Text(one_of=("A", "B")), ["A"], ["a", ""]),
        (Text(9, r"^.+@\S+$"), ["a@b", "a @b"], ["@b", "a@", "a\n@b", "a\u2028@b", "a@ b"]),
        (Day(), ["2024-02-29"], ["2023-02-29", "2024-2-9", "2024-02-29T00:00:00Z", 20240229]),
        (Moment(), ["2024-02-29T23:59:59Z", "2024-02-29t01:02:03.5+08:00"], ["2024-02-29", "2024-02-30T00:00:00Z", 0]),
        (Truth(), [True, False], [0, "false", None]),
        (Number(0, 100), [0, 100, 0.5], [-1, 100.1, True, "1"]),
        (Number(above=0), [0.001], [0, -0.0]),
        (Whole(1, 3), [1, 3, 2.0], [0, 4, 2.5, True]),
        (Whole(), [-(2**31), 2**31 - 1], [-(2**31) - 1, 2**31]),
        (Items(Text(1), 1, 2), [["a"], ["a", "b"]], [[], ["a", "b", "c"], "a", {}]),
    ],
)
def test_each_kind_of_field_takes_what_it_should_and_nothing_else(kind: Kind, good: list, bad: list) -> None:
    assert [value for value in good if faults(kind, value)] == []
    assert [value for value in bad if not faults(kind, value)] == []


def test_exactly_one_of_several_fields_is_given() -> None:
    assert faults(INVOICE_PAYABLE_AT, {"freeText": "Bergen"}) == set()
    assert faults(INVOICE_PAYABLE_AT, {}) == {("field_choice", "")}
    assert faults(INVOICE_PAYABLE_AT, {"freeText": "Bergen", "UNLocationCode": "NOBGO"}) == {("field_choice", "")}
    assert faults(INVOICE_PAYABLE_AT, {"UNLocationCode": "NOBG"}) == {("field_length", "UNLocationCode")}


def test_at_least_one_of_several_fields_is_given() -> None:
    assert faults(CONTACT, {"name": "N", "phone": "1", "email": "a@b"}) == set()
    assert faults(CONTACT, {"name": "N"}) == {("field_choice", "")}


def test_a_shape_that_holds_itself_is_held_to_its_table_at_every_depth() -> None:
    box = {"quantity": 1, "material": "Steel", "description": "Tin"}
    nested = {**box, "innerPackagings": [{**box, "innerPackagings": [{**box, "quantity": "1"}]}]}
    assert faults(INNER_PACKAGING, nested) == {("field_type", "innerPackagings[0].innerPackagings[0].quantity")}
    assert broken(sample(DANGEROUS, {f"{GOODS}.innerPackagings": [nested]})) == {
        ("field_type", f"{GOODS}.innerPackagings[0].innerPackagings[0].innerPackagings[0].quantity")
    }


def test_a_long_value_is_told_in_short() -> None:
    (breach,) = shape_breaches(Text(one_of=("A",)), "x" * 10_000)
    assert len(str(breach)) < 120
