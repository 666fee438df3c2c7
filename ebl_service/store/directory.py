"""How parties are called: legal name and identifying codes of each account, and every change of them.

Left to others: who is registered on the ledger (`store.titles.PartyRows`), which party a document means
(`domain.transport_document.party_resolution`).

Rules kept here
- A code, provider and value to the letter, belongs to one account; one that differs in case alone is nobody else's.
- A profile is replaced whole; what it was before stays on record.
"""

import json
from collections.abc import Iterable

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ebl_service.domain.profile import Profile, name_key
from ebl_service.domain.terms import Address, Seconds, checksummed
from ebl_service.domain.transport_document.document_parties import Code
from ebl_service.errors.documents import CodeTaken
from ebl_service.store.database import Database
from ebl_service.store.document_tables import party_codes, party_profiles, profile_changes

NAMESAKES = 20
"""Most parties of one name that are looked at."""


class Directory:
    """Writes and reads profiles."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, profile: Profile) -> None:
        """Call a party so from now on. Raises: CodeTaken where a code is another account's."""
        codes = sorted(profile.codes)
        values = {"account": profile.account, "legal_name": profile.legal_name, "changed_at": profile.changed_at}
        new = (sqlite if self._database.is_sqlite else postgresql).insert
        async with self._database.writing() as connection:
            row = values | {"name_key": name_key(profile.legal_name)}
            named = new(party_profiles).values(row)
            await connection.execute(named.on_conflict_do_update(index_elements=["account"], set_=row))
            await connection.execute(delete(party_codes).where(party_codes.c.account == profile.account))
            if codes:
                rows = [{"provider": each[0], "code": each[1], "account": profile.account} for each in codes]
                await connection.execute(new(party_codes).on_conflict_do_nothing(), rows)
            await _require_own(connection, profile)
            await connection.execute(profile_changes.insert().values({**values, "codes": json.dumps(codes)}))

    async def profile(self, account: Address) -> Profile | None:
        """How a party is called; None where nobody has said."""
        return (await self.many([account])).get(account)

    async def many(self, accounts: Iterable[Address]) -> dict[Address, Profile]:
        """The profiles of those of these accounts that have one."""
        wanted = set(accounts)
        async with self._database.reading() as connection:
            codes = await _codes(connection, wanted)
            rows = await connection.execute(select(party_profiles).where(party_profiles.c.account.in_(wanted)))
            return {
                Address(row.account): Profile(
                    Address(row.account), row.legal_name, codes.get(Address(row.account), frozenset()), row.changed_at
                )
                for row in rows
            }

    async def having(self, codes: Iterable[Code]) -> dict[Address, frozenset[Code]]:
        """The accounts that have any of these codes, each with all of its codes."""
        wanted = set(codes)
        if not wanted:
            return {}
        pair = tuple_(party_codes.c.provider, party_codes.c.code)
        async with self._database.reading() as connection:
            found = await connection.execute(select(party_codes.c.account).where(pair.in_(wanted)).distinct())
            return await _codes(connection, {Address(row.account) for row in found})

    async def called(self, key: str) -> list[Address]:
        """The accounts that go by this name, as `name_key` compares; at most 20."""
        columns = party_profiles.c
        query = select(columns.account).where(columns.name_key == key).order_by(columns.account).limit(NAMESAKES)
        async with self._database.reading() as connection:
            return [Address(row.account) for row in await connection.execute(query)]

    async def codes_at(self, account: Address, time: Seconds) -> frozenset[Code]:
        """The codes that a party had at a time (seconds since 1970)."""
        columns = profile_changes.c
        query = select(columns.codes).where(columns.account == account, columns.changed_at <= time)
        async with self._database.reading() as connection:
            codes = (await connection.execute(query.order_by(columns.number.desc()).limit(1))).scalar_one_or_none()
        return frozenset((provider, code) for provider, code in json.loads(codes or "[]"))

    async def changes(self, account: Address, after: int, limit: int) -> list[tuple[int, Profile]]:
        """How a party was called, oldest first: at most `limit` changes numbered above `after`."""
        columns = profile_changes.c
        query = select(profile_changes).where(columns.account == account, columns.number > after)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(columns.number).limit(limit))
            return [
                (
                    row.number,
                    Profile(
                        account, row.legal_name, frozenset((p, c) for p, c in json.loads(row.codes)), row.changed_at
                    ),
                )
                for row in rows
            ]


async def _require_own(connection: AsyncConnection, profile: Profile) -> None:
    own = (await _codes(connection, {profile.account})).get(profile.account, frozenset())
    taken = sorted(profile.codes - own)
    alike = tuple_(func.upper(party_codes.c.provider), func.upper(party_codes.c.code))
    spelled = {(provider.upper(), code.upper()): (provider, code) for provider, code in own}
    others = select(party_codes).where(alike.in_(list(spelled)), party_codes.c.account != profile.account)
    taken += [spelled[row.provider.upper(), row.code.upper()] for row in await connection.execute(others)]
    if taken:
        names = [f"{provider} {code}" for provider, code in taken]
        raise CodeTaken(
            f"{', '.join(names)} already names another party than {checksummed(profile.account)}", {"codes": names}
        )


async def _codes(connection: AsyncConnection, accounts: set[Address]) -> dict[Address, frozenset[Code]]:
    found: dict[Address, set[Code]] = {}
    for row in await connection.execute(select(party_codes).where(party_codes.c.account.in_(accounts))):
        found.setdefault(Address(row.account), set()).add((row.provider, row.code))
    return {account: frozenset(codes) for account, codes in found.items()}
