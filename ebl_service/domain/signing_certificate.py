"""The X.509 certificate by which a carrier signs, and from when to when it counts.

Rules kept: a signature counts where its certificate was registered, valid and not revoked at the time it was received;
what was verified then stays verifiable, since certificates are kept after they are replaced, expired or revoked.
Leaves to others: reading and checking certificates (`trust`), keeping them (`store`).
"""

from dataclasses import dataclass, field

from ebl_service.domain.terms import Seconds


@dataclass(frozen=True, slots=True)
class SigningCertificate:
    """A carrier's certificate as registered.

    `fingerprint`: SHA-256 of its DER, 64 hexadecimal digits. `chain`: PEM, the certificate itself first. Times in
    seconds since 1970, the last one inclusive. `is_pinned`: trusted by itself, not by a root.
    """

    fingerprint: str
    subject: str
    chain: str = field(repr=False)
    valid_from: Seconds
    valid_until: Seconds
    registered_at: Seconds
    revoked_at: Seconds | None = None
    is_pinned: bool = False

    def counts_at(self, time: Seconds) -> bool:
        """Whether a signature received at `time` counts."""
        begins = max(self.valid_from, self.registered_at)
        return begins <= time <= self.valid_until and (self.revoked_at is None or time < self.revoked_at)
