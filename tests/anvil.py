"""A local chain for tests: an anvil process on a free loopback port, and a plain JSON-RPC client for it.

with Anvil() as anvil:                      # or Anvil("--keep-history") for anvil_reorg
    anvil.rpc("eth_blockNumber")            # synchronous: one call
    anvil.rpc.batch([("eth_chainId", []), …])
    anvil.url                               # for web3, aiohttp, the chain adapter
"""

import http.client
import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parent.parent
_PATIENCE = 30
"""Seconds until an anvil must answer."""


class RpcRefused(Exception):
    """The node answered with an error. `data`: revert data where a call reverted."""

    def __init__(self, method: str, error: dict[str, Any]) -> None:
        super().__init__(f"{method}: {error.get('message')}")
        data = error.get("data")
        self.data = bytes.fromhex(data[2:]) if isinstance(data, str) and data.startswith("0x") else b""


class JsonRpc:
    """JSON-RPC over one kept connection; not for several threads."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def __call__(self, method: str, *params: Any) -> Any:
        answer = self._post({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        if "error" in answer:
            raise RpcRefused(method, answer["error"])
        return answer["result"]

    def batch(self, calls: list[tuple[str, list[Any]]]) -> list[Any]:
        """The results of many calls at once, in their order; the node may run them in any."""
        asked = [{"jsonrpc": "2.0", "id": n, "method": m, "params": p} for n, (m, p) in enumerate(calls)]
        answers = sorted(self._post(asked), key=lambda answer: answer["id"]) if asked else []
        for (method, _), answer in zip(calls, answers, strict=True):
            if "error" in answer:
                raise RpcRefused(method, answer["error"])
        return [answer["result"] for answer in answers]

    def _post(self, body: Any) -> Any:
        self._connection.request("POST", "/", json.dumps(body), {"content-type": "application/json"})
        return json.loads(self._connection.getresponse().read())

    def close(self) -> None:
        self._connection.close()


class Anvil:
    """An anvil started through scripts/anvil; extra arguments go to it."""

    def __init__(self, *arguments: str) -> None:
        self._arguments = arguments

    def __enter__(self) -> Self:
        for _ in range(3):  # another process may take the free port before anvil does
            self.port = _free_port()
            self.url = f"http://127.0.0.1:{self.port}"
            self.start(*self._arguments)
            if self._answers():
                self.rpc = JsonRpc(self.port)
                return self
        raise RuntimeError("anvil does not start: see its message above")

    def __exit__(self, *failure: object) -> None:
        self.rpc.close()
        self.kill()

    def start(self, *arguments: str) -> None:
        """Begin to run on the same port, with these arguments."""
        command = [sys.executable, str(ROOT / "scripts" / "anvil"), "--port", str(self.port), "--quiet"]
        self.process = subprocess.Popen([*command, *arguments], stdout=subprocess.DEVNULL)

    def kill(self) -> None:
        """End it at once; what it had in memory is gone."""
        self.process.kill()
        self.process.wait()

    def restart(self, *arguments: str) -> None:
        """Run again after `kill`, with the same arguments or others; the same `rpc` serves."""
        self.start(*(arguments or self._arguments))
        if not self._answers():
            raise RuntimeError("anvil does not start again: see its message above")
        self.rpc.close()  # the next call connects anew

    def _answers(self) -> bool:
        patience = time.monotonic() + _PATIENCE
        while time.monotonic() < patience:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                try:
                    self.process.wait(timeout=0.02)
                except subprocess.TimeoutExpired:
                    continue
                return False
            return True
        self.process.kill()
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
