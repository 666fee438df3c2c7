// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICargoInsurance} from "../interfaces/ICargoInsurance.sol";
import {ITitleRegistry} from "../interfaces/ITitleRegistry.sol";
import {Insured} from "./Insured.sol";

/// @notice What an insurer does with certificates before there is a loss: issues them on live titles, and ties them to
/// what took the place of a replaced one.
abstract contract Underwriting is Insured {
    uint256 private constant MOST_CERTIFICATES = 40;

    uint256 private numbers;

    // ISSUE AND CARRY-OVER

    function insures(uint256 seed) external onTime {
        bool isRefused = standings[insurer].suspended;
        if (isRefused || certificates.length < MOST_CERTIFICATES) _insures(seed);
    }

    function _insures(uint256 seed) internal {
        (bytes32 titleId, bool found) = _titleThat(true, seed);
        if (!found) return;
        Policy memory p = _newPolicy(titleId, seed);
        bytes32 referenceDigest = bytes32(++numbers);
        bytes memory data = _issueCall(p, referenceDigest);
        if (standings[insurer].suspended) {
            _repels(Intrusion.ISSUED_SUSPENDED, insurer, data, ICargoInsurance.InsurerSuspended.selector);
            return;
        }
        if (standings[p.named].suspended) return;
        bytes32 id = keccak256(abi.encode(insurer, referenceDigest));
        p.head = keccak256(abi.encode(coverSeparator, id));
        policies[id] = p;
        certificates.push(id);
        bytes32 arguments = keccak256(
            abi.encode(p.titleId, p.mode, p.named, _parts(p.attachesAt), referenceDigest, p.commitment)
        );
        _does(id, ICargoInsurance.CertificateVerb.ISSUE_CERTIFICATE, insurer, arguments, data);
        _repels(Intrusion.ISSUED_TWICE, insurer, data, ICargoInsurance.CertificateExists.selector);
        _regrets(id);
    }

    /// An insurer that would be rid of what it has just issued is held by a payee that has not released it.
    function _regrets(bytes32 id) private {
        ICargoInsurance.Part part = ICargoInsurance.Part.ALL;
        bytes4 error = _judgeCancellation(policies[id], part);
        if (error != ICargoInsurance.LossPayeeStands.selector) return;
        bytes memory data = abi.encodeCall(ICargoInsurance.cancelCertificate, (id, policies[id].sequence, part));
        _repels(Intrusion.CANCELLED_FROM_UNDER_A_PAYEE, insurer, data, error);
    }

    function _newPolicy(bytes32 titleId, uint256 seed) private view returns (Policy memory p) {
        p.titleId = titleId;
        p.mode = ICargoInsurance.Mode(_from(seed, "mode", 3));
        if (p.mode != ICargoInsurance.Mode.FOLLOW) p.named = _party(seed, "named");
        // Attached already, or not before any notice of this run would end; war later than cargo, strikes not always.
        uint40 attachesAt = uint40(_from(seed, "attached", 2) == 0 ? _now() : _now() + 3650 days);
        p.attachesAt = [attachesAt, attachesAt + 5 days, _from(seed, "strikes", 2) == 0 ? 0 : attachesAt];
        p.commitment = keccak256(abi.encode("certificate", seed));
    }

    function _issueCall(Policy memory p, bytes32 referenceDigest) private pure returns (bytes memory) {
        uint40[3] memory at = p.attachesAt;
        return abi.encodeCall(
            ICargoInsurance.issueCertificate,
            (p.titleId, p.mode, p.named, at[0], at[1], at[2], referenceDigest, p.commitment)
        );
    }

    /// Nobody insures but an insurer, and nothing that has gone.
    function insuresAmiss(uint256 seed) external onTime {
        (bytes32 titleId, bool found) = _titleThat(true, seed);
        address who = _actor(seed);
        if (found && who != insurer) {
            bytes memory data = _issueCall(_newPolicy(titleId, seed), bytes32(++numbers));
            _repels(Intrusion.ISSUED_WITHOUT_ROLE, who, data, ICargoInsurance.InsurerRoleMissing.selector);
        }
        (titleId, found) = _titleThat(false, seed);
        if (!found || standings[insurer].suspended) return;
        bytes memory late = _issueCall(_newPolicy(titleId, seed), bytes32(++numbers));
        _repels(Intrusion.ISSUED_ON_A_DEAD_TITLE, insurer, late, ITitleRegistry.TitleNotLive.selector);
    }

    /// The first certificate whose title was replaced goes to one of those that took its place; to no other title, by
    /// no other proof. Until now it was in REVIEW, which `checkAssured` saw.
    function carriesOver(uint256 seed) external onTime {
        for (uint256 i = 0; i < certificates.length; ++i) {
            bytes32 id = certificates[(_from(seed, "certificate", certificates.length) + i) % certificates.length];
            bytes32 oldId = policies[id].titleId;
            if (bills[oldId].status != ITitleRegistry.Status.REPLACED) {
                if (i == 0) _carriesAmiss(id, seed);
                continue;
            }
            _carriesOver(id, _replacementOf(oldId), seed);
            return;
        }
    }

    function _carriesAmiss(bytes32 id, uint256 seed) private {
        ICargoInsurance.Replacement memory none;
        none.newIds = new bytes32[](1);
        none.newIds[0] = ids[_from(seed, "coveted", ids.length)];
        bytes memory data = _carryOverCall(id, none.newIds[0], bytes32(seed | 1), none);
        _repels(Intrusion.CARRIED_WHILE_LIVE, insurer, data, ICargoInsurance.TitleNotReplaced.selector);
    }

    function _carriesOver(bytes32 id, ICargoInsurance.Replacement memory proof, uint256 seed) private {
        Policy storage p = policies[id];
        bytes32 commitment = keccak256(abi.encode("amended", seed));
        bytes32 other = ids[_from(seed, "other", ids.length)];
        if (!_isAmong(other, proof.newIds)) {
            bytes memory astray = _carryOverCall(id, other, commitment, proof);
            _repels(Intrusion.CARRIED_TO_A_STRANGER, insurer, astray, ICargoInsurance.NotAReplacement.selector);
            ICargoInsurance.Replacement memory forged = abi.decode(abi.encode(proof), (ICargoInsurance.Replacement));
            forged.newIds[0] = other;
            astray = _carryOverCall(id, other, commitment, forged);
            _repels(Intrusion.CARRIED_BY_A_FORGED_PROOF, insurer, astray, ITitleRegistry.PreviousActMismatch.selector);
        }
        bytes32 newId = proof.newIds[_from(seed, "successor", proof.newIds.length)];
        bytes memory data = _carryOverCall(id, newId, commitment, proof);
        bytes32 arguments = keccak256(abi.encode(newId, commitment));
        _does(id, ICargoInsurance.CertificateVerb.CARRY_OVER, insurer, arguments, data);
        (p.titleId, p.commitment) = (newId, commitment);
    }

    function _carryOverCall(bytes32 id, bytes32 newId, bytes32 commitment, ICargoInsurance.Replacement memory proof)
        private
        view
        returns (bytes memory)
    {
        return abi.encodeCall(ICargoInsurance.carryOver, (id, policies[id].sequence, newId, commitment, proof));
    }

    // BELOW

    function _parts(uint40[3] memory at) private pure returns (ICargoInsurance.Parts memory) {
        return ICargoInsurance.Parts(at[0], at[1], at[2]);
    }

    function _isAmong(bytes32 id, bytes32[] memory list) private pure returns (bool found) {
        for (uint256 i = 0; i < list.length; ++i) if (list[i] == id) found = true;
    }
}
