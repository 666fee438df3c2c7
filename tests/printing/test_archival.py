"""A print is PDF/A-3 with a structure: what validators look for in the file (ISO 19005-3, level A)."""

import io
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from ebl_service.printing.archival import About, paint
from ebl_service.printing.page import Page, Tag, Words
from ebl_service.printing.particulars import Conversion
from ebl_service.printing.typesetting import Typesetter
from tests.printing.prints import SAMPLES, printed, sample

BILL = "chinese-latin-qingdao-antwerp"


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf), strict=True)


def elements(element: Any) -> list[DictionaryObject]:
    """An element of the structure and all below it."""
    element = element.get_object()
    below = element.get("/K", [])
    below = below if isinstance(below, list) else [below]
    return [element, *(each for kid in below if "/S" in kid.get_object() for each in elements(kid))]


def test_the_metadata_says_pdf_a_3_level_a_and_what_the_information_dictionary_says():
    reader = read(printed(sample(BILL)))
    ET.fromstring(reader.trailer["/Root"]["/Metadata"].get_data())
    metadata, information = reader.xmp_metadata, reader.metadata
    about = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>\n<pdfaid:conformance>A</pdfaid:conformance>" in about
    assert metadata.dc_title == {"x-default": information.title} == {"x-default": "Bill of lading ZQHMTAO26110092"}
    assert metadata.pdf_keywords == information["/Keywords"]
    assert metadata.xmp_create_date.isoformat() == "2026-11-10T00:00:00"
    assert information["/CreationDate"] == information["/ModDate"] == "D:20261110000000Z"


def test_colours_language_and_structure_are_declared():
    root = read(printed(sample(BILL))).trailer["/Root"]
    [intent] = root["/OutputIntents"]
    assert intent["/S"] == "/GTS_PDFA1"
    assert intent["/DestOutputProfile"].get_data()[36:40] == b"acsp"
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"] == {"/Marked": True}
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value


def test_everything_painted_belongs_to_the_structure_or_is_an_artifact():
    reader = read(printed(sample(BILL)))
    for page in reader.pages:
        content = page.get_contents().get_data().decode("latin-1")
        marks = re.findall(r"^/(\w+) (?:<< /MCID (\d+) >> BDC|BMC)$|^(EMC)$", content, re.MULTILINE)
        assert [bool(end) for _, _, end in marks] == [False, True] * (len(marks) // 2)
        outside = re.sub(r"^/\w+ (?:<< /MCID \d+ >> BDC|BMC)$.*?^EMC$", "", content, flags=re.MULTILINE | re.DOTALL)
        assert not outside.strip()
        numbers = [int(number) for kind, number, end in marks if not end and kind != "Artifact"]
        owners = reader.trailer["/Root"]["/StructTreeRoot"]["/ParentTree"]["/Nums"]
        assert numbers == list(range(len(owners[2 * page["/StructParents"] + 1])))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_headings_tables_and_the_code_have_their_kinds(path):
    root = read(printed(sample(path.stem))).trailer["/Root"]["/StructTreeRoot"]["/K"]
    kinds = [each["/S"] for each in elements(root)]
    assert kinds[0] == "/Document"
    assert kinds.count("/H1") == 1
    assert kinds.count("/Figure") == 1
    assert {"/H2", "/P", "/Sect", "/Table", "/TR", "/TH", "/TD"} <= set(kinds)
    [figure] = [each for each in elements(root) if each["/S"] == "/Figure"]
    assert figure["/Alt"].startswith("QR code: EBL:1:")
    for table in (each for each in elements(root) if each["/S"] == "/Table"):
        rows = [each.get_object() for each in table["/K"]]
        assert len({len(row["/K"]) for row in rows}) == 1, "as many cells in each row"


def test_every_code_of_every_font_has_a_unicode_value_and_the_width_that_the_font_has():
    for page in read(printed(sample(BILL))).pages:
        for font in page["/Resources"]["/Font"].values():
            [descendant] = font["/DescendantFonts"]
            widths = descendant.get_object()["/W"][1]
            values = re.findall(rb"^<(\w{4})> <(\w+)>$", font["/ToUnicode"].get_data(), re.MULTILINE)[1:]
            assert len(values) == len(widths)
            assert all(bytes.fromhex(value.decode()).decode("utf-16-be") for _, value in values)
            assert len(descendant.get_object()["/CIDToGIDMap"].get_data()) == 2 * (len(values) + 1)


def test_an_original_on_paper_is_of_the_moment_at_which_the_title_ended():
    conversion = Conversion("0x" + "9a" * 32, 4711, 1_790_000_000, 1, 1)
    reader = read(printed(sample(BILL), conversion=conversion))
    assert reader.metadata["/CreationDate"] == "D:20260921141320Z"


@pytest.mark.parametrize("day", [None, "", "tomorrow", "2026-13-45", 20261010])
def test_a_document_that_says_no_day_of_issue_gives_a_print_without_a_time(day):
    assert "/CreationDate" not in read(printed(sample(BILL) | {"issueDate": day})).metadata


def test_nothing_in_the_metadata_turns_text_round_or_breaks_the_file():
    hostile = "a\u202eb\x00\x1b]0;\n%%EOF\n%eBL Ledger appendix 2\n(\\)</rdf:li>&\ud800"
    pdf = paint([Page([Words(40, 40, Typesetter().line("x", 9), 9, 0, Tag("P"))])], About(hostile, hostile, "s", "k"))
    reader = read(pdf)
    assert reader.metadata.title == hostile.translate(dict.fromkeys([0x202E, 0, 0x1B, 0x0A, 0xD800], "\ufffd"))
    assert reader.xmp_metadata.dc_title["x-default"] == reader.metadata.title
    assert re.findall(rb"^%%EOF|^%eBL", pdf, re.MULTILINE) == [b"%%EOF"]
