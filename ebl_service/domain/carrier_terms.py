"""What a carrier's bills say beside their documents: by which law they are judged, and where."""

from dataclasses import dataclass

from ebl_service.domain.terms import Address


@dataclass(frozen=True, slots=True)
class CarrierTerms:
    """A carrier of this platform and its terms, which go into each bill's record (IG P&I: the law is named).

    `back_dating_days`: how many days further back than the strict rule its dates of issue may lie. `refused_advice`:
    the names of advice (`transport_document.advice`) that its documents are refused for.
    """

    account: Address
    governing_law: str
    jurisdiction: str
    back_dating_days: int = 0
    refused_advice: frozenset[str] = frozenset()
