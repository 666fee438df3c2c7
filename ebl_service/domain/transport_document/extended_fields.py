"""Which of two fields counts where the definition keeps an older one beside a longer one.

Rules kept: the extended field, where it is given, always wins; the older one is then ignored, though the definition may
still require it.
"""

from typing import Any

from ebl_service.domain.transport_document.reading import Part, elements, text


def hs_codes(consignment_item: Part) -> tuple[str, list[str]]:
    """The commodity codes that count, and the field they stand in: extendedHSCodes or HSCodes."""
    field = "extendedHSCodes" if elements(consignment_item, "extendedHSCodes") else "HSCodes"
    return field, [code for code in elements(consignment_item, field) if isinstance(code, str)]


def national_commodity_codes(item: Part) -> list[Any]:
    """The national codes that count, of a consignment or cargo item."""
    return elements(item, "extendedNationalCommodityCodes") or elements(item, "nationalCommodityCodes")


def charge_name(charge: Part) -> str:
    """What a charge is called."""
    return text(charge, "extendedChargeName") or text(charge, "chargeName")


def contract_quotation_reference(document: Part) -> str:
    """The contract or quotation that freight was agreed by; empty where the document names none."""
    return text(document, "extendedContractQuotationReference") or text(document, "contractQuotationReference")
