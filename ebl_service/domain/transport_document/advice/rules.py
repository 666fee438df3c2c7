"""Every advice by name, in the order in which it is given.

    numbers      check digits: containers, vessels, legal entities, Chinese companies
    codes        codes that no list knows
    voyage       one port twice, dates against each other
    quantities   goods against their containers and totals, values that no cargo has
    law          governing law against a port in China

Rules kept: advice never keeps a document from being a title unless the carrier wants that; at most MAX_ADVICE in one
answer; an advice that cannot be judged, since its fields are missing or wrong, is not given.
"""

from collections.abc import Callable, Collection, Iterator
from itertools import islice

from ebl_service.domain.transport_document.advice import codes, law, numbers, quantities, voyage
from ebl_service.domain.transport_document.reading import Found, Part
from ebl_service.errors.documents import Breach

MAX_ADVICE = 100

_ADVICE: tuple[Callable[[Part], Found], ...] = (
    numbers.container_number_has_its_check_digit,
    numbers.container_number_has_its_shape,
    numbers.vessel_number_has_its_check_digit,
    numbers.legal_entity_identifier_has_its_check_digits,
    numbers.chinese_company_number_has_its_check_digit,
    codes.location_is_in_a_country,
    codes.country_is_listed,
    codes.currency_is_listed,
    codes.package_code_is_listed,
    codes.un_number_is_in_the_list,
    codes.commodity_code_has_a_chapter,
    voyage.ports_are_two_places,
    voyage.arrival_is_after_departure,
    voyage.shipment_is_about_the_departure,
    quantities.goods_agree_with_their_container,
    quantities.weights_are_a_cargos,
    quantities.volumes_are_a_cargos,
    quantities.goods_are_as_dense_as_goods,
    quantities.container_holds_what_it_may,
)

RULES: tuple[str, ...] = (*(rule.__name__ for rule in _ADVICE), law.port_in_china_is_under_its_law.__name__)
"""The names of every advice."""


def advise(document: Part, governing_law: str = "") -> tuple[Breach, ...]:
    """Everything that is worth a second look; `governing_law`: as the record names it.

    Each has the form of a breach: rule, path, what stands there (`wrong`), what to look at (`right`).
    """
    return tuple(islice(_all(document, governing_law), MAX_ADVICE))


def refused(advice: Collection[Breach], names: Collection[str]) -> tuple[Breach, ...]:
    """Of `advice` what a carrier wants refused. `names`: of `RULES`."""
    return tuple(each for each in advice if each.rule in names)


def _all(document: Part, governing_law: str) -> Iterator[Breach]:
    for rule in _ADVICE:
        yield from (Breach(rule.__name__, *found) for found in rule(document))
    china = law.port_in_china_is_under_its_law
    yield from (Breach(china.__name__, *found) for found in china(document, governing_law))
