"""Which registered party a document means: exactly one that carries its identifying codes, or the field is named.

Rules kept: a party is known by its codes, never by its name; a code is its provider and its value, to the letter; codes
that point to different parties point to none. Leaves to others: who is registered, and with which codes (the store).
"""

from collections.abc import Iterable, Mapping

from ebl_service.domain.terms import Address
from ebl_service.domain.transport_document.document_parties import Code
from ebl_service.errors.documents import Breach

RULE = "party_is_registered_once"

RegisteredCodes = Mapping[Address, frozenset[Code]]
"""The identifying codes of each registered party."""


def resolve_party(path: str, codes: Iterable[Code], registered: RegisteredCodes) -> Address | Breach:
    """The one registered party with any of `codes`; otherwise what is wrong with the party at `path`."""
    wanted = frozenset(codes)
    field = f"{path}.identifyingCodes"
    if not wanted:
        return Breach(RULE, field, "the party has no identifying code", "a code that the ledger knows it by")
    found = sorted(account for account, known in registered.items() if known & wanted)
    if len(found) == 1:
        return found[0]
    given = ", ".join(sorted(f"{provider} {code}" for provider, code in wanted))
    if not found:
        return Breach(RULE, field, f"no registered party has {given}", "codes of one registered party")
    return Breach(RULE, field, f"{len(found)} registered parties have codes among {given}", "codes of one party only")
