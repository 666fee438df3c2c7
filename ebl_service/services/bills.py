"""How carriers call the bills that titles stand for, read from the documents kept here."""

from ebl_service.domain.bindings import DocumentBinding
from ebl_service.domain.carrier_messages import BillName
from ebl_service.domain.title import Title
from ebl_service.domain.transport_document.reading import text
from ebl_service.services.documents import Documents
from ebl_service.services.drafts import Kept


def bill_name(kept: Kept) -> BillName:
    """A kept document's number, and its version where it names one."""
    said = kept.document
    return BillName(text(said, "transportDocumentReference"), text(said, "transportDocumentSubReference") or None)


async def bill_of(documents: Documents, title: Title) -> BillName | None:
    """The title's bill; None where its document is not kept here. Raises: KeyDestroyed, SealBroken."""
    binding = DocumentBinding.of(title)
    kept = (await documents.many([binding])).get(binding)
    return bill_name(kept) if kept else None
