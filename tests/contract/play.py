"""How long the random plays of acts are, and what they have come across."""

import os
from collections import Counter

from hypothesis import HealthCheck, settings

from ebl_service.errors import certificate_refusals
from ebl_service.errors.refusals import REFUSALS

DEEP = bool(os.environ.get("EBL_DEEP"))
PROFILE = settings(
    max_examples=2500 if DEEP else 60,
    stateful_step_count=60,
    derandomize=not DEEP,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
ENCORE = settings(PROFILE, derandomize=False, max_examples=20)
MOST_ENCORES = 16
NOT_PLAYED = {
    "BatchInBatch": "no matter of the rulebook: test_batch",
    "BatchOutOfGas": "the same",
    "Unexplained": "no error of the contracts",
    "SeatCannotBeEmpty": "the registrar's seat: test_parties",
    "OwnableInvalidOwner": "the same",
    **dict.fromkeys(
        (name for name, kind in REFUSALS.items() if kind.__module__ == certificate_refusals.__name__),
        "of certificates: test_insurance_rulebook",
    ),
}
STOOD: Counter[tuple[str, str]] = Counter()
SEEN: Counter[str] = Counter()
