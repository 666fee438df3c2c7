"""One bill divided into several, or several made into one: what goes in must come out, to the last decimal.

Rules kept: for each container the cargo's packages by kind, weights and volumes, and for each kind of bulk cargo its
kilograms, packages and declared quantities, are the same before and after; no container appears or is lost. Sums are
of decimals as the documents write them, never of binary fractions. Leaves to others: whether the titles may be
replaced (`title_rules`), and all else that an amendment changes (`amendment`).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal, localcontext

from ebl_service.domain.transport_document.check import is_charter_party_bill
from ebl_service.domain.transport_document.reading import (
    Part,
    as_figure,
    cargo_items,
    elements,
    part,
    parts,
    text,
)
from ebl_service.errors.documents import Breach

RULE = "parts_sum_to_the_whole"

IN_STANDARD_UNIT = {
    "KGM": ("kg", Decimal(1)),
    "LBR": ("kg", Decimal("0.45359237")),
    "MTQ": ("m3", Decimal(1)),
    "FTQ": ("m3", Decimal("0.028316846592")),
}
"""Kilograms in an avoirdupois pound and cubic metres in a cubic foot, both exact by definition (1959)."""

_MEASURES = ("cargoGrossWeight", "cargoNetWeight", "cargoGrossVolume", "cargoNetVolume")

# Sums are exact: nothing is rounded to Python's usual 28 digits.
_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)

Total = tuple[str, str]
"""What is summed: the place (a container, or a description of bulk goods) and the measure with its unit."""


def check_sums(whole: Sequence[Part], made: Sequence[Part]) -> tuple[Breach, ...]:
    """Every quantity in which the new documents (`made`) differ from those they replace (`whole`).

    Division is one to several, consolidation several to one. Each breach has the container or the goods as its path.
    """
    with localcontext(_EXACT):
        before, after = _totals(whole), _totals(made)
        found = [
            Breach(
                RULE,
                place,
                f"{measure}: {_plain(after.get(key))} after, {_plain(before.get(key))} before",
                _plain(before.get(key)),
            )
            for key in sorted(before.keys() | after.keys())
            if before.get(key, 0) != after.get(key, 0)
            for place, measure in (key,)
        ]
    return (*_equipment_breaches(whole, made), *found)


def totals(documents: Iterable[Part]) -> dict[Total, Decimal]:
    """All that the documents count, weigh and measure, by place and measure."""
    with localcontext(_EXACT):
        return _totals(documents)


def _totals(documents: Iterable[Part]) -> dict[Total, Decimal]:
    summed: dict[Total, Decimal] = defaultdict(Decimal)
    for document in documents:
        if is_charter_party_bill(document):
            _add_bulk(document, summed)
        else:
            _add_cargo(document, summed)
    return summed


def _add_cargo(document: Part, summed: dict[Total, Decimal]) -> None:
    for _, item in cargo_items(document):
        place = text(item, "equipmentReference").upper()
        packaging = part(item, "outerPackaging")
        kind = text(packaging, "imoPackagingCode") or text(packaging, "packageCode") or text(packaging, "description")
        _add(summed, (place, f"packages of {kind}"), packaging.get("numberOfPackages"))
        for measure in _MEASURES:
            stated = part(item, measure)
            unit, factor = IN_STANDARD_UNIT.get(text(stated, "unit"), (text(stated, "unit"), Decimal(1)))
            _add(summed, (place, f"{measure} in {unit}"), stated.get("value"), factor)


def _add_bulk(document: Part, summed: dict[Total, Decimal]) -> None:
    for _, goods in parts(document, "goods"):
        place = " ".join(line for line in elements(goods, "descriptionOfGoods") if isinstance(line, str))
        declared, packages = part(goods, "shippersDeclaredQuantity"), part(goods, "packages")
        net = "net " if declared.get("isNet") is True else ""
        kind = text(packages, "packageCode") or text(packages, "description")
        _add(summed, (place, "gross weight in kg"), goods.get("grossWeightKilograms"))
        _add(summed, (place, "deck cargo in kg"), goods.get("deckCargoKilograms"))
        _add(summed, (place, f"declared {net}quantity in {text(declared, 'unit')}"), declared.get("value"))
        _add(summed, (place, f"packages of {kind}"), packages.get("numberOfPackages"))


def _add(summed: dict[Total, Decimal], total: Total, value: object, factor: Decimal = Decimal(1)) -> None:
    stated = as_figure(value)
    if stated is not None:
        summed[total] += stated * factor


def _equipment_breaches(whole: Sequence[Part], made: Sequence[Part]) -> tuple[Breach, ...]:
    before, after = _equipment(whole), _equipment(made)
    lost = [
        Breach(RULE, each, "the container is lost", "to list it in one of the new bills") for each in before - after
    ]
    come = [Breach(RULE, each, "the container was in no bill before", "to leave it out") for each in after - before]
    return tuple(sorted(lost + come, key=lambda breach: breach.path))


def _equipment(documents: Sequence[Part]) -> frozenset[str]:
    return frozenset(
        text(part(used, "equipment"), "equipmentReference").upper()
        for document in documents
        for _, used in parts(document, "utilizedTransportEquipments")
    )


def _plain(value: Decimal | None) -> str:
    return f"{(value or Decimal(0)).normalize():f}"
