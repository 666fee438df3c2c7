"""The containers that carry the goods: equipment, seals, settings of reefers.

Leaves to others: what a reefer must say (`rules.equipment`).
"""

from ebl_service.domain.transport_document.schema.goods import CUSTOMS_REFERENCE, REFERENCE
from ebl_service.domain.transport_document.schema.shape import (
    WEIGHT,
    Items,
    Number,
    Shape,
    Text,
    Truth,
    lines,
    trimmed,
)

_PERCENT = Number(0, 100)

REEFER_SETTINGS = Shape(
    optional={
        "temperatureSetpoint": Number(),
        "temperatureUnit": Text(one_of=("CEL", "FAH")),
        "o2Setpoint": _PERCENT,
        "co2Setpoint": _PERCENT,
        "humiditySetpoint": _PERCENT,
        "airExchangeSetpoint": Number(0),
        "airExchangeUnit": Text(one_of=("MQH", "FQH")),
        "isVentilationOpen": Truth(),
        "isDrainholesOpen": Truth(),
        "isBulbMode": Truth(),
        "isColdTreatmentRequired": Truth(),
        "isControlledAtmosphereRequired": Truth(),
    }
)

EQUIPMENT = Shape(
    required={"equipmentReference": trimmed(11)},
    optional={"ISOEquipmentCode": trimmed(4), "tareWeight": WEIGHT},
)

SEAL = Shape(required={"number": Text(15)}, optional={"source": Text(one_of=("CAR", "SHI", "VET", "CUS"))})

UTILIZED_EQUIPMENT = Shape(
    required={"equipment": EQUIPMENT, "isShipperOwned": Truth(), "seals": Items(SEAL, least=1)},
    optional={
        "isNonOperatingReefer": Truth(),
        "activeReeferSettings": REEFER_SETTINGS,
        "shippingMarks": lines(50, 35),
        "references": Items(REFERENCE),
        "customsReferences": Items(CUSTOMS_REFERENCE),
    },
)
