"""Who is let in by which token; keys for machines; how often one may ask, and be wrong."""

import pytest

from ebl_service.domain.caller import Caller, Means, Scope
from ebl_service.errors import NotFound
from ebl_service.errors.access import (
    LockedOut,
    NotSignedIn,
    OperatorOnly,
    PartyOnly,
    ScopeMissing,
    SignInNeeded,
    TokenRefused,
    TooManyRequests,
)
from ebl_service.errors.requests import BadValue
from ebl_service.services.rate_limits import LimitPolicy, RateLimits
from tests.clerk import BANK, DAY, OPERATOR_TOKEN, SHIPPER, Clerk

PARTY = Caller(Means.SIGN_IN, SHIPPER.address, frozenset(Scope) - {Scope.OPERATE}, "session 1")
OPERATOR = Caller(Means.OPERATOR_TOKEN, None, frozenset({Scope.OPERATE}), "operator")


async def bearer(clerk: Clerk, token: str | None) -> Caller:
    return await clerk.access.admission.caller(token, "here")


async def refused(clerk: Clerk, *tokens: str) -> None:
    for token in tokens:
        with pytest.raises(TokenRefused):
            await bearer(clerk, token)


async def test_who_sends_no_token_is_nobody_and_the_operators_token_is_the_operators(clerk: Clerk) -> None:
    nobody, operator = await bearer(clerk, None), await bearer(clerk, OPERATOR_TOKEN)
    assert (nobody.means, nobody.party) == (Means.NOTHING, "nobody")
    assert (operator.is_operator, operator.account, operator.party) == (True, None, "operator")
    await refused(clerk, "", "nonsense", OPERATOR_TOKEN + "x", "ebls_" + "0" * 64, "eblk_" + "0" * 16 + "_" + "0" * 64)


async def test_a_key_speaks_for_its_party_within_its_scopes_and_is_shown_once(clerk: Clerk) -> None:
    made = await clerk.access.api_keys.make(PARTY, "machine", [Scope.READ], 30)
    caller = await bearer(clerk, made.text)
    assert (caller.means, caller.account, caller.scopes) == (Means.API_KEY, SHIPPER.address, {Scope.READ})
    assert caller.party_with(Scope.READ) == SHIPPER.address
    with pytest.raises(ScopeMissing):
        caller.party_with(Scope.SUBMIT)
    with pytest.raises(SignInNeeded):
        caller.signed_in()
    assert made.text not in repr(made)
    async with clerk.database.reading() as connection:
        rows = str((await connection.exec_driver_sql("SELECT * FROM api_keys")).all())
    assert made.text.rpartition("_")[2] not in rows
    [listed] = (await clerk.access.api_keys.listed(PARTY, None, 10)).items
    assert (listed.key_id, listed.last_used_at) == (made.key.key_id, clerk.now())
    await refused(clerk, made.text[:-1] + ("0" if made.text[-1] != "0" else "1"))


async def test_a_key_ends_with_its_time_and_when_it_is_revoked(clerk: Clerk) -> None:
    one, other = [await clerk.access.api_keys.make(PARTY, "machine", [Scope.READ], 1) for _ in range(2)]
    await clerk.access.api_keys.revoke(PARTY, one.key.key_id)
    await refused(clerk, one.text)
    clerk.ahead += DAY
    await refused(clerk, other.text)


async def test_a_suspended_partys_key_does_not_count_while_that_lasts(clerk: Clerk) -> None:
    made = await clerk.access.api_keys.make(PARTY, "machine", [Scope.READ], 1)
    clerk.ledger.suspend(SHIPPER.address)
    clerk.ledger.mine()
    await clerk.indexer.catch_up()
    await refused(clerk, made.text)


async def test_who_may_make_list_and_revoke_keys(clerk: Clerk) -> None:
    keys = clerk.access.api_keys
    made = await keys.make(PARTY, "machine", [Scope.READ], 1)
    machine = await bearer(clerk, made.text)
    for caller, kind in ((machine, SignInNeeded), (Caller(), NotSignedIn)):
        with pytest.raises(kind):
            await keys.make(caller, "another", [Scope.READ], 1)
        with pytest.raises(kind):
            await keys.listed(caller, None, 10)
        with pytest.raises(kind):
            await keys.revoke(caller, made.key.key_id)
    with pytest.raises(OperatorOnly):
        await keys.make(PARTY, "theirs", [Scope.READ], 1, BANK.address)
    with pytest.raises(OperatorOnly):
        await keys.make(PARTY, "mine", [Scope.OPERATE], 1)
    with pytest.raises(BadValue):
        await keys.make(PARTY, "for ever", [Scope.READ], 367)
    theirs = await keys.make(OPERATOR, "theirs", [Scope.PLATFORM], 1, BANK.address)
    with pytest.raises(NotFound):
        await keys.revoke(PARTY, theirs.key.key_id)
    operates = await keys.make(OPERATOR, "metrics", [Scope.OPERATE], 1)
    caller = await bearer(clerk, operates.text)
    assert caller.is_operator
    with pytest.raises(ScopeMissing):
        await keys.make(caller, "more", [Scope.OPERATE], 1)
    with pytest.raises(PartyOnly):
        caller.party_with(Scope.READ)
    assert len((await keys.listed(OPERATOR, None, 10)).items) == 3


def test_who_asks_too_often_is_told_when_to_come_again() -> None:
    limits = RateLimits(LimitPolicy(requests_a_minute=3, sign_ins_a_minute=1, look_ups_a_minute=2))
    for _ in range(3):
        limits.count_request("one")
    with pytest.raises(TooManyRequests) as fault:
        limits.count_request("one")
    assert 1 <= int(str(fault.value.details["retry_after"])) <= 60
    limits.count_request("another")
    limits.count_sign_in("here")
    with pytest.raises(TooManyRequests):
        limits.count_sign_in("here")
    limits.count_look_up("one")
    limits.count_look_up("one")
    with pytest.raises(TooManyRequests):
        limits.count_look_up("one")
    unlimited = RateLimits(LimitPolicy(requests_a_minute=0, sign_ins_a_minute=0, failures=0))
    for _ in range(50):
        unlimited.count_request("one")
        unlimited.count_failure("here")
    unlimited.require_listening("here")


async def test_who_guesses_is_not_listened_to_for_a_while_with_a_right_token_neither(clerk: Clerk) -> None:
    for number in range(20):
        await refused(clerk, f"guess {number}")
    with pytest.raises(LockedOut) as fault:
        await bearer(clerk, OPERATOR_TOKEN)
    assert 1 <= int(str(fault.value.details["retry_after"])) <= 300
    assert (await clerk.access.admission.caller(OPERATOR_TOKEN, "elsewhere")).is_operator
