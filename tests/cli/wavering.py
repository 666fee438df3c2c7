"""A way to the service that breaks: requests pass as they are until one is to fail.

with Wavering(house.api_url) as way:
    way.fails("POST /v1/submissions", 2, 503)      the second of these is answered 503, and does not pass
    way.fails("POST /v1/submissions", 1, None)     the first of these passes, and its answer is lost
    way.halts("POST /v1/submissions", 1)           the first of these passes, and its answer does not come: way.halted
"""

import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import httpx

HOP = {"connection", "transfer-encoding", "content-length", "host", "date", "server"}


class Wavering:
    """An HTTP server on loopback in front of another."""

    def __init__(self, target: str) -> None:
        self.asked: Counter[str] = Counter()
        self.halted, self.is_over = threading.Event(), threading.Event()
        self._halts: set[tuple[str, int]] = set()
        self._failures: dict[tuple[str, int], int | None] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, httpx.Client(base_url=target, timeout=60)))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_over.set()
        self._server.shutdown()
        self._server.server_close()

    def fails(self, what: str, number: int, status: int | None) -> None:
        """The so-manieth request from now on is answered with `status`; None: it passes, and its answer is lost."""
        self._failures = {(what, self.asked[what] + number): status}

    def halts(self, what: str, number: int) -> None:
        """The answer to the so-manieth request from now on does not come while this way stands."""
        self._halts = {(what, self.asked[what] + number)}

    def hold(self, what: str) -> None:
        """Keep an answer back where it is to be."""
        if (what, self.asked[what]) in self._halts:
            self.halted.set()
            self.is_over.wait()

    def fate(self, what: str) -> tuple[bool, int | None]:
        """Whether this request fails, and how."""
        self.asked[what] += 1
        at = (what, self.asked[what])
        return at in self._failures, self._failures.get(at)


def _handler(way: Wavering, target: httpx.Client) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _pass(self) -> None:
            what = f"{self.command} {self.path.partition('?')[0]}"
            is_failing, status = way.fate(what)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if is_failing and status is not None:
                self.send_response(status)
                self.end_headers()
                return
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
            answer = target.request(self.command, self.path, content=body, headers=headers)
            way.hold(what)
            if is_failing or way.is_over.is_set():
                self.close_connection = True
                return
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name.lower() not in HOP | {"content-encoding"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = do_PUT = _pass  # noqa: N815 (the server's names)

        def log_message(self, *_: Any) -> None:
            """Nothing is logged."""

    return Handler
