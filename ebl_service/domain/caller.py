"""Who asks: nobody in particular, a party, or the operator; and what it may ask for.

Leaves to others: how a caller is known (`services.sign_in`, `services.api_keys`), which titles it may read
(`services.rights`).

Rules kept here
- A caller speaks for one party or for none; the operator speaks for none and reads no title.
- A signed-in party may do all that a party may; an API key only what its scopes name, and it can neither make keys nor
  grant rights.
"""

from dataclasses import dataclass
from enum import StrEnum

from ebl_service.domain.terms import Address
from ebl_service.errors.access import NotSignedIn, OperatorOnly, PartyOnly, ScopeMissing, SignInNeeded


class Scope(StrEnum):
    """What an API key may be used for."""

    READ = "read"
    """Titles, chains, documents, submissions and events of its party."""
    SUBMIT = "submit"
    """Asking for typed data, handing in signed acts."""
    ISSUE = "issue"
    """Handing in transport documents to be issued."""
    PLATFORM = "platform"
    """The DCSA platform API, in the name of its party."""
    OPERATE = "operate"
    """The operator's endpoints; a key with it speaks for no party."""


OF_A_PARTY = frozenset({Scope.READ, Scope.SUBMIT, Scope.ISSUE, Scope.PLATFORM})
"""What a party that signed in with its own key may do."""


class Means(StrEnum):
    """How a caller made itself known."""

    NOTHING = "nothing"
    SIGN_IN = "sign-in"
    API_KEY = "api-key"
    OPERATOR_TOKEN = "operator-token"  # noqa: S105 (a word, no token)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. `account`: the party it speaks for; `name`: of its session or key, for logs, never a secret."""

    means: Means = Means.NOTHING
    account: Address | None = None
    scopes: frozenset[Scope] = frozenset()
    name: str = ""

    @property
    def is_operator(self) -> bool:
        """It runs this service."""
        return Scope.OPERATE in self.scopes

    @property
    def party(self) -> str:
        """Who it is in a word: the account, `operator`, or `nobody`."""
        return self.account or ("operator" if self.is_operator else "nobody")

    def party_with(self, scope: Scope) -> Address:
        """The party it speaks for, where it may do this.

        Raises: NotSignedIn (401); ScopeMissing, PartyOnly (403: an API key without the scope, the operator).
        """
        self.require(scope)
        if self.account is None:
            raise PartyOnly("Only a party can ask for this; the operator's token speaks for none")
        return self.account

    def require(self, scope: Scope) -> None:
        """Raises: NotSignedIn (401); ScopeMissing (403)."""
        if self.means is Means.NOTHING:
            raise NotSignedIn("This is for callers that have signed in")
        if scope not in self.scopes and not self.is_operator:
            raise ScopeMissing(f"The API key has no scope {scope}", {"scope": scope})

    def require_operator(self) -> None:
        """Raises: NotSignedIn (401); OperatorOnly (403)."""
        if self.means is Means.NOTHING:
            raise NotSignedIn("This is for the operator of the service")
        if not self.is_operator:
            raise OperatorOnly("Only the operator of the service can do this")

    def signed_in(self) -> Address:
        """The party that signed in with its own key: what no API key may stand in for.

        Raises: NotSignedIn (401); SignInNeeded (403).
        """
        if self.means is Means.NOTHING:
            raise NotSignedIn("This is for callers that have signed in")
        if self.means is not Means.SIGN_IN or self.account is None:
            raise SignInNeeded("Only a party that signed in with its own key can do this")
        return self.account


NOBODY_IN_PARTICULAR = Caller()
