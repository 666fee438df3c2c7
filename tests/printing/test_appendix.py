"""A PDF of a bill carries what opens it; readers show the attachments; nothing can be changed without being seen."""

import hashlib
import io
import json
from pathlib import Path

import pypdfium2
import pytest
from pypdf import PdfReader, PdfWriter

from ebl_service.domain.transport_document.bill_code import BillCode
from ebl_service.domain.transport_document.commitment import canonical_form
from ebl_service.domain.transport_document.record import read_record
from ebl_service.errors.documents import BadOpening
from ebl_service.printing import first_appendix
from ebl_service.printing.appendix import _TRAILER, FILES, appendix, parts_of, print_to_issue
from ebl_service.printing.bill import print_bill
from tests.printing.prints import SALT, SAMPLES, TITLE, record_of, sample

CODE = BillCode(TITLE.chain_id, TITLE.registry, TITLE.title_id, SALT)


def issued(document):
    return print_to_issue(document, record_of(document), TITLE, SALT)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_pages_are_the_beginning_of_the_file_and_their_digest_is_the_records(path):
    document = json.loads(path.read_bytes())
    pdf, record = issued(document)
    base = print_bill(document, record_of(document), TITLE, SALT)
    assert pdf.startswith(base)
    assert record.pdf_digest == hashlib.sha256(base).hexdigest()


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_parts_are_read_back_as_they_were_attached(path):
    document = json.loads(path.read_bytes())
    pdf, record = issued(document)
    parts = parts_of(pdf)
    assert parts.is_whole
    assert parts.code == CODE
    assert parts.document == canonical_form(document)
    assert read_record(parts.record) == record
    assert parts.base_digest == record.pdf_digest


def test_readers_open_the_file_and_show_the_same_attachments_and_pages():
    document = sample("chinese-latin-qingdao-antwerp")
    pdf, record = issued(document)
    wanted = dict(zip(FILES, (CODE.words().encode(), canonical_form(document), record.canonical()), strict=True))
    by_pypdf = PdfReader(io.BytesIO(pdf), strict=True)
    assert {name: content[0] for name, content in by_pypdf.attachments.items()} == wanted
    by_pdfium = pypdfium2.PdfDocument(pdf)
    found = [by_pdfium.get_attachment(at) for at in range(by_pdfium.count_attachments())]
    assert {each.get_name(): bytes(each.get_data()) for each in found} == wanted
    base = pypdfium2.PdfDocument(print_bill(document, record_of(document), TITLE, SALT))
    assert len(by_pdfium) == len(base)
    for with_files, without in zip(by_pdfium, base, strict=True):
        assert with_files.render().to_pil().tobytes() == without.render().to_pil().tobytes()


def test_an_update_that_repaints_a_page_is_seen():
    pdf, _ = issued(sample("straight-shanghai-singapore"))
    writer = PdfWriter(io.BytesIO(pdf), incremental=True)
    writer.pages[0].rotate(180)
    repainted = io.BytesIO()
    writer.write(repainted)
    assert repainted.getvalue().startswith(pdf[:1000])
    assert not parts_of(repainted.getvalue()).is_whole


@pytest.mark.parametrize("more", [b"\n", b" ", b"%%EOF\n", b"1 0 obj\n<<>>\nendobj\n"])
def test_anything_after_the_end_is_seen(more):
    pdf, _ = issued(sample("straight-shanghai-singapore"))
    assert not parts_of(pdf + more).is_whole


def test_a_document_that_holds_the_appendixs_own_words_is_read_back_whole():
    document = sample("straight-shanghai-singapore")
    words = "%%EOF\n%eBL Ledger appendix 1\n%%EOF\n%eBL Ledger appendix 2\n"
    document["unheardOf"] = f"{words} /Length 7 >>\nstream\nendstream endobj (EBL:1:1:)"
    pdf, _ = issued(document)
    parts = parts_of(pdf)
    assert parts.is_whole
    assert parts.document == canonical_form(document)


@pytest.mark.parametrize(
    "pdf",
    [b"", b"%PDF-1.7\n%%EOF\n", b"%%EOF\n%eBL Ledger appendix 2\n", b"%%EOF\n%eBL Ledger appendix 1\n", b"\0" * 1000],
)
def test_other_files_have_no_parts(pdf):
    with pytest.raises(BadOpening):
        parts_of(pdf)


def test_the_first_format_stays_as_it_is():
    """Bills that are out in the world are checked by making their appendix again."""
    base = (
        b"%PDF-1.7\n1 0 obj\n<<\n/Type /Catalog\n>>\nendobj\nxref\ntrailer\n<<\n/ID \n[<" + b"0" * 32 + b"><"
        + b"0" * 32 + b">]\n% digest\n\n/Info 2 0 R\n/Root 1 0 R\n/Size 3\n>>\nstartxref\n50\n%%EOF\n"
    )  # fmt: skip
    made = first_appendix.appendix(base, b'{"a":1}', b'{"b":2}', b"EBL")
    assert hashlib.sha256(made).hexdigest() == "1d242a5f5b8ff420538597c87bde195a47098161330bd8b5221e0c4c51df1c31"


def test_the_second_format_stays_as_it_is():
    base = (
        b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 3 0 R >>\nendobj\n2 0 obj\n<< /Title (x) /CreationDate"
        b" (D:20261020000000Z) >>\nendobj\nxref\ntrailer\n<< /Size 3 /Root 1 0 R /Info 2 0 R /ID [<" + b"0" * 32
        + b"> <" + b"0" * 32 + b">] >>\nstartxref\n50\n%%EOF\n"
    )  # fmt: skip
    made = appendix(base, b'{"a":1}', b'{"b":2}', b"EBL")
    assert b"/Type /Catalog /Pages 3 0 R /Names" in made
    assert made.count(b"/ModDate (D:20261020000000Z)") == 3
    assert hashlib.sha256(made).hexdigest() == "3d366f9b6e67d8eebada6be6c1641c908646fcaf730929a7ef1c723360f18176"


OLD = Path(__file__).parent / "issued-before-pdf-a.pdf"


def test_a_bill_that_was_issued_in_the_first_format_is_still_read_whole():
    parts = parts_of(OLD.read_bytes())
    assert parts.is_whole
    assert parts.code == CODE
    document = sample("straight-shanghai-singapore")
    assert parts.document == canonical_form(document)
    assert read_record(parts.record).pdf_digest == parts.base_digest


@pytest.mark.parametrize("more", [b"\n", b"%%EOF\n%eBL Ledger appendix 2\n"])
def test_a_bill_of_the_first_format_with_anything_after_its_end_is_not_whole(more):
    assert not parts_of(OLD.read_bytes() + more).is_whole


def test_any_flipped_byte_of_an_issued_bill_is_seen():
    document = sample("straight-shanghai-singapore")
    pdf, record = issued(document)
    wanted = (True, record.pdf_digest, CODE, canonical_form(document), record.canonical())
    for at in range(100, len(pdf), len(pdf) // 150):
        changed = pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]
        try:
            parts = parts_of(changed)
        except BadOpening:
            continue
        assert (parts.is_whole, parts.base_digest, parts.code, parts.document, parts.record) != wanted, at


def test_every_attachment_is_an_associated_file_with_its_relationship_and_time():
    """ISO 19005-3, 6.8."""
    pdf, _ = issued(sample("straight-shanghai-singapore"))
    root = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    related = [each.get_object() for each in root["/AF"]]
    assert {each["/UF"]: each["/AFRelationship"] for each in related} == {
        "bill-code.txt": "/Supplement", "document.json": "/Source", "record.json": "/Supplement"}  # fmt: skip
    for each in related:
        content = each["/EF"]["/F"].get_object()
        assert content["/Subtype"] in {"/application/json", "/text/plain"}
        assert content["/Params"]["/ModDate"] == "D:20261007000000Z"
        assert content["/Params"]["/Size"] == len(content.get_data())


@pytest.mark.parametrize("at", range(4))
def test_a_trailer_of_numbers_without_end_is_none_and_makes_no_pattern(at: int) -> None:
    numbers = ["1"] * 4
    numbers[at] = "1" * 1_000_000
    size, root, info, start = numbers
    trailer = f"trailer\n<< /Size {size} /Root {root} 0 R /Info {info} 0 R /ID [<{'0' * 32}> <{'0' * 32}>] >>\n"
    base = b"%PDF-1.7\n" + f"{trailer}startxref\n{start}\n%%EOF\n".encode()
    assert _TRAILER.search(base) is None
    with pytest.raises(ValueError, match="as this printer writes"):
        appendix(base, b"{}", b"{}", b"")
