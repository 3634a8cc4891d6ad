"""Is a declaration in order?"""

from dataclasses import replace
from datetime import date

import pytest

from perfflow.rules.declaration import Paper, problems

GOOD = Paper(
    project_type="其他一次性项目",
    fund_use="信息化建设类",
    start_date=date(2019, 1, 1),
    end_date=date(2019, 12, 31),
    texts=(("overview", "项目概况", "建设一套系统"),),
    total_budget_fen=212_400_000,
    year_budget_fen=212_400_000,
    prior_budget_fen=0,
    prior_paid_fen=0,
    sub_projects=(("平台", 212_400_000),),
    milestones=(("设计", date(2019, 1, 1)), ("验收", None)),
    targets=(
        ("产出目标", "数量目标", "建设完成", "=100.00%"),
        ("产出目标", "质量目标", "验收合格率", "=100.00%"),
        ("产出目标", "时效目标", "竣工及时性", "=100.00%"),
        ("效果目标", "社会效益目标", "便捷性", "便捷"),
        ("影响力目标", "满意度目标", "使用人员满意度", "≥90.00%"),
    ),
)


def test_a_declaration_in_order_has_nothing_against_it():
    assert problems(GOOD) == ()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"project_type": ""}, "project_type"),
        ({"fund_use": "别的"}, "fund_use"),
        ({"start_date": None}, "start_date"),
        ({"end_date": date(2018, 12, 31), "milestones": (("一", None),)}, "end_date"),
        ({"texts": (("overview", "项目概况", " "),)}, "overview"),
        ({"prior_paid_fen": None}, "prior_paid_fen"),
        ({"sub_projects": (("平台", 100),)}, "sub_projects"),
        ({"sub_projects": ()}, "sub_projects"),
        ({"sub_projects": (("", 212_400_000),)}, "sub_projects"),
        ({"total_budget_fen": 1}, "year_budget_fen"),
        ({"milestones": ()}, "milestones"),
        ({"milestones": (("后", date(2019, 5, 1)), ("先", date(2019, 2, 1)))}, "milestones"),
        ({"milestones": (("外", date(2020, 5, 1)),)}, "milestones"),
        ({"targets": GOOD.targets[1:]}, "targets"),
        ({"targets": GOOD.targets[:3] + GOOD.targets[4:]}, "targets"),
        ({"targets": GOOD.targets[:4]}, "targets"),
        ({"targets": (*GOOD.targets, ("产出目标", "数量目标", "", "1"))}, "targets"),
    ],
)
def test_each_gap_is_found_at_its_field(change: dict, field: str):
    found = problems(replace(GOOD, **change))

    assert [problem.field for problem in found] == [field]


def test_milestones_without_a_date_are_allowed():
    assert problems(replace(GOOD, milestones=(("第一阶段", None), ("第二阶段", None)))) == ()
