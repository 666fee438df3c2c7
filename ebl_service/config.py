"""What the service is told from outside: settings `EBL_*`, checked at start.

Leaves to others: what the settings mean (`bootstrap` builds the parts from them, and is the only part that reads them).
Rules kept: a key or password stands in a file and never in a setting or on a command line; a wrong setting stops the
start with its name and what would be right; what is secret is never printed.
"""

import os
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from ebl_service.errors import InvalidRequest

PREFIX = "EBL_"
SHORTEST_TOKEN = 16
OF_THE_COMMAND_LINE = frozenset(
    {
        "EBL_API",
        "EBL_STATE_DIR",
        "EBL_KEYSTORE",
        "EBL_PASSWORD_FILE",
        "EBL_KEY_FILE",
        "EBL_API_KEY_FILE",
        "EBL_DEPLOYER_KEY_FILE",
    }
)


class Settings(BaseSettings):
    """Every setting of the service. In the environment each is EBL_ and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    data_dir: Path = Field(Path("data"), description="Folder of what the service writes: database, local deployments")
    database_url: str | None = Field(
        None, description="SQLAlchemy URL (sqlite+aiosqlite or postgresql+asyncpg); default: SQLite in the data folder"
    )
    rpc_urls: Annotated[tuple[str, ...], NoDecode] = Field(
        ("http://127.0.0.1:8545",), description="JSON-RPC nodes of one chain, comma separated; they are held to agree"
    )
    deployment: str = Field(
        "local", description="Name of a deployment (deployments/NAME.json or in the data folder), or a file"
    )
    finality: Literal["confirmations", "finalized"] = Field(
        "confirmations", description="When a block is final: so many blocks deep, or when the chain's own tag says so"
    )
    confirmations: int = Field(12, ge=0, le=10_000, description="Blocks above one that make it final")
    relayer_key_file: Path | None = Field(None, description="File with the relayer's private key, 32 bytes in hex")
    relayer_keystore_file: Path | None = Field(None, description="Encrypted keystore with the relayer's key, instead")
    relayer_password_file: Path | None = Field(None, description="File with that keystore's password")
    registrar_key_file: Path | None = Field(
        None, description="File with the registrar's key, where this service is its desk"
    )
    registrar_token: SecretStr | None = Field(
        None, description="The operator's bearer token: opens the registrar's desk and what else the operator may"
    )
    registrar_token_file: Path | None = Field(None, description="File with that token, instead")
    host: str = Field("127.0.0.1", description="Address to listen on")
    port: int = Field(8080, ge=0, le=65_535, description="Port to listen on")
    public_urls: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Addresses that callers know the service by, comma separated; who signs in signs for one of them",
    )
    session_seconds: int = Field(1_800, ge=60, le=86_400, description="How long a party's sign-in counts, in seconds")
    requests_per_minute: int = Field(1_200, ge=0, description="Most requests of one caller a minute; 0: no limit")
    look_ups_per_minute: int = Field(30, ge=0, description="Most codes that one caller looks up; 0: no limit")
    sign_ins_per_minute: int = Field(60, ge=0, description="Most attempts to sign in from one address; 0: no limit")
    failures_before_lockout: int = Field(
        20, ge=0, description="Wrong tokens or signatures after which an address is not listened to; 0: never"
    )
    lockout_seconds: int = Field(300, ge=1, le=86_400, description="For how long it is not, and failures are counted")
    rpc_timeout_seconds: float = Field(10.0, gt=0, le=300, description="Longest that a node may take to answer")
    poll_seconds: float = Field(1.0, gt=0, le=60, description="Pause between looks at the chain, in seconds")
    batch_size: int = Field(50, ge=1, le=200, description="Most signed acts in one transaction")
    gas_per_party_and_day: int = Field(
        20_000_000, ge=0, description="Gas relayed for one party in a UTC day; acts that fail count double; 0: no limit"
    )
    resend_seconds: int = Field(
        5,
        ge=1,
        le=3_600,
        description="After which the same bytes go out again, or a lost nonce is given up, in seconds",
    )
    replace_seconds: int = Field(
        60, ge=1, le=86_400, description="After which a transaction that blocks pass by offers a higher fee, in seconds"
    )
    most_fee_per_gas: int = Field(0, ge=0, description="Wei per gas never exceeded; 0: ten times what is asked")
    lease_seconds: int = Field(
        5, ge=1, le=300, description="After which another process takes the place of one that died, in seconds"
    )
    most_acts_per_request: int = Field(100, ge=1, le=1_000, description="Most acts in one POST /v1/submissions")
    most_body_bytes: int = Field(1_048_576, ge=1_024, description="Longest request body, in bytes")
    vault_key_file: Path | None = Field(
        None,
        description="File with the master keys that documents are kept under (ebl vault new-key); none: no documents",
    )
    platform_code: str = Field(
        "EBLL",
        pattern=r"^[A-Z0-9]{1,4}$",
        description="Which eBL platform this is; bills meant for another are refused",
    )
    relay_without_document: bool = Field(
        False,
        description="Take acts that issue titles whose documents are not kept here, where documents are kept at all",
    )
    destruction_approvers: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Accounts of which two may together have a document's key destroyed, comma separated"
    )
    most_documents_body_bytes: int = Field(
        33_554_432, ge=1_024, description="Longest body of a request that brings documents, in bytes"
    )
    carrier_roots_file: Path | None = Field(
        None, description="PEM file of authorities that carriers' signing certificates may lead to; none: pinned only"
    )
    custody_dir: Path | None = Field(None, description="Folder of keystores held in custody; none: no custody")
    custody_password_file: Path | None = Field(None, description="File with the password of those keystores")
    callback_key_file: Path | None = Field(
        None,
        description="File with the key that signs callbacks, made where there is none; default: in the data folder",
    )
    callback_networks: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Private networks that may be called back, over http too, comma separated, such as 10.1.0.0/16"
    )
    callback_authorities_file: Path | None = Field(
        None, description="PEM file of more authorities that receivers' TLS certificates may lead to"
    )
    longest_wait_seconds: int = Field(30, ge=1, le=120, description="Longest ?wait of a GET, in seconds")

    @field_validator("rpc_urls", "callback_networks", "public_urls", "destruction_approvers", mode="before")
    @classmethod
    def _split(cls, given: object) -> object:
        return tuple(url.strip() for url in given.split(",") if url.strip()) if isinstance(given, str) else given

    @field_validator("rpc_urls")
    @classmethod
    def _are_http(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        if not urls or not all(url.startswith(("http://", "https://")) for url in urls):
            raise ValueError("must be one or more http:// or https:// URLs, comma separated")
        return urls

    @field_validator("destruction_approvers")
    @classmethod
    def _are_accounts(cls, accounts: tuple[str, ...]) -> tuple[str, ...]:
        if not all(re.fullmatch(r"0x[0-9a-fA-F]{40}", account) for account in accounts):
            raise ValueError("must be accounts, 0x and 40 hexadecimal digits each, comma separated")
        return tuple(account.lower() for account in accounts)

    @field_validator("public_urls")
    @classmethod
    def _are_origins(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        if not all(re.fullmatch(r"https?://[^/?#@\s]+", url) for url in urls):
            raise ValueError("must be http:// or https:// and a host (and port) each, without a path, comma separated")
        return urls

    @field_validator("database_url")
    @classmethod
    def _is_known_database(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("sqlite+aiosqlite://", "postgresql+asyncpg://")):
            raise ValueError("must start with sqlite+aiosqlite:// or postgresql+asyncpg://")
        return url

    @field_validator("registrar_token")
    @classmethod
    def _is_long(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and len(token.get_secret_value()) < SHORTEST_TOKEN:
            raise ValueError(f"must have at least {SHORTEST_TOKEN} characters")
        return token

    @model_validator(mode="after")
    def _has_one_relayer(self) -> "Settings":
        if self.relayer_key_file and self.relayer_keystore_file:
            raise ValueError("name either EBL_RELAYER_KEY_FILE or EBL_RELAYER_KEYSTORE_FILE, not both")
        if bool(self.relayer_keystore_file) != bool(self.relayer_password_file):
            raise ValueError("EBL_RELAYER_KEYSTORE_FILE and EBL_RELAYER_PASSWORD_FILE go together")
        if bool(self.custody_dir) != bool(self.custody_password_file):
            raise ValueError("EBL_CUSTODY_DIR and EBL_CUSTODY_PASSWORD_FILE go together")
        return self

    @property
    def database(self) -> str:
        """The database's URL, the default filled in."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir.absolute() / 'ebl.sqlite'}"

    @property
    def addresses(self) -> tuple[str, ...]:
        """What callers may call the service, the default filled in: host and port it listens on."""
        loopback = {"127.0.0.1", "localhost"}
        hosts = (self.host, *sorted(loopback - {self.host})) if self.host in loopback else (self.host,)
        return self.public_urls or tuple(f"http://{host}:{self.port}" for host in hosts)

    @property
    def deployment_file(self) -> Path:
        """Where the deployment's file is: a path as given, else committed, else in the data folder (local chains)."""
        if self.deployment.endswith(".json") or "/" in self.deployment:
            return Path(self.deployment)
        committed = Path("deployments") / f"{self.deployment}.json"
        return committed if committed.exists() else self.data_dir / "deployments" / f"{self.deployment}.json"


def load() -> Settings:
    """The settings as the environment gives them.

    Raises: InvalidRequest naming every setting that is wrong, and what would be right.
    """
    try:
        return Settings()
    except ValidationError as wrong:
        faults = [_fault(".".join(map(str, each["loc"])), each["msg"]) for each in wrong.errors(include_input=False)]
        raise InvalidRequest(
            "Settings are wrong: " + "; ".join(faults),
            {"settings": faults},
            "Correct the environment variables named and start again.",
        ) from None


def unknown_names() -> list[str]:
    """Variables of the environment that begin as settings do and are none, nor options of the command line."""
    known = {PREFIX + name.upper() for name in Settings.model_fields} | OF_THE_COMMAND_LINE
    return sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)


def _fault(name: str, message: str) -> str:
    said = message.removeprefix("Value error, ")
    return f"{PREFIX}{name.upper()}: {said}" if name else said
