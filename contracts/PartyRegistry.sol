// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IPartyRegistry} from "./interfaces/IPartyRegistry.sol";
import {Registration, registrationOf} from "./Registration.sol";

/// @title PartyRegistry
/// @notice GUARANTEES, each with the test in contracts/test that holds it
/// - A party is registered only by the registrar and the account's own signature together, once:
///   Parties.t.sol/test_aPartyJoinsByTheRegistrarsCallAndItsOwnSignature, test_onlyTheRegistrarAdmits,
///   test_nobodyIsAdmittedUnasked, test_aPartyJoinsOnce.
/// - A party's number belongs to its account for ever; numbers have no gap:
///   Invariants.t.sol/invariant_onlyWhoJoinedHoldsAndTheRegistrarMovesNothing.
/// - A join or identity signature works once, on this contract and chain, up to its deadline:
///   Parties.t.sol/test_anIdentitySignatureWorksOnce, test_aJoinForAnotherChainOrRegistryDoesNotCount,
///   test_aJoinCountsToItsDeadlineAndNeverMoreThanSevenDaysAhead.
/// - The registrar's seat passes in two steps and is never empty:
///   Parties.t.sol/test_theSeatPassesInTwoSteps, test_theSeatIsNeverEmpty.
/// NOT GUARANTEED
/// - That an identity record is true: the registrar vouches for it off chain, the digest only fixes what it said.
/// - That a party still holds its key: a party that may lose one should be a contract wallet whose owners rotate.
/// The registrar has no power over any title: TitleRegistry reads only number, roles and suspension, and reads
/// suspension only where a party issues or receives.
contract PartyRegistry is IPartyRegistry, Ownable2Step, EIP712, ERC165 {
    uint8 private constant CARRIER = 1;
    uint8 private constant INSURER = 2;
    uint8 private constant TERMINAL = 4;
    uint8 private constant CUSTOMS = 8;
    uint8 private constant ALL_ROLES = CARRIER | INSURER | TERMINAL | CUSTOMS;
    uint8 private constant KEEPERS_OF_CARGO = CARRIER | INSURER | TERMINAL;
    uint256 private constant LONGEST_DEADLINE = 7 days;

    bytes32 private constant JOIN =
        keccak256("Join(address account,uint8 roles,bytes32 identityDigest,uint64 nonce,uint64 deadline)");
    bytes32 private constant UPDATE_IDENTITY =
        keccak256("UpdateIdentity(address account,bytes32 identityDigest,uint64 nonce,uint64 deadline)");

    mapping(address account => Party) private _parties;
    mapping(uint32 number => address account) private _accounts;

    /// @inheritdoc IPartyRegistry
    uint32 public partyCount;

    constructor(address registrar) Ownable(registrar) EIP712("eBL Ledger Parties", "1") {}

    // REGISTRATION

    /// @inheritdoc IPartyRegistry
    function register(
        address account, uint8 roles, bytes32 identityDigest, uint64 nonce, uint64 deadline, bytes calldata signature
    ) external onlyOwner {
        Party storage p = _parties[account];
        if (p.number != 0) revert AlreadyRegistered(account);
        if (roles & ~ALL_ROLES != 0) revert UnknownRole(roles);
        bytes32 structHash = keccak256(abi.encode(JOIN, account, roles, identityDigest, nonce, deadline));
        _useSignature(p, account, nonce, deadline, structHash, signature);

        uint32 number = ++partyCount;
        p.number = number;
        p.roles = roles;
        p.identityDigest = identityDigest;
        _accounts[number] = account;
        emit Registered(account, number, roles, identityDigest, nonce, uint40(block.timestamp));
        _warnOfSingleKey(account, roles);
    }

    /// @inheritdoc IPartyRegistry
    function updateIdentity(
        address account, bytes32 identityDigest, uint64 nonce, uint64 deadline, bytes calldata signature
    ) external onlyOwner {
        Party storage p = _registered(account);
        bytes32 structHash = keccak256(abi.encode(UPDATE_IDENTITY, account, identityDigest, nonce, deadline));
        _useSignature(p, account, nonce, deadline, structHash, signature);

        p.identityDigest = identityDigest;
        emit IdentityUpdated(account, identityDigest, nonce, uint40(block.timestamp));
    }

    // ROLES

    /// @inheritdoc IPartyRegistry
    function grantRole(address account, uint8 roles) external onlyOwner {
        Party storage p = _registered(account);
        if (roles == 0 || roles & ~ALL_ROLES != 0) revert UnknownRole(roles);
        if (p.roles & roles != 0) revert RoleUnchanged(account, roles);
        p.roles |= roles;
        emit RoleGranted(account, roles, uint40(block.timestamp));
        _warnOfSingleKey(account, roles);
    }

    /// @inheritdoc IPartyRegistry
    function withdrawRole(address account, uint8 roles) external onlyOwner {
        Party storage p = _registered(account);
        if (roles == 0 || roles & ~ALL_ROLES != 0) revert UnknownRole(roles);
        if (p.roles & roles != roles) revert RoleUnchanged(account, roles);
        p.roles &= ~roles;
        emit RoleWithdrawn(account, roles, uint40(block.timestamp));
    }

    // STANDING

    /// @inheritdoc IPartyRegistry
    function suspend(address account) external onlyOwner {
        Party storage p = _registered(account);
        if (p.suspended) revert AlreadySuspended(account);
        p.suspended = true;
        emit Suspended(account, uint40(block.timestamp));
    }

    /// @inheritdoc IPartyRegistry
    function reinstate(address account) external onlyOwner {
        Party storage p = _registered(account);
        if (!p.suspended) revert NotSuspended(account);
        p.suspended = false;
        emit Reinstated(account, uint40(block.timestamp));
    }

    /// @notice Refused: a registry without a registrar could neither admit nor suspend anyone.
    function renounceOwnership() public view override onlyOwner {
        revert SeatCannotBeEmpty();
    }

    // VIEWS

    /// @inheritdoc IPartyRegistry
    function party(address account) external view returns (Party memory) {
        return _parties[account];
    }

    /// @inheritdoc IPartyRegistry
    function registration(address account) external view returns (Registration) {
        Party storage p = _parties[account];
        return registrationOf(p.number, p.roles, p.suspended);
    }

    /// @inheritdoc IPartyRegistry
    function accountOf(uint32 number) external view returns (address) {
        return _accounts[number];
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(IPartyRegistry).interfaceId || super.supportsInterface(interfaceId);
    }

    // INTERNAL

    function _registered(address account) private view returns (Party storage p) {
        p = _parties[account];
        if (p.number == 0) revert UnknownParty(account);
    }

    /// The signature is checked by a static call before anything is written.
    function _useSignature(
        Party storage p, address account, uint64 nonce, uint64 deadline, bytes32 structHash, bytes calldata signature
    ) private {
        if (nonce != p.nonce) revert StaleNonce(account, p.nonce, nonce);
        if (block.timestamp > deadline) revert DeadlinePassed(deadline, block.timestamp);
        uint256 latest = block.timestamp + LONGEST_DEADLINE;
        if (deadline > latest) revert DeadlineTooDistant(deadline, latest);
        bytes32 digest = _hashTypedDataV4(structHash);
        if (!SignatureChecker.isValidSignatureNowCalldata(account, digest, signature)) revert InvalidSignature(account);
        p.nonce = nonce + 1;
    }

    function _warnOfSingleKey(address account, uint8 roles) private {
        if (roles & KEEPERS_OF_CARGO != 0 && account.code.length == 0) emit SingleKeyWarning(account, roles);
    }
}
