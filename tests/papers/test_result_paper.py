"""绩效评价结果信息表 read from Word files as they really come, and written so that it reads back."""

import io
from collections.abc import Callable
from dataclasses import replace

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfflow.papers.package import RefusedFile
from perfflow.papers.reading import papers_of
from perfflow.papers.result_paper import (
    RESULT_FORM,
    Cover,
    ReadResult,
    ResultTable,
    read_result_tables,
    write_result_tables,
)
from perfflow.papers.word_reader import read_word
from tests.papers.word import p, rows, tbl, tc, tr, word


def read(body: str, **parts: str | bytes) -> list[ReadResult]:
    return read_result_tables(word(body, **parts))


def read_one(body: str, **parts: str | bytes) -> ReadResult:
    (result,) = read(body, **parts)
    return result


def row(text: str, label: str = "存在问题") -> str:
    return tr(label, text)


def test_a_plain_table_is_read_without_problems() -> None:
    result = read_one(tbl(*rows()))

    assert result.problems == ()
    assert result.table.project_name == "“代表工作”"
    assert result.values.project_name == "代表工作"
    assert result.values.final_amount_fen == 1_374_740_000
    assert str(result.values.score) == "91.8"
    assert [entry.text for entry in result.values.findings] == ["甲。"]


def test_a_continued_row_joins_without_a_paragraph_break() -> None:
    continued = row("1、截至12月10") + tr("", tc(p("日)共计。") + p("2、乙。")))

    result = read_one(tbl(*rows(存在问题=continued)))

    assert result.table.findings == "1、截至12月10日)共计。\n2、乙。"


def test_a_continued_row_may_stand_in_a_new_table_on_the_next_page() -> None:
    first, rest = rows()[:5], rows()[5:]

    result = read_one(tbl(*first) + p("— 2 —") + tbl(tr("", "还有。"), *rest))

    assert result.table.main_performance == "良好。还有。"
    assert result.problems == ()


def test_paragraph_marks_left_in_the_text_are_paragraphs() -> None:
    marked = row("<p>1、甲。</p> <p>2、乙。</p>", "<p>存在问题</p>")

    assert read_one(tbl(*rows(存在问题=marked))).table.findings == "1、甲。\n2、乙。"


@pytest.mark.parametrize(
    "label",
    ["存 在 问 题", "存在\u3000问题：", "存在问题:", tc(p("存在") + p("问题")), tc(p("存\u200b在问题"))],
)
def test_a_label_is_known_in_any_dress(label: str) -> None:
    assert read_one(tbl(*rows(存在问题=tr(label, "1、丙。")))).table.findings == "1、丙。"


def test_a_file_may_hold_several_tables_and_covers() -> None:
    cover = p("甲局") + p("2018年度财政支出项目绩效评价结果")
    other = p("乙局") + p("2018年度财政支出项目绩效评价结果") + p("绩效评价结果信息表")

    results = read(
        cover
        + p(RESULT_FORM.title)
        + tbl(*rows())
        + p(RESULT_FORM.title)
        + tbl(*rows(项目名称=tr("项目名称", "二")))
        + other
        + tbl(*rows(项目名称=tr("项目名称", "三")))
    )

    assert [result.values.project_name for result in results] == ["代表工作", "二", "三"]
    assert [result.cover.unit_name for result in results if result.cover] == ["甲局", "甲局", "乙局"]


def test_several_forms_may_stand_in_one_table_under_heading_rows() -> None:
    heading = tr(tc(RESULT_FORM.title, '<w:gridSpan w:val="2"/>'))

    results = read(tbl(heading, *rows(), heading, *rows(项目名称=tr("项目名称", "二"))))

    assert [result.values.project_name for result in results] == ["代表工作", "二"]
    assert all(result.problems == () for result in results)


def test_two_projects_of_the_same_name_are_two() -> None:
    assert len(read(tbl(*rows()) + p() + tbl(*rows()))) == 2


def test_a_heading_row_repeated_by_the_page_is_no_content() -> None:
    name = rows()[0]

    result = read_one(tbl(*rows(存在问题=row("1、甲") + name + tr("", "乙。"))))

    assert result.table.findings == "1、甲乙。"
    assert result.problems == ()


def test_a_label_repeated_on_the_next_page_continues_its_row() -> None:
    assert read_one(tbl(*rows(存在问题=row("1、甲") + row("乙。")))).table.findings == "1、甲乙。"


def test_merged_cells_are_read_once() -> None:
    up = '<w:vMerge w:val="restart"/>'
    merged = tr(tc("存在问题", up), "1、甲") + tr(tc(p(), "<w:vMerge/>"), "乙。")
    wide = tr("评价结论", tc("优", '<w:gridSpan w:val="3"/>'))

    result = read_one(tbl(*rows(存在问题=merged, 评价结论=wide)))

    assert (result.table.findings, result.table.grade) == ("1、甲乙。", "优")


def test_a_row_that_starts_in_the_second_column_continues() -> None:
    shifted = row("1、甲") + tr("乙。", properties='<w:gridBefore w:val="1"/>')

    assert read_one(tbl(*rows(存在问题=shifted))).table.findings == "1、甲乙。"


def test_two_labels_may_share_a_row() -> None:
    pair = tr("评价分值", "91.8分", "评价结论", "优")

    result = read_one(tbl(*rows(评价分值=pair, 评价结论="")))

    assert (result.table.score, result.table.grade) == ("91.8分", "优")


@pytest.mark.parametrize(
    ("filed", "grade"),
    [
        ("优", "优"), ("“优”", "优"), ("优。", "优"), ("良（88.2分）", "良"), ("评价等级：良", "良"), ("优秀", "优秀"),
        ("□优 ☑良 □中 □差", "良"), ("优  √良  中  差", "良"), ("B", "B"),
    ],
)  # fmt: skip
def test_a_grade_is_read_by_itself(filed: str, grade: str) -> None:
    result = read_one(tbl(*rows(评价结论=tr("评价结论", filed))))

    assert (result.values.grade, result.table.grade, result.problems) == (grade, filed, ())


def test_two_grades_are_none_and_said() -> None:
    result = read_one(tbl(*rows(评价结论=tr("评价结论", "优良"))))

    assert result.values.grade == ""
    assert [problem.message for problem in result.problems] == ["“优良”不是一个评价结论。请只写一个，例如 优。"]


def test_a_name_or_an_amount_in_two_pieces_is_one() -> None:
    result = read_one(
        tbl(*rows(项目名称=tr("项目名称", tc(p("“代表") + p("工作”"))), 决算金额=tr("决算金额", "1,374.74", "万元")))
    )

    assert (result.values.project_name, result.table.final_amount) == ("代表工作", "1,374.74万元")


@pytest.mark.parametrize("label", ["决算金额（万元）", "决算金额/万元", "决算金额，单位：万元"])
def test_the_unit_may_stand_in_the_label(label: str) -> None:
    result = read_one(tbl(*rows(决算金额=tr(label, "1,374.74"))))

    assert result.values.final_amount_fen == 1_374_740_000


def test_headings_between_tables_may_be_counted() -> None:
    results = read(tbl(*rows(), tr(tc("绩效评价结果信息表（二）", '<w:gridSpan w:val="2"/>')), *rows()))

    assert [result.problems for result in results] == [(), ()]


def test_text_without_numbers_that_may_be_several_entries_is_said() -> None:
    result = read_one(tbl(*rows(存在问题=row("一是甲；二是乙。"))))

    assert [problem.message for problem in result.problems] == ["文字没有编号，已作为一条读入。请核对。"]


def test_insertions_are_accepted_and_deletions_skipped() -> None:
    tracked = tc(
        "<w:p><w:r><w:t>1、</w:t></w:r><w:ins><w:r><w:t>新</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>旧</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>走</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>来</w:t></w:r></w:moveTo></w:p>"
    )
    gone = tr("整改情况", "旧情况", properties="<w:del/>")

    result = read_one(tbl(*rows(存在问题=tr("存在问题", tracked), 整改情况=gone + tr("整改情况", "新情况"))))

    assert (result.table.findings, result.table.rectification) == ("1、新来", "新情况")


def test_content_controls_links_and_breaks_are_read() -> None:
    value = tc(
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>1、甲</w:t><w:br/><w:t>乙</w:t><w:tab/><w:t>丙</w:t></w:r>"
        '<w:hyperlink><w:r><w:t>丁</w:t></w:r></w:hyperlink><w:r><w:br w:type="page"/></w:r></w:p>'
        "</w:sdtContent></w:sdt>"
    )
    placeholder = f"<w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{p('点此输入')}</w:sdtContent>"
    empty = tc(f"<w:sdt>{placeholder}</w:sdt><w:p/>")
    table = tbl(*rows(存在问题=tr("存在问题", value), 整改情况=tr("整改情况", empty)))

    result = read_one(f"<w:sdt><w:sdtContent>{table}</w:sdtContent></w:sdt>")

    assert (result.table.findings, result.table.rectification) == ("1、甲\n乙\t丙丁", "")


def test_a_form_inside_another_table_is_found() -> None:
    assert read_one(tbl(tr(tc(tbl(*rows()) + p())))).problems == ()


def test_numbers_that_word_draws_itself_are_read() -> None:
    numbering = (
        '<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
        '<w:suff w:val="nothing"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="7"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    listed = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="7"/></w:numPr></w:pPr>'
    value = tc(p("甲。", listed) + p("内容。") + p("乙。", listed))

    result = read_one(tbl(*rows(存在问题=tr("存在问题", value))), word__numbering_xml=numbering)

    assert result.table.findings == "1、甲。\n内容。\n2、乙。"


def lists(*levels: str, more: str = "") -> str:
    """A part with one list of these levels, known as 7."""
    return (
        '<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f'<w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>'
        f'<w:num w:numId="7"><w:abstractNumId w:val="0"/></w:num>{more}</w:numbering>'
    )


def level(depth: int, style: str, text: str) -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:lvlText w:val="{text}"/></w:lvl>'
    )


def item(text: str, depth: int = 0, name: int = 7, marks: str = "") -> str:
    numbered = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{name}"/></w:numPr>'
    return p(text, f"<w:pPr>{numbered}<w:rPr>{marks}</w:rPr></w:pPr>")


def test_lists_of_several_levels_and_in_circles_are_read_as_drawn() -> None:
    deep = lists(level(0, "chineseCounting", "（%1）"), level(1, "decimal", "%2."))
    value = tc(item("甲") + item("子", 1) + item("乙"))
    circles = tc(item("甲") + item("乙"))

    one = read_one(tbl(*rows(存在问题=tr("存在问题", value))), word__numbering_xml=deep)
    other = read_one(
        tbl(*rows(存在问题=tr("存在问题", circles))),
        word__numbering_xml=lists(level(0, "decimalEnclosedCircleChinese", "%1")),
    )

    assert one.table.findings == "（一）甲\n1. 子\n（二）乙"
    assert other.table.findings == "①甲\n②乙"


def test_a_list_may_begin_anew() -> None:
    again = (
        '<w:num w:numId="8"><w:abstractNumId w:val="0"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    )
    table = tbl(
        *rows(
            存在问题=tr("存在问题", tc(item("甲") + item("乙"))),
            整改建议=tr("整改建议", tc(item("丙", name=8) + item("丁", name=8))),
        )
    )

    result = read_one(table, word__numbering_xml=lists(level(0, "decimal", "%1、"), more=again))

    assert result.table.suggestions == "1、丙\n2、丁"


def test_a_deleted_item_of_a_list_counts_nothing() -> None:
    value = tc(item("甲") + item("", marks="<w:del/>") + item("乙"))

    result = read_one(
        tbl(*rows(存在问题=tr("存在问题", value))), word__numbering_xml=lists(level(0, "decimal", "%1、"))
    )

    assert result.table.findings == "1、甲\n2、乙"


def test_hidden_text_is_not_read() -> None:
    hidden = tc("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>良</w:t></w:r><w:r><w:t>优</w:t></w:r></w:p>")

    assert read_one(tbl(*rows(评价结论=tr("评价结论", hidden)))).table.grade == "优"


def test_a_frame_of_one_cell_is_no_table() -> None:
    frame = tbl(tr(tc(p("甲局") + p("2018年度财政支出项目绩效评价结果") + tbl(*rows()))))

    result = read_one(frame)

    assert result.problems == ()
    assert result.cover == Cover("甲局", "2018年度财政支出项目绩效评价结果")


def test_lines_in_a_table_inside_a_cell_are_its_text() -> None:
    value = tc(tbl(tr("1、甲。"), tr("2、乙。")) + p())

    assert read_one(tbl(*rows(存在问题=tr("存在问题", value)))).table.findings == "1、甲。\n2、乙。"


def test_a_table_inside_a_cell_is_shown_and_never_dropped() -> None:
    value = tc(p("完成如下：") + tbl(tr("指标", "完成"), tr("甲", "100%")) + p())
    body = tbl(*rows(主要绩效=tr("主要绩效", value)))

    (paper,) = papers_of(read_word(word(body).getvalue()))

    assert paper.unplaced == (
        ("表2 第1行（单元格内的表）", "指标 | 完成"), ("表2 第2行（单元格内的表）", "甲 | 100%"),
    )  # fmt: skip


def test_every_problem_comes_with_its_place() -> None:
    result = read_one(
        tbl(
            *rows(
                决算金额=tr("决算金额", "1,37.4万元"),
                评价分值=tr("评价分值", "优秀"),
                评价结论=tr("备注", "一行"),
                主要绩效=tr("主要绩效", ""),
                存在问题=row("说明：\n1、甲\n3、乙".replace("\n", "<p>")),
            )
        )
    )

    assert [(problem.place, problem.message) for problem in result.problems] == [
        ("表1 第4行", "“备注”不是“绩效评价结果信息表”的项目，这一行没有读入。请核对。"),
        ("评价结论", "没有找到“评价结论”一行。请核对表格。"),
        ("表1 第5行 主要绩效", "“主要绩效”没有填写。请补填。"),
        ("表1 第2行 决算金额", "“1,37.4万元”不是金额。请写成例如 1,374.74万元。"),
        (
            "表1 第3行 评价分值",
            "“优秀”不是分值。请写 0 到 100 之间、至多两位小数的数，例如 91.8分。",
        ),
        ("表1 第6行 存在问题", "第一个编号之前的文字没有归入任何一条。请核对。"),
        ("表1 第6行 存在问题", "编号不连续。请核对是否有遗漏。"),
    ]
    assert (result.values.final_amount_fen, result.values.score) == (None, None)


def test_another_paper_that_shares_a_label_is_not_this_form() -> None:
    assert read(tbl(tr("项目名称", "别的"), tr("项目类型", "其他"), tr("备注", ""))) == []


def test_another_table_after_a_form_is_left_alone() -> None:
    result = read_one(tbl(*rows()) + p() + tbl(tr("名单", "甲"), tr("", "乙")))

    assert result.table.rectification == "已整改。"
    assert result.problems == ()


@pytest.mark.parametrize("junk", [b"", b"PK", b"PK\x03\x04" + b"\0" * 100, "不是文件".encode()])
def test_what_is_no_word_file_is_refused_with_a_sentence(junk: bytes) -> None:
    with pytest.raises(RefusedFile, match=r"。$"):
        read_result_tables(io.BytesIO(junk))


# --- written and read back

PARAGRAPH = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"),
    max_size=30,
).filter(lambda text: "<p" not in text.lower() and "</p" not in text.lower())
LONG = st.lists(PARAGRAPH, max_size=5).map("\n".join).map(lambda text: text if text.strip() else "")
TABLES = st.builds(
    ResultTable,
    project_name=st.sampled_from(
        ["“代表工作”", "“12345” 市民", "《月刊》（ａ）", "<&>\"'", "=1+1", "名\t称"]
    ),
    final_amount=st.sampled_from(["1,374.74万元", "１００万元", "", "约"]),
    score=st.sampled_from(["91.8分", "８８", ""]),
    grade=st.sampled_from(["优", "合格", ""]),
    main_performance=LONG,
    findings=LONG,
    suggestions=LONG,
    rectification=LONG,
)
LABELS = {"".join(field.label.split()) for field in RESULT_FORM.fields}


def written(tables: list[ResultTable], cover: Cover | None = None, footer: str = "") -> io.BytesIO:
    out = io.BytesIO()
    write_result_tables(tables, out, cover=cover, footer=footer)
    out.seek(0)
    return out


def without_blank_ends(table: ResultTable) -> ResultTable:
    """Blank paragraphs before and after a text are no text."""
    return replace(table, **{key: _trimmed(getattr(table, key)) for key in RESULT_FORM.keys})


def _trimmed(text: str) -> str:
    lines = text.split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    return "\n".join(lines)


@settings(deadline=None)
@given(
    st.lists(TABLES, max_size=4),
    st.none() | st.builds(Cover, st.just("甲局"), st.just("2018年度绩效评价结果")),
)
def test_what_is_written_reads_back_exactly(tables: list[ResultTable], cover: Cover | None) -> None:
    results = read_result_tables(written(tables, cover))

    assert [result.table for result in results] == [without_blank_ends(table) for table in tables]
    assert all(result.cover == cover for result in results)


def test_characters_xml_does_not_know_do_not_break_the_file(make_table: Callable[..., ResultTable]) -> None:
    table = make_table(main_performance="甲\x00\x08乙\ufffe\ud800丙\r\n丁\v戊")

    (result,) = read_result_tables(written([table]))

    assert result.table.main_performance == "甲乙丙\n丁\n戊"


def test_the_paper_opens_in_python_docx_with_one_page_break_a_table(
    make_table: Callable[..., ResultTable],
) -> None:
    paper = docx.Document(
        written([make_table(), make_table()], Cover("甲局", "2018年度绩效评价结果"), "未公开")
    )

    assert [paragraph.text for paragraph in paper.paragraphs] == [
        "甲局",
        "2018年度绩效评价结果",
        RESULT_FORM.title,
        RESULT_FORM.title,
        "",
    ]
    assert [len(table.rows) for table in paper.tables] == [8, 8]
    assert [bool(paragraph.paragraph_format.page_break_before) for paragraph in paper.paragraphs[2:4]] == [
        True,
        True,
    ]
    assert paper.sections[0].footer.paragraphs[0].text == "未公开"


def test_the_first_page_is_not_empty_without_a_cover(make_table: Callable[..., ResultTable]) -> None:
    paper = docx.Document(written([make_table()]))

    assert not paper.paragraphs[0].paragraph_format.page_break_before


def test_equal_tables_give_equal_files(make_table: Callable[..., ResultTable]) -> None:
    assert written([make_table()]).getvalue() == written([make_table()]).getvalue()


@pytest.fixture
def make_table() -> Callable[..., ResultTable]:
    def make(**texts: str) -> ResultTable:
        plain = ResultTable("“代表工作”", "100万元", "90分", "优", "良好。", "1、甲。", "1、乙。", "已整改。")
        return replace(plain, **texts)

    return make
