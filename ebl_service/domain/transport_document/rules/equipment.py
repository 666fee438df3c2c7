"""Containers: each listed once, goods only in listed ones, what reefers say: rules 10, 12 (equipment), 13 (units).

Leaves to others: goods and their codes (`goods`).
"""

from collections.abc import Iterator

from ebl_service.domain.transport_document.reading import (
    Found,
    Part,
    cargo_items,
    part,
    parts,
    text,
    within,
)

REEFER_LETTERS = ("R", "H")
_LETTER_AT = 2


def is_reefer(equipment: Part) -> bool:
    """Whether the ISO 6346 code says so: its third character is R (refrigerated) or H (insulated)."""
    return text(equipment, "ISOEquipmentCode")[_LETTER_AT : _LETTER_AT + 1] in REEFER_LETTERS


def reefer_says_whether_it_operates(document: Part) -> Found:
    """Rule 10. Source: UtilizedTransportEquipment.isNonOperatingReefer: applicable to a reefer."""
    for path, used in parts(document, "utilizedTransportEquipments"):
        if is_reefer(part(used, "equipment")) and "isNonOperatingReefer" not in used:
            yield within(path, "isNonOperatingReefer"), "a reefer does not say whether it operates", "true or false"


def only_a_reefer_says_whether_it_operates(document: Part) -> Found:
    """Rule 10. Source: UtilizedTransportEquipment.isNonOperatingReefer: only where ISOEquipmentCode shows a reefer."""
    for path, used in parts(document, "utilizedTransportEquipments"):
        code = text(part(used, "equipment"), "ISOEquipmentCode")
        if code and not is_reefer(part(used, "equipment")) and "isNonOperatingReefer" in used:
            yield within(path, "isNonOperatingReefer"), f"equipment {code} is no reefer", "to leave the field out"


def operating_reefer_has_settings(document: Part) -> Found:
    """Rule 10: isNonOperatingReefer false ⇔ activeReeferSettings. Source: ActiveReeferSettings."""
    for path, used in parts(document, "utilizedTransportEquipments"):
        operates = used.get("isNonOperatingReefer") is False
        where = within(path, "activeReeferSettings")
        if operates and "activeReeferSettings" not in used:
            yield where, "an operating reefer has no settings", "its settings"
        if not operates and "activeReeferSettings" in used:
            yield where, "settings of what is not an operating reefer", "isNonOperatingReefer false, or no settings"


def equipment_is_listed_once(document: Part) -> Found:
    """Rule 12: equipmentReference is unique. Source: TransportDocument.utilizedTransportEquipments."""
    listed: set[str] = set()
    for path, reference in _listed(document):
        if reference.upper() in listed:
            yield path, f"{reference} is listed twice", "each container once"
        listed.add(reference.upper())


def cargo_is_in_listed_equipment(document: Part) -> Found:
    """Rule 12: each cargo item names equipment that is listed. Source: CargoItem.equipmentReference."""
    listed = {reference.upper() for _, reference in _listed(document)}
    for path, item in cargo_items(document):
        reference = text(item, "equipmentReference")
        if reference and reference.upper() not in listed:
            right = "a reference among utilizedTransportEquipments"
            yield within(path, "equipmentReference"), f"{reference} is not listed", right


def temperature_has_its_unit(document: Part) -> Found:
    """Rule 13. Source: ActiveReeferSettings.temperatureUnit: mandatory with temperatureSetpoint, empty without."""
    yield from _value_and_unit(document, "temperatureSetpoint", "temperatureUnit")


def air_exchange_has_its_unit(document: Part) -> Found:
    """Rule 13. Source: ActiveReeferSettings.airExchangeUnit: mandatory with airExchangeSetpoint, empty without."""
    yield from _value_and_unit(document, "airExchangeSetpoint", "airExchangeUnit")


def _listed(document: Part) -> Iterator[tuple[str, str]]:
    for path, used in parts(document, "utilizedTransportEquipments"):
        reference = text(part(used, "equipment"), "equipmentReference")
        if reference:
            yield within(within(path, "equipment"), "equipmentReference"), reference


def _value_and_unit(document: Part, value: str, unit: str) -> Found:
    for path, used in parts(document, "utilizedTransportEquipments"):
        settings = part(used, "activeReeferSettings")
        where = within(within(path, "activeReeferSettings"), unit)
        if value in settings and unit not in settings:
            yield where, f"{value} has no unit", f"the unit of {value}"
        if unit in settings and value not in settings:
            yield where, f"a unit, and no {value}", f"{value}, or no unit"
