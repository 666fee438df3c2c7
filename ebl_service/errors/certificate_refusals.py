"""Why the ledger refuses an act on a certificate of insurance: one class for each error of CargoInsurance."""

from ebl_service.errors.refusal import Refusal


class UnknownCertificate(Refusal):
    says = "There is no certificate {certificate_id}."
    arguments = ("certificate_id", "caller")
    advice = "Check the certificate id; a certificate exists once its issue is on the ledger."


class StaleCertificate(Refusal):
    says = "The act was decided at sequence {given}, but the certificate is at {current}."
    arguments = ("certificate_id", "caller", "current", "given")
    advice = "Read the certificate again, check that you still want the act, and sign it with the present sequence."


class CertificateExists(Refusal):
    says = "The certificate {certificate_id} is already issued."
    arguments = ("certificate_id", "caller")
    advice = "A certificate number is issued once; take another number for another certificate."


class CertificateDigestMissing(Refusal):
    says = "A digest that the act needs is zero."
    arguments = ("certificate_id", "caller")
    advice = "Give the digest of the document the act is about; a commitment is made with the certificate's salt."


class InsurerRoleMissing(Refusal):
    says = "{caller} is not registered as an insurer."
    arguments = ("certificate_id", "caller")
    advice = "Ask the registrar to grant the role INSURER."


class InsurerSuspended(Refusal):
    says = "{caller} is suspended and may not issue."
    arguments = ("certificate_id", "caller")
    advice = "Ask the registrar for reinstatement; carrying over and answering claims stay possible."


class NotInsurer(Refusal):
    says = "{caller} is not the insurer that issued the certificate."
    arguments = ("certificate_id", "caller")
    advice = "Only the insurer that issued the certificate can do this."


class NotAssured(Refusal):
    says = "{caller} is not whom the certificate assures."
    arguments = ("certificate_id", "caller")
    advice = "Only the assured of this block can do this; the title says who that is."


class NothingCovered(Refusal):
    says = "The certificate covers nothing: no part has a time at which its risk attaches."
    arguments = ("certificate_id", "caller")
    advice = "Say for cargo, war or strikes when the risk attaches (seconds since 1970)."


class NamedPartyMismatch(Refusal):
    says = "A certificate of mode {mode} is made out otherwise."
    arguments = ("certificate_id", "caller", "mode")
    advice = "FOLLOW names nobody; LOSS_PAYEE names the payee, NONE the assured."


class NamedPartyNotRegistered(Refusal):
    says = "{party} is not a registered party."
    arguments = ("certificate_id", "caller", "party")
    advice = "Check the address; the payee or assured must join before it can be named."


class NamedPartySuspended(Refusal):
    says = "{party} is suspended and may not be named."
    arguments = ("certificate_id", "caller", "party")
    advice = "Name another party, or wait for its reinstatement."


class TitleNotReplaced(Refusal):
    says = "The certificate's title is {status}: there is nothing to carry it over to."
    arguments = ("certificate_id", "caller", "status")
    advice = "A certificate is carried over once its title was replaced."


class NotAReplacement(Refusal):
    says = "The title {title_id} did not take the place of the certificate's title."
    arguments = ("certificate_id", "caller", "title_id")
    advice = "Carry over to one of the titles that were issued in its place."


class PartNotCovered(Refusal):
    says = "The certificate does not cover {part}."
    arguments = ("certificate_id", "caller", "part")
    advice = "Cancel a part that is covered."


class PartAlreadyCancelled(Refusal):
    says = "What is covered of {part} ends by an earlier notice, or at the same time."
    arguments = ("certificate_id", "caller", "part")
    advice = "Nothing more is needed: the certificate says when each part ends."


class ConsentMissing(Refusal):
    says = "The risk attaches before the notice for {part} would run out at {ends_at}: the assured must consent."
    arguments = ("certificate_id", "caller", "part", "ends_at")
    advice = "Have the assured sign ConsentToCancellation for this part; it counts for the very next act, for 7 days."


class LossPayeeStands(Refusal):
    says = "The risk has attached and {payee} is to be paid: only it can give that up."
    arguments = ("certificate_id", "caller", "payee")
    advice = "Have the loss payee release its right first."


class NotLossPayee(Refusal):
    says = "{caller} is not a loss payee of this certificate, or has released that."
    arguments = ("certificate_id", "caller")
    advice = "Only the named payee releases its right, once."


class UnknownClaim(Refusal):
    says = "The certificate has no claim {claim}."
    arguments = ("certificate_id", "caller", "claim")
    advice = "A claim is named by the sequence of its notice."


class ClaimNotAtThisStage(Refusal):
    says = "The claim {claim} is {status}."
    arguments = ("certificate_id", "caller", "claim", "status")
    advice = "A claim is acknowledged once, then surveyed, and settled or declined for good."


class NotPayee(Refusal):
    says = "The claim is not payable to {payee} now."
    arguments = ("certificate_id", "caller", "payee")
    advice = "Read the certificate: it says who is to be paid at this block."
