// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IPartyRegistry} from "./interfaces/IPartyRegistry.sol";
import {ISignedActs} from "./interfaces/ISignedActs.sol";
import {ITitleRegistry} from "./interfaces/ITitleRegistry.sol";
import {TitleActs} from "./TitleActs.sol";
import {TitleActTypes} from "./TitleActTypes.sol";
import {TitleRecords} from "./TitleRecords.sol";

/// @title TitleRegistry
/// @notice Title to goods under electronic bills of lading. No proxy, no pause, no admin path to a title.
/// The acts stand in TitleActs, who may do them and how they are recorded in TitleRecords, signatures in SignedActs.
/// GUARANTEES, each with the test in contracts/test that holds it
/// - A title has exactly one holder, and possession moves only by the holder's act or by the receiver's return of it:
///   Invariants.t.sol/invariant_storageIsWhatTheEventsTell, HandOver.t.sol/test_nobodyButTheHolderHandsOverOrSigns;
///   proved (scripts/prove): proofs/Possession.t.sol/check_onlyTheHolderMovesPossession,
///   check_aSignedActMovesItsSignersPossessionOnly.
/// - No act succeeds twice with one signature, out of sequence, after its deadline, on another chain or contract:
///   Signatures.t.sol/test_anActLandsOnceAndNotAfterItsReturn, test_aSignatureIsForOneChainAndOneRegistry,
///   HandOver.t.sol/test_anActOnAStaleViewIsRefused; proved: proofs/Possession.t.sol/check_anActCountsOnce.
/// - At most one version of a reference is live: Invariants.t.sol/invariant_atMostOneVersionOfAReferenceIsLive,
///   Surrender.t.sol/test_aVersionExistsOnlyInPlaceOfTheOneBefore.
/// - A surrendered title never changes again, but for being replaced once, and the replacement goes to who surrendered:
///   Surrender.t.sol/test_aSurrenderedTitleIsFinal, test_anAmendedBillIsANewVersionForWhoSurrendered; proved:
///   proofs/Possession.t.sol/check_aSurrenderedTitleIsFinal, check_aReplacementGoesToWhoSurrendered.
/// - `head` recomputed from the events equals storage, at a pinned slot, and sequences have no gap:
///   Invariants.t.sol/invariant_storageIsWhatTheEventsTell.
/// - Rights pass when endorsement and possession meet, and not before:
///   HandOver.t.sol/test_possessionPassesWithoutTheRights, test_aBlankBillIsItsHolders.
/// - A consignee that has held a straight bill is not amended away: from then on AMENDMENT and PAPER are asked by it
///   alone, whoever holds the bill; the first holder in possession may still surrender for delivery, which is to the
///   consignee (docs/decisions/0024): Surrender.t.sol/test_aConsigneeThatHasHeldTheBillIsNotAmendedAway.
/// - A receiver can send back what it was handed, within the period, and all is as before:
///   HandOver.t.sol/test_aRejectionRestoresAllAsItWas, test_onlyTheReceiverRejectsAndOnlyWithTheTruth,
///   test_aHandOverIsRejectedWithinItsPeriodToTheSecond; proved: proofs/Possession.t.sol/check_aReturnRestoresWhatWas.
/// - Neither the registrar nor a relayer moves a title; suspension stops issuing and receiving, and moves nothing:
///   Invariants.t.sol/invariant_onlyWhoJoinedHoldsAndTheRegistrarMovesNothing,
///   HandOver.t.sol/test_aSuspendedPartyMayStillPassOnAndSignAndSurrender, test_onlyWhoJoinedAndIsNotSuspendedReceives.
/// NOT GUARANTEED
/// - That a document is what the commitment stands for: readers recompute it from document, record and salt.
/// - That quantities of divided or consolidated bills add up: they stand in the documents.
/// - That a carrier answers a surrender; who requested it may withdraw after `answerPeriod`.
/// - That a party which lost its key can act: see PartyRegistry.
contract TitleRegistry is TitleActs, ERC165 {
    constructor(IPartyRegistry parties_, uint256 rejectPeriod_, uint256 answerPeriod_)
        EIP712("eBL Ledger Titles", "1")
        TitleRecords(parties_)
        TitleActs(rejectPeriod_, answerPeriod_)
    {}

    // ISSUE

    /// @inheritdoc ITitleRegistry
    function issue(address holder, address endorsee, bool isToOrder, bytes32 referenceDigest, bytes32 commitment)
        external
        returns (bytes32 titleId)
    {
        return _issue(msg.sender, holder, NewTitle(endorsee, isToOrder, 0, referenceDigest, commitment));
    }

    /// @inheritdoc ITitleRegistry
    function issueBySignature(
        address holder,
        address endorsee,
        bool isToOrder,
        bytes32 referenceDigest,
        bytes32 commitment,
        Authorization calldata authorization
    ) external returns (bytes32 titleId) {
        NewTitle memory made = NewTitle(endorsee, isToOrder, 0, referenceDigest, commitment);
        titleId = titleIdOf(authorization.signer, referenceDigest, 0);
        bytes32 structHash = TitleActTypes.issue(titleId, holder, made, authorization.deadline);
        return _issue(_signer(authorization, structHash), holder, made);
    }

    /// @inheritdoc ITitleRegistry
    function replace(bytes32[] calldata oldIds, uint32[] calldata sequences, NewTitle[] calldata newTitles)
        external
        returns (bytes32[] memory newIds)
    {
        return _replace(msg.sender, oldIds, sequences, newTitles);
    }

    /// @inheritdoc ITitleRegistry
    function replaceBySignature(
        bytes32[] calldata oldIds,
        uint32[] calldata sequences,
        NewTitle[] calldata newTitles,
        Authorization calldata authorization
    ) external returns (bytes32[] memory newIds) {
        bytes32 structHash = TitleActTypes.replace(oldIds, sequences, newTitles, authorization.deadline);
        return _replace(_signer(authorization, structHash), oldIds, sequences, newTitles);
    }

    // POSSESSION AND ENDORSEMENT

    /// @inheritdoc ITitleRegistry
    function transfer(bytes32 titleId, uint32 sequence, address to) external {
        _transfer(msg.sender, titleId, sequence, to);
    }

    /// @inheritdoc ITitleRegistry
    function transferBySignature(bytes32 titleId, uint32 sequence, address to, Authorization calldata authorization)
        external
    {
        _transfer(_giverOf(TitleActTypes.TRANSFER, titleId, sequence, to, authorization), titleId, sequence, to);
    }

    /// @inheritdoc ITitleRegistry
    function endorse(bytes32 titleId, uint32 sequence, address to) external {
        _endorse(msg.sender, titleId, sequence, to);
    }

    /// @inheritdoc ITitleRegistry
    function endorseBySignature(bytes32 titleId, uint32 sequence, address to, Authorization calldata authorization)
        external
    {
        _endorse(_giverOf(TitleActTypes.ENDORSE, titleId, sequence, to, authorization), titleId, sequence, to);
    }

    /// @inheritdoc ITitleRegistry
    function endorseToOrder(bytes32 titleId, uint32 sequence, address to) external {
        _endorseToOrder(msg.sender, titleId, sequence, to);
    }

    /// @inheritdoc ITitleRegistry
    function endorseToOrderBySignature(bytes32 titleId, uint32 sequence, address to, Authorization calldata authorization)
        external
    {
        _endorseToOrder(_giverOf(TitleActTypes.ENDORSE_TO_ORDER, titleId, sequence, to, authorization), titleId, sequence, to);
    }

    /// @inheritdoc ITitleRegistry
    function endorseInBlank(bytes32 titleId, uint32 sequence, address to) external {
        _endorseInBlank(msg.sender, titleId, sequence, to);
    }

    /// @inheritdoc ITitleRegistry
    function endorseInBlankBySignature(bytes32 titleId, uint32 sequence, address to, Authorization calldata authorization)
        external
    {
        _endorseInBlank(_giverOf(TitleActTypes.ENDORSE_IN_BLANK, titleId, sequence, to, authorization), titleId, sequence, to);
    }

    /// @inheritdoc ITitleRegistry
    function rejectTransfer(bytes32 titleId, uint32 sequence, PreviousAct calldata previous) external {
        _rejectTransfer(msg.sender, titleId, sequence, previous);
    }

    /// @inheritdoc ITitleRegistry
    function rejectTransferBySignature(
        bytes32 titleId, uint32 sequence, PreviousAct calldata previous, Authorization calldata authorization
    ) external {
        address signer = _signerOf(TitleActTypes.REJECT_TRANSFER, titleId, sequence, authorization);
        _rejectTransfer(signer, titleId, sequence, previous);
    }

    /// @inheritdoc ITitleRegistry
    function sign(bytes32 titleId, uint32 sequence) external {
        _sign(msg.sender, titleId, sequence);
    }

    /// @inheritdoc ITitleRegistry
    function signBySignature(bytes32 titleId, uint32 sequence, Authorization calldata authorization)
        external
    {
        _sign(_signerOf(TitleActTypes.SIGN, titleId, sequence, authorization), titleId, sequence);
    }

    // SURRENDER

    /// @inheritdoc ITitleRegistry
    function requestSurrender(bytes32 titleId, uint32 sequence, Purpose purpose, bytes32 reason) external {
        _requestSurrender(msg.sender, titleId, sequence, purpose, reason);
    }

    /// @inheritdoc ITitleRegistry
    function requestSurrenderBySignature(
        bytes32 titleId, uint32 sequence, Purpose purpose, bytes32 reason, Authorization calldata authorization
    ) external {
        bytes32 structHash =
            TitleActTypes.requestSurrender(titleId, sequence, purpose, reason, authorization.deadline);
        _requestSurrender(_signer(authorization, structHash), titleId, sequence, purpose, reason);
    }

    /// @inheritdoc ITitleRegistry
    function withdrawSurrender(bytes32 titleId, uint32 sequence) external {
        _withdrawSurrender(msg.sender, titleId, sequence);
    }

    /// @inheritdoc ITitleRegistry
    function withdrawSurrenderBySignature(bytes32 titleId, uint32 sequence, Authorization calldata authorization)
        external
    {
        _withdrawSurrender(_signerOf(TitleActTypes.WITHDRAW_SURRENDER, titleId, sequence, authorization), titleId, sequence);
    }

    /// @inheritdoc ITitleRegistry
    function acceptSurrender(bytes32 titleId, uint32 sequence) external {
        _acceptSurrender(msg.sender, titleId, sequence);
    }

    /// @inheritdoc ITitleRegistry
    function acceptSurrenderBySignature(bytes32 titleId, uint32 sequence, Authorization calldata authorization)
        external
    {
        _acceptSurrender(_signerOf(TitleActTypes.ACCEPT_SURRENDER, titleId, sequence, authorization), titleId, sequence);
    }

    /// @inheritdoc ITitleRegistry
    function rejectSurrender(bytes32 titleId, uint32 sequence) external {
        _rejectSurrender(msg.sender, titleId, sequence);
    }

    /// @inheritdoc ITitleRegistry
    function rejectSurrenderBySignature(bytes32 titleId, uint32 sequence, Authorization calldata authorization)
        external
    {
        _rejectSurrender(_signerOf(TitleActTypes.REJECT_SURRENDER, titleId, sequence, authorization), titleId, sequence);
    }

    // STANDARDS

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(ITitleRegistry).interfaceId || interfaceId == type(ISignedActs).interfaceId
            || super.supportsInterface(interfaceId);
    }

    // SIGNERS

    function _signerOf(bytes32 typeHash, bytes32 titleId, uint32 sequence, Authorization calldata authorization)
        private
        view
        returns (address)
    {
        return _signer(authorization, TitleActTypes.plain(typeHash, titleId, sequence, authorization.deadline));
    }

    function _giverOf(
        bytes32 typeHash, bytes32 titleId, uint32 sequence, address to, Authorization calldata authorization
    ) private view returns (address) {
        return _signer(authorization, TitleActTypes.handOver(typeHash, titleId, sequence, to, authorization.deadline));
    }
}
