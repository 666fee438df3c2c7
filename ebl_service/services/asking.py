"""Who asks, for what is counted by caller far behind the endpoint: work (`bounded_work`), look-ups (`look_ups`).

The API sets it where a request is let in (`api.caller`). Loops of the service itself leave it None: they are not
counted.
"""

from contextvars import ContextVar

who_asks: ContextVar[str | None] = ContextVar("who_asks", default=None)
"""The caller as requests are counted: an account, `operator`, or for who sends no token the address."""
