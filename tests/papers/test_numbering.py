"""Findings and suggestions are taken apart and put together without losing a character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfflow.papers.numbering import (
    Manner,
    Numbered,
    bare_name,
    format_amount,
    format_name,
    format_score,
    join_numbered,
    lead_in,
    split_numbered,
    unnumbered,
)

BUREAU = Manner(
    quote_names=False, score_suffix=False, trim_decimals=False, number_style=". ", title_own_line=False
)


def test_a_year_right_after_the_number_is_no_decimal() -> None:
    text = "1、2018年度申报的指标不够明确。\n2、2018年度缺乏考核。"

    assert [entry.number for entry in split_numbered(text)] == [1, 2]
    assert split_numbered("1.2018年未验收。\n2.5万元未支付。") == (
        Numbered(1, "2018年未验收。", "2.5万元未支付。"),
    )


def test_the_first_of_several_paragraphs_is_the_title() -> None:
    text = "1、指标不明确。\n内容一。\n内容二。\n2、只有一段。"

    assert split_numbered(text) == (
        Numbered(1, "指标不明确。", "内容一。\n内容二。"),
        Numbered(2, None, "只有一段。"),
    )


def test_entries_glued_by_a_page_break_are_two_and_join_as_filed() -> None:
    text = "1. 编制计划。进行考核。2. 科学填报。结合 2.5 倍。"

    first, second = split_numbered(text)

    assert (first.text, second.text, second.glued) == (
        "编制计划。进行考核。",
        "科学填报。结合 2.5 倍。",
        True,
    )
    assert join_numbered((first, second), BUREAU) == text


def test_an_inner_list_does_not_start_new_entries() -> None:
    text = "1、总述：\n(1)甲\n(2)乙\n1、重复编号\n2、第二条"

    assert [entry.number for entry in split_numbered(text)] == [1, 2]


@pytest.mark.parametrize(
    "text", ["一、甲\n二、乙", "（一）甲\n（二）乙", "(1)甲\n(2)乙", "1)甲\n2)乙", "１．甲\n２．乙"]
)
def test_other_ways_of_numbering_are_read(text: str) -> None:
    assert [(entry.number, entry.text) for entry in split_numbered(text)] == [(1, "甲"), (2, "乙")]


def test_chinese_numbers_count_beyond_ten() -> None:
    text = "\n".join(f"{number}、甲" for number in ("九", "十", "十一", "二十", "二十一"))

    assert [entry.number for entry in split_numbered(text)] == [9, 10, 11, 20, 21]


@pytest.mark.parametrize(
    "text",
    ["问题1：甲\n问题2：乙", "问题一、甲\n问题二、乙", "第一，甲\n第二，乙", "一是甲\n二是乙", "4.1 甲\n4.2 乙",
     "1 甲\n2 乙", "⑴甲\n⑵乙", "❶甲\n❷乙"],
)  # fmt: skip
def test_weaker_signs_number_entries_where_they_count_from_one(text: str) -> None:
    assert [(entry.number, entry.text) for entry in split_numbered(text)] == [(1, "甲"), (2, "乙")]


@pytest.mark.parametrize(
    "text", ["一是甲；二是乙。", "第一季度未验收。\n第二季度未付款。", "• 甲\n• 乙", "2 月未验收\n3 月未付款"]
)
def test_what_may_be_more_than_the_one_entry_it_is_read_as_is_known(text: str) -> None:
    assert split_numbered(text) == (Numbered(1, None, text),)
    assert unnumbered(text)


def test_one_paragraph_and_numbered_text_are_clear() -> None:
    assert not any(map(unnumbered, ["甲。", "1、一是甲；二是乙。\n2、丙。", "无", ""]))


def test_entries_in_one_line_may_have_blanks_between_them() -> None:
    text = "1、甲；  2、乙;3、丙"

    entries = split_numbered(text)

    assert [entry.number for entry in entries] == [1, 2, 3]
    assert join_numbered(entries, Manner()) == text


@pytest.mark.parametrize("text", ["", " ", "无", "无。", "暂无", "未发现问题。", "——"])
def test_nothing_is_no_entry(text: str) -> None:
    assert split_numbered(text) == ()


def test_text_without_numbers_is_one_entry_and_what_precedes_the_first_number_is_named() -> None:
    assert split_numbered("甲。\n乙。") == (Numbered(1, None, "甲。\n乙。"),)
    assert lead_in("存在以下问题：\n1、甲") == "存在以下问题："
    assert lead_in("甲。\n乙。") == ""


TEXTS = st.text("文字“”《》（）,，a1%", min_size=1).filter(lambda text: split_numbered(text)[0].text == text)
ENTRIES = st.lists(st.tuples(st.none() | TEXTS, TEXTS), min_size=1, max_size=12)


@given(ENTRIES, st.sampled_from(["、", ". "]))
def test_what_is_joined_splits_into_the_same_entries(
    entries: list[tuple[str | None, str]], style: str
) -> None:
    items = tuple(Numbered(number, *entry) for number, entry in enumerate(entries, 1))
    manner = Manner(number_style=style)  # type: ignore[arg-type]

    assert split_numbered(join_numbered(items, manner)) == items


def test_amounts_keep_every_fen_in_both_manners() -> None:
    assert format_amount(1_374_740_000, Manner()) == "1,374.74万元"
    assert format_amount(1_430_000_000, Manner()) == "1,430万元"
    assert format_amount(9_459_700_000, BUREAU) == "9,459.70万元"
    assert format_amount(9_459_700_001, BUREAU) == "9,459.700001万元"
    assert format_amount(0, BUREAU) == "0.00万元"


def test_scores_are_trimmed_in_both_manners() -> None:
    assert format_score(9180, Manner()) == "91.8分"
    assert format_score(8800, BUREAU) == "88"
    assert format_score(8874, BUREAU) == "88.74"


def test_names_get_their_quotation_marks_once() -> None:
    assert format_name("《上海人大月刊》编辑发行费", Manner()) == "“《上海人大月刊》编辑发行费”"
    assert format_name("“代表工作”", Manner()) == "“代表工作”"
    assert format_name("市政大厦", BUREAU) == "市政大厦"


def test_only_marks_around_the_whole_name_are_taken_off() -> None:
    assert bare_name("“代表工作”") == "代表工作"
    assert bare_name("“12345” 市民服务热线服务外包经费") == "“12345” 市民服务热线服务外包经费"
    assert bare_name("“甲”和“乙”") == "“甲”和“乙”"
    assert bare_name('"甲"和"乙"') == '"甲"和"乙"'


@pytest.mark.parametrize("name", ["“甲”", '"甲"', "「甲」", "‘甲’", "甲"])
def test_a_name_may_stand_in_marks_of_any_kind(name: str) -> None:
    assert bare_name(name) == "甲"
