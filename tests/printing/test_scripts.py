"""Every script of the trade is shaped, goes in its direction, and is copied out of the PDF as it was put in."""

import io

import pypdfium2
import pytest
from pypdf import PdfReader

from ebl_service.printing.archival import About, paint
from ebl_service.printing.page import Page, Tag, Words
from ebl_service.printing.typesetting import Typesetter
from tests.printing.prints import pages_of, printed, sample, squeezed

NAMES = {
    "Korean": "주식회사 한진해운",
    "Thai": "บริษัท ขนส่งไทย จำกัด (มหาชน) ที่น้ำ",
    "Arabic": "شركة الملاحة العربية",
    "Arabic with vowels": "مُحَمَّد لِلنَّقْل",
    "Arabic with figures": "شركة الملاحة العربية 123 طن",
    "Urdu": "پاکستان نیشنل شپنگ کارپوریشن ۱۲۳",
    "Persian": "می\u200cخواهم کشتیرانی",
    "Hebrew": "צים שירותי ספנות בע״מ 12 (חיפה)",
    "Devanagari": "भारतीय नौवहन निगम लिमिटेड क्षत्रिय कि",
    "Bengali": "বাংলাদেশ শিপিং কর্পোরেশন কো",
    "Tamil": "தமிழ்நாடு கப்பல் நிறுவனம் கொ",
    "Georgian": "საქართველოს საზღვაო",
    "Armenian": "Հայկական նավագնացություն",
    "Khmer": "ក្រុមហ៊ុនដឹកជញ្ជូនកម្ពុជា",
    "Lao": "ບໍລິສັດ ຂົນສົ່ງ ລາວ ຈຳກັດ",
    "Burmese": "မြန်မာ့ကြယ်ငါးပွင့် သင်္ဘောလိုင်း",
    "CJK extension B": "𠮷野家 𠀀𠀋𪚥",
    "Chinese": "株式會社，臺灣臺北市 青岛礁岚",
    "Japanese": "日本郵船株式会社 がぎぐ ｶﾞ 髙﨑",
    "Greek": "Ελληνική Ναυτιλία",
    "Cyrillic": "Морское пароходство",
    "Vietnamese": "Công ty Cổ phần Vận tải Biển",
    "Vietnamese, marks apart": "Co\u0302ng ty Co\u0302\u0309 pha\u0302\u0300n",
    "Ethiopic": "የኢትዮጵያ የባህር ትራንስፖርት",
    "Sinhala": "ලංකා නැව් සංස්ථාව ශ්\u200dරී",
    "Telugu": "తెలుగు షిప్పింగ్ క్షమ",
    "Gujarati": "ગુજરાત શિપિંગ ક્ષ",
    "Gurmukhi": "ਪੰਜਾਬ ਸ਼ਿਪਿੰਗ",
    "Malayalam": "കേരള ഷിപ്പിംഗ് ന്റെ",
    "Kannada": "ಕರ್ನಾಟಕ ಶಿಪ್ಪಿಂಗ್ ಕ್ಷ",
    "Latin": "Straße office ffl q\u0323 AVATAR İstanbul",
    "emoji": "Cargo 🚢 ⚓ 👩\u200d🚀 ☎\ufe0f 👍🏽",
}
FROM_RIGHT = ("Arabic", "Arabic with vowels", "Arabic with figures", "Urdu", "Persian", "Hebrew")


def page_with(text: str, width: float = 480.0) -> bytes:
    """A page that says one thing. `width`: points to a line."""
    tag = Tag("P")
    lines = Typesetter().wrapped(text, width, 9)
    return paint([Page([Words(40, 60 + 12 * at, line, 9, 0, tag) for at, line in enumerate(lines)])], ABOUT)


ABOUT = About("title", "author", "subject", "keywords")


@pytest.mark.parametrize("script", NAMES)
def test_a_name_in_any_script_of_the_trade_is_copied_out_of_a_bill_as_it_was_put_in(script):
    document = sample("to-order-of-bank-shanghai-singapore")
    document["documentParties"]["shipper"]["partyName"] = NAMES[script]
    pages = pages_of(printed(document))
    assert squeezed(NAMES[script]) in squeezed(pages[0])
    assert "[U+" not in " ".join(pages)


@pytest.mark.parametrize("script", [name for name in NAMES if name not in FROM_RIGHT])
def test_another_reader_that_knows_nothing_of_actual_text_copies_the_same(script):
    found = PdfReader(io.BytesIO(page_with(NAMES[script]))).pages[0].extract_text()
    assert squeezed(NAMES[script]) in squeezed(found)


@pytest.mark.parametrize(
    "text", [*(NAMES[name] for name in FROM_RIGHT), "ACME شركة 12 kg (الملاحة) Ltd", "الشركة ACME 12.5 كغم/م3"]
)
def test_text_from_right_to_left_is_said_by_the_structure_in_the_order_in_which_it_is_read(text):
    tree = PdfReader(io.BytesIO(page_with(text))).trailer["/Root"]["/StructTreeRoot"]
    [paragraph] = tree["/K"]["/K"]
    assert paragraph.get_object()["/ActualText"] == text


def test_lines_of_text_from_right_to_left_begin_with_what_is_read_first():
    text = "شركة الملاحة العربية للنقل البحري المحدودة دبي"
    assert "".join(line.text for line in Typesetter().wrapped(text, 60, 9)) == f"{text}\n"
    pages = pages_of(page_with(text, 60))
    assert pages[0].split() == text.split()


def test_arabic_letters_are_joined_and_stand_from_right_to_left():
    [first, *_] = Typesetter().line("شركة 12", 9).runs
    assert "".join(cluster.text for cluster in first.clusters) == "12"
    isolated = Typesetter().line("ش", 9).runs[0].clusters[0]
    joined = Typesetter().line("شركة", 9).runs[0].clusters[-1]
    assert joined.text == "ش"
    assert {glyph for glyph, _, _ in joined.parts} != {glyph for glyph, _, _ in isolated.parts}


def test_brackets_in_text_from_right_to_left_open_towards_it():
    runs = Typesetter().line("(חיפה)", 9).runs
    assert [run.clusters[0].text for run in (runs[0], runs[-1])] == ["(", ")"]


def test_a_conjunct_and_a_letter_with_its_marks_are_one_code_each():
    clusters = [cluster.text for run in Typesetter().line("क्षत्रिय น้ำ", 9).runs for cluster in run.clusters]
    assert clusters == ["क्ष", "त्रि", "य", " ", "น้ำ"]


def test_thai_and_khmer_lines_break_between_words_and_nothing_is_lost():
    for text in ("บริษัทขนส่งไทยจำกัด" * 12, "ក្រុមហ៊ុនដឹកជញ្ជូនកម្ពុជា" * 9):
        lines = Typesetter().wrapped(text, 90, 9)
        assert len(lines) > 3
        assert all(line.width <= 90.01 for line in lines)
        assert "".join(line.text for line in lines) == f"{text}\n"
    assert {line.text.strip() for line in Typesetter().wrapped("ขนส่งไทย" * 3, 38, 9)} == {"ขนส่งไทย"}


@pytest.mark.parametrize("text", ["x" * 5000, "شركة" * 900, "値" * 4000, "क्षि" * 900, "é̩" * 2000, "ZQHM-26/1155-" * 99])
def test_a_word_that_is_too_long_is_broken_and_no_line_is_too_wide(text):
    lines = Typesetter().wrapped(text, 120, 8)
    assert "".join(line.text for line in lines) == f"{text}\n"
    assert all(line.width <= 120.01 for line in lines)


def test_codes_numbers_and_addresses_are_not_broken_where_they_fit_a_line():
    text = "an address of some length, documentation@halcyon-meridian.example/of/the-desk 12.5 kg"
    for line in Typesetter().wrapped(text, 260, 8):
        assert set(line.text.split()) <= set(text.split())


def test_thirty_thousand_different_clusters_fill_more_than_one_font_and_are_all_copied():
    text = "".join(chr(code) for code in range(0x4E00, 0x9FA6)) + "".join(chr(c) for c in range(0x3400, 0x4DB6))
    typesetter = Typesetter()
    lines = typesetter.wrapped(text, 520, 4)
    page = Page([Words(30, 20 + 4 * at, line, 4, 0, Tag("P")) for at, line in enumerate(lines)])
    pdf = paint([page], ABOUT)
    found = squeezed(pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range())
    shown = "".join(each for each in text if each not in typesetter.lacking)
    assert len(set(shown)) > 27_000
    assert set(shown) <= set(found)
