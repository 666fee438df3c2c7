"""What a charter-party bill says beyond its shape: charter party, condition, weights, freight, signature, vessel.

DCSA has no definition of such bills; each rule names its source in the trade. Leaves to others: parties, medium and
dates, whose rules are those of every bill (`parties`, `medium`, `dates`).
"""

from decimal import Decimal

from ebl_service.domain.transport_document.reading import (
    Found,
    Part,
    as_figure,
    day,
    elements,
    figure,
    part,
    parts,
    text,
    within,
)

KILOGRAMS = {"KGM": Decimal(1), "TNE": Decimal(1000)}
"""Units of a declared quantity that are weights by a whole number of kilograms."""

_IMO_DIGITS = 7


def charter_party_comes_before_the_bill(document: Part) -> Found:
    """A bill refers to a charter party that is there. Source: UCP 600 art. 22; incorporation names the date."""
    agreed, issued = day(part(document, "charterParty"), "date"), day(document, "issueDate")
    if agreed and issued and agreed > issued:
        yield "charterParty.date", f"{agreed} is after the bill's issueDate {issued}", f"{issued} or before"


def clean_bill_has_no_remark_on_condition(document: Part) -> Found:
    """Clean means no clause that declares a defect of goods or packing. Source: UCP 600 art. 27."""
    remarks = elements(document, "conditionRemarks")
    if document.get("isCleanOnBoard") is True and remarks:
        yield "conditionRemarks", "a clean bill remarks on the goods' condition", "no remarks, or isCleanOnBoard false"
    if document.get("isCleanOnBoard") is False and not remarks:
        yield "conditionRemarks", "the bill is not clean, and does not say why", "the remarks, or isCleanOnBoard true"


def weights_of_goods_sum_to_the_bills(document: Part) -> Found:
    """The bill's gross weight is the sum of its goods' to the kilogram. Source: Hague-Visby III 3 (b)."""
    stated = figure(document, "grossWeightKilograms")
    weights = [figure(goods, "grossWeightKilograms") for _, goods in parts(document, "goods")]
    if stated is None or not weights or None in weights:
        return
    total = sum((weight for weight in weights if weight is not None), Decimal(0))
    if total != stated:
        yield "grossWeightKilograms", f"{stated} kg, and the goods sum to {total} kg", f"{total}"


def declared_quantity_agrees_with_weight(document: Part) -> Found:
    """A weight that the shipper furnished is the weight of the bill; a net one is not above it.

    Source: Hague-Visby III 3 (b) and 5: the bill shows the weight as furnished, and the shipper answers for it.
    """
    for path, goods in parts(document, "goods"):
        declared = part(goods, "shippersDeclaredQuantity")
        value, gross = figure(declared, "value"), figure(goods, "grossWeightKilograms")
        factor = KILOGRAMS.get(text(declared, "unit"))
        if value is None or gross is None or factor is None:
            continue
        kilograms, is_net = value * factor, declared.get("isNet") is True
        if kilograms > gross or (kilograms < gross and not is_net):
            where = within(within(path, "shippersDeclaredQuantity"), "value")
            right = f"{gross} kg{' at most' if is_net else ''}, or another grossWeightKilograms"
            yield where, f"{kilograms.normalize():f} kg declared, {gross} kg gross weight", right


def break_bulk_counts_its_packages(document: Part) -> Found:
    """Break-bulk is counted, bulk is not. Source: Hague-Visby III 3 (b), IV 5 (a): packages or units enumerated."""
    for path, goods in parts(document, "goods"):
        if goods.get("cargoForm") == "BREAK_BULK" and "packages" not in goods:
            yield within(path, "packages"), "break-bulk without its packages", "their number and kind"
        if goods.get("cargoForm") == "BULK" and "packages" in goods:
            yield within(path, "packages"), "bulk has no packages", "no packages, or cargoForm BREAK_BULK"


def deck_cargo_is_part_of_the_goods(document: Part) -> Found:
    """What is said to be on deck is of the goods described. Source: Hague-Visby I (c): deck cargo is stated as such."""
    for path, goods in parts(document, "goods"):
        deck, gross = as_figure(goods.get("deckCargoKilograms")), as_figure(goods.get("grossWeightKilograms"))
        if deck is not None and gross is not None and deck > gross:
            yield within(path, "deckCargoKilograms"), f"{deck} kg on deck of {gross} kg", f"{gross} at most"


def freight_says_where_it_is_payable(document: Part) -> Found:
    """Freight to be collected names the place; an advance names its currency. Source: charter-party bills' boxes."""
    freight = part(document, "freight")
    if freight.get("paymentTerm") == "COLLECT" and "payableAt" not in freight:
        yield "freight.payableAt", "freight to be collected names no place", "where freight is payable"
    if ("advanceAmount" in freight) != ("advanceCurrency" in freight):
        yield "freight.advanceCurrency", "an advance and its currency are given apart", "both, or neither"


def agent_signs_for_a_named_principal(document: Part) -> Found:
    """An agent names master, owner or charterer, and which of them. Source: UCP 600 art. 22 (a) (i)."""
    signature = part(document, "signature")
    if signature.get("capacity") == "AGENT":
        for field in ("onBehalfOf", "onBehalfOfCapacity"):
            if field not in signature:
                yield f"signature.{field}", "an agent does not say for whom it signs", "the principal and its capacity"


def vessel_number_has_its_check_digit(document: Part) -> Found:
    """Digits weighed 7 to 2 sum to a number that ends in the seventh. Source: IMO resolution A.1117(30)."""
    number = text(part(document, "vessel"), "vesselIMONumber")
    if len(number) != _IMO_DIGITS or not (number.isascii() and number.isdigit()):
        return
    weighed = sum(int(digit) * (_IMO_DIGITS - at) for at, digit in enumerate(number[:-1]))
    if weighed % 10 != int(number[-1]):
        yield "vessel.vesselIMONumber", f"{number} has a wrong check digit", "the number as registered"
