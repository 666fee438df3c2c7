"""Why a caller is not let in: not known (401), known and not allowed (403), or asking too often (429).

What a caller may not read is `NotFound`, the same as what is not there.
"""

from ebl_service.errors import InvalidRequest, NotAllowed


class NotSignedIn(NotAllowed):
    """The request carries no token, and needs one (401)."""

    advice = "Sign in (POST /v1/sign-in/challenges, or ebl sign-in) and send the header Authorization: Bearer TOKEN."


class TokenRefused(NotAllowed):
    """The token is none of this service's, or it has ended (401)."""

    advice = "Sign in again; an API key may have been revoked or expired, and a suspended party's tokens count no more."


class SignInRefused(NotAllowed):
    """Signature, nonce or party do not let anybody in (401)."""

    advice = "Ask for a new challenge and sign it within 5 minutes, once, with the key of a registered party."


class MalformedSignIn(InvalidRequest):
    """The message to sign in with is not what EIP-4361 says, or not for this service."""

    advice = "Sign the challenge's message as it was given, letter for letter."


class ScopeMissing(NotAllowed):
    """The API key's scopes do not cover this (403)."""

    advice = "Use a key with the scope named, or sign in with the party's own key."


class PartyOnly(NotAllowed):
    """It needs a caller that speaks for a party (403)."""

    advice = "Sign in as the party, or use one of its API keys."


class OperatorOnly(NotAllowed):
    """It is for who runs the service (403)."""

    advice = "Use the operator's token, or an API key with the scope operate."


class SignInNeeded(NotAllowed):
    """It needs the party itself, signed in with its own key (403)."""

    advice = "Sign in with the party's own key (ebl sign-in)."


class RoleMissing(NotAllowed):
    """The party has no role that this is for (403)."""

    advice = "Ask the registrar for the role named; carriers send transport documents, insurers insurance documents."


class TooManyRequests(NotAllowed):
    """The caller asks more often than the service answers (429)."""

    advice = "Wait as many seconds as the header Retry-After says, then go on more slowly."


class LockedOut(NotAllowed):
    """Too many tokens or signatures from there were wrong (429)."""

    advice = "Wait as many seconds as the header Retry-After says; then use a token that is right."


class TooManyAtOnce(NotAllowed):
    """The caller has more requests or streams open than it may have at once (429)."""

    advice = "Wait until others of your requests are answered, or close streams that you no longer read."
