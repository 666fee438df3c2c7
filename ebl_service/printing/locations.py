"""Countries and places in words beside their codes: CN becomes China (CN), Shanghai and CNSHA Shanghai, China (CNSHA).

Names of countries: ISO 3166-1, by the iso3166 package. A place is named as the document names it; its code stays, since
it is what others look up.
"""

from iso3166 import countries_by_alpha2


def country(code: str) -> str:
    """The name of a country; empty where the code is none of ISO 3166-1."""
    found = countries_by_alpha2.get(code.upper())
    return found.name if found else ""


def country_in_words(code: str) -> str:
    """The country with its code, such as Germany (DE)."""
    name = country(code)
    return f"{name} ({code})" if name else code


def place_in_words(name: str, code: str) -> str:
    """A place with its country and code. `name`: as the document has it, or empty; `code`: UN/LOCODE or a country's."""
    land = country(code[:2])
    is_named = not land or land.casefold() in name.casefold()
    words = ", ".join(each for each in (name, "" if is_named else land) if each)
    return " ".join(each for each in (words, f"({code})" if words and code else code) if each)
