"""No text of a document shows other words than it holds, and every number and code can be told letter by letter.

Two bill numbers that look alike would be two originals of one bill. The rules go over the whole document, fields that
no table names included, and stop at the first MAX_FAULTS.
"""

from collections.abc import Iterator
from itertools import islice

from ebl_service.domain.characters import is_reference, reference_fault, text_fault, visible
from ebl_service.domain.transport_document.reading import Found, Part
from ebl_service.domain.transport_document.texts import MAX_SHOWN, all_texts, path_of
from ebl_service.errors.documents import Breach

MAX_FAULTS = 20
"""Of each rule in one answer."""

REFERENCES = frozenset(
    {
        *("transportDocumentReference", "transportDocumentSubReference", "shippingInstructionsReference"),
        *("carrierBookingReference", "serviceContractReference", "contractQuotationReference"),
        *("extendedContractQuotationReference", "purchaseOrderReferences", "documentReference", "policyNumber"),
        *("openCoverNumber", "equipmentReference", "ISOEquipmentCode", "carrierCode", "carrierCodeListProvider"),
        *("codeListProvider", "codeListName", "partyCode", "facilityCode", "eblPlatform", "sendToPlatform"),
        *("carrierExportVoyageNumber", "carrierImportVoyageNumber", "universalExportVoyageReference"),
        *("universalImportVoyageReference", "voyageNumber", "vesselIMONumber", "UNLocationCode", "countryCode"),
        *("HSCodes", "extendedHSCodes", "HSCode", "packageCode", "imoPackagingCode", "imoClass", "EMSNumber"),
        *("currencyCode", "unit", "role", "partyFunction", "typeOfPerson", "titleId", "titleRegistry"),
    }
)
"""Fields that hold a number or code, or several, wherever they stand."""

CODED = {
    "seals": ("number",),
    "references": ("type", "value", "values"),
    "customsReferences": ("type", "countryCode", "values"),
    "taxLegalReferences": ("type", "countryCode", "value"),
    "nationalCommodityCodes": ("type", "countryCode", "values"),
    "extendedNationalCommodityCodes": ("type", "countryCode", "values"),
    "shipper": ("reference",),
    "consignee": ("reference",),
    "notifyParties": ("reference",),
    "exportLicense": ("reference",),
    "importLicense": ("reference",),
    "charterParty": ("reference",),
    "invoice": ("number",),
    "credit": ("reference",),
}
"""Fields that hold one within an object, or an array of objects, of that name."""


def references_are_printable_ascii(document: Part) -> Found:
    """Numbers and codes are printable ASCII without runs of spaces: what looks alike is the same."""
    return islice(_references(document), MAX_FAULTS)


def texts_show_what_they_hold(document: Part) -> Found:
    """No text and no field's name holds characters that a reader cannot see (`domain.characters`)."""
    return islice(_texts(document), MAX_FAULTS)


def character_breaches(document: Part) -> Iterator[Breach]:
    """What both rules find, for documents that are not bills."""
    for rule in (references_are_printable_ascii, texts_show_what_they_hold):
        yield from (Breach(rule.__name__, *found) for found in rule(document))


def _references(document: Part) -> Found:
    for place, around, name, text in all_texts(document):
        if (name in REFERENCES or name in CODED.get(around, ())) and not is_reference(text):
            wrong = f"'{visible(text[:MAX_SHOWN])}': {reference_fault(text)}"
            yield path_of(place), wrong, "printable ASCII, single spaces inside, none at the ends"


def _texts(document: Part) -> Found:
    for place, _, _, text in all_texts(document, with_names=True):
        fault = text_fault(text)
        if fault:
            yield path_of(place), fault, "characters that a reader can see"
