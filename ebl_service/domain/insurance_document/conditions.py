"""The conditions that goods are insured on, by code: the Institute clauses of the London market and what they cover.

`iso_20022`: the code of the same clauses in ISO 20022's InsuranceClauses1Code, where it has one; that code knows no
edition. Leaves to others: which conditions a sale asks for (`rules.sale`).
"""

from dataclasses import dataclass
from enum import IntEnum


class Cover(IntEnum):
    """How much clauses on the goods themselves cover; more is greater. Source: Incoterms 2020, A5 of CIF and CIP."""

    MINIMUM = 1
    MIDDLE = 2
    ALL_RISKS = 3


@dataclass(frozen=True, slots=True)
class Condition:
    """One set of clauses. `cover`: of the goods, None where the clauses add a peril (war, strikes)."""

    name: str
    cover: Cover | None
    iso_20022: str | None


CONDITIONS: dict[str, Condition] = {
    "ICC_A_2009": Condition("Institute Cargo Clauses (A) 1/1/09", Cover.ALL_RISKS, "ICCA"),
    "ICC_B_2009": Condition("Institute Cargo Clauses (B) 1/1/09", Cover.MIDDLE, "ICCB"),
    "ICC_C_2009": Condition("Institute Cargo Clauses (C) 1/1/09", Cover.MINIMUM, "ICCC"),
    "ICC_A_1982": Condition("Institute Cargo Clauses (A) 1/1/82", Cover.ALL_RISKS, "ICCA"),
    "ICC_B_1982": Condition("Institute Cargo Clauses (B) 1/1/82", Cover.MIDDLE, "ICCB"),
    "ICC_C_1982": Condition("Institute Cargo Clauses (C) 1/1/82", Cover.MINIMUM, "ICCC"),
    "ICC_AIR_2009": Condition("Institute Cargo Clauses (Air) 1/1/09", Cover.ALL_RISKS, "ICAI"),
    "WAR_CARGO_2009": Condition("Institute War Clauses (Cargo) 1/1/09", None, "IWCC"),
    "WAR_CARGO_1982": Condition("Institute War Clauses (Cargo) 1/1/82", None, "IWCC"),
    "WAR_AIR_CARGO_2009": Condition("Institute War Clauses (Air Cargo) 1/1/09", None, None),
    "STRIKES_CARGO_2009": Condition("Institute Strikes Clauses (Cargo) 1/1/09", None, "ISCC"),
    "STRIKES_CARGO_1982": Condition("Institute Strikes Clauses (Cargo) 1/1/82", None, "ISCC"),
    "STRIKES_AIR_CARGO_2009": Condition("Institute Strikes Clauses (Air Cargo) 1/1/09", None, None),
}
"""By our code, which names the edition; other conditions stand in words beside them."""

WAR = frozenset(code for code in CONDITIONS if code.startswith("WAR_"))
STRIKES = frozenset(code for code in CONDITIONS if code.startswith("STRIKES_"))


def most_cover(codes: list[str]) -> Cover | None:
    """The widest cover of the goods among conditions; None where none of them covers the goods themselves."""
    covers = [CONDITIONS[code].cover for code in codes if code in CONDITIONS]
    return max((cover for cover in covers if cover is not None), default=None)
