"""What a server imports: the app with the application that the environment's settings make.

uvicorn --factory ebl_service.api.serving:create (this is what `ebl serve` runs)
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from ebl_service import bootstrap
from ebl_service.api import app as api
from ebl_service.bootstrap import Application


@asynccontextmanager
async def running() -> AsyncIterator[Application]:
    """The application, started, and stopped at the end."""
    application = await bootstrap.build(bootstrap.load_settings())
    application.start()
    try:
        yield application
    finally:
        await application.stop()


def create() -> FastAPI:
    """The app to serve."""
    return api.create(running)
