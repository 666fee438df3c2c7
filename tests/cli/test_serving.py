"""`ebl serve`, `index`, `reindex`, `deploy`: what an operator runs."""

import http.server
import json
import os
import signal
import socket
import sqlite3
import threading
import time

import httpx
import pytest

from ebl_service.domain.terms import checksummed
from tests.cli.running import House, ebl, eventually, free_port


def test_serve_answers_and_ends_cleanly_on_sigterm(house: House, tmp_path) -> None:
    port = free_port()
    service = house.process("serve", "--port", str(port), env=house.settings(tmp_path, EBL_TYPO="1"))
    try:
        eventually(lambda: service.poll() is not None or _is_live(port))
        assert service.poll() is None
    finally:
        service.terminate()
    _, log = service.communicate(timeout=30)
    assert service.returncode in {0, -signal.SIGTERM}
    assert "EBL_TYPO is not a setting" in log
    assert "Traceback" not in log
    assert not any(key.secret.hex() in log for key in house.keys.values())


def test_serve_runs_in_this_process_as_well(house: House, tmp_path) -> None:
    port, seen = free_port(), []

    def visit() -> None:
        try:
            seen.append(eventually(lambda: _is_live(port)))
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, lambda *_: None)  # the server hands the signal on when it has ended
    visitor = threading.Thread(target=visit)
    try:
        visitor.start()
        told = ebl("serve", "--port", str(port), env=house.settings(tmp_path))
    finally:
        visitor.join()
        signal.signal(signal.SIGTERM, before)
    assert (told.code, seen) == (0, [True])


def _is_live(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/live").status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


@pytest.mark.parametrize(
    ("setting", "value", "code", "said"),
    [
        ("EBL_CONFIRMATIONS", "many", 2, "EBL_CONFIRMATIONS"),
        ("EBL_RPC_URLS", "ftp://somewhere", 2, "EBL_RPC_URLS: must be one or more http"),
        ("EBL_RELAYER_KEY_FILE", "", 2, "Cannot read"),
        ("EBL_DEPLOYMENT", "nowhere", 5, "no deployment file nowhere.json"),
        ("EBL_RPC_URLS", "http://127.0.0.1:9", 6, "node 1"),
    ],
)
def test_serve_with_a_wrong_setting_says_which(
    house: House, tmp_path, setting: str, value: str, code: int, said: str
) -> None:
    told = ebl("serve", env=house.settings(tmp_path, **{setting: value}))
    assert told.code == code
    assert said in told.err


def test_serve_says_that_its_port_is_taken_and_how_to_take_another(house: House, tmp_path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        told = ebl("serve", "--port", port, env=house.settings(tmp_path))
    assert told.code == 2
    assert f"port {port} of 127.0.0.1: another program listens there" in told.err
    assert "--port or EBL_PORT" in told.err


def test_health_says_ready_of_a_service_that_is(house: House) -> None:
    told = house.ebl("health", "--json", "--wait", "60", by=None)
    assert (told.code, told.answer["isReady"]) == (0, True)
    assert house.ebl("health", by=None).out.startswith("Ready: indexed up to block ")


def test_health_waits_so_long_and_then_says_that_nobody_answers() -> None:
    began = time.monotonic()
    told = ebl("health", "--wait", "1", "--api", f"http://127.0.0.1:{free_port()}")
    assert told.code == 6
    assert 1 <= time.monotonic() - began < 10
    assert "does not answer" in told.err
    assert "(waited 1 s)" in told.err
    assert "ebl serve" in told.err


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, "<html>somebody else's</html>", "is not this service"),
        (200, '"ready"', "is not this service"),
        (503, '{"isReady": false, "reasons": ["nothing is indexed yet"]}', "not ready: nothing is indexed yet"),
    ],
)
def test_health_tells_a_service_that_is_not_ready_from_another_program(status: int, body: str, said: str) -> None:
    class Other(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

    with http.server.HTTPServer(("127.0.0.1", 0), Other) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        told = ebl("health", "--api", f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
    assert told.code == 6
    assert said in told.err


def test_deploy_waits_for_the_node_and_says_so_where_none_comes(tmp_path) -> None:
    key = tmp_path / "key"
    key.write_text("11" * 32)
    key.chmod(0o600)
    node = f"http://127.0.0.1:{free_port()}"
    told = ebl("deploy", "--rpc", node, "--name", "x", "--key-file", str(key), "--wait", "1")
    assert told.code == 6
    assert "(waited 1 s)" in told.err


def test_serve_without_a_relayer_key_says_what_to_name(house: House, tmp_path) -> None:
    settings = house.settings(tmp_path)
    del settings["EBL_RELAYER_KEY_FILE"]
    told = ebl("serve", env=settings)
    assert told.code == 2
    assert "EBL_RELAYER_KEYSTORE_FILE" in told.err


def test_serve_on_another_chain_than_the_deployments_is_an_alarm(house: House, tmp_path) -> None:
    other = json.loads(house.deployment_file.read_text()) | {"genesis_hash": "0x" + "00" * 32}
    file = tmp_path / "other.json"
    file.write_text(json.dumps(other))
    assert ebl("serve", env=house.settings(tmp_path, EBL_DEPLOYMENT=str(file))).code == 7


def test_index_writes_down_the_ledger_and_reindex_finds_every_row_the_same(house: House, tmp_path) -> None:
    house.issue()
    settings = house.settings(tmp_path)
    told = ebl("index", "--json", env=settings)
    assert told.code == 0
    assert told.answer["indexedBlock"] > 0
    assert ebl("index", env=settings).out.startswith("Indexed up to block ")
    assert ebl("reindex", "--json", env=settings).answer == {"isSame": True}
    assert "every row is as it was" in ebl("reindex", env=settings).out


def test_reindex_of_rows_that_somebody_changed_is_an_alarm_and_mends_them(house: House, tmp_path) -> None:
    house.issue()
    settings = house.settings(tmp_path)
    ebl("index", env=settings)
    database = sqlite3.connect(tmp_path / "ebl.sqlite")
    with database:
        assert database.execute("UPDATE parties SET is_suspended = 1").rowcount
    database.close()
    told = ebl("reindex", "--json", env=settings)
    assert (told.code, told.answer) == (7, {"isSame": False})
    assert ebl("reindex", env=settings).code == 0


def test_index_follows_new_blocks_until_it_is_interrupted(house: House, tmp_path) -> None:
    ebl("index", env=house.settings(tmp_path))
    following = house.process("index", "--follow", env=house.settings(tmp_path))
    try:
        title = house.issue()
        wanted = bytes.fromhex(title[2:])
        eventually(lambda: following.poll() is not None or _has_title(tmp_path / "ebl.sqlite", title, wanted))
        assert following.poll() is None
    finally:
        following.send_signal(signal.SIGINT)
        _, log = following.communicate(timeout=30)
    assert following.returncode == 130
    assert "Traceback" not in log


def _has_title(file: os.PathLike[str], *forms: str | bytes) -> bool:
    database = sqlite3.connect(file, timeout=10)
    found = [row[0] for row in database.execute("SELECT title_id FROM titles")]
    database.close()
    return any(form in found for form in forms)


def test_deploy_puts_registries_on_a_chain_and_finds_them_the_next_time(house: House, tmp_path) -> None:
    key = ("--key-file", house.key_file("relayer"), "--data-dir", tmp_path)
    arguments = ("deploy", "--rpc", house.rpc_url, "--name", "mine", *key)
    first = ebl(*arguments, "--json")
    assert first.code == 0
    assert first.answer["registrar"] == house.account("relayer")
    kept = (tmp_path / "deployments" / "mine.json").read_text()
    again = ebl(*arguments)
    assert f"titleRegistry: {first.answer['titleRegistry']}" in again.out
    assert json.loads(kept) == json.loads((tmp_path / "deployments" / "mine.json").read_text())
    other = ebl(*arguments, "--registrar", checksummed(house.keys["bank"].address), "--json").answer
    assert other["partyRegistry"] != first.answer["partyRegistry"]
    assert house.keys["relayer"].secret.hex() not in first.out + first.err


@pytest.mark.parametrize("registrar", ["0x12", "nobody", "0x" + "zz" * 20])
def test_deploy_for_a_registrar_that_is_no_account_is_malformed(house: House, tmp_path, registrar: str) -> None:
    key = ("--key-file", house.key_file("relayer"), "--data-dir", tmp_path)
    told = ebl("deploy", "--rpc", house.rpc_url, "--name", "mine", "--registrar", registrar, *key)
    assert told.code == 2
    assert "--registrar must be an account" in told.err


def test_deploy_on_a_node_that_does_not_answer_is_told_to_be_tried_again(house: House, tmp_path) -> None:
    key = ("--key-file", house.key_file("relayer"), "--data-dir", tmp_path)
    assert ebl("deploy", "--rpc", "http://127.0.0.1:9", "--name", "mine", *key).code == 6
