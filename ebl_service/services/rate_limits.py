"""How often somebody may ask, and how often somebody may be wrong, counted in this process alone (docs/operations.md).

Rules kept here
- Callers are counted by who they are, once that is known; before, by where they come from.
- Who presents too many wrong tokens, keys or signatures is not listened to for a while: right ones neither, since
  otherwise guessing would go on.
"""

import math
import time
from dataclasses import dataclass

from limits import RateLimitItem, RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter

from ebl_service.errors.access import LockedOut, TooManyRequests


@dataclass(frozen=True, slots=True)
class LimitPolicy:
    """What an operator may choose. Numbers of requests a minute; 0: no limit.

    `failures`: wrong tokens or signatures from one place within `lockout_seconds` before it is not listened to.
    """

    requests_a_minute: int = 1_200
    sign_ins_a_minute: int = 60
    look_ups_a_minute: int = 30
    failures: int = 20
    lockout_seconds: int = 300


class RateLimits:
    """Counts, and says when it is too much."""

    def __init__(self, policy: LimitPolicy) -> None:
        self._policy = policy
        storage = MemoryStorage()
        self._requests = FixedWindowRateLimiter(storage)
        self._failures = MovingWindowRateLimiter(storage)
        self._wrong = RateLimitItemPerSecond(max(policy.failures, 1), policy.lockout_seconds)

    def count_request(self, who: str) -> None:
        """A request of this caller. Raises: TooManyRequests."""
        self._count(self._policy.requests_a_minute, "request", who)

    def count_sign_in(self, where: str) -> None:
        """A challenge or an attempt to sign in from there. Raises: TooManyRequests."""
        self._count(self._policy.sign_ins_a_minute, "sign-in", where)

    def count_look_up(self, who: str) -> None:
        """A party looked up by a code. Raises: TooManyRequests."""
        self._count(self._policy.look_ups_a_minute, "look-up", who)

    def require_listening(self, where: str) -> None:
        """Raises: LockedOut where too much from there was wrong."""
        if self._policy.failures and not self._failures.test(self._wrong, "failure", where):
            seconds = self._seconds(self._failures, self._wrong, "failure", where)
            raise LockedOut("Too many tokens or signatures from there were wrong", {"retry_after": seconds})

    def count_failure(self, where: str) -> None:
        """Something presented from there was wrong."""
        if self._policy.failures:
            self._failures.hit(self._wrong, "failure", where)

    def _count(self, most: int, what: str, who: str) -> None:
        if not most:
            return
        item = RateLimitItemPerMinute(most)
        if not self._requests.hit(item, what, who):
            seconds = self._seconds(self._requests, item, what, who)
            raise TooManyRequests(f"More than {most} requests a minute", {"most": most, "retry_after": seconds})

    @staticmethod
    def _seconds(
        limiter: FixedWindowRateLimiter | MovingWindowRateLimiter, item: RateLimitItem, what: str, who: str
    ) -> int:
        """Until it is allowed again."""
        return max(1, math.ceil(limiter.get_window_stats(item, what, who).reset_time - time.time()))
