"""The goods of a container bill as its table shows them, item by item, container by container."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from ebl_service.domain.transport_document.extended_fields import hs_codes
from ebl_service.domain.transport_document.reading import Part, part, parts, text
from ebl_service.printing.codes import in_words
from ebl_service.printing.face import Goods
from ebl_service.printing.said import Said, grouped, printed
from ebl_service.printing.sheets import INNER, Column, Row

COLUMNS = (
    Column("MARKS AND NUMBERS · CONTAINER · SEALS", 132),
    Column("PACKAGES", 88),
    Column("DESCRIPTION OF GOODS", INNER - 132 - 88 - 74 - 66),
    Column("GROSS WEIGHT", 74, is_figure=True),
    Column("MEASUREMENT", 66, is_figure=True),
)


def container_goods(document: Said) -> Goods:
    """Every consignment item with its cargo items, and the totals over all."""
    seen: set[str] = set()
    rows = [row for item in document.parts("consignmentItems") for row in _item(document, item, seen)]
    return Goods("PARTICULARS OF GOODS", COLUMNS, tuple(rows), _totals(document.content))


def _item(document: Said, item: Said, seen: set[str]) -> Iterator[Row]:
    described = item.lines("descriptionOfGoods")
    field, _ = hs_codes(item.content)
    described += [f"HS code {item.text(field)}", f"Booking {item.text('carrierBookingReference')}"]
    described += [f"{each.text('type')} {each.text('values')}" for each in item.parts("references")]
    yield Row((item.lines("shippingMarks"), (), described, (), ()), is_close=True)
    for cargo in item.parts("cargoItems"):
        yield _cargo(document, cargo, seen)
    rest = item.all_of("cargoItems", "HSCodes", "extendedHSCodes")
    if field == "extendedHSCodes":
        rest += [f"HS codes (older field): {item.text('HSCodes')}"]
    if rest:
        yield Row(((), (), rest, (), ()))


def _cargo(document: Said, cargo: Said, seen: set[str]) -> Row:
    number = cargo.text("equipmentReference")
    gross = cargo.amount("cargoGrossWeight"), cargo.amount("cargoGrossVolume")
    packaging = cargo.part("outerPackaging")
    kind = " ".join(each for each in (packaging.text("packageCode"), packaging.text("imoPackagingCode")) if each)
    packages = [f"{packaging.text('numberOfPackages')}{f' × {kind}' if kind else ''}", *packaging.lines("description")]
    described = [_dangerous(each) for each in packaging.parts("dangerousGoods")]
    net = cargo.amount("cargoNetWeight"), cargo.amount("cargoNetVolume")
    described += [f"Net {', '.join(each for each in net if each)}"] if any(net) else []
    described += packaging.all_of("dangerousGoods", "description") + cargo.all_of("outerPackaging")
    where = [number] if number in seen else [number, *_container(document, number)]
    seen.add(number)
    return Row((where, packages, described, gross[:1], gross[1:]))


def _dangerous(goods: Said) -> str:
    """The line that a shipper's declaration has (IMDG Code 5.4.1.4): number, name, class, packing group."""
    number = f"UN {text(goods.content, 'UNNumber')}" if "UNNumber" in goods.content else ""
    number = number or f"NA {text(goods.content, 'NANumber')}"
    group = goods.content.get("packingGroup")
    pollutant = "MARINE POLLUTANT" if goods.content.get("isMarinePollutant") is True else ""
    told = (
        f"{number} {text(goods.content, 'properShippingName')}",
        f"class {text(goods.content, 'imoClass')}",
        f"PG {'I' * group}" if isinstance(group, int) else "",
        pollutant,
    )
    return "DG: " + ", ".join(each for each in told if each) + " (details attached)"


def _container(document: Said, number: str) -> list[str]:
    for _, used in parts(document.content, "utilizedTransportEquipments"):
        equipment = part(used, "equipment")
        if text(equipment, "equipmentReference") == number:
            seals = ", ".join(text(seal, "number") for _, seal in parts(used, "seals"))
            settings = part(used, "activeReeferSettings")
            kept = settings.get("temperatureSetpoint")
            cold = (
                [f"Set point {printed(kept)} {in_words(text(settings, 'temperatureUnit'))}"] if kept is not None else []
            )
            return [f"{text(equipment, 'ISOEquipmentCode')} Seal {seals}".strip(), *cold]
    return []


def _totals(document: Part) -> Row:
    packages = 0
    weights: dict[str, Decimal] = defaultdict(Decimal)
    volumes: dict[str, Decimal] = defaultdict(Decimal)
    for _, item in parts(document, "consignmentItems"):
        for _, cargo in parts(item, "cargoItems"):
            count = part(cargo, "outerPackaging").get("numberOfPackages")
            packages += int(count) if isinstance(count, int | float) else 0
            _add(weights, part(cargo, "cargoGrossWeight"))
            _add(volumes, part(cargo, "cargoGrossVolume"))
    containers = len(list(parts(document, "utilizedTransportEquipments")))
    said = f"TOTAL {containers} container{'s' * (containers != 1)}"
    counted = f"{grouped(Decimal(packages))} package{'s' * (packages != 1)}"
    return Row(((said,), (counted,), (), (_sums(weights),), (_sums(volumes),)), is_bold=True)


def _add(sums: dict[str, Decimal], amount: Part) -> None:
    value = Said(amount).figure("value")
    if value is not None:
        sums[text(amount, "unit")] += value


def _sums(sums: dict[str, Decimal]) -> str:
    return " + ".join(f"{grouped(total)} {in_words(unit)}" for unit, total in sums.items())
