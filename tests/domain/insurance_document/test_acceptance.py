"""What is accepted for a bill, what stands as a discrepancy, what is refused; and what nobody can check."""

import pytest

from ebl_service.domain.insurance_document.acceptance import (
    RULES,
    Outcome,
    Rule,
    assess,
    require_acceptable,
)
from ebl_service.domain.insurance_document.case import Scope
from ebl_service.domain.insurance_document.conditions import CONDITIONS
from ebl_service.errors.documents import DocumentRefused
from tests.domain.insurance_document.cases import CASES
from tests.domain.insurance_document.cover import BILLS, CIF, FOB, Judged, case
from tests.domain.transport_document.documents import COAL, GONE, PULP, sample

BY_NAME = {rule.name: rule for rule in RULES}


@pytest.mark.parametrize("name", BILLS)
def test_a_sample_is_accepted_for_its_bill(name: str) -> None:
    assert {each.rule: each.breaches for each in assess(case(name, {})) if each.outcome is not Outcome.PASSES} == {}


@pytest.mark.parametrize("judged", [each for each in CASES if each.path is not None], ids=str)
def test_a_rule_is_broken_where_it_should_be(judged: Judged) -> None:
    due = Outcome.DISCREPANT if BY_NAME[judged.rule].is_waivable else Outcome.REFUSES
    assert judged.found()[judged.rule] == (due, {judged.path})


@pytest.mark.parametrize("judged", [each for each in CASES if each.path is None], ids=str)
def test_a_rule_is_kept(judged: Judged) -> None:
    assert judged.found()[judged.rule] == (Outcome.PASSES, set())


def test_every_rule_has_a_case_that_breaks_it_and_one_that_keeps_it() -> None:
    assert {each.rule for each in CASES if each.path is not None} == set(BY_NAME)
    assert {each.rule for each in CASES if each.path is None} == set(BY_NAME)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_names_its_source(rule: Rule) -> None:
    assert "Source: " in (rule.judge.__doc__ or "")


def test_without_terms_of_sale_what_needs_them_is_not_checkable_and_never_passes() -> None:
    verdicts = {each.rule: each.outcome for each in assess(case(CIF, {}, with_terms=False))}
    assert {rule for rule, outcome in verdicts.items() if outcome is Outcome.NOT_CHECKABLE} == {
        "currency_is_the_sales",
        "sum_is_enough",
        "value_follows_its_basis",
        "conditions_are_the_incoterms",
    }
    assert set(verdicts.values()) == {Outcome.PASSES, Outcome.NOT_CHECKABLE}


def test_a_value_whose_base_the_sale_does_not_say_is_not_checkable() -> None:
    verdicts = {each.rule: each.outcome for each in assess(case(CIF, {"sale.insurableValue": GONE}))}
    assert verdicts["value_follows_its_basis"] is Outcome.NOT_CHECKABLE
    assert verdicts["sum_is_enough"] is Outcome.PASSES


def test_what_nobody_can_waive_is_refused_with_every_breach_and_discrepancies_stand() -> None:
    changes = {"documentType": "COVER_NOTE", "numberOfOriginals": 3, "conveyance.vesselName": "ANOTHER"}
    with pytest.raises(DocumentRefused) as refused:
        require_acceptable(case(CIF, changes))
    assert {breach.path for breach in refused.value.breaches} == {"documentType", "numberOfOriginals"}
    verdicts = require_acceptable(case(CIF, {"conveyance.vesselName": "ANOTHER"}))
    assert [each.rule for each in verdicts if each.outcome is Outcome.DISCREPANT] == ["conveyance_agrees"]


def test_a_document_of_another_shape_is_refused_with_both_tables_breaches() -> None:
    changes = {"sumInsured.amount": 0, "conditions": [], "insurer": GONE, "sale.incoterm": "C&F", "policyNumber": 7}
    with pytest.raises(DocumentRefused) as refused:
        assess(case(CIF, changes))
    assert {breach.path for breach in refused.value.breaches} == {
        "sumInsured.amount",
        "conditions",
        "insurer",
        "policyNumber",
        "termsOfSale.incoterm",
    }


def test_a_bulk_cargo_is_compared_by_its_own_words() -> None:
    changes = {
        "goods": [{"descriptionOfGoods": ["STEAM COAL IN BULK"], "numberOfPackages": 3}],
        "conveyance.vesselName": sample(COAL)["vessel"]["vesselName"],
        "voyage.portOfLoading": sample(COAL)["portOfLoading"],
    }
    insured = case(CIF, changes, scope=Scope.BLANK)
    judged = type(insured)(insured.insurance, sample(COAL), insured.terms, insured.title, insured.follows_title)
    found = {each.rule: each.outcome for each in assess(judged)}
    assert found["packages_agree"] is Outcome.DISCREPANT  # nothing is counted in bulk
    assert found["conveyance_agrees"] is Outcome.PASSES
    assert found["voyage_agrees"] is Outcome.PASSES  # the bill has a range, not a port, of discharge
    pulp = type(insured)(insured.insurance, sample(PULP), insured.terms, insured.title, insured.follows_title)
    assert {each.rule: each.outcome for each in assess(pulp)}["packages_agree"] is Outcome.DISCREPANT


def test_conditions_have_the_code_of_iso_20022_where_it_has_one() -> None:
    assert CONDITIONS["ICC_A_2009"].iso_20022 == CONDITIONS["ICC_A_1982"].iso_20022 == "ICCA"
    assert CONDITIONS["WAR_AIR_CARGO_2009"].iso_20022 is None
    assert all(len(each.iso_20022) == 4 for each in CONDITIONS.values() if each.iso_20022)


def test_own_cover_needs_no_title() -> None:
    assert "assignment" not in case(FOB, {}).insurance
