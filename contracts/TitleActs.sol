// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {
    Possession, Terms, MAY_ENDORSE, HOLDER_IS_ENDORSEE, ENDORSEE_HAS_HELD
} from "./Possession.sol";
import {TitleRecords} from "./TitleRecords.sol";

/// @title TitleActs
/// @notice What each act asks and does, whoever carried it here: checks, link, changes, event, in that order.
abstract contract TitleActs is TitleRecords {
    uint256 private constant MOST_TITLES = 16;
    bytes32 private constant NO_ARGUMENTS = 0;

    /// @dev Seconds within which a hand-over may be rejected.
    uint256 public immutable rejectPeriod;
    /// @dev Seconds after which an unanswered surrender request may be withdrawn.
    uint256 public immutable answerPeriod;

    constructor(uint256 rejectPeriod_, uint256 answerPeriod_) {
        rejectPeriod = rejectPeriod_;
        answerPeriod = answerPeriod_;
    }

    // ISSUE

    function _issue(address carrier, address holder, NewTitle memory made) internal returns (bytes32 titleId) {
        titleId = titleIdOf(carrier, made.referenceDigest, 0);
        _requireIssuer(titleId, carrier);
        uint32 first = _requireRecipient(titleId, carrier, carrier, holder);
        uint32 endorsee = _requireIssuable(titleId, carrier, holder, first, made);
        _create(titleId, carrier, holder, first, endorsee, made, new bytes32[](0));
    }

    function _replace(
        address carrier,
        bytes32[] calldata oldIds,
        uint32[] calldata sequences,
        NewTitle[] calldata newTitles
    ) internal returns (bytes32[] memory newIds) {
        address holder = _requireReplaceable(carrier, oldIds, sequences);
        uint32 first = parties.registration(holder).number();
        uint32[] memory endorsees;
        (newIds, endorsees) = _requireReplacements(carrier, holder, first, oldIds, newTitles);

        for (uint256 i = 0; i < oldIds.length; ++i) _retire(oldIds[i], carrier, sequences[i], newIds);
        for (uint256 i = 0; i < newIds.length; ++i) {
            _create(newIds[i], carrier, holder, first, endorsees[i], newTitles[i], oldIds);
        }
    }

    function _retire(bytes32 oldId, address carrier, uint32 sequence, bytes32[] memory newIds) private {
        (Record storage t, Possession p, Terms m) = _current(oldId, carrier, sequence);
        p = _link(t, p, m, Verb.REPLACE, carrier, keccak256(abi.encodePacked(newIds)));
        p = p.inStatus(Status.REPLACED);
        t.possession = p;
        emit Replaced(oldId, p.holder(), carrier, newIds, p.sequence(), p.actedAt());
    }

    /// The party that surrendered all of them for amendment.
    function _requireReplaceable(address carrier, bytes32[] calldata oldIds, uint32[] calldata sequences)
        private
        view
        returns (address holder)
    {
        uint256 count = oldIds.length;
        if (count == 0 || count > MOST_TITLES || sequences.length != count) revert TitleCountOutOfRange(count, carrier);
        for (uint256 i = 0; i < count; ++i) {
            bytes32 id = oldIds[i];
            if (i != 0 && oldIds[i - 1] >= id) revert IdsNotAscending(id, carrier);
            (, Possession p, Terms m) = _current(id, carrier, sequences[i]);
            if (m.carrier() != carrier) revert NotCarrier(id, carrier);
            if (!p.isIn(Status.SURRENDERED_FOR_AMENDMENT)) revert NotSurrenderedForAmendment(id, carrier, p.status());
            if (i != 0 && p.holder() != holder) revert HoldersDiffer(id, carrier);
            holder = p.holder();
        }
    }

    function _requireReplacements(
        address carrier,
        address holder,
        uint32 first,
        bytes32[] calldata oldIds,
        NewTitle[] calldata newTitles
    ) private view returns (bytes32[] memory newIds, uint32[] memory endorsees) {
        uint256 count = newTitles.length;
        if (count == 0 || count > MOST_TITLES) revert TitleCountOutOfRange(count, carrier);
        _requireIssuer(oldIds[0], carrier);
        newIds = new bytes32[](count);
        endorsees = new uint32[](count);
        for (uint256 i = 0; i < count; ++i) {
            NewTitle calldata made = newTitles[i];
            bytes32 id = titleIdOf(carrier, made.referenceDigest, made.version);
            if (i != 0 && newIds[i - 1] >= id) revert IdsNotAscending(id, carrier);
            newIds[i] = id;
            endorsees[i] = _requireIssuable(id, carrier, holder, first, made);
            if (made.version == 0) continue;
            bytes32 before = titleIdOf(carrier, made.referenceDigest, made.version - 1);
            bool isReplaced = false;
            for (uint256 j = 0; j < oldIds.length && !isReplaced; ++j) isReplaced = oldIds[j] == before;
            if (!isReplaced) revert VersionNotReplaced(id, carrier);
        }
    }

    // POSSESSION AND ENDORSEMENT

    function _transfer(address actor, bytes32 titleId, uint32 sequence, address to) internal {
        (Record storage t, Possession p, Terms m) = _held(titleId, actor, sequence);
        if (to == actor) revert AlreadyHolder(titleId, actor);
        uint32 number = _requireRecipient(titleId, actor, m.carrier(), to);

        p = _link(t, p, m, Verb.TRANSFER, actor, _word(to));
        p = _handedTo(m, p, to, number);
        t.possession = p;
        emit Transferred(titleId, actor, to, p.sequence(), p.actedAt());
    }

    function _endorse(address actor, bytes32 titleId, uint32 sequence, address to) internal {
        (Record storage t, Possession p, Terms m) = _endorsable(titleId, actor, sequence);
        if (to == actor) revert AlreadyHolder(titleId, actor);
        uint32 number = _requireRecipient(titleId, actor, m.carrier(), to);

        p = _link(t, p, m, Verb.ENDORSE, actor, _word(to));
        m = m.endorsedTo(number);
        p = _handedTo(m, p.without(MAY_ENDORSE), to, number);
        t.terms = m;
        t.possession = p;
        emit Endorsed(titleId, actor, to, number, p.sequence(), p.actedAt());
    }

    function _endorseToOrder(address actor, bytes32 titleId, uint32 sequence, address to) internal {
        (Record storage t, Possession p, Terms m) = _endorsable(titleId, actor, sequence);
        if (to == actor && m.endorsee() != 0) revert AlreadyHolder(titleId, actor);
        uint32 number = _requireRecipient(titleId, actor, m.carrier(), to);

        p = _link(t, p, m, Verb.ENDORSE_TO_ORDER, actor, _word(to));
        m = m.endorsedTo(number);
        p = p.with(MAY_ENDORSE | HOLDER_IS_ENDORSEE | ENDORSEE_HAS_HELD);
        if (to != actor) p = _handedTo(m, p, to, number);
        t.terms = m;
        t.possession = p;
        emit EndorsedToOrder(titleId, actor, to, number, p.sequence(), p.actedAt());
    }

    function _endorseInBlank(address actor, bytes32 titleId, uint32 sequence, address to) internal {
        (Record storage t, Possession p, Terms m) = _endorsable(titleId, actor, sequence);
        if (to == actor) revert AlreadyHolder(titleId, actor);
        uint32 number = to == address(0) ? 0 : _requireRecipient(titleId, actor, m.carrier(), to);

        p = _link(t, p, m, Verb.ENDORSE_IN_BLANK, actor, _word(to));
        m = m.endorsedTo(0);
        p = p.without(MAY_ENDORSE | HOLDER_IS_ENDORSEE | ENDORSEE_HAS_HELD);
        if (to != address(0)) p = _handedTo(m, p, to, number);
        t.terms = m;
        t.possession = p;
        emit EndorsedInBlank(titleId, actor, to, p.sequence(), p.actedAt());
    }

    /// No need to check the giver's standing: it only gets back what it had.
    function _rejectTransfer(address actor, bytes32 titleId, uint32 sequence, PreviousAct calldata previous) internal {
        (Record storage t, Possession p, Terms m) = _held(titleId, actor, sequence);
        bytes32 proved = _headAfter(
            previous.head,
            previous.verb,
            previous.time,
            previous.actor,
            previous.argumentsDigest,
            Possession.wrap(previous.possession),
            previous.endorsee
        );
        if (proved != t.head) revert PreviousActMismatch(titleId, actor);
        Possession before = Possession.wrap(previous.possession);
        // Only these verbs hand over; a bill that its holder endorsed but kept was not received.
        bool handedOver = previous.verb >= Verb.TRANSFER && previous.verb <= Verb.ENDORSE_IN_BLANK;
        if (!handedOver || before.holder() == actor) revert NothingToReject(titleId, actor);
        uint256 until = previous.time + rejectPeriod;
        if (block.timestamp > until) revert RejectPeriodOver(titleId, actor, until);

        _link(t, p, m, Verb.REJECT_TRANSFER, actor, NO_ARGUMENTS);
        p = before.next(sequence);
        t.terms = m.endorsedTo(previous.endorsee);
        t.possession = p;
        emit TransferRejected(titleId, actor, p.holder(), p.sequence(), p.actedAt());
    }

    function _sign(address actor, bytes32 titleId, uint32 sequence) internal {
        (Record storage t, Possession p, Terms m) = _held(titleId, actor, sequence);

        p = _link(t, p, m, Verb.SIGN, actor, NO_ARGUMENTS);
        t.possession = p;
        emit Signed(titleId, actor, p.sequence(), p.actedAt());
    }

    // SURRENDER

    function _requestSurrender(address actor, bytes32 titleId, uint32 sequence, Purpose purpose, bytes32 reason)
        internal
    {
        (Record storage t, Possession p, Terms m) = _held(titleId, actor, sequence);
        if (!_maySurrender(m, p, purpose)) revert MayNotSurrender(titleId, actor, purpose);

        p = _link(t, p, m, Verb.REQUEST_SURRENDER, actor, keccak256(abi.encode(purpose, reason)));
        p = p.inStatus(Status(uint8(Status.PENDING_SURRENDER_FOR_DELIVERY) + uint8(purpose)));
        t.possession = p;
        emit SurrenderRequested(titleId, actor, m.carrier(), purpose, reason, p.sequence(), p.actedAt());
    }

    function _withdrawSurrender(address actor, bytes32 titleId, uint32 sequence) internal {
        (Record storage t, Possession p, Terms m) = _pending(titleId, actor, sequence);
        if (p.holder() != actor) revert NotHolder(titleId, actor);
        // The request is the last act: while it is pending only its answer could follow it.
        uint256 until = p.actedAt() + answerPeriod;
        if (block.timestamp <= until) revert AnswerPeriodRunning(titleId, actor, until);

        p = _link(t, p, m, Verb.WITHDRAW_SURRENDER, actor, NO_ARGUMENTS);
        p = p.inStatus(Status.ISSUED);
        t.possession = p;
        emit SurrenderWithdrawn(titleId, actor, m.carrier(), p.sequence(), p.actedAt());
    }

    function _acceptSurrender(address actor, bytes32 titleId, uint32 sequence) internal {
        (Record storage t, Possession p, Terms m) = _answerable(titleId, actor, sequence);

        p = _link(t, p, m, Verb.ACCEPT_SURRENDER, actor, NO_ARGUMENTS);
        p = p.inStatus(Status(uint8(p.status()) + 3)); // the PENDING and the SURRENDERED states stand in the same order
        t.possession = p;
        emit SurrenderAccepted(titleId, p.holder(), actor, p.sequence(), p.actedAt());
    }

    function _rejectSurrender(address actor, bytes32 titleId, uint32 sequence) internal {
        (Record storage t, Possession p, Terms m) = _answerable(titleId, actor, sequence);

        p = _link(t, p, m, Verb.REJECT_SURRENDER, actor, NO_ARGUMENTS);
        p = p.inStatus(Status.ISSUED);
        t.possession = p;
        emit SurrenderRejected(titleId, p.holder(), actor, p.sequence(), p.actedAt());
    }

    /// The arguments of a hand-over as the head takes them: one word stands for itself, more for their digest.
    function _word(address to) private pure returns (bytes32) {
        return bytes32(uint256(uint160(to)));
    }
}
