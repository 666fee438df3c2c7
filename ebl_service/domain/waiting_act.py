"""An act that the platform made ready for a carrier and that waits for the carrier's signature."""

from dataclasses import dataclass

from ebl_service.domain.actions import Act
from ebl_service.domain.submission import first_subject_of
from ebl_service.domain.terms import Address, Digest, Seconds, TitleId


@dataclass(frozen=True, slots=True)
class WaitingAct:
    """`cause`: what it follows from, such as a request's number. `until`: the last second its signature may count.

    `submission_id`: of the act as signed in custody, None while nobody has signed. `is_over`: it need not be signed any
    more, because it happened, or cannot happen.
    """

    act_id: str
    account: Address
    act: Act
    cause: str
    made_at: Seconds
    until: Seconds | None = None
    submission_id: Digest | None = None
    is_over: bool = False
    number: int = 0

    @property
    def verb(self) -> str:
        """The act's name."""
        return type(self.act).__name__

    @property
    def title(self) -> tuple[TitleId, int]:
        """The title it is told by, and the sequence before it."""
        subject, sequence = first_subject_of(self.act)
        return TitleId(subject), sequence
