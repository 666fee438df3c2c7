"""Copies of bills checked by anybody: genuine, altered or unknown, against the index; no changed byte gets through."""

import hashlib
import json
import os
import random
import threading
from base64 import b64encode
from collections import Counter
from dataclasses import replace

import pytest

from ebl_service.domain import actions as act
from ebl_service.domain.profile import Profile
from ebl_service.domain.terms import Purpose, Role, Status, title_id_of
from ebl_service.domain.transport_document.commitment import canonical_form, checksum, commitment
from ebl_service.domain.transport_document.document_parties import issuer_codes
from ebl_service.domain.transport_document.record import Record
from ebl_service.domain.verification import CarrierCheck, Verdict
from ebl_service.errors import InvalidRequest
from ebl_service.errors.documents import BadOpening, CopyTooLarge, NotADocument, RepeatedKey
from ebl_service.errors.requests import TooManyValues
from ebl_service.printing.appendix import print_to_issue
from ebl_service.printing.bill import print_bill
from ebl_service.printing.particulars import TitleParticulars
from ebl_service.services.indexed_titles import of_this_service
from ebl_service.services.verification import MOST_BYTES, Opening, evidence_of
from ebl_service.store.directory import Directory
from tests.clerk import BANK, CARRIER, SHIPPER, issue, key, title_of
from tests.fake_ledger import IDENTITY
from tests.printing.prints import sample

SALT = hashlib.sha256(b"the bill's salt").digest()
CARRIERS_OWN = b"%PDF-1.4 as the carrier draws its bills %%EOF"
ROGUE = key("a rogue carrier")
DEEP = bool(os.environ.get("EBL_DEEP"))


class Bill:
    """A bill issued by the carrier: its document, print, record and opening."""

    def __init__(self, document, number="1"):
        self.document = document
        self.title_id = title_of(number)
        self.title = TitleParticulars(self.title_id, IDENTITY.chain_id, IDENTITY.title_registry, 0, CARRIER.address)
        picture = hashlib.sha256(CARRIERS_OWN).hexdigest()
        self.draft = Record(checksum(document), "Singapore law", "Singapore", carrier_visualisation_digest=picture)
        self.pdf, self.record = print_to_issue(document, self.draft, self.title, SALT)
        self.json = canonical_form(document)
        self.opening = Opening(self.title_id, SALT, self.record.canonical())
        self.commitment = commitment(SALT, self.record.canonical())


@pytest.fixture(scope="module")
def bill():
    return Bill(sample("straight-shanghai-singapore"))


@pytest.fixture
async def verification(clerk, bill):
    await clerk.take(clerk.issue("1", commitment=bill.commitment))
    await clerk.work()
    return of_this_service(IDENTITY, clerk.history, Directory(clerk.database))


async def test_a_genuine_print_says_status_version_issue_and_carrier_and_nobody_else(verification, clerk, bill):
    found = await verification.verify(bill.pdf)
    assert (found.verdict, found.reason) == (Verdict.GENUINE, "copy_opens_the_title")
    standing = found.standing
    assert standing.carrier_name is None
    assert (standing.status, standing.version, standing.replaced_by) == (Status.ISSUED, 0, ())
    assert standing.carrier == CARRIER.address
    assert standing.issued_at == (await clerk.history.titles.events(bill.title_id))[0].event.time
    assert SHIPPER.address not in repr(found)
    await Directory(clerk.database).put(Profile(CARRIER.address, "Halcyon Meridian Lines", frozenset(), 0))
    assert (await verification.verify(bill.pdf)).standing.carrier_name == "Halcyon Meridian Lines"


async def test_a_title_of_another_carrier_with_a_copied_commitment_is_not_genuine(verification, clerk, bill):
    directory = Directory(clerk.database)
    codes = issuer_codes(bill.document)
    assert codes
    assert (await verification.verify(bill.json, bill.opening)).carrier_check is CarrierCheck.CODES_UNKNOWN
    rogue = Opening(title_id_of(ROGUE.address, issue("1").reference_digest, 0), SALT, bill.opening.record)
    clerk.ledger.register(ROGUE.address, roles=Role.CARRIER)
    copy = issue("1", commitment=bill.commitment, title_id=rogue.title_id)
    clerk.ledger.someone_sends(clerk.sign(ROGUE, copy))
    await clerk.work(4)
    found = await verification.verify(bill.json, rogue)
    assert (found.verdict, found.carrier_check) == (Verdict.GENUINE, CarrierCheck.CODES_UNKNOWN)
    await directory.put(Profile(CARRIER.address, "Halcyon Meridian Lines", codes, 0))
    await directory.put(Profile(ROGUE.address, "Rogue Lines", frozenset({("NMFTA", "ROGU")}), 0))
    for content in (bill.json, bill.pdf):
        found = await verification.verify(content, rogue)
        assert (found.verdict, found.standing) == (Verdict.ALTERED, None)
    found = await verification.verify(bill.json, rogue)
    assert found.reason == "another_carrier_issued_the_title"
    for content in (bill.json, bill.pdf):
        found = await verification.verify(content, bill.opening)
        assert (found.verdict, found.carrier_check) == (Verdict.GENUINE, CarrierCheck.CONFIRMED)
    picture = await verification.verify(CARRIERS_OWN, rogue)
    assert (picture.standing.carrier, picture.carrier_check) == (ROGUE.address, CarrierCheck.NOT_NAMED)


async def test_a_bill_stays_its_carriers_when_the_codes_pass_to_another_account(verification, clerk, bill):
    directory, codes = Directory(clerk.database), issuer_codes(bill.document)
    await directory.put(Profile(CARRIER.address, "Halcyon Meridian Lines", codes, 0))
    later = clerk.now() + 1000
    await directory.put(Profile(CARRIER.address, "Halcyon Meridian Lines (old)", frozenset(), later))
    await directory.put(Profile(BANK.address, "Halcyon Meridian Lines", codes, later))
    assert (await verification.verify(bill.json, bill.opening)).carrier_check is CarrierCheck.CONFIRMED


async def test_a_document_that_names_another_carriers_code_beside_its_own_is_not_genuine(clerk):
    document = sample("straight-shanghai-singapore")
    named = document["documentParties"]["issuingParty"]
    named["identifyingCodes"].append({"codeListProvider": "NMFTA", "partyCode": "OTHR"})
    bill = Bill(document, "4")
    await clerk.take(clerk.issue("4", commitment=bill.commitment))
    await clerk.work()
    directory = Directory(clerk.database)
    verification = of_this_service(IDENTITY, clerk.history, directory)
    await directory.put(Profile(CARRIER.address, "Halcyon", issuer_codes(document) - {("NMFTA", "OTHR")}, 0))
    assert (await verification.verify(bill.json, bill.opening)).carrier_check is CarrierCheck.CONFIRMED
    await directory.put(Profile(BANK.address, "Other", frozenset({("NMFTA", "OTHR")}), 0))
    assert (await verification.verify(bill.json, bill.opening)).reason == "another_carrier_issued_the_title"


async def test_a_document_with_its_opening_is_genuine_however_it_is_written(verification, bill):
    for content in (bill.json, json.dumps(bill.document, indent=3).encode()):
        assert (await verification.verify(content, bill.opening)).verdict is Verdict.GENUINE


async def test_the_carriers_own_picture_and_bare_pages_are_genuine_with_the_opening(verification, bill):
    pages = print_bill(bill.document, bill.draft, bill.title, SALT)
    for content in (CARRIERS_OWN, pages, bill.pdf):
        assert (await verification.verify(content, bill.opening)).verdict is Verdict.GENUINE
    changed = await verification.verify(CARRIERS_OWN + b" ", bill.opening)
    assert (changed.verdict, changed.reason) == (Verdict.ALTERED, "record_names_another_picture")


async def test_without_salt_and_record_nothing_is_confirmed(verification, bill):
    for content in (bill.json, CARRIERS_OWN, print_bill(bill.document, bill.draft, bill.title, SALT)):
        with pytest.raises(BadOpening):
            await verification.verify(content)


async def test_a_right_opening_on_another_document_or_with_a_wrong_salt_is_altered(verification, bill):
    other = canonical_form(bill.document | {"shippedOnBoardDate": "2026-01-01"})
    found = await verification.verify(other, bill.opening)
    assert (found.verdict, found.reason, found.standing) == (Verdict.ALTERED, "record_names_another_document", None)
    found = await verification.verify(bill.json, replace(bill.opening, salt=bytes(32)))
    assert (found.verdict, found.reason, found.standing) == (Verdict.ALTERED, "title_commits_to_another_record", None)


async def test_a_right_code_on_another_print_is_altered(verification, bill):
    forged = bill.document | {"transportDocumentReference": "FORGED"}
    pdf, _ = print_to_issue(forged, replace(bill.draft, document_checksum=checksum(forged)), bill.title, SALT)
    assert (await verification.verify(pdf)).verdict is Verdict.ALTERED
    assert (await verification.verify(pdf, bill.opening)).verdict is Verdict.ALTERED


async def test_a_bill_that_was_never_issued_and_one_of_another_ledger_are_unknown(verification, bill):
    never = Bill(bill.document, "2")
    assert (await verification.verify(never.pdf)).reason == "ledger_has_no_such_title"
    for change in ({"chain_id": 1}, {"registry": BANK.address}):
        pdf, _ = print_to_issue(bill.document, bill.draft, replace(bill.title, **change), SALT)
        found = await verification.verify(pdf)
        assert (found.verdict, found.reason) == (Verdict.UNKNOWN, "copy_is_for_another_ledger")


async def test_a_replaced_version_is_genuine_and_names_what_replaced_it(verification, clerk, bill):
    title_id = bill.title_id
    await clerk.take(clerk.sign(SHIPPER, act.RequestSurrender(title_id, 1, Purpose.AMENDMENT, "0x" + "00" * 32)))
    await clerk.work()
    assert (await verification.verify(bill.pdf)).standing.status is Status.PENDING_SURRENDER_FOR_AMENDMENT
    await clerk.take(clerk.sign(CARRIER, act.AcceptSurrender(title_id, 2)))
    await clerk.work()
    new = act.NewTitle(None, True, 1, issue("1").reference_digest, bill.commitment)
    await clerk.take(clerk.sign(CARRIER, act.Replace((title_id,), (3,), (new,))))
    await clerk.work(4)
    standing = (await verification.verify(bill.pdf)).standing
    assert standing.status is Status.REPLACED
    assert standing.is_final
    assert len(standing.replaced_by) == 1


async def test_files_that_are_too_large_or_no_document_are_refused(verification, bill):
    with pytest.raises(CopyTooLarge):
        await verification.verify(b"%PDF-" + bytes(MOST_BYTES), bill.opening)
    with pytest.raises(NotADocument):
        await verification.verify(b"[]", bill.opening)
    with pytest.raises(BadOpening):
        await verification.verify(bill.json, replace(bill.opening, salt=b"short"))


@pytest.mark.parametrize(
    "said",
    [
        {"titleId": "0x12", "salt": "0x" + "11" * 32, "record": "{}"},
        {"titleId": "0x" + "11" * 32, "salt": "11", "record": ""},
    ],
)
def test_openings_that_are_malformed_are_refused(said):
    with pytest.raises(BadOpening):
        Opening.read(said)


# Changed bytes


async def outcome(verification, content, opening=None):
    try:
        return (await verification.verify(content, opening)).verdict.value
    except InvalidRequest:
        return "refused"


def flipped(content, at, bit):
    changed = bytearray(content)
    changed[at] ^= 1 << bit
    return bytes(changed)


async def test_no_changed_bit_of_a_document_is_genuine(clerk):
    small = {"transportDocumentReference": "ÉTÉ-1", "isToOrder": True, "weights": [1.5, 20000, 0], "note": None}
    bill = Bill(
        small if not DEEP else small | {"goods": sample("straight-shanghai-singapore")["consignmentItems"]}, "7"
    )
    await clerk.take(clerk.issue("7", commitment=bill.commitment))
    await clerk.work()
    verification = of_this_service(IDENTITY, clerk.history, Directory(clerk.database))
    assert await outcome(verification, bill.json, bill.opening) == "genuine"
    counts = Counter(
        [
            await outcome(verification, flipped(bill.json, at, bit), bill.opening)
            for at in range(len(bill.json))
            for bit in range(8)
        ]
    )
    print(f"document: {counts} of {8 * len(bill.json)}")  # noqa: T201 (shown by -s)
    assert counts["genuine"] == counts["unknown"] == 0
    assert counts["altered"] > 0 < counts["refused"]


async def test_no_changed_bit_of_an_opening_is_genuine(verification, bill):
    record = bill.opening.record
    for at in range(len(record)):
        changed = replace(bill.opening, record=flipped(record, at, at % 8))
        assert await outcome(verification, bill.json, changed) == "altered"
    for at in range(32):
        changed = replace(bill.opening, salt=flipped(SALT, at, at % 8))
        assert await outcome(verification, bill.json, changed) == "altered"


async def test_no_changed_byte_of_a_print_is_genuine(verification, bill):
    chosen = random.Random(4)
    start = bill.pdf.index(b"%eBL Ledger appendix 2")
    spread = [chosen.randrange(len(bill.pdf)) for _ in range(4000 if DEEP else 120)]
    attached = [chosen.randrange(start, len(bill.pdf)) for _ in range(2000 if DEEP else 60)]
    counts = Counter(
        [await outcome(verification, flipped(bill.pdf, at, chosen.randrange(8))) for at in spread + attached]
    )
    print(f"print: {counts} of {len(spread + attached)}")  # noqa: T201 (shown by -s)
    assert counts["altered"] + counts["refused"] == len(spread + attached)


async def test_no_cut_or_lengthened_print_is_genuine(verification, bill):
    for length in range(0, len(bill.pdf), len(bill.pdf) // 40):
        assert await outcome(verification, bill.pdf[:length]) in {"altered", "refused"}
    for more in (b"\n", b"%%EOF\n", bill.pdf):
        assert await outcome(verification, bill.pdf + more) in {"altered", "refused"}
        assert await outcome(verification, more + bill.pdf) in {"altered", "refused"}


async def test_a_copy_of_very_many_keys_with_half_a_surrogate_is_one_short_refusal(verification, bill):
    keys = ",".join(f'"{number:x}":1' for number in range(200_000))
    for copy in (f'{{{keys},"1":"\\ud800"}}', f'{{"a":[{{{keys}}}],"b":"\\ud800"}}'):
        with pytest.raises((RepeatedKey, TooManyValues)) as refused:
            await verification.verify(copy.encode(), bill.opening)
        assert len(refused.value.message) < 200


async def test_a_copy_is_read_beside_the_event_loop_and_not_by_the_threads_that_commits_need(
    verification, bill, monkeypatch
):
    names = set()

    def noting(content, opening):
        names.add(threading.current_thread().name.partition("_")[0])
        return evidence_of(content, opening)

    monkeypatch.setattr("ebl_service.services.verification.evidence_of", noting)
    await verification.verify(bill.pdf)
    await verification.verify_text(b64encode(bill.pdf).decode())
    assert names == {"untrusted"}
