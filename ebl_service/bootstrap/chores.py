"""What is done without a running service: reading settings, master keys, deployments."""

import secrets
from datetime import UTC, datetime
from pathlib import Path

from ebl_service import config
from ebl_service.bootstrap.given import document_room_of
from ebl_service.chain.deployment import Deployment, deploy
from ebl_service.chain.rpc import Rpc
from ebl_service.config import Settings
from ebl_service.domain.terms import Address
from ebl_service.errors.vault import NoVaultHere
from ebl_service.store.database import Database
from ebl_service.store.directory import Directory
from ebl_service.store.history import History
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


async def rotate_master_keys(settings: Settings) -> tuple[int, list[str]]:
    """Wrap every key anew under the newest master key: how many, and the ids that are free. Raises: as `build`."""
    database = Database(settings.database)
    try:
        await database.upgrade()
        room = await document_room_of(settings, database, History(database), Directory(database))
        if room is None:
            raise NoVaultHere("EBL_VAULT_KEY_FILE is not set")
        return await room.keeping.rotate()
    finally:
        await database.close()


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
