"""Every setting of the service: how the environment names it, its default, and what is said where it is wrong."""

from pathlib import Path
from typing import Any

import pytest

from ebl_service import config
from ebl_service.config import Settings
from ebl_service.errors import InvalidRequest

GOOD: dict[str, tuple[str, Any]] = {
    "data_dir": ("/srv/ebl", Path("/srv/ebl")),
    "database_url": ("postgresql+asyncpg://host/ebl", "postgresql+asyncpg://host/ebl"),
    "rpc_urls": ("http://a, https://b,", ("http://a", "https://b")),
    "deployment": ("mainnet", "mainnet"),
    "finality": ("finalized", "finalized"),
    "confirmations": ("3", 3),
    "relayer_key_file": ("/run/relayer", Path("/run/relayer")),
    "registrar_key_file": ("/run/registrar", Path("/run/registrar")),
    "registrar_token_file": ("/run/token", Path("/run/token")),
    "host": ("::1", "::1"),
    "port": ("9000", 9000),
    "poll_seconds": ("0.5", 0.5),
    "batch_size": ("7", 7),
    "gas_per_party_and_day": ("0", 0),
    "most_acts_per_request": ("5", 5),
    "most_body_bytes": ("2048", 2048),
    "vault_key_file": ("/run/vault", Path("/run/vault")),
    "platform_code": ("WAVE", "WAVE"),
    "relay_without_document": ("true", True),
    "destruction_approvers": (f"0x{'Ab' * 20}, 0x{'12' * 20}", (f"0x{'ab' * 20}", f"0x{'12' * 20}")),
    "most_documents_body_bytes": ("4096", 4096),
    "public_urls": ("https://a, https://b", ("https://a", "https://b")),
    "session_seconds": ("600", 600),
    "requests_per_minute": ("0", 0),
    "sign_ins_per_minute": ("7", 7),
    "look_ups_per_minute": ("6", 6),
    "failures_before_lockout": ("3", 3),
    "lockout_seconds": ("60", 60),
    "most_fee_per_gas": ("9", 9),
    "rpc_timeout_seconds": ("2.5", 2.5),
    "replace_seconds": ("30", 30),
    "resend_seconds": ("2", 2),
    "lease_seconds": ("4", 4),
    "carrier_roots_file": ("/run/roots.pem", Path("/run/roots.pem")),
    "callback_key_file": ("/run/callbacks.pem", Path("/run/callbacks.pem")),
    "callback_networks": ("10.1.0.0/16, fd00::/8", ("10.1.0.0/16", "fd00::/8")),
    "callback_authorities_file": ("/run/more.pem", Path("/run/more.pem")),
    "longest_wait_seconds": ("9", 9),
}
TOGETHER = {
    "relayer_keystore_file",
    "relayer_password_file",
    "registrar_token",
    "custody_dir",
    "custody_password_file",
}
"""Tested below: what they need or hide."""


def test_every_setting_is_tested_here() -> None:
    assert set(Settings.model_fields) - set(GOOD) - TOGETHER == set()


@pytest.mark.parametrize("name", GOOD)
def test_a_setting_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    given, wanted = GOOD[name]
    monkeypatch.setenv("EBL_" + name.upper(), given)
    assert getattr(config.load(), name) == wanted


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("database_url", "mysql://host"),
        ("rpc_urls", ""),
        ("rpc_urls", "http://a,ws://b"),
        ("finality", "soon"),
        ("confirmations", "-1"),
        ("confirmations", "10001"),
        ("registrar_token", "too short"),
        ("port", "65536"),
        ("port", "http"),
        ("poll_seconds", "0"),
        ("poll_seconds", "61"),
        ("batch_size", "0"),
        ("batch_size", "201"),
        ("gas_per_party_and_day", "-1"),
        ("most_acts_per_request", "0"),
        ("most_body_bytes", "1023"),
        ("longest_wait_seconds", "121"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_not_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, wrong: str
) -> None:
    monkeypatch.setenv("EBL_" + name.upper(), wrong)
    with pytest.raises(InvalidRequest) as refused:
        config.load()
    assert f"EBL_{name.upper()}" in refused.value.message
    assert "too short" not in refused.value.message


def test_all_wrong_settings_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EBL_PORT", "http")
    monkeypatch.setenv("EBL_BATCH_SIZE", "0")
    with pytest.raises(InvalidRequest) as refused:
        config.load()
    assert len(refused.value.details["settings"]) == 2


@pytest.mark.parametrize(
    "named",
    [
        ("relayer_key_file", "relayer_keystore_file", "relayer_password_file"),
        ("relayer_keystore_file",),
        ("relayer_password_file",),
    ],
)
def test_the_relayer_has_one_key_and_a_keystore_its_password(
    monkeypatch: pytest.MonkeyPatch, named: tuple[str, ...]
) -> None:
    for name in named:
        monkeypatch.setenv("EBL_" + name.upper(), "/run/secret")
    with pytest.raises(InvalidRequest, match="EBL_RELAYER_KEYSTORE_FILE"):
        config.load()


@pytest.mark.parametrize("named", ["custody_dir", "custody_password_file"])
def test_keys_in_custody_have_a_password(monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    monkeypatch.setenv("EBL_" + named.upper(), "/run/custody")
    with pytest.raises(InvalidRequest, match="EBL_CUSTODY_DIR and EBL_CUSTODY_PASSWORD_FILE go together"):
        config.load()


def test_the_registrars_token_never_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EBL_REGISTRAR_TOKEN", "sixteen letters and more")
    settings = config.load()
    assert settings.registrar_token is not None
    assert settings.registrar_token.get_secret_value() == "sixteen letters and more"
    assert "sixteen" not in repr(settings) + str(settings)


def test_the_database_is_sqlite_in_the_data_folder_unless_another_is_named(tmp_path) -> None:
    assert Settings(data_dir=tmp_path).database == f"sqlite+aiosqlite:///{tmp_path}/ebl.sqlite"
    assert Settings(database_url="sqlite+aiosqlite://").database == "sqlite+aiosqlite://"


def test_a_deployment_is_a_file_or_a_committed_name_or_in_the_data_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Settings(deployment="some/where.json").deployment_file == Path("some/where.json")
    assert Settings(deployment="mine.json").deployment_file == Path("mine.json")
    assert Settings(deployment="mine").deployment_file == Path("data/deployments/mine.json")
    committed = Path("deployments/mine.json")
    committed.parent.mkdir()
    committed.touch()
    assert Settings(deployment="mine").deployment_file == committed


def test_names_that_look_like_settings_and_are_none_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EBL_PROT", "EBL_PORT", "EBL_KEYSTORE"):
        monkeypatch.setenv(name, "1")
    assert config.unknown_names() == ["EBL_PROT"]
