"""Cells copied from Excel or WPS, and cells merged downwards."""

import pytest

from perfflow.papers.cells import copied, filled_down, width

BLOCKS = [
    ("甲\t1\r\n乙\t2\r\n", [["甲", "1"], ["乙", "2"]]),
    ("甲\t1\n乙\t2", [["甲", "1"], ["乙", "2"]]),
    ("甲\t1\r乙\t2\r", [["甲", "1"], ["乙", "2"]]),
    ('"第一行\n第二行"\t1\r\n', [["第一行\n第二行", "1"]]),
    ('"第一行\r\n第二行"\t1\r\n', [["第一行\n第二行", "1"]]),
    ('"他说""好""\n完"\t1', [['他说"好"\n完', "1"]]),
    ('"会务平台"\t1', [['"会务平台"', "1"]]),
    ('"会务"平台\t1\n乙\t2', [['"会务"平台', "1"], ["乙", "2"]]),
    ('"没有结尾\t1', [['"没有结尾', "1"]]),
    ("甲\t\t3\n\t\t\n", [["甲", "", "3"]]),
    ("甲\n\n乙", [["甲"], [""], ["乙"]]),
    ("", []),
    ("\r\n", []),
]


@pytest.mark.parametrize(("text", "rows"), BLOCKS)
def test_a_copied_block_is_read_as_its_rows(text: str, rows: list[list[str]]) -> None:
    assert copied(text) == rows


def test_a_long_block_is_read_in_a_moment() -> None:
    assert len(copied('"a\t' * 2000)) == 1
    assert len(copied("甲\t乙\r\n" * 5000)) == 5000


def test_columns_that_hold_nothing_do_not_count() -> None:
    assert width([["甲", "", ""], ["", "乙", " "]]) == 2
    assert width([]) == 0


def test_an_empty_level_means_as_above_and_only_under_the_same_upper_level() -> None:
    typed = [("产出", "数量"), ("", ""), ("", "质量"), ("效果", ""), ("", "社会")]

    found = [("产出", "数量"), ("产出", "数量"), ("产出", "质量"), ("效果", ""), ("效果", "社会")]
    assert list(filled_down(typed)) == found
