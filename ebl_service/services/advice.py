"""Advice on the documents of acts that wait for their carrier: what its desk reads before it signs.

Left to others: the advice itself (`domain.transport_document.advice`), who is shown it (`api.waiting_acts`).

Rules kept: a document is opened by the title, commitment and carrier of the act; one that is not kept here, or does not
open, gives no advice and hides no other act.
"""

import logging
from collections.abc import Iterable

from ebl_service.domain.actions import Issue, Replace
from ebl_service.domain.bindings import DocumentBinding
from ebl_service.domain.terms import title_id_of
from ebl_service.domain.transport_document.advice import advise
from ebl_service.domain.waiting_act import WaitingAct
from ebl_service.errors.documents import Breach
from ebl_service.errors.vault import KeyDestroyed, SealBroken
from ebl_service.services.bounded_work import untrusted
from ebl_service.services.documents import Documents

log = logging.getLogger(__name__)


async def advice_on(documents: Documents, waiting: WaitingAct) -> tuple[Breach, ...]:
    """The advice on every document that the act makes a title of; none for other acts."""
    found: list[Breach] = []
    try:
        for kept in (await documents.many(_bindings(waiting))).values():
            found += await untrusted.run(advise, kept.document, kept.record.governing_law)
    except KeyDestroyed:
        return ()
    except SealBroken:
        log.exception("the waiting act %s: a document of it does not open", waiting.act_id)
        return ()
    return tuple(found)


def _bindings(waiting: WaitingAct) -> Iterable[DocumentBinding]:
    carrier = waiting.account
    match waiting.act:
        case Issue() as issue:
            return [DocumentBinding(issue.title_id, issue.commitment, carrier)]
        case Replace(new_titles=news):
            ids = [title_id_of(carrier, new.reference_digest, new.version) for new in news]
            return [DocumentBinding(title, new.commitment, carrier) for title, new in zip(ids, news, strict=True)]
        case _:
            return []
