"""Signing in with the caller's own key: EIP-4361, for the address that the command line names.

Rules kept: the message is made here, for the very address that is asked; of the service's answer only the nonce, the
chain's id and the time are taken. So nobody who stands in between gets a message signed for somewhere else.
"""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ebl_service.domain.sign_in import SignInMessage
from ebl_service.domain.terms import checksummed
from ebl_service.errors.requests import BadValue

if TYPE_CHECKING:
    from ebl_service.cli.client import Api
    from ebl_service.wallet.key import PartyKey

STATEMENT = "Sign in by the command line."


def sign_in(api: "Api", url: str, key: "PartyKey") -> dict[str, Any]:
    """A new session: account, token, end. Raises: NotAllowed; BadValue where the service goes by another address."""
    asked = api.post("/v1/sign-in/challenges", {"account": checksummed(key.address)})
    address = url.rstrip("/")
    if address not in asked["addresses"]:
        known = " or ".join(asked["addresses"])
        raise BadValue(f"--api {url} is not what the service goes by", {"at": "api"}, f"Name it as {known}.")
    message = SignInMessage(
        domain=urlsplit(address).netloc,
        account=key.address,
        uri=address,
        chain_id=asked["chainId"],
        nonce=asked["nonce"],
        issued_at=asked["issuedAt"],
        expires_at=asked["expiresAt"],
        statement=STATEMENT,
    )
    return api.post("/v1/sign-in", {"message": message.text, "signature": "0x" + key.sign_text(message.text).hex()})
