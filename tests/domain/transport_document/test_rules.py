"""Each rule, broken and kept: the change breaks that rule at that field, and nothing that it should not."""

import pytest

from ebl_service.domain.transport_document.check import CHARTER_PARTY_RULES, CONTAINER_RULES, Rule
from tests.domain.transport_document.cases import (
    carriage,
    charter_party_bill,
    dates,
    displayed_dates,
    equipment,
    goods,
    medium,
    parties,
)
from tests.domain.transport_document.cases.case import Case
from tests.domain.transport_document.documents import broken, sample

MODULES = (medium, parties, dates, displayed_dates, carriage, equipment, goods, charter_party_bill)
CASES: list[Case] = [case for module in MODULES for case in module.CASES]
RULES: set[Rule] = {*CONTAINER_RULES, *CHARTER_PARTY_RULES}


@pytest.mark.parametrize("case", [case for case in CASES if case.path is not None], ids=str)
def test_a_rule_is_broken(case: Case) -> None:
    assert broken(sample(case.sample, case.changes)) == {(case.rule, case.path), *case.also}


@pytest.mark.parametrize("case", [case for case in CASES if case.path is None], ids=str)
def test_a_rule_is_kept(case: Case) -> None:
    found = broken(sample(case.sample, case.changes))
    assert case.rule not in {rule for rule, _ in found}
    assert found == case.also


def test_every_rule_has_a_case_that_breaks_it_and_one_that_keeps_it() -> None:
    names = {rule.__name__ for rule in RULES}
    assert {case.rule for case in CASES if case.path is not None} == names
    assert {case.rule for case in CASES if case.path is None} == names


@pytest.mark.parametrize("rule", sorted(RULES, key=lambda rule: rule.__name__), ids=lambda rule: rule.__name__)
def test_a_rule_names_its_source(rule: Rule) -> None:
    assert "Source: " in (rule.__doc__ or "")
