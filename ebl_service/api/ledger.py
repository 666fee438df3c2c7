"""GET /v1/ledger: which ledger this is, so that a signer can see that it signs for the right one."""

from fastapi import APIRouter

from ebl_service.api.caller import Caller
from ebl_service.api.context import App
from ebl_service.api.fields import AccountField, DigestField, Model
from ebl_service.api.problems import problem_responses
from ebl_service.domain.signed_act import SigningDomain

router = APIRouter(tags=["ledger"])


class SigningDomainShown(Model):
    """An EIP-712 domain and its separator."""

    name: str
    version: str
    chain_id: int
    verifying_contract: AccountField
    separator: DigestField

    @classmethod
    def of(cls, domain: SigningDomain) -> "SigningDomainShown":
        """A domain as it is answered."""
        return cls(
            name=domain.name,
            version=domain.version,
            chain_id=domain.chain_id,
            verifying_contract=domain.verifying_contract,
            separator=domain.separator,
        )


class LedgerShown(Model):
    """Chain, contracts, and periods in seconds."""

    chain_id: int
    genesis_hash: DigestField
    party_registry: AccountField
    title_registry: AccountField
    cargo_insurance: AccountField
    deployment_block: int
    reject_period: int
    answer_period: int
    titles_domain: SigningDomainShown
    insurance_domain: SigningDomainShown
    parties_domain: SigningDomainShown


@router.get("/v1/ledger", responses=problem_responses(401, 429))
async def read(app: App, _caller: Caller) -> LedgerShown:
    """The chain, the contracts, and the domains that signatures are for."""
    identity = app.identity
    return LedgerShown(
        chain_id=identity.chain_id,
        genesis_hash=identity.genesis_hash,
        party_registry=identity.party_registry,
        title_registry=identity.title_registry,
        cargo_insurance=identity.cargo_insurance,
        deployment_block=identity.deployment_block,
        reject_period=identity.reject_period,
        answer_period=identity.answer_period,
        titles_domain=SigningDomainShown.of(identity.titles_domain),
        insurance_domain=SigningDomainShown.of(identity.insurance_domain),
        parties_domain=SigningDomainShown.of(identity.parties_domain),
    )
