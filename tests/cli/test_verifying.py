"""`ebl verify`, by a service and by a node alone: what it prints, and how it ends."""

import json
import subprocess
from types import SimpleNamespace

import pytest

from ebl_service.chain.deployment import Deployment
from tests.cli.running import EBL, ROOT, ebl, environment, eventually
from tests.issued_bill import IssuedBill
from tests.local_chain import Person
from tests.printing.prints import sample


@pytest.fixture(scope="module")
def bill(house):
    deployment = Deployment.load(house.deployment_file)
    carrier, shipper = (Person(name, house.keys[name]) for name in ("carrier", "shipper"))

    def transact(sender, to, data):
        house.rpc("anvil_setBalance", sender, hex(10**24))
        house.rpc("anvil_impersonateAccount", sender)
        sent = {"from": sender, "to": to, "data": "0x" + data.hex(), "gas": hex(1_000_000)}
        return house.rpc("eth_sendTransactionSync", sent)

    chain = SimpleNamespace(
        carrier=carrier,
        chain_id=deployment.chain_id,
        title_registry=deployment.title_registry.address,
        transact=transact,
    )
    made = IssuedBill(chain, sample("straight-shanghai-singapore"), "by command").issue(shipper)
    (house.folder / "bill.pdf").write_bytes(made.pdf)
    (house.folder / "altered.pdf").write_bytes(made.pdf.replace(b"CNSHA", b"CNSHB", 1))
    (house.folder / "bill.json").write_bytes(made.json)
    (house.folder / "bill.opening").write_text(json.dumps(made.opening | {"referenceSalt": "0x00"}))
    eventually(lambda: house.ebl("verify", house.folder / "bill.pdf").code == 0)
    return made


def test_a_genuine_print_ends_with_0_and_says_what_became_of_the_title(house, bill):
    told = house.ebl("verify", house.folder / "bill.pdf")
    assert told.code == 0
    for words in ("GENUINE", bill.title_id, "ISSUED, version 0", house.account("carrier")):
        assert words in told.out
    assert house.account("shipper") not in told.out


def test_an_altered_one_ends_with_4_and_an_unknown_one_with_5(house, bill):
    altered = house.ebl("verify", house.folder / "altered.pdf", "--json")
    assert (altered.code, altered.answer["verdict"], altered.answer["title"]) == (4, "altered", None)
    opening = house.folder / "other.opening"
    opening.write_text(json.dumps(bill.opening | {"titleId": "0x" + "12" * 32}))
    unknown = house.ebl("verify", house.folder / "bill.json", "--opening", opening, "--json")
    assert (unknown.code, unknown.answer["verdict"]) == (5, "unknown")


def test_a_document_is_checked_with_its_opening_file(house, bill):
    told = house.ebl("verify", house.folder / "bill.json", "--opening", house.folder / "bill.opening", "--json")
    assert told.answer["verdict"] == "genuine"
    assert told.answer["title"]["titleId"] == bill.title_id
    without = house.ebl("verify", house.folder / "bill.json", "--json")
    assert (without.code, without.fault["error"]) == (2, "BadOpening")


@pytest.mark.parametrize("trusted", ["--deployment", "--registry"])
def test_a_node_alone_gives_the_same_answer_without_a_service(house, bill, trusted):
    registry = Deployment.load(house.deployment_file).title_registry.address
    value = house.deployment_file if trusted == "--deployment" else registry
    by_node = ["--rpc", house.rpc_url, trusted, value, "--api", "http://127.0.0.1:9", "--json"]
    alone = ebl("verify", house.folder / "bill.pdf", *by_node)
    assert alone.code == 0, alone.err
    by_it, served = alone.answer, house.ebl("verify", house.folder / "bill.pdf", "--json").answer
    for told in (by_it["title"], served["title"]):
        assert told.pop("readAtBlock") >= 1
        assert told.pop("finality") in {"included", "final"}
    assert (by_it["title"].pop("carrierName"), served["title"].pop("carrierName")) == (None, "carrier")
    checks = [told["title"].pop("carrierCheck") for told in (by_it, served)]
    assert checks == ["no_directory", "codes_unknown"]
    assert "was not checked" in by_it["title"].pop("carrierCheckDetail")
    assert "could not be checked" in served["title"].pop("carrierCheckDetail")
    assert by_it == served
    altered = ebl("verify", house.folder / "altered.pdf", *by_node)
    assert (altered.code, altered.answer["verdict"]) == (4, "altered")


def test_a_node_is_asked_only_for_a_registry_that_the_caller_names(house, bill):
    told = ebl("verify", house.folder / "bill.pdf", "--rpc", house.rpc_url, "--json")
    assert (told.code, told.fault["error"]) == (2, "BadValue")
    told = ebl("verify", house.folder / "bill.pdf", "--rpc", house.rpc_url, "--registry", "0x12", "--json")
    assert (told.code, told.fault["error"]) == (2, "BadValue")


def test_files_that_cannot_be_read_are_named(house, bill):
    assert house.ebl("verify", house.folder / "nothing.pdf", "--json").fault["error"] == "BadValue"
    broken = house.folder / "broken.opening"
    broken.write_text('{"titleId": 7}')
    told = house.ebl("verify", house.folder / "bill.json", "--opening", broken, "--json")
    assert (told.code, told.fault["error"]) == (2, "BadOpening")
    assert "salt" in told.fault["detail"]


def test_it_works_as_a_process_of_its_own_in_another_folder(house, bill, tmp_path):
    command = [*EBL, "verify", house.folder / "bill.pdf", "--api", house.api_url]
    env = environment(PYTHONPATH=str(ROOT))
    told = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=env, check=False)
    assert told.returncode == 0, told.stderr
    assert "GENUINE" in told.stdout


def test_what_could_not_be_checked_is_told_apart_from_what_is_false(house, bill, tmp_path):
    file = house.folder / "bill.pdf"
    nowhere = ebl("verify", file, "--rpc", house.rpc_url, "--registry", "0x" + "12" * 20, "--json")
    assert (nowhere.code, nowhere.fault["error"]) == (6, "CouldNotCheck")
    missing = ebl("verify", file, "--rpc", house.rpc_url, "--deployment", tmp_path / "none.json", "--json")
    assert (missing.code, missing.fault["error"]) == (6, "CouldNotCheck")
    away = ebl("verify", file, "--rpc", "http://127.0.0.1:9", "--deployment", house.deployment_file)
    assert away.code == 6


def test_a_bill_that_is_no_longer_live_is_told_as_that_first(house, bill):
    title = house.issue()
    copy, opening = house.folder / "ended.json", house.folder / "ended.opening"
    assert house.ebl("document", "show", title, "--out", copy).code == 0
    opening.write_text(house.ebl("document", "record", title, "--json").out)
    asked = ("verify", copy, "--opening", opening)
    assert house.ebl(*asked).out.startswith("GENUINE")
    house.done("shipper", "request-surrender", title)
    eventually(lambda: house.ebl(*asked).out.startswith("BEING SURRENDERED"))
    house.done("carrier", "accept-surrender", title)
    eventually(lambda: house.ebl(*asked).out.startswith("NO LONGER LIVE: this bill was surrendered for delivery"))
    told = house.ebl(*asked)
    assert told.code == 0
    assert "GENUINE" in told.out
