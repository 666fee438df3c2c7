"""Advice: what breaks no rule and is worth a second look, named by rule and field; the samples give none."""

from typing import Any

import pytest

from ebl_service.domain.transport_document.advice import RULES, advise, refused
from ebl_service.domain.transport_document.advice.rules import MAX_ADVICE
from ebl_service.domain.transport_document.check import check
from tests.domain.transport_document.documents import BULK_SAMPLES, CONTAINER_SAMPLES, DANGEROUS, SOYA, TO_BANK, sample

FIRST = "utilizedTransportEquipments[0]"
NUMBER = f"{FIRST}.equipment.equipmentReference"
ITEM = "consignmentItems[0].cargoItems[0]"
VESSEL = "transports.vesselVoyages[0].vesselIMONumber"
SHIPPER = "documentParties.shipper"
HS_CODE = "consignmentItems[0].HSCodes[0]"
NAMES_ONLY = {"portOfDischarge": {"locationName": "SANTOS "}, "portOfLoading": {"locationName": "Santos"}}


def given(name: str, changes: dict[str, Any], law: str = "") -> dict[str, str]:
    """Path by rule of the advice that changes of a sample lead to."""
    return {each.rule: each.path for each in advise(sample(name, changes), law)}


@pytest.mark.parametrize("name", [*CONTAINER_SAMPLES, *BULK_SAMPLES])
def test_a_sample_gives_no_advice(name: str) -> None:
    assert advise(sample(name), "Law of the People's Republic of China") == ()


@pytest.mark.parametrize(
    ("name", "changes", "rule", "path"),
    [
        (TO_BANK, {NUMBER: "ZQHU4577309"}, "container_number_has_its_check_digit", NUMBER),
        (TO_BANK, {NUMBER: "ZQHU4577341"}, "container_number_has_its_check_digit", NUMBER),
        (TO_BANK, {NUMBER: "ZQHX4577308"}, "container_number_has_its_shape", NUMBER),
        (TO_BANK, {NUMBER: "BOX 7"}, "container_number_has_its_shape", NUMBER),
        (TO_BANK, {VESSEL: "1234568"}, "vessel_number_has_its_check_digit", VESSEL),
        (
            TO_BANK,
            {f"{SHIPPER}.identifyingCodes[0].partyCode": "529900T8BM49AURSDO56"},
            "legal_entity_identifier_has_its_check_digits",
            f"{SHIPPER}.identifyingCodes[0].partyCode",
        ),
        (
            TO_BANK,
            {f"{SHIPPER}.taxLegalReferences[0].value": "91310114YYY0E1A14H"},
            "chinese_company_number_has_its_check_digit",
            f"{SHIPPER}.taxLegalReferences[0].value",
        ),
        (
            TO_BANK,
            {"transports.portOfLoading.UNLocationCode": "QQSHA"},
            "location_is_in_a_country",
            "transports.portOfLoading.UNLocationCode",
        ),
        (TO_BANK, {f"{SHIPPER}.address.countryCode": "QQ"}, "country_is_listed", f"{SHIPPER}.address.countryCode"),
        (TO_BANK, {"declaredValueCurrency": "USX"}, "currency_is_listed", "declaredValueCurrency"),
        (
            TO_BANK,
            {f"{ITEM}.outerPackaging.packageCode": "9Q"},
            "package_code_is_listed",
            f"{ITEM}.outerPackaging.packageCode",
        ),
        (
            TO_BANK,
            {"consignmentItems[0].HSCodes[0]": "770100"},
            "commodity_code_has_a_chapter",
            "consignmentItems[0].HSCodes[0]",
        ),
        (SOYA, {"goods[0].HSCode": "001190"}, "commodity_code_has_a_chapter", "goods[0].HSCode"),
        (
            TO_BANK,
            {"transports.portOfDischarge": {"UNLocationCode": "CNSHA", "locationName": "Shanghai"}},
            "ports_are_two_places",
            "transports.portOfDischarge",
        ),
        (SOYA, NAMES_ONLY, "ports_are_two_places", "portOfDischarge"),
        (
            TO_BANK,
            {"transports.plannedArrivalDate": "2026-10-18"},
            "arrival_is_after_departure",
            "transports.plannedArrivalDate",
        ),
        (TO_BANK, {"shippedOnBoardDate": "2026-12-19"}, "shipment_is_about_the_departure", "shippedOnBoardDate"),
        (
            TO_BANK,
            {f"{FIRST}.cargoGrossWeight": {"value": 1, "unit": "KGM"}},
            "goods_agree_with_their_container",
            f"{FIRST}.cargoGrossWeight",
        ),
        (
            TO_BANK,
            {f"{ITEM}.cargoGrossWeight.value": 1e300},
            "weights_are_a_cargos",
            f"{ITEM}.cargoGrossWeight",
        ),
        (
            TO_BANK,
            {f"{ITEM}.cargoNetWeight.value": 18_361},
            "weights_are_a_cargos",
            f"{ITEM}.cargoNetWeight",
        ),
        (TO_BANK, {f"{ITEM}.cargoGrossVolume.value": 900}, "volumes_are_a_cargos", f"{ITEM}.cargoGrossVolume"),
        (TO_BANK, {f"{ITEM}.cargoGrossVolume.value": 0.5}, "goods_are_as_dense_as_goods", f"{ITEM}.cargoGrossVolume"),
        (TO_BANK, {f"{ITEM}.cargoGrossWeight.value": 34_000}, "container_holds_what_it_may", FIRST),
        (
            TO_BANK,
            {f"{FIRST}.equipment.tareWeight.value": 99_000},
            "container_holds_what_it_may",
            f"{FIRST}.equipment.tareWeight",
        ),
    ],
)
def test_what_a_clerk_would_ask_is_told_by_rule_and_field(
    name: str, changes: dict[str, Any], rule: str, path: str
) -> None:
    assert given(name, changes).get(rule) == path


def test_a_un_number_beyond_the_list_is_told() -> None:
    where = f"{ITEM}.outerPackaging.dangerousGoods[0].unNumber"
    assert given(DANGEROUS, {where: "9999"}).get("un_number_is_in_the_list") == where


def test_a_container_whose_remainder_is_ten_has_the_check_digit_0() -> None:
    """ISO 6346: ZQHU457734 leaves 10, which is written 0."""
    assert "container_number_has_its_check_digit" not in given(TO_BANK, {NUMBER: "ZQHU4577340"})


@pytest.mark.parametrize("law", ["English law", "Singapore law"])
def test_a_port_in_china_under_another_law_is_a_question(law: str) -> None:
    found = [each for each in advise(sample(TO_BANK), law) if each.rule == "port_in_china_is_under_its_law"]
    assert [each.path for each in found] == ["transports.portOfLoading"]
    assert found[0].right.startswith("a question")


def test_a_list_says_which_version_of_it_was_asked() -> None:
    (found,) = advise(sample(TO_BANK, {"declaredValueCurrency": "USX"}))
    assert "ISO 4217" in found.right
    assert "iso4217 1." in found.right


def test_every_advice_is_reached_and_breaks_no_rule() -> None:
    (mark,) = test_what_a_clerk_would_ask_is_told_by_rule_and_field.pytestmark
    names = {rule for _, _, rule, _ in mark.args[1]}
    assert set(RULES) - names == {"un_number_is_in_the_list", "port_in_china_is_under_its_law"}
    assert not check(sample(TO_BANK, {"declaredValueCurrency": "USX"}))


def test_a_carrier_may_have_an_advice_refused() -> None:
    advice = advise(sample(TO_BANK, {"declaredValueCurrency": "USX", VESSEL: "1234568"}))
    assert [each.rule for each in refused(advice, {"currency_is_listed"})] == ["currency_is_listed"]
    assert refused(advice, ()) == ()


def test_advice_is_bounded_and_linear() -> None:
    item = sample(TO_BANK)["consignmentItems"][0]["cargoItems"][0]
    used = sample(TO_BANK)["utilizedTransportEquipments"][0]
    many = sample(
        TO_BANK,
        {
            "consignmentItems[0].cargoItems": [item | {"equipmentReference": f"BOX {n}"} for n in range(5_000)],
            "utilizedTransportEquipments": [
                used | {"equipment": {"equipmentReference": f"BOX {n}"}} for n in range(5_000)
            ],
        },
    )
    assert len(advise(many)) == MAX_ADVICE
