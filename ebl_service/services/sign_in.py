"""Signing in with a party's own key: EIP-4361, a nonce of ours, a token for a short while.

Left to others: the message's form (`domain.sign_in`), letting a token's bearer in (`services.admission`).

Rules kept here
- The message names one of this service's addresses, this chain, version 1, the nonce given to that very account, when
  it was issued, and is not expired; nonces serve once and for 5 minutes, whatever came of the attempt.
- Plain accounts and contract wallets (ERC-1271) sign alike; who comes in is a party by a final block, not suspended.
- A challenge is answered alike to everybody: it does not tell who is a party.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ebl_service.domain.ledger import Ledger, LedgerIdentity
from ebl_service.domain.sign_in import SignInMessage, parse, personal_digest
from ebl_service.domain.terms import Address, Seconds
from ebl_service.errors.access import MalformedSignIn, SignInRefused
from ebl_service.services.policy import Clock, wall_clock
from ebl_service.services.tokens import digest_of, new_session
from ebl_service.store.sessions import Nonce, Sessions

NONCE_SECONDS = 300
CLOCKS_APART = 60
"""Seconds that a signer's clock may be ahead of ours."""
STATEMENT = "Sign in to read and act as this party. This signature moves no bill of lading and costs nothing."


@dataclass(frozen=True, slots=True)
class Challenge:
    """What to sign, whole; `text` is the message of EIP-4361."""

    message: SignInMessage

    @property
    def text(self) -> str:
        """To be signed with personal_sign."""
        return self.message.text


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A party's session. `token` is shown here and never again."""

    account: Address
    token: str = field(repr=False)
    expires_at: Seconds


class SignIn:
    """Gives challenges and takes their answers. `addresses`: this service's, the first being what challenges name."""

    def __init__(
        self,
        ledger: Ledger,
        identity: LedgerIdentity,
        sessions: Sessions,
        addresses: Sequence[str],
        session_seconds: int,
        clock: Clock = wall_clock,
    ) -> None:
        self._ledger = ledger
        self._chain_id = identity.chain_id
        self._sessions = sessions
        self._addresses = [address.rstrip("/") for address in addresses]
        self._session_seconds = session_seconds
        self._clock = clock

    async def challenge(self, account: Address) -> Challenge:
        """A message for the account to sign, with a nonce for it alone."""
        now, nonce = self._clock(), secrets.token_hex(16)
        await self._sessions.put_nonce(Nonce(nonce, account, now, now + NONCE_SECONDS))
        uri = self._addresses[0]
        message = SignInMessage(
            urlsplit(uri).netloc, account, uri, self._chain_id, nonce, now, now + NONCE_SECONDS, statement=STATEMENT
        )
        return Challenge(message)

    async def enter(self, text: str, signature: bytes) -> SignedIn:
        """A session for who signed the message.

        Raises: MalformedSignIn (400: the message, and what would be right); SignInRefused (401: the nonce, the
        signature, or no party in good standing, without saying which); LedgerUnavailable (a wallet cannot be asked).
        """
        message = parse(text)
        self._require_ours(message)
        now = self._clock()
        nonce = await self._sessions.take_nonce(message.nonce)
        is_fresh = nonce is not None and nonce.account == message.account and now <= nonce.expires_at
        self._require_in_time(message, now)
        is_party = await self._sessions.may_sign_in(message.account)
        is_signed = await self._ledger.verify_signature(message.account, personal_digest(text), signature)
        if not (is_fresh and is_party and is_signed):
            raise SignInRefused(
                "The nonce is used or over, the signature is another's, or the account is no party in good standing"
            )
        token, expires_at = new_session(), now + self._session_seconds
        await self._sessions.start(digest_of(token), message.account, now, expires_at)
        return SignedIn(message.account, token, expires_at)

    def _require_ours(self, message: SignInMessage) -> None:
        domains = {urlsplit(address).netloc: urlsplit(address).scheme for address in self._addresses}
        if message.domain not in domains or message.scheme not in (None, domains[message.domain]):
            raise _wrong("domain", message.domain, sorted(domains))
        uri = message.uri.rstrip("/")
        if not any(uri == address or uri.startswith(address + "/") for address in self._addresses):
            raise _wrong("URI", message.uri, self._addresses)
        if message.chain_id != self._chain_id:
            raise _wrong("Chain ID", str(message.chain_id), [str(self._chain_id)])

    def _require_in_time(self, message: SignInMessage, now: Seconds) -> None:
        if not now - NONCE_SECONDS <= message.issued_at <= now + CLOCKS_APART:
            raise MalformedSignIn("Issued At is not within the last 5 minutes", {"at": "message", "now": now})
        if message.expires_at is not None and message.expires_at < now:
            raise MalformedSignIn("The message has expired", {"at": "message", "now": now})
        if message.not_before is not None and message.not_before > now + CLOCKS_APART:
            raise MalformedSignIn("The message is not to be used yet", {"at": "message", "now": now})


def _wrong(name: str, given: str, right: Sequence[str]) -> MalformedSignIn:
    told = " or ".join(right)
    return MalformedSignIn(f"{name} is {given}, not {told}", {"at": "message", "expected": list(right)})
