"""Lists in Excel: what is written, and what is taken."""

import io
import tracemalloc
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest
import xlsxwriter

from perfflow.papers.excel_lists import Column, Sheet, read_list, write_book, write_list, write_template
from perfflow.papers.package import RefusedFile

SHEET = "xl/worksheets/sheet1.xml"
COLUMNS = {"username": ("用户名",), "role": ("角色", "Role")}


def book(rows):
    """An .xlsx of these rows, as an office makes it."""
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def swapped(data, name, change):
    """The package with one part changed, the directory made anew."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, change(content) if part == name else content)
    return out.getvalue()


def written(*rows):
    out = io.BytesIO()
    columns = (Column("文字"), Column("数", kind="number"), Column("时间", kind="instant"))
    write_list(out, "清单", columns, rows, note="说明")
    return openpyxl.load_workbook(io.BytesIO(out.getvalue())).active


# writing


@pytest.mark.parametrize("text", ["=1+1", "+SUM(A1)", "-2", "@x", "\t=1", "=cmd|' /C calc'!A0", "http://x.cn", "007"])
def test_text_is_never_a_formula_nor_a_link_nor_a_number(text):
    cell = written((text, 1, None))["A2"]

    assert (cell.data_type, cell.value, cell.hyperlink) == ("s", text, None)


def test_times_and_numbers_are_typed():
    sheet = written(("甲", 12, datetime(2026, 3, 2, 2, 0, tzinfo=UTC)), ("乙", 0.5, date(2026, 3, 2)))

    assert sheet["C2"].value.isoformat() == "2026-03-02T02:00:00" and sheet["C2"].is_date
    assert (sheet["B2"].value, sheet["B3"].value) == (12, 0.5)
    assert sheet["A5"].value == "说明" and sheet.freeze_panes == "A2"


KINDS = ("money", "score", "percent", "day", "long")


def one_row(*values):
    """A row of these kinds, read back by another library."""
    out = io.BytesIO()
    columns = [Column(kind, kind=kind) for kind in KINDS]
    write_book(out, [Sheet("一", columns, [values])])
    return openpyxl.load_workbook(io.BytesIO(out.getvalue())).active[2]


def test_amounts_scores_and_shares_are_exact_numbers_with_their_format():
    money, score, percent, day, _long = one_row(1_374_740_050, 8874, 91, date(2026, 12, 31), "")

    assert (money.value, score.value, percent.value) == (13_747_400.5, 88.74, 0.91)
    assert (money.number_format, score.number_format, percent.number_format) == ("#,##0.00", "0.00", "0%")
    assert day.is_date and day.value.date() == date(2026, 12, 31)


def test_what_is_not_known_stays_an_empty_cell_and_nought_a_nought():
    assert [cell.value for cell in one_row(None, None, None, None, "")] == [None] * 5
    assert [cell.value for cell in one_row(0, 0, 0, None, "")][:3] == [0, 0, 0]


def test_a_day_that_excel_does_not_know_is_written_in_words():
    assert one_row(None, None, None, date(1899, 12, 1), "")[3].value == "1899-12-01"


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@x"])
def test_text_like_a_formula_stays_text_when_its_cell_is_edited(text):
    cells = [written((text, 1, None))["A2"], one_row(None, None, None, None, text)[4]]

    assert [(cell.data_type, cell.value, cell.quotePrefix) for cell in cells] == [("s", text, True)] * 2
    assert one_row(None, None, None, None, "甲")[4].quotePrefix is False


HURTING = [
    ("<r><t>x</t></r>", "<r><t>x</t></r>"),  # what the library takes for markup of its own
    ('<r></is></c><c r="B2"><f>1+1</f></c></r>', '<r></is></c><c r="B2"><f>1+1</f></c></r>'),
    ("<r>&</r>", "<r>&</r>"),
    ("a\ufffe\uffffb\ud800", "ab"),
    ("_x0041_", "_x0041_"),
    ("a\x01\x0b", "a"),
]


@pytest.mark.parametrize(("text", "kept"), HURTING)
def test_no_text_breaks_the_sheet_nor_makes_a_formula(text, kept):
    out = io.BytesIO()
    write_book(out, [Sheet("一", [Column("文字"), Column("长", kind="long")], [(text, text)], note=text)])

    with zipfile.ZipFile(out) as package:
        assert b"<f" not in package.read(SHEET)
    assert len(list(openpyxl.load_workbook(io.BytesIO(out.getvalue())).active.values)) == 4
    assert read_list(out.getvalue(), {"text": ("文字",)}, most=5)[0].texts["text"] == kept


def test_a_text_longer_than_a_cell_is_cut():
    assert len(one_row(None, None, None, None, "长" * 40_000)[4].value) == 32_766


def test_choices_that_look_like_markup_stay_text():
    out = io.BytesIO()
    write_template(out, "账号", [Column("用户名", choices=("<r>&</r>",))], choices_title="可选内容")

    _sheet, choices = openpyxl.load_workbook(io.BytesIO(out.getvalue())).worksheets
    assert choices["A2"].value == "<r>&</r> "


def test_long_text_is_wrapped_and_several_sheets_have_head_filter_and_print_head():
    out = io.BytesIO()
    columns = [Column("标题"), Column("内容", 60, "long")]
    write_book(out, [Sheet("问题", columns, iter([("甲", "长" * 500)])), Sheet("建议/意见", columns, [])])

    first, second = openpyxl.load_workbook(io.BytesIO(out.getvalue())).worksheets
    assert (first.title, second.title) == ("问题", "建议意见")
    assert first["B2"].alignment.wrap_text and first.column_dimensions["B"].width >= 60
    assert (first.freeze_panes, first.auto_filter.ref) == ("A2", "A1:B2")
    assert (first.print_title_rows, first.page_setup.orientation) == ("$1:$1", "landscape")
    assert (second.max_row, second.auto_filter.ref) == (1, None)


def test_a_long_list_is_written_with_little_memory():
    rows = ((f"第 {n} 行" * 10, n, datetime(2026, 3, 2, tzinfo=UTC)) for n in range(20_000))
    tracemalloc.start()
    written_to = io.BytesIO()
    write_list(written_to, "清单", (Column("a"), Column("b", kind="number"), Column("c", kind="instant")), rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 12 * 1024 * 1024


def test_a_template_offers_its_choices_and_is_read_back_empty():
    out = io.BytesIO()
    columns = [Column("用户名", choices=("甲",)), Column("角色", choices=("经办", "=负责人"))]
    write_template(out, "账号", columns, choices_title="可选内容")

    sheet, choices = openpyxl.load_workbook(io.BytesIO(out.getvalue())).worksheets
    ranges = [one.formula1 for one in sheet.data_validations.dataValidation]
    assert ranges == ["'可选内容'!$A$2:$A$2", "'可选内容'!$B$2:$B$3"]
    assert [choices["A2"].value, choices["B2"].value, choices["B3"].value] == ["甲", "经办", "=负责人"]
    assert read_list(out.getvalue(), COLUMNS, most=500) == []


# reading


def test_rows_are_found_below_the_head_wherever_it_stands():
    data = book([["账号名单"], [], ["备注", " 角 色 ", "用户名"], ["x", "经办", " li.wei "], [], [None, "负责人", 7.0]])

    rows = read_list(data, COLUMNS, most=500)

    assert [(row.number, dict(row.texts)) for row in rows] == [
        (4, {"username": "li.wei", "role": "经办"}),
        (6, {"username": "7", "role": "负责人"}),
    ]


def test_a_formula_is_read_as_the_text_it_shows():
    data = book([["用户名", "角色"], ["=HYPERLINK(\"http://x\")", "经办"]])

    assert read_list(data, COLUMNS, most=500)[0].texts["username"] in ("", "=HYPERLINK(\"http://x\")")


def test_too_many_rows_are_refused_with_their_number():
    data = book([["用户名", "角色"], *(["a", "b"] for _ in range(6))])

    with pytest.raises(RefusedFile, match="名单有 6 行，一次最多 5 行"):
        read_list(data, COLUMNS, most=5)


def test_a_list_without_the_head_says_which_columns_are_missed():
    with pytest.raises(RefusedFile, match="用户名、角色"):
        read_list(book([["姓名", "单位"]]), COLUMNS, most=5)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("a cell in the last corner", lambda xml: xml.replace(b'r="B2"', b'r="XFD1048576"')),
        ("a row far below", lambda xml: xml.replace(b'<row r="2"', b'<row r="1048576"').replace(b'r="A2"', b"")),
        ("no number", lambda xml: xml.replace(b'r="B2"', b'r="ZZZZ9"')),
        ("a row that is none", lambda xml: xml.replace(b'<row r="2"', b'<row r="-1"')),
        ("a DTD", lambda xml: b'<!DOCTYPE x [<!ENTITY a "b">]>' + xml),
        ("UTF-16", lambda xml: xml.decode().encode("utf-16")),
        ("cut off", lambda xml: xml[: len(xml) // 2]),
        ("a long text", lambda xml: xml.replace(b"</sheetData>", b'<row><c t="inlineStr"><is><t>' + b"x" * 5000
                                                + b"</t></is></c></row></sheetData>")),
        ("many cells", lambda xml: xml.replace(b"</sheetData>", b"<row>" + b"<c/>" * 30_000 + b"</row></sheetData>")),
    ],
)  # fmt: skip
def test_a_sheet_made_to_hurt_is_refused_before_it_is_opened(name, change):
    data = swapped(book([["用户名", "角色"], ["a", "b"]]), SHEET, change)
    assert data != book([["用户名", "角色"], ["a", "b"]])

    with pytest.raises(RefusedFile):
        read_list(data, COLUMNS, most=500)


def test_one_long_text_named_many_times_is_refused():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:  # this one keeps texts on a part of their own
        sheet = made.add_worksheet()
        for row in range(50):
            sheet.write_row(row, 0, ["用户名", "x" * 2000])

    with pytest.raises(RefusedFile, match="1,000 字"):
        read_list(out.getvalue(), COLUMNS, most=500)


OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04rubbish", OLD_EXCEL, b"x" * 6_000_000])
def test_what_is_no_list_is_refused_with_a_sentence(data):
    with pytest.raises(RefusedFile):
        read_list(data, COLUMNS, most=500)
