"""The message by which a party signs in: EIP-4361, "Sign-In with Ethereum", written, read strictly, and hashed.

Leaves to others: nonces, the signature, whether the account may come in (`services.sign_in`).

Rules kept here
- A text is read as the EIP's ABNF says, or not at all: one form for each message, nothing before or after it, no line
  that is not named, the account with its EIP-55 checksum.
- Times are RFC 3339 with an offset and name a moment that exists.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from ebl_service.domain.keccak import keccak
from ebl_service.domain.terms import Address, Seconds, checksummed
from ebl_service.errors.access import MalformedSignIn

VERSION = "1"
LONGEST = 4_000
"""Characters in a message."""

_URI_CHARACTERS = r"A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%"
_URI = rf"[A-Za-z][A-Za-z0-9+\-.]*:[{_URI_CHARACTERS}]+"
_DOMAIN = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=%]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
_MESSAGE = re.compile(
    rf"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+\-.]*)://)?"
    rf"(?P<domain>{_DOMAIN}) wants you to sign in with your Ethereum account:\n"
    r"(?P<account>0x[0-9A-Fa-f]{40})\n\n"
    r"(?:(?P<statement>[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;= ]+)\n)?\n"
    rf"URI: (?P<uri>{_URI})\n"
    r"Version: (?P<version>1)\n"
    r"Chain ID: (?P<chain_id>[0-9]{1,20})\n"
    r"Nonce: (?P<nonce>[A-Za-z0-9]{8,128})\n"
    rf"Issued At: (?P<issued_at>{_TIME})"
    rf"(?:\nExpiration Time: (?P<expires_at>{_TIME}))?"
    rf"(?:\nNot Before: (?P<not_before>{_TIME}))?"
    r"(?:\nRequest ID: (?P<request_id>[A-Za-z0-9\-._~!$&'()*+,;=:@%]*))?"
    rf"(?:\nResources:(?P<resources>(?:\n- {_URI})*))?"
)


@dataclass(frozen=True, slots=True)
class SignInMessage:
    """What is signed. Times are seconds since 1970; `domain`: host, and port where it is not the scheme's own."""

    domain: str
    account: Address
    uri: str
    chain_id: int
    nonce: str
    issued_at: Seconds
    expires_at: Seconds | None = None
    not_before: Seconds | None = None
    statement: str | None = None
    scheme: str | None = None
    request_id: str | None = None
    resources: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The message as the EIP writes it."""
        origin = f"{self.scheme}://{self.domain}" if self.scheme else self.domain
        lines = [
            f"{origin} wants you to sign in with your Ethereum account:",
            checksummed(self.account),
            "",
            *([self.statement] if self.statement else []),
            "",
            f"URI: {self.uri}",
            f"Version: {VERSION}",
            f"Chain ID: {self.chain_id}",
            f"Nonce: {self.nonce}",
            f"Issued At: {_written(self.issued_at)}",
        ]
        if self.expires_at is not None:
            lines.append(f"Expiration Time: {_written(self.expires_at)}")
        if self.not_before is not None:
            lines.append(f"Not Before: {_written(self.not_before)}")
        if self.request_id is not None:
            lines.append(f"Request ID: {self.request_id}")
        if self.resources:
            lines += ["Resources:", *(f"- {each}" for each in self.resources)]
        return "\n".join(lines)


def personal_digest(text: str) -> bytes:
    """What a wallet signs for a text (personal_sign, EIP-191): keccak-256 of prefix, length and text."""
    message = text.encode()
    return keccak(b"\x19Ethereum Signed Message:\n" + str(len(message)).encode() + message)


def parse(text: str) -> SignInMessage:
    """The message of a text. Raises: MalformedSignIn."""
    match = _MESSAGE.fullmatch(text) if len(text) <= LONGEST else None
    if match is None:
        raise MalformedSignIn("The message is not of the form that EIP-4361 gives", {"at": "message"})
    account = Address(match["account"].lower())
    if match["account"] != checksummed(account):
        raise MalformedSignIn("The account in the message lacks its EIP-55 checksum", {"at": "message"})
    listed = match["resources"] or ""
    return SignInMessage(
        domain=match["domain"],
        account=account,
        uri=match["uri"],
        chain_id=int(match["chain_id"]),
        nonce=match["nonce"],
        issued_at=_moment("Issued At", match["issued_at"]),
        expires_at=_moment("Expiration Time", match["expires_at"]) if match["expires_at"] else None,
        not_before=_moment("Not Before", match["not_before"]) if match["not_before"] else None,
        statement=match["statement"],
        scheme=match["scheme"],
        request_id=match["request_id"],
        resources=tuple(line.removeprefix("- ") for line in listed.split("\n") if line),
    )


def _written(moment: Seconds) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(name: str, text: str) -> Seconds:
    try:
        return int(datetime.fromisoformat(text).timestamp())
    except (ValueError, OverflowError):
        raise MalformedSignIn(f"{name} is {text}, which is no moment", {"at": "message"}) from None
