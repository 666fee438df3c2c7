"""What the document says of the shipment agrees with the bill; every difference is named.

Words are compared without case, punctuation and order: a description may be general, and may not conflict (UCP 600
art. 14 (d), (e)). Ports are the same where their UN/LOCODEs are, or, where one has none, their names.
"""

import re
import unicodedata
from decimal import Decimal

from ebl_service.domain.insurance_document.case import Case
from ebl_service.domain.transport_document.reading import Found, Part, elements, figure, part, parts, text, within

_HS_DIGITS = 6
"""Of a commodity code, all that trades agree on."""


def goods_agree(case: Case) -> Found:
    """The goods insured are goods of the bill. Source: UCP 600 art. 14 (d), (e); 28."""
    of_bill = _Said(" ".join(case.shipment.descriptions))
    for path, goods in parts(case.insurance, "goods"):
        said = " ".join(line for line in elements(goods, "descriptionOfGoods") if isinstance(line, str))
        strange = sorted(word for word in _words(said) if word not in of_bill)
        if strange:
            wrong = f"the bill does not speak of {', '.join(strange)}"
            yield within(path, "descriptionOfGoods"), wrong, "the bill's description, or a general one of its words"


def commodity_codes_agree(case: Case) -> Found:
    """Commodity codes insured are the bill's, to six digits. Source: UCP 600 art. 14 (d)."""
    of_bill = {code[:_HS_DIGITS] for code in case.shipment.hs_codes}
    for path, goods in parts(case.insurance, "goods"):
        for at, code in enumerate(elements(goods, "HSCodes")):
            if of_bill and isinstance(code, str) and code[:_HS_DIGITS] not in of_bill:
                where = within(within(path, "HSCodes"), at)
                yield where, f"{code} is not on the bill", ", ".join(sorted(case.shipment.hs_codes))


def packages_agree(case: Case) -> Found:
    """As many packages are insured as the bill counts. Source: UCP 600 art. 14 (d)."""
    found = [figure(goods, "numberOfPackages") for _, goods in parts(case.insurance, "goods")]
    counted, of_bill = [each for each in found if each is not None], case.shipment.packages
    said = sum(counted, Decimal(0))
    if counted and of_bill is None:
        yield "goods", f"{said} packages are insured, and the bill counts none", "no numberOfPackages"
    elif counted and said != of_bill:
        yield "goods", f"{said} packages are insured, and the bill counts {of_bill}", f"{of_bill} packages in all"


def marks_agree(case: Case) -> Found:
    """Marks insured are the bill's. Source: UCP 600 art. 14 (d)."""
    of_bill = {_plain(mark) for mark in case.shipment.marks}
    for path, goods in parts(case.insurance, "goods"):
        for at, mark in enumerate(elements(goods, "shippingMarks")):
            if isinstance(mark, str) and _plain(mark) not in of_bill:
                yield within(within(path, "shippingMarks"), at), f"{mark!r} is not on the bill", "marks of the bill"


def conveyance_agrees(case: Case) -> Found:
    """The vessel insured is one that the bill names. Source: UCP 600 art. 14 (d)."""
    said = text(part(case.insurance, "conveyance"), "vesselName")
    if said and _plain(said) not in {_plain(vessel) for vessel in case.shipment.vessels}:
        yield "conveyance.vesselName", f"{said} is not the bill's vessel", " or ".join(case.shipment.vessels)


def voyage_agrees(case: Case) -> Found:
    """Risks are covered from the bill's first place to its last. Source: UCP 600 art. 28 (f) (iii)."""
    voyage = part(case.insurance, "voyage")
    for name, of_bill in (
        ("portOfLoading", case.shipment.port_of_loading),
        ("portOfDischarge", case.shipment.port_of_discharge),
        ("placeOfReceipt", case.shipment.place_of_receipt),
        ("placeOfDelivery", case.shipment.place_of_delivery),
    ):
        said = part(voyage, name)
        if said and of_bill and not _same_place(said, of_bill):
            yield f"voyage.{name}", f"{_shown(said)}, and the bill says {_shown(of_bill)}", _shown(of_bill)


def transit_covers_inland_carriage(case: Case) -> Found:
    """Where the bill has inland carriage, cover is not for the ports alone. Source: UCP 600 art. 28 (f) (iii)."""
    inland = [
        name
        for name, place in (("receipt", case.shipment.place_of_receipt), ("delivery", case.shipment.place_of_delivery))
        if place
    ]
    if inland and part(case.insurance, "voyage").get("transitClause") == "PORT_TO_PORT":
        wrong = f"cover from port to port, and the bill has a place of {' and of '.join(inland)}"
        yield "voyage.transitClause", wrong, "WAREHOUSE_TO_WAREHOUSE"


def names_this_bill(case: Case) -> Found:
    """Where a bill's number is given it is this bill's. Source: UCP 600 art. 14 (d)."""
    said, number = text(case.insurance, "transportDocumentReference"), text(case.bill, "transportDocumentReference")
    if said and said.upper() != number.upper():
        yield "transportDocumentReference", f"{said}, and the bill is {number}", number


class _Said:
    """The words of a text; in scripts that write no spaces, whatever stands in it."""

    def __init__(self, said: str) -> None:
        self._words, self._text = _words(said), _folded(said)

    def __contains__(self, word: str) -> bool:
        return word in self._words or (not word.isascii() and word in self._text)


def _same_place(one: Part, other: Part) -> bool:
    codes = text(one, "UNLocationCode"), text(other, "UNLocationCode")
    if all(codes):
        return codes[0] == codes[1]
    return _plain(_name(one)) == _plain(_name(other)) != ""


def _name(place: Part) -> str:
    return text(place, "locationName") or text(part(place, "city"), "city") or text(part(place, "address"), "city")


def _shown(place: Part) -> str:
    return " ".join(filter(None, (_name(place), text(place, "UNLocationCode")))) or "no named place"


def _words(said: str) -> set[str]:
    return set(re.findall(r"\w+", _folded(said)))


def _plain(said: str) -> str:
    return " ".join(re.findall(r"\w+", _folded(said)))


def _folded(said: str) -> str:
    return unicodedata.normalize("NFKC", said).casefold()
