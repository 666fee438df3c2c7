"""The `ebl` command line as a person runs it: against a service process of its own on a local chain.

house.ebl("show", title)                  the app in this process; what it printed and its exit code
house.act("shipper", "transfer", title, "--to", house.account("bank"))      the same with a party's key
house.issue(TO_ORDER, endorsee="shipper")   the id of a fresh title
house.process("watch")                    the same as a process of its own
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from typer.testing import CliRunner

from ebl_service.cli.main import app
from ebl_service.domain.terms import checksummed
from ebl_service.wallet.key import PartyKey
from tests.anvil import JsonRpc
from tests.local_chain import REGISTRAR_KEY, WEALTH
from voyage.documents import Bill, bills

ROOT = Path(__file__).resolve().parent.parent.parent
EBL = [sys.executable, "-m", "ebl_service.cli.main"]
INSTALLED = Path(sys.executable).with_name("ebl")
"""The command as shells find it."""
PATIENCE = 30.0
"""Seconds until what is waited for must be there."""
LOOK_AGAIN = 0.05
ANSWER_PERIOD = 600
"""Seconds: short, so that a test may outlast it and signatures of an hour still count."""
ROLES = {
    "carrier": ["carrier"],
    "other_carrier": ["carrier"],
    "terminal": ["terminal", "customs"],
    "insurer": ["insurer"],
}
PLAYS = {"issuingParty": "carrier", "shipper": "shipper", "endorsee": "shipper", "consignee": "consignee"}
"""Who of the cast a document names."""
CAST = ("carrier", "other_carrier", "terminal", "insurer", "shipper", "bank", "consignee")
OUTSIDERS = ("stranger", "relayer")
TO_ORDER = "to-order-of-shipper-shanghai-rotterdam"
BLANK = "blank-ningbo-hamburg"
STRAIGHT = "straight-shanghai-singapore"


@dataclass(frozen=True)
class Told:
    """What a command said. `code`: its exit code."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Standard output as JSON, one object a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def answer(self) -> dict[str, Any]:
        """Standard output as one JSON object."""
        (only,) = self.lines
        return only

    @property
    def fault(self) -> dict[str, Any]:
        """Standard error as one JSON object."""
        (only,) = self.err.splitlines()
        told: dict[str, Any] = json.loads(only)
        return told


def ebl(*arguments: str | Path, env: dict[str, str] | None = None, typed: str | None = None) -> Told:
    """Run the command in this process, so that its coverage counts. `typed`: what a person types."""
    done = CliRunner().invoke(
        app, [str(each) for each in arguments], env={"COLUMNS": "250"} | (env or {}), input=typed, prog_name="ebl"
    )
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Told(done.exit_code, done.stdout, done.stderr)


def eventually(what: Callable[[], Any]) -> Any:
    """The first true answer within a bounded time."""
    until = time.monotonic() + PATIENCE
    while not (answer := what()):
        assert time.monotonic() < until, "what was waited for did not come"
        time.sleep(LOOK_AGAIN)
    return answer


def write_secret(path: Path, text: str) -> Path:
    """A file that only its owner may read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    return path


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(**settings: str) -> dict[str, str]:
    """This process's environment with these settings and no others."""
    return {name: value for name, value in os.environ.items() if not name.startswith("EBL_")} | settings


class House:
    """A deployment, keys and settings on a chain, and a folder for what the commands write."""

    def __init__(self, rpc: JsonRpc, rpc_url: str, folder: Path) -> None:
        self.rpc, self.rpc_url, self.folder = rpc, rpc_url, folder
        self.port = free_port()
        self.api_url = f"http://127.0.0.1:{self.port}"
        self.keys = {name: PartyKey.random() for name in (*CAST, *OUTSIDERS)} | {"registrar": PartyKey(REGISTRAR_KEY)}
        for name, key in self.keys.items():
            write_secret(self.key_file(name), "0x" + key.secret.hex() + "\n")
        self.token_file = write_secret(folder / "token", "the-registrars-own-token")
        self.secret_file = write_secret(folder / "carrier-secret", "what only the carrier knows")
        self.vault_file = write_secret(folder / "vault", "test " + "7a" * 32)
        self.deployment_file = folder / "deployments" / "house.json"
        rpc("anvil_setBalance", self.keys["relayer"].address, WEALTH)
        self._numbers = count(1)

    def key_file(self, name: str) -> Path:
        """Where a party keeps its plain key."""
        return self.folder / f"{name}.key"

    def account(self, name: str) -> str:
        """A party's account, checksummed."""
        return checksummed(self.keys[name].address)

    def settings(self, data_dir: Path | None = None, **more: str) -> dict[str, str]:
        """What the service's environment says. `data_dir`: another database than the running service's."""
        return {
            "EBL_DATA_DIR": str(data_dir or self.folder),
            "EBL_RPC_URLS": self.rpc_url,
            "EBL_DEPLOYMENT": str(self.deployment_file),
            "EBL_CONFIRMATIONS": "0",
            "EBL_SIGN_INS_PER_MINUTE": "0",
            "EBL_FAILURES_BEFORE_LOCKOUT": "0",
            "EBL_RELAYER_KEY_FILE": str(self.key_file("relayer")),
            "EBL_REGISTRAR_KEY_FILE": str(self.key_file("registrar")),
            "EBL_REGISTRAR_TOKEN_FILE": str(self.token_file),
            "EBL_VAULT_KEY_FILE": str(self.vault_file),
            "EBL_PORT": str(self.port),
            "EBL_RELAY_WITHOUT_DOCUMENT": "true",
            "EBL_POLL_SECONDS": "0.1",
        } | more

    def ebl(self, *arguments: str | Path, typed: str | None = None, by: str | None = "carrier") -> Told:
        """A command that asks this house's service, by the key of one of the cast where it names none itself."""
        names_one = {"--key-file", "--keystore"} & set(map(str, arguments))
        env = {"EBL_KEY_FILE": str(self.key_file(by))} if by and not names_one else {}
        return ebl(*arguments, "--api", self.api_url, typed=typed, env=env)

    def bearing(self, name: str) -> dict[str, str]:
        """The header by which one of the cast is known, for requests without the command line."""
        told = self.ebl("sign-in", by=name)
        assert told.code == 0, told.err
        return {"Authorization": f"Bearer {told.out.strip()}"}

    def parties(self) -> list[dict[str, Any]]:
        """All parties, as the operator lists them."""
        return self.ebl("party", "list", "--token-file", self.token_file, "--json").lines

    def act(self, name: str, *arguments: str | Path) -> Told:
        """A command signed with a party's key; its answer as JSON."""
        return self.ebl(*arguments, "--key-file", self.key_file(name), "--json")

    def done(self, name: str, *arguments: str | Path) -> dict[str, Any]:
        """An act that must succeed; its submission."""
        told = self.act(name, *arguments)
        assert told.code == 0, told.err
        return told.answer

    def shown(self, title: str) -> dict[str, Any]:
        """A title as `ebl show` tells it."""
        return self.ebl("show", title, "--json").answer

    def process(self, *arguments: str | Path, env: dict[str, str] | None = None) -> "subprocess.Popen[str]":
        """A command as a process of its own, in the house's folder; it can be interrupted, as a person would."""
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # so a shell starts what runs in the background
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return subprocess.Popen(
            [*EBL, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment(**(env or {})),
        )

    def document(self, sample: str, reference: str | None = None) -> Path:
        """A sample of today under a reference of its own, its parties those of this house."""
        (bill,) = bills(ROOT / "samples" / f"{sample}.json")
        return self.written(bill, reference)

    def written(self, bill: Bill, reference: str | None = None) -> Path:
        """A document's file; to order of the shipper, or to the consignee, where it names one."""
        number = next(self._numbers)
        now = int(self.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
        content: Any = dict(bill.numbered(reference or f"TESTBL{number:05}").issued_on(now).document)
        parties = content["documentParties"] = dict(content["documentParties"])
        for role, name in PLAYS.items():
            if role in parties:
                codes = [{"codeListProvider": "ZZZ", "partyCode": name}]
                parties[role] = {**parties[role], "identifyingCodes": codes}
        path = self.folder / f"document-{number}.json"
        path.write_text(json.dumps(content))
        return path

    def issuing(self, document: Path, endorsee: str | None = None, holder: str = "shipper") -> list[str | Path]:
        """The arguments of `ebl issue` for a document."""
        arguments: list[str | Path] = ["issue", document, "--holder", self.account(holder), *self.record]
        arguments += ["--secret-file", self.secret_file]
        arguments += ["--opening", self.folder / f"opening-{next(self._numbers)}.json"]
        return [*arguments, "--endorsee", self.account(endorsee)] if endorsee else arguments

    @property
    def record(self) -> tuple[str | Path, ...]:
        """What sending a document needs besides it."""
        return ("--law", "English law", "--jurisdiction", "London")

    def issue(self, sample: str = TO_ORDER, endorsee: str | None = "shipper", holder: str = "shipper") -> str:
        """The id of a fresh title."""
        issued = self.done("carrier", *self.issuing(self.document(sample), endorsee, holder))
        title: str = issued["titleIds"][0]
        return title

    def await_final(self, title: str) -> None:
        """Wait until the service knows that the title's last act is final."""
        eventually(lambda: self.shown(title)["finality"] == "final")

    def outlast(self, seconds: int) -> None:
        """Let so much time pass on the chain."""
        self.rpc("evm_increaseTime", seconds)
        self.rpc("evm_mine")

    def is_ready(self) -> bool:
        """The service answers and may be relied on."""
        try:
            return httpx.get(f"{self.api_url}/health/ready").status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False
