"""Parties and places as a bill's boxes show them: names, addresses, codes, contacts; ports by name and UN/LOCODE."""

from ebl_service.printing.locations import place_in_words
from ebl_service.printing.said import Said


def party(said: Said) -> list[str]:
    """A party's lines. A displayed address stands in the place of the structured one (DCSA, displayedAddress)."""
    lines = said.lines("partyName")
    lines += said.lines("displayedAddress") or address(said.part("address")) or said.lines("addressLines")
    lines += _codes(said)
    lines += [contact(each) for each in said.parts("partyContactDetails")]
    reference, orders = said.text("reference"), said.text("purchaseOrderReferences")
    if reference or orders:
        lines.append(" · ".join([*([f"Ref. {reference}"] if reference else []), *([f"PO {orders}"] if orders else [])]))
    return lines


def contact(said: Said) -> str:
    """A person or desk to ask: name, telephone, e-mail."""
    return _beside(said, "name", "phone", "email")


def _codes(said: Said) -> list[str]:
    codes = []
    for code in said.parts("identifyingCodes"):
        name, provider = code.text("codeListName"), code.text("codeListProvider")
        known = f"{name} ({provider})" if name and name != provider else provider
        codes.append(f"{known} {code.text('partyCode')}")
    taxes = [
        f"{tax.text('type')} {tax.as_written('countryCode')} {tax.text('value')}"
        for tax in said.parts("taxLegalReferences")
    ]
    return [*codes, *([" · ".join(taxes)] if taxes else [])]


def address(said: Said) -> list[str]:
    """An address on one or two lines; none where there is none."""
    street = _beside(said, "street", "streetNumber", between=" ")
    first = ", ".join(each for each in (street, said.text("floor"), _named("P.O. box", said.text("POBox"))) if each)
    city = _beside(said, "postCode", "city", between=" ")
    second = ", ".join(each for each in (city, said.text("stateRegion"), said.text("countryCode")) if each)
    return [each for each in (first, second) if each]


def place(said: Said) -> list[str]:
    """A port or inland place: its name, then what else says where it is."""
    name = said.text("locationName") or said.text("facilityName")
    city = said.part("city")
    town = ", ".join(each for each in (city.text("city"), city.text("stateRegion"), city.text("countryCode")) if each)
    code = said.as_written("UNLocationCode")
    first = place_in_words(name or town, code)
    lines = [first, town if name else "", *address(said.part("address")), *said.lines("addressLines")]
    facility = said.part("facility")
    lines.append(
        " ".join(each for each in (facility.text("facilityCodeListProvider"), facility.text("facilityCode")) if each)
    )
    return [line for line in lines if line]


def _beside(said: Said, *keys: str, between: str = ", ") -> str:
    return between.join(text for text in (said.text(key) for key in keys) if text)


def _named(name: str, text: str) -> str:
    return f"{name} {text}" if text else ""
