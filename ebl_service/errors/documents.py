"""What can be wrong with a document behind a title, from its bytes to what it says.

Bytes that are no document are refused at once, each fault by its class; what a document says is judged as a whole, so
that all its breaches come in one answer (`DocumentRefused`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from ebl_service.errors import ActionRefused, InvalidRequest, LedgerUnavailable, NotAllowed
from ebl_service.errors.shown_text import escaped

MOST_BREACHES = 100
"""Of one document; the checks stop there."""
MOST_TOLD = 10
"""Breaches in the words of an error; the others stand beside them."""
MOST_WORDS = 400
"""Characters of what is wrong, which may repeat what was sent."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing wrong with a document.

    `rule`: the rule's name. `path`: the field, such as documentParties.consignee or consignmentItems[0].HSCodes[1];
    empty for the document itself. `wrong`: what stands there. `right`: what would be right. What does not
    print stands in them as its escape.
    """

    rule: str
    path: str
    wrong: str
    right: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", escaped(self.path))
        for name in ("wrong", "right"):
            words: str = getattr(self, name)
            cut = words[:MOST_WORDS] + "…" if len(words) > MOST_WORDS else words
            object.__setattr__(self, name, escaped(cut))

    def __str__(self) -> str:
        return f"{self.path or 'document'}: {self.wrong}; right would be: {self.right} ({self.rule})"


class DocumentRefused(InvalidRequest):
    """The document breaks rules; `breaches` are all of them, in the order of the document's tables and rules.

    Of more than a hundred the first hundred.
    """

    advice = "Correct every field named in the breaches and send the document again; nothing was kept of it."

    def __init__(self, breaches: Iterable[Breach]) -> None:
        found = tuple(islice(breaches, MOST_BREACHES + 1))
        self.breaches = found[:MOST_BREACHES]
        count = "more than 100" if len(found) > MOST_BREACHES else str(len(found))
        super().__init__(
            f"The document breaks {count} rule{'s' * (len(found) != 1)}: {_told(self.breaches)}",
            {"breaches": [str(breach) for breach in self.breaches]},
        )


class NotADocument(InvalidRequest):
    """The bytes are not one JSON object in UTF-8."""

    advice = "Send the document as one JSON object, in UTF-8 without a byte order mark."


class RepeatedKey(InvalidRequest):
    """An object names a key twice, so that readers could differ about what the document says."""

    advice = "Name each key once."


class LoneSurrogate(InvalidRequest):
    """A text holds half of a surrogate pair, which is no character and has no UTF-8."""

    advice = "Write characters beyond U+FFFF as themselves, or as both halves of their escape."


class NumberNotKept(InvalidRequest):
    """A number is too large, too small or too long for an IEEE double: readers would see another number."""

    advice = "Write the number with at most 17 significant digits, or as text."


class DocumentTooLarge(InvalidRequest):
    """The document has more bytes than the ledger takes."""

    advice = "Send pictures and riders as supporting documents; the bill's content is text."


class DocumentTooDeep(InvalidRequest):
    """Objects and arrays stand too deep in each other."""

    advice = "Flatten the named part; a transport document needs no such depth."


class CopyTooLarge(InvalidRequest):
    """A file to be checked has more bytes than any print has (413)."""

    advice = "Check the PDF or the document itself, without what was put around it."


class BadOpening(InvalidRequest):
    """What was given to open a title's commitment is not an opening, or none was given."""

    advice = "Give the file that opens the bill, or the words of its QR code: EBL:1 and chain, registry, title, salt."


class CodeTaken(InvalidRequest):
    """An identifying code belongs to another party (409)."""

    advice = "Look up whose code it is; a code names one party, and moves only when that party gives it up."


class NotTheIssuingCarrier(NotAllowed):
    """Documents are prepared by the carrier that they name as issuing party."""

    advice = "Send the document with the key or token of the carrier that it names as issuing party."


class NotTheIssuingInsurer(NotAllowed):
    """Insurance documents are handed in by the insurer that they name."""

    advice = "Hand the document in with the key or token of the insurer that it names."


class DocumentMissing(ActionRefused):
    """An act issues a title whose document this service does not hold."""

    advice = "Send the document first (POST /v1/documents) and sign the act that it answers with."


class TitleDiffers(ActionRefused):
    """An act issues a title otherwise than its document says; `breaches` name each difference."""

    advice = "Sign the act that the service gave for this document, or prepare the document anew."

    def __init__(self, breaches: Iterable[Breach]) -> None:
        self.breaches = tuple(islice(breaches, MOST_BREACHES))
        super().__init__(
            f"The title is not the one that its document is for: {_told(self.breaches)}",
            {"breaches": [str(breach) for breach in self.breaches]},
        )


class NumberIssued(ActionRefused):
    """Another title of the same carrier and number stands on the ledger: one bill would have two originals."""

    advice = "Give the bill a number of its own; or have the title surrendered for amendment and replace it."


class DocumentStale(TitleDiffers):
    """The document's dates do not fit the time of its issue any more: it would be ante- or post-dated."""

    advice = "Prepare the document anew with the date on which it is issued."


class NotSwitchedToPaper(ActionRefused):
    """Originals on paper are printed only in the place of a title that ended by a switch to paper, finally."""

    advice = "Let the holder request surrender for PAPER, accept it, and wait until that block is final."


class CouldNotCheck(LedgerUnavailable):
    """A copy could not be held against its title: that says nothing of the copy."""

    advice = "Ask a node or service of the ledger that the bill names; till then the copy is neither genuine nor false."


def _told(breaches: tuple[Breach, ...]) -> str:
    more = len(breaches) - MOST_TOLD
    return " | ".join(map(str, breaches[:MOST_TOLD])) + (f" | and {more} more" if more > 0 else "")
