"""Whatever an error repeats of a request is written so that it does nothing where it is read."""

from ebl_service.errors import InvalidRequest
from ebl_service.errors.documents import Breach, DocumentRefused
from tests.domain.transport_document.documents import TO_BANK, broken, sample


def test_an_errors_message_holds_nothing_that_does_not_print() -> None:
    fault = InvalidRequest("a\u202eb\x1b[2J\u200bc\ud800, 주식회사\nnext")
    assert fault.message == str(fault) == "a\\u202eb\\x1b[2J\\u200bc\\ud800, 주식회사\nnext"


def test_a_breach_holds_nothing_that_does_not_print() -> None:
    assert str(Breach("r", "a\u202e", "b\x1b", "c\u200b")).isprintable()
    refused = DocumentRefused([Breach("r", "a\u202e", "b\x1b", "c")])
    assert "\u202e" not in str(refused.details)


def test_a_reference_that_a_rule_repeats_is_written_visibly() -> None:
    listed = "utilizedTransportEquipments[1].equipment.equipmentReference"
    first = "utilizedTransportEquipments[0].equipment.equipmentReference"
    document = sample(TO_BANK, {first: "ZQ\u202e1", listed: "ZQ\u202e1"})
    assert ("equipment_is_listed_once", listed) in broken(document)
