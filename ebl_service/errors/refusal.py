"""A refusal by the ledger's rules: the base of one class for each Solidity error, and the table of them all.

`arguments` are the Solidity error's arguments in order, under the names they have in `details`. The rules that raise
these stand in `domain.title_rules`, `domain.certificate_rules` and `domain.signed_act`; the contracts raise the same
ones, and `refusal(name, values)` turns a decoded revert into the class.
"""

from typing import ClassVar

from ebl_service.errors import ActionRefused, Detail

REFUSALS: dict[str, type["Refusal"]] = {}
"""Every class by its name; each enters itself."""


class Refusal(ActionRefused):
    """A refusal by a rule of the contracts."""

    says: ClassVar[str]
    arguments: ClassVar[tuple[str, ...]] = ("title_id", "caller")

    def __init_subclass__(cls) -> None:
        REFUSALS[cls.__name__] = cls

    def __init__(self, *values: Detail) -> None:
        details = dict(zip(self.arguments, values, strict=True))
        super().__init__(self.says.format(**details), details)

    @property
    def values(self) -> tuple[Detail, ...]:
        """The error's arguments, in the order of the Solidity error."""
        return tuple(self.details[name] for name in self.arguments)


def refusal(name: str, values: tuple[Detail, ...]) -> Refusal:
    """The refusal of this Solidity name. Raises: KeyError where no contract has such an error."""
    return REFUSALS[name](*values)
