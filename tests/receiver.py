"""A small real HTTP server for tests: what it received, and what it is told to answer.

with Receiver() as receiver:                       plain HTTP on loopback
with Receiver(authority.server("carrier.test")):   TLS
    receiver.answers = [Reply(500), Reply(204)]    in turn; the last one goes on
    receiver.received                              [Call(method, path, headers, body)]
"""

import ssl
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from tests.authority import Signer


@dataclass
class Reply:
    """`seconds`: how long it takes. `hangs_up`: the connection ends without an answer."""

    status: int = 204
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0
    hangs_up: bool = False
    endless: bool = False


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """Use as a context. `decide`: makes the reply of a call, in place of `answers`."""

    def __init__(self, tls: Signer | None = None, decide: Callable[[Call], Reply] | None = None) -> None:
        self.answers: list[Reply] = [Reply()]
        self.received: list[Call] = []
        self.decide = decide
        self._stop = threading.Event()
        self._arrived = threading.Condition()
        self._server = _server(self)
        if tls is not None:
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "server.pem"
                file.write_bytes(tls.private_pem + tls.chain.encode())
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(file)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = int(self._server.server_address[1])
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def reply(self, call: Call) -> Reply:
        with self._arrived:
            self.received.append(call)
            self._arrived.notify_all()
            if self.decide is not None:
                return self.decide(call)
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def await_calls(self, count: int, seconds: float = 30) -> list[Call]:
        """Wait until so many calls have come."""
        until = time.monotonic() + seconds
        with self._arrived:
            while len(self.received) < count:
                left = until - time.monotonic()
                assert left > 0, f"{len(self.received)} of {count} calls came"
                self._arrived.wait(left)
        return self.received

    def pause(self, seconds: float) -> None:
        """As long as the reply takes, or until the server ends."""
        self._stop.wait(seconds)

    @property
    def is_stopping(self) -> bool:
        return self._stop.is_set()


def _server(receiver: Receiver) -> ThreadingHTTPServer:
    return _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"receiver": receiver}))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: Any) -> None:
        """A caller that refuses our certificate, or hangs up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    receiver: Receiver

    def _any(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.receiver.reply(Call(self.command, self.path, headers, self.rfile.read(length)))
        self.receiver.pause(reply.seconds)
        self.close_connection = reply.hangs_up or reply.endless
        try:
            if not reply.hangs_up:
                self._send(reply)
        except OSError:
            self.close_connection = True  # the caller went away

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 204 and not reply.endless:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)
        while reply.endless and not self.receiver.is_stopping:
            self.wfile.write(b"a" * 10_000)

    do_GET = do_POST = do_PUT = _any  # noqa: N815 (http.server's own names)

    def log_message(self, *_: Any) -> None:
        """Quiet."""
