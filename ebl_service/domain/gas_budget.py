"""The gas that is relayed for a party in a day, and what its acts are reckoned at while they are on their way."""

from collections.abc import Iterable
from dataclasses import dataclass

from ebl_service.domain.actions import Act, Replace
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.terms import Address
from ebl_service.errors.submissions import GasBudgetExhausted


def reckoned_as(asked: Act) -> int:
    """How many acts this one is reckoned as: a replacement as one for each of its titles, old and new."""
    return len(asked.old_ids) + len(asked.new_titles) if isinstance(asked, Replace) else 1


def asked_by(acts: Iterable[SignedAct]) -> dict[Address, int]:
    """How many acts each signer asks for, as they are reckoned."""
    asked: dict[Address, int] = {}
    for signed in acts:
        asked[signed.signer] = asked.get(signed.signer, 0) + reckoned_as(signed.act)
    return asked


@dataclass(frozen=True, slots=True)
class GasBudget:
    """Per party and UTC day. `an_act`: what an act is reckoned at while it is on its way."""

    a_day: int
    an_act: int

    def left(self, spent: int, on_the_way: int) -> int:
        """How many more acts fit, where `spent` gas was used and so many acts are on their way."""
        return max(0, (self.a_day - spent) // self.an_act - on_the_way)

    def require(self, account: Address, spent: int, on_the_way: int, asked: int) -> None:
        """Raises: GasBudgetExhausted where so many acts more do not fit."""
        reckoned = spent + (on_the_way + asked) * self.an_act
        if reckoned > self.a_day:
            raise GasBudgetExhausted(
                f"{account} would use {reckoned} of {self.a_day} gas that is relayed for it a day.",
                {"account": account, "gas": reckoned, "gas_a_day": self.a_day},
            )
