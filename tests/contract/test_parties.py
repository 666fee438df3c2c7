"""The party registry: joining by both sides' will, roles, standing, identity, and the registrar's seat."""

from dataclasses import replace
from typing import Any

import pytest

from ebl_service.domain.signed_act import LONGEST_DEADLINE, Join, SigningDomain
from ebl_service.domain.terms import Role, digest
from tests.contract.abi import Happened
from tests.contract.conftest import Refusal
from tests.contract.stage import Stage
from tests.local_chain import CAST, NO_ROLE, LocalChain, Person, person

NEWCOMER = person("newcomer")
IDENTITY = digest(77)
NOBODY = "0x" + "00" * 20


def join_of(stage: Stage, chain: LocalChain, who: Person = NEWCOMER, **changes: Any) -> Join:
    """A join signed by the account itself after these changes."""
    join = Join(who.address, NO_ROLE, IDENTITY, 0, stage.now + 1000)
    return who.key.sign_join(chain.parties_domain, replace(join, **changes))


def register(stage: Stage, chain: LocalChain, join: Join, sender: Person | None = None) -> list[Happened]:
    values = (join.account, int(join.roles), join.identity_digest, join.nonce, join.deadline, join.signature)
    return stage.call(sender or chain.registrar, "PartyRegistry", "register", *values)


def update(
    stage: Stage, chain: LocalChain, who: Person, *, signer: Person | None = None, sender: Person | None = None,
    domain: SigningDomain | None = None, **changes: Any
) -> list[Happened]:  # fmt: skip
    """Give a party another identity digest, signed by `signer`, as a message with these changes."""
    message = {"account": who.address, "identityDigest": IDENTITY, "nonce": 1, "deadline": stage.now + 1000} | changes
    signature = (signer or who).key.sign_message(domain or chain.parties_domain, "UpdateIdentity", message)
    return stage.call(sender or chain.registrar, "PartyRegistry", "updateIdentity", *message.values(), signature)


def party(stage: Stage, who: Person) -> dict[str, Any]:
    found: dict[str, Any] = stage.view("party", who.address, contract="PartyRegistry")
    return found


@pytest.mark.parametrize("roles", [0, Role.CUSTOMS])
def test_a_party_joins_by_the_registrars_call_and_its_own_signature(
    stage: Stage, chain: LocalChain, roles: int
) -> None:
    number = len(CAST) + 1
    (registered,) = register(stage, chain, join_of(stage, chain, roles=Role(roles)))
    assert registered.name == "Registered"
    assert registered.arguments == {
        "account": NEWCOMER.address,
        "number": number,
        "roles": roles,
        "identityDigest": IDENTITY,
        "nonce": 0,
        "time": stage.now,
    }
    assert party(stage, NEWCOMER) == {
        "number": number,
        "roles": roles,
        "suspended": False,
        "nonce": 1,
        "identityDigest": IDENTITY,
    }
    assert stage.view("accountOf", number, contract="PartyRegistry") == NEWCOMER.address
    assert stage.view("partyCount", contract="PartyRegistry") == number


@pytest.mark.parametrize("roles", [Role.CARRIER, Role.INSURER, Role.TERMINAL, Role.CARRIER | Role.CUSTOMS])
def test_a_plain_key_that_keeps_others_cargo_is_warned_of(stage: Stage, chain: LocalChain, roles: Role) -> None:
    _, warning = register(stage, chain, join_of(stage, chain, roles=roles))
    assert warning == ("SingleKeyWarning", {"account": NEWCOMER.address, "roles": int(roles)})
    stage.call(chain.registrar, "PartyRegistry", "withdrawRole", NEWCOMER.address, roles)
    _, warning = stage.call(chain.registrar, "PartyRegistry", "grantRole", NEWCOMER.address, roles)
    assert warning.name == "SingleKeyWarning"


def test_nobody_joins_twice(stage: Stage, chain: LocalChain, refused: Refusal) -> None:
    for nonce in (0, 1):
        with refused("AlreadyRegistered", chain.bank):
            register(stage, chain, join_of(stage, chain, chain.bank, nonce=nonce))


@pytest.mark.parametrize("roles", [16, 255, 128 | Role.CARRIER])
def test_only_the_four_roles_exist(stage: Stage, chain: LocalChain, refused: Refusal, roles: int) -> None:
    with refused("UnknownRole", roles):
        register(stage, chain, join_of(stage, chain, roles=roles))
    for act in ("grantRole", "withdrawRole"):
        with refused("UnknownRole", roles):
            stage.call(chain.registrar, "PartyRegistry", act, chain.bank.address, roles)
        with refused("UnknownRole", 0):
            stage.call(chain.registrar, "PartyRegistry", act, chain.bank.address, 0)


def test_every_member_of_a_join_is_signed(stage: Stage, chain: LocalChain, refused: Refusal) -> None:
    join = join_of(stage, chain)
    for changes in (
        {"roles": Role.CARRIER},
        {"identity_digest": digest(78)},
        {"deadline": join.deadline + 1},
        {"signature": bytes(65)},
        {"signature": b""},
        {"signature": join_of(stage, chain, chain.stranger).signature},
    ):
        with refused("InvalidSignature", NEWCOMER):
            register(stage, chain, replace(join, **changes))
    with refused("InvalidSignature", chain.stranger):
        register(stage, chain, replace(join, account=chain.stranger.address))
    with refused("InvalidSignature", NOBODY):
        register(stage, chain, replace(join, account=NOBODY))
    with refused("InvalidSignature", chain.title_registry):
        register(stage, chain, replace(join, account=chain.title_registry))


def test_a_join_for_another_registry_or_chain_is_worth_nothing(
    stage: Stage, chain: LocalChain, refused: Refusal
) -> None:
    join = join_of(stage, chain)
    for domain in (chain.titles_domain, replace(chain.parties_domain, chain_id=1)):
        with refused("InvalidSignature", NEWCOMER):
            register(stage, chain, NEWCOMER.key.sign_join(domain, join))


def test_a_join_counts_up_to_its_deadline_at_most_seven_days_away(
    stage: Stage, chain: LocalChain, refused: Refusal
) -> None:
    join = join_of(stage, chain)
    stage.at(join.deadline + 1)
    with refused("DeadlinePassed", join.deadline, join.deadline + 1):
        register(stage, chain, join)
    latest = stage.next_time + LONGEST_DEADLINE
    with refused("DeadlineTooDistant", latest + 1, latest):
        register(stage, chain, join_of(stage, chain, deadline=latest + 1))
    farthest = stage.next_time + LONGEST_DEADLINE
    register(stage, chain, join_of(stage, chain, person("another"), deadline=farthest))
    join = join_of(stage, chain)
    stage.at(join.deadline)
    register(stage, chain, join)


def test_a_stale_or_future_nonce_is_refused(stage: Stage, chain: LocalChain, refused: Refusal) -> None:
    with refused("StaleNonce", NEWCOMER, 0, 1):
        register(stage, chain, join_of(stage, chain, nonce=1))
    for given in (0, 2):
        with refused("StaleNonce", chain.bank, 1, given):
            update(stage, chain, chain.bank, nonce=given)


def test_an_identity_changes_by_the_partys_own_signature_once(
    stage: Stage, chain: LocalChain, refused: Refusal
) -> None:
    (updated,) = update(stage, chain, chain.bank)
    assert updated.name == "IdentityUpdated"
    assert updated.arguments == {
        "account": chain.bank.address,
        "identityDigest": IDENTITY,
        "nonce": 1,
        "time": stage.now,
    }
    assert (party(stage, chain.bank)["identityDigest"], party(stage, chain.bank)["nonce"]) == (IDENTITY, 2)
    with refused("StaleNonce", chain.bank, 2, 1):
        update(stage, chain, chain.bank)
    update(stage, chain, chain.bank, nonce=2)


def test_an_identity_is_changed_by_nobody_else(stage: Stage, chain: LocalChain, refused: Refusal) -> None:
    with refused("InvalidSignature", chain.bank):
        update(stage, chain, chain.bank, signer=chain.registrar)
    with refused("InvalidSignature", chain.bank):
        update(stage, chain, chain.bank, domain=chain.titles_domain)
    with refused("UnknownParty", chain.stranger):
        update(stage, chain, chain.stranger, nonce=0)
    with refused("DeadlinePassed", stage.now - 1, stage.now + 1):
        update(stage, chain, chain.bank, deadline=stage.now - 1)
    with refused("DeadlineTooDistant", stage.now + 10**7, stage.now + 1 + LONGEST_DEADLINE):
        update(stage, chain, chain.bank, deadline=stage.now + 10**7)


def test_roles_are_granted_and_withdrawn_where_they_differ(stage: Stage, chain: LocalChain, refused: Refusal) -> None:
    bank = chain.bank.address
    both = Role.CUSTOMS | Role.CARRIER
    (granted, _) = stage.call(chain.registrar, "PartyRegistry", "grantRole", bank, both)
    assert granted == ("RoleGranted", {"account": bank, "roles": int(both), "time": stage.now})
    with refused("RoleUnchanged", chain.bank, Role.CUSTOMS | Role.TERMINAL):
        stage.call(chain.registrar, "PartyRegistry", "grantRole", bank, Role.CUSTOMS | Role.TERMINAL)
    (withdrawn,) = stage.call(chain.registrar, "PartyRegistry", "withdrawRole", bank, Role.CARRIER)
    assert withdrawn == ("RoleWithdrawn", {"account": bank, "roles": int(Role.CARRIER), "time": stage.now})
    assert party(stage, chain.bank)["roles"] == Role.CUSTOMS
    with refused("RoleUnchanged", chain.bank, Role.CUSTOMS | Role.CARRIER):
        stage.call(chain.registrar, "PartyRegistry", "withdrawRole", bank, both)


def test_a_party_is_suspended_and_reinstated(stage: Stage, chain: LocalChain, refused: Refusal) -> None:
    bank = chain.bank.address
    with refused("NotSuspended", chain.bank):
        stage.call(chain.registrar, "PartyRegistry", "reinstate", bank)
    (suspended,) = stage.call(chain.registrar, "PartyRegistry", "suspend", bank)
    assert suspended == ("Suspended", {"account": bank, "time": stage.now})
    assert party(stage, chain.bank)["suspended"]
    with refused("AlreadySuspended", chain.bank):
        stage.call(chain.registrar, "PartyRegistry", "suspend", bank)
    (reinstated,) = stage.call(chain.registrar, "PartyRegistry", "reinstate", bank)
    assert reinstated == ("Reinstated", {"account": bank, "time": stage.now})
    assert not party(stage, chain.bank)["suspended"]


@pytest.mark.parametrize(
    ("act", "values"), [("grantRole", [1]), ("withdrawRole", [1]), ("suspend", []), ("reinstate", [])]
)
def test_who_never_joined_has_neither_roles_nor_standing(
    stage: Stage, chain: LocalChain, refused: Refusal, act: str, values: list[int]
) -> None:
    with refused("UnknownParty", chain.stranger):
        stage.call(chain.registrar, "PartyRegistry", act, chain.stranger.address, *values)


@pytest.mark.parametrize("name", ["carrier", "bank", "stranger"])
def test_nobody_but_the_registrar_keeps_the_register(
    stage: Stage, chain: LocalChain, refused: Refusal, name: str
) -> None:
    intruder = chain.people[name]
    with refused("OwnableUnauthorizedAccount", intruder):
        register(stage, chain, join_of(stage, chain), sender=intruder)
    with refused("OwnableUnauthorizedAccount", intruder):
        update(stage, chain, intruder, sender=intruder)
    for act, values in (("grantRole", [1]), ("withdrawRole", [1]), ("suspend", []), ("reinstate", [])):
        with refused("OwnableUnauthorizedAccount", intruder):
            stage.call(intruder, "PartyRegistry", act, intruder.address, *values)
    for act, values in (("transferOwnership", [intruder.address]), ("acceptOwnership", []), ("renounceOwnership", [])):
        with refused("OwnableUnauthorizedAccount", intruder):
            stage.call(intruder, "PartyRegistry", act, *values)


def test_the_registrars_seat_passes_in_two_steps(stage: Stage, chain: LocalChain, refused: Refusal) -> None:
    old, new = chain.registrar, chain.stranger
    ends = {"previousOwner": old.address, "newOwner": new.address}
    started = stage.call(old, "PartyRegistry", "transferOwnership", new.address)
    assert started == [("OwnershipTransferStarted", ends)]
    assert stage.view("owner", contract="PartyRegistry") == old.address
    assert stage.view("pendingOwner", contract="PartyRegistry") == new.address
    assert stage.call(new, "PartyRegistry", "acceptOwnership") == [("OwnershipTransferred", ends)]
    assert stage.view("owner", contract="PartyRegistry") == new.address
    with refused("OwnableUnauthorizedAccount", old):
        stage.call(old, "PartyRegistry", "suspend", chain.bank.address)
    stage.call(new, "PartyRegistry", "suspend", chain.bank.address)


def test_the_registrars_seat_is_never_empty(stage: Stage, chain: LocalChain, refused: Refusal) -> None:
    with refused("SeatCannotBeEmpty"):
        stage.call(chain.registrar, "PartyRegistry", "renounceOwnership")
    with pytest.raises(AssertionError):
        chain.deploy("PartyRegistry", bytes(32))


def test_an_account_is_told_in_one_word(stage: Stage, chain: LocalChain) -> None:
    stage.call(chain.registrar, "PartyRegistry", "suspend", chain.customs.address)
    for name, suspended in (("carrier", 0), ("customs", 1), ("bank", 0)):
        number = list(CAST).index(name) + 1
        word = stage.view("registration", chain.people[name].address, contract="PartyRegistry")
        assert word == number | CAST[name] << 32 | suspended << 40
    assert stage.view("registration", chain.stranger.address, contract="PartyRegistry") == 0
    assert stage.view("accountOf", 0, contract="PartyRegistry") == NOBODY
    assert stage.view("accountOf", len(CAST) + 1, contract="PartyRegistry") == NOBODY
