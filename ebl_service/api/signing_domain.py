"""The EIP-712 domain in typed data that comes back signed: where the signature counts."""

from typing import Annotated

from pydantic import Field

from ebl_service.api.fields import AccountField, RequestModel
from ebl_service.domain.signed_act import SigningDomain
from ebl_service.errors.requests import ForeignChain


class Domain(RequestModel):
    """EIP-712 domain: where the signature counts."""

    name: str
    version: str
    chain_id: Annotated[int, Field(strict=True, ge=0, le=2**53 - 1)]
    verifying_contract: AccountField

    def check(self, expected: SigningDomain) -> None:
        """Raises: ForeignChain where it is not `expected`."""
        given = SigningDomain(self.name, self.chain_id, self.verifying_contract, self.version)
        if given != expected:
            raise ForeignChain(
                f"The typed data is for {given.name} on chain {given.chain_id} at {given.verifying_contract}",
                {
                    "expected_name": expected.name,
                    "expected_version": expected.version,
                    "expected_chain_id": expected.chain_id,
                    "expected_contract": expected.verifying_contract,
                },
            )
