"""Characters that make one text look like another, or show other words than it holds, are found and named."""

import pytest

from ebl_service.domain.characters import MAX_MARKS, folded, is_reference, reference_fault, text_fault, visible

SEEN = [
    "Halcyon Meridian Lines",
    "Ærø Søfart & Sønner A/S, 1. sal",
    "주식회사 한진해운",
    "บริษัท ขนส่งไทย จำกัด",
    "شركة الملاحة العربية",
    "می\u200cروم",  # Persian: a non-joiner between joining letters (RFC 5892 A.1)
    "क्\u200dष",  # Hindi: a joiner after a virama (RFC 5892 A.2)
    "র\u200d\u09cdযাব",  # Bengali: ra, joiner, virama, ya
    "\U00031350",  # an ideograph of Unicode 15
    "line one\r\nline two",
    "ත්\u200dරී ලංකා",  # Sinhala
    "株式会社　韓進",  # an ideographic space
    "𠮷野家",  # CJK extension B
    "Trần Hưng Đạo",
    "Tr\u0061\u0302\u0300n",  # the same in combining marks
    "line one\nline two\twith a tab",
    "",
]
UNSEEN = {
    "ACME \u202egnp.exe Ltd": "U+202E RIGHT-TO-LEFT OVERRIDE is character 6",
    "ACME \u2066Ltd\u2069": "U+2066 LEFT-TO-RIGHT ISOLATE",
    "ACME \u200fLtd": "U+200F RIGHT-TO-LEFT MARK",
    "ACME \u001b]0;x\u0007 Ltd": "U+001B control character",
    "ACME\u0000": "U+0000",
    "ACME\u0085": "U+0085",
    "No liability\rAll liability": "U+000D",
    "AB\ufffdME": "U+FFFD REPLACEMENT CHARACTER",
    "র\u200dয": "U+200D ZERO WIDTH JOINER",
    "ACME\u2028Ltd": "U+2028 LINE SEPARATOR",
    "ACME\u200bLtd": "U+200B ZERO WIDTH SPACE",
    "AC\u200cME": "U+200C ZERO WIDTH NON-JOINER",
    "AC\u200dME": "U+200D ZERO WIDTH JOINER",
    "\u200cمی": "U+200C",
    "\ufeffACME": "U+FEFF",
    "AC\u00adME": "U+00AD SOFT HYPHEN",
    "AC\u2060ME": "U+2060 WORD JOINER",
    "ACME\ufe0f": "U+FE0F VARIATION SELECTOR-16",
    "葛\U000e0100": "U+E0100 VARIATION SELECTOR-17",
    "ACME\U000e0041": "U+E0041 TAG LATIN CAPITAL LETTER A",
    "AC\u3164ME": "U+3164 HANGUL FILLER",
    "AC\u034fME": "U+034F COMBINING GRAPHEME JOINER",
    "AC\u2800ME": "U+2800",
    "AC\ufff9ME": "U+FFF9 INTERLINEAR ANNOTATION ANCHOR",
    "AC\ue000ME": "U+E000 private use",
    "AC\u0378ME": "U+0378 unassigned",
    "AC\ud800ME": "U+D800 half a surrogate pair",
    "Z" + "\u0301" * (MAX_MARKS + 1): "combining marks",
}


@pytest.mark.parametrize("text", SEEN)
def test_what_a_reader_sees_is_allowed_in_every_script(text: str) -> None:
    assert text_fault(text) is None


@pytest.mark.parametrize("text", UNSEEN, ids=ascii)
def test_what_a_reader_cannot_see_is_named_and_never_shown_raw(text: str) -> None:
    fault = text_fault(text)
    assert fault is not None
    assert UNSEEN[text] in fault
    assert fault.isascii()
    assert text_fault(visible(text)) is None or "combining" in fault


@pytest.mark.parametrize("text", ["ZQHMSHA26101155", "Version_1", "SI-26 / 4", "a", "~!", "A B C"])
def test_a_reference_is_printable_ascii(text: str) -> None:
    assert is_reference(text)
    assert reference_fault(text) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("ZQHM\u200bSHA26101155", "U+200B ZERO WIDTH SPACE is character 5"),
        ("ZQHMSHA26101155\u0301", "U+0301 COMBINING ACUTE ACCENT is character 16"),
        ("ZQHMSH\u041026101155", "U+0410 CYRILLIC CAPITAL LETTER A is character 7"),
        ("\uff3aQHM", "U+FF3A FULLWIDTH LATIN CAPITAL LETTER Z is character 1"),
        ("ZQHM\u00a0SHA", "U+00A0 NO-BREAK SPACE"),
        ("ZQHM  SHA", "spaces at its ends or in a row"),
        (" ZQHM", "spaces at its ends or in a row"),
        ("ZQHM\n", "U+000A"),
        ("ZQHM\t1", "U+0009"),
        ("", "empty"),
    ],
)
def test_what_looks_like_another_reference_is_none(text: str, fault: str) -> None:
    assert not is_reference(text)
    assert fault in (reference_fault(text) or "")


def test_names_are_compared_without_case_width_and_composition() -> None:
    assert folded("\uff28alcyon  MERIDIAN") == folded("halcyon meridian")
    assert folded("Tr\u1ea7n") == folded("TRA\u0302\u0300N")
    assert folded("Straße") == folded("STRASSE")
    assert folded("Halcyon") != folded("Halcy0n")
