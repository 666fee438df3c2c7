"""Pages as a PDF that is kept for long: PDF/A-3, conformance level A (ISO 19005-3).

Kept: typefaces embedded with Unicode values, colours by an output intent, metadata as XMP that says what the
information dictionary says, the structure tagged, nothing that acts. The same pages give the same bytes: no clock, no
random id. Leaves to others: painting (`painting`), what is attached to the file (`appendix`).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from xml.sax.saxutils import escape

from ebl_service.domain.terms import Seconds
from ebl_service.printing.embedding import EmbeddedFonts
from ebl_service.printing.page import HEIGHT, WIDTH, Page
from ebl_service.printing.painting import painted
from ebl_service.printing.pdf_file import PdfFile, figure, text_string
from ebl_service.printing.structure import Structure

_PROGRAM = "eBL Ledger"
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>A</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>en</rdf:li></rdf:Bag></dc:language>
<pdf:Keywords>{keywords}</pdf:Keywords>
<pdf:Producer>{program}</pdf:Producer>
<xmp:CreatorTool>{program}</xmp:CreatorTool>
{dates}</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


@dataclass(frozen=True, slots=True)
class About:
    """What a PDF says of itself. `created`: seconds since 1970, none where the document says no date."""

    title: str
    author: str
    subject: str
    keywords: str
    created: Seconds | None = None


def paint(pages: list[Page], about: About) -> bytes:
    """The pages as one PDF, with the parts of the typefaces that they use."""
    file, fonts, structure = PdfFile(), EmbeddedFonts(), Structure()
    catalog, tree, resources = file.reserve(), file.reserve(), file.reserve()
    numbers = []
    for at, page in enumerate(pages):
        content = file.stream(painted(page, at, fonts, structure))
        numbers.append(
            file.add(
                b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %b %b] /Resources %d 0 R /Contents %d 0 R"
                b" /StructParents %d /Tabs /S >>" % (tree, figure(WIDTH), figure(HEIGHT), resources, content, at)
            )
        )
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    file.put(tree, b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, len(pages)))
    used = b" ".join(b"/%b %d 0 R" % (font.name.encode(), font.add_to(file)) for font in fonts.fonts)
    file.put(resources, b"<< /Font << %b >> >>" % used)
    tagged = structure.add_to(file, numbers)
    metadata = file.stream(_xmp(about), b"/Type /Metadata /Subtype /XML", is_compressed=False)
    profile = file.stream(_profile(), b"/N 3")
    file.put(
        catalog,
        b"<< /Type /Catalog /Pages %d 0 R /Lang (en) /MarkInfo << /Marked true >> /StructTreeRoot %d 0 R"
        b" /Metadata %d 0 R /ViewerPreferences << /DisplayDocTitle true >> /OutputIntents [<< /Type /OutputIntent"
        b" /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB IEC61966-2.1) /DestOutputProfile %d 0 R >>] >>"
        % (tree, tagged, metadata, profile),
    )
    return file.written(catalog, file.add(_information(about)))


def _information(about: About) -> bytes:
    said = {
        "Title": about.title,
        "Author": about.author,
        "Subject": about.subject,
        "Keywords": about.keywords,
        "Creator": _PROGRAM,
        "Producer": _PROGRAM,
    }
    if about.created is not None:
        date = _moment(about.created).strftime("D:%Y%m%d%H%M%SZ")
        said |= {"CreationDate": date, "ModDate": date}
    return b"<< %b >>" % b" ".join(
        b"/%b %b" % (key.encode(), text_string(_printable(value))) for key, value in said.items()
    )


def _xmp(about: About) -> bytes:
    dates = ""
    if about.created is not None:
        date = _moment(about.created).strftime("%Y-%m-%dT%H:%M:%SZ")
        dates = f"<xmp:CreateDate>{date}</xmp:CreateDate>\n<xmp:ModifyDate>{date}</xmp:ModifyDate>\n"
    said = {key: escape(_printable(getattr(about, key))) for key in ("title", "author", "subject", "keywords")}
    return _XMP.format(**said, program=_PROGRAM, dates=dates).encode("utf-8", "replace")


def _printable(text: str) -> str:
    """Without what XML cannot say and what turns text round in a title bar."""
    return "".join(each if each.isprintable() else "\ufffd" for each in text)


def _moment(time: Seconds) -> datetime:
    return datetime.fromtimestamp(time, UTC)


@cache
def _profile() -> bytes:
    return (files("ebl_service.printing") / "fonts" / "sRGB.icc").read_bytes()
