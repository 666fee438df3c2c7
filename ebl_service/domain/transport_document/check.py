"""Holds a document against its table and every rule, and gives all breaches in one answer.

Which rules there are, by the number that this project gives DCSA's conditions:

    1, 2        kind, originals, copies                        rules.medium
    3, 8, 9     parties: found, needed, excluded, notified     rules.parties (of 13: displayed addresses; of 14: tax)
    4           dates of shipment and issue                    rules.dates, rules.displayed_dates
    5, 6, 7     services, declared value, inland carriage      rules.carriage
    10, 12, 13  reefers, containers listed, units              rules.equipment
    11, 12, 14  dangerous goods, commodity codes, customs      rules.goods

those of the profile for bulk and break-bulk, rules.charter_party_bill, and those of every text, rules.characters.
Leaves to others: the bytes (`canonical`), the issuing block's time (`rules.dates.check_dates`), the platform
(`rules.medium.sent_to_this_platform`), who the parties are on the ledger (`party_resolution`), governing law
(`record`).
"""

from collections.abc import Callable, Iterator
from itertools import islice

from ebl_service.domain.transport_document.reading import Found, Part
from ebl_service.domain.transport_document.rules import (
    carriage,
    charter_party_bill,
    dates,
    displayed_dates,
    equipment,
    goods,
    medium,
    parties,
)
from ebl_service.domain.transport_document.rules.characters import character_breaches
from ebl_service.domain.transport_document.schema.charter_party_bill import CHARTER_PARTY_BILL, PROFILE
from ebl_service.domain.transport_document.schema.conformance import shape_breaches
from ebl_service.domain.transport_document.schema.container_bill import CONTAINER_BILL
from ebl_service.errors.documents import MOST_BREACHES, Breach, DocumentRefused

Rule = Callable[[Part], Found]

EVERY_BILL: tuple[Rule, ...] = (
    medium.title_stands_for_a_bill_of_lading,
    medium.title_stands_for_an_electronic_bill,
    medium.status_comes_before_surrender,
    medium.sea_waybill_is_not_to_order,
    medium.sea_waybill_has_no_originals,
    medium.electronic_bill_has_one_original_at_most,
    medium.electronic_bill_has_no_copies,
    dates.issued_bill_has_issue_date,
    dates.issue_is_not_before_shipment,
    parties.party_has_address_or_code,
    parties.principal_has_address_or_code,
    parties.straight_bill_names_a_consignee,
    parties.straight_bill_names_no_endorsee,
    parties.bill_to_order_names_no_consignee,
    parties.bill_to_order_names_a_notify_party,
    parties.notify_parties_are_three_at_most,
    parties.displayed_address_fits,
    parties.tax_references_are_unique,
    goods.customs_references_are_unique,
)

CONTAINER_RULES: tuple[Rule, ...] = (
    *EVERY_BILL,
    dates.shipped_on_board_has_its_date,
    dates.received_for_shipment_has_its_date,
    dates.shipment_has_one_date,
    displayed_dates.displayed_shipment_has_its_date,
    carriage.cargo_movement_is_full_or_less,
    carriage.service_is_yard_door_or_station,
    carriage.declared_value_has_currency,
    carriage.pre_carriage_has_place_of_receipt,
    carriage.on_carriage_has_place_of_delivery,
    equipment.reefer_says_whether_it_operates,
    equipment.only_a_reefer_says_whether_it_operates,
    equipment.operating_reefer_has_settings,
    equipment.equipment_is_listed_once,
    equipment.cargo_is_in_listed_equipment,
    equipment.temperature_has_its_unit,
    equipment.air_exchange_has_its_unit,
    goods.dangerous_goods_have_one_number,
    goods.dangerous_goods_are_named_and_classed,
    goods.dangerous_goods_packaging_has_a_code,
    goods.commodity_codes_have_their_digits,
)

CHARTER_PARTY_RULES: tuple[Rule, ...] = (
    *EVERY_BILL,
    charter_party_bill.charter_party_comes_before_the_bill,
    charter_party_bill.clean_bill_has_no_remark_on_condition,
    charter_party_bill.weights_of_goods_sum_to_the_bills,
    charter_party_bill.declared_quantity_agrees_with_weight,
    charter_party_bill.break_bulk_counts_its_packages,
    charter_party_bill.deck_cargo_is_part_of_the_goods,
    charter_party_bill.freight_says_where_it_is_payable,
    charter_party_bill.agent_signs_for_a_named_principal,
    charter_party_bill.vessel_number_has_its_check_digit,
)


def is_charter_party_bill(document: Part) -> bool:
    """Whether the document is of the profile for bulk and break-bulk."""
    return document.get("documentProfile") == PROFILE


def undefined(document: Part) -> Iterator[Breach]:
    """What the definition of the document's kind refuses, whatever the rules say of it."""
    table = CHARTER_PARTY_BILL if is_charter_party_bill(document) else CONTAINER_BILL
    return shape_breaches(table, document, as_defined=True)


def check(document: Part) -> tuple[Breach, ...]:
    """The breaches of the document's table, of its rules, of its characters; none where it can become a title.

    Of each no more than `MOST_BREACHES` are looked for, and no others where the table alone has so many. Where a rule
    speaks of the very field that the table refuses, the rule's words stand for both. Characters are named in fields of
    which nothing else is said.
    """
    is_bulk = is_charter_party_bill(document)
    rules = CHARTER_PARTY_RULES if is_bulk else CONTAINER_RULES
    table = CHARTER_PARTY_BILL if is_bulk else CONTAINER_BILL
    shape = list(islice(shape_breaches(table, document), MOST_BREACHES))
    if len(shape) == MOST_BREACHES:
        return tuple(shape)
    every = (Breach(rule.__name__, *found) for rule in rules for found in rule(document))
    broken = list(islice(every, MOST_BREACHES))
    told = {breach.path for breach in broken}
    found = (*(each for each in shape if each.path not in told), *broken)
    told = {breach.path for breach in found}
    characters = (each for each in character_breaches(document) if each.path not in told)
    return (*found, *islice(characters, MOST_BREACHES))


def require(document: Part) -> None:
    """Raises: DocumentRefused with all breaches, where there are any."""
    breaches = check(document)
    if breaches:
        raise DocumentRefused(breaches)
