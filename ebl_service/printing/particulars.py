"""What a print says besides the document: the title on the ledger, what opens it, and what became of it."""

from dataclasses import dataclass

from ebl_service.domain.terms import Address, CertificateId, Digest, Seconds, TitleId


@dataclass(frozen=True, slots=True)
class TitleParticulars:
    """Where the original is. `version`: 0 is a first issue; `replaces`: the titles in whose place it is issued."""

    title_id: TitleId
    chain_id: int
    registry: Address
    version: int
    carrier: Address
    replaces: tuple[TitleId, ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """That the copy is of a version which has ended. `replaced_by`: none where it was surrendered and not replaced."""

    status: str
    replaced_by: tuple[TitleId, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversion:
    """That this print is an original on paper in the place of the title. `time`: of the block, seconds since 1970.

    `original`, `originals`: which of how many signed alike; `transaction`: the act by which the title ended.
    """

    transaction: Digest
    block_number: int
    time: Seconds
    original: int = 1
    originals: int = 1


@dataclass(frozen=True, slots=True)
class CertificateParticulars:
    """Where a certificate of insurance is. `insurance`: the contract; `mode`: its name, such as FOLLOW."""

    certificate_id: CertificateId
    title_id: TitleId
    chain_id: int
    insurance: Address
    insurer: Address
    mode: str
