"""Holds an insurance document against its table, its bill and the sale, and gives every finding in one answer.

    REFUSES     the document cannot stand for cover of this title; nobody can waive that
    DISCREPANT  it falls short of the sale or differs from the bill; a party concerned may waive it, visibly
    NOT_CHECKABLE   the terms of sale do not say what the rule needs: it is not a pass, and not a breach
    PASSES

Leaves to others: the bytes (`transport_document.canonical`), the certificate on the ledger (`domain.certificate`), who
may waive (`services`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from ebl_service.domain.insurance_document.case import Case
from ebl_service.domain.insurance_document.rules import document, sale, shipment
from ebl_service.domain.insurance_document.schema import INSURANCE_DOCUMENT
from ebl_service.domain.insurance_document.terms_of_sale import TERMS_OF_SALE
from ebl_service.domain.transport_document.reading import Found, Part
from ebl_service.domain.transport_document.rules.characters import character_breaches
from ebl_service.domain.transport_document.schema.conformance import shape_breaches
from ebl_service.errors.documents import MOST_BREACHES, Breach, DocumentRefused

Judge = Callable[[Case], Found]


class Outcome(StrEnum):
    """What a rule says."""

    PASSES = "PASSES"
    DISCREPANT = "DISCREPANT"
    NOT_CHECKABLE = "NOT_CHECKABLE"
    REFUSES = "REFUSES"


@dataclass(frozen=True, slots=True)
class Rule:
    """`is_waivable`: a breach is a discrepancy that a party may take. `is_checkable`: what it needs is known."""

    judge: Judge
    is_waivable: bool
    is_checkable: Callable[[Case], bool] = lambda _: True

    @property
    def name(self) -> str:
        """The rule's name is its function's."""
        return self.judge.__name__


RULES: tuple[Rule, ...] = (
    Rule(document.is_no_cover_note, is_waivable=False),
    Rule(document.has_one_original, is_waivable=False),
    Rule(document.declaration_names_its_open_cover, is_waivable=False),
    Rule(document.agent_signs_for_a_named_insurer, is_waivable=False),
    Rule(document.sum_is_within_the_insured_value, is_waivable=False),
    Rule(document.names_its_title_as_manner_of_assignment, is_waivable=False),
    Rule(document.endorsement_scope_is_the_bills, is_waivable=False),
    Rule(sale.cover_begins_by_shipment, is_waivable=True),
    Rule(sale.currency_is_the_sales, is_waivable=True, is_checkable=sale.has_terms),
    Rule(sale.sum_is_enough, is_waivable=True, is_checkable=sale.has_terms),
    Rule(sale.value_follows_its_basis, is_waivable=True, is_checkable=sale.has_base),
    Rule(sale.conditions_are_the_incoterms, is_waivable=True, is_checkable=sale.has_terms),
    Rule(shipment.goods_agree, is_waivable=True),
    Rule(shipment.commodity_codes_agree, is_waivable=True),
    Rule(shipment.packages_agree, is_waivable=True),
    Rule(shipment.marks_agree, is_waivable=True),
    Rule(shipment.conveyance_agrees, is_waivable=True),
    Rule(shipment.voyage_agrees, is_waivable=True),
    Rule(shipment.transit_covers_inland_carriage, is_waivable=True),
    Rule(shipment.names_this_bill, is_waivable=True),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says of a case. `breaches`: in what it is broken; none where it passes or cannot be checked."""

    rule: str
    outcome: Outcome
    breaches: tuple[Breach, ...] = ()


def assess(case: Case) -> tuple[Verdict, ...]:
    """Every rule's verdict, in the order of the rules. Raises: DocumentRefused where a table is not kept."""
    require_shapes(case.insurance, case.terms)
    return tuple(_verdict(rule, case) for rule in RULES)


def require_acceptable(case: Case) -> tuple[Verdict, ...]:
    """The verdicts, none of which refuses. Raises: DocumentRefused with every breach that nobody can waive."""
    verdicts = assess(case)
    fatal = [breach for each in verdicts if each.outcome is Outcome.REFUSES for breach in each.breaches]
    if fatal:
        raise DocumentRefused(fatal)
    return verdicts


def require_shapes(insurance: Part, terms: Part | None) -> None:
    """Raises: DocumentRefused where document or terms of sale differ from their tables, or hold unseen characters."""
    breaches = list(islice(shape_breaches(INSURANCE_DOCUMENT, insurance), MOST_BREACHES))
    breaches += islice(character_breaches(insurance), MOST_BREACHES)
    if terms is not None:
        breaches += islice(shape_breaches(TERMS_OF_SALE, terms, "termsOfSale"), MOST_BREACHES)
    if breaches:
        raise DocumentRefused(breaches)


def require_terms(terms: Part) -> None:
    """Raises: DocumentRefused where terms of sale differ from their table, or hold unseen characters."""
    breaches = list(islice(shape_breaches(TERMS_OF_SALE, terms), MOST_BREACHES))
    breaches += islice(character_breaches(terms), MOST_BREACHES)
    if breaches:
        raise DocumentRefused(breaches)


def _verdict(rule: Rule, case: Case) -> Verdict:
    if not rule.is_checkable(case):
        return Verdict(rule.name, Outcome.NOT_CHECKABLE)
    breaches = tuple(Breach(rule.name, *found) for found in islice(rule.judge(case), MOST_BREACHES))
    if not breaches:
        return Verdict(rule.name, Outcome.PASSES)
    return Verdict(rule.name, Outcome.DISCREPANT if rule.is_waivable else Outcome.REFUSES, breaches)
