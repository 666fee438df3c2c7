"""Containers and reefers: rules 10, 12 (equipment) and 13 (units)."""

from tests.domain.transport_document.cases.case import breaks, keeps
from tests.domain.transport_document.documents import GONE, REEFER, STRAIGHT

BOX = "utilizedTransportEquipments[0]"
"""On the reefer sample an operating reefer with an air exchange; on the straight one a dry container."""

THIRD = "utilizedTransportEquipments[2]"
"""On the reefer sample a non-operating reefer."""

SETTINGS = f"{BOX}.activeReeferSettings"
SECOND_BOX = {
    "equipment": {"equipmentReference": "ZQHU4102719", "ISOEquipmentCode": "22G1"},
    "isShipperOwned": False,
    "seals": [{"number": "1"}],
}
OPERATES, SET = "reefer_says_whether_it_operates", "operating_reefer_has_settings"

CASES = [
    breaks(
        OPERATES,
        "a refrigerated container says nothing",
        REEFER,
        {f"{THIRD}.isNonOperatingReefer": GONE},
        f"{THIRD}.isNonOperatingReefer",
    ),
    breaks(
        OPERATES,
        "an insulated container says nothing",
        REEFER,
        {f"{THIRD}.isNonOperatingReefer": GONE, f"{THIRD}.equipment.ISOEquipmentCode": "22H0"},
        f"{THIRD}.isNonOperatingReefer",
    ),
    keeps(OPERATES, "true and false", REEFER),
    keeps(OPERATES, "a dry container says nothing", STRAIGHT),
    breaks(
        "only_a_reefer_says_whether_it_operates",
        "a dry container",
        STRAIGHT,
        {f"{BOX}.isNonOperatingReefer": True},
        f"{BOX}.isNonOperatingReefer",
    ),
    keeps(
        "only_a_reefer_says_whether_it_operates",
        "a container whose type is not given",
        STRAIGHT,
        {f"{BOX}.isNonOperatingReefer": True, f"{BOX}.equipment.ISOEquipmentCode": GONE},
    ),
    breaks(SET, "operating, no settings", REEFER, {SETTINGS: GONE}, SETTINGS),
    breaks(SET, "settings of one that does not operate", REEFER, {f"{BOX}.isNonOperatingReefer": True}, SETTINGS),
    breaks(SET, "settings of a dry container", STRAIGHT, {SETTINGS: {}}, SETTINGS),
    keeps(SET, "operating with settings, not operating without", REEFER),
    breaks(
        "equipment_is_listed_once",
        "twice",
        STRAIGHT,
        {"utilizedTransportEquipments[2]": SECOND_BOX},
        "utilizedTransportEquipments[2].equipment.equipmentReference",
    ),
    keeps("equipment_is_listed_once", "two containers", STRAIGHT),
    breaks(
        "cargo_is_in_listed_equipment",
        "a container that is not listed",
        STRAIGHT,
        {"consignmentItems[1].cargoItems[0].equipmentReference": "ZQHU0000000"},
        "consignmentItems[1].cargoItems[0].equipmentReference",
    ),
    keeps("cargo_is_in_listed_equipment", "one that is", STRAIGHT),
    breaks(
        "temperature_has_its_unit",
        "a set point alone",
        REEFER,
        {f"{SETTINGS}.temperatureUnit": GONE},
        f"{SETTINGS}.temperatureUnit",
    ),
    breaks(
        "temperature_has_its_unit",
        "a unit alone",
        REEFER,
        {f"{SETTINGS}.temperatureSetpoint": GONE},
        f"{SETTINGS}.temperatureUnit",
    ),
    keeps("temperature_has_its_unit", "a set point of zero", REEFER, {f"{SETTINGS}.temperatureSetpoint": 0}),
    breaks(
        "air_exchange_has_its_unit",
        "a set point alone",
        REEFER,
        {f"{SETTINGS}.airExchangeUnit": GONE},
        f"{SETTINGS}.airExchangeUnit",
    ),
    breaks(
        "air_exchange_has_its_unit",
        "a unit alone",
        REEFER,
        {f"{SETTINGS}.airExchangeSetpoint": GONE},
        f"{SETTINGS}.airExchangeUnit",
    ),
    keeps(
        "air_exchange_has_its_unit",
        "neither",
        REEFER,
        {f"{SETTINGS}.airExchangeSetpoint": GONE, f"{SETTINGS}.airExchangeUnit": GONE},
    ),
]
