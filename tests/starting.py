"""A service built in the test's own process: the least that it is told, and its parts joined, no loop running yet."""

from pathlib import Path
from typing import Any

from ebl_service import bootstrap
from tests.house import environment
from tests.local_chain import LocalChain


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
