"""All breaches in one answer, whatever else is wrong; the samples as they stand are accepted."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ebl_service.domain.transport_document.canonical import received
from ebl_service.domain.transport_document.check import check, is_charter_party_bill, require
from ebl_service.domain.transport_document.rules.medium import sent_to_this_platform
from ebl_service.errors.documents import DocumentRefused
from tests.domain.transport_document.documents import (
    BLANK,
    BULK_SAMPLES,
    CONTAINER_SAMPLES,
    GONE,
    STRAIGHT,
    broken,
    content,
    names,
    sample,
)

ALL_SAMPLES = (*CONTAINER_SAMPLES, *BULK_SAMPLES)


@pytest.mark.parametrize("name", ALL_SAMPLES)
def test_a_sample_keeps_every_rule(name: str) -> None:
    require(received(content(name)).document)
    assert is_charter_party_bill(sample(name)) is (name in BULK_SAMPLES)


def test_there_are_samples_of_both_trades() -> None:
    assert len(CONTAINER_SAMPLES) >= 7
    assert len(BULK_SAMPLES) == 3


def test_all_breaches_come_in_one_answer_each_with_rule_field_and_what_would_be_right() -> None:
    document = sample(
        BLANK,
        {
            "issueDate": GONE,
            "documentParties.notifyParties": GONE,
            "carrierCode": "TOO LONG",
            "numberOfCopiesWithCharges": 2,
            "utilizedTransportEquipments[0].seals": [],
        },
    )
    with pytest.raises(DocumentRefused) as refused:
        require(document)
    found = refused.value.breaches
    assert names(found) == {
        ("issued_bill_has_issue_date", "issueDate"),
        ("bill_to_order_names_a_notify_party", "documentParties.notifyParties"),
        ("field_length", "carrierCode"),
        ("electronic_bill_has_no_copies", "numberOfCopiesWithCharges"),
        ("field_count", "utilizedTransportEquipments[0].seals"),
    }
    assert all(breach.wrong and breach.right for breach in found)
    assert refused.value.details["breaches"] == [str(breach) for breach in found]
    assert refused.value.message.startswith("The document breaks 5 rules: ")


def test_a_field_that_a_rule_speaks_of_is_not_told_twice() -> None:
    (breach,) = check(sample(BLANK, {"receiptTypeAtOrigin": "PORT"}))
    assert breach.rule == "service_is_yard_door_or_station"


def test_an_empty_document_lacks_every_required_field() -> None:
    missing = {path for rule, path in broken({}) if rule == "field_required"}
    assert {"transportDocumentReference", "documentParties", "consignmentItems", "transports"} <= missing
    assert ("issued_bill_has_issue_date", "issueDate") in broken({})


def test_a_profile_that_is_not_ours_is_an_unknown_field() -> None:
    assert broken(sample(STRAIGHT, {"documentProfile": "CHARTER_PARTY_BILL_9"})) == set()


def test_a_bill_for_another_platform_is_refused() -> None:
    assert sent_to_this_platform("WAVE", "WAVE") == ()
    (breach,) = sent_to_this_platform("BOLE", "WAVE")
    assert (breach.path, breach.right) == ("issueTo.sendToPlatform", "WAVE")


def _paths(value: Any, path: str = "") -> list[str]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [path] if path else []
    for key, each in inner:
        step = f"[{key}]" if isinstance(key, int) else f".{key}" if path else key
        found += _paths(each, path + step)
    return found


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**9),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
    st.just([]),
    st.just({}),
    st.just([[]]),
    st.just([{}]),
    st.just([None, 1, "x"]),
    st.just({"x": {}}),
)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=150, deadline=None)
@given(st.data())
def test_whatever_stands_in_a_field_every_rule_gives_its_judgement(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(ALL_SAMPLES))
    paths = [path for path in _paths(sample(name)) if path != "documentProfile"]
    document = sample(name, {data.draw(st.sampled_from(paths)): data.draw(JUNK)})
    before = json.dumps(document)
    for breach in check(document):
        assert breach.wrong
        assert breach.right
    assert json.dumps(document) == before


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_required_field_taken_away_is_missed(data: st.DataObject) -> None:
    required = ["transportDocumentReference", "isToOrder", "documentParties.shipper", "consignmentItems", "issueDate"]
    name = data.draw(st.sampled_from(CONTAINER_SAMPLES))
    path = data.draw(st.sampled_from(required))
    assert path in {each for _, each in broken(sample(name, {path: GONE}))}
