"""Codes that no list knows; each answer names the list and its version.

Countries: ISO 3166-1, by the package iso3166. Currencies: ISO 4217, by the package iso4217. Packages: UN/ECE
Recommendation 21, by `package_codes`. Of UN/LOCODE the country alone is checked: no package carries the list and is
kept up to date. Of dangerous goods' UN numbers and of commodity codes the range is checked.
"""

from collections.abc import Iterator
from importlib.metadata import version

import iso3166
from iso4217 import Currency

from ebl_service.domain.transport_document.advice.package_codes import PACKAGE_CODES, PACKAGE_CODES_SOURCE
from ebl_service.domain.transport_document.reading import Found, Part, cargo_items, elements, parts, within
from ebl_service.domain.transport_document.texts import Place, all_texts, path_of

_COUNTRIES = frozenset(iso3166.countries_by_alpha2)
_UNKNOWN_COUNTRY = "ZZ"  # DCSA: where the country is not known
_HIGH_SEAS = "XZ"  # UN/LOCODE: installations in international waters
_CURRENCIES = frozenset(each.code for each in Currency)
_COUNTRY_LIST = f"ISO 3166-1 (package iso3166 {version('iso3166')})"
_CURRENCY_LIST = f"ISO 4217 (package iso4217 {version('iso4217')})"
_FIRST_UN_NUMBER, _LAST_UN_NUMBER = 4, 3_600
_CHAPTERS = frozenset(range(1, 100)) - {77}
_CURRENCY_FIELDS = ("currencyCode", "declaredValueCurrency", "advanceCurrency", "currency")


def location_is_in_a_country(document: Part) -> Found:
    """Source: UN/ECE Recommendation 16: a location code begins with its country's code."""
    for place, code in _values(document, ("UNLocationCode",)):
        country = code[:2]
        if country not in _COUNTRIES and country != _HIGH_SEAS:
            yield path_of(place), f"{code}: {country} is no country", f"a country of {_COUNTRY_LIST}, or XZ"


def country_is_listed(document: Part) -> Found:
    """Source: ISO 3166-1, and ZZ as DCSA has it."""
    for place, code in _values(document, ("countryCode", "flag")):
        if code not in _COUNTRIES and code != _UNKNOWN_COUNTRY:
            yield path_of(place), f"{code} is no country", f"a code of {_COUNTRY_LIST}"


def currency_is_listed(document: Part) -> Found:
    """Source: ISO 4217."""
    for place, code in _values(document, _CURRENCY_FIELDS):
        if code not in _CURRENCIES:
            yield path_of(place), f"{code} is no currency", f"a code of {_CURRENCY_LIST}"


def package_code_is_listed(document: Part) -> Found:
    """Source: UN/ECE Recommendation 21."""
    for place, code in _values(document, ("packageCode",)):
        if code not in PACKAGE_CODES:
            yield path_of(place), f"{code} is no kind of package", f"a code of {PACKAGE_CODES_SOURCE}"


def un_number_is_in_the_list(document: Part) -> Found:
    """Source: UN Recommendations on the Transport of Dangerous Goods, whose list runs from UN 0004."""
    for place, code in _values(document, ("unNumber",)):
        if code.isdecimal() and not _FIRST_UN_NUMBER <= int(code) <= _LAST_UN_NUMBER:
            yield (
                path_of(place),
                f"UN {code} is beyond the list of dangerous goods",
                "a number from 0004 to the list's end",
            )


def commodity_code_has_a_chapter(document: Part) -> Found:
    """Source: Harmonized System: chapters 01 to 99, of which 77 is reserved."""
    for path, item in [*parts(document, "consignmentItems"), *parts(document, "goods")]:
        for name in ("HSCodes", "extendedHSCodes"):
            for at, code in enumerate(elements(item, name)):
                yield from _chapter(within(within(path, name), at), code)
        yield from _chapter(within(path, "HSCode"), item.get("HSCode"))
    for path, item in cargo_items(document):
        for at, code in enumerate(elements(item, "HSCodes")):
            yield from _chapter(within(within(path, "HSCodes"), at), code)


def _chapter(path: str, code: object) -> Found:
    if isinstance(code, str) and code[:2].isdecimal() and int(code[:2]) not in _CHAPTERS:
        yield path, f"{code}: there is no chapter {code[:2]}", "a chapter of the Harmonized System, 01 to 99"


def _values(document: Part, names: tuple[str, ...]) -> Iterator[tuple[Place, str]]:
    """Every text in a field of one of these names, with its place, in order."""
    return ((place, text) for place, _, name, text in all_texts(document) if name in names and text)
