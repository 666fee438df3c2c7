"""Weights, volumes and packages: goods against their containers, and values that no cargo has.

Weights are compared in kilograms and volumes in cubic metres; a pound is 0.45359237 kg and a foot 0.3048 m (NIST).
"""

from collections.abc import Iterator
from decimal import Decimal

from ebl_service.domain.transport_document.reading import (
    Found,
    Part,
    cargo_items,
    figure,
    part,
    parts,
    text,
    within,
)

_KILOGRAMS = {"KGM": Decimal(1), "LBR": Decimal("0.45359237"), "TNE": Decimal(1_000)}
_CUBIC_METRES = {"MTQ": Decimal(1), "FTQ": Decimal("0.028316846592")}
MAX_KILOGRAMS = Decimal(500_000_000)
"""What the largest bulk carriers load."""
MAX_CONTAINER_KILOGRAMS = Decimal(36_000)
"""Gross mass of a container at most: ISO 668, amendment of 2016."""
MAX_CONTAINER_CUBIC_METRES = Decimal(90)
"""Inside a 45-foot high-cube container."""
MAX_KILOGRAMS_A_CUBIC_METRE = Decimal(23_000)
"""Osmium has 22,600."""
_TOLERANCE = Decimal("0.005")
"""Of a total, for rounding item by item."""


def goods_agree_with_their_container(document: Part) -> Found:
    """What the items in a container weigh and measure together is what the container is said to hold."""
    loads = _loads(document)
    for path, used in parts(document, "utilizedTransportEquipments"):
        items = loads.get(_reference(part(used, "equipment")), [])
        for name, units in (("cargoGrossWeight", _KILOGRAMS), ("cargoGrossVolume", _CUBIC_METRES)):
            said, found = _amount(used, name, units), [_amount(item, name, units) for item in items]
            counted = [each for each in found if each is not None]
            if said is None or not items or len(counted) < len(items):
                continue
            total = sum(counted, Decimal(0))
            if abs(total - said) > max(said, total) * _TOLERANCE:
                unit = "kg" if units is _KILOGRAMS else "m3"
                yield within(path, name), f"{said:f} {unit}, and its items have {total:f} {unit}", "one total"


def weights_are_a_cargos(document: Part) -> Found:
    """No item weighs more than a ship carries, and none weighs less gross than net."""
    for path, item in _items(document):
        gross, net = _amount(item, "cargoGrossWeight", _KILOGRAMS), _amount(item, "cargoNetWeight", _KILOGRAMS)
        if gross is None:
            gross = figure(item, "grossWeightKilograms")
        for name, weight in (("cargoGrossWeight", gross), ("cargoNetWeight", net)):
            if weight is not None and weight > MAX_KILOGRAMS:
                yield within(path, name), f"{weight:.6g} kg", "a weight that a ship carries"
        if gross is not None and net is not None and net > gross:
            yield within(path, "cargoNetWeight"), f"{net:f} kg net, {gross:f} kg gross", "net at most gross"


def volumes_are_a_cargos(document: Part) -> Found:
    """No item in a container is larger than a container."""
    for path, item in cargo_items(document):
        volume = _amount(item, "cargoGrossVolume", _CUBIC_METRES)
        if volume is not None and volume > MAX_CONTAINER_CUBIC_METRES:
            yield within(path, "cargoGrossVolume"), f"{volume:.6g} m3", "a volume that one container holds"


def goods_are_as_dense_as_goods(document: Part) -> Found:
    """Nothing is heavier for its volume than the heaviest metal."""
    for path, item in cargo_items(document):
        weight = _amount(item, "cargoGrossWeight", _KILOGRAMS)
        volume = _amount(item, "cargoGrossVolume", _CUBIC_METRES)
        if weight and volume and weight > volume * MAX_KILOGRAMS_A_CUBIC_METRE:
            wrong = f"{weight:.6g} kg in {volume:.6g} m3"
            yield within(path, "cargoGrossVolume"), wrong, "a weight and a volume of one cargo"


def container_holds_what_it_may(document: Part) -> Found:
    """A container with its tare weighs no more than ISO 668 allows, and its tare is a container's."""
    loads = _loads(document)
    for path, used in parts(document, "utilizedTransportEquipments"):
        equipment = part(used, "equipment")
        tare = _amount(equipment, "tareWeight", _KILOGRAMS)
        where = within(within(path, "equipment"), "tareWeight")
        if tare is not None and tare > MAX_CONTAINER_KILOGRAMS:
            yield where, f"{tare:.6g} kg", "a container's own weight"
            continue
        items = loads.get(_reference(equipment), [])
        weights = [_amount(item, "cargoGrossWeight", _KILOGRAMS) for item in items]
        loaded = sum((each for each in weights if each is not None), Decimal(0)) + (tare or Decimal(0))
        if loaded > MAX_CONTAINER_KILOGRAMS:
            reference = text(equipment, "equipmentReference")[:20]
            wrong = f"{reference} and its cargo weigh {loaded:.6g} kg"
            yield path, wrong, f"at most {MAX_CONTAINER_KILOGRAMS} kg (ISO 668)"


def _items(document: Part) -> Iterator[tuple[str, Part]]:
    yield from cargo_items(document)
    yield from parts(document, "goods")


def _loads(document: Part) -> dict[str, list[Part]]:
    """The items in each container, by its number."""
    loads: dict[str, list[Part]] = {}
    for _, item in cargo_items(document):
        if reference := _reference(item):
            loads.setdefault(reference, []).append(item)
    return loads


def _reference(whole: Part) -> str:
    return text(whole, "equipmentReference").upper()


def _amount(whole: Part, name: str, units: dict[str, Decimal]) -> Decimal | None:
    """The amount in its first unit; None where it is missing or in a unit of another kind."""
    amount = part(whole, name)
    value, factor = figure(amount, "value"), units.get(text(amount, "unit"))
    return None if value is None or factor is None else value * factor
