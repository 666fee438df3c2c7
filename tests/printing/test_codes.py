"""A clerk reads words beside codes, and free text as it was written."""

import pytest

from ebl_service.printing.locations import place_in_words
from tests.printing.prints import pages_of, printed, sample, squeezed


def test_codes_are_printed_in_words_and_free_text_is_never_touched():
    document = sample("to-order-of-bank-shanghai-singapore")
    document["transports"] |= {"portOfDischarge": {"UNLocationCode": "DEHAM", "locationName": "Hamburg"}}
    document.pop("displayedNameForPortOfDischarge", None)
    document["consignmentItems"][0]["descriptionOfGoods"] = ["TREATED_AND_CERTIFIED CY FCL", "DE"]
    document["documentParties"]["other"] = [
        {"partyFunction": "DDS", "party": {"partyName": "SD", "address": {"city": "Bremen", "countryCode": "DE"}}},
        {"partyFunction": "XYZ", "party": {"partyName": "MOTHER"}},
    ]
    face, *attached = [squeezed(page) for page in pages_of(printed(document))]
    for words in ("wood declaration: Treated and certified", "TREATED_AND_CERTIFIED CY FCL", "Hamburg, Germany (DEHAM)",
                  "container yard / container yard, FCL / FCL", "Customer's reference KTE-JOB-4519"):  # fmt: skip
        assert squeezed(words) in face, words
    for words in ("Consignee's freight forwarder: SD, Bremen, Germany (DE)", "XYZ: MOTHER", "status: issued"):
        assert squeezed(words) in "".join(attached), words


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("Hamburg", "DEHAM", "Hamburg, Germany (DEHAM)"),
        ("", "DEHAM", "Germany (DEHAM)"),
        ("SINGAPORE PORT, SINGAPORE", "SGSIN", "SINGAPORE PORT, SINGAPORE (SGSIN)"),
        ("Somewhere", "", "Somewhere"),
        ("", "", ""),
        ("Nowhere", "QQABC", "Nowhere (QQABC)"),
        ("", "QQABC", "QQABC"),
        ("Köln", "DE", "Köln, Germany (DE)"),
    ],
)
def test_a_place_has_its_country_and_its_code(name, code, words):
    assert place_in_words(name, code) == words
