"""Files with secrets are read only where nobody but their owner can get at them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ebl_service.errors.requests import SecretExposed
from ebl_service.private_file import is_private, read_private
from ebl_service.trust.request_signature import RequestSigner
from ebl_service.wallet import keystore
from ebl_service.wallet.custodian import folder_custodian
from ebl_service.wallet.key import PartyKey
from ebl_service.wallet.secret_file import add_secret_line, private_key, secret_line, secret_lines

ME, ROOT, ANOTHER = 1000, 0, 1001


@pytest.mark.parametrize("mode", [0o640, 0o660, 0o620, 0o610, 0o604, 0o602, 0o644, 0o440, 0o444])
def test_a_secret_that_group_or_others_have_a_right_to_is_refused_with_what_to_run(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "key"
    file.write_text("hunter2")
    file.chmod(mode)
    with pytest.raises(SecretExposed) as refused:
        read_private(file)
    assert f"{mode:o}" in refused.value.message
    assert refused.value.hint() == f"Run: chmod 600 {file}"
    assert "hunter2" not in refused.value.message


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_a_secret_that_its_owner_alone_has_a_right_to_is_read(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "key"
    file.write_text("secret")
    file.chmod(mode)
    assert read_private(file) == b"secret"


@pytest.mark.parametrize(
    ("mode", "owner", "reader", "is_taken"),
    [
        (0o440, ROOT, ME, True),  # Kubernetes with fsGroup
        (0o640, ROOT, ME, True),
        (0o400, ANOTHER, ROOT, True),  # a file of the host in a container that runs as root
        (0o440, ROOT, ROOT, False),
        (0o440, ME, ME, False),
        (0o440, ANOTHER, ME, False),
        (0o444, ROOT, ME, False),
        (0o660, ROOT, ME, False),
        (0o450, ROOT, ME, False),
    ],
)
def test_the_group_reads_where_root_owns_the_file_and_the_process_is_not_root(
    mode: int, owner: int, reader: int, *, is_taken: bool
) -> None:
    assert is_private(mode, owner, reader) is is_taken


def _signer(file: Path) -> object:
    return RequestSigner.of_file(file)


@pytest.mark.parametrize(
    "read",
    [
        secret_line,
        secret_lines,
        private_key,
        keystore.address_of,
        lambda file: keystore.load(file, "correct horse"),
        lambda file: add_secret_line(file, "another"),
        lambda file: folder_custodian(file.parent, file),
        _signer,
    ],
)
def test_every_reader_of_a_secret_refuses_what_the_group_can_read(
    tmp_path: Path, read: Callable[[Path], object]
) -> None:
    file = tmp_path / "secret"
    if read is _signer:
        _signer(file)
    else:
        keystore.save(file, PartyKey.random(), "correct horse", rounds=2)
    file.chmod(0o640)
    with pytest.raises(SecretExposed):
        read(file)


async def test_a_key_in_custody_that_the_group_can_read_does_not_open(tmp_path: Path) -> None:
    key = PartyKey.random()
    password = tmp_path / "password"
    password.touch(0o600)
    password.write_text("correct horse")
    keystore.save(tmp_path / f"{key.address}.json", key, "correct horse", rounds=2)
    (tmp_path / f"{key.address}.json").chmod(0o640)
    custodian = folder_custodian(tmp_path, password)
    assert custodian is not None
    with pytest.raises(SecretExposed):
        await custodian.open(key.address)
