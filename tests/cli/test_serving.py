"""`ebl serve`, `index`, `reindex`, `deploy`: what an operator runs."""

import json
import os
import signal
import sqlite3
import threading

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
        ("EBL_RPC_URLS", "http://127.0.0.1:9", 6, "127.0.0.1:9"),
    ],
)
def test_serve_with_a_wrong_setting_says_which(
    house: House, tmp_path, setting: str, value: str, code: int, said: str
) -> None:
    told = ebl("serve", env=house.settings(tmp_path, **{setting: value}))
    assert told.code == code
    assert said in told.err


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
