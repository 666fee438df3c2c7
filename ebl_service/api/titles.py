"""/v1/titles: titles as they stand or stood, their endorsement chains, and what a party may do with one."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from ebl_service.api.act_requests import PurposeName
from ebl_service.api.caller import Caller
from ebl_service.api.context import After, App, Limit, TitleIdPath
from ebl_service.api.fields import AccountField, DigestField, Model, TitleIdField
from ebl_service.api.problems import problem_responses
from ebl_service.api.strict_request import StrictRoute
from ebl_service.api.submissions import RefusalShown
from ebl_service.domain.caller import Scope
from ebl_service.domain.endorsement_chain import Entry
from ebl_service.domain.terms import Status
from ebl_service.services.permitted import TitleFilter
from ebl_service.services.queries import ReadAt, TitleView

router = APIRouter(prefix="/v1/titles", route_class=StrictRoute, tags=["titles"])
StatusName = Literal[
    "ISSUED",
    "PENDING_SURRENDER_FOR_DELIVERY",
    "PENDING_SURRENDER_FOR_AMENDMENT",
    "PENDING_SURRENDER_FOR_PAPER",
    "SURRENDERED_FOR_DELIVERY",
    "SURRENDERED_FOR_AMENDMENT",
    "SURRENDERED_FOR_PAPER",
    "REPLACED",
]


class ReadAtShown(Model):
    """The block an answer was read at. `time`: seconds since 1970. Hash and time are null for blocks asked for."""

    block_number: int
    block_hash: DigestField | None
    time: int | None

    @classmethod
    def of(cls, read_at: ReadAt) -> "ReadAtShown":
        """As it is answered."""
        return cls(block_number=read_at.block_number, block_hash=read_at.block_hash, time=read_at.time)


class TitleShown(Model):
    """A title. `endorsee`: null on a blank bill, the consignee on a straight one. `entitled`: who has the rights."""

    id: TitleIdField
    carrier: AccountField
    holder: AccountField
    endorsee: AccountField | None
    entitled: AccountField
    is_to_order: bool
    is_blank: bool
    may_endorse: bool
    status: StatusName
    version: int
    sequence: int
    acted_at: int
    reference_digest: DigestField
    commitment: DigestField
    head: DigestField
    replaces: tuple[TitleIdField, ...]
    replaced_by: tuple[TitleIdField, ...]
    since_block: int
    finality: Literal["included", "final"]
    read_at: ReadAtShown

    @classmethod
    def of(cls, view: TitleView) -> "TitleShown":
        """A title as it is answered."""
        title = view.title
        return cls(
            id=title.title_id,
            carrier=title.carrier,
            holder=title.holder,
            endorsee=title.endorsee,
            entitled=title.entitled,
            is_to_order=title.is_to_order,
            is_blank=title.is_blank,
            may_endorse=title.may_endorse,
            status=title.status.name,
            version=title.version,
            sequence=title.sequence,
            acted_at=title.acted_at,
            reference_digest=title.reference_digest,
            commitment=title.commitment,
            head=title.head,
            replaces=title.replaces,
            replaced_by=title.replaced_by,
            since_block=view.since_block,
            finality=view.finality.value,
            read_at=ReadAtShown.of(view.read_at),
        )


class TitlesPage(Model):
    """`nextCursor`: null on the last page."""

    titles: tuple[TitleShown, ...]
    next_cursor: str | None


class BillTitles(Model):
    """The titles of one bill: its versions, and those of other carriers' bills of the same number."""

    titles: tuple[TitleShown, ...]


class EntryShown(Model):
    """One act. `code`: DCSA's action code, null for acts it has no word for; `event`: this ledger's word."""

    code: str | None
    event: str
    actor: AccountField
    recipient: AccountField | None
    time: int
    is_omitted: bool
    block_number: int
    block_hash: DigestField
    transaction_hash: DigestField
    log_index: int

    @classmethod
    def of(cls, entry: Entry) -> "EntryShown":
        """An entry as it is answered."""
        recorded = entry.recorded
        return cls(
            code=entry.code,
            event=type(recorded.event).__name__,
            actor=entry.actor,
            recipient=entry.recipient,
            time=entry.time,
            is_omitted=entry.is_omitted,
            block_number=recorded.block_number,
            block_hash=recorded.block_hash,
            transaction_hash=recorded.transaction_hash,
            log_index=recorded.log_index,
        )


class ChainShown(Model):
    """The acts on a title, oldest first."""

    title_id: TitleIdField
    entries: tuple[EntryShown, ...]
    read_at: ReadAtShown


class AllowedActShown(Model):
    """An act and, where it would be refused, why."""

    verb: str
    is_allowed: bool
    refusal: RefusalShown | None


class AllowedTitleActShown(AllowedActShown):
    """`purpose`: of a request for surrender, null for other acts."""

    purpose: PurposeName | None


class AllowedActsShown(Model):
    """What a party may do with a title now, and why not the rest."""

    title_id: TitleIdField
    party: AccountField
    acts: tuple[AllowedTitleActShown, ...]


READ = problem_responses(401, 403, 404, 429)
NUMBER = r"^[!-~]([ -~]{0,98}[!-~])?$"


@router.get("", responses=problem_responses(401, 403, 429))
async def find(
    app: App,
    caller: Caller,
    holder: AccountField | None = None,
    endorsee: AccountField | None = None,
    carrier: AccountField | None = None,
    entitled: AccountField | None = None,
    status: StatusName | None = None,
    part: Annotated[
        Literal["present", "past"],
        Query(description="`past`: titles one stood on once, as one's own last act left them"),
    ] = "present",
    after: After = None,
    limit: Limit = 50,
) -> TitlesPage:
    """The titles that one stands on, by id; each filter narrows the answer. A page may hold fewer than `limit`."""
    account = caller.party_with(Scope.READ)
    wanted = TitleFilter(holder, endorsee, carrier, entitled, Status[status] if status else None)
    page = await app.permitted.titles(account, wanted, after, limit, is_past=part == "past")
    return TitlesPage(titles=tuple(TitleShown.of(view) for view in page.items), next_cursor=page.next_cursor)


@router.get("/by-number", responses=READ)
async def by_number(
    number: Annotated[
        str, Query(pattern=r"^[!-~]([ -~]{0,98}[!-~])?$", description="The bill's number, to the letter")
    ],
    app: App,
    caller: Caller,
) -> BillTitles:
    """The titles of a bill that one may read, by its number, the newest version first: to the letter, and not often."""
    account = caller.party_with(Scope.READ)
    app.access.limits.count_look_up(account)
    found = await app.by_name.by_number(account, number)
    return BillTitles(titles=tuple(TitleShown.of(app.permitted.view(sight)) for sight in found))


@router.get("/{title_id}", responses=READ)
async def read(
    title_id: TitleIdPath,
    app: App,
    caller: Caller,
    block: Annotated[int | None, Query(ge=0, le=2**53 - 1, description="As it stood at this block")] = None,
) -> TitleShown:
    """A title now, or as it stood at a past block; to a past party, as its own last act left it."""
    return TitleShown.of(await app.permitted.title(caller.party_with(Scope.READ), title_id, block))


@router.get("/{title_id}/endorsement-chain", responses=READ)
async def endorsement_chain(
    title_id: TitleIdPath,
    app: App,
    caller: Caller,
    view: Annotated[
        Literal["all", "carrier"],
        Query(description="`carrier` leaves out returned transfers and surrenders that came to nothing"),
    ] = "all",
) -> ChainShown:
    """Every act on a title with its actor, time and block, oldest first."""
    found = await app.permitted.endorsement_chain(caller.party_with(Scope.READ), title_id)
    entries = found.chain.entries if view == "all" else found.chain.carrier_view
    return ChainShown(
        title_id=title_id,
        entries=tuple(EntryShown.of(entry) for entry in entries),
        read_at=ReadAtShown.of(found.read_at),
    )


@router.get("/{title_id}/allowed-acts", responses=READ)
async def allowed_acts(
    title_id: TitleIdPath, app: App, caller: Caller, party: Annotated[AccountField, Query(description="Who would act")]
) -> AllowedActsShown:
    """What `party` may do with the title now, and for every other act the refusal it would get."""
    acts = await app.permitted.allowed_acts(caller.party_with(Scope.READ), title_id, party)
    return AllowedActsShown(
        title_id=title_id,
        party=party,
        acts=tuple(
            AllowedTitleActShown(
                verb=each.act,
                purpose=each.purpose.name if each.purpose is not None else None,
                is_allowed=each.refusal is None,
                refusal=RefusalShown.of(each.refusal) if each.refusal else None,
            )
            for each in acts
        ),
    )
