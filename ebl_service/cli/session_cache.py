"""Sign-ins kept for the next command, so that not every read opens the keystore and asks for its password.

A file for each service and account, in the user's state folder (`EBL_STATE_DIR`, else `$XDG_STATE_HOME/ebl`, else
`~/.local/state/ebl`), for its owner only.

Rules kept: what is kept is a session's token, which reads for half an hour and signs nothing; a file that others can
get at, that is broken or about to end counts for nothing; whatever cannot be written is not kept.
"""

import hashlib
import json
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from ebl_service.errors import InvalidRequest
from ebl_service.private_file import read_private

LEFT_SECONDS = 60
"""A session with less time left is not used any more."""


def kept(api_url: str, account: str) -> str | None:
    """The token of a session with this service that goes on; None where there is none."""
    try:
        told = json.loads(read_private(_file(api_url, account)))
        token, ends = str(told["token"]), int(told["expiresAt"])
        is_same = (told["api"], told["account"]) == (api_url, account.lower())
    except (OSError, InvalidRequest, ValueError, KeyError, TypeError):
        return None
    return token if is_same and ends - time.time() > LEFT_SECONDS else None


def keep(api_url: str, account: str, token: str, expires_at: int) -> None:
    """Keep a session for the next command."""
    told = {"api": api_url, "account": account.lower(), "token": token, "expiresAt": expires_at}
    file = _file(api_url, account)
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=file.parent)  # its owner's only
        try:
            with os.fdopen(descriptor, "w") as opened:
                json.dump(told, opened)
            Path(draft).replace(file)
        finally:
            Path(draft).unlink(missing_ok=True)


def forget(api_url: str, account: str) -> None:
    """Keep it no more."""
    with suppress(OSError):
        _file(api_url, account).unlink(missing_ok=True)


def _file(api_url: str, account: str) -> Path:
    name = hashlib.sha256(f"{api_url}\n{account.lower()}".encode()).hexdigest()[:32]
    return _folder() / f"{name}.session"


def _folder() -> Path:
    named = os.environ.get("EBL_STATE_DIR")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "ebl"
