"""What can become a title at all: the kind of document, its medium, originals and copies, its status.

Rules 1 and 2, and what the ledger itself asks. Leaves to others: parties (`parties`), dates (`dates`).
"""

from ebl_service.domain.transport_document.reading import Found, Part, as_figure, figure
from ebl_service.errors.documents import Breach

ORIGINALS = ("numberOfOriginalsWithCharges", "numberOfOriginalsWithoutCharges")
COPIES = ("numberOfCopiesWithCharges", "numberOfCopiesWithoutCharges")
BEFORE_SURRENDER = ("DRAFT", "APPROVED", "ISSUED")


def title_stands_for_a_bill_of_lading(document: Part) -> Found:
    """A sea waybill is no document of title: whoever is named in it gets the goods. Source: the ledger's own rule."""
    if document.get("transportDocumentTypeCode") == "SWB":
        yield "transportDocumentTypeCode", "a sea waybill has no title", "BOL, or no title on the ledger"


def title_stands_for_an_electronic_bill(document: Part) -> Found:
    """A paper bill beside a title would be two bills for the same goods. Source: MLETR 10; the ledger's own rule."""
    if document.get("isElectronic") is False:
        right = "true; a bill on paper is converted first, and its originals are surrendered"
        yield "isElectronic", "a bill on paper has no title", right


def status_comes_before_surrender(document: Part) -> Found:
    """A bill is issued once, before it is surrendered. Source: TransportDocument.transportDocumentStatus."""
    status = document.get("transportDocumentStatus")
    if isinstance(status, str) and status not in BEFORE_SURRENDER:
        yield "transportDocumentStatus", repr(status[:40]), f"one of {', '.join(BEFORE_SURRENDER)}"


def sea_waybill_is_not_to_order(document: Part) -> Found:
    """Rule 1. Source: TransportDocument.isToOrder: false where the type is SWB, so to order means BOL."""
    if document.get("isToOrder") is True and document.get("transportDocumentTypeCode") == "SWB":
        yield "isToOrder", "true on a sea waybill", "false, or a transportDocumentTypeCode of BOL"


def sea_waybill_has_no_originals(document: Part) -> Found:
    """Rule 1. Source: TransportDocument.numberOfOriginals…: only applicable to a bill of lading."""
    if document.get("transportDocumentTypeCode") == "SWB":
        for field in ORIGINALS:
            if figure(document, field):
                yield field, f"{document[field]} originals of a sea waybill", "none"


def electronic_bill_has_one_original_at_most(document: Part) -> Found:
    """Rule 2. Source: TransportDocument.numberOfOriginals…: 1 or 0, and 1 together, where isElectronic is true."""
    if document.get("isElectronic") is not True or document.get("transportDocumentTypeCode") != "BOL":
        return
    count = sum(as_figure(document.get(field)) or 0 for field in ORIGINALS)
    if count > 1:
        field = next(name for name in ORIGINALS if document.get(name))
        yield field, f"{count} originals, with and without charges", "one original at most of an electronic bill"


def electronic_bill_has_no_copies(document: Part) -> Found:
    """Rule 2. Source: TransportDocument.numberOfCopies…: no copies of an electronic bill of lading."""
    if document.get("isElectronic") is not True or document.get("transportDocumentTypeCode") != "BOL":
        return
    for field in COPIES:
        if figure(document, field):
            yield field, f"{document[field]} copies of an electronic bill", "none"


def sent_to_this_platform(send_to_platform: str, our_platform: str) -> tuple[Breach, ...]:
    """A bill that the carrier means for another platform is not ours to issue. Source: IssueToParty.sendToPlatform."""
    if send_to_platform == our_platform:
        return ()
    wrong = f"the bill is meant for platform {send_to_platform[:40]!r}"
    return (Breach("sent_to_this_platform", "issueTo.sendToPlatform", wrong, our_platform),)
