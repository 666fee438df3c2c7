"""The service's key for requests: made once, for its owner only."""

import os
import stat
from pathlib import Path

import pytest

from ebl_service.errors import InvalidRequest
from ebl_service.trust.request_signature import RequestSigner
from tests.authority import P384, RSA, self_signed


def test_the_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "callbacks.pem"
    one, again = RequestSigner.of_file(file), RequestSigner.of_file(file)
    assert one.public_pem == again.public_pem
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["callbacks.pem"]
    assert repr(one) == f"RequestSigner({one.key_id})"


def test_who_was_killed_while_making_the_key_makes_it_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """The process ends here."""

    def kill(_: int) -> None:
        raise Killed

    file = tmp_path / "callbacks.pem"
    monkeypatch.setattr(os, "fsync", kill)
    with pytest.raises(Killed):
        RequestSigner.of_file(file)
    monkeypatch.undo()
    assert RequestSigner.of_file(file).public_pem == RequestSigner.of_file(file).public_pem


def test_another_kind_of_key_or_file_is_refused_without_showing_it(tmp_path: Path) -> None:
    for number, content in enumerate(
        (b"", b"no key", self_signed(kind=RSA).private_pem, self_signed(kind=P384).private_pem)
    ):
        file = tmp_path / str(number)
        file.write_bytes(content)
        with pytest.raises(InvalidRequest) as told:
            RequestSigner.of_file(file)
        assert "PRIVATE" not in str(told.value)
    with pytest.raises(InvalidRequest):
        RequestSigner.of_file(tmp_path)
