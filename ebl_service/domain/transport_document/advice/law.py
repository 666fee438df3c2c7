"""The law that governs a bill against the law of the ports it touches: a question, not an answer.

China's Maritime Code, as revised in 2025 and in force since 1 May 2026, has a chapter on contracts of carriage that
parties cannot wholly contract out of. Whether it applies to a bill is for a lawyer to say.
"""

import re

from ebl_service.domain.transport_document.reading import Found, Part, part, text

_CHINESE = re.compile(r"chin|p\.?\s?r\.?\s?c\b|中华人民共和国|中国", re.IGNORECASE)
_PORTS = (
    ("transports", "portOfLoading"),
    ("transports", "portOfDischarge"),
    ("", "portOfLoading"),
    ("", "portOfDischarge"),
)


def port_in_china_is_under_its_law(document: Part, governing_law: str) -> Found:
    """Source: Maritime Code of the People's Republic of China (revised 2025), chapter on carriage of goods by sea."""
    if not governing_law or _CHINESE.search(governing_law):
        return
    for around, name in _PORTS:
        port = part(part(document, around) if around else document, name)
        if text(port, "UNLocationCode").startswith("CN"):
            wrong = f"the port is in China, and the bill is governed by {governing_law[:100]}"
            right = "a question: do mandatory provisions of China's Maritime Code on carriage apply beside that law?"
            yield f"{around}.{name}" if around else name, wrong, right
            return
