"""Numbers that carry check digits.

Containers: ISO 6346 (the remainder 10 is written 0). Vessels: IMO resolution A.1117(30). Legal entities: ISO 17442,
checked by ISO 7064 (MOD 97-10). Chinese companies: GB 32100-2015.
"""

import re
from collections.abc import Iterator

from stdnum import imo, iso6346, lei
from stdnum.cn import uscc

from ebl_service.domain.transport_document.reading import Found, Part, named_parties, part, parts, text, within

_CONTAINER = re.compile(r"[A-Z]{3}[UJZ][0-9]{7}")
_USCC = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{18}")
_USCC_TYPES = frozenset({"USCI", "USCC"})


def container_number_has_its_check_digit(document: Part) -> Found:
    """Source: ISO 6346, 3.3 and annex A."""
    for path, reference, _ in _containers(document):
        if _CONTAINER.fullmatch(reference):
            right = iso6346.calc_check_digit(reference[:10])
            if right != reference[10]:
                yield path, f"{reference} ends in {reference[10]}", f"the check digit of {reference[:10]} is {right}"


def container_number_has_its_shape(document: Part) -> Found:
    """Source: ISO 6346, 3.1: owner, U, J or Z, serial number, check digit. A shipper's own may have another number."""
    for path, reference, is_shippers in _containers(document):
        if not _CONTAINER.fullmatch(reference):
            whose = "a shipper's own container" if is_shippers else "a carrier's container"
            right = "three letters, U, J or Z, and seven digits, unless the container has no ISO number"
            yield path, f"{reference!r}, {whose}, is no ISO 6346 number", right


def vessel_number_has_its_check_digit(document: Part) -> Found:
    """Source: IMO resolution A.1117(30): weights 7 to 2, the sum's last digit."""
    for path, number in _vessels(document):
        if re.fullmatch(r"[0-9]{7}", number) and not imo.is_valid(number):
            right = imo.calc_check_digit(number[:6])
            yield path, f"{number} ends in {number[6]}", f"the check digit of {number[:6]} is {right}"


def legal_entity_identifier_has_its_check_digits(document: Part) -> Found:
    """Source: ISO 17442-1, by ISO 7064: modulo 97 of the identifier is 1."""
    for path, _, party in named_parties(document):
        for where, code in parts(party, "identifyingCodes", path):
            number = text(code, "partyCode")
            if text(code, "codeListProvider") == "GLEIF" and not lei.is_valid(number):
                yield within(where, "partyCode"), f"{number} is no LEI", "20 characters of which modulo 97 is 1"


def chinese_company_number_has_its_check_digit(document: Part) -> Found:
    """Source: GB 32100-2015, unified social credit identifier: 18 characters, the last a check digit."""
    for path, _, party in named_parties(document):
        for where, tax in parts(party, "taxLegalReferences", path):
            number = text(tax, "value")
            is_one = text(tax, "countryCode") == "CN" and text(tax, "type").upper() in _USCC_TYPES
            if is_one and not (_USCC.fullmatch(number) and uscc.is_valid(number)):
                yield within(where, "value"), f"{number} is no unified social credit identifier", "its check digit"


def _containers(document: Part) -> Iterator[tuple[str, str, bool]]:
    """Path, number, and whether it is the shipper's own."""
    for path, used in parts(document, "utilizedTransportEquipments"):
        reference = text(part(used, "equipment"), "equipmentReference")
        if reference:
            where = within(within(path, "equipment"), "equipmentReference")
            yield where, reference, used.get("isShipperOwned") is True


def _vessels(document: Part) -> Iterator[tuple[str, str]]:
    for path, each in parts(part(document, "transports"), "vesselVoyages", "transports"):
        yield within(path, "vesselIMONumber"), text(each, "vesselIMONumber")
    yield "vessel.vesselIMONumber", text(part(document, "vessel"), "vesselIMONumber")
