"""The terms that goods were sold on, as far as insurance depends on them; signed by the seller or the bank.

    incoterm, place, edition      what cover the seller owes
    invoice                       currency and gross value
    insurableValue                the CIF or CIP value, where the papers show one
    credit                        currency, amount drawn, and the percentage that the credit asks for

Rules kept: amounts of one sale are in currencies that can be compared, or a rule that would compare them breaks.
Leaves to others: who signed (`services`), and what is made of the terms (`rules.sale`).
"""

from dataclasses import dataclass
from decimal import Decimal

from ebl_service.domain.insurance_document.schema import AMOUNT
from ebl_service.domain.transport_document.reading import Part, figure, part, text
from ebl_service.domain.transport_document.schema.shape import CURRENCY, Day, Number, Shape, Text, trimmed

INCOTERMS = ("EXW", "FCA", "CPT", "CIP", "DAP", "DPU", "DDP", "FAS", "FOB", "CFR", "CIF")
LEAST_PERCENT = Decimal(110)
"""Of the CIF or CIP value. Source: UCP 600 art. 28 (f) (ii)."""

TERMS_OF_SALE = Shape(
    required={
        "incoterm": Text(one_of=INCOTERMS),
        "incotermEdition": Text(one_of=("2010", "2020")),
        "namedPlace": trimmed(100),
        "invoice": Shape(
            required={"number": trimmed(35), "date": Day(), "amount": Number(above=0), "currency": CURRENCY}
        ),
    },
    optional={
        "insurableValue": AMOUNT,
        "credit": Shape(
            required={"reference": trimmed(35), "drawing": AMOUNT},
            optional={"insuredPercent": Number(least=100, most=300)},
        ),
    },
)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency's own unit."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.currency} {self.amount.normalize():f}"


def money(whole: Part, key: str = "") -> Money | None:
    """What `whole` (or its part at `key`) says as amount and currency; None where it says no such thing."""
    said = part(whole, key) if key else whole
    amount, currency = figure(said, "amount"), text(said, "currency")
    return Money(amount, currency) if amount is not None and currency else None


def currency_owed(terms: Part) -> str:
    """In which currency the goods are to be insured: the credit's, else the invoice's. Source: UCP 600 28 (f) (i)."""
    drawing = money(part(terms, "credit"), "drawing")
    return drawing.currency if drawing else text(part(terms, "invoice"), "currency")


def least_sum(terms: Part) -> Money | None:
    """The least sum to insure for; None where amounts in different currencies leave it open.

    So many percent (110, or what the credit asks for) of the CIF or CIP value; where the papers show none, of what is
    greater, the drawing or the gross invoice. Source: UCP 600 art. 28 (f) (ii).
    """
    credit = part(terms, "credit")
    asked = figure(credit, "insuredPercent")
    share = (asked if asked is not None else LEAST_PERCENT) / 100
    value = money(terms, "insurableValue")
    if value is not None:
        return Money(value.amount * share, value.currency)
    known = [each for each in (money(terms, "invoice"), money(credit, "drawing")) if each is not None]
    if not known or len({each.currency for each in known}) != 1:
        return None
    return Money(max(each.amount for each in known) * share, known[0].currency)
