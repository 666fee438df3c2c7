"""/v1/certificates: certificates of insurance, their acts and claims; and who is insured under a title at any block."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query

from ebl_service.api.caller import Caller
from ebl_service.api.context import After, App, Limit, TitleIdPath
from ebl_service.api.event_shown import event_shown
from ebl_service.api.fields import AccountField, CertificateIdField, DigestField, Model, TitleIdField
from ebl_service.api.problems import problem_responses
from ebl_service.api.strict_request import StrictRoute
from ebl_service.api.submissions import RefusalShown
from ebl_service.api.titles import AllowedActShown, ReadAtShown
from ebl_service.domain.caller import Scope
from ebl_service.domain.certificate import Claim, Parts
from ebl_service.services.certificate_queries import CertificateView

router = APIRouter(route_class=StrictRoute, tags=["certificates"])
CertificateIdPath = Annotated[CertificateIdField, Path(description="The certificate's id")]
READ = problem_responses(401, 403, 404, 429)
AtBlock = Annotated[int | None, Query(ge=0, le=2**53 - 1, description="As it stood at this block")]


class PartsShown(Model):
    """A time for each part, seconds since 1970; null: not covered, or not cancelled."""

    cargo: int | None
    war: int | None
    strikes: int | None

    @classmethod
    def of(cls, parts: Parts) -> "PartsShown":
        """As it is answered."""
        return cls(cargo=parts.cargo or None, war=parts.war or None, strikes=parts.strikes or None)


class ClaimShown(Model):
    """A claim, named by the sequence of its notice."""

    number: int
    claimant: AccountField
    status: Literal["NOTIFIED", "ACKNOWLEDGED", "SURVEYED", "SETTLED", "DECLINED"]
    notified_at: int
    acted_at: int
    documents_digest: DigestField

    @classmethod
    def of(cls, claim: Claim) -> "ClaimShown":
        """As it is answered."""
        return cls(
            number=claim.number,
            claimant=claim.claimant,
            status=claim.status.name,
            notified_at=claim.notified_at,
            acted_at=claim.acted_at,
            documents_digest=claim.documents_digest,
        )


class CertificateShown(Model):
    """A certificate. `named`: the payee (LOSS_PAYEE) or the assured (NONE).

    `status`: null at a past block where it depends on a time that is not kept. `payee`: whom a claim would be paid to.
    """

    id: CertificateIdField
    insurer: AccountField
    title_id: TitleIdField
    mode: Literal["FOLLOW", "LOSS_PAYEE", "NONE"]
    named: AccountField | None
    is_released: bool
    status: Literal["IN_FORCE", "REVIEW", "ENDED"] | None
    assured: AccountField
    payee: AccountField
    attaches_at: PartsShown
    ends_at: PartsShown
    claims: tuple[ClaimShown, ...]
    sequence: int
    acted_at: int
    reference_digest: DigestField
    commitment: DigestField
    head: DigestField
    since_block: int
    finality: Literal["included", "final"]
    read_at: ReadAtShown

    @classmethod
    def of(cls, view: CertificateView) -> "CertificateShown":
        """A certificate as it is answered."""
        one = view.certificate
        return cls(
            id=one.certificate_id,
            insurer=one.insurer,
            title_id=one.title_id,
            mode=one.mode.name,
            named=one.named,
            is_released=one.is_released,
            status=view.status.name if view.status is not None else None,
            assured=view.assured,
            payee=view.payee,
            attaches_at=PartsShown.of(one.attaches_at),
            ends_at=PartsShown.of(one.ends_at),
            claims=tuple(map(ClaimShown.of, one.claims)),
            sequence=one.sequence,
            acted_at=one.acted_at,
            reference_digest=one.reference_digest,
            commitment=one.commitment,
            head=one.head,
            since_block=view.since_block,
            finality=view.finality.value,
            read_at=ReadAtShown.of(view.read_at),
        )


class CertificatesPage(Model):
    """`nextCursor`: null on the last page."""

    certificates: tuple[CertificateShown, ...]
    next_cursor: str | None


class CertificateActShown(Model):
    """One act on a certificate, as the ledger records it."""

    event: dict[str, Any]
    block_number: int
    block_hash: DigestField
    transaction_hash: DigestField
    log_index: int


class CertificateHistoryShown(Model):
    """Every act, oldest first."""

    certificate_id: CertificateIdField
    acts: tuple[CertificateActShown, ...]


class AllowedCertificateActShown(AllowedActShown):
    """`part`: of a cancellation or a consent to one."""

    part: Literal["ALL", "WAR", "STRIKES"] | None


class AllowedCertificateActsShown(Model):
    """What a party may do with a certificate now, and why not the rest."""

    certificate_id: CertificateIdField
    party: AccountField
    acts: tuple[AllowedCertificateActShown, ...]


class CoverShown(Model):
    """Who is entitled under a title at a block, whom a certificate that follows it assures, and what is tied to it.

    `nextCursor`: null on the last page of certificates.
    """

    title_id: TitleIdField
    entitled: AccountField
    assured: AccountField
    certificates: tuple[CertificateShown, ...]
    next_cursor: str | None
    finality: Literal["included", "final"]
    read_at: ReadAtShown


@router.get("/v1/certificates", responses=problem_responses(401, 403, 429))
async def find(
    app: App,
    caller: Caller,
    title: TitleIdField | None = None,
    insurer: AccountField | None = None,
    named: AccountField | None = None,
    assured: AccountField | None = None,
    after: After = None,
    limit: Limit = 50,
) -> CertificatesPage:
    """Certificates as they stand, by id; each filter narrows the answer."""
    page = await app.certificates.certificates(
        caller.party_with(Scope.READ),
        title_id=title,
        insurer=insurer,
        named=named,
        assured=assured,
        after=after,
        limit=limit,
    )
    return CertificatesPage(certificates=tuple(map(CertificateShown.of, page.items)), next_cursor=page.next_cursor)


@router.get("/v1/certificates/{certificate_id}", responses=READ)
async def read(certificate_id: CertificateIdPath, app: App, caller: Caller, block: AtBlock = None) -> CertificateShown:
    """A certificate now, or as it stood at a past block: whom it assures is read from its title at that block."""
    return CertificateShown.of(await app.certificates.certificate(caller.party_with(Scope.READ), certificate_id, block))


@router.get("/v1/certificates/{certificate_id}/history", responses=READ)
async def history(certificate_id: CertificateIdPath, app: App, caller: Caller) -> CertificateHistoryShown:
    """Every act on a certificate with its block, oldest first."""
    acts = [
        CertificateActShown(
            event=event_shown(each.event),
            block_number=each.block_number,
            block_hash=each.block_hash,
            transaction_hash=each.transaction_hash,
            log_index=each.log_index,
        )
        for each in await app.certificates.events(caller.party_with(Scope.READ), certificate_id)
    ]
    return CertificateHistoryShown(certificate_id=certificate_id, acts=tuple(acts))


@router.get("/v1/certificates/{certificate_id}/allowed-acts", responses=READ)
async def allowed_acts(
    certificate_id: CertificateIdPath,
    app: App,
    caller: Caller,
    party: Annotated[AccountField, Query(description="Who would act")],
) -> AllowedCertificateActsShown:
    """What `party` may do with the certificate now, and for every other act the refusal it would get."""
    acts = tuple(
        AllowedCertificateActShown(
            verb=each.act,
            is_allowed=each.refusal is None,
            refusal=RefusalShown.of(each.refusal) if each.refusal else None,
            part=each.part.name if each.part is not None else None,
        )
        for each in await app.certificates.allowed_acts(caller.party_with(Scope.READ), certificate_id, party)
    )
    return AllowedCertificateActsShown(certificate_id=certificate_id, party=party, acts=acts)


@router.get("/v1/titles/{title_id}/certificates", responses=READ)
async def of_title(
    title_id: TitleIdPath, app: App, caller: Caller, after: After = None, limit: Limit = 50
) -> CertificatesPage:
    """The certificates tied to a title now."""
    account = caller.party_with(Scope.READ)
    await app.access.rights.sight(account, title_id)
    page = await app.certificates.certificates(account, title_id=title_id, after=after, limit=limit)
    return CertificatesPage(certificates=tuple(map(CertificateShown.of, page.items)), next_cursor=page.next_cursor)


@router.get("/v1/titles/{title_id}/cover", responses=READ)
async def cover(
    title_id: TitleIdPath, app: App, caller: Caller, block: AtBlock = None, after: After = None, limit: Limit = 50
) -> CoverShown:
    """Who is entitled under a title and who is assured, now or at any past block, with a page of certificates."""
    account = caller.party_with(Scope.READ)
    found = await app.certificates.cover(account, title_id, block, after=after, limit=limit)
    return CoverShown(
        title_id=title_id,
        entitled=found.title.entitled,
        assured=found.assured,
        certificates=tuple(map(CertificateShown.of, found.certificates.items)),
        next_cursor=found.certificates.next_cursor,
        finality=found.finality.value,
        read_at=ReadAtShown.of(found.read_at),
    )
