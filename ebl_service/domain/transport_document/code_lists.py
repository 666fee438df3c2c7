"""Identifying codes of parties as DCSA writes them: the providers that its definitions list, and every other code.

Source: IdentifyingCode of DCSA EBL_SUR, EBL_END and EBL_ISS 3.0.4. Rules kept: a code whose provider the definitions
do not list is written as mutually defined (ZZZ), with the provider's name as `codeListName`; a code that is read so
means either, and two parties that it could mean are told apart by `party_resolution`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

MUTUALLY_DEFINED = "ZZZ"
ACCOUNT_LIST = "eBL Ledger account"
"""The `codeListName` of a party's account on the ledger."""

SCAC_LIST = "NMFTA"
"""Standard Carrier Alpha Codes, named by their provider as in `carrierCodeListProvider`."""

PLATFORMS = frozenset(
    ("WAVE", "CARX", "ESSD", "IDT", "BOLE", "EDOX", "IQAX", "SECR", "TRGO", "ETEU", "TRAC", "BRIT", "COVA")
) | {"ETIT", "KTNE", "CRED", "BLOC", "DOCU", "AEOT", "SGTD"}
PROVIDERS = PLATFORMS | {"GSBN", "WISE", "GLEIF", "W3C", "DNB", "FMC", "DCSA", MUTUALLY_DEFINED}
"""The values of `codeListProvider` that the definitions list for a party."""


def written(provider: str, code: str) -> dict[str, str]:
    """A code as IdentifyingCode has it, under a provider that the definitions list."""
    if provider in PROVIDERS:
        return {"codeListProvider": provider, "partyCode": code}
    return {"codeListProvider": MUTUALLY_DEFINED, "partyCode": code, "codeListName": provider}


def meanings(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The codes that an IdentifyingCode may mean. Raises: KeyError, TypeError where it lacks provider or code."""
    provider, code, name = given["codeListProvider"], given["partyCode"], given.get("codeListName")
    yield provider, code
    if provider == MUTUALLY_DEFINED and isinstance(name, str) and name not in PROVIDERS:
        yield name, code
