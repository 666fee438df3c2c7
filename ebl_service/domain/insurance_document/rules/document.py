"""What the document must say whatever was sold: it is no cover note, is signed, single, and one with its title."""

from ebl_service.domain.insurance_document.case import Case, Scope
from ebl_service.domain.insurance_document.schema import COVER_NOTE
from ebl_service.domain.terms import checksummed
from ebl_service.domain.transport_document.reading import Found, figure, part, text


def is_no_cover_note(case: Case) -> Found:
    """A broker's note that cover is being arranged is no cover. Source: UCP 600 art. 28 (c)."""
    if case.insurance.get("documentType") == COVER_NOTE:
        yield "documentType", "a cover note is not accepted", "a certificate, a policy, or a declaration"


def has_one_original(case: Case) -> Found:
    """The record on the ledger is the one original. Source: UCP 600 art. 28 (b): all originals go together."""
    originals = figure(case.insurance, "numberOfOriginals")
    if originals is not None and originals != 1:
        yield "numberOfOriginals", f"{originals} originals", "1: the document whose digest the ledger holds"


def declaration_names_its_open_cover(case: Case) -> Found:
    """A declaration is made under an open cover, and says which. Source: UCP 600 art. 28 (d)."""
    if case.insurance.get("documentType") == "DECLARATION" and "openCoverNumber" not in case.insurance:
        yield "openCoverNumber", "a declaration names no open cover", "the number of the open cover it is made under"


def agent_signs_for_a_named_insurer(case: Case) -> Found:
    """Who signs for another says for whom. Source: UCP 600 art. 28 (a)."""
    signature = part(case.insurance, "signature")
    if signature.get("capacity") in ("AGENT", "PROXY") and "onBehalfOf" not in signature:
        yield "signature.onBehalfOf", "an agent or proxy does not say for whom it signs", "the insurer or underwriter"


def sum_is_within_the_insured_value(case: Case) -> Found:
    """Nobody is insured for more than the value agreed. Source: MIA 1906 ss.27 (3), 32."""
    insured, value = part(case.insurance, "sumInsured"), part(case.insurance, "insuredValue")
    stated, agreed = figure(insured, "amount"), figure(value, "amount")
    if stated is None or agreed is None:
        return
    if text(insured, "currency") != text(value, "currency"):
        wrong = f"{text(insured, 'currency')}, and the insured value is in {text(value, 'currency')}"
        yield "sumInsured.currency", wrong, "the same currency in both"
    elif stated > agreed:
        yield "sumInsured.amount", f"{stated} is more than the insured value {agreed}", f"{agreed} at most"


def names_its_title_as_manner_of_assignment(case: Case) -> Found:
    """It passes as its title passes, because it says so: chain, registry and title. Source: MIA 1906 s.50 (3)."""
    if not case.follows_title:
        return
    assignment = part(case.insurance, "assignment")
    if not assignment:
        yield "assignment", "the document names no title that it is assigned by", "chain, registry, title and clause"
        return
    due = {
        "chainId": str(case.title.chain_id),
        "titleRegistry": checksummed(case.title.registry),
        "titleId": case.title.title_id,
    }
    for name, value in due.items():
        said = str(assignment.get(name, "nothing"))
        if said.lower() != value.lower():
            yield f"assignment.{name}", f"{said}, and the bill's title has {value}", value


def endorsement_scope_is_the_bills(case: Case) -> Found:
    """Whoever the bill may reach, the insurance may: blank goes with blank. Source: UCP 600 art. 28; ISBP 745 K19."""
    said = text(case.insurance, "endorsementScope")
    if not case.follows_title or said not in Scope.__members__:
        return
    if Scope[said] < case.title.scope:
        wrong = f"{said}, and the bill is {case.title.scope.name}"
        yield "endorsementScope", wrong, " or ".join(each.name for each in Scope if each >= case.title.scope)
