"""Joins chain and services for who checks a copy with a node and without any service of ours: no settings, no database.

It stands beside `bootstrap`, which would load a database and read an operator's settings for it.
"""

from collections.abc import Mapping
from pathlib import Path

from ebl_service.chain.deployment import Deployment
from ebl_service.chain.rpc import Rpc
from ebl_service.chain.title_reading import NodeTitles
from ebl_service.domain.terms import Address
from ebl_service.domain.verification import Finding
from ebl_service.errors import LedgerDisagrees, NotFound
from ebl_service.errors.documents import CouldNotCheck
from ebl_service.services.verification import Opening, Verification


async def verify_by_node(
    rpc_url: str, trusted: Path | Address, content: bytes, opening: Mapping[str, str] | None
) -> Finding:
    """The verdict over a copy by a node alone. `trusted`: a deployment's file, or the address of a registry of titles.

    Raises: BadOpening, CopyTooLarge, CouldNotCheck (another chain, no registry there, no deployment
    file), LedgerUnavailable, LedgerDisagrees (the node contradicts itself).
    """
    async with Rpc([rpc_url]) as rpc:
        try:
            if isinstance(trusted, Path):
                titles = await NodeTitles.of_deployment(rpc, Deployment.load(trusted))
            else:
                titles = await NodeTitles.at(rpc, trusted)
        except (LedgerDisagrees, NotFound) as fault:
            raise CouldNotCheck(f"The copy could not be checked: {fault.message}", fault.details) from fault
        checking = Verification(titles, titles.chain_id, titles.registry)
        return await checking.verify(content, Opening.read(opening) if opening else None)
