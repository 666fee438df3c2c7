"""What is done without a running service: reading settings, master keys, deployments."""

import secrets
from datetime import UTC, datetime
from pathlib import Path

from ebl_service import config
from ebl_service.chain.deployment import Deployment, deploy
from ebl_service.chain.rpc import Rpc
from ebl_service.config import Settings
from ebl_service.domain.terms import Address
from ebl_service.vault.master_keys import new_line
from ebl_service.wallet.key import PartyKey
from ebl_service.wallet.secret_file import add_secret_line, private_key


def load_settings() -> Settings:
    """The settings as the environment gives them. Raises: InvalidRequest."""
    return config.load()


def unknown_settings() -> list[str]:
    """Names in the environment that look like settings and are none."""
    return config.unknown_names()


def new_master_key(path: Path) -> str:
    """Add a fresh master key to the file, which is made where it is not there; its id. Raises: InvalidRequest."""
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
    add_secret_line(path, new_line(name))
    return name


async def deploy_registries(
    rpc_url: str, name: str, deployer_key_file: Path, registrar: Address | None, data_dir: Path, *, lasting: bool
) -> tuple[Deployment, Path]:
    """Put both registries on a chain, or find them there, and write the deployment's file.

    `registrar`: the deployer where None. `lasting`: the file goes to deployments/, to be committed. Raises as `build`.
    """
    deployer = PartyKey(private_key(deployer_key_file))
    async with Rpc([rpc_url]) as rpc:
        deployment = await deploy(rpc, deployer.secret, registrar or deployer.address, name)
    path = (Path() if lasting else data_dir) / "deployments" / f"{name}.json"
    deployment.save(path)
    return deployment, path
