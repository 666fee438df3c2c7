"""The cast comes together: every member joins; each carrier of it has a system of its own that speaks DCSA's API.

    async with gathered(cast, clerk) as systems:   by the carriers' accounts

One carrier is in custody, so that the service signs for it; the other signs what waits for it.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from ebl_service.domain.terms import Address
from voyage.carrier_system import CarrierSystem
from voyage.cast import Cast
from voyage.clerk import Clerk

IN_CUSTODY = "second-carrier"
"""Its bills are issued, surrendered and amended by DCSA's API alone; a division would want its own signature."""

Systems = dict[Address, CarrierSystem]


@asynccontextmanager
async def gathered(cast: Cast, clerk: Clerk) -> AsyncIterator[Systems]:
    """All have joined. Raises: Refused, TimeoutError."""
    others = [member for member in cast.members.values() if "CARRIER" not in member.roles]
    carriers = [name for name, member in cast.members.items() if "CARRIER" in member.roles]
    for member in others:
        await clerk.register(member)
    async with AsyncExitStack() as stack:
        systems: Systems = {}
        for name in carriers:
            system = await CarrierSystem.started(clerk)
            stack.push_async_callback(system.close)
            cast.settle(name, await system.joined(cast[name], in_custody=name == IN_CUSTODY))
            systems[system.carrier.address] = system
        for member in others:
            await clerk.await_party(member)
            await clerk.name(member)
        yield systems
