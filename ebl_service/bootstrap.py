"""Builds the parts and joins them: the only place that knows every one of them, and the only one that reads settings.

Rules kept: nothing is served before the node's chain is seen to be the deployment's and the database to be that
ledger's. A loop that stops for good says why in the log, and health shows it; the service goes on answering, since
what it has is still true as of the block it names.
"""

import asyncio
import hmac
import logging
import secrets
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ebl_service import config
from ebl_service.chain.deployment import Deployment, deploy
from ebl_service.chain.ledger import ChainLedger
from ebl_service.chain.registrar import ChainRegistrar
from ebl_service.chain.rpc import Rpc
from ebl_service.config import Settings
from ebl_service.domain.ledger import Ledger, LedgerIdentity, Registrar
from ebl_service.domain.terms import Address
from ebl_service.errors import InvalidRequest
from ebl_service.errors.requests import NoRegistrarHere, RegistrarTokenWrong
from ebl_service.errors.vault import NoVaultHere
from ebl_service.services.access import Access, AccessPolicy
from ebl_service.services.changes import Changes
from ebl_service.services.document_room import DocumentRoom, document_room
from ebl_service.services.indexer import Indexer
from ebl_service.services.naming import Naming
from ebl_service.services.policy import Failpoint, IndexPolicy, RelayPolicy, no_failpoint
from ebl_service.services.queries import Queries
from ebl_service.services.rate_limits import LimitPolicy
from ebl_service.services.relay import Relay
from ebl_service.services.submission import Submissions
from ebl_service.store.database import Database
from ebl_service.store.directory import Directory
from ebl_service.store.history import History
from ebl_service.store.outbox import Outbox
from ebl_service.vault.master_keys import FileMasterKeys, new_line
from ebl_service.wallet import keystore
from ebl_service.wallet.key import PartyKey
from ebl_service.wallet.secret_file import add_secret_line, private_key, secret_line, secret_lines

logger = logging.getLogger(__name__)


@dataclass
class Application:
    """The service's parts, joined. `failure`: why a loop stopped for good, None while both run."""

    settings: Settings
    identity: LedgerIdentity
    ledger: Ledger
    database: Database
    changes: Changes
    queries: Queries
    access: Access
    submissions: Submissions
    indexer: Indexer
    relay: Relay
    rpc: Rpc
    naming: Naming
    room: DocumentRoom | None = None
    held_registrar: Registrar | None = None
    registrar_token: str | None = field(default=None, repr=False)
    failure: str | None = None
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _loops: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self) -> None:
        """Start following the chain and carrying acts to it."""
        self._loops = [
            asyncio.create_task(self._watched("indexer", self.indexer.run(self._stop))),
            asyncio.create_task(self._watched("relay", self.relay.run(self._stop))),
        ]

    async def stop(self) -> None:
        """End both loops after their present step, and close database and connections."""
        self._stop.set()
        self.changes.notify()
        await asyncio.gather(*self._loops)
        await self.database.close()
        await self.rpc.close()

    @property
    def is_stopping(self) -> bool:
        """The service is about to end: streams should."""
        return self._stop.is_set()

    @property
    def documents(self) -> DocumentRoom:
        """What keeps documents. Raises: NoVaultHere."""
        if self.room is None:
            raise NoVaultHere("This service keeps no documents")
        return self.room

    def registrar(self, token: str | None) -> Registrar:
        """The registrar's desk, for who has its token. Raises: NoRegistrarHere, RegistrarTokenWrong."""
        if self.held_registrar is None:
            raise NoRegistrarHere("This service does not hold the registrar's key and token")
        self.require_operator(token)
        return self.held_registrar

    def require_operator(self, token: str | None) -> None:
        """Let pass who has the registrar's token. Raises: NoRegistrarHere (there is none), RegistrarTokenWrong."""
        if self.registrar_token is None:
            raise NoRegistrarHere("This service has no registrar's token")
        if not hmac.compare_digest((token or "").encode(), self.registrar_token.encode()):
            raise RegistrarTokenWrong("The registrar's token is missing or wrong")

    async def _watched(self, name: str, loop: Coroutine[None, None, None]) -> None:
        try:
            await loop
        except Exception as fault:
            self.failure = f"{name}: {fault}"
            logger.exception("the %s stopped", name)
            self.changes.notify()


async def build(settings: Settings, *, sends: bool = True, failpoint: Failpoint = no_failpoint) -> Application:
    """Join the parts; nothing runs yet. Without `sends` no relayer key is needed: the application only reads.

    `failpoint` is called at each named step; tests end the process there.

    Raises: InvalidRequest (settings, keys), NotAllowed (a keystore's password), NotFound (no deployment file),
    LedgerUnavailable (no node answers), LedgerDisagrees (another chain than the deployment's, or than the database was
    made for).
    """
    relayer = _relayer(settings) if sends else PartyKey.random()
    deployment = Deployment.load(settings.deployment_file)
    rpc = Rpc(settings.rpc_urls, settings.rpc_timeout_seconds)
    ledger = ChainLedger(rpc, deployment, relayer.account)
    async with AsyncExitStack() as opened:
        opened.push_async_callback(rpc.close)
        identity = await ledger.identity()
        registrar = _registrar(settings, rpc, deployment)
        application = await _joined(settings, ledger, identity, registrar, rpc, failpoint)
        opened.pop_all()
    return application


async def _joined(
    settings: Settings,
    ledger: Ledger,
    identity: LedgerIdentity,
    registrar: Registrar | None,
    rpc: Rpc,
    failpoint: Failpoint,
) -> Application:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    await database.upgrade()
    history, outbox, changes = History(database), Outbox(database), Changes()
    await history.claim(identity)
    index_policy, relay_policy = _policies(settings)
    directory = Directory(database)
    room = await _document_room(settings, database, history, directory)
    gate = room.gate if room else None
    return Application(
        settings=settings,
        identity=identity,
        ledger=ledger,
        database=database,
        changes=changes,
        queries=Queries(identity, history, outbox, changes),
        access=Access.joined(ledger, identity, history, _access_policy(settings)),
        submissions=Submissions(
            ledger, identity, history, outbox, relay_policy, changes, failpoint=failpoint, issue_gate=gate
        ),
        indexer=Indexer(ledger, identity, history, index_policy, changes, failpoint),
        relay=Relay(ledger, identity, history, outbox, relay_policy, changes, failpoint=failpoint),
        rpc=rpc,
        naming=Naming(directory, history),
        room=room,
        held_registrar=registrar,
        registrar_token=_token(settings),
    )


def _policies(settings: Settings) -> tuple[IndexPolicy, RelayPolicy]:
    confirmations = settings.confirmations if settings.finality == "confirmations" else None
    return IndexPolicy(confirmations=confirmations, poll_seconds=settings.poll_seconds), RelayPolicy(
        batch_size=settings.batch_size,
        replace_seconds=settings.replace_seconds,
        most_fee=settings.most_fee_per_gas or None,
        gas_a_day=settings.gas_per_party_and_day or None,
        lease_seconds=settings.lease_seconds,
        poll_seconds=settings.poll_seconds,
    )


def _access_policy(settings: Settings) -> AccessPolicy:
    limits = LimitPolicy(
        requests_a_minute=settings.requests_per_minute,
        sign_ins_a_minute=settings.sign_ins_per_minute,
        failures=settings.failures_before_lockout,
        lockout_seconds=settings.lockout_seconds,
    )
    return AccessPolicy(settings.addresses, _token(settings), settings.session_seconds, limits)


async def _document_room(
    settings: Settings, database: Database, history: History, directory: Directory
) -> DocumentRoom | None:
    if settings.vault_key_file is None:
        return None
    master_keys = FileMasterKeys(secret_lines(settings.vault_key_file))
    room = document_room(
        master_keys,
        database,
        history,
        directory,
        platform=settings.platform_code,
        relays_for_others=settings.relay_without_document,
    )
    await room.keeping.open()
    return room


def _relayer(settings: Settings) -> PartyKey:
    if settings.relayer_key_file:
        return PartyKey(private_key(settings.relayer_key_file))
    if settings.relayer_keystore_file and settings.relayer_password_file:
        return keystore.load(settings.relayer_keystore_file, secret_line(settings.relayer_password_file))
    raise InvalidRequest(
        "No relayer key: EBL_RELAYER_KEY_FILE or EBL_RELAYER_KEYSTORE_FILE is needed",
        hint="Name a file with the key of an account that pays for transactions.",
    )


def _token(settings: Settings) -> str | None:
    if settings.registrar_token_file is not None:
        return secret_line(settings.registrar_token_file)
    return settings.registrar_token.get_secret_value() if settings.registrar_token else None


def _registrar(settings: Settings, rpc: Rpc, deployment: Deployment) -> Registrar | None:
    if settings.registrar_key_file is None:
        return None
    return ChainRegistrar(rpc, deployment, PartyKey(private_key(settings.registrar_key_file)).account)


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
        room = await _document_room(settings, database, History(database), Directory(database))
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
