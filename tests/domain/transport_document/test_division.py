"""Division and consolidation: what goes in comes out, per container and per kind of bulk cargo, to the last decimal."""

import json
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebl_service.domain.transport_document.canonical import parsed
from ebl_service.domain.transport_document.division import check_sums, totals
from tests.domain.transport_document.documents import COAL, PULP, SOYA, STRAIGHT, TO_ORDER, put, sample

RULE = "parts_sum_to_the_whole"


def told(whole: list[dict], made: list[dict]) -> set[tuple[str, str]]:
    found = check_sums(whole, made)
    assert all(breach.rule == RULE for breach in found)
    return {(breach.path, breach.wrong) for breach in found}


def divided(document: dict[str, Any]) -> list[dict[str, Any]]:
    """A bill for each container, with the cargo that is in it."""
    made = []
    for used in document["utilizedTransportEquipments"]:
        new = deepcopy(document)
        reference = used["equipment"]["equipmentReference"]
        new["utilizedTransportEquipments"] = [used]
        for item in new["consignmentItems"]:
            item["cargoItems"] = [cargo for cargo in item["cargoItems"] if cargo["equipmentReference"] == reference]
        new["consignmentItems"] = [item for item in new["consignmentItems"] if item["cargoItems"]]
        made.append(new)
    return made


@pytest.mark.parametrize("name", [STRAIGHT, TO_ORDER])
def test_a_bill_for_each_container_sums_to_the_whole_and_back(name: str) -> None:
    whole = sample(name)
    assert len(divided(whole)) > 1
    assert check_sums([whole], divided(whole)) == ()
    assert check_sums(divided(whole), [whole]) == ()


def test_a_container_that_is_lost_or_comes_is_named() -> None:
    whole = sample(STRAIGHT)
    first, second = divided(whole)
    lost = {path for path, _ in told([whole], [first])}
    assert lost == {second["utilizedTransportEquipments"][0]["equipment"]["equipmentReference"]}
    assert ("ZQHU2066340", "the container is lost") in told([whole], [first])
    assert ("ZQHU2066340", "the container was in no bill before") in told([first], [whole])


@pytest.mark.parametrize(
    ("path", "value", "wrong"),
    [
        ("outerPackaging.numberOfPackages", 95, "packages of 4D: 95 after, 96 before"),
        ("cargoGrossWeight.value", 14880.001, "cargoGrossWeight in kg: 17340.001 after, 17340 before"),
        ("cargoNetWeight.value", 13439, "cargoNetWeight in kg: 15755 after, 15756 before"),
        ("cargoGrossVolume.value", 41.665, "cargoGrossVolume in m3: 47.065 after, 47.064 before"),
    ],
)
def test_a_quantity_that_does_not_sum_is_named_with_its_container(path: str, value: float, wrong: str) -> None:
    whole = sample(STRAIGHT)
    made = divided(whole)
    put(made[0], f"consignmentItems[0].cargoItems[0].{path}", value)
    assert told([whole], made) == {("ZQHU4102719", wrong)}


def test_packages_of_one_kind_are_not_made_good_by_another() -> None:
    whole = sample(STRAIGHT)
    made = divided(whole)
    put(made[0], "consignmentItems[0].cargoItems[0].outerPackaging.packageCode", "CT")
    assert told([whole], made) == {
        ("ZQHU4102719", "packages of 4D: 0 after, 96 before"),
        ("ZQHU4102719", "packages of CT: 216 after, 120 before"),
    }


def test_goods_cannot_wander_between_containers_of_the_same_weight() -> None:
    whole = sample(STRAIGHT)
    moved = deepcopy(whole)
    put(moved, "consignmentItems[1].cargoItems[0].equipmentReference", "ZQHU2066340")
    assert {path for path, _ in told([whole], [moved])} == {"ZQHU4102719", "ZQHU2066340"}


def test_pounds_and_kilograms_of_one_weight_are_the_same_exactly() -> None:
    whole, made = sample(STRAIGHT), sample(STRAIGHT)
    put(whole, "consignmentItems[0].cargoItems[0].cargoGrossWeight", {"value": 100000, "unit": "LBR"})
    put(made, "consignmentItems[0].cargoItems[0].cargoGrossWeight", {"value": 45359.237, "unit": "KGM"})
    assert check_sums([whole], [made]) == ()


def test_bulk_is_divided_by_kilograms_and_declared_quantity() -> None:
    whole = sample(COAL)
    first, second = sample(COAL), sample(COAL)
    for part, kilograms, tonnes in ((first, 40_000_001, 40000.001), (second, 35_250_416, 35250.416)):
        put(part, "goods[0].grossWeightKilograms", kilograms)
        put(part, "goods[0].shippersDeclaredQuantity.value", tonnes)
    assert check_sums([whole], [first, second]) == ()
    put(second, "goods[0].grossWeightKilograms", 35_250_415)
    ((path, wrong),) = told([whole], [first, second])
    assert path.startswith("AUSTRALIAN STEAM COAL IN BULK")
    assert wrong == "gross weight in kg: 75250416 after, 75250417 before"


def test_parcels_of_bulk_are_divided_by_their_description_and_bales_by_number() -> None:
    whole = sample(SOYA)
    made = [{**deepcopy(whole), "goods": [goods]} for goods in whole["goods"]]
    assert check_sums([whole], made) == ()
    pulp, short = sample(PULP), sample(PULP, {"goods[0].packages.numberOfPackages": 11999})
    ((_, wrong),) = told([pulp], [short])
    assert wrong == "packages of BL: 11999 after, 12000 before"


def _bill(*weights: Decimal) -> dict[str, Any]:
    cargo = [
        f'{{"equipmentReference":"A","cargoGrossWeight":{{"value":{weight},"unit":"KGM"}},"outerPackaging":{{}}}}'
        for weight in weights
    ]
    return parsed(f'{{"consignmentItems":[{{"cargoItems":[{",".join(cargo)}]}}]}}'.encode())


WEIGHTS = st.lists(st.decimals(0, 10**6, places=3), min_size=1, max_size=8)


@given(WEIGHTS)
def test_decimals_sum_exactly_however_they_are_divided(weights: list[Decimal]) -> None:
    whole = _bill(sum(weights))
    assert totals([whole]) == totals([_bill(weight) for weight in weights])
    assert check_sums([whole], [_bill(*weights)]) == ()


@given(WEIGHTS, st.integers(1, 10**6))
def test_a_gram_too_many_is_always_found(weights: list[Decimal], grams: int) -> None:
    assert check_sums([_bill(*weights)], [_bill(*weights, Decimal(grams) / 1000)]) != ()


def test_a_tenth_and_two_tenths_are_three_tenths() -> None:
    assert check_sums([_bill(Decimal("0.3"))], [_bill(Decimal("0.1")), _bill(Decimal("0.2"))]) == ()
    assert check_sums([_bill(Decimal("1e15"), Decimal("1e-15"))], [_bill(Decimal("1e15"))]) != ()


def test_sums_do_not_change_the_documents() -> None:
    whole = sample(STRAIGHT)
    before = json.dumps(whole)
    check_sums([whole], divided(whole))
    assert json.dumps(whole) == before
