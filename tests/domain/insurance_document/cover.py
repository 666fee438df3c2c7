"""Insurance documents to judge: the samples beside their bills, and changes to them by path."""

import json
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from ebl_service.domain.insurance_document.acceptance import Outcome, assess
from ebl_service.domain.insurance_document.case import Case, Scope, TitleInView
from ebl_service.domain.terms import Address, TitleId
from tests.domain.transport_document.documents import SAMPLES, STRAIGHT, TO_BANK, TO_ORDER, put, sample

TITLE = TitleInView(31337, Address("0x" + "ab" * 20), TitleId("0x" + "5e" * 32), Scope.TO_ORDER)
ASSIGNMENT = {"chainId": 31337, "titleRegistry": TITLE.registry, "titleId": TITLE.title_id, "clause": "As the title."}
CIF, CIP, FOB = "follow-cif-shanghai-singapore", "loss-payee-cip-shanghai-rotterdam", "own-cover-fob-shanghai-singapore"
BILLS = {CIF: TO_BANK, CIP: TO_ORDER, FOB: STRAIGHT}


def read(name: str) -> Any:
    return json.loads((SAMPLES / "insurance" / f"{name}.json").read_text())


def case(name: str, changes: dict[str, Any], *, with_terms: bool = True, scope: Scope = Scope.TO_ORDER) -> Case:
    """A sample with values changed: paths in the document, or after `sale.` and `bill.`."""
    parts = {
        "insurance": read(name) | ({"assignment": deepcopy(ASSIGNMENT)} if name != FOB else {}),
        "sale": read(f"{name}.sale"),
        "bill": sample(BILLS[name]),
    }
    for path, value in changes.items():
        first, _, rest = path.partition(".")
        which, where = (first, rest) if first in ("sale", "bill") else ("insurance", path)
        put(parts[which], where, value)
    title = TitleInView(TITLE.chain_id, TITLE.registry, TITLE.title_id, scope)
    return Case(parts["insurance"], parts["bill"], parts["sale"] if with_terms else None, title, name != FOB)


@dataclass(frozen=True)
class Judged:
    """A change to a sample; what the rule then says, and at which path (None: it passes)."""

    rule: str
    words: str
    sample: str
    changes: dict[str, Any] = field(default_factory=dict)
    path: str | None = None
    scope: Scope = Scope.TO_ORDER

    def __str__(self) -> str:
        return f"{self.rule}: {self.words}".replace("_", " ")

    def found(self) -> dict[str, tuple[Outcome, set[str]]]:
        """What every rule says, and where."""
        verdicts = assess(case(self.sample, self.changes, scope=self.scope))
        return {each.rule: (each.outcome, {breach.path for breach in each.breaches}) for each in verdicts}
