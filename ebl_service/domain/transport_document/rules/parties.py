"""Who must be in a document, who must not, and how a party is found: rules 3, 8, 9, and of 13 and 14 what is a party's.

Leaves to others: which registered party a name stands for (`party_resolution`).
"""

from collections import Counter

from ebl_service.domain.transport_document.reading import (
    PRINCIPALS,
    Found,
    Part,
    elements,
    named_parties,
    part,
    parts,
    text,
    within,
)

MOST_NOTIFY_PARTIES = 3
MOST_DISPLAYED_LINES = 6
MOST_DISPLAYED_LINES_ON_PAPER = 2
MOST_DISPLAYED_CHARACTERS = 35


def party_has_address_or_code(document: Part) -> Found:
    """Rule 3: an address, a displayed address or an identifying code. Source: implementers of DCSA's standard."""
    for path, role, party in named_parties(document):
        if role not in PRINCIPALS and not _has_any(
            party, "address", "addressLines", "displayedAddress", "identifyingCodes"
        ):
            yield path, "no address and no identifying code", "an address, displayedAddress or identifyingCodes"


def principal_has_address_or_code(document: Part) -> Found:
    """Rule 3. Source: OnBehalfOfShipper.identifyingCodes: either an address or an identifying code must be given."""
    for path, role, party in named_parties(document):
        if role in PRINCIPALS and not _has_any(party, "address", "addressLines", "identifyingCodes"):
            yield path, "no address and no identifying code", "an address or identifyingCodes"


def straight_bill_names_a_consignee(document: Part) -> Found:
    """Rule 8. Source: Consignee: mandatory where isToOrder is false."""
    if document.get("isToOrder") is False and "consignee" not in part(document, "documentParties"):
        yield "documentParties.consignee", "a straight bill names no consignee", "the consignee, or isToOrder true"


def straight_bill_names_no_endorsee(document: Part) -> Found:
    """Rule 8. Source: Endorsee: only where isToOrder is true."""
    if document.get("isToOrder") is False and "endorsee" in part(document, "documentParties"):
        yield "documentParties.endorsee", "a straight bill names an endorsee", "no endorsee, or isToOrder true"


def bill_to_order_names_no_consignee(document: Part) -> Found:
    """Rule 8. Source: Consignee and Endorsee are mutually exclusive, the consignee is a straight bill's."""
    if document.get("isToOrder") is True and "consignee" in part(document, "documentParties"):
        right = "an endorsee, no consignee (blank), or isToOrder false"
        yield "documentParties.consignee", "a bill to order names a consignee", right


def bill_to_order_names_a_notify_party(document: Part) -> Found:
    """Rule 9. Source: DocumentParties.notifyParties; 3.0.4 allows isNotifyParty of endorsee or consignee instead."""
    document_parties = part(document, "documentParties")
    if document.get("isToOrder") is not True or elements(document_parties, "notifyParties"):
        return
    if not any(part(document_parties, role).get("isNotifyParty") is True for role in ("endorsee", "consignee")):
        right = "one to three notify parties, or an endorsee with isNotifyParty true"
        yield "documentParties.notifyParties", "a bill to order names nobody to be notified", right


def notify_parties_are_three_at_most(document: Part) -> Found:
    """Rule 9. Source: DocumentParties.notifyParties; their order says who is notified first."""
    count = len(elements(part(document, "documentParties"), "notifyParties"))
    if count > MOST_NOTIFY_PARTIES:
        yield "documentParties.notifyParties", f"{count} notify parties", f"at most {MOST_NOTIFY_PARTIES}"


def displayed_address_fits(document: Part) -> Found:
    """Rule 13. Source: displayedAddress: 6 lines of 35 characters on an electronic bill, 2 on a physical one."""
    most = MOST_DISPLAYED_LINES_ON_PAPER if document.get("isElectronic") is False else MOST_DISPLAYED_LINES
    for path, _, party in named_parties(document):
        displayed = elements(party, "displayedAddress")
        where = within(path, "displayedAddress")
        if len(displayed) > most:
            yield where, f"{len(displayed)} lines", f"at most {most} lines"
        for at, line in enumerate(displayed):
            if isinstance(line, str) and len(line) > MOST_DISPLAYED_CHARACTERS:
                yield within(where, at), f"{len(line)} characters", f"at most {MOST_DISPLAYED_CHARACTERS} a line"


def tax_references_are_unique(document: Part) -> Found:
    """Rule 14. Source: taxLegalReferences: type and country together are given once for a party."""
    for path, _, party in named_parties(document):
        kinds: Counter[tuple[str, str]] = Counter()
        for where, reference in parts(party, "taxLegalReferences", path):
            kind = text(reference, "type").upper(), text(reference, "countryCode")
            kinds[kind] += 1
            if kinds[kind] > 1:
                yield where, f"a second {kind[0]} of {kind[1]}", "one reference for each type and country"


def _has_any(party: Part, *fields: str) -> bool:
    return any(party.get(field) for field in fields)
