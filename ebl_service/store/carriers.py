"""Carriers of this platform: the terms their bills are issued under, and the certificates by which they sign.

Rules kept: a certificate is never removed, so that what was signed with it stays verifiable; a revocation is not taken
back, and not moved to a later time.
"""

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from ebl_service.domain.carrier_terms import CarrierTerms
from ebl_service.domain.signing_certificate import SigningCertificate
from ebl_service.domain.terms import Address, Seconds
from ebl_service.errors import NotFound
from ebl_service.store.database import Database
from ebl_service.store.platform_tables import carriers, signing_certificates


class Carriers:
    """Writes and reads carriers' rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, terms: CarrierTerms, now: Seconds) -> None:
        """This carrier's bills are issued under these terms from now on."""
        row = {
            "account": terms.account,
            "governing_law": terms.governing_law,
            "jurisdiction": terms.jurisdiction,
            "back_dating_days": terms.back_dating_days,
            "refused_advice": " ".join(sorted(terms.refused_advice)),
            "changed_at": now,
        }
        new = (sqlite if self._database.is_sqlite else postgresql).insert(carriers).values(row)
        async with self._database.writing() as connection:
            await connection.execute(new.on_conflict_do_update(index_elements=["account"], set_=row))

    async def terms(self, account: Address) -> CarrierTerms | None:
        """A carrier's terms; None where it is no carrier of this platform."""
        query = select(carriers).where(carriers.c.account == account)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        names = frozenset(row.refused_advice.split())
        return CarrierTerms(account, row.governing_law, row.jurisdiction, row.back_dating_days, names)

    async def register(self, account: Address, certificate: SigningCertificate) -> None:
        """Take a certificate as the account's; one that is registered already stays as it is."""
        row = {
            "account": account,
            "fingerprint": certificate.fingerprint,
            "subject": certificate.subject,
            "chain": certificate.chain,
            "valid_from": certificate.valid_from,
            "valid_until": certificate.valid_until,
            "registered_at": certificate.registered_at,
            "revoked_at": None,
            "is_pinned": certificate.is_pinned,
        }
        new = (sqlite if self._database.is_sqlite else postgresql).insert(signing_certificates).values(row)
        async with self._database.writing() as connection:
            await connection.execute(new.on_conflict_do_nothing())

    async def revoke(self, account: Address, fingerprint: str, at: Seconds) -> None:
        """From `at` on it does not count. Raises: NotFound."""
        columns = signing_certificates.c
        mine = (columns.account == account, columns.fingerprint == fingerprint)
        async with self._database.writing() as connection:
            row = (await connection.execute(select(columns.revoked_at).where(*mine))).one_or_none()
            if row is None:
                raise NotFound(f"{account} has no certificate {fingerprint}.", {"fingerprint": fingerprint})
            if row.revoked_at is None or at < row.revoked_at:
                await connection.execute(update(signing_certificates).where(*mine).values(revoked_at=at))

    async def certificates(self, account: Address) -> list[SigningCertificate]:
        """Every certificate that was ever the account's, the oldest first."""
        columns = signing_certificates.c
        query = select(signing_certificates).where(columns.account == account)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(columns.registered_at, columns.fingerprint))
            return [
                SigningCertificate(
                    fingerprint=row.fingerprint,
                    subject=row.subject,
                    chain=row.chain,
                    valid_from=row.valid_from,
                    valid_until=row.valid_until,
                    registered_at=row.registered_at,
                    revoked_at=row.revoked_at,
                    is_pinned=row.is_pinned,
                )
                for row in rows
            ]
