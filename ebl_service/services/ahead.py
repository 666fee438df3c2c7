"""Working ahead: the next item is made while the one before is used."""

import asyncio
from collections.abc import AsyncGenerator
from types import TracebackType
from typing import Generic, Self, TypeVar

Item = TypeVar("Item")


class Ahead(Generic[Item]):
    """The items of `source`, one of them ahead at most. Whatever making one raises is raised when it is asked for.

    As a context it ends the source at its end, also in the middle of an item.
    """

    def __init__(self, source: AsyncGenerator[Item]) -> None:
        self._source = source
        self._next: asyncio.Task[Item | None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None,
                        trace: TracebackType | None) -> None:  # fmt: skip
        await self.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Item:
        item = await (self._next or self._begun())
        if item is None:
            raise StopAsyncIteration
        self._next = self._begun()
        return item

    async def close(self) -> None:
        """Stop what is being made, and wait until it has stopped."""
        if self._next is not None:
            self._next.cancel()
            await asyncio.gather(self._next, return_exceptions=True)  # nobody asked for it: nobody hears what failed
            self._next = None
        await self._source.aclose()

    def _begun(self) -> asyncio.Task[Item | None]:
        return asyncio.ensure_future(self._made())

    async def _made(self) -> Item | None:
        return await anext(self._source, None)
