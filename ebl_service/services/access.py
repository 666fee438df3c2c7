"""What guards the doors, joined: who comes in, what each may read, and what is noted down of it.

access.admission   who bears a token           access.rights    who may read how much of which title
access.sign_in     a party's own key           access.grants    lending that right for a time
access.api_keys    keys for machines           access.read_log  who read which document
access.limits      how often, how often wrong
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ebl_service.domain.ledger import Ledger, LedgerIdentity
from ebl_service.services.admission import Admission
from ebl_service.services.api_keys import ApiKeys
from ebl_service.services.grants import Grants
from ebl_service.services.policy import Clock, wall_clock
from ebl_service.services.rate_limits import LimitPolicy, RateLimits
from ebl_service.services.read_log import ReadLog
from ebl_service.services.rights import Rights
from ebl_service.services.sign_in import SignIn
from ebl_service.store.api_keys import ApiKeyRows
from ebl_service.store.grants import GrantRows
from ebl_service.store.history import History
from ebl_service.store.reads import Reads
from ebl_service.store.sessions import Sessions


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """`addresses`: what callers call the service by. `operator_token`: None where there is no operator's door."""

    addresses: Sequence[str] = ("http://127.0.0.1:8080",)
    operator_token: str | None = None
    session_seconds: int = 1_800
    limits: LimitPolicy = field(default_factory=LimitPolicy)

    def __repr__(self) -> str:
        return f"AccessPolicy(addresses={self.addresses})"


@dataclass(frozen=True, slots=True)
class Access:
    """The guards."""

    limits: RateLimits
    admission: Admission
    sign_in: SignIn
    api_keys: ApiKeys
    rights: Rights
    grants: Grants
    read_log: ReadLog

    @classmethod
    def joined(
        cls,
        ledger: Ledger,
        identity: LedgerIdentity,
        history: History,
        policy: AccessPolicy,
        clock: Clock = wall_clock,
    ) -> "Access":
        """The guards over one database."""
        database = history.database
        sessions, keys, limits = Sessions(database), ApiKeyRows(database), RateLimits(policy.limits)
        rights = Rights(identity, history, clock)
        return cls(
            limits=limits,
            admission=Admission(sessions, keys, limits, policy.operator_token, clock),
            sign_in=SignIn(ledger, identity, sessions, policy.addresses, policy.session_seconds, clock),
            api_keys=ApiKeys(keys, clock),
            rights=rights,
            grants=Grants(rights, history, GrantRows(database), clock),
            read_log=ReadLog(Reads(database), clock),
        )
