"""Findings of a newer paper and those on file."""

from perfflow.rules.matching import matched

ACCEPTANCE = "项目终期验收措施不够规范，无法保障项目投入使用之后的运行维护。"
MAINTENANCE = "项目后续运维机制有待完善，双方没有明确的管理机制。"


def test_the_same_wording_is_the_same_entry_whatever_its_number() -> None:
    stored, read = [(1, ACCEPTANCE), (2, MAINTENANCE)], [(1, MAINTENANCE), (2, ACCEPTANCE)]

    assert matched(stored, read) == {0: 1, 1: 0}


def test_a_changed_wording_is_still_its_entry() -> None:
    assert matched([(1, ACCEPTANCE)], [(1, ACCEPTANCE.replace("终期", "中期"))]) == {0: 0}


def test_an_equal_number_helps_where_much_was_rewritten() -> None:
    rewritten = "项目后续运维机制缺少约束，责任不清。"

    assert matched([(2, MAINTENANCE)], [(2, rewritten)]) == {0: 0}
    assert matched([(2, MAINTENANCE)], [(5, rewritten)]) == {}


def test_an_equal_number_alone_is_not_enough() -> None:
    assert matched([(1, ACCEPTANCE)], [(1, "资金支付没有凭证，账目与合同不一致。")]) == {}


def test_an_equal_title_is_enough_whatever_stands_below_it() -> None:
    stored = [(1, f"绩效指标不够明确\n{ACCEPTANCE}"), (2, f"运维机制不够明确\n{MAINTENANCE}")]

    assert matched(stored, [(5, "运维机制 不够明确\n全部重写。")]) == {0: 1}
    assert matched([(1, f"\n{ACCEPTANCE}")], [(1, "\n全部重写。")]) == {}


def test_nothing_is_matched_twice() -> None:
    found = matched([(1, ACCEPTANCE)], [(1, ACCEPTANCE), (2, ACCEPTANCE)])

    assert found == {0: 0}
    assert matched([], [(1, ACCEPTANCE)]) == {}
