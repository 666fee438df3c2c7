"""What the sale asks of the insurance: in time, in the right currency, for enough, against enough.

Each rule but the first needs the terms of sale, or what they say of a value; without it the rule is not checkable
(`has_terms`, `has_base`), which is not a pass.
"""

from decimal import Decimal

from ebl_service.domain.insurance_document.case import Case
from ebl_service.domain.insurance_document.conditions import Cover, most_cover
from ebl_service.domain.insurance_document.terms_of_sale import Money, currency_owed, least_sum, money
from ebl_service.domain.transport_document.reading import Found, day, figure, part, parts, text

COVERS = {Cover.ALL_RISKS: "Institute Cargo Clauses (A)", Cover.MINIMUM: "at least Institute Cargo Clauses (C)"}
ONE_UNIT = Decimal(1)
"""Of the currency: values are rounded to it in the trade."""


def has_terms(case: Case) -> bool:
    """Somebody has given the terms of sale."""
    return case.terms is not None


def has_base(case: Case) -> bool:
    """The value that the insured value is made from is known, or was agreed without one."""
    basis = text(part(case.insurance, "insuredValue"), "basis")
    return basis == "AGREED" or (has_terms(case) and _base(case, basis) is not None)


def cover_begins_by_shipment(case: Case) -> Found:
    """Cover is effective on the day of shipment or before; a warehouse clause does not say since when it is.

    Source: UCP 600 art. 28 (e); ISBP 745 K10 (c).
    """
    effective, shipped = day(case.insurance, "effectiveDate"), case.shipment.date
    field = "effectiveDate" if effective else "issueDate"
    begins = effective or day(case.insurance, "issueDate")
    if shipped is None:
        yield field, "the bill gives no date of shipment to be covered from", "a bill with its date of shipment"
    elif begins and begins > shipped:
        wrong = f"cover begins {begins}, after the goods were shipped on {shipped}"
        yield field, wrong, f"an effectiveDate of {shipped} or before"


def currency_is_the_sales(case: Case) -> Found:
    """In the currency of the credit, or else of the invoice. Source: UCP 600 art. 28 (f) (i)."""
    said, owed = text(part(case.insurance, "sumInsured"), "currency"), currency_owed(case.sale)
    if said and owed and said != owed:
        yield "sumInsured.currency", f"{said}, and the sale is in {owed}", owed


def sum_is_enough(case: Case) -> Found:
    """At least 110 % (or what the credit asks for) of the CIF or CIP value. Source: UCP 600 art. 28 (f) (ii)."""
    insured, least = money(case.insurance, "sumInsured"), least_sum(case.sale)
    if insured is None:
        return
    if least is None:
        wrong = "invoice and drawing are in different currencies, and no CIF or CIP value is given"
        yield "sumInsured.amount", wrong, "terms of sale with insurableValue"
    elif insured.currency != least.currency:
        wrong = f"{insured} cannot be held against {least}"
        yield "sumInsured.amount", wrong, f"a sum in {least.currency}, {least} at least"
    elif insured.amount < least.amount:
        yield "sumInsured.amount", f"{insured} is too little", f"{least} at least"


def value_follows_its_basis(case: Case) -> Found:
    """A value of CIF + 10 % is that: the base of the sale with the uplift named. Source: MIA 1906 s.27."""
    value = part(case.insurance, "insuredValue")
    agreed, uplift = money(value), figure(value, "upliftPercent")
    base = _base(case, text(value, "basis"))
    if agreed is None or uplift is None or base is None:
        return
    if base.currency != agreed.currency:
        yield "insuredValue.currency", f"{agreed}, and its basis is {base}", base.currency
        return
    due = base.amount * (100 + uplift) / 100
    if abs(agreed.amount - due) > ONE_UNIT:
        wrong = f"{agreed}, and {text(value, 'basis')} + {uplift} % of {base} is {due.normalize():f}"
        yield "insuredValue.amount", wrong, f"{due.normalize():f}, or another basis"


def conditions_are_the_incoterms(case: Case) -> Found:
    """CIP asks for clauses (A), CIF for (C) at least; CIP of 2010 for (C). Source: Incoterms 2020, A5; 2010, A3 b."""
    incoterm, edition = text(case.sale, "incoterm"), text(case.sale, "incotermEdition")
    if incoterm not in ("CIF", "CIP"):
        return
    owed = Cover.ALL_RISKS if incoterm == "CIP" and edition == "2020" else Cover.MINIMUM
    has = most_cover([text(each, "code") for _, each in parts(case.insurance, "conditions")])
    if has is None or has < owed:
        wrong = f"{incoterm} {edition} is not met: {'no cover of the goods' if has is None else has.name.lower()}"
        yield "conditions", wrong.replace("_", " "), COVERS[owed]


def _base(case: Case, basis: str) -> Money | None:
    match basis:
        case "CIF" | "CIP":
            return money(case.sale, "insurableValue")
        case "INVOICE":
            return money(case.sale, "invoice")
        case _:
            return None
