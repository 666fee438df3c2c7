"""Ask the service for typed data, see that it says what was asked, sign it here, submit it, wait for its block.

Rules kept: what is signed is made here from what the command line asked, never taken on trust from the service; only
the title's sequence, a deadline and the ledger's address come from there, and the sentence shows them.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console

from ebl_service.cli.naming import identified
from ebl_service.cli.session import Session
from ebl_service.cli.terminal import line, styled
from ebl_service.domain.surrender_reason import reason_digest, reason_with_words
from ebl_service.domain.terms import NOBODY, Address, Mode, Part, Purpose, Role
from ebl_service.errors import ActionRefused, LedgerDisagrees

POLL_SECONDS = 20
"""Longest single ?wait asked for."""
LANDED = frozenset({"INCLUDED", "FINAL"})
Json = dict[str, Any]


def perform(session: Session, asked: Json) -> None:
    """Sign the act that is asked for, submit it, and show what became of it.

    Raises: ActionRefused where the ledger refuses it; as `Api.post`; LedgerDisagrees where the service gave other
    typed data than what was asked for.
    """
    submit(session, sign(session, asked))


def submit(session: Session, signed: Json) -> None:
    """Submit a signed act, and show what became of it. Raises: ActionRefused; as `Api.post`."""
    submission = session.api.post("/v1/submissions", {"acts": [signed]})["submissions"][0]
    submission = wait_for(session, submission)
    session.show(identified("submission", submission), lambda console: _tell(console, submission))
    if submission["state"] == "REFUSED":
        raise refusal_of(submission)


def sign(session: Session, asked: Json) -> Json:
    """The signed act, as the service takes it. Raises as `perform`."""
    _ = session.key  # before the service is asked: without a key there is nothing to ask
    return sign_prepared(session, asked, session.api.post("/v1/typed-data", asked))


def sign_prepared(session: Session, asked: Json, prepared: Json) -> Json:
    """The signed act, by typed data that the service has given. Raises: LedgerDisagrees where it is another act."""
    data = prepared["typedData"]
    check(_with_words(asked, prepared), data)
    session.confirm(prepared["sentence"])
    return {"typedData": data, "signer": session.key.address, "signature": signature(session, data)}


def _with_words(asked: Json, prepared: Json) -> Json:
    """What was asked, with the reason that the holder's words make under the salt that the service gave."""
    if asked.get("comments") is None:
        return asked
    salt = bytes.fromhex(str(prepared["commentsSalt"])[2:])
    return {**asked, "reason": reason_with_words(asked.get("reason", ""), asked["comments"], salt)}


def signature(session: Session, data: Json) -> str:
    """The key's signature over typed data, by a digest made here."""
    from ebl_service.domain.signed_act import SigningDomain, signing_digest

    domain = data["domain"]
    where = SigningDomain(
        domain["name"], domain["chainId"], Address(domain["verifyingContract"].lower()), domain["version"]
    )
    digest = signing_digest(where, data["primaryType"], data["message"])
    return "0x" + session.key.sign_digest(digest).hex()


def check(asked: Mapping[str, Any], data: Json) -> None:
    """Raises: LedgerDisagrees where the typed data says something else than what was asked for."""
    message = data["message"]
    wanted = {name: value for name, value in asked.items() if name in message}
    differing = [name for name, value in wanted.items() if _plain(name, value) != _plain(name, message[name])]
    if data["primaryType"] != asked["verb"] or differing:
        raise LedgerDisagrees(
            f"The service gave typed data of another act than was asked for: {', '.join(differing) or 'its verb'}",
            hint="Sign nothing of this service; ask its operator.",
        )


def _plain(name: str, value: Any) -> Any:
    """A value as typed data has it, whether it comes from there or from the request."""
    if name in _WORDS and not isinstance(value, int) and not str(value).startswith("0x"):
        return _WORDS[name](value)
    if isinstance(value, list):
        return sorted((_plain("", each) for each in value), key=str)
    if isinstance(value, dict):
        return {key: _plain(key, each) for key, each in value.items()}
    if value is None:
        return NOBODY
    return value.lower() if isinstance(value, str) else value


_WORDS: dict[str, Callable[[Any], int | str]] = {
    "purpose": lambda word: int(Purpose[word]),
    "mode": lambda word: int(Mode[word]),
    "part": lambda word: int(Part[word]),
    "roles": lambda words: sum(Role[word] for word in words),
    "reason": reason_digest,
}
"""Words in a request that are numbers or bytes in its typed data."""


def wait_for(session: Session, submission: Json) -> Json:
    """The submission once a block has it, it is refused, or the session's patience is over."""
    until = time.monotonic() + session.wait
    while submission["state"] not in LANDED | {"REFUSED"} and (left := until - time.monotonic()) > 0:
        seconds = max(1, min(POLL_SECONDS, int(left)))
        submission = session.api.get(f"/v1/submissions/{submission['id']}", wait=seconds, known=submission["state"])
    return submission


def refusal_of(submission: Json) -> ActionRefused:
    """The error that a refused submission tells of."""
    told = submission["refusal"]
    return ActionRefused(told["detail"], {"rule": told["rule"], **told["details"]}, told["hint"])


def _tell(console: Console, submission: Json) -> None:
    if submission["state"] == "REFUSED":
        return
    where = f" in block {submission['blockNumber']}" if submission["blockNumber"] is not None else ""
    certificate = submission["certificateId"]
    on = f"certificate {certificate}" if certificate else f"title {', '.join(submission['titleIds'])}"
    said = f"{where}: {submission['verb']} · {on} · submission {submission['id']}"
    console.print(line(styled(submission["state"], "bold green"), said))
