"""CSV for a spreadsheet: nothing in a cell is computed."""

import csv

import pytest

from annotate.spreadsheets import csv_lines, safe_cell


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("plain", "plain"),
        ("", ""),
        ("a=1", "a=1"),
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("  =1", "'  =1"),
        ("\0=1", "'=1"),
        ("a\0b", "ab"),
        (-5, -5),
        (12, 12),
    ],
)
def test_a_formula_becomes_text_and_numbers_stay(value: object, cell: object) -> None:
    assert safe_cell(value) == cell


def test_lines_are_quoted_as_csv_readers_expect() -> None:
    rows = [("line", "reason"), (3, 'a "quoted", cut\nline')]
    assert list(csv.reader(csv_lines(rows), strict=True)) == [
        ["line", "reason"],
        ["3", 'a "quoted", cut\nline'],
    ]
