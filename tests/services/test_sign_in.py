"""Signing in: who comes in, with what, for how long."""

from dataclasses import replace

import pytest

from ebl_service.domain.caller import OF_A_PARTY, Means
from ebl_service.errors.access import MalformedSignIn, SignInRefused, TokenRefused
from ebl_service.services.sign_in import NONCE_SECONDS, SignedIn
from ebl_service.wallet.key import PartyKey
from tests.clerk import BANK, SHIPPER, STRANGER, Clerk, key


@pytest.fixture
async def clerk(clerk: Clerk) -> Clerk:
    """With the cast's joining final."""
    clerk.ledger.mine(3)
    await clerk.indexer.catch_up()
    return clerk


async def entered(clerk: Clerk, who: PartyKey, **changes: object) -> SignedIn:
    """Sign a challenge, changed, and come in."""
    message = replace((await clerk.access.sign_in.challenge(who.address)).message, **changes)  # type: ignore[arg-type]
    return await clerk.access.sign_in.enter(message.text, who.sign_text(message.text))


async def account_of(clerk: Clerk, token: str) -> str | None:
    return (await clerk.access.admission.caller(token, "here")).account


async def refused(clerk: Clerk, token: str) -> None:
    with pytest.raises(TokenRefused):
        await clerk.access.admission.caller(token, "here")


async def test_a_party_signs_in_with_its_own_key_and_may_do_what_a_party_may(clerk: Clerk) -> None:
    session = await entered(clerk, SHIPPER)
    caller = await clerk.access.admission.caller(session.token, "here")
    assert (caller.means, caller.account, caller.scopes) == (Means.SIGN_IN, SHIPPER.address, OF_A_PARTY)
    assert session.token not in repr(session)


async def test_a_challenge_serves_once(clerk: Clerk) -> None:
    text = (await clerk.access.sign_in.challenge(SHIPPER.address)).text
    await clerk.access.sign_in.enter(text, SHIPPER.sign_text(text))
    with pytest.raises(SignInRefused):
        await clerk.access.sign_in.enter(text, SHIPPER.sign_text(text))


async def test_a_challenge_is_used_up_by_a_wrong_signature_too(clerk: Clerk) -> None:
    text = (await clerk.access.sign_in.challenge(SHIPPER.address)).text
    for signature in (BANK.sign_text(text), SHIPPER.sign_text(text)):
        with pytest.raises(SignInRefused):
            await clerk.access.sign_in.enter(text, signature)


@pytest.mark.parametrize("signature", [b"", b"\x00" * 65, b"\x01" * 64, b"\xff" * 65])
async def test_what_is_no_signature_lets_nobody_in(clerk: Clerk, signature: bytes) -> None:
    text = (await clerk.access.sign_in.challenge(SHIPPER.address)).text
    with pytest.raises(SignInRefused):
        await clerk.access.sign_in.enter(text, signature)


async def test_a_challenge_is_over_after_five_minutes(clerk: Clerk) -> None:
    message = (await clerk.access.sign_in.challenge(SHIPPER.address)).message
    clerk.ahead += NONCE_SECONDS + 1
    late = replace(message, issued_at=message.issued_at + 10, expires_at=None)
    with pytest.raises(SignInRefused):
        await clerk.access.sign_in.enter(late.text, SHIPPER.sign_text(late.text))
    with pytest.raises(MalformedSignIn):
        await entered(clerk, SHIPPER, issued_at=message.issued_at)


async def test_a_nonce_is_for_the_account_it_was_given_to(clerk: Clerk) -> None:
    message = (await clerk.access.sign_in.challenge(SHIPPER.address)).message
    others = replace(message, account=BANK.address)
    with pytest.raises(SignInRefused):
        await clerk.access.sign_in.enter(others.text, BANK.sign_text(others.text))


async def test_a_nonce_of_ones_own_making_lets_nobody_in(clerk: Clerk) -> None:
    with pytest.raises(SignInRefused):
        await entered(clerk, SHIPPER, nonce="0123456789abcdef")


@pytest.mark.parametrize(
    "changes",
    [
        {"domain": "evil.example"},
        {"domain": "127.0.0.1"},
        {"domain": "127.0.0.1:8081"},
        {"scheme": "https"},
        {"uri": "http://evil.example"},
        {"uri": "http://127.0.0.1:80801"},
        {"uri": "http://127.0.0.1:8080.evil.example"},
        {"chain_id": 1},
        {"issued_at": 1_000_000},
        {"issued_at": 4_000_000_000},
        {"expires_at": 1_000_000},
        {"not_before": 4_000_000_000},
    ],
    ids=str,
)
async def test_a_message_for_another_service_chain_or_time_is_refused_by_name(
    clerk: Clerk, changes: dict[str, object]
) -> None:
    with pytest.raises(MalformedSignIn) as fault:
        await entered(clerk, SHIPPER, **changes)
    assert fault.value.details["at"] == "message"


async def test_the_message_may_name_any_of_the_services_addresses_and_a_statement_of_ones_own(clerk: Clerk) -> None:
    changes = {"domain": "ebl.example", "uri": "https://ebl.example/login", "scheme": "https", "statement": "Mine"}
    session = await entered(clerk, SHIPPER, **changes)
    assert await account_of(clerk, session.token) == SHIPPER.address


async def test_who_is_no_party_gets_a_challenge_and_does_not_come_in(clerk: Clerk) -> None:
    with pytest.raises(SignInRefused):
        await entered(clerk, STRANGER)


async def test_a_party_comes_in_once_its_joining_is_final(clerk: Clerk) -> None:
    newcomer = key("newcomer")
    clerk.ledger.register(newcomer.address)
    clerk.ledger.mine()
    await clerk.indexer.catch_up()
    with pytest.raises(SignInRefused):
        await entered(clerk, newcomer)
    clerk.ledger.mine(3)
    await clerk.indexer.catch_up()
    assert (await entered(clerk, newcomer)).account == newcomer.address


async def test_a_token_ends_with_its_time(clerk: Clerk) -> None:
    session = await entered(clerk, SHIPPER)
    clerk.ahead += session.expires_at - clerk.now() - 1
    assert await account_of(clerk, session.token) == SHIPPER.address
    clerk.ahead += 1
    await refused(clerk, session.token)


async def test_a_token_ends_when_its_party_signs_out_and_no_other_does(clerk: Clerk) -> None:
    one, other = await entered(clerk, SHIPPER), await entered(clerk, SHIPPER)
    await clerk.access.admission.sign_out(one.token)
    await refused(clerk, one.token)
    assert await account_of(clerk, other.token) == SHIPPER.address


async def test_a_suspension_ends_tokens_for_good_and_keeps_the_party_out_while_it_lasts(clerk: Clerk) -> None:
    session = await entered(clerk, SHIPPER)
    clerk.ledger.suspend(SHIPPER.address)
    clerk.ledger.mine()
    await clerk.indexer.catch_up()
    await refused(clerk, session.token)
    with pytest.raises(SignInRefused):
        await entered(clerk, SHIPPER)
    clerk.ledger.reinstate(SHIPPER.address)
    clerk.ledger.mine()
    await clerk.indexer.catch_up()
    await refused(clerk, session.token)
    again = await entered(clerk, SHIPPER)
    assert await account_of(clerk, again.token) == SHIPPER.address


async def test_what_is_kept_of_a_token_does_not_open_the_door(clerk: Clerk) -> None:
    session = await entered(clerk, SHIPPER)
    async with clerk.database.reading() as connection:
        rows = (await connection.exec_driver_sql("SELECT * FROM sessions")).all()
    assert session.token.removeprefix("ebls_") not in str(rows)
    await refused(clerk, str(rows[0][0]))
    await refused(clerk, "ebls_" + str(rows[0][0]).removeprefix("0x"))
