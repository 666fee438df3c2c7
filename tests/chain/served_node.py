"""A node of the tests' own: an HTTP server on a free port of 127.0.0.1; what it answers is for those who inherit."""

from abc import ABC, abstractmethod

from aiohttp import web


class ServedNode(ABC):
    """`url`: where it answers, once it is entered."""

    async def __aenter__(self):
        app = web.Application()
        app.router.add_post("/", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *failure):
        await self._runner.cleanup()

    @abstractmethod
    async def _serve(self, request):
        """The answer to one request."""
