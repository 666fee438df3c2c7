"""A service built in the test's own process: the least that it is told, and its parts joined, no loop running yet."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

import httpx

from ebl_service import bootstrap
from ebl_service.api import app as api
from ebl_service.domain.actions import Issue
from ebl_service.domain.signed_act import SignedAct
from ebl_service.domain.terms import digest, title_id_of
from tests.house import environment
from tests.local_chain import LocalChain

ADDRESS = "http://127.0.0.1:8080"
"""What a service calls itself that is told nothing else."""


def secret(path: Path, text: str) -> str:
    """A file that only its owner reads; its name."""
    path.write_text(text + "\n")
    path.chmod(0o600)
    return str(path)


def least_told(chain: LocalChain, folder: Path) -> dict[str, str]:
    """The least that a service is told."""
    chain.deployment.save(folder / "deployments" / "test.json")
    return {
        "EBL_DATA_DIR": str(folder / "data"),
        "EBL_RPC_URLS": chain.url,
        "EBL_DEPLOYMENT": str(folder / "deployments" / "test.json"),
        "EBL_RELAYER_KEY_FILE": secret(folder / "relayer", chain.relayer.key.secret.hex()),
        "EBL_POLL_SECONDS": "0.02",
    }


async def built(settings: dict[str, str], **how: Any) -> bootstrap.Application:
    """The parts by these settings."""
    with environment(settings):
        return await bootstrap.build(bootstrap.load_settings(), **how)


@asynccontextmanager
async def asking(application: bootstrap.Application) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service that these parts make."""
    app = api.create(lambda: nullcontext(application))
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=ADDRESS) as http:
        yield http


def issue(chain: LocalChain, number: int) -> SignedAct:
    """A bill in blank of this number."""
    reference, shipper = digest(number), chain.shipper.address
    asked = Issue(title_id_of(chain.carrier.address, reference), shipper, None, True, reference, digest(0))
    return chain.carrier.key.sign_act(chain.domain_of(asked), asked, max(chain.time(), int(time.time())) + 3_600)
