"""A sign-in is kept for the next command: read with no password, for its owner only, and never after its end."""

import json
import stat
from pathlib import Path

import pytest

from ebl_service.cli import session_cache
from ebl_service.wallet import keystore
from tests.cli.running import House, write_secret

PASSWORD = "correct horse battery"


@pytest.fixture
def shipper(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipper's keystore, and a state folder of its own."""
    monkeypatch.setenv("EBL_STATE_DIR", str(tmp_path / "sessions"))
    keystore.save(tmp_path / "shipper.json", house.keys["shipper"], PASSWORD, rounds=2)
    return tmp_path / "shipper.json"


def test_only_the_first_read_opens_the_keystore(house: House, shipper: Path, tmp_path: Path) -> None:
    right, wrong = write_secret(tmp_path / "right", PASSWORD), write_secret(tmp_path / "wrong", "incorrect horse")
    assert house.ebl("titles", "--keystore", shipper, "--password-file", wrong).code == 3
    assert house.ebl("titles", "--keystore", shipper, "--password-file", right).code == 0
    assert house.ebl("titles", "--keystore", shipper, "--password-file", wrong).code == 0
    (file,) = (tmp_path / "sessions").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert house.ebl("sign", house.issue(), "--keystore", shipper, "--password-file", wrong).code == 3


def test_sign_out_ends_the_session_here_and_at_the_service(house: House, shipper: Path, tmp_path: Path) -> None:
    right, wrong = write_secret(tmp_path / "right", PASSWORD), write_secret(tmp_path / "wrong", "incorrect horse")
    assert house.ebl("titles", "--keystore", shipper, "--password-file", right).code == 0
    (file,) = (tmp_path / "sessions").iterdir()
    kept = file.read_bytes()
    assert house.ebl("sign-out", "--keystore", shipper, "--json").answer == {"wasSignedIn": True}
    assert not file.exists()
    write_secret(file, kept.decode())  # as if somebody had copied it
    assert house.ebl("titles", "--keystore", shipper, "--password-file", wrong).code == 3
    assert house.ebl("sign-out", "--keystore", shipper, "--json").answer == {"wasSignedIn": False}


@pytest.mark.parametrize(
    ("change", "mode"),
    [({"expiresAt": 1}, 0o600), ({}, 0o640), ({"account": "0x" + "1" * 40}, 0o600), ({"expiresAt": "soon"}, 0o600)],
)
def test_what_is_over_open_to_others_or_of_somebody_else_counts_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, object], mode: int
) -> None:
    monkeypatch.setenv("EBL_STATE_DIR", str(tmp_path))
    session_cache.keep("http://x", "0xAb", "token", 2**40)
    assert session_cache.kept("http://x", "0xaB") == "token"
    assert session_cache.kept("http://y", "0xab") is None
    (file,) = tmp_path.iterdir()
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    file.chmod(mode)
    assert session_cache.kept("http://x", "0xab") is None


def test_where_nothing_can_be_kept_everything_works_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("EBL_STATE_DIR", str(tmp_path / "file" / "below"))
    session_cache.keep("http://x", "0xab", "token", 2**40)
    assert session_cache.kept("http://x", "0xab") is None
    session_cache.forget("http://x", "0xab")
