"""Goods: dangerous ones, commodity codes, customs references: rules 11, 12 (codes) and 14.

Leaves to others: which container they are in (`equipment`), which of two code fields counts (`extended_fields`).
"""

import re
from collections import Counter
from collections.abc import Iterator

from ebl_service.domain.transport_document.extended_fields import hs_codes
from ebl_service.domain.transport_document.reading import (
    Found,
    Part,
    cargo_items,
    part,
    parts,
    text,
    within,
)

_HS_CODE = re.compile(r"[0-9]{6,10}")
_EXTENDED_HS_CODE = re.compile(r"[0-9]{6,12}")
_NUMBERS = ("UNNumber", "NANumber")


def dangerous_goods(document: Part) -> Iterator[tuple[str, Part]]:
    """Every entry of dangerous goods, with its path."""
    for path, item in cargo_items(document):
        yield from parts(part(item, "outerPackaging"), "dangerousGoods", within(path, "outerPackaging"))


def dangerous_goods_have_one_number(document: Part) -> Found:
    """Rule 11: exactly one of UNNumber and NANumber. Source: DangerousGoods."""
    for path, goods in dangerous_goods(document):
        given = [name for name in _NUMBERS if name in goods]
        if len(given) != 1:
            yield path, "both UNNumber and NANumber" if given else "no UNNumber and no NANumber", "exactly one of them"


def dangerous_goods_are_named_and_classed(document: Part) -> Found:
    """Rule 11. Source: DangerousGoods.properShippingName, imoClass: both are required."""
    for path, goods in dangerous_goods(document):
        for name in ("properShippingName", "imoClass"):
            if not goods.get(name):
                yield within(path, name), "dangerous goods without it", f"the {name} as in the IMDG Code"


def dangerous_goods_packaging_has_a_code(document: Part) -> Found:
    """Rule 11. Source: OuterPackaging.imoPackagingCode; packageCode (UN recommendation 21) where there is none."""
    for path, item in cargo_items(document):
        packaging = part(item, "outerPackaging")
        if packaging.get("dangerousGoods") and not (packaging.get("imoPackagingCode") or packaging.get("packageCode")):
            right = "imoPackagingCode, or packageCode where there is none"
            yield within(path, "outerPackaging"), "packaging of dangerous goods has no code", right


def commodity_codes_have_their_digits(document: Part) -> Found:
    """Rule 12: 6 to 10 digits; where extendedHSCodes are given they win, with up to 12. Source: ConsignmentItem."""
    for path, item in parts(document, "consignmentItems"):
        field, codes = hs_codes(item)
        pattern, words = (
            (_EXTENDED_HS_CODE, "6 to 12 digits") if field == "extendedHSCodes" else (_HS_CODE, "6 to 10 digits")
        )
        for at, code in enumerate(codes):
            if not pattern.fullmatch(code):
                yield within(within(path, field), at), f"the commodity code is {code[:40]!r}", words


def customs_references_are_unique(document: Part) -> Found:
    """Rule 14: type and country once in each list. Source: CustomsReference."""
    lists = [("", document), *parts(document, "consignmentItems"), *cargo_items(document)]
    lists += parts(document, "utilizedTransportEquipments")
    for path, whole in lists:
        kinds: Counter[tuple[str, str]] = Counter()
        for where, reference in parts(whole, "customsReferences", path):
            kind = text(reference, "type").upper(), text(reference, "countryCode")
            kinds[kind] += 1
            if kinds[kind] > 1:
                yield where, f"a second {kind[0]} of {kind[1]}", "one reference for each type and country"
