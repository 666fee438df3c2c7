"""What counterparties and services wrote steers no terminal, whichever way it comes to be printed."""

import json
import logging
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from ebl_service.cli.terminal import PlainFormatter, one_line, visible
from tests.cli.running import ebl, write_secret
from tests.cli.terminal import at_terminal

ROOT = Path(__file__).parent.parent.parent
HOSTILE = "\x1b]0;owned\x07\x1b[31mred\x9b2J\x7f\u202eevil\u200b\u2066\ud800[bold]x[/][link=http://evil]y[/link]"
STEERING = ("\x1b]0;", "\x1b[31mred", "\x9b", "\x7f", "\x07", "\u202e", "\u200b", "\u2066")
ACCOUNT = "0x" + "11" * 20
TITLE = "0x" + "22" * 32
ANSWERS: dict[str, Any] = {
    "/v1/parties/by-code": {"account": ACCOUNT, "legalName": HOSTILE, "roles": [HOSTILE], "isSuspended": False},
    f"/v1/titles/{TITLE}/document": {"transportDocumentReference": HOSTILE},
    f"/v1/titles/{TITLE}/surrender-requests": {
        "titleId": TITLE,
        "surrenderRequests": [
            {
                "purpose": "DELIVERY", "requestedBy": ACCOUNT, "requestedAt": 1, "outcome": "REJECTED",
                "reason": HOSTILE, "requestComments": HOSTILE, "comments": HOSTILE, "feedbackElements": [],
            }
        ],
    },
    f"/v1/titles/{TITLE}/gaps": {"titleId": TITLE, "gaps": [{"kind": "NO_COVER", "words": HOSTILE}]},
}  # fmt: skip


class Hostile(BaseHTTPRequestHandler):
    """A service that says what it likes; what it does not know it refuses with words of its own."""

    def do_GET(self) -> None:
        found = ANSWERS.get(self.path.partition("?")[0])
        problem = {"rule": HOSTILE, "detail": HOSTILE + "\nGENUINE", "details": {"why": HOSTILE}, "hint": HOSTILE}
        content = json.dumps(found or problem, ensure_ascii="document" not in self.path).encode(errors="surrogatepass")
        self.send_response(200 if found else 409)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    """Where it answers."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Hostile) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


COMMANDS = {
    "a line": ("party", "find", "GLEIF:X"),
    "a table": ("surrender-requests", TITLE),
    "coloured lines": ("insurance", "gaps", TITLE),
    "a document": ("document", "show", TITLE),
    "an error": ("show", TITLE),
}


@pytest.mark.parametrize("flags", [(), ("--json",)], ids=["people", "json"])
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_nothing_that_comes_from_elsewhere_steers_the_terminal(
    api: str, tmp_path: Path, command: tuple[str, ...], flags: tuple[str, ...]
) -> None:
    key = write_secret(tmp_path / "key", "11" * 32)
    _, seen = at_terminal(*command, *flags, "--api", api, "--key-file", key)
    assert "evil" in seen
    for each in STEERING:
        assert each not in seen, repr(seen)
    assert "\x1b]8" not in seen  # no link
    assert all(line.startswith("  ") for line in seen.splitlines() if line.strip() == "GENUINE")


def test_json_says_the_same_value_however_it_is_escaped(api: str) -> None:
    told = ebl("party", "find", "GLEIF:X", "--api", api, "--json")
    assert told.answer["legalName"] == HOSTILE
    assert told.answer["roles"] == [HOSTILE]


def test_a_document_goes_into_a_pipe_to_the_byte(api: str) -> None:
    told = ebl("document", "show", TITLE, "--api", api)
    assert "\u202eevil" in told.out


def test_a_log_line_is_one_line_and_steers_nothing() -> None:
    record = logging.LogRecord("ebl", logging.INFO, "", 0, "refused %s", (HOSTILE + "\nINFO all is well",), None)
    line = PlainFormatter("%(levelname)s %(message)s").format(record)
    assert "\n" not in line
    assert not [each for each in STEERING if each in line]


@pytest.mark.parametrize("text", ["上海陆汀 Ltd. Straße 12", "שלום", "می‌خواهم", "क्‍ष", "line\none\ttab"])
def test_letters_of_every_script_stay_as_they_are(text: str) -> None:
    assert visible(text) == text


def test_what_joins_letters_hides_nothing_between_ascii() -> None:
    assert visible("Pel\u200dican") != "Pel\u200dican"
    assert one_line("a\nb") == "a\u240ab"


def test_only_one_module_of_the_command_line_prints() -> None:
    printing = ("typer.echo(", "Console(", "print(", "sys.stdout.write", "sys.stderr.write")
    for path in (ROOT / "ebl_service" / "cli").rglob("*.py"):
        if path.name != "terminal.py":
            said = path.read_text().replace("console.print(", "").replace("notes().print(", "").replace("_print(", "")
            assert not [each for each in printing if each in said], path
