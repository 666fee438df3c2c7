"""`stage`: a chain, a database of each kind, and a service on both, ready; `kind` is the database's.

With EBL_DEEP=1 faults last as long as they would in earnest, and the kills are many.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import PARAMETERS
from tests.faults.stage import Stage, standing

DEEP = bool(os.environ.get("EBL_DEEP"))


@pytest.fixture(params=PARAMETERS)
def kind(request: pytest.FixtureRequest) -> str:
    """sqlite or postgresql."""
    return str(request.param)


@pytest.fixture
async def stage(kind: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """Ready to be played on; the node keeps its past, so that it can be reorganised."""
    async with standing(kind, tmp_path) as made:
        await made.start()
        yield made
