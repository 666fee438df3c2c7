"""What an insurance document is judged by: the document, its bill, the terms of sale, and the title they are for."""

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from ebl_service.domain.insurance_document.shipment import Shipment, shipment_of
from ebl_service.domain.terms import Address, TitleId
from ebl_service.domain.transport_document.reading import Part


class Scope(IntEnum):
    """To how many a document may pass by endorsement; more is greater."""

    NAMED = 1
    TO_ORDER = 2
    BLANK = 3


@dataclass(frozen=True, slots=True)
class TitleInView:
    """The title that the goods' bill is. `scope`: NAMED where straight, BLANK where endorsed to nobody."""

    chain_id: int
    registry: Address
    title_id: TitleId
    scope: Scope


@dataclass(frozen=True)
class Case:
    """`terms`: of sale, None where nobody has given them. `follows_title`: the assured is who is entitled."""

    insurance: Part
    bill: Part
    terms: Part | None
    title: TitleInView
    follows_title: bool

    @cached_property
    def shipment(self) -> Shipment:
        """What the bill says of the shipment."""
        return shipment_of(self.bill)

    @property
    def sale(self) -> Part:
        """The terms of sale; rules that read them are asked only where they are there."""
        return self.terms or {}
