"""What a bill says of the shipment that its goods are insured for, of either kind of bill in the same words.

Leaves to others: comparing it with an insurance document (`rules.shipment`).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ebl_service.domain.transport_document.check import is_charter_party_bill
from ebl_service.domain.transport_document.extended_fields import hs_codes
from ebl_service.domain.transport_document.reading import (
    Part,
    cargo_items,
    day,
    elements,
    figure,
    part,
    parts,
    text,
)


@dataclass(frozen=True, slots=True)
class Shipment:
    """`date`: of shipment (UCP 600 art. 20, 22): on board, else received. `packages`: their number, None in bulk."""

    date: date | None
    vessels: tuple[str, ...]
    port_of_loading: Part
    port_of_discharge: Part
    place_of_receipt: Part
    place_of_delivery: Part
    descriptions: tuple[str, ...]
    hs_codes: frozenset[str]
    packages: Decimal | None
    marks: frozenset[str]


def shipment_of(bill: Part) -> Shipment:
    """The shipment of a container bill or a charter-party bill."""
    shipped = day(bill, "shippedOnBoardDate") or day(bill, "receivedForShipmentDate")
    return _in_bulk(bill, shipped) if is_charter_party_bill(bill) else _in_containers(bill, shipped)


def _in_containers(bill: Part, shipped: date | None) -> Shipment:
    transports = part(bill, "transports")
    items = [item for _, item in parts(bill, "consignmentItems")]
    packages = [figure(part(item, "outerPackaging"), "numberOfPackages") for _, item in cargo_items(bill)]
    return Shipment(
        date=shipped,
        vessels=tuple(text(each, "vesselName") for _, each in parts(transports, "vesselVoyages")),
        port_of_loading=part(transports, "portOfLoading"),
        port_of_discharge=part(transports, "portOfDischarge"),
        place_of_receipt=part(transports, "placeOfReceipt"),
        place_of_delivery=part(transports, "placeOfDelivery"),
        descriptions=_texts(items, "descriptionOfGoods"),
        hs_codes=frozenset(code for item in items for code in hs_codes(item)[1]),
        packages=sum((each for each in packages if each is not None), Decimal(0)),
        marks=frozenset(_texts(items, "shippingMarks")),
    )


def _in_bulk(bill: Part, shipped: date | None) -> Shipment:
    goods = [each for _, each in parts(bill, "goods")]
    packages = [figure(part(each, "packages"), "numberOfPackages") for each in goods]
    counted = [each for each in packages if each is not None]
    return Shipment(
        date=shipped,
        vessels=(text(part(bill, "vessel"), "vesselName"),),
        port_of_loading=part(bill, "portOfLoading"),
        port_of_discharge=part(bill, "portOfDischarge"),
        place_of_receipt={},
        place_of_delivery={},
        descriptions=_texts(goods, "descriptionOfGoods"),
        hs_codes=frozenset(code for each in goods if (code := text(each, "HSCode"))),
        packages=sum(counted, Decimal(0)) if counted else None,
        marks=frozenset(_texts(goods, "shippingMarks")),
    )


def _texts(items: list[Part], field: str) -> tuple[str, ...]:
    return tuple(line for item in items for line in elements(item, field) if isinstance(line, str))
