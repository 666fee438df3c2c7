// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPartyRegistry} from "../interfaces/IPartyRegistry.sol";
import {Acts} from "./Acts.sol";
import {Ledger} from "./Ledger.sol";
import {OwnedWallet} from "./Wallets.sol";

interface ISeat {
    function owner() external view returns (address);
    function pendingOwner() external view returns (address);
    function transferOwnership(address to) external;
    function acceptOwnership() external;
    function renounceOwnership() external;
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
}

/// @notice Who joins, with what, and who decides it.
contract PartiesTest is Ledger {
    bytes32 private constant IDENTITY = "identity";
    uint8 private constant ALL_ROLES = 15;

    address private _joiner;

    function setUp() public {
        _open();
        _joiner = _named("joiner");
    }

    // A CALL THAT STANDS OR IS REFUSED

    function _register(address sender, uint8 roles, uint64 nonce, uint64 deadline, bytes memory signature)
        private
        returns (bytes memory)
    {
        return _tries(
            sender, abi.encodeCall(IPartyRegistry.register, (_joiner, roles, IDENTITY, nonce, deadline, signature))
        );
    }

    function _tries(address sender, bytes memory data) private returns (bytes memory refused) {
        vm.prank(sender);
        (bool stands, bytes memory out) = address(parties).call(data);
        if (!stands) _that(out.length != 0, "a refusal has a name");
        return stands ? bytes("") : out;
    }

    function _admin(bytes memory data, bytes memory wanted) private {
        _same(_tries(registrar, data), wanted, "the registrar is answered");
    }

    function _joinSignature(uint8 roles, uint64 nonce, uint64 deadline) private view returns (bytes memory) {
        return _signs(_joiner, _joinDigest(_joiner, roles, IDENTITY, nonce, deadline));
    }

    function _joinsWell(uint8 roles) private {
        _same(_register(registrar, roles, 0, _tomorrow(), _joinSignature(roles, 0, _tomorrow())), "", "joins");
    }

    function _notRegistrar(address who) private pure returns (bytes memory) {
        return abi.encodeWithSignature("OwnableUnauthorizedAccount(address)", who);
    }

    // JOINING

    function test_aPartyJoinsByTheRegistrarsCallAndItsOwnSignature() public {
        uint32 number = parties.partyCount() + 1;
        bytes memory signature = _joinSignature(2, 0, _tomorrow());
        vm.expectEmit(true, true, true, true, address(parties));
        emit IPartyRegistry.Registered(_joiner, number, 2, IDENTITY, 0, uint40(_now()));
        vm.expectEmit(true, true, true, true, address(parties));
        emit IPartyRegistry.SingleKeyWarning(_joiner, 2);
        vm.prank(registrar);
        parties.register(_joiner, 2, IDENTITY, 0, _tomorrow(), signature);

        IPartyRegistry.Party memory p = parties.party(_joiner);
        _same(p.number, number, "number");
        _same(p.roles, 2, "roles");
        _same(p.suspended, false, "suspended");
        _same(p.nonce, 1, "nonce");
        _same(p.identityDigest, IDENTITY, "identity");
        _same(parties.accountOf(number), _joiner, "account of the number");
        _same(parties.accountOf(number + 1), address(0), "no account without a party");
        _same(parties.partyCount(), number, "numbers have no gap");
    }

    function test_onlyTheRegistrarAdmits() public {
        bytes memory signature = _joinSignature(0, 0, _tomorrow());
        _same(_register(_joiner, 0, 0, _tomorrow(), signature), _notRegistrar(_joiner), "its own call");
        _same(_register(line, 0, 0, _tomorrow(), signature), _notRegistrar(line), "a party's call");
        _same(parties.party(_joiner).number, 0, "not registered");
    }

    function test_nobodyIsAdmittedUnasked() public {
        bytes memory wanted = abi.encodeWithSelector(IPartyRegistry.InvalidSignature.selector, _joiner);
        bytes32 digest = _joinDigest(_joiner, 0, IDENTITY, 0, _tomorrow());
        _same(_register(registrar, 0, 0, _tomorrow(), ""), wanted, "no signature");
        _same(_register(registrar, 0, 0, _tomorrow(), _signs(line, digest)), wanted, "another's signature");
        _same(_register(registrar, 1, 0, _tomorrow(), _signs(_joiner, digest)), wanted, "for other roles");
        _same(_register(registrar, 0, 0, _tomorrow() + 1, _signs(_joiner, digest)), wanted, "for another deadline");
        bytes memory data = abi.encodeCall(
            IPartyRegistry.register, (_joiner, 0, "other", 0, _tomorrow(), _signs(_joiner, digest))
        );
        _admin(data, wanted);
        data = abi.encodeCall(
            IPartyRegistry.register, (address(0), 0, IDENTITY, 0, _tomorrow(), _signs(_joiner, digest))
        );
        _admin(data, abi.encodeWithSelector(IPartyRegistry.InvalidSignature.selector, address(0)));
        data = abi.encodeCall(
            IPartyRegistry.register, (address(titles), 0, IDENTITY, 0, _tomorrow(), _signs(_joiner, digest))
        );
        _admin(data, abi.encodeWithSelector(IPartyRegistry.InvalidSignature.selector, address(titles)));
    }

    function test_aJoinForAnotherChainOrRegistryDoesNotCount() public {
        bytes memory signature = _joinSignature(0, 0, _tomorrow());
        bytes memory wanted = abi.encodeWithSelector(IPartyRegistry.InvalidSignature.selector, _joiner);
        vm.chainId(block.chainid + 1);
        _same(_register(registrar, 0, 0, _tomorrow(), signature), wanted, "on another chain");
        vm.chainId(31337);
        partiesSeparator = Acts.domainSeparator("eBL Ledger Parties", 31337, relayer);
        _same(_register(registrar, 0, 0, _tomorrow(), _joinSignature(0, 0, _tomorrow())), wanted, "another registry's");
        partiesSeparator = separator;
        _same(_register(registrar, 0, 0, _tomorrow(), _joinSignature(0, 0, _tomorrow())), wanted, "the titles' domain");
    }

    function test_aJoinCountsToItsDeadlineAndNeverMoreThanSevenDaysAhead() public {
        uint64 late = uint64(_now() - 1);
        bytes memory wanted = abi.encodeWithSelector(IPartyRegistry.DeadlinePassed.selector, late, _now());
        _same(_register(registrar, 0, 0, late, _joinSignature(0, 0, late)), wanted, "after its deadline");
        uint64 far = uint64(_now() + 7 days + 1);
        wanted = abi.encodeWithSelector(IPartyRegistry.DeadlineTooDistant.selector, far, far - 1);
        _same(_register(registrar, 0, 0, far, _joinSignature(0, 0, far)), wanted, "too far ahead");
        bytes memory signature = _joinSignature(0, 0, far - 1);
        _same(_register(registrar, 0, 0, far - 1, signature), "", "seven days ahead");
    }

    function test_aJoinCountsInItsLastSecond() public {
        uint64 last = uint64(_now());
        _same(_register(registrar, 0, 0, last, _joinSignature(0, 0, last)), "", "in its last second");
    }

    function test_aPartyJoinsOnce() public {
        _joinsWell(0);
        bytes memory wanted = abi.encodeWithSelector(IPartyRegistry.AlreadyRegistered.selector, _joiner);
        bytes memory again = _joinSignature(0, 1, _tomorrow());
        _same(_register(registrar, 0, 1, _tomorrow(), again), wanted, "with a fresh signature");
        _same(_register(registrar, 0, 0, _tomorrow(), _joinSignature(0, 0, _tomorrow())), wanted, "with the spent one");
    }

    function test_aJoinCarriesTheAccountsNonce() public {
        bytes memory wanted = abi.encodeWithSelector(IPartyRegistry.StaleNonce.selector, _joiner, 0, 1);
        _same(_register(registrar, 0, 1, _tomorrow(), _joinSignature(0, 1, _tomorrow())), wanted, "ahead of its nonce");
    }

    function test_onlyKnownRolesAreGiven(uint8 roles) public {
        bytes memory refused = _register(registrar, roles, 0, _tomorrow(), _joinSignature(roles, 0, _tomorrow()));
        bytes memory wanted = abi.encodeWithSelector(IPartyRegistry.UnknownRole.selector, roles);
        _same(refused, roles <= ALL_ROLES ? bytes("") : wanted, "roles are four bits");
    }

    function test_aWalletJoinsByItsOwnersSignatureAndIsNoSingleKey() public {
        OwnedWallet wallet = new OwnedWallet(_joiner);
        vm.getRecordedLogs();
        _joins(address(wallet), _joiner, ALL_ROLES);
        _same(vm.getRecordedLogs().length, 1, "no warning");
        _same(parties.party(address(wallet)).roles, ALL_ROLES, "roles");
        wallet = new OwnedWallet(_joiner);
        bytes memory data = abi.encodeCall(
            IPartyRegistry.register,
            (address(wallet), 0, IDENTITY, 0, _tomorrow(), _joinSignature(0, 0, _tomorrow()))
        );
        _admin(data, abi.encodeWithSelector(IPartyRegistry.InvalidSignature.selector, address(wallet)));
    }

    function test_aSingleKeyThatKeepsCargoIsWarnedOf(uint8 roles) public {
        roles &= ALL_ROLES;
        vm.getRecordedLogs();
        _joinsWell(roles);
        bool keepsCargo = roles != 0 && roles != 8; // a customs house alone keeps nobody's cargo
        _same(vm.getRecordedLogs().length, keepsCargo ? 2 : 1, "warned of or not");
    }

    // IDENTITY

    function _identitySignature(bytes32 identity, uint64 nonce, uint64 deadline) private view returns (bytes memory) {
        bytes32 kind =
            keccak256("UpdateIdentity(address account,bytes32 identityDigest,uint64 nonce,uint64 deadline)");
        bytes32 structHash = keccak256(abi.encode(kind, _joiner, identity, nonce, deadline));
        return _signs(_joiner, Acts.digest(partiesSeparator, structHash));
    }

    function _update(uint64 nonce, uint64 deadline, bytes memory signature) private view returns (bytes memory) {
        return abi.encodeCall(IPartyRegistry.updateIdentity, (_joiner, "new", nonce, deadline, signature));
    }

    function test_anIdentityChangesByTheRegistrarAndTheParty() public {
        _joinsWell(4);
        bytes memory signature = _identitySignature("new", 1, _tomorrow());
        vm.expectEmit(true, true, true, true, address(parties));
        emit IPartyRegistry.IdentityUpdated(_joiner, "new", 1, uint40(_now()));
        vm.prank(registrar);
        parties.updateIdentity(_joiner, "new", 1, _tomorrow(), signature);
        IPartyRegistry.Party memory p = parties.party(_joiner);
        _same(p.identityDigest, "new", "identity");
        _same(p.nonce, 2, "nonce");
        _same(p.roles, 4, "roles stay");
    }

    function test_anIdentitySignatureWorksOnce() public {
        _joinsWell(0);
        bytes memory data = _update(1, _tomorrow(), _identitySignature("new", 1, _tomorrow()));
        _admin(data, "");
        _admin(data, abi.encodeWithSelector(IPartyRegistry.StaleNonce.selector, _joiner, 2, 1));
    }

    function test_anIdentityDoesNotChangeWithoutThePartyOrTheRegistrar() public {
        bytes memory data = _update(0, _tomorrow(), _identitySignature("new", 0, _tomorrow()));
        _admin(data, abi.encodeWithSelector(IPartyRegistry.UnknownParty.selector, _joiner));
        _joinsWell(0);
        data = _update(1, _tomorrow(), _identitySignature("new", 1, _tomorrow()));
        _same(_tries(_joiner, data), _notRegistrar(_joiner), "by the party alone");
        data = _update(1, _tomorrow(), _identitySignature("newer", 1, _tomorrow()));
        _admin(data, abi.encodeWithSelector(IPartyRegistry.InvalidSignature.selector, _joiner));
        data = _update(1, _tomorrow(), _joinSignature(0, 1, _tomorrow()));
        _admin(data, abi.encodeWithSelector(IPartyRegistry.InvalidSignature.selector, _joiner));
        uint64 late = uint64(_now() - 1);
        data = _update(1, late, _identitySignature("new", 1, late));
        _admin(data, abi.encodeWithSelector(IPartyRegistry.DeadlinePassed.selector, late, _now()));
        _same(parties.party(_joiner).identityDigest, IDENTITY, "unchanged");
    }

    // ROLES AND STANDING

    function test_rolesAreGrantedAndWithdrawnByTheRegistrarAlone() public {
        bytes memory grant = abi.encodeCall(IPartyRegistry.grantRole, (bank, 10));
        bytes memory withdraw = abi.encodeCall(IPartyRegistry.withdrawRole, (bank, 2));
        _same(_tries(bank, grant), _notRegistrar(bank), "grant by a party");
        vm.expectEmit(true, true, true, true, address(parties));
        emit IPartyRegistry.RoleGranted(bank, 10, uint40(_now()));
        vm.expectEmit(true, true, true, true, address(parties));
        emit IPartyRegistry.SingleKeyWarning(bank, 10);
        _admin(grant, "");
        _same(parties.party(bank).roles, 10, "granted");
        _same(_tries(line, withdraw), _notRegistrar(line), "withdrawal by a party");
        vm.expectEmit(true, true, true, true, address(parties));
        emit IPartyRegistry.RoleWithdrawn(bank, 2, uint40(_now()));
        _admin(withdraw, "");
        _same(parties.party(bank).roles, 8, "withdrawn");
    }

    function test_aRoleIsNotGrantedTwiceNorWithdrawnWhereItIsNot(uint8 had, uint8 roles) public {
        had &= ALL_ROLES;
        _joinsWell(had);
        bytes memory unknown = abi.encodeWithSelector(IPartyRegistry.UnknownRole.selector, roles);
        bytes memory unchanged = abi.encodeWithSelector(IPartyRegistry.RoleUnchanged.selector, _joiner, roles);
        bool isKnown = roles != 0 && roles <= ALL_ROLES;
        bytes memory wanted = !isKnown ? unknown : had & roles != roles ? unchanged : bytes("");
        _admin(abi.encodeCall(IPartyRegistry.withdrawRole, (_joiner, roles)), wanted);
        if (isKnown && wanted.length == 0) had &= ~roles;
        wanted = !isKnown ? unknown : had & roles != 0 ? unchanged : bytes("");
        _admin(abi.encodeCall(IPartyRegistry.grantRole, (_joiner, roles)), wanted);
        if (isKnown && wanted.length == 0) had |= roles;
        _same(parties.party(_joiner).roles, had, "roles");
    }

    function test_aGrantWarnsOfASingleKeyOnly() public {
        vm.getRecordedLogs();
        _admin(abi.encodeCall(IPartyRegistry.grantRole, (bank, 8)), "");
        _same(vm.getRecordedLogs().length, 1, "customs keeps no cargo");
        OwnedWallet wallet = new OwnedWallet(_joiner);
        _joins(address(wallet), _joiner, 0);
        vm.getRecordedLogs();
        _admin(abi.encodeCall(IPartyRegistry.grantRole, (address(wallet), 1)), "");
        _same(vm.getRecordedLogs().length, 1, "a wallet's owners rotate");
    }

    function test_theRegistrarSuspendsAndReinstatesNobodyElseDoes() public {
        bytes memory suspend = abi.encodeCall(IPartyRegistry.suspend, (bank));
        bytes memory reinstate = abi.encodeCall(IPartyRegistry.reinstate, (bank));
        _admin(reinstate, abi.encodeWithSelector(IPartyRegistry.NotSuspended.selector, bank));
        _same(_tries(line, suspend), _notRegistrar(line), "suspension by a party");
        vm.expectEmit(true, true, true, true, address(parties));
        emit IPartyRegistry.Suspended(bank, uint40(_now()));
        _admin(suspend, "");
        _same(parties.party(bank).suspended, true, "suspended");
        _admin(suspend, abi.encodeWithSelector(IPartyRegistry.AlreadySuspended.selector, bank));
        _same(_tries(bank, reinstate), _notRegistrar(bank), "reinstatement by itself");
        vm.expectEmit(true, true, true, true, address(parties));
        emit IPartyRegistry.Reinstated(bank, uint40(_now()));
        _admin(reinstate, "");
        _same(parties.party(bank).suspended, false, "reinstated");
    }

    function test_nothingIsDecidedAboutWhoNeverJoined() public {
        bytes memory wanted = abi.encodeWithSelector(IPartyRegistry.UnknownParty.selector, stranger);
        _admin(abi.encodeCall(IPartyRegistry.grantRole, (stranger, 1)), wanted);
        _admin(abi.encodeCall(IPartyRegistry.withdrawRole, (stranger, 1)), wanted);
        _admin(abi.encodeCall(IPartyRegistry.suspend, (stranger)), wanted);
        _admin(abi.encodeCall(IPartyRegistry.reinstate, (stranger)), wanted);
        _same(parties.party(stranger).number, 0, "no party");
    }

    // THE SEAT

    function test_theSeatPassesInTwoSteps() public {
        ISeat seat = ISeat(address(parties));
        _same(_tries(line, abi.encodeCall(ISeat.transferOwnership, (line))), _notRegistrar(line), "taken");
        _admin(abi.encodeCall(ISeat.transferOwnership, (bank)), "");
        _same(seat.owner(), registrar, "offered, not passed");
        _same(_tries(line, abi.encodeCall(ISeat.acceptOwnership, ())), _notRegistrar(line), "taken by another");
        _same(_tries(bank, abi.encodeCall(ISeat.acceptOwnership, ())), "", "taken by whom it was offered to");
        _same(seat.owner(), bank, "passed");
        _same(_tries(registrar, abi.encodeCall(IPartyRegistry.suspend, (line))), _notRegistrar(registrar), "the old one");
    }

    function test_theSeatIsNeverEmpty() public {
        _admin(
            abi.encodeCall(ISeat.renounceOwnership, ()),
            abi.encodeWithSelector(IPartyRegistry.SeatCannotBeEmpty.selector)
        );
        _same(_tries(line, abi.encodeCall(ISeat.renounceOwnership, ())), _notRegistrar(line), "given up by another");
        _same(ISeat(address(parties)).owner(), registrar, "still there");
    }

    // VIEWS

    /// Written out as a word: number, then roles, then the suspension's bit.
    function test_aRegistrationIsOneWord() public {
        _joinsWell(5);
        uint256 number = parties.partyCount();
        _same(_registrationWord(_joiner), number | 5 << 32, "in good standing");
        _admin(abi.encodeCall(IPartyRegistry.suspend, (_joiner)), "");
        _same(_registrationWord(_joiner), number | 5 << 32 | 1 << 40, "suspended");
        _same(_registrationWord(stranger), 0, "never joined");
    }

    function _registrationWord(address account) private view returns (uint256) {
        (, bytes memory out) = address(parties).staticcall(abi.encodeCall(IPartyRegistry.registration, (account)));
        return abi.decode(out, (uint256));
    }

    function test_thePartyRegistrySaysWhatItIs() public view {
        ISeat seat = ISeat(address(parties));
        _that(seat.supportsInterface(type(IPartyRegistry).interfaceId), "a party registry");
        _that(seat.supportsInterface(0x01ffc9a7), "ERC-165");
        _that(!seat.supportsInterface(0xffffffff), "nothing else");
    }
}
