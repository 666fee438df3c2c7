"""Why the ledger refuses an act on a title, a signature, or a change of a party: a class for each Solidity error.

Each has the error's name. The base, and what turns a decoded revert into its class, stand in `errors.refusal` and are
given on here; refusals on certificates of insurance in `errors.certificate_refusals`.
"""

from ebl_service.errors import certificate_refusals
from ebl_service.errors.refusal import REFUSALS, Refusal, refusal

__all__ = ["REFUSALS", "Refusal", "certificate_refusals", "refusal"]


# Titles


class UnknownTitle(Refusal):
    says = "There is no title {title_id}."
    advice = "Check the title id; a title exists once its issue is on the ledger."


class StaleSequence(Refusal):
    says = "The act was decided at sequence {given}, but the title is at {current}."
    arguments = ("title_id", "caller", "current", "given")
    advice = "Read the title again, check that the act is still what you want, and sign it with the present sequence."


class TitleNotLive(Refusal):
    says = "The title is {status}: nothing that needs a live title is possible."
    arguments = ("title_id", "caller", "status")
    advice = "Wait for the carrier's answer to a pending surrender; a surrendered title is final."


class SurrenderNotPending(Refusal):
    says = "The title is {status}: no surrender is waiting for an answer."
    arguments = ("title_id", "caller", "status")
    advice = "A surrender can be answered or withdrawn once, while it is pending."


class NotHolder(Refusal):
    says = "{caller} does not hold the title."
    advice = "Only the present holder can do this; ask it to."


class NotCarrier(Refusal):
    says = "{caller} is not the carrier that issued the title."
    advice = "Only the carrier that issued the title can do this."


class CarrierRoleMissing(Refusal):
    says = "{caller} is not registered as a carrier."
    advice = "Ask the registrar to grant the role CARRIER."


class CarrierSuspended(Refusal):
    says = "{caller} is suspended and may not issue."
    advice = "Ask the registrar for reinstatement; answering surrenders stays possible."


class TitleExists(Refusal):
    says = "The title {title_id} is already issued."
    advice = "A bill number is issued once; an amended bill replaces the surrendered one as its next version."


class EmptyDigest(Refusal):
    says = "Reference digest and commitment must not be zero."
    advice = "Make both with the bill's salt from its number and record."


class ConsigneeMissing(Refusal):
    says = "A straight bill needs a consignee."
    advice = "Name the consignee, or issue the bill to order."


class CarrierCannotReceive(Refusal):
    says = "The carrier cannot be holder, endorsee or consignee of its own bill."
    advice = "To give a bill back to its carrier, request its surrender."


class RecipientNotRegistered(Refusal):
    says = "{recipient} is not a registered party."
    arguments = ("title_id", "caller", "recipient")
    advice = "Check the address; the recipient must join before it can receive a title."


class RecipientSuspended(Refusal):
    says = "{recipient} is suspended and may not receive titles."
    arguments = ("title_id", "caller", "recipient")
    advice = "Choose another recipient, or wait for its reinstatement."


class AlreadyHolder(Refusal):
    says = "{caller} already holds the title."
    advice = "Name another party; the holder of a blank bill may endorse it to its own order."


class StraightBill(Refusal):
    says = "A straight bill cannot be endorsed."
    advice = "Transfer possession instead: rights stay with the consignee."


class NotEndorsee(Refusal):
    says = "{caller} holds the bill, but it is endorsed to another party."
    advice = "Only possession can be passed on; rights change hands when the endorsee holds the bill."


class MayNotEndorse(Refusal):
    says = "The bill was endorsed to {caller} by name, not to its order: it may not endorse further."
    advice = "Transfer possession or surrender the bill instead."


class MayNotSurrender(Refusal):
    says = "{caller} may not surrender this bill for {purpose}."
    arguments = ("title_id", "caller", "purpose")
    advice = "The endorsee in possession (straight: consignee or shipper) surrenders; pass the bill to it."


class AnswerPeriodRunning(Refusal):
    says = "The carrier may still answer: the request can be withdrawn after {until}."
    arguments = ("title_id", "caller", "until")
    advice = "Wait until the carrier's time to answer is over (seconds since 1970, UTC)."


class PreviousActMismatch(Refusal):
    says = "The proof of the act before does not fit the title's head."
    advice = "Take the proof from the title's last event and try again."


class NothingToReject(Refusal):
    says = "The title's last act did not hand it to {caller}."
    advice = "A hand-over can be rejected as the very next act only; later, transfer the bill back."


class RejectPeriodOver(Refusal):
    says = "The hand-over could be rejected until {until}."
    arguments = ("title_id", "caller", "until")
    advice = "Transfer or endorse the bill back to the giver instead."


# Replacement


class TitleCountOutOfRange(Refusal):
    says = "A replacement takes 1 to 16 old and 1 to 16 new titles, with one sequence for each old one; got {count}."
    arguments = ("count", "caller")
    advice = "Replace in several steps."


class IdsNotAscending(Refusal):
    says = "Title ids must be strictly ascending; {title_id} is not."
    advice = "Sort the titles by id and name each once."


class NotSurrenderedForAmendment(Refusal):
    says = "The title is {status}; only one surrendered for amendment can be replaced, once."
    arguments = ("title_id", "caller", "status")
    advice = "Let the holder surrender it for amendment and accept that first."


class HoldersDiffer(Refusal):
    says = "The title {title_id} was surrendered by another party than the first one."
    advice = "Consolidate only titles that one and the same party surrendered."


class VersionNotReplaced(Refusal):
    says = "The new title's version follows one that is not among the replaced titles."
    advice = "Name version n + 1 of a reference only where version n is replaced; a new reference starts at 0."


# Signed acts


class DeadlinePassed(Refusal):
    says = "The signature's deadline {deadline} has passed (it is {time})."
    arguments = ("deadline", "time")
    advice = "Sign the act again with a later deadline."


class DeadlineTooDistant(Refusal):
    says = "The signature's deadline {deadline} is more than 7 days away; the latest is {latest}."
    arguments = ("deadline", "latest")
    advice = "Sign the act again with a deadline within 7 days."


class InvalidSignature(Refusal):
    says = "The signature is not one of {signer} over this act."
    arguments = ("signer",)
    advice = "Sign exactly the typed data given for the act, on this chain and contract, with the acting party's key."


class BatchInBatch(Refusal):
    says = "A batch cannot be carried in a batch."
    arguments = ()


class BatchOutOfGas(Refusal):
    says = "The transaction has too little gas left for act {index} of the batch."
    arguments = ("index",)
    advice = "Send fewer acts, or more gas."


# Parties


class AlreadyRegistered(Refusal):
    says = "{account} is already registered."
    arguments = ("account",)
    advice = "Change its roles or identity instead."


class UnknownParty(Refusal):
    says = "{account} is not a registered party."
    arguments = ("account",)
    advice = "Register it first: the party signs a join, the registrar sends it."


class UnknownRole(Refusal):
    says = "{roles} is not a sum of role bits: CARRIER 1, INSURER 2, TERMINAL 4, CUSTOMS 8."
    arguments = ("roles",)
    advice = "Name at least one of the four roles."


class RoleUnchanged(Refusal):
    says = "{account} already stands so with regard to roles {roles}."
    arguments = ("account", "roles")
    advice = "Grant only roles the party lacks, withdraw only roles it has."


class AlreadySuspended(Refusal):
    says = "{account} is already suspended."
    arguments = ("account",)


class NotSuspended(Refusal):
    says = "{account} is not suspended."
    arguments = ("account",)


class StaleNonce(Refusal):
    says = "The signature was made for nonce {given}, but the account's nonce is {current}."
    arguments = ("account", "current", "given")
    advice = "Sign again with the present nonce."


class SeatCannotBeEmpty(Refusal):
    says = "The registrar's seat cannot be left empty."
    arguments = ()
    advice = "Pass the seat on in two steps: transferOwnership, then acceptOwnership."


class OwnableUnauthorizedAccount(Refusal):
    says = "{account} is not the registrar."
    arguments = ("account",)
    advice = "Only the registrar admits, changes and suspends parties."


class OwnableInvalidOwner(Refusal):
    says = "{owner} cannot be registrar."
    arguments = ("owner",)


class Unexplained(Refusal):
    """Not an error of the contracts: out of gas, or a failing contract wallet, without a reason of ours."""

    says = "The act failed on the ledger without one of the contracts' reasons (revert data {data})."
    arguments = ("data",)
    advice = "Check the signing wallet: it may need more gas than an act may use (400,000)."
