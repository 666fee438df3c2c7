"""What two people sign so that the key of a document is destroyed, and nobody can read it again.

Rules kept: an approval names title, ledger, reason and time, and counts for a week; two are needed, of two accounts.
Leaves to others: who may approve (a setting), whether title and holds allow it (`services.destruction`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ebl_service.domain.signed_act import SigningDomain
from ebl_service.domain.terms import Address, Seconds, TitleId
from ebl_service.errors.vault import DestructionRefused

APPROVERS_NEEDED = 2
LASTS = 7 * 24 * 3600
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's approval. `signature`: over `words` (personal_sign, EIP-191)."""

    account: Address
    title_id: TitleId
    reason: str
    approved_at: Seconds
    signature: bytes = field(default=b"", repr=False)

    def words(self, ledger: SigningDomain) -> str:
        """What is signed."""
        moment = datetime.fromtimestamp(self.approved_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return (
            f"Destroy the key of the document behind title {self.title_id} of the registry {ledger.verifying_contract} "
            f"on chain {ledger.chain_id}: nobody will be able to read it again.\n\nReason: {self.reason}\n"
            f"Approved at: {moment}"
        )


def require_two(approvals: Sequence[Approval], title_id: TitleId, approvers: frozenset[Address], now: Seconds) -> None:
    """Two of the approvers approve this title's, lately. Signatures are not looked at. Raises: DestructionRefused."""
    for approval in approvals:
        if approval.account not in approvers:
            raise DestructionRefused(f"{approval.account} is none of the approvers (EBL_DESTRUCTION_APPROVERS)")
        if approval.title_id != title_id or not approval.reason.strip():
            raise DestructionRefused(f"An approval of {approval.account} is for another title, or gives no reason")
        if not now - LASTS <= approval.approved_at <= now:
            raise DestructionRefused(f"The approval of {approval.account} is older than a week, or of a time to come")
    if len({approval.account for approval in approvals}) < APPROVERS_NEEDED:
        raise DestructionRefused(f"{APPROVERS_NEEDED} people must approve, each with a key of its own")
