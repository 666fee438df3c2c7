// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPartyRegistry} from "../interfaces/IPartyRegistry.sol";
import {ISignedActs} from "../interfaces/ISignedActs.sol";
import {ITitleRegistry} from "../interfaces/ITitleRegistry.sol";
import {Act, Acts} from "./Acts.sol";
import {Replay} from "./Replay.sol";

/// @notice Both registries with a cast of parties, and the ways an act can be carried to them. Whatever is done here is
/// judged by the rulebook first, replayed from its events after, and then compared with what the registry stores.
abstract contract Ledger is Replay {
    uint256 internal constant SEAT_KEY = 0xA11CE;
    /// Slot of TitleRegistry's records: proofs of a title's history are taken from there.
    uint256 internal constant RECORDS_SLOT = 2;
    uint256 internal constant HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;
    uint256 internal constant ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    IPartyRegistry internal parties;
    address internal registrar;
    bytes32 internal partiesSeparator;
    mapping(address account => uint256 key) internal keyOf;

    address internal line; // a carrier
    address internal tramp; // another
    address internal shipper;
    address internal bank;
    address internal buyer;
    address internal trader;
    address internal stranger; // holds a key, never joined
    address internal relayer; // neither

    function _open() internal {
        registrar = vm.addr(SEAT_KEY);
        parties = IPartyRegistry(vm.deployCode("PartyRegistry.sol:PartyRegistry", abi.encode(registrar)));
        titles = ITitleRegistry(
            vm.deployCode("TitleRegistry.sol:TitleRegistry", abi.encode(parties, REJECT_PERIOD, ANSWER_PERIOD))
        );
        partiesSeparator = Acts.domainSeparator("eBL Ledger Parties", block.chainid, address(parties));
        separator = Acts.domainSeparator("eBL Ledger Titles", block.chainid, address(titles));
        vm.recordLogs();

        line = _joins("line", CARRIER);
        tramp = _joins("tramp", CARRIER);
        shipper = _joins("shipper", 0);
        bank = _joins("bank", 0);
        buyer = _joins("buyer", 0);
        trader = _joins("trader", 0);
        stranger = _named("stranger");
        relayer = _named("relayer");
    }

    // PARTIES

    function _named(string memory name) internal returns (address account) {
        uint256 key = uint256(keccak256(bytes(name)));
        account = vm.addr(key);
        keyOf[account] = key;
        vm.label(account, name);
    }

    function _joins(string memory name, uint8 roles) internal returns (address account) {
        account = _named(name);
        _joins(account, account, roles);
    }

    /// `account` joins with a signature by the key of `signer`: itself, or the owner of a wallet.
    function _joins(address account, address signer, uint8 roles) internal {
        bytes32 digest = keccak256(abi.encode(account, "identity"));
        uint64 deadline = uint64(_now() + 1 days);
        bytes memory signature = _signs(signer, _joinDigest(account, roles, digest, 0, deadline));
        vm.prank(registrar);
        parties.register(account, roles, digest, 0, deadline, signature);
        standings[account] = Standing(parties.partyCount(), roles, false);
    }

    function _joinDigest(address account, uint8 roles, bytes32 identity, uint64 nonce, uint64 deadline)
        internal
        view
        returns (bytes32)
    {
        bytes32 kind =
            keccak256("Join(address account,uint8 roles,bytes32 identityDigest,uint64 nonce,uint64 deadline)");
        return Acts.digest(
            partiesSeparator, keccak256(abi.encode(kind, account, roles, identity, nonce, deadline))
        );
    }

    function _suspends(address account) internal {
        vm.prank(registrar);
        parties.suspend(account);
        standings[account].suspended = true;
    }

    function _reinstates(address account) internal {
        vm.prank(registrar);
        parties.reinstate(account);
        standings[account].suspended = false;
    }

    // SIGNATURES

    function _signs(address account, bytes32 digest) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keyOf[account], digest);
        return abi.encodePacked(r, s, v);
    }

    /// As its actor, or for a wallet the owner's key in `keyOf`, would sign it on this chain and contract.
    function _authorized(Act memory a, uint64 deadline) internal view returns (ISignedActs.Authorization memory) {
        bytes32 digest = Acts.digest(separator, Acts.structHash(a, deadline));
        return ISignedActs.Authorization(a.actor, deadline, _signs(a.actor, digest));
    }

    function _tomorrow() internal view returns (uint64) {
        return uint64(_now() + 1 days);
    }

    function _signedCall(Act memory a) internal view returns (bytes memory) {
        return Acts.signed(a, _authorized(a, _tomorrow()));
    }

    // CARRIED TO THE LEDGER

    function _calls(address sender, bytes memory data) internal returns (bytes memory refused) {
        vm.prank(sender);
        (bool stands, bytes memory out) = address(titles).call(data);
        if (stands) return "";
        _that(out.length != 0, "a refusal has a name");
        return out;
    }

    /// By its actor, and seen to go as the rulebook says. True where it stands.
    function _plays(Act memory a) internal returns (bool) {
        return _sees(a, _judge(a, _now()), _calls(a.actor, Acts.direct(a)));
    }

    /// By signature, carried by anyone; likewise.
    function _playsSigned(Act memory a, address carriedBy) internal returns (bool) {
        return _sees(a, _judge(a, _now()), _calls(carriedBy, _signedCall(a)));
    }

    function _sees(Act memory a, bytes memory wanted, bytes memory refused) internal returns (bool) {
        _same(refused, wanted, "answered as the rulebook says");
        uint256 told = _replay();
        if (refused.length != 0) {
            _same(told, 0, "a refused act tells nothing");
            return false;
        }
        uint256 acts = a.verb == ITitleRegistry.Verb.REPLACE ? a.oldIds.length + a.made.length : 1;
        _same(told, acts, "each act is told once");
        return true;
    }

    /// Stands by its actor's call; afterwards the registry stores what its events told.
    function _stands(Act memory a) internal {
        bytes memory wanted = _judge(a, _now());
        if (wanted.length != 0) revert BytesDiffer("should stand", wanted, "");
        _plays(a);
        _agree();
    }

    function _isRefused(Act memory a, bytes memory wanted) internal {
        _same(_judge(a, _now()), wanted, "the rulebook's answer");
        _plays(a);
        _agree();
    }

    // WHAT THE REGISTRY STORES

    function _agree() internal view {
        for (uint256 i = 0; i < ids.length; ++i) _agree(ids[i]);
    }

    function _agree(bytes32 id) internal view {
        Bill memory b = bills[id];
        ITitleRegistry.Title memory t = titles.title(id);
        _same(t.carrier, b.carrier, "carrier");
        _same(t.holder, b.holder, "holder");
        _same(t.endorsee, b.endorsee, "endorsee");
        _same(t.entitled, _entitled(b), "entitled");
        _same(titles.entitledOf(id), _entitled(b), "entitledOf");
        _same(uint256(t.status), uint256(b.status), "status");
        _same(t.isToOrder, b.isToOrder, "isToOrder");
        _same(t.mayEndorse, b.mayEndorse, "mayEndorse");
        _same(t.version, b.version, "version");
        _same(t.sequence, b.sequence, "sequence");
        _same(t.actedAt, b.actedAt, "actedAt");
        _same(t.commitment, b.commitment, "commitment");
        _same(t.head, b.head, "head");
        bytes32 slot = keccak256(abi.encode(id, RECORDS_SLOT));
        _same(vm.load(address(titles), slot), bytes32(_word(b)), "possession in its slot");
        _same(vm.load(address(titles), bytes32(uint256(slot) + 3)), b.head, "head in its slot");
    }

    // ACTS

    function _on(bytes32 id, ITitleRegistry.Verb verb, address actor) internal view returns (Act memory) {
        return Acts.plain(verb, actor, id, bills[id].sequence);
    }

    function _handOver(bytes32 id, ITitleRegistry.Verb verb, address actor, address to)
        internal
        view
        returns (Act memory a)
    {
        a = _on(id, verb, actor);
        a.to = to;
    }

    function _rejection(bytes32 id, address actor) internal view returns (Act memory a) {
        a = _on(id, ITitleRegistry.Verb.REJECT_TRANSFER, actor);
        a.previous = _lastLink(id);
    }

    function _lastLink(bytes32 id) internal view returns (ITitleRegistry.PreviousAct memory none) {
        uint256 count = links[id].length;
        return count == 0 ? none : links[id][count - 1];
    }

    function _request(bytes32 id, address actor, ITitleRegistry.Purpose purpose)
        internal
        view
        returns (Act memory a)
    {
        a = _on(id, ITitleRegistry.Verb.REQUEST_SURRENDER, actor);
        a.purpose = purpose;
        a.reason = "SWTP";
    }

    function _issue(address carrier, address holder, address endorsee, bool isToOrder, bytes32 referenceDigest)
        internal
        pure
        returns (Act memory a)
    {
        a.verb = ITitleRegistry.Verb.ISSUE;
        a.actor = carrier;
        a.to = holder;
        a.made = new ITitleRegistry.NewTitle[](1);
        bytes32 commitment = keccak256(abi.encode("commitment", referenceDigest));
        a.made[0] = ITitleRegistry.NewTitle(endorsee, isToOrder, 0, referenceDigest, commitment);
    }
}
