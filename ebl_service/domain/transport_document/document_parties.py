"""Who a transport document names, for its title: carrier, shipper, and to whom it is made out.

Rules kept: a party is known by its identifying codes, never by its name; to order without an endorsee is blank, to
order takes no consignee, straight needs one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ebl_service.domain.transport_document.code_lists import meanings
from ebl_service.domain.transport_document.commitment import TransportDocument
from ebl_service.errors import InvalidRequest

Code = tuple[str, str]
"""(code list provider, party code), such as ("GLEIF", an LEI); of a list that DCSA does not list, its name."""

MOST_ISSUER_CODES = 100
"""Of one issuing party that is looked up to verify a copy; no carrier has as many."""


@dataclass(frozen=True, slots=True)
class NamedParty:
    """A party as a document names it."""

    name: str
    codes: frozenset[Code]


@dataclass(frozen=True, slots=True)
class DocumentParties:
    """`made_out_to`: the endorsee of a bill to order (None: blank), the consignee of a straight one."""

    carrier: NamedParty
    shipper: NamedParty
    made_out_to: NamedParty | None
    notify: tuple[NamedParty, ...]
    is_to_order: bool


def document_parties(document: TransportDocument) -> DocumentParties:
    """The parties that the document's title needs. Raises: InvalidRequest where one is missing or too many."""
    parties = document.get("documentParties")
    if not isinstance(parties, Mapping):
        raise InvalidRequest("The document has no documentParties")
    is_to_order = document.get("isToOrder")
    if not isinstance(is_to_order, bool):
        raise InvalidRequest("The document does not say whether it is to order (isToOrder)")
    wanted, unwanted = ("endorsee", "consignee") if is_to_order else ("consignee", "endorsee")
    if unwanted in parties:
        raise InvalidRequest(f"A {'negotiable' if is_to_order else 'straight'} document names no {unwanted}")
    if not is_to_order and wanted not in parties:
        raise InvalidRequest("A straight document needs a consignee")
    return DocumentParties(
        carrier=_named(parties, "issuingParty"),
        shipper=_named(parties, "shipper"),
        made_out_to=_named(parties, wanted) if wanted in parties else None,
        notify=tuple(_party(each, "notifyParties") for each in parties.get("notifyParties") or ()),
        is_to_order=is_to_order,
    )


def issuer_codes(document: TransportDocument) -> frozenset[Code]:
    """The identifying codes of the document's issuing party; none where it names none as a document must."""
    parties = document.get("documentParties")
    try:
        codes = _named(parties, "issuingParty").codes if isinstance(parties, Mapping) else frozenset[Code]()
    except InvalidRequest:
        return frozenset()
    is_text = all(isinstance(text, str) for code in codes for text in code)
    return codes if is_text and len(codes) <= MOST_ISSUER_CODES else frozenset()


def _named(parties: Mapping[str, object], role: str) -> NamedParty:
    if role not in parties:
        raise InvalidRequest(f"The document names no {role}")
    return _party(parties[role], role)


def _party(given: object, role: str) -> NamedParty:
    if not isinstance(given, Mapping) or not isinstance(given.get("partyName"), str):
        raise InvalidRequest(f"The document's {role} has no partyName")
    codes = given.get("identifyingCodes") or ()
    try:
        return NamedParty(given["partyName"], frozenset(each for code in codes for each in meanings(code)))
    except (AttributeError, KeyError, TypeError):
        raise InvalidRequest(f"An identifying code of the document's {role} lacks provider or code") from None
