"""Why a certificate or a signature of a carrier does not count, beside what the ledger refuses."""

from ebl_service.errors import InvalidRequest, NotAllowed


class NotACertificate(InvalidRequest):
    """The text is not X.509 certificates in PEM, or not ones that can sign manifests."""

    advice = "Send the signing certificate in PEM, followed by the certificates above it, without the private key."


class CertificateNotTrusted(InvalidRequest):
    """The certificate does not lead to a root that this service trusts, or does not count now."""

    advice = "Send the whole chain below a trusted root, or have the operator pin the certificate after checking it."


class MalformedSignature(InvalidRequest):
    """The text is not one compact JWS in its one form."""

    advice = "Send header, payload and signature in base64url without padding, joined by dots (RFC 7515 section 7.1)."


class AlgorithmNotAllowed(InvalidRequest):
    """The JWS names no algorithm that counts here."""

    advice = "Sign with RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 or ES512."


class SignatureNotCarriers(NotAllowed):
    """No registered certificate of the carrier made this signature, or none that counted then."""

    advice = "Sign with the key of a registered certificate that is neither expired nor revoked."


class ChecksumDiffers(InvalidRequest):
    """What was sent is not what the carrier signed."""

    advice = "Compute the checksums over exactly what is sent: JSON in RFC 8785 form, pictures decoded from base64."
