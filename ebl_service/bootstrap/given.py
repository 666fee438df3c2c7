"""What the settings give: keys, tokens, policies, and the rooms that need them."""

from ebl_service.chain.deployment import Deployment
from ebl_service.chain.registrar import ChainRegistrar
from ebl_service.chain.rpc import Rpc
from ebl_service.config import Settings
from ebl_service.domain.ledger import Ledger, LedgerIdentity, Registrar
from ebl_service.domain.terms import Address
from ebl_service.errors import InvalidRequest
from ebl_service.services.access import Access, AccessPolicy
from ebl_service.services.carrier_room import CarrierPolicy, CarrierRoom, Neighbours, carrier_room
from ebl_service.services.cover_room import CoverRoom, cover_room
from ebl_service.services.document_room import DocumentRoom, document_room
from ebl_service.services.policy import Failpoint, IndexPolicy, RelayPolicy
from ebl_service.services.rate_limits import LimitPolicy, RateLimits
from ebl_service.store.database import Database
from ebl_service.store.directory import Directory
from ebl_service.store.history import History
from ebl_service.vault.master_keys import FileMasterKeys
from ebl_service.wallet import keystore
from ebl_service.wallet.custodian import folder_custodian
from ebl_service.wallet.key import PartyKey
from ebl_service.wallet.secret_file import private_key, secret_line, secret_lines


def policies_of(settings: Settings) -> tuple[IndexPolicy, RelayPolicy]:
    """How the loops go about it."""
    confirmations = settings.confirmations if settings.finality == "confirmations" else None
    return IndexPolicy(confirmations=confirmations, poll_seconds=settings.poll_seconds), RelayPolicy(
        batch_size=settings.batch_size,
        resend_seconds=settings.resend_seconds,
        replace_seconds=settings.replace_seconds,
        most_fee=settings.most_fee_per_gas or None,
        gas_a_day=settings.gas_per_party_and_day or None,
        lease_seconds=settings.lease_seconds,
        poll_seconds=settings.poll_seconds,
    )


def access_policy_of(settings: Settings) -> AccessPolicy:
    """Who is let in, and how often."""
    limits = LimitPolicy(
        requests_a_minute=settings.requests_per_minute,
        sign_ins_a_minute=settings.sign_ins_per_minute,
        look_ups_a_minute=settings.look_ups_per_minute,
        failures=settings.failures_before_lockout,
        lockout_seconds=settings.lockout_seconds,
    )
    return AccessPolicy(settings.addresses, token_of(settings), settings.session_seconds, limits)


async def document_room_of(
    settings: Settings,
    ledger: Ledger,
    identity: LedgerIdentity,
    database: Database,
    history: History,
    directory: Directory,
    limits: RateLimits,
    failpoint: Failpoint,
) -> DocumentRoom | None:
    """What keeps documents, its keys opened; None where no master keys are named. Raises: MasterKeyFileWrong."""
    if settings.vault_key_file is None:
        return None
    master_keys = FileMasterKeys(secret_lines(settings.vault_key_file))
    room = document_room(
        ledger,
        identity,
        master_keys,
        database,
        history,
        directory,
        platform=settings.platform_code,
        relays_for_others=settings.relay_without_document,
        approvers=frozenset(Address(each) for each in settings.destruction_approvers),
        limits=limits,
        failpoint=failpoint,
    )
    await room.keeping.open()
    return room


def carrier_room_of(settings: Settings, near: Neighbours) -> CarrierRoom:
    """What serves carriers. Raises: InvalidRequest (files, networks)."""
    policy = CarrierPolicy(
        settings.platform_code,
        settings.callback_key_file or settings.data_dir / "callbacks.pem",
        settings.carrier_roots_file,
        settings.callback_networks,
        settings.callback_authorities_file,
        poll_seconds=settings.poll_seconds,
        lease_seconds=settings.lease_seconds,
    )
    return carrier_room(near, folder_custodian(settings.custody_dir, settings.custody_password_file), policy)


def cover_room_of(
    settings: Settings,
    ledger: Ledger,
    identity: LedgerIdentity,
    history: History,
    directory: Directory,
    access: Access,
    room: DocumentRoom | None,
) -> CoverRoom | None:
    """What judges and keeps insurance documents; None where no documents are kept."""
    if room is None:
        return None
    others = settings.relay_without_document
    return cover_room(room, ledger, identity, history, directory, access.rights, relays_for_others=others)


def relayer_of(settings: Settings) -> PartyKey:
    """The key that pays for transactions. Raises: InvalidRequest, NotAllowed (a keystore's password)."""
    if settings.relayer_key_file:
        return PartyKey(private_key(settings.relayer_key_file))
    if settings.relayer_keystore_file and settings.relayer_password_file:
        return keystore.load(settings.relayer_keystore_file, secret_line(settings.relayer_password_file))
    raise InvalidRequest(
        "No relayer key: EBL_RELAYER_KEY_FILE or EBL_RELAYER_KEYSTORE_FILE is needed",
        hint="Name a file with the key of an account that pays for transactions.",
    )


def token_of(settings: Settings) -> str | None:
    """The operator's token; None where there is no operator's door."""
    if settings.registrar_token_file is not None:
        return secret_line(settings.registrar_token_file)
    return settings.registrar_token.get_secret_value() if settings.registrar_token else None


def registrar_of(settings: Settings, rpc: Rpc, deployment: Deployment) -> Registrar | None:
    """The registrar's key, where this service is its desk."""
    if settings.registrar_key_file is None:
        return None
    return ChainRegistrar(rpc, deployment, PartyKey(private_key(settings.registrar_key_file)).account)
