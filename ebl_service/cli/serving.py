"""`ebl serve`, `ebl index`, `ebl reindex`, `ebl deploy`: what an operator runs beside the chain.

`bootstrap` and uvicorn are imported where they are needed: a second that no other command should wait.
"""

import errno
import logging
import os
import re
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ebl_service.cli.health import PatienceOption, patiently
from ebl_service.cli.session import Session, locally
from ebl_service.cli.terminal import PlainFormatter
from ebl_service.domain.terms import Address, checksummed
from ebl_service.errors import LedgerDisagrees
from ebl_service.errors.requests import BadValue

if TYPE_CHECKING:
    from ebl_service.bootstrap import Application

logger = logging.getLogger(__name__)
GRACE_SECONDS = 5
"""How long open connections, event streams among them, may keep the service from ending."""
ACCOUNT = re.compile("0x[0-9a-fA-F]{40}")


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; default EBL_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; default EBL_PORT.")] = None,
    access_log: Annotated[bool, typer.Option("--access-log", help="Log every request.")] = False,
) -> None:
    """Run the service: follow the chain, carry signed acts to it, answer over HTTP.

    Everything is set by the environment (EBL_…, see docs/operations.md). Before it listens it checks settings, keys,
    deployment, chain and database, and says what is wrong.
    """
    import asyncio

    import uvicorn

    from ebl_service import bootstrap

    for name, value in (("EBL_HOST", host), ("EBL_PORT", port)):
        if value is not None:  # one truth: who signs in signs for this address
            os.environ[name] = str(value)
    settings = bootstrap.load_settings()
    _log()
    for name in bootstrap.unknown_settings():
        logger.warning("%s is not a setting and has no effect", name)
    asyncio.run(_checked())
    require_free(settings.host, settings.port)
    uvicorn.run(
        "ebl_service.api.serving:create",
        factory=True,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=access_log,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def require_free(host: str, port: int) -> None:
    """Raises: BadValue where the service cannot listen there."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as fault:
        is_taken = fault.errno == errno.EADDRINUSE
        why = "another program listens there" if is_taken else fault.strerror or str(fault)
        raise BadValue(
            f"Cannot listen on port {port} of {host}: {why}",
            hint="Stop it, or name another with --port or EBL_PORT." if is_taken else "See --host and --port.",
        ) from fault


def _log() -> None:
    """Log lines on standard error, each on a line of its own whatever it tells of."""
    handler = logging.StreamHandler()
    handler.setFormatter(PlainFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])


async def _checked() -> None:
    from ebl_service import bootstrap

    application = await bootstrap.build(bootstrap.load_settings())
    await application.stop()


@locally
def index(
    session: Session, follow: Annotated[bool, typer.Option("--follow", help="Go on with new blocks.")] = False
) -> None:
    """Write down what the ledger records, without serving."""
    import asyncio

    async def work(application: "Application") -> dict[str, Any]:
        if follow:
            await application.indexer.run(asyncio.Event())
        await application.indexer.catch_up()
        standing = await application.queries.standing()
        return {"indexedBlock": standing.read_at.block_number if standing.read_at else None}

    done = with_application(work)
    session.show(done, lambda console: console.print(f"Indexed up to block {done['indexedBlock']}"))


@locally
def reindex(session: Session) -> None:
    """Rebuild every row from the ledger and compare it with what was there."""

    async def work(application: "Application") -> dict[str, Any]:
        return {"isSame": await application.indexer.reindex()}

    done = with_application(work)
    session.show(
        done, lambda console: console.print("Rebuilt; every row is as it was" if done["isSame"] else "Rebuilt")
    )
    if not done["isSame"]:
        raise LedgerDisagrees("The rows that were there were not what the ledger says; they are now")


def with_application(work: Callable[["Application"], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    """What `work` gives, done on an application of this process that does not send. Raises: as `bootstrap.build`."""
    import asyncio

    from ebl_service import bootstrap

    async def run() -> dict[str, Any]:
        application = await bootstrap.build(bootstrap.load_settings(), sends=False)
        try:
            return await work(application)
        finally:
            await application.stop()

    return asyncio.run(run())


@locally
def deploy(
    session: Session,
    rpc: Annotated[str, typer.Option("--rpc", help="The chain's JSON-RPC URL.")],
    name: Annotated[str, typer.Option(help="The deployment's name.")],
    key_file: Annotated[Path, typer.Option("--key-file", envvar="EBL_DEPLOYER_KEY_FILE", help="Who pays.")],
    registrar: Annotated[str | None, typer.Option(help="The registrar's account; default: who pays.")] = None,
    lasting: Annotated[
        bool, typer.Option("--lasting", help="Write deployments/NAME.json, to be committed; else the data folder.")
    ] = False,
    data_dir: Annotated[Path, typer.Option(envvar="EBL_DATA_DIR", help="The data folder.")] = Path("data"),
    wait: PatienceOption = 0,
) -> None:
    """Put the contracts on a chain, or find them there, and write the deployment's file."""
    import asyncio

    from ebl_service import bootstrap

    if registrar is not None and not ACCOUNT.fullmatch(registrar):
        raise BadValue("--registrar must be an account: 0x and 40 hexadecimal digits")
    seat = Address(registrar.lower()) if registrar else None
    deployment, path = patiently(
        wait,
        lambda: asyncio.run(bootstrap.deploy_registries(rpc, name, key_file, seat, data_dir, lasting=lasting)),
    )
    told = {
        "name": name,
        "file": str(path),
        "chainId": deployment.chain_id,
        "partyRegistry": checksummed(deployment.party_registry.address),
        "titleRegistry": checksummed(deployment.title_registry.address),
        "cargoInsurance": checksummed(deployment.cargo_insurance.address),
        "registrar": checksummed(deployment.registrar),
    }
    lines = "\n".join(f"{key}: {value}" for key, value in told.items())
    session.show(told, lambda console: console.print(lines))
