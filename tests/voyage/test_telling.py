"""What a person sees of the demonstration: signs that are explained, and things counted in the right number."""

import pytest

from voyage.telling import COUNTS, LEGEND, Teller, counted

TOLD = {name: 1 for name, _, _ in COUNTS} | {"mismatches": 0, "failed": 0, "divergences": 0, "seconds": 1.0}


def test_one_thing_is_not_counted_as_several() -> None:
    assert [counted(number, "title", "titles") for number in (0, 1, 2, 1000)] == [
        "0 titles",
        "1 title",
        "2 titles",
        "1,000 titles",
    ]


def test_the_summary_counts_in_the_right_number(capsys: pytest.CaptureFixture[str]) -> None:
    Teller(as_json=False).summary(TOLD)
    assert capsys.readouterr().out.startswith("1 title, 1 act, 1 callback, 1 act refused as it must be, 0 mismatches")


def test_every_sign_has_its_line_in_the_legend_and_programs_get_none(capsys: pytest.CaptureFixture[str]) -> None:
    Teller(as_json=True).legend()
    assert capsys.readouterr().out == ""
    Teller(as_json=False).legend()
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [sign for sign, _, _ in LEGEND]
