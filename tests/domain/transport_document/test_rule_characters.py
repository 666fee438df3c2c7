"""A document's texts show what they hold; its numbers and codes can be told letter by letter."""

from typing import Any

import pytest

from ebl_service.domain.transport_document.check import check, undefined
from ebl_service.domain.transport_document.rules.characters import MAX_FAULTS
from tests.domain.transport_document.documents import COAL, DANGEROUS, SOYA, TO_BANK, broken, sample

REFERENCE, TEXT = "references_are_printable_ascii", "texts_show_what_they_hold"


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        (TO_BANK, "transportDocumentReference", "ZQHM\u200bSHA26101155"),
        (TO_BANK, "transportDocumentReference", "ZQHMSHA26101155\u0301"),
        (TO_BANK, "transportDocumentReference", "ZQHMSH\u041026101155"),  # a Cyrillic letter
        (TO_BANK, "transportDocumentReference", "ZQHM  SHA"),
        (TO_BANK, "transportDocumentSubReference", "Version\u00a01"),
        (TO_BANK, "utilizedTransportEquipments[0].equipment.equipmentReference", "ZQH\uff35457730"),
        (TO_BANK, "utilizedTransportEquipments[0].seals[0].number", "SEAL\u200d1"),
        (TO_BANK, "consignmentItems[0].carrierBookingReference", "BOOK\u20141"),
        (TO_BANK, "documentParties.shipper.reference", "LT\u00a0EXP"),
        (TO_BANK, "documentParties.notifyParties[0].reference", "KTE\u2011IMP"),
        (TO_BANK, "documentParties.shipper.identifyingCodes[0].partyCode", "5299\u041eO"),
        (TO_BANK, "transports.vesselVoyages[0].carrierExportVoyageNumber", "041E\u2009W"),
        (SOYA, "transportDocumentReference", "ZQ\u2060HM"),
        (COAL, "charterParty.reference", "CP\u20131"),
    ],
)
def test_a_number_or_code_that_looks_like_another_is_refused(name: str, path: str, value: str) -> None:
    assert (REFERENCE, path) in broken(sample(name, {path: value}))


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("documentParties.shipper.partyName", "ACME \u202egnp.exe Ltd", "U+202E"),
        ("documentParties.shipper.partyName", "ACME \u001b]0;x\u0007 Ltd", "U+001B"),
        ("documentParties.shipper.address.street", "Main\u200b street", "U+200B"),
        ("termsAndConditions", "Clause 1\n\u2066Clause 2", "U+2066"),
        ("consignmentItems[0].descriptionOfGoods[0]", "Bo\u00adlts", "U+00AD"),
        ("notOfAnyTable", {"deep": ["a\u0000b"]}, "U+0000"),
    ],
)
def test_a_text_that_shows_other_words_than_it_holds_is_refused_and_the_character_named(
    path: str, value: Any, said: str
) -> None:
    found = [each for each in check(sample(TO_BANK, {path: value})) if each.rule == TEXT]
    assert len(found) == 1
    assert said in found[0].wrong
    assert str(found[0]).isprintable()


def test_a_fields_name_is_a_text_too_and_is_written_visibly() -> None:
    (found,) = [each for each in check(sample(TO_BANK) | {"note\u202e": {"in\u200bner": "x"}}) if each.rule == TEXT][:1]
    assert "U+202E" in found.wrong
    inner = sample(TO_BANK) | {"note": {"in\u200bner": "x\u0000"}}
    paths = {each.path for each in check(inner) if each.rule == TEXT}
    assert paths == {"note", "note.in\\u200bner"}


def test_texts_of_every_script_and_lines_where_the_table_allows_them_pass() -> None:
    names = ["주식회사 한진해운", "شركة الملاحة العربية", "می\u200cروم", "क्\u200dष", "𠮷野家"]
    for name in names:
        assert not broken(sample(DANGEROUS, {"documentParties.shipper.partyName": name}))
    assert not broken(sample(TO_BANK, {"termsAndConditions": "Clause 1\nClause 2\r\n\tClause 3"}))


def test_what_the_definition_allows_stays_defined() -> None:
    assert not list(undefined(sample(TO_BANK, {"transportDocumentReference": "ZQHM\u200bSHA"})))


def test_the_faults_of_one_answer_are_bounded() -> None:
    many = sample(TO_BANK) | {"notes": ["\u200b"] * 10_000}
    assert sum(each.rule == TEXT for each in check(many)) == MAX_FAULTS
