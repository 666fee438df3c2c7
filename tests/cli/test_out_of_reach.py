"""What the command line says of services that are away, odd or lying."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from ebl_service.cli.exits import exit_of
from ebl_service.errors import EblError
from tests.cli.running import House, ebl, free_port

TITLE = "0x" + "12" * 32


@contextmanager
def answering(status: int, body: str) -> Iterator[str]:
    """The URL of a server that answers everything so."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            content = body.encode()
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815 (the name that http.server calls)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("command", [("show", TITLE), ("watch",), ("party", "list")])
def test_a_service_that_is_away_is_told_with_what_to_do(command: tuple[str, ...]) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    told = ebl(*command, "--api", url, "--json")
    assert (told.code, told.fault["error"]) == (6, "LedgerUnavailable")
    assert url in told.fault["detail"]
    assert "ebl serve" in told.fault["hint"]


def test_an_address_that_is_none_is_malformed() -> None:
    assert ebl("show", TITLE, "--api", "http://host:port").code == 2


@pytest.mark.parametrize(
    ("status", "code"), [(400, 2), (401, 3), (403, 3), (404, 5), (409, 4), (413, 2), (429, 3), (500, 7), (502, 6)]
)
def test_an_answer_that_is_no_problem_document_is_told_as_it_came(status: int, code: int) -> None:
    with answering(status, "<html>no</html>") as url:
        told = ebl("show", TITLE, "--api", url)
    assert told.code == code
    assert f"The service answered {status}: <html>no</html>" in told.err


def test_a_request_in_flight_is_told_to_be_tried_again() -> None:
    body = {"rule": "RequestInFlight", "detail": "wait", "details": {}, "hint": "Try again."}
    with answering(409, json.dumps(body)) as url:
        assert ebl("show", TITLE, "--api", url).code == 6


def test_an_answer_that_is_not_json_is_not_this_service() -> None:
    with answering(200, "<html>hello</html>") as url:
        assert ebl("show", TITLE, "--api", url).code == 6


def test_typed_data_of_another_act_than_was_asked_for_is_never_signed(house: House) -> None:
    message = {"titleId": TITLE, "to": house.account("stranger"), "sequence": 1, "deadline": 1}
    lie = {"sentence": "Trust me", "typedData": {"primaryType": "Transfer", "domain": {}, "message": message}}
    with answering(200, json.dumps(lie)) as url:
        arguments = ("--to", house.account("bank"), "--key-file", house.key_file("shipper"), "--api", url, "--json")
        told = ebl("transfer", TITLE, *arguments)
    assert (told.code, told.out) == (7, "")
    assert "another act than was asked for: to" in told.fault["detail"]


def test_an_error_of_no_known_kind_is_a_fault_of_the_program() -> None:
    assert exit_of(EblError("odd")) == 1
