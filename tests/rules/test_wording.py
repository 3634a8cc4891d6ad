"""What the words of a finding suggest."""

import pytest

from perfflow.process import FindingCategory, Severity
from perfflow.rules import wording

LEAVES = [
    ("A22", "绩效指标的明确性"), ("B11", "预算执行率"), ("B322", "合同管理执行有效性"), ("C131", "质量验收情况"),
]  # fmt: skip


def test_every_category_and_degree_suggested_is_one_of_the_process() -> None:
    assert set(wording.CATEGORY_WORDS) | {wording.OTHER} == set(FindingCategory)
    assert {wording.MINOR, wording.MAJOR, wording.GRAVE} == set(Severity)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("项目终期验收措施不够规范", "output"),
        ("绩效目标不够细化", "target"),
        ("部分预算执行率较低", "budget"),
        ("合同签订不及时", "contract"),
        ("天气不好", "other"),
    ],
)
def test_the_title_suggests_the_category(title: str, expected: str) -> None:
    assert wording.category(title, "") == expected


def test_strong_words_suggest_a_graver_finding() -> None:
    assert wording.severity("资金使用", "存在挪用情形。") == "grave"
    assert wording.severity("验收资料缺失", "") == "major"
    assert wording.severity("验收措施不够规范", "") == "minor"


def test_an_indicator_is_named_by_code_by_name_or_by_a_word_of_the_title() -> None:
    assert wording.indicators("目标", "见指标 A22 的扣分说明。", LEAVES) == ("A22",)
    assert wording.indicators("执行", "预算执行率仅为 70%。", LEAVES) == ("B11",)
    assert wording.indicators("合同签订不规范", "", LEAVES) == ("B322",)
    assert wording.indicators("项目终期验收措施不够规范", "", LEAVES) == ("C131",)
    assert wording.indicators("目标", "指标 A221 不在其中。", LEAVES) == ()
