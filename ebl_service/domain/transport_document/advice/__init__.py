"""What a careful clerk would ask about a document that breaks no rule: advice, beside breaches.

One function an advice, named as its rule; it gives path, what stands there, and what to look at. `advise` calls all of
them. A carrier may have any of them refused (`RULES` lists the names). Calls `reading` and data packages only.
"""

from ebl_service.domain.transport_document.advice.rules import RULES, advise, refused

__all__ = ["RULES", "advise", "refused"]
