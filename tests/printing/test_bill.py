"""A printed bill says all that its document says, and what a clerk looks for stands where it is looked for."""

import json
import re
import subprocess
import sys
from decimal import Decimal

import pypdfium2
import pytest
import zxingcpp
from iso3166 import countries_by_alpha2
from pypdf import PdfReader

from ebl_service.domain.transport_document.bill_code import BillCode
from ebl_service.printing.codes import CODES, UNITS
from ebl_service.printing.particulars import Conversion, Ended
from tests.printing.prints import SALT, SAMPLES, TITLE, pages_of, printed, sample, squeezed

COPY = "THE ORIGINAL IS ON THE LEDGER; THIS IS A COPY"


def leaves(value: object, field: str = "") -> list[tuple[str, object]]:
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in leaves(inner, key)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in leaves(inner, field)]
    return [(field, value)]


def shown(field: str, leaf: object) -> str:
    if isinstance(leaf, int | float):
        return f"{Decimal(repr(leaf)):f}".removesuffix(".0")
    if field in {"countryCode", "flag"}:
        return f"{countries_by_alpha2[str(leaf)].name} ({leaf})"
    return CODES.get(field, {}).get(str(leaf)) or UNITS.get(str(leaf), str(leaf))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_everything_that_a_document_says_is_printed(path):
    document = json.loads(path.read_bytes())
    text = squeezed(" ".join(pages_of(printed(document))))
    # Codes that a box shows in words.
    in_words = {
        "PRE",
        "COL",
        "CAR",
        "SHI",
        "VET",
        "CUS",
        "BULK",
        "BREAK_BULK",
        "PREPAID",
        "COLLECT",
        "AS_PER_CHARTER_PARTY",
    }
    capacities = {"MASTER", "OWNER", "CHARTERER", "AGENT"}
    for field, leaf in leaves(document):
        if isinstance(leaf, bool) or leaf in in_words:
            continue
        words = str(leaf).lower() if leaf in capacities else shown(field, leaf)
        # A line of text may be cut by the foot of a page, each of its words not.
        for word in words.split():
            assert squeezed(word) in text, (word, leaf)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_same_document_gives_the_same_bytes(path):
    document = json.loads(path.read_bytes())
    assert printed(document) == printed(json.loads(path.read_bytes()))


def test_the_same_bytes_in_another_process_at_another_time():
    script = (
        "import hashlib; from tests.printing.prints import printed, sample; "
        "print(hashlib.sha256(printed(sample('chinese-latin-qingdao-antwerp'))).hexdigest())"
    )
    made = {subprocess.check_output([sys.executable, "-c", script], env={"PYTHONHASHSEED": seed}) for seed in "12"}
    assert len(made) == 1


def test_the_face_names_carrier_parties_number_vessel_ports_dates_originals_and_law():
    face, *attached = pages_of(printed(sample("to-order-of-bank-shanghai-singapore")))
    for words in (
        "BILL OF LADING", "Halcyon Meridian Lines Pte. Ltd.", "ZQHMSHA26101155", "HALCYON PLOVER", "027S",
        "TO THE ORDER OF Pelican Straits Bank", "ANY PORT IN SHANGHAI, CHINA", "SINGAPORE PORT, SINGAPORE",
        "SHIPPED ON BOARD 2026-10-19", "2026-10-20", "388 800 USD", "prepaid", "ONE electronic original",
        "63 048 kg", "223.68 m³", "4 containers", "156 packages", TITLE.title_id, "SIGNED BY THE CARRIER",
    ):  # fmt: skip
        assert squeezed(words) in squeezed(face), words
    assert "Governing law: Singapore law" in " ".join(attached)


def test_blank_straight_and_endorsed_bills_say_so_on_their_face():
    told = {name: squeezed(pages_of(printed(sample(name)))[0]) for name in (
        "blank-ningbo-hamburg", "straight-shanghai-singapore", "to-order-of-shipper-shanghai-rotterdam")}  # fmt: skip
    assert squeezed("TO ORDER (blank endorsed") in told["blank-ningbo-hamburg"]
    assert squeezed("NOT NEGOTIABLE") in told["straight-shanghai-singapore"]
    assert squeezed("TO THE ORDER OF") in told["to-order-of-shipper-shanghai-rotterdam"]


def test_a_charter_party_bill_names_charter_party_master_holds_and_average():
    face = squeezed(pages_of(printed(sample("bulk-soya-beans-santos-qingdao")))[0])
    for words in ("To be used with charter parties", "HML-VCP-26-0117", "2026-09-03", "CLEAN ON BOARD", "Holds 3, 6",
                  "66 017 495 kg", "York-Antwerp Rules 2016", "Freight payable as per charter party",
                  "Capt. Inês Falcão Duarte, master"):  # fmt: skip
        assert squeezed(words) in face, words


def many_items(count):
    document = sample("straight-shanghai-singapore")
    item = document["consignmentItems"][0]
    cargo = item["cargoItems"][0]
    item["cargoItems"] = [
        cargo | {"outerPackaging": cargo["outerPackaging"] | {"description": f"Carton lot {at}"}} for at in range(count)
    ]
    return document


def test_three_hundred_cargo_items_run_over_pages_and_each_page_names_bill_number_and_count():
    pages = pages_of(printed(many_items(300)))
    assert len(pages) > 5
    text = squeezed(" ".join(pages))
    for at in range(300):
        assert f"Cartonlot{at}" in text
    for at, page in enumerate(pages, 1):
        assert "Bill of lading ZQHMSHA" in page
        assert f"page {at} of {len(pages)}" in page
        assert COPY in page


def test_no_text_leaves_the_page_and_none_is_written_over_another():
    opened = pypdfium2.PdfDocument(printed(many_items(60)))
    for page in opened:
        text = page.get_textpage()
        for at in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(at)
            assert 20 <= left <= right <= 595 - 20
            assert 12 <= bottom <= top <= 842 - 8


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_section_that_fits_a_page_stands_on_one_page_with_its_heading(path):
    pages = [page for page in pages_of(printed(sample(path.stem))) if "Registry of titles:" in page]
    assert len(pages) == 1
    assert "Whoholdsthetitleisnotshown" in squeezed(pages[0])
    assert "THEORIGINALONTHELEDGERTitle:" in squeezed(pages[0])


def test_a_box_that_cannot_hold_its_lines_says_so_and_is_printed_whole_on_the_attached_sheet():
    document = sample("straight-shanghai-singapore")
    document["documentParties"]["notifyParties"] = [
        {"partyName": f"Party {number}", "displayedAddress": [f"line {number}.{at}" for at in range(6)]}
        for number in (1, 2, 3)
    ]
    face, *attached = pages_of(printed(document))
    assert "in full on the attached sheet" in face
    assert "line 3.5" not in face
    assert "line 3.5" in " ".join(attached)


def test_fields_that_nobody_knows_are_printed_under_their_name_in_words_and_no_path_is():
    document = sample("straight-shanghai-singapore")
    document["consignmentItems"][0]["cargoItems"][0]["lotPassport"] = {
        "issuer": "Someone",
        "grades": ["A1", {"deep": 7}],
    }
    document["unheardOf"] = [[], {"inner": None}]
    document["utilizedTransportEquipments"][0]["equipment"]["extra"] = [{"odd": [1]}]
    text = squeezed(" ".join(pages_of(printed(document))))
    for words in ("Someone", "A1", "Unheard of (1): empty", "Unheard of (2), inner: none"):
        assert squeezed(words) in text, words
    assert not re.search(r"[a-z]\[[0-9]+\]|(?:equipment|Equipments|Items?|heardOf)\.[a-z]", text)


@pytest.mark.parametrize(
    ("text", "shown_as"),
    [
        ("제주", "제주"),
        ("مرحبا", "مرحبا"),
        ("a\u202egpj", "a[U+202E]gpj"),
        ("zero\u200bwidth", "zero[U+200B]width"),
        ("q\u0323", "q\u0323"),
        ("🚢 ⚓ 👩‍🚀", "🚢⚓👩‍🚀"),
        ("e\u0301t", "e\u0301t"),
        ("𬭊元素", "𬭊元素"),
        ("𠮷野家 𠀀𪚥", "𠮷野家𠀀𪚥"),
        ("龘 Ünïted", "龘 Ünïted"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("ශ්\u200dරී", "ශ්\u200dරී"),
        ("a\u200db", "a[U+200D]b"),
        ("a\u202b\x1b\x07b", "a[U+202B][U+001B][U+0007]b"),
        ("x" + "\u0323" * 9, "x" + "\u0323" * 8 + "[U+0323]"),
        ("\U0001e900", "[U+1E900]"),
        ("क\u0323\u0e31", "क[U+0323]\u0e31"),
    ],
)
def test_no_character_vanishes(text, shown_as):
    document = sample("straight-shanghai-singapore")
    document["documentParties"]["shipper"]["partyName"] = text
    pages = pages_of(printed(document))
    assert squeezed(shown_as) in squeezed(pages[0])
    listed = "CHARACTERS THAT THIS PRINT CANNOT SHOW" in " ".join(pages)
    assert listed is ("[U+" in shown_as)


def test_words_that_look_like_markup_are_printed_as_they_are():
    document = sample("straight-shanghai-singapore")
    document["documentParties"]["shipper"]["partyName"] = "<b>A & B</b> <script>alert(1)</script> \\( %s"
    pdf = printed(document)
    assert squeezed(document["documentParties"]["shipper"]["partyName"]) in squeezed(pages_of(pdf)[0])


def test_nothing_in_the_print_acts_and_its_typefaces_are_inside():
    reader = PdfReader(__import__("io").BytesIO(printed(sample("chinese-latin-qingdao-antwerp"))))
    assert not any(name in reader.trailer["/Root"] for name in ("/OpenAction", "/AA", "/AcroForm", "/Names"))
    for page in reader.pages:
        assert "/Annots" not in page
        for font in page["/Resources"]["/Font"].values():
            [descendant] = font.get_object()["/DescendantFonts"]
            assert "/FontFile2" in descendant.get_object()["/FontDescriptor"]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_code_on_the_face_is_read_from_the_page_and_opens_the_title(path):
    page = pypdfium2.PdfDocument(printed(json.loads(path.read_bytes())))[0]
    found = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
    code = BillCode(TITLE.chain_id, TITLE.registry, TITLE.title_id, SALT)
    assert [code.text for code in found] == [code.words()]
    assert BillCode.read(found[0].text) == code


def test_a_copy_of_a_version_that_has_ended_is_marked_on_every_page():
    document = sample("straight-shanghai-singapore")
    pages = pages_of(printed(document, ended=Ended("REPLACED", (TITLE.title_id,))))
    assert all("OF A VERSION THAT HAS ENDED" in page and "REPLACED" in page for page in pages)
    assert "Replaced by title" in " ".join(pages)


def test_the_print_that_switches_to_paper_states_the_conversion_and_the_titles_end():
    document = sample("to-order-of-bank-shanghai-singapore")
    pages = pages_of(printed(document, conversion=Conversion("0x" + "9a" * 32, 4711, 1_790_000_000, 2, 3)))
    text = squeezed(" ".join(pages))
    for words in ("STATEMENT OF CONVERSION TO PAPER", "0x" + "9a" * 32, "block 4711", "2026-09-21 14:13:20 UTC",
                  "Original 2 of 3 on paper",
                  "3 on paper, of which this is number 2", "ORIGINAL ON PAPER 2 OF 3", "Signature:"):  # fmt: skip
        assert squeezed(words) in text, words
    assert COPY not in " ".join(pages)
    assert squeezed("ONE electronic original") not in text


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_goods_that_a_page_holds_are_not_broken_over_two(path):
    document = json.loads(path.read_bytes())
    pages = [squeezed(text) for text in pages_of(printed(document))]
    for item in document.get("consignmentItems", []):
        said = [*item["descriptionOfGoods"], item["carrierBookingReference"], *item.get("shippingMarks", [])]
        assert any(all(squeezed(line) in page for line in said) for page in pages), said


def test_a_carriers_name_that_is_too_long_for_the_head_of_a_page_does_not_run_over_it():
    document = many_items(60)
    document["documentParties"]["issuingParty"]["partyName"] = "A line of a very long name " * 40
    for page in pypdfium2.PdfDocument(printed(document)):
        text = page.get_textpage()
        assert all(text.get_rect(at)[0] >= 20 for at in range(text.count_rects()))
