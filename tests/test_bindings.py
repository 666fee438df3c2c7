"""A document cannot be looked up by a commitment alone: the store offers no such look-up, and each place that makes a
binding stands here, with the test that walks it as a copy."""

import ast
import inspect
from pathlib import Path
from typing import get_type_hints

import pytest

from ebl_service.domain.bindings import CoverBinding, DocumentBinding
from ebl_service.store.documents import Documents
from ebl_service.store.holds import Holds
from ebl_service.store.insurance import Insurance
from ebl_service.store.sealed_keys import SealedKeys

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "ebl_service"
COPIES = "tests/services/test_copied_commitments.py"
ROUTES = "tests/api/test_copied_titles.py::test_a_title_that_copies_opens_nothing"
WALKED = {
    "services/advice.py": "tests/services/test_advice.py::test_an_act_that_waits_is_shown_with_its_documents_advice",
    "services/amendments.py": f"{COPIES}::test_amendments_of_a_title_that_copies_tell_nothing_of_the_documents",
    "services/announcing.py": f"{COPIES}::test_a_carrier_whose_title_copies_is_told_no_number_but_its_own",
    "services/bills.py": f"{COPIES}::test_a_carrier_whose_title_copies_is_told_no_number_but_its_own",
    "services/by_name.py": f"{COPIES}::test_a_carrier_whose_title_copies_is_told_no_number_but_its_own",
    "services/cover.py": f"{COPIES}::test_a_certificate_under_anothers_title_tells_its_insurer_nothing_of_the_bill",
    "services/cover_archive.py": f"{COPIES}::test_a_certificate_that_copies_a_good_one_is_no_cover",
    "services/covers.py": f"{COPIES}::test_one_document_declared_under_two_numbers_of_the_insurers_is_kept_for_both",
    "services/destruction.py": f"{COPIES}::test_a_title_that_copies_neither_destroys_nor_holds_nor_frees_the_other_ones"
    "_document",
    "services/documents.py": ROUTES,
    "services/drafts.py": f"{COPIES}::test_whoever_comes_first_the_document_is_the_titles_that_it_was_taken_in_for",
    "services/insurance_gate.py": f"{COPIES}::test_a_certificate_that_copies_a_good_one_is_no_cover",
    "services/issue_gate.py": f"{COPIES}::test_the_service_relays_no_copy_and_tells_nothing_of_the_document",
    "services/sealed_documents.py": ROUTES,
}
"""Each module that says which document is meant."""
TABLES = {"document_tables", "insurance_tables"}
MAY_QUERY = {"documents", "holds", "sealed_keys", "insurance", "claims", "directory", "migrations"}
"""Whoever else would query these tables would look up in a way of its own."""
OF_NUMBERS = {"of_number", "of_numbers"}
"""Of a carrier's own numbers, whose digests nobody else can make."""


def naming(*words: str) -> set[str]:
    """Modules of the services and the front doors in which one of these names stands."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        where = path.relative_to(PACKAGE)
        names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
        if where.parts[0] not in {"store", "domain"} and names & set(words):
            found.add(str(where))
    return found


def test_each_place_that_says_which_document_is_meant_is_walked_as_a_copy() -> None:
    assert naming("DocumentBinding", "CoverBinding") == WALKED.keys()
    for told in WALKED.values():
        path, _, name = told.partition("::")
        assert f"def {name}(" in (ROOT / path).read_text(), told


@pytest.mark.parametrize("store", [Documents, Holds, Insurance, SealedKeys])
def test_the_store_takes_no_commitment_by_itself(store: type) -> None:
    for name, method in inspect.getmembers(store, inspect.isfunction):
        if name in OF_NUMBERS or name.startswith("__"):
            continue
        takes = {each: str(hint) for each, hint in get_type_hints(method).items() if each != "return"}
        alone = [each for each, hint in takes.items() if "Digest" in hint or "commitment" in each]
        assert not alone, f"{store.__name__}.{name} takes {alone}: take the whole binding"


def test_no_other_module_queries_the_tables_of_documents() -> None:
    for path in (PACKAGE / "store").rglob("*.py"):
        tree = ast.parse(path.read_text())
        modules = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
        if TABLES & {module.rpartition(".")[2] for module in modules}:
            assert path.stem in MAY_QUERY | {"env"}, path


@pytest.mark.parametrize("binding", [DocumentBinding, CoverBinding])
def test_a_binding_names_title_commitment_and_giver(binding: type) -> None:
    fields = set(binding._fields)  # type: ignore[attr-defined]
    assert {"title_id", "commitment"} < fields
    assert fields & {"given_by", "insurer"}
