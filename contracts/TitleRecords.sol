// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPartyRegistry} from "./interfaces/IPartyRegistry.sol";
import {ITitleRegistry} from "./interfaces/ITitleRegistry.sol";
import {
    Possession,
    Terms,
    termsOf,
    TO_ORDER,
    MAY_ENDORSE,
    HOLDER_IS_ENDORSEE,
    ENDORSEE_HAS_HELD,
    HOLDER_IS_FIRST,
    PASSED_ON
} from "./Possession.sol";
import {Registration} from "./Registration.sol";
import {SignedActs} from "./SignedActs.sol";

/// @title TitleRecords
/// @notice Where titles are kept, how a new one begins, how every act is linked into its head, and who may act on it.
abstract contract TitleRecords is ITitleRegistry, SignedActs {
    uint8 internal constant CARRIER = 1;

    /// Four slots.
    struct Record {
        Possession possession;
        Terms terms;
        bytes32 commitment;
        bytes32 head;
    }

    /// Slot 2, after EIP712's two; pinned by a test, since proofs of `head` are taken from storage.
    mapping(bytes32 titleId => Record) internal _records;

    /// @inheritdoc ITitleRegistry
    IPartyRegistry public immutable parties;

    constructor(IPartyRegistry parties_) {
        parties = parties_;
    }

    // VIEWS

    /// @inheritdoc ITitleRegistry
    function title(bytes32 titleId) external view returns (Title memory) {
        Record memory t = _records[titleId];
        (Possession p, Terms m) = (t.possession, t.terms);
        return Title({
            carrier: m.carrier(),
            holder: p.holder(),
            endorsee: parties.accountOf(m.endorsee()),
            entitled: entitledOf(titleId),
            status: p.status(),
            isToOrder: p.has(TO_ORDER),
            mayEndorse: p.has(MAY_ENDORSE),
            version: m.version(),
            sequence: p.sequence(),
            actedAt: p.actedAt(),
            commitment: t.commitment,
            head: t.head
        });
    }

    /// @inheritdoc ITitleRegistry
    function entitledOf(bytes32 titleId) public view returns (address) {
        Record storage t = _records[titleId];
        (Possession p, Terms m) = (t.possession, t.terms);
        if (m.endorsee() == 0 || p.has(HOLDER_IS_ENDORSEE)) return p.holder();
        return parties.accountOf(p.has(ENDORSEE_HAS_HELD) ? m.endorsee() : m.firstHolder());
    }

    /// @inheritdoc ITitleRegistry
    function titleIdOf(address carrier, bytes32 referenceDigest, uint16 version) public pure returns (bytes32) {
        return keccak256(abi.encode(carrier, referenceDigest, version));
    }

    // HISTORY

    /// A title begins: its record, its head, its events. All of it has been checked.
    function _create(
        bytes32 titleId,
        address carrier,
        address holder,
        uint32 first,
        uint32 endorsee,
        NewTitle memory made,
        bytes32[] memory replaces
    ) internal {
        bytes32 seed = keccak256(abi.encode(_domainSeparatorV4(), titleId));
        bytes32 arguments = keccak256(
            abi.encode(
                holder,
                made.endorsee,
                made.isToOrder,
                made.version,
                made.referenceDigest,
                made.commitment,
                keccak256(abi.encodePacked(replaces))
            )
        );
        Possession none = Possession.wrap(0);
        Possession p = none.next(0).heldBy(holder).inStatus(Status.ISSUED).with(HOLDER_IS_FIRST);
        if (made.isToOrder) p = p.with(endorsee == 0 ? TO_ORDER : TO_ORDER | MAY_ENDORSE);
        if (endorsee == first) p = p.with(HOLDER_IS_ENDORSEE | ENDORSEE_HAS_HELD);
        _records[titleId] = Record({
            possession: p,
            terms: termsOf(carrier, endorsee, first, made.version),
            commitment: made.commitment,
            head: _headAfter(seed, Verb.ISSUE, block.timestamp, carrier, arguments, none, 0)
        });
        emit Issued(
            titleId,
            carrier,
            holder,
            made.endorsee,
            endorsee,
            made.isToOrder,
            made.version,
            made.referenceDigest,
            made.commitment,
            p.actedAt(),
            replaces
        );
        if (endorsee != 0) emit EndorseeNamed(titleId, made.endorsee);
    }

    /// Puts one more act into the head, while `p` is still as it was before it; gives `p` with its sequence and time.
    /// Every act on a title comes through here.
    function _link(Record storage t, Possession p, Terms m, Verb verb, address actor, bytes32 arguments)
        internal
        returns (Possession)
    {
        t.head = _headAfter(t.head, verb, block.timestamp, actor, arguments, p, m.endorsee());
        return p.next(p.sequence());
    }

    /// @param before how the title stood before the act; likewise `endorsee`
    function _headAfter(
        bytes32 head,
        Verb verb,
        uint256 time,
        address actor,
        bytes32 arguments,
        Possession before,
        uint32 endorsee
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(head, uint256(verb), time, actor, arguments, before, endorsee));
    }

    /// `p` in the hands of `to`, whose party number is given, under the terms that hold after the act.
    function _handedTo(Terms m, Possession p, address to, uint32 number) internal pure returns (Possession) {
        p = p.heldBy(to).without(HOLDER_IS_ENDORSEE | HOLDER_IS_FIRST).with(PASSED_ON);
        if (number == m.firstHolder()) p = p.with(HOLDER_IS_FIRST);
        if (number == m.endorsee()) p = p.with(HOLDER_IS_ENDORSEE | ENDORSEE_HAS_HELD);
        return p;
    }

    // WHO MAY ACT

    function _current(bytes32 titleId, address actor, uint32 sequence)
        internal
        view
        returns (Record storage t, Possession p, Terms m)
    {
        t = _records[titleId];
        p = t.possession;
        m = t.terms;
        uint32 current = p.sequence();
        if (current == 0) revert UnknownTitle(titleId, actor);
        if (current != sequence) revert StaleSequence(titleId, actor, current, sequence);
    }

    /// A live title in the actor's hands.
    function _held(bytes32 titleId, address actor, uint32 sequence)
        internal
        view
        returns (Record storage t, Possession p, Terms m)
    {
        (t, p, m) = _current(titleId, actor, sequence);
        if (!p.isIn(Status.ISSUED)) revert TitleNotLive(titleId, actor, p.status());
        if (p.holder() != actor) revert NotHolder(titleId, actor);
    }

    /// A live title, to order, that the actor holds as its endorsee, or blank.
    function _endorsable(bytes32 titleId, address actor, uint32 sequence)
        internal
        view
        returns (Record storage t, Possession p, Terms m)
    {
        (t, p, m) = _held(titleId, actor, sequence);
        if (!p.has(TO_ORDER)) revert StraightBill(titleId, actor);
        if (m.endorsee() == 0) return (t, p, m);
        if (!p.has(HOLDER_IS_ENDORSEE)) revert NotEndorsee(titleId, actor);
        if (!p.has(MAY_ENDORSE)) revert MayNotEndorse(titleId, actor);
    }

    function _pending(bytes32 titleId, address actor, uint32 sequence)
        internal
        view
        returns (Record storage t, Possession p, Terms m)
    {
        (t, p, m) = _current(titleId, actor, sequence);
        Status status = p.status();
        bool pending =
            status >= Status.PENDING_SURRENDER_FOR_DELIVERY && status <= Status.PENDING_SURRENDER_FOR_PAPER;
        if (!pending) revert SurrenderNotPending(titleId, actor, status);
    }

    /// No need to check the carrier's role or standing: it must be able to answer whatever has become of it.
    function _answerable(bytes32 titleId, address actor, uint32 sequence)
        internal
        view
        returns (Record storage t, Possession p, Terms m)
    {
        (t, p, m) = _pending(titleId, actor, sequence);
        if (m.carrier() != actor) revert NotCarrier(titleId, actor);
    }

    function _maySurrender(Terms m, Possession p, Purpose purpose) internal pure returns (bool) {
        if (m.endorsee() == 0 || p.has(HOLDER_IS_ENDORSEE)) return true;
        if (!p.has(HOLDER_IS_FIRST)) return false;
        if (p.has(TO_ORDER)) return purpose != Purpose.DELIVERY && !p.has(PASSED_ON);
        return purpose == Purpose.DELIVERY || !p.has(ENDORSEE_HAS_HELD);
    }

    function _requireIssuer(bytes32 titleId, address carrier) internal view {
        Registration r = parties.registration(carrier);
        if (!r.hasRole(CARRIER)) revert CarrierRoleMissing(titleId, carrier);
        if (r.isSuspended()) revert CarrierSuspended(titleId, carrier);
    }

    /// The party number of one who may receive the title by a new act.
    function _requireRecipient(bytes32 titleId, address actor, address carrier, address to)
        internal
        view
        returns (uint32)
    {
        if (to == carrier) revert CarrierCannotReceive(titleId, actor);
        Registration r = parties.registration(to);
        if (r.number() == 0) revert RecipientNotRegistered(titleId, actor, to);
        if (r.isSuspended()) revert RecipientSuspended(titleId, actor, to);
        return r.number();
    }

    /// What is asked of every title before it is made; gives the endorsee's party number, 0 for none.
    /// A holder that is its own endorsee is not asked again: at an issue it was, and a replacement is a return.
    function _requireIssuable(bytes32 titleId, address carrier, address holder, uint32 first, NewTitle memory made)
        internal
        view
        returns (uint32 endorsee)
    {
        if (_records[titleId].possession.sequence() != 0) revert TitleExists(titleId, carrier);
        if (made.referenceDigest == 0 || made.commitment == 0) revert EmptyDigest(titleId, carrier);
        if (!made.isToOrder && made.endorsee == address(0)) revert ConsigneeMissing(titleId, carrier);
        if (made.endorsee == address(0)) return 0;
        if (made.endorsee == holder) return first;
        return _requireRecipient(titleId, carrier, carrier, made.endorsee);
    }
}
