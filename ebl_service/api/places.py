"""How much a caller may have under way at once: bodies that come or are worked on, event streams that are open.

Rules kept: each is counted for its caller (an account, `operator`, or an address), bodies by their bytes too, so that
many slow ones hold no more memory than a few. In this process alone, as requests are.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from ebl_service.errors import ServiceBusy
from ebl_service.errors.access import TooManyAtOnce

MOST_BODIES = 16
"""Of one caller."""
MOST_STREAMS = 10
"""Of one caller."""


class Streams:
    """Counts open event streams by caller."""

    def __init__(self, most: int = MOST_STREAMS) -> None:
        self._most = most
        self._open: Counter[str] = Counter()

    @contextmanager
    def place(self, who: str) -> Iterator[None]:
        """A place for one stream. Raises: TooManyAtOnce."""
        with _counted(self._open, who, self._most, "event streams are open"):
            yield


class Bodies:
    """Counts bodies under way by caller, and their bytes. `longest`: the longest body that any route takes."""

    def __init__(self, longest: int, most: int = MOST_BODIES) -> None:
        self._most = most
        self._most_bytes_of_one = 2 * longest
        self._most_bytes = 8 * longest
        self._under_way: Counter[str] = Counter()
        self._bytes: Counter[str] = Counter()

    @contextmanager
    def place(self, who: str) -> Iterator["Place"]:
        """A place for one body, from its first byte to its answer. Raises: TooManyAtOnce."""
        with _counted(self._under_way, who, self._most, "requests with a body are under way"):
            place = Place(self, who)
            try:
                yield place
            finally:
                self._bytes[who] -= place.size
                if not self._bytes[who]:
                    del self._bytes[who]

    def grow(self, who: str, size: int) -> None:
        """So many more bytes came. Raises: TooManyAtOnce, ServiceBusy."""
        if self._bytes[who] + size > self._most_bytes_of_one:
            raise TooManyAtOnce(f"More than {self._most_bytes_of_one} bytes of bodies are under way already")
        if self._bytes.total() + size > self._most_bytes:
            raise ServiceBusy("The service holds as many bodies as it takes on")
        self._bytes[who] += size


class Place:
    """One body's. `size`: its bytes so far."""

    def __init__(self, bodies: Bodies, who: str) -> None:
        self._bodies = bodies
        self._who = who
        self.size = 0

    def grow(self, size: int) -> None:
        """So many more bytes came. Raises: TooManyAtOnce, ServiceBusy."""
        self._bodies.grow(self._who, size)
        self.size += size


@contextmanager
def _counted(counter: Counter[str], who: str, most: int, what: str) -> Iterator[None]:
    if counter[who] >= most:
        raise TooManyAtOnce(f"{most} {what} already", {"most": most})
    counter[who] += 1
    try:
        yield
    finally:
        counter[who] -= 1
        if not counter[who]:
            del counter[who]
