"""/v1/parties/{account}/signing-certificates: the certificates by which a carrier signs; replaced, and revoked."""

import time
from typing import Annotated

from fastapi import APIRouter, Path, status
from pydantic import Field

from ebl_service.api.caller import Caller
from ebl_service.api.context import AccountPath, App
from ebl_service.api.fields import Model, RequestModel, TruthField
from ebl_service.api.problems import problem_responses
from ebl_service.api.strict_request import StrictRoute
from ebl_service.domain.caller import Caller as Asking
from ebl_service.domain.caller import Scope
from ebl_service.domain.signing_certificate import SigningCertificate
from ebl_service.domain.terms import Address
from ebl_service.errors.access import OperatorOnly

router = APIRouter(prefix="/v1/parties/{account}/signing-certificates", route_class=StrictRoute, tags=["carriers"])
KEPT = problem_responses(401, 403, 404, 413, 415, 429)
PemField = Annotated[
    str, Field(min_length=1, max_length=64 * 1024, description="X.509 in PEM, the signing certificate first")
]


class CertificateGiven(RequestModel):
    """A certificate to count from now on, beside those that count already."""

    certificate: PemField
    pinned: TruthField = False


class CertificateShown(Model):
    """A certificate. Times in seconds since 1970; `revokedAt`: from then on it does not count, null where it does."""

    fingerprint: str
    subject: str
    valid_from: int
    valid_until: int
    registered_at: int
    revoked_at: int | None
    pinned: bool

    @classmethod
    def of(cls, certificate: SigningCertificate) -> "CertificateShown":
        """As it is answered."""
        return cls(
            fingerprint=certificate.fingerprint,
            subject=certificate.subject,
            valid_from=certificate.valid_from,
            valid_until=certificate.valid_until,
            registered_at=certificate.registered_at,
            revoked_at=certificate.revoked_at,
            pinned=certificate.is_pinned,
        )


class CertificatesAnswer(Model):
    """Every certificate that was ever the party's, the oldest first."""

    certificates: tuple[CertificateShown, ...]


@router.get("", responses=KEPT)
async def listed(account: AccountPath, app: App, caller: Caller) -> CertificatesAnswer:
    """A party's certificates: for itself and the operator."""
    require_own(caller, account, Scope.PLATFORM)
    found = await app.platform.carriers.certificates(account)
    return CertificatesAnswer(certificates=tuple(CertificateShown.of(each) for each in found))


@router.post("", status_code=status.HTTP_201_CREATED, responses=KEPT)
async def register(account: AccountPath, given: CertificateGiven, app: App, caller: Caller) -> CertificateShown:
    """Register a certificate, as the operator. What older ones signed stays verifiable."""
    caller.require_operator()
    certificate = app.platform.roots.registered(given.certificate, int(time.time()), is_pinned=given.pinned)
    await app.platform.carriers.register(account, certificate)
    return CertificateShown.of(certificate)


@router.post("/{fingerprint}/revoke", responses=KEPT)
async def revoke(
    account: AccountPath,
    fingerprint: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the certificate")],
    app: App,
    caller: Caller,
) -> CertificatesAnswer:
    """End a certificate from now on: what it signed before stays verifiable."""
    require_own(caller, account, Scope.PLATFORM)
    await app.platform.carriers.revoke(account, fingerprint, int(time.time()))
    return await listed(account, app, caller)


def require_own(caller: Asking, account: Address, scope: Scope) -> None:
    """Let pass the party itself and the operator. Raises: NotSignedIn, ScopeMissing, OperatorOnly."""
    caller.require(scope)
    if not caller.is_operator and caller.account != account:
        raise OperatorOnly("Only the party itself and the operator can do this")
