"""`ebl insurance declare`: rows into the open cover's template, each with its own result."""

import json
from pathlib import Path

import pytest

from ebl_service.cli.declaring import _document, _rows
from ebl_service.errors.requests import BadValue

TEMPLATE = {"documentType": "DECLARATION", "sumInsured": {"currency": "USD"}, "goods": [{"numberOfPackages": 1}]}


def rows(path: Path) -> list[dict[str, object]]:
    return [_document(TEMPLATE, row, number) for number, row in enumerate(_rows(path), 1)]


def written(folder: Path, text: str, name: str = "declared.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_row_is_put_into_the_template_and_amounts_are_numbers(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "\ufefftitleId,documentReference,sumInsured.amount,goods[0].numberOfPackages,goods[0].descriptionOfGoods\n"
        '0x01,D-1,1250.50,12,"Bearings, steel"\n0x02,D-2,7,,\n',
    )
    first, second = rows(file)
    assert first == {
        "titleId": "0x01",
        "document": {
            "documentType": "DECLARATION",
            "documentReference": "D-1",
            "sumInsured": {"currency": "USD", "amount": 1250.50},
            "goods": [{"numberOfPackages": 12, "descriptionOfGoods": "Bearings, steel"}],
        },
    }
    assert second["document"]["goods"] == [{"numberOfPackages": 1}]  # type: ignore[index]
    assert TEMPLATE["sumInsured"] == {"currency": "USD"}


def test_json_rows_are_taken_as_they_are(tmp_path: Path) -> None:
    file = written(tmp_path, json.dumps([{"titleId": "0x01", "sumInsured.amount": 7}]), "declared.json")
    [row] = rows(file)
    assert row["document"]["sumInsured"] == {"currency": "USD", "amount": 7}  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("titleId,documentReference\n0x01\n", "a.csv", "another number of columns"),
        ("titleId,documentReference\n0x01,D,extra\n", "a.csv", "another number of columns"),
        ("documentReference\nD-1\n", "a.csv", "names no titleId"),
        ("titleId,sumInsured.amount\n0x01,many\n", "a.csv", "'many' is not a number"),
        ("titleId,goods[3].numberOfPackages\n0x01,1\n", "a.csv", "no place goods"),
        ("titleId\n", "a.csv", "has 0 rows"),
        ("{}", "a.json", "no JSON array"),
        ("[7]", "a.json", "no JSON array"),
        ("{", "a.json", "cannot be read as JSON"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_its_row(tmp_path: Path, text: str, name: str, said: str) -> None:
    with pytest.raises(BadValue, match=said):
        rows(written(tmp_path, text, name))
