"""The score sheet: its tree, its sums, what stands against it."""

from hypothesis import given
from hypothesis import strategies as st

from perfflow.rules.score import Row, points, problems, rate, total, tree, weak_codes

SHEET = (
    Row("A", "项目决策", None, None),
    Row("A1", "项目立项", None, None),
    Row("A11", "立项依据", 600, 600),
    Row("A12", "绩效指标的明确性", 400, 200),
    Row("B", "项目管理", None, None),
    Row("B32", "制度执行", None, None),
    Row("B321", "采购规范性", 3000, 3000),
    Row("B322", "合同管理", 6000, 5520),
)


def test_the_parent_is_the_longest_other_code_that_begins_the_code():
    parents = {node.code: node.parent for node in tree(SHEET)}

    assert parents == {
        "A": None, "A1": "A", "A11": "A1", "A12": "A1", "B": None, "B32": "B", "B321": "B32", "B322": "B32",
    }  # fmt: skip


def test_a_group_carries_what_its_leaves_carry():
    nodes = {node.code: node for node in tree(SHEET)}

    assert (nodes["A"].weight, nodes["A"].score, nodes["A"].leaf) == (1000, 800, False)
    assert (nodes["B"].weight, nodes["B"].score, nodes["B322"].depth) == (9000, 8520, 3)


def test_the_total_is_the_sum_of_the_leaves_and_unknown_while_one_is_missing():
    assert total(SHEET) == 9320
    assert total((*SHEET[:-1], Row("B322", "合同管理", 6000, None))) is None
    assert total(()) is None


def test_exactly_sixty_percent_is_not_weak_and_a_hair_less_is():
    assert weak_codes([Row("A", "甲", 1000, 600), Row("B", "乙", 1000, 599)]) == ("B",)


def test_the_rate_is_rounded_half_up():
    assert (rate(55, 100), rate(1, 200), rate(1, 201)) == (55, 1, 0)
    assert rate(550, 600) == 92
    assert rate(None, 600) is None


def test_weights_that_do_not_add_up_and_leaves_without_score_are_named():
    found = {problem.message: problem.params for problem in problems([Row("A", "甲", 9000, None)])}

    assert found["末级指标的权重合计是 %(sum)s，应为 100。"] == {"sum": "90"}
    assert found["指标 %(codes)s 还没有评分。"] == {"codes": ("A",)}


def test_a_score_above_its_weight_and_a_code_named_twice_are_refused():
    messages = {problem.message for problem in problems([Row("A", "甲", 5000, 6000), Row("A", "乙", 5000, 5000)])}

    assert "指标 %(codes)s 的得分高于权重。" in messages
    assert "指标编码 %(code)s 出现了两次。" in messages


def test_a_sheet_in_order_has_nothing_against_it():
    assert problems(SHEET) == ()


@given(st.integers(0, 10_000))
def test_points_are_written_exactly(hundredths: int):
    from decimal import Decimal

    assert Decimal(points(hundredths)) * 100 == hundredths
