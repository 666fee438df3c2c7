"""The service's HTTP API as the command line calls it: its problems become our errors again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from ebl_service import errors
from ebl_service.errors import EblError, LedgerUnavailable
from ebl_service.errors.access import NotSignedIn
from ebl_service.errors.requests import AmbiguousName, BadValue

_KINDS: dict[int, type[EblError]] = {
    400: errors.InvalidRequest,
    401: errors.NotAllowed,
    403: errors.NotAllowed,
    404: errors.NotFound,
    405: errors.InvalidRequest,
    409: errors.ActionRefused,
    413: errors.InvalidRequest,
    415: errors.InvalidRequest,
    422: errors.InvalidRequest,
    429: errors.NotAllowed,
    500: errors.LedgerDisagrees,
    503: errors.LedgerUnavailable,
}
TIMEOUT = httpx.Timeout(10.0, read=150.0)
"""Seconds; an answer may take as long as the longest ?wait."""

Json = dict[str, Any]


SignIn = Callable[[], str | None]
"""Gives a token, or None where there is no key to sign in with."""


class Api:
    """A service at a URL. `token`: whose requests they are; without one, `sign_in` is asked when the service asks."""

    def __init__(self, url: str, token: str | None = None, sign_in: SignIn | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._url = url
        self._sign_in = sign_in
        try:
            self._http = httpx.Client(base_url=url, timeout=TIMEOUT, headers=headers)
        except httpx.InvalidURL as fault:
            raise BadValue(f"--api {url} is no address: {fault}", hint="Name it as http://HOST:PORT.") from fault

    def get(self, path: str, **query: Any) -> Json:
        """A GET's answer. Raises: the error that the service's problem tells of, LedgerUnavailable."""
        return self._asked("GET", path, params={name: value for name, value in query.items() if value is not None})

    def post(self, path: str, body: Json | None = None, headers: dict[str, str] | None = None) -> Json:
        """A POST's answer. Raises as `get`."""
        return self._asked("POST", path, json=body, headers=headers or {})

    def post_text(self, path: str, body: str) -> Json:
        """A POST of JSON as it is written here, to the byte. Raises as `get`."""
        return self._asked("POST", path, content=body.encode(), headers={"Content-Type": "application/json"})

    def put(self, path: str, body: Json) -> Json:
        """A PUT's answer. Raises as `get`."""
        return self._asked("PUT", path, json=body)

    def download(self, path: str) -> bytes:
        """What a GET answers with, as it is. Raises as `get`."""
        return self._answer("GET", path).content

    def readiness(self) -> Json:
        """What /health/ready answers, ready or not. Raises: LedgerUnavailable where no such service answers."""
        try:
            told: Json = self._http.get("/health/ready").json()
            return told | {"isReady": bool(told["isReady"]), "reasons": list(told["reasons"])}
        except httpx.HTTPError as fault:
            raise self._unreachable(fault) from fault
        except (ValueError, KeyError, TypeError):
            raise LedgerUnavailable(
                f"What answers at {self._url} is not this service", {"url": self._url}, "Name the service with --api."
            ) from None

    def pages(self, path: str, items: str, **query: Any) -> Iterator[Json]:
        """Every item of all pages. Raises as `get`."""
        cursor = None
        while True:
            page = self.get(path, after=cursor, limit=200, **query)
            yield from page[items]
            cursor = page["nextCursor"]
            if cursor is None:
                return

    def lines(self, path: str, last_id: str | None, **query: Any) -> Iterator[tuple[str, str]]:
        """A server-sent stream's (id, data), until it ends. Raises: LedgerUnavailable where it breaks off."""
        headers = {"Last-Event-ID": last_id} if last_id else {}
        entry_id, told = last_id or "", ""
        try:
            with self._stream(path, headers, query) as answer:
                for line in answer.iter_lines():
                    name, _, value = line.partition(": ")
                    if name == "id":
                        entry_id = value
                    elif name == "data":
                        told = value
                    elif not line and told:  # an entry ends with an empty line; its id may stand after its data
                        yield entry_id, told
                        told = ""
        except httpx.HTTPError as fault:
            raise self._unreachable(fault) from fault

    @contextmanager
    def _stream(self, path: str, headers: dict[str, str], query: Json) -> Iterator[httpx.Response]:
        """An answer that is read as it comes."""
        for _ in range(2):
            with self._http.stream("GET", path, headers=headers, params=query) as answer:
                if not answer.is_error:
                    yield answer
                    return
                answer.read()
            if not self._enters(answer):
                raise problem_of(answer)

    def _answer(self, method: str, path: str, **given: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, path, **given)
            if self._enters(answer):
                answer = self._http.request(method, path, **given)
        except httpx.HTTPError as fault:
            raise self._unreachable(fault) from fault
        if answer.is_error:
            raise problem_of(answer)
        return answer

    def _asked(self, method: str, path: str, **given: Any) -> Json:
        answer = self._answer(method, path, **given)
        try:
            content: Json = answer.json()
        except ValueError:
            raise LedgerUnavailable(
                f"What answers at {self._url} is not this service: {answer.text[:200]}",
                {"url": self._url},
                "Name the service with --api.",
            ) from None
        return content

    def _enters(self, answer: httpx.Response) -> bool:
        """Sign in where the answer asks for it; whether that was so, and the request is worth another try."""
        if answer.status_code != httpx.codes.UNAUTHORIZED or self._sign_in is None:
            return False
        if problem_of(answer).details.get("rule") not in {"NotSignedIn", "TokenRefused"}:
            return False
        token = self._sign_in()
        if token is None:
            raise NotSignedIn(
                "The service answers nobody in particular",
                {"url": self._url},
                "Name your key with --keystore or EBL_KEYSTORE, or an API key with EBL_API_KEY_FILE.",
            )
        self._http.headers["Authorization"] = f"Bearer {token}"
        return True

    def _unreachable(self, fault: httpx.HTTPError) -> LedgerUnavailable:
        return LedgerUnavailable(
            f"The service at {self._url} does not answer: {fault or type(fault).__name__}",
            {"url": self._url},
            "Start it with: ebl serve; or name another with --api.",
        )


def problem_of(answer: httpx.Response) -> EblError:
    """The error that an answer tells of; what is no problem document is told as it came."""
    kind = _KINDS.get(answer.status_code, errors.LedgerUnavailable)
    try:
        told = answer.json()
        details = {"rule": told["rule"], **told["details"]}
        return _kind_of(told["rule"], kind)(told["detail"], details, told["hint"])
    except (ValueError, KeyError, TypeError):
        return kind(f"The service answered {answer.status_code}: {answer.text[:200]}", {"status": answer.status_code})


def _kind_of(rule: str, kind: type[EblError]) -> type[EblError]:
    """409 is also said of requests in flight: not a refusal by the ledger. A name that is ambiguous is caught here."""
    if rule == "AmbiguousName":
        return AmbiguousName
    return errors.LedgerUnavailable if rule == "RequestInFlight" else kind
