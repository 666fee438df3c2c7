"""Taking a carrier in, in one step: on the ledger, by name and codes, certificate, terms, address, custody or not.

Rules kept here
- Everything that can be refused is refused before anything is written on the ledger.
- Doing it again changes what is different and nothing else: a party that is registered is not registered again, and a
  call that failed half-way goes on with the account that it made (found by the party's codes).
- With custody the service makes the account's key and signs its join with it; what it may sign as a carrier after that
  is for the carrier's own statement to say (`services.custody`).
"""

import asyncio
import hashlib
import hmac
from contextlib import suppress
from dataclasses import dataclass, field, replace

import rfc8785

from ebl_service.domain.carrier_terms import CarrierTerms
from ebl_service.domain.custody import Custodian
from ebl_service.domain.ledger import LedgerIdentity, Registrar
from ebl_service.domain.receiver import CallbackHeader
from ebl_service.domain.signed_act import Join, signing_digest
from ebl_service.domain.signing_certificate import SigningCertificate
from ebl_service.domain.terms import Address, Digest, Role, Seconds
from ebl_service.domain.transport_document.document_parties import Code
from ebl_service.errors import LedgerUnavailable
from ebl_service.errors.documents import CodeTaken
from ebl_service.errors.platform import CustodyNotHere
from ebl_service.errors.refusals import AlreadyRegistered
from ebl_service.errors.requests import MissingField
from ebl_service.outgoing.addresses import required_url
from ebl_service.services.changes import Changes
from ebl_service.services.correspondence import Correspondence
from ebl_service.services.document_room import DocumentRoom
from ebl_service.services.naming import Naming
from ebl_service.services.policy import Clock, wall_clock
from ebl_service.store.callbacks import Callbacks
from ebl_service.store.carriers import Carriers
from ebl_service.store.custody_keys import CustodyKeys
from ebl_service.trust.certificates import Roots

PATIENCE = 30.0
"""Seconds until the index must know a party that was registered."""
HOUR = 3_600


@dataclass(frozen=True, slots=True)
class NewParty:
    """A party to take in. `account` or `join` (signed by it), or neither with `in_custody`.

    `certificate`: PEM; `is_pinned`: trusted though it leads to no root. Law and jurisdiction: of a carrier's bills.
    `back_dating_days`: how much further back than the strict rule its dates of issue may lie; None: as it is.
    `refused_advice`: names of advice that its documents are refused for; None: as it is.
    `keeps_header`: where no header is given, one that is known for the same address stays.
    """

    legal_name: str
    codes: frozenset[Code]
    roles: Role
    account: Address | None = None
    join: Join | None = None
    in_custody: bool = False
    certificate: str | None = field(default=None, repr=False)
    is_pinned: bool = False
    callback_url: str | None = None
    callback_header: CallbackHeader | None = None
    keeps_header: bool = True
    governing_law: str | None = None
    jurisdiction: str | None = None
    back_dating_days: int | None = None
    refused_advice: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Onboarded:
    """A party that was taken in. `transaction_hash`: None where it was registered already."""

    account: Address
    certificate: SigningCertificate | None
    transaction_hash: Digest | None


class Onboarding:
    """Takes parties in."""

    def __init__(
        self,
        identity: LedgerIdentity,
        room: DocumentRoom,
        naming: Naming,
        carriers: Carriers,
        callbacks: Callbacks,
        keys: CustodyKeys,
        roots: Roots,
        custodian: Custodian | None,
        changes: Changes,
        clock: Clock = wall_clock,
    ) -> None:
        self._identity = identity
        self._room = room
        self._naming = naming
        self._carriers = carriers
        self._callbacks = callbacks
        self._keys = keys
        self._roots = roots
        self._custodian = custodian
        self._changes = changes
        self._clock = clock
        self._directory = naming.directory
        self._history = naming.history

    async def onboard(self, registrar: Registrar | None, new: NewParty) -> Onboarded:
        """Take a party in. `registrar`: None where this service is not its desk.

        Raises: MissingField, CodeTaken, NotACertificate, CertificateNotTrusted, ReceiverNotAllowed, CustodyNotHere, the
        contract's refusals of a join, LedgerUnavailable.
        """
        now = self._clock()
        certificate = self._checked(new, now)
        known = await self._account(new)
        await self._require_free(new, known)
        account, transaction = await self._registered(registrar, new, known)
        await self._naming.name(account, new.legal_name, new.codes)
        if new.governing_law and new.jurisdiction:
            await self._carriers.put(await self._terms(account, new.governing_law, new.jurisdiction, new), now)
        if certificate is not None:
            await self._carriers.register(account, certificate)
        if new.callback_url:
            sealed = await self._header(account, new.callback_url, new)
            await self._callbacks.receive_at(account, new.callback_url, now, sealed)
        return Onboarded(account, certificate, transaction)

    async def _terms(self, account: Address, law: str, jurisdiction: str, new: NewParty) -> CarrierTerms:
        """The carrier's terms; what the call does not say of its documents stays as it is."""
        known = await self._carriers.terms(account) or CarrierTerms(account, law, jurisdiction)
        days = known.back_dating_days if new.back_dating_days is None else new.back_dating_days
        advice = known.refused_advice if new.refused_advice is None else new.refused_advice
        return CarrierTerms(account, law, jurisdiction, days, advice)

    async def _header(self, account: Address, url: str, new: NewParty) -> bytes | None:
        """The party's header as it is kept for this address: a known one goes to no other address than its own."""
        if new.callback_header is not None:
            return await Correspondence(self._room.keeping).seal_header(account, url, new.callback_header)
        known = (await self._callbacks.receivers([account])).get(account)
        return known.sealed_header if known and known.url == url and new.keeps_header else None

    def _checked(self, new: NewParty, now: Seconds) -> SigningCertificate | None:
        if new.callback_url:
            required_url(new.callback_url)
        elif new.callback_header is not None:
            raise MissingField("callbackUrl: a header is sent with callbacks to an address", {"at": "callbackUrl"})
        settings = (new.back_dating_days, new.refused_advice)
        is_carrier = Role.CARRIER in new.roles or any(each is not None for each in settings)
        if is_carrier and not (new.governing_law and new.jurisdiction):
            raise MissingField("governingLaw, jurisdiction: a carrier's bills name both", {"at": "governingLaw"})
        if new.in_custody and self._custodian is None:
            raise CustodyNotHere("This service holds no keys in custody (EBL_CUSTODY_DIR is not set)")
        if new.in_custody and new.account is None and not new.codes:
            raise MissingField(
                "identifyingCodes: a party in custody is known again by a code", {"at": "identifyingCodes"}
            )
        if new.certificate is None:
            return None
        return self._roots.registered(new.certificate, now, is_pinned=new.is_pinned)

    async def _account(self, new: NewParty) -> Address | None:
        """The party's account, as far as it has one: named in the call, or made by a call before this one."""
        account = new.account or (new.join.account if new.join else None)
        if account is not None or not new.in_custody:
            return account
        account = await self._made_before(new)
        if account is None:
            return None
        profile = await self._directory.profile(account)
        is_the_same = profile is None or (profile.legal_name, profile.codes) == (new.legal_name, new.codes)
        return account if is_the_same else None

    async def _require_free(self, new: NewParty, own: Address | None) -> None:
        """No code is another party's, as far as can be seen before."""
        for account, codes in (await self._directory.having(new.codes)).items():
            if account != own:
                taken = sorted(" ".join(code) for code in codes & new.codes)
                raise CodeTaken(f"{', '.join(taken)} already names another party", {"codes": taken})

    async def _registered(
        self, registrar: Registrar | None, new: NewParty, known: Address | None
    ) -> tuple[Address, Digest | None]:
        if known is not None and known in await self._history.parties.many([known]):
            return known, None
        if new.join is None and not new.in_custody:
            raise MissingField("join: an account that is not registered joins by its own signature", {"at": "join"})
        if registrar is None:
            raise MissingField("This service does not hold the registrar's key: register the account first")
        join = new.join or await self._join_in_custody(new, known or await self._made(new))
        transaction = None
        with suppress(AlreadyRegistered):  # by a call before this one, which the index has not seen yet
            transaction = await registrar.register(join)
        await self._seen(join.account)
        return join.account, transaction

    async def _made(self, new: NewParty) -> Address:
        """A new account in custody. Of two that are made for one code at once, the one recorded first counts."""
        assert self._custodian is not None
        await self._keys.keep(await self._custodian.make(), new.codes, self._clock())
        account = await self._made_before(new)
        assert account is not None  # it was recorded just now
        return account

    async def _made_before(self, new: NewParty) -> Address | None:
        accounts = await self._keys.accounts(new.codes)
        if len(accounts) > 1:
            taken = sorted(" ".join(code) for code in new.codes)
            raise CodeTaken(f"{', '.join(taken)} name several parties that are being taken in", {"codes": taken})
        return accounts.pop() if accounts else None

    async def _join_in_custody(self, new: NewParty, account: Address) -> Join:
        assert self._custodian is not None
        cursor = await self._history.cursor()
        deadline = max(self._clock(), cursor.time if cursor else 0) + HOUR
        join = Join(account, new.roles, await self._identity_digest(account, new), 0, deadline)
        digest = signing_digest(self._identity.parties_domain, "Join", join.message)
        return replace(join, signature=await self._custodian.sign(account, digest))

    async def _identity_digest(self, account: Address, new: NewParty) -> Digest:
        """Of name and codes, under a salt that this service can make again."""
        salt = hmac.digest(await self._room.keeping.carrier_secret(account), b"identity record", "sha256")
        said = {"legalName": new.legal_name, "identifyingCodes": [list(code) for code in sorted(new.codes)]}
        return Digest("0x" + hashlib.sha256(salt + rfc8785.dumps(said)).hexdigest())

    async def _seen(self, account: Address) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE
        while account not in await self._history.parties.many([account]):
            left = until - loop.time()
            if left <= 0:
                raise LedgerUnavailable(f"{account} is registered, and the index has not seen it yet: try again.")
            await self._changes.wait(self._changes.version, min(left, 0.5))
