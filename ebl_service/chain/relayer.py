"""The relayer's key: it signs transactions that carry other parties' acts and pays for them. No network.

It has no power over any title: a batch is worth what the signatures inside it are worth. The same acts, nonce and fees
give the same bytes (RFC 6979), so that sending again can never send twice.
"""

from collections.abc import Callable, Sequence

from eth_account import Account
from eth_account.signers.local import LocalAccount

from ebl_service.chain.act_codec import encode_act, encode_batch
from ebl_service.domain import actions as act
from ebl_service.domain import certificate_actions as insurance
from ebl_service.domain.keccak import keccak
from ebl_service.domain.ledger import ActToSend, Fees, LedgerIdentity, Transaction
from ebl_service.domain.terms import Address, Digest, checksummed

ACT_GAS = 400_000
"""What the contract lets one act of a batch use (contracts/SignedActs.sol)."""
_RESERVE = 60_000
_BASE_GAS = 40_000
_GAS: dict[type[act.Act], int] = {act.Issue: 190_000, act.EndorseToOrder: 75_000, act.Endorse: 75_000,
                                  act.EndorseInBlank: 75_000, act.RejectTransfer: 75_000,
                                  insurance.IssueCertificate: 260_000, insurance.CarryOver: 160_000,
                                  insurance.ConsentToCancellation: 110_000, insurance.NotifyClaim: 120_000,
                                  insurance.SettleClaim: 100_000, insurance.CancelCertificate: 110_000}  # fmt: skip
_OTHER_GAS = 65_000
_REPLACE_GAS = 120_000
"""For each old and each new title of a replacement, beside the events that name every id."""
_ID_GAS = 1_000
MOST_GAS = 15_000_000
"""Of the acts of a batch: with what it needs beside them it stays below 2**24, which EIP-7825 allows a transaction."""
MOST_BYTES = 100_000
"""Of the acts of a batch: nodes take transactions of 128 kB into their pools."""
_ACT_BYTES = 1_100
"""The most that an act of a batch has beside its signature."""
_ROOM_TO_CHECK = 100_000
"""What a call that checks an act has beside the act's own share."""


def gas_of(item: ActToSend, *, by_wallet: bool) -> int:
    """The most gas an act may use; `by_wallet`: a contract wallet checks the signature and may use all it is given."""
    asked = item.signed.act
    if isinstance(asked, act.Replace):
        old, new = len(asked.old_ids), len(asked.new_titles)
        return (old + new) * _REPLACE_GAS + old * new * 2 * _ID_GAS + (ACT_GAS if by_wallet else 0)
    return ACT_GAS if by_wallet else _GAS.get(type(asked), _OTHER_GAS)


def gas_limit(data: bytes, work: int) -> int:
    """The limit of a transaction that carries `data` and then uses at most `work`: never below the floor (EIP-7623)."""
    zeros = data.count(0)
    return max(work + 16 * len(data), 21_000 + 10 * (zeros + 4 * (len(data) - zeros)))


def part_of(item: ActToSend, *, by_wallet: bool) -> float:
    """What part of the largest batch an act takes up, by gas or by bytes."""
    size = len(item.signed.signature) + _ACT_BYTES
    return max((gas_of(item, by_wallet=by_wallet) + 16 * size) / MOST_GAS, size / MOST_BYTES)


class Relayer:
    """Signs transactions to the contracts of one ledger."""

    def __init__(self, key: LocalAccount, identity: LedgerIdentity) -> None:
        self._key = key
        self._identity = identity

    @property
    def address(self) -> Address:
        """The account that pays."""
        return Address(self._key.address.lower())

    def sign_batch(
        self, acts: Sequence[ActToSend], nonce: int, fees: Fees, is_wallet: Callable[[Address], bool]
    ) -> Transaction:
        """A transaction that carries these acts; a replacement too large for a batch's share must come alone.

        Raises: ValueError where they are for different contracts.
        """
        contracts = {self._identity.domain_of(item.signed.act).verifying_contract for item in acts}
        if len(contracts) != 1:
            raise ValueError(f"a batch is for one contract, not for {len(contracts)}")
        calls = [encode_act(item) for item in acts]
        gas = [gas_of(item, by_wallet=is_wallet(item.signed.signer)) for item in acts]
        if len(acts) == 1 and gas[0] > ACT_GAS:
            data, work = calls[0], _BASE_GAS + gas[0]
        else:
            # What is left before each act must cover the most it may use: see SignedActs.batch.
            data, work = encode_batch(calls), _BASE_GAS + sum(gas) + ACT_GAS + _RESERVE
        return self._signed(contracts.pop(), data, gas_limit(data, work), nonce, fees, tuple(map(_digest, calls)))

    def call_with(self, item: ActToSend, *, by_wallet: bool) -> dict[str, str]:
        """What `eth_call` takes to show what an act alone would get: its whole share, however long its signature."""
        data = encode_act(item)
        return {
            "from": self.address,
            "to": self._identity.domain_of(item.signed.act).verifying_contract,
            "data": "0x" + data.hex(),
            "gas": hex(gas_limit(data, max(ACT_GAS, gas_of(item, by_wallet=by_wallet)) + _ROOM_TO_CHECK)),
        }

    def sign_filler(self, nonce: int, fees: Fees) -> Transaction:
        """A transfer of nothing to the relayer itself, to use up a nonce."""
        return self._signed(self.address, b"", 21_000, nonce, fees, ())

    def _signed(
        self, to: Address, data: bytes, gas: int, nonce: int, fees: Fees, acts: tuple[Digest, ...]
    ) -> Transaction:
        signed = Account.sign_transaction(
            {
                "type": 2,
                "chainId": self._identity.chain_id,
                "nonce": nonce,
                "gas": gas,
                "maxFeePerGas": fees.max_fee,
                "maxPriorityFeePerGas": fees.priority_fee,
                "to": checksummed(to),
                "value": 0,
                "data": data,
            },
            self._key.key,
        )
        transaction_hash = Digest("0x" + bytes(signed.hash).hex())
        return Transaction(transaction_hash, bytes(signed.raw_transaction), nonce, gas, fees, acts)


def _digest(data: bytes) -> Digest:
    return Digest("0x" + keccak(data).hex())
