"""Taking documents in: one or many, each with its own result; or together in the place of titles that were surrendered.

Left to others: the checks of one document (`services.preparation`), keeping (`services.documents`).

Rules kept here
- Many documents stand or fall each by itself; those of one replacement all or none.
- Of a replacement that divides or consolidates, all that is counted and weighed stays the same.
- A number that stands on the ledger under another salt is refused before its document is kept.
- A dry run keeps no document.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ebl_service.domain.actions import Issue, NewTitle, Replace
from ebl_service.domain.terms import Address, TitleId
from ebl_service.errors import EblError, InvalidRequest, LedgerDisagrees, LedgerUnavailable
from ebl_service.errors.documents import Breach, DocumentRefused, NotTheIssuingCarrier, TitleDiffers
from ebl_service.services.bill_numbers import BillNumbers
from ebl_service.services.documents import Documents
from ebl_service.services.drafts import Draft, OldTitle, Prepared
from ebl_service.services.issue_gate import require_sums

MOST_TITLES = 16
"""Old or new ones in one replacement, as the contract allows."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """Documents that take the place of titles, and the act that does it."""

    prepared: tuple[Prepared, ...]
    act: Replace


class DocumentDesk:
    """Receives drafts. `carrier`, where given: the only carrier whose documents are taken."""

    def __init__(self, documents: Documents, numbers: BillNumbers) -> None:
        self._documents = documents
        self._numbers = numbers

    async def receive(
        self, drafts: Sequence[Draft], *, carrier: Address | None = None, dry_run: bool = False
    ) -> list[Prepared | EblError]:
        """Each draft prepared and kept, or why not, in the order given. Raises: LedgerUnavailable, LedgerDisagrees."""
        results: list[Prepared | EblError] = []
        for draft in drafts:
            try:
                made = await self._documents.prepare(draft)
                _require_own(made, carrier)
                await self._numbers.require_free(made)
            except (LedgerUnavailable, LedgerDisagrees):
                raise
            except EblError as fault:
                results.append(fault)
            else:
                results.append(made)
        good = [(draft, made) for draft, made in zip(drafts, results, strict=True) if isinstance(made, Prepared)]
        if good and not dry_run:
            await self._documents.keep(good)
        return results

    async def replace(
        self,
        drafts: Sequence[Draft],
        title_ids: Sequence[TitleId],
        *,
        carrier: Address | None = None,
        dry_run: bool = False,
    ) -> Replacement:
        """All drafts prepared in the place of these titles, and kept.

        Raises: DocumentRefused with the breaches of all (paths begin with documents[n]), NotFound (an old title),
        TitleDiffers (sums), DocumentMissing (an old document that sums need), InvalidRequest (numbers of titles),
        NotTheIssuingCarrier, NumberIssued.
        """
        if not (0 < len(drafts) <= MOST_TITLES and 0 < len(set(title_ids)) == len(title_ids) <= MOST_TITLES):
            raise InvalidRequest(
                f"A replacement takes 1 to {MOST_TITLES} old titles, each once, and as many documents."
            )
        old = await self._documents.old_titles(title_ids)
        made, found = await self._prepared(drafts, old, carrier)
        if found:
            raise DocumentRefused(found)
        require_sums(old, [each.received.document for each in made])
        if not dry_run:
            await self._documents.keep(list(zip(drafts, made, strict=True)), title_ids)
        return Replacement(tuple(made), _replace(old, made))

    async def _prepared(
        self, drafts: Sequence[Draft], old: Sequence[OldTitle], carrier: Address | None
    ) -> tuple[list[Prepared], list[Breach]]:
        made: list[Prepared] = []
        found: list[Breach] = []
        for number, draft in enumerate(drafts):
            try:
                one = await self._documents.prepare(draft, old)
            except DocumentRefused as refused:
                found += [_within(number, breach) for breach in refused.breaches]
                continue
            _require_own(one, carrier)
            await self._numbers.require_free(one, [each.title.title_id for each in old])
            if any(one.title_id == each.title_id for each in made):
                wrong = "two documents of one replacement have the same number"
                found.append(
                    _within(number, Breach("number_is_given_once", "transportDocumentReference", wrong, "another"))
                )
            made.append(one)
        return made, found


def act_of(made: Prepared) -> Issue:
    """The act that issues a prepared document. Raises: TitleDiffers where it was prepared as a replacement."""
    if not isinstance(made.asked, Issue):
        raise TitleDiffers([Breach("replacement_is_as_prepared", "", "it replaces other titles", "a Replace")])
    return made.asked


def _replace(old: Sequence[OldTitle], made: Sequence[Prepared]) -> Replace:
    before = sorted((each.title.title_id, each.title.sequence) for each in old)
    asked = [each.asked for each in sorted(made, key=lambda each: each.title_id) if isinstance(each.asked, NewTitle)]
    return Replace(tuple(title_id for title_id, _ in before), tuple(number for _, number in before), tuple(asked))


def _require_own(made: Prepared, carrier: Address | None) -> None:
    if carrier is not None and made.carrier != carrier:
        raise NotTheIssuingCarrier(
            f"The document's issuing party is {made.carrier}, not {carrier}",
            {"issuing_party": made.carrier, "account": carrier},
        )


def _within(number: int, breach: Breach) -> Breach:
    path = f"documents[{number}]" + (f".{breach.path}" if breach.path else "")
    return Breach(breach.rule, path, breach.wrong, breach.right)
