"""`ebl document` and `ebl vault` as a person uses them."""

import json
from pathlib import Path

from ebl_service.wallet.secret_file import secret_lines
from tests.cli.running import BLANK, TO_ORDER, House, Told, ebl


def desk(house: House, *arguments: str | Path) -> Told:
    """A command of the documents' group, as the carrier."""
    return house.ebl("document", *arguments, "--key-file", house.key_file("carrier"))


def test_check_tells_every_breach_and_keeps_nothing(house: House) -> None:
    good = house.document(BLANK)
    told = desk(house, "check", good, *house.record, "--json")
    assert (told.code, told.answer["state"], told.answer["act"]) == (0, "CHECKED", None)
    bad = house.folder / "bad.json"
    bad.write_text(
        json.dumps(json.loads(good.read_text()) | {"isElectronic": False, "transportDocumentTypeCode": "SWB"})
    )
    both = desk(house, "check", good, bad, *house.record)
    assert both.code == 2
    assert "title_stands_for_a_bill_of_lading" in both.out
    assert "title_stands_for_an_electronic_bill" in both.out
    alone = desk(house, "check", bad, *house.record, "--json")
    assert (alone.code, alone.fault["error"]) == (2, "DocumentRefused")


def test_send_gives_the_act_to_sign(house: House) -> None:
    told = desk(house, "send", house.document(BLANK), *house.record, "--json")
    assert told.answer["state"] == "KEPT"
    assert told.answer["act"]["typedData"]["primaryType"] == "Issue"


def test_what_is_behind_a_title_is_read(house: House, tmp_path: Path) -> None:
    document = house.document(BLANK)
    title = house.done("carrier", *house.issuing(document))["titleIds"][0]
    assert desk(house, "show", title).out == document.read_text()
    record = desk(house, "record", title, "--json")
    assert json.loads(record.answer["record"])["governingLaw"] == "English law"
    out = tmp_path / "bill.pdf"
    assert desk(house, "pdf", title, "--out", out).code == 0
    assert out.read_bytes().startswith(b"%PDF-")
    assert desk(house, "pdf", title, "--out", document / "bill.pdf").code == 2
    early = desk(house, "paper", title, "--out", tmp_path, "--json")
    assert (early.code, early.fault["error"]) == (4, "NotSwitchedToPaper")


def test_a_switch_to_paper_prints_its_originals(house: House, tmp_path: Path) -> None:
    title = house.issue()
    house.done("shipper", "request-surrender", title, "--purpose", "paper", "--reason", "SWTP")
    house.done("carrier", "accept-surrender", title)
    house.outlast(1)
    house.outlast(1)
    house.await_final(title)
    assert desk(house, "paper", title, "--out", tmp_path, "--originals", "2").code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["original-1-of-2.pdf", "original-2-of-2.pdf"]


def test_amendments_are_told_side_by_side(house: House) -> None:
    reference = "SIDEBYSIDE1"
    title = house.done("carrier", *house.issuing(house.document(TO_ORDER, reference), "shipper"))["titleIds"][0]
    house.done("shipper", "request-surrender", title, "--purpose", "amendment")
    house.done("carrier", "accept-surrender", title)
    content = json.loads(house.document(TO_ORDER, reference).read_text()) | {"numberOfRiderPages": 7}
    amended = house.folder / "amended.json"
    amended.write_text(json.dumps(content))
    house.done("carrier", "replace", title, "--document", amended, "--secret-file", house.secret_file, *house.record)
    (new,) = house.shown(title)["replacedBy"]
    assert "numberOfRiderPages" in desk(house, "amendments", new).out
    assert desk(house, "amendments", title).out == ""


def test_paper_originals_that_were_surrendered_stand_in_the_record(house: House) -> None:
    originals = ("--paper-original", "X-1/2@Shanghai", "--paper-original", "X-2/2@Hamburg")
    title = house.done("carrier", *house.issuing(house.document(BLANK)), *originals)["titleIds"][0]
    record = json.loads(desk(house, "record", title, "--json").answer["record"])
    assert [each["surrenderedAt"] for each in record["changeOfMedium"]["paperOriginals"]] == ["Shanghai", "Hamburg"]
    wrong = house.act("carrier", *house.issuing(house.document(BLANK)), "--paper-original", "X")
    assert (wrong.code, wrong.fault["error"]) == (2, "BadValue")


def test_new_master_keys_are_added_to_a_file_that_its_owner_alone_may_read(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "vault"
    names = [ebl("vault", "new-key", file, "--json").answer["masterKey"] for _ in range(2)]
    assert file.stat().st_mode & 0o777 == 0o600
    assert [line.split()[0] for line in secret_lines(file)] == names
    file.chmod(0o644)
    assert ebl("vault", "new-key", file, "--json").code == 2


def test_an_approval_is_signed_and_no_single_one_destroys(house: House, tmp_path: Path) -> None:
    title, out = house.issue(), tmp_path / "approval.json"
    signed = house.act("bank", "vault", "approve", title, "--reason", "kept long enough", "--out", out)
    assert signed.code == 0, signed.err
    assert json.loads(out.read_text())["titleId"] == title
    settings = house.settings()
    refused = ebl("vault", "destroy", out, "--json", env=settings)
    assert (refused.code, refused.fault["error"]) == (4, "DestructionRefused")
    assert ebl("vault", "destroy", house.token_file, env=settings).code == 2
    for command in ("hold", "lift"):
        assert ebl("vault", command, title, "--reason", "a dispute", "--json", env=settings).code == 0
    moved = ebl("vault", "rotate", "--json", env=settings)
    assert moved.answer == {"keysMoved": 0, "masterKeysFree": []}
