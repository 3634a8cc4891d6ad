"""Is a declaration in order?"""

from dataclasses import replace
from datetime import date

import pytest

from perfflow.rules.declaration import (
    FIELDS,
    Paper,
    Progress,
    Section,
    by_section,
    hints,
    problems,
    progress,
    section_of,
)

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


def test_how_far_a_part_is_follows_from_the_same_problems():
    bad = replace(GOOD, project_type="", end_date=date(2018, 12, 31), milestones=(), prior_paid_fen=None)

    found = progress(bad, files=0)

    assert found[Section.BASIC] == Progress.TROUBLED
    assert found[Section.PLAN] == Progress.EMPTY
    assert found[Section.BUDGET] == Progress.BEGUN
    assert found[Section.TARGETS] == Progress.DONE
    assert found[Section.FILES] == Progress.EMPTY
    assert progress(GOOD, files=1)[Section.FILES] == Progress.DONE


def test_every_problem_belongs_to_a_part_and_every_field_to_one_only():
    empty = replace(
        GOOD, project_type="", fund_use="", start_date=None, end_date=None, total_budget_fen=None, sub_projects=(),
        milestones=(), targets=(), texts=tuple((name, name, "") for name in FIELDS[Section.BASIS]),
    )  # fmt: skip
    fields = [field for part in FIELDS.values() for field in part]

    assert sum(map(len, by_section(problems(empty)).values())) == len(problems(empty))
    assert len(fields) == len(set(fields))


def test_the_problem_of_a_row_knows_its_cell():
    found = problems(replace(GOOD, targets=(*GOOD.targets, ("产出目标", "数量目标", "", "1"))))

    assert found[0].place == "targets-5-name"
    assert section_of(found[0].place) == Section.TARGETS


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ({}, []),
        ({"total_budget_fen": 2_124_000_000_000}, ["total_budget_fen"]),
        ({"prior_budget_fen": 21_240, "prior_paid_fen": 20_000}, ["prior_budget_fen"]),
        ({"sub_projects": (("平台", 2_124_000_000_000),)}, ["sub_projects-0-amount_fen"]),
        ({"sub_projects": (("零星", 21_240), ("平台", 212_378_760))}, []),
    ],
)
def test_amounts_ten_thousand_times_apart_are_doubted(change: dict, places: list[str]):
    assert [hint.place for hint in hints(replace(GOOD, **change))] == places
