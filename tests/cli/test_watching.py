"""`ebl watch` for as long as somebody watches: Ctrl-C, a reader that goes, a stream that ends, gaps in cover."""

import json
import os
import signal
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import INSTALLED, House, ebl, environment, eventually

PATIENCE = 60
forms = pytest.mark.parametrize("form", [("--json",), ()], ids=["json", "people"])


def piped(house: House, script: str) -> "subprocess.CompletedProcess[str]":
    """A pipeline of bash, its exit code that of the part which failed; the carrier asks."""
    path = f"{INSTALLED.parent}{os.pathsep}{os.environ['PATH']}"
    env = environment(PATH=path, EBL_API=house.api_url, EBL_KEY_FILE=str(house.key_file("carrier")))
    command = ("bash", "--norc", "-o", "pipefail", "-c", script)
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)


@forms
def test_ctrl_c_ends_it_without_a_word(house: House, form: tuple[str, ...]) -> None:
    env = {"EBL_KEY_FILE": str(house.key_file("carrier"))}
    watching = house.process("watch", *form, "--api", house.api_url, env=env)
    assert watching.stdout is not None
    assert watching.stdout.readline()
    watching.send_signal(signal.SIGINT)
    _, said = watching.communicate(timeout=PATIENCE)
    assert (watching.returncode, said) == (130, "")


@forms
def test_it_ends_when_its_reader_has_gone_though_nothing_happens(house: House, form: tuple[str, ...]) -> None:
    house.await_final(house.issue())
    one_but_last = house.ebl("watch", "--no-follow", "--json").lines[-2]["entryId"]
    ended = piped(house, f"ebl watch {' '.join(form)} --after {one_but_last} | head -1")
    assert (ended.returncode, ended.stderr) == (141, "")
    assert len(ended.stdout.splitlines()) == 1


@pytest.mark.parametrize("command", ["titles", "titles --json", "--help", "completion bash"])
def test_any_command_ends_without_a_word_where_nobody_reads(house: House, command: str) -> None:
    ended = piped(house, f"ebl {command} | true")
    assert (ended.returncode, ended.stderr) == (141, "")


def test_gaps_in_cover_are_lines_of_their_own(house: House) -> None:
    title = house.issue()
    watched = eventually(
        lambda: [
            each
            for each in house.ebl("watch", "--no-follow", "--json", by="shipper").lines
            if (each["kind"], each.get("titleId")) == ("gaps", title)
        ]
    )
    assert [gap["kind"] for gap in watched[0]["gaps"]] == ["NO_COVER"]
    told = house.ebl("watch", "--no-follow", by="shipper")
    assert told.code == 0
    assert f"{title}: NO_COVER" in told.out


def test_a_key_that_is_revoked_ends_it_as_not_allowed(house: House, tmp_path: Path) -> None:
    file = tmp_path / "api-key"
    made = house.ebl("api-key", "make", "--name", "watcher", "--out", file, "--scope", "read", "--json").answer
    watching = house.process("watch", "--json", "--api", house.api_url, "--api-key-file", file)
    assert watching.stdout is not None
    assert watching.stdout.readline()
    assert house.ebl("api-key", "revoke", made["apiKeyId"]).code == 0
    house.issue()  # the stream looks whose key it is when there is news
    _, said = watching.communicate(timeout=PATIENCE)
    assert watching.returncode == 3
    assert json.loads(said)["error"] == "TokenRefused"


def test_a_stream_that_ends_is_taken_up_after_its_last_line() -> None:
    asked = []

    class Ending(BaseHTTPRequestHandler):
        """A service whose stream ends after each line, and which then goes away."""

        def do_GET(self) -> None:
            asked.append(self.headers["Last-Event-ID"])
            self.send_response(200 if len(asked) < 3 else 503)
            self.end_headers()
            told = {"kind": "recorded", "event": "Issued", "blockNumber": 1}
            self.wfile.write(f"data: {json.dumps(told)}\nid: {len(asked)}-0\n\n".encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Ending) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        told = ebl("watch", "--json", "--after", "0-0", "--api", f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
    assert [each["entryId"] for each in told.lines] == ["1-0", "2-0"]
    assert asked == ["0-0", "1-0", "2-0"]
    assert told.code == 6
