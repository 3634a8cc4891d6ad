"""Declarations: read as people fill them in, and written so that they read back the same."""

import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfflow.papers.declaration import DECLARATION_FORM, Declaration, Milestone, SubProject, Target
from perfflow.papers.declaration_reader import ReadDeclaration, declarations_of
from perfflow.papers.declaration_writer import declaration_pages
from perfflow.papers.target import target_value
from perfflow.papers.ticks import ticked
from perfflow.papers.word_reader import read_word
from perfflow.papers.word_writer import write_word
from perfflow.rules.declaration import FUND_USES, PROJECT_TYPES
from tests.papers.word import p, tbl, tc, tr, word

DOWN, ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
ROWS = {
    "项目名称": tr("项目名称", "“甲”项目经费"),
    "项目类型": tr("项目类型", "☐结转项目 ☑其他一次性项目"),
    "资金用途": tr("资金用途", "☑信息化建设类 ☐政府购买服务"),
    "时间": tr("开始时间", "2019-01-01", "结束时间", "2019-12-31"),
    "项目概况": tr("项目概况", "概况"),
    "立项依据": tr("立项依据", "《预算法》"),
    "必要性": tr("项目设立的必要性", "必要"),
    "制度": tr("保证项目实施的制度、措施", "制度"),
    "预算": tr("项目总预算（元）", "2124000", "项目当年预算（元）", "2124000"),
    "上年": tr("同名项目上年预算额（元）", "0", "同名项目上年预算执行数（元）", "0"),
    "子项目": tr("项目当年投入资金构成", "子项目名称", "预算金额（元）") + tr("", "平台", "2124000"),
    "计划": tr("项目实施计划", "系统设计：2019-1-1 设备选型，合同签订：2019-2-1"),
    "总目标": tr("项目总目标", "总"),
    "年度": tr("年度绩效目标", "年"),
    "分解": tr("分解目标") + tr("一级指标", "二级指标", "三级指标", "指标目标值"),
    "指标": tr("产出目标", "数量目标", "完成率", "=100%") + tr("", "质量目标", "合格率", "≥95%"),
    "备注": tr("备注", ""),
}


def read(*, above: str = p("(2019年)") + p("申报单位名称：市人大办公厅"), **changed: str) -> ReadDeclaration:
    body = above + tbl(*(ROWS | changed).values())
    (found,) = declarations_of(read_word(word(body).getvalue()))
    return found


def messages(found: ReadDeclaration) -> list[tuple[str, str]]:
    return [(problem.place, problem.message) for problem in found.problems]


def test_a_form_is_read_whole() -> None:
    found = read()

    assert found.declaration == Declaration(
        project_name="“甲”项目经费",
        unit_name="市人大办公厅",
        form_year=2019,
        project_type="其他一次性项目",
        fund_use="信息化建设类",
        start_date=date(2019, 1, 1),
        end_date=date(2019, 12, 31),
        overview="概况",
        basis="《预算法》",
        necessity="必要",
        safeguards="制度",
        total_budget_fen=212_400_000,
        year_budget_fen=212_400_000,
        prior_budget_fen=0,
        prior_paid_fen=0,
        sub_projects=(SubProject("平台", 212_400_000),),
        milestones=(
            Milestone("系统设计", date(2019, 1, 1), "2019-1-1"),
            Milestone("设备选型，合同签订", date(2019, 2, 1), "2019-2-1"),
        ),
        overall_goal="总",
        annual_goal="年",
        targets=(
            Target("产出目标", "数量目标", "完成率", "=100%", "=", "100", "%"),
            Target("产出目标", "质量目标", "合格率", "≥95%", "≥", "95", "%"),
        ),
    )
    assert messages(found) == []
    assert found.places["targets.2"] == "表1 第19行"
    assert found.filed["year_budget_fen"] == "2124000"


@pytest.mark.parametrize(
    ("filed", "fen"),
    [
        ("１３７４．７４ 万元", 1_374_740_000),
        ("1,374.74万元", 1_374_740_000),
        ("13747400元", 1_374_740_000),
        ("0.13亿元", 1_300_000_000),
    ],
)
def test_amounts_are_read_in_every_unit(filed: str, fen: int) -> None:
    found = read(预算=tr("项目总预算（元）", filed, "项目当年预算（元）", filed), 子项目="")

    assert found.declaration.total_budget_fen == fen


def test_a_unit_in_the_label_is_the_unit_of_a_bare_number() -> None:
    found = read(
        预算=tr("项目总预算（万元）", "212.4", "项目当年预算（万元）", "212.4"),
        子项目=tr("项目当年投入资金构成", "子项目名称", "预算金额（万元）") + tr("", "平台", "212.4"),
    )

    assert found.declaration.total_budget_fen == 212_400_000
    assert found.declaration.sub_projects == (SubProject("平台", 212_400_000),)
    assert messages(found) == []


def test_both_dates_may_stand_in_one_row() -> None:
    found = read(时间=tr("项目起止时间", "2019年1月1日至2019年12月31日"))

    assert (found.declaration.start_date, found.declaration.end_date) == (date(2019, 1, 1), date(2019, 12, 31))


@pytest.mark.parametrize(
    "filed",
    ["2019/1/1-2019/12/31", "20190101-20191231", "2019年1月1日起至2019年12月31日止", "2019年1月1日—12月31日"],
)
def test_a_period_is_read_in_any_dress(filed: str) -> None:
    found = read(时间=tr("项目期限", filed))

    assert (found.declaration.start_date, found.declaration.end_date) == (date(2019, 1, 1), date(2019, 12, 31))
    assert messages(found) == []


@pytest.mark.parametrize("filed", ["2019年1月—12月", "2019年1月至2019年12月", "2019.01-2019.12", "2019年全年"])
def test_a_period_of_whole_months_is_read_and_said(filed: str) -> None:
    found = read(时间=tr("项目期限", filed))

    assert (found.declaration.start_date, found.declaration.end_date) == (date(2019, 1, 1), date(2019, 12, 31))
    assert messages(found) == [
        ("表1 第4行", f"“{filed}”没有写到日，已读作 2019-01-01 至 2019-12-31。请核对。")
    ]


def test_what_is_no_period_is_named() -> None:
    assert messages(read(时间=tr("项目期限", "一年")))[0] == (
        "表1 第4行 开始时间", "“一年”不是日期。请写成例如 2019-12-31。"
    )  # fmt: skip


def test_other_labels_in_a_row_and_their_values_are_shown_and_join_no_value() -> None:
    found = read(
        项目名称=tr("项目名称", "“甲”项目经费", "联系人", "张三"),
        项目概况=tr("主管部门", "乙委", "项目概况", "概况"),
    )

    assert (found.declaration.project_name, found.declaration.overview) == ("“甲”项目经费", "概况")
    assert found.unplaced == (("表1 第1行", "联系人 | 张三"), ("表1 第5行", "主管部门 | 乙委"))
    assert messages(found)[0] == (
        "表1 第1行", "“联系人”不是“上海市财政支出项目绩效目标申报表”的项目，这一格没有读入。请核对。"
    )  # fmt: skip


def test_rows_under_a_merged_label_continue_no_value_when_they_have_labels() -> None:
    money = tr(tc("项目资金（万元）", DOWN), "年度资金总额：", "212.4") + tr(tc("", ON), "其中：财政拨款", "200")

    found = read(预算=money)

    assert found.declaration.year_budget_fen == 212_400_000
    assert ("表1 第10行", "其中：财政拨款 | 200") in found.unplaced


def test_a_unit_of_money_may_stand_above_the_table() -> None:
    found = read(
        above=p("单位：万元"),
        预算=tr("项目总预算", "212.4", "项目当年预算", "212.4"),
        子项目="",
    )

    assert found.declaration.total_budget_fen == 212_400_000


@pytest.mark.parametrize("label", ["申报单位名称", "项目单位", "实施单位："])
def test_the_unit_may_stand_in_the_table(label: str) -> None:
    found = read(above="", 项目名称=tr(label, "市人大办公厅") + tr("项目名称", "甲"))

    assert found.declaration.unit_name == "市人大办公厅"
    assert messages(found) == []


@pytest.mark.parametrize(
    "line", ["申报单位（盖章）：市人大办公厅    2019年度", "申报单位名称:市人大办公厅\t填报日期：2018年9月1日"]
)
def test_what_stands_behind_the_unit_is_no_part_of_it(line: str) -> None:
    assert read(above=p(line)).declaration.unit_name == "市人大办公厅"


def test_goals_may_stand_side_by_side_under_their_heads() -> None:
    goals = tr("总体目标", "实施期总目标", "年度目标") + tr("", "长期", "本年")

    found = read(总目标=goals, 年度="")

    assert (found.declaration.overall_goal, found.declaration.annual_goal) == ("长期", "本年")


def test_a_plan_may_be_a_table_of_its_own() -> None:
    plan = (
        tr("项目实施计划", "实施内容", "开始时间", "完成时间")
        + tr("", "系统设计", "2019-01-01", "2019-02-01")
        + tr("", "验收", "", "2019-12-31")
    )

    assert read(计划=plan).declaration.milestones == (
        Milestone("系统设计", None, "2019-01-01至2019-02-01"),
        Milestone("验收", date(2019, 12, 31), "2019-12-31"),
    )


def test_a_step_may_begin_with_its_day() -> None:
    plan = tc(p("2019年1月1日：系统设计") + p("2019年2月：系统建设"))

    assert read(计划=tr("项目实施计划", plan)).declaration.milestones == (
        Milestone("系统设计", date(2019, 1, 1), "2019年1月1日"),
        Milestone("系统建设", None, "2019年2月"),
    )


def test_a_sum_of_sub_projects_is_compared_and_what_stands_beside_them_is_shown() -> None:
    rows = (
        tr("项目当年投入资金构成", "子项目名称", "预算金额（元）", "说明")
        + tr("", "平台", "2000000", "含税")
        + tr("", "运维", "124000", "")
        + tr("", "合计", "2024000", "")
    )

    found = read(子项目=rows)

    assert found.declaration.sub_projects == (SubProject("平台", 200_000_000), SubProject("运维", 12_400_000))
    assert found.unplaced == (("表1 第12行", "含税"),)
    assert messages(found) == [
        ("表1 第14行", "子项目金额合计是 2,124,000元，表中合计写的是 2024000。请核对。")
    ]


def test_sub_projects_in_words_are_shown_and_never_dropped() -> None:
    found = read(子项目=tr("项目当年投入资金构成", "平台200万元，运维12.4万元"))

    assert ("表1 第11行 项目当年投入资金构成", "平台200万元，运维12.4万元") in found.unplaced


def test_sign_and_measure_of_a_target_may_stand_in_columns_of_their_own() -> None:
    found = read(
        分解=tr("一级指标", "二级指标", "三级指标", "符号", "指标值", "计量单位"),
        指标=tr("产出目标", "数量目标", "完成率", "≥", "95", "%") + tr("", "", "采购数", "", "3台", ""),
    )

    assert [(one.filed, one.operator, one.number, one.unit) for one in found.declaration.targets] == [
        ("≥95%", "≥", "95", "%"), ("3台", "", "3", "台"),
    ]  # fmt: skip


def test_groups_of_targets_may_stand_in_rows_of_their_own() -> None:
    first = tr("产出目标", "", "", "") + tr("", "数量目标", "完成率", "=100%")
    found = read(指标=first + tr("效果目标") + tr("", "社会效益目标", "乙", "有效"))

    assert [(one.level1, one.level2) for one in found.declaration.targets] == [
        ("产出目标", "数量目标"), ("效果目标", "社会效益目标"),
    ]  # fmt: skip


def test_a_value_cut_by_a_page_is_joined() -> None:
    found = read(指标=tr("产出目标", "数量目标", "完成率", "=10") + tr("", "", "", "0%"))

    assert [one.filed for one in found.declaration.targets] == ["=100%"]
    assert messages(found) == []


def test_no_earlier_budget_is_none_and_no_problem() -> None:
    found = read(上年=tr("同名项目上年预算额（元）", "无", "同名项目上年预算执行数（元）", "—"))

    assert (found.declaration.prior_budget_fen, messages(found)) == (None, [])


def test_a_long_text_cut_by_a_page_is_joined_without_a_paragraph() -> None:
    found = read(必要性=tr("项目设立的必要性", "很有必") + tr("", "要。"))

    assert found.declaration.necessity == "很有必要。"


def test_a_target_cut_by_a_page_is_joined_and_its_head_is_no_target() -> None:
    head = tr("一级指标", "二级指标", "三级指标", "指标目标值")
    found = read(
        指标=tr("产出目标", "数量目标", "系统建设完成", "=100%")
        + head
        + tr("", "", "情况", "")
        + tr("", "", "乙", "有效")
    )

    assert [(one.name, one.filed) for one in found.declaration.targets] == [
        ("系统建设完成情况", "=100%"),
        ("乙", "有效"),
    ]


def test_phases_in_words_are_steps_without_a_day() -> None:
    plan = tc(p("第一阶段： 合同签订后1个月内进行调研。") + p("第二阶段：项目验收。") + p("主要成果：完成验收"))

    found = read(计划=tr("项目实施计划", plan))

    assert found.declaration.milestones == (
        Milestone("第一阶段", None, "合同签订后1个月内进行调研。"),
        Milestone("第二阶段", None, "项目验收。\n主要成果：完成验收"),
    )


def test_rows_of_another_layout_are_shown_and_never_dropped() -> None:
    found = read(备注=tr("项目性质", "阶段性") + tr("备注", "无"))

    assert ("表1 第20行", "项目性质 | 阶段性") in found.unplaced
    assert found.declaration.remarks == "无"


def test_every_value_that_cannot_be_right_is_named_with_its_place() -> None:
    found = read(
        项目类型=tr("项目类型", "☑结转项目 ☑其他一次性项目"),
        资金用途=tr("资金用途", "☐信息化建设类 ☐政府购买服务"),
        时间=tr("开始时间", "2019年底", "结束时间", ""),
        预算=tr("项目总预算（元）", "约200万", "项目当年预算（元）", "2000000"),
        指标=tr("产出目标", "数量目标", "完成率", ""),
    )

    assert messages(found) == [
        ("表1 第4行 结束时间", "“结束时间”没有填写。请补填。"),
        ("表1 第2行 项目类型", "“项目类型”勾选了不止一项（结转项目、其他一次性项目）。请只选一项。"),
        ("表1 第3行 资金用途", "“资金用途”没有读到勾选。请选择一项。"),
        ("表1 第4行 开始时间", "“2019年底”不是日期。请写成例如 2019-12-31。"),
        ("表1 第9行 项目总预算（元）", "“约200万”不是金额。请写成例如 1,374.74万元。"),
        ("表1 第18行 指标目标值", "“完成率”没有填写目标值。请补填。"),
        ("表1 第11行 项目当年投入资金构成", "子项目金额合计 2,124,000元 与当年预算 2,000,000元 不符。请核对。"),
    ]


def test_several_forms_in_a_file_are_several() -> None:
    first = tbl(*ROWS.values())
    second = tbl(*(ROWS | {"项目名称": tr("项 目 名 称", "乙")}).values())
    body = p("申报单位名称：甲局") + first + p("申报单位名称：乙局") + p("（2020年）") + second

    found = declarations_of(read_word(word(body).getvalue()))

    assert [(one.declaration.project_name, one.declaration.unit_name) for one in found] == [
        ("“甲”项目经费", "甲局"), ("乙", "乙局"),
    ]  # fmt: skip
    assert found[1].places["project_name"] == "表2 第1行 项目名称"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("市委市政府已确定的新增项目 □ 结转项目 □ 其他一次性项目 ☑", ["其他一次性项目"]),
        ("□市委市政府已确定的新增项目 □结转项目 ■其他一次性项目", ["其他一次性项目"]),
        ("结转项目[ ] 其他一次性项目[√] 经常性专项业务费[ ]", ["其他一次性项目"]),
        ("（ ）结转项目 （√）其他一次性项目", ["其他一次性项目"]),
        ("结转项目  √其他一次性项目  经常性专项业务费", ["其他一次性项目"]),
        ("结转项目  其他一次性项目✓  经常性专项业务费", ["其他一次性项目"]),
        ('结转项目 <input type="checkbox"> 其他一次性项目 <input checked="" type="checkbox">', ["其他一次性项目"]),
        ("其他一次性项目", ["其他一次性项目"]),
        ("☑ 其 他 经 常 性 项 目 ☐ 经常性专项业务费", ["其他经常性项目"]),
        ("囗结转项目 ☑其他一次性项目", ["其他一次性项目"]),
        ("结转项目（ ） 其他一次性项目（V）", ["其他一次性项目"]),
        ("☑结转项目 ☑其他经常性项目", ["结转项目", "其他经常性项目"]),
        ("结转项目 其他一次性项目", []),
        ("", []),
    ],
)
def test_ticks_are_known_in_any_dress(text: str, found: list[str]) -> None:
    assert ticked(text, PROJECT_TYPES) == found


@pytest.mark.parametrize(
    ("run", "found"),
    [
        ('<w:sym w:font="Wingdings 2" w:char="F052"/>', "政府购买服务"),
        ('<w:sym w:font="Wingdings" w:char="F0FE"/>', "政府购买服务"),
        (
            '<w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData></w:fldChar>',
            "政府购买服务",
        ),
        (
            '<w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="0"/></w:checkBox></w:ffData>'
            "</w:fldChar>",
            "",
        ),
        (r"<w:instrText> eq \o\ac(□,√)</w:instrText>", "政府购买服务"),
    ],
)
def test_boxes_drawn_by_word_are_read(run: str, found: str) -> None:
    box = tc(f"<w:p><w:r><w:t>☐信息化建设类 </w:t></w:r><w:r>{run}</w:r><w:r><w:t>政府购买服务</w:t></w:r></w:p>")

    assert read(资金用途=tr("资金用途", box)).declaration.fund_use == found


def test_a_choice_nobody_made_is_none_and_said() -> None:
    prompt = "<w:sdtContent><w:r><w:t>选择一项。</w:t></w:r></w:sdtContent>"
    empty = tc(f"<w:p><w:sdt><w:sdtPr><w:showingPlcHdr/><w:dropDownList/></w:sdtPr>{prompt}</w:sdt></w:p>")

    found = read(项目类型=tr("项目类型", empty))

    assert messages(found) == [("表1 第2行 项目类型", "“项目类型”没有填写。请补填。")]


def test_a_list_of_projects_is_no_declaration() -> None:
    body = tbl(tr("项目名称", "甲"), tr("开始时间", "2019-01-01"), tr("备注", ""))

    assert declarations_of(read_word(word(body).getvalue())) == []


# --- written and read back

PARAGRAPH = st.text("系统建设、“合同” (1)２０％<&>\"'=ａ", max_size=20).map(str.strip)
LONG = st.lists(PARAGRAPH, max_size=4).map("\n".join).map(lambda text: text.strip("\n"))
WORDS = st.text("系统建设合同管理率度情况《》“”（）ａb", min_size=1, max_size=12)
FEN = st.none() | st.integers(0, 10**12)
DAYS = st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1))
STEPS = st.one_of(
    st.builds(
        lambda name, day: Milestone(name, day, day.isoformat()), WORDS, st.dates(date(2000, 1, 1), date(2099, 1, 1))
    ),
    st.builds(lambda name, text: Milestone(name, None, text), WORDS, WORDS),
)


@st.composite
def targets(draw: st.DrawFn) -> tuple[Target, ...]:
    rows = draw(
        st.lists(
            st.tuples(WORDS, WORDS, WORDS, st.sampled_from(["=100.00%", "≥90%", "健全", "１０００个", "≥1000"])),
            min_size=1,
            max_size=6,
        )
    )
    return tuple(Target(*row, *target_value(row[3])) for row in rows)


FORMS = st.builds(
    Declaration,
    project_name=WORDS,
    unit_name=WORDS,
    form_year=st.none() | st.integers(2000, 2099),
    project_type=st.sampled_from(["", *PROJECT_TYPES]),
    fund_use=st.sampled_from(["", *FUND_USES]),
    start_date=DAYS,
    end_date=DAYS,
    overview=LONG,
    basis=LONG,
    necessity=LONG,
    safeguards=LONG,
    total_budget_fen=FEN,
    year_budget_fen=FEN,
    prior_budget_fen=FEN,
    prior_paid_fen=FEN,
    sub_projects=st.lists(st.builds(SubProject, WORDS, st.integers(0, 10**12)), max_size=3).map(tuple),
    milestones=st.lists(STEPS, max_size=4).map(tuple),
    overall_goal=LONG,
    annual_goal=LONG,
    targets=targets(),
    remarks=LONG,
)


@settings(deadline=None)
@given(st.lists(FORMS, min_size=1, max_size=3))
def test_what_is_written_reads_back_exactly(forms: list[Declaration]) -> None:
    out = io.BytesIO()
    write_word(declaration_pages(forms), out)

    found = declarations_of(read_word(out.getvalue()))

    assert [one.declaration for one in found] == forms


def test_the_form_spells_every_field_of_a_declaration() -> None:
    assert set(DECLARATION_FORM.keys) == set(Declaration.__dataclass_fields__) - {"unit_name", "form_year"}
