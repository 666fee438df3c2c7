"""The processes of a demonstration: anvil and the service, each on a free loopback port, stopped together.

Everything they write is in a temporary folder, so that the working tree stays clean. They run in sessions of their own:
Ctrl-C reaches this program only, which then stops them in order.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from ebl_service.wallet.key import PartyKey

ROOT = Path(__file__).resolve().parent.parent.parent
EBL = [sys.executable, "-m", "ebl_service.cli.main"]
CHAIN_PORT = 8545
API_PORT = 8080
PATIENCE = 60.0
"""Seconds until a process must answer."""
WEALTH = hex(10**24)


class StageFailed(Exception):
    """A process did not come up; its last words are in the message."""


class Stage:
    """A chain, its registries, and a service on them. `carrier_secret`: for salts that a carrier makes itself."""

    def __init__(self, confirmations: int = 0) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ebl-demo-"))
        self.rpc_url = f"http://127.0.0.1:{free_port(CHAIN_PORT)}"
        self.api_url = f"http://127.0.0.1:{free_port(API_PORT)}"
        self.token = secrets.token_urlsafe(24)
        self.carrier_secret = secrets.token_bytes(32)
        self._confirmations = confirmations
        self._processes: list[tuple[str, subprocess.Popen[bytes]]] = []

    def __enter__(self) -> Self:
        try:
            self._start_chain()
            self._deploy()
            self._start_service()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_failure: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # impatience must not leave processes behind
        for _name, process in reversed(self._processes):
            _end(process)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def deployment_file(self) -> Path:
        """What was deployed."""
        return self.folder / "deployments" / "local.json"

    def rpc(self, method: str, *params: Any) -> Any:
        """One call to the chain's node."""
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(self.rpc_url, body, {"content-type": "application/json"})  # noqa: S310 (loopback)
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            told = json.load(answer)
        if "error" in told:
            raise StageFailed(f"{method}: {told['error']['message']}")
        return told["result"]

    def _start_chain(self) -> None:
        port = self.rpc_url.rpartition(":")[2]
        self._start("anvil", [sys.executable, str(ROOT / "scripts" / "anvil"), "--port", port, "--quiet"], {})
        self._await("anvil", lambda: self.rpc("eth_chainId"))
        for name in ("relayer", "registrar"):
            key = PartyKey.random()
            self.rpc("anvil_setBalance", key.address, WEALTH)
            _write_secret(self.folder / name, "0x" + key.secret.hex())
        _write_secret(self.folder / "token", self.token)
        _write_secret(self.folder / "vault", f"demo {secrets.token_hex()}")
        _write_secret(self.folder / "custody", secrets.token_urlsafe(24))

    def _deploy(self) -> None:
        given = ["--rpc", self.rpc_url, "--name", "local", "--key-file", str(self.folder / "registrar")]
        done = subprocess.run(
            [*EBL, "deploy", *given, "--data-dir", str(self.folder)],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
        )
        if done.returncode:
            raise StageFailed(f"deploying failed: {done.stderr.strip()}")

    def _start_service(self) -> None:
        settings = {
            "EBL_DATA_DIR": str(self.folder),
            "EBL_RPC_URLS": self.rpc_url,
            "EBL_DEPLOYMENT": str(self.deployment_file),
            "EBL_CONFIRMATIONS": str(self._confirmations),
            "EBL_RELAYER_KEY_FILE": str(self.folder / "relayer"),
            "EBL_REGISTRAR_KEY_FILE": str(self.folder / "registrar"),
            "EBL_REGISTRAR_TOKEN_FILE": str(self.folder / "token"),
            "EBL_VAULT_KEY_FILE": str(self.folder / "vault"),
            "EBL_CUSTODY_DIR": str(self.folder / "keys"),
            "EBL_CUSTODY_PASSWORD_FILE": str(self.folder / "custody"),
            "EBL_CALLBACK_NETWORKS": "127.0.0.0/8",  # its carriers' systems are on this machine
            "EBL_PORT": self.api_url.rpartition(":")[2],
            "EBL_SIGN_INS_PER_MINUTE": "0",
            "EBL_POLL_SECONDS": "0.05",
        }
        self._start("service", [*EBL, "serve"], settings)
        self._await("service", self._is_ready)

    def _is_ready(self) -> bool:
        with urllib.request.urlopen(f"{self.api_url}/health/ready", timeout=5) as answer:  # noqa: S310 (loopback)
            return bool(json.load(answer)["isReady"])

    def _start(self, name: str, command: list[str], settings: dict[str, str]) -> None:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("EBL_")}
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, env=inherited | settings, cwd=ROOT, start_new_session=True
            )
        self._processes.append((name, process))

    def _await(self, name: str, answers: Callable[[], object]) -> None:
        process = dict(self._processes)[name]
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and process.poll() is None:
            try:
                if answers():
                    return
            except (OSError, urllib.error.URLError):
                pass
            time.sleep(0.05)
        last_words = (self.folder / f"{name}.log").read_text(errors="replace")[-2_000:]
        raise StageFailed(f"{name} did not come up:\n{last_words}")


def free_port(wanted: int) -> int:
    """This port where it is free, else another."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise StageFailed("no loopback port is free")


def _write_secret(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def _end(process: subprocess.Popen[bytes]) -> None:
    for how, patience in ((signal.SIGTERM, 8), (signal.SIGKILL, 8)):
        if process.poll() is not None:
            return
        os.killpg(process.pid, how)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
