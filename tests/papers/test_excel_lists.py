"""Lists in Excel: what is written, and what is taken."""

import io
import tracemalloc
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest
import xlsxwriter

from perfflow.papers.excel_lists import Column, read_list, write_list, write_template
from perfflow.papers.package import RefusedFile

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


SHEET = "xl/worksheets/sheet1.xml"


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
