"""The frame is slim and valid, and a thousand tables never stand in memory together."""

import io
import re
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
from lxml import etree

from perfflow.papers.result_paper import Cover, ResultTable, write_result_tables
from perfflow.papers.word_reader import read_word
from perfflow.papers.word_template import BODY_FONT, FOOTER, LANDSCAPE_WIDTH, TEMPLATE, TITLE_FONT, build
from perfflow.papers.word_writer import TableCell, paragraph, table, write_word

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

# The order ISO/IEC 29500-1 gives to those children that our papers use.
ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore widowControl spacing ind jc outlineLvl",
    "rPr": "rFonts sz szCs lang",
    "tblPr": "tblStyle tblW jc tblInd tblBorders tblLayout tblCellMar",
    "trPr": "cantSplit tblHeader",
    "tcPr": "tcW gridSpan vMerge vAlign",
    "sectPr": "footerReference pgSz pgMar",
    "style": "name basedOn uiPriority semiHidden unhideWhenUsed qFormat pPr rPr tblPr",
    "settings": "zoom defaultTabStop characterSpacingControl compat themeFontLang",
    "font": "altName charset family pitch",
    "tbl": "tblPr tblGrid tr",
    "tr": "trPr tc",
    "tc": "tcPr p",
    "p": "pPr r fldSimple",
}


def one_of_everything() -> zipfile.ZipFile:
    out = io.BytesIO()
    cells = [[TableCell("甲", merge="restart", columns=2)], [TableCell("乙\t丙", "Long"), TableCell("")]]
    body = [paragraph("题", "Heading1", new_page=True), paragraph("文\n文"), table(cells, (100, 200), heads=1)]
    write_word(body, out, footer="未公开")
    return zipfile.ZipFile(out)


def test_children_stand_in_the_order_of_the_standard() -> None:
    archive = one_of_everything()
    for name in archive.namelist():
        for element in etree.fromstring(archive.read(name)).iter():
            order = ORDER.get(etree.QName(element).localname, "").split()
            if order and not (name == FOOTER and element.tag == f"{W}p"):
                places = [order.index(etree.QName(child).localname) for child in element]
                assert places == sorted(places), f"{name}: {element.tag}"


def test_every_style_used_is_there_and_every_style_there_is_ours() -> None:
    archive = one_of_everything()
    styles = set(re.findall(r'w:styleId="(\w+)"', archive.read("word/styles.xml").decode()))
    used = set(
        re.findall(r'w:(?:pStyle|tblStyle|basedOn) w:val="(\w+)"', str(archive.read("word/document.xml")))
    )

    assert used <= styles
    assert len(styles) < 25
    assert "word/stylesWithEffects.xml" not in archive.namelist()


def test_fonts_are_named_for_chinese_in_styles_and_runs() -> None:
    archive = one_of_everything()

    for part in ("word/styles.xml", "word/document.xml"):
        assert f'w:eastAsia="{BODY_FONT}"' in archive.read(part).decode()
        assert f'w:eastAsia="{TITLE_FONT}"' in archive.read(part).decode()
    assert 'w:lang w:val="en-US" w:eastAsia="zh-CN"' in archive.read("word/styles.xml").decode()


def test_the_page_is_a4_by_the_standard_of_official_papers() -> None:
    section = docx.Document(io.BytesIO(build())).sections[0]

    assert section.page_width is not None and section.page_height is not None
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert section.top_margin is not None and section.left_margin is not None
    assert (round(section.top_margin.mm), round(section.left_margin.mm)) == (37, 28)


def test_the_template_in_the_tree_is_the_one_built_and_slim() -> None:
    with zipfile.ZipFile(TEMPLATE) as kept, zipfile.ZipFile(io.BytesIO(build())) as fresh:
        assert {name: kept.read(name) for name in kept.namelist()} == {
            name: fresh.read(name) for name in fresh.namelist()
        }
    assert TEMPLATE.stat().st_size < 7_000


def document(*pieces: str, **how: bool) -> str:
    out = io.BytesIO()
    write_word(pieces, out, **how)
    return zipfile.ZipFile(out).read("word/document.xml").decode()


def test_rows_may_break_across_pages() -> None:
    assert "cantSplit" not in document(table([[TableCell("甲")]], (9,)))


def test_a_head_stands_on_every_page_and_short_rows_are_not_cut() -> None:
    rows = [[TableCell("项目")], [TableCell("短")], [TableCell("长" * 500)]]

    text = document(table(rows, (9,), heads=1, whole=True))

    found = re.findall(r"<w:tr>(?:<w:trPr>(.*?)</w:trPr>)?", text)
    assert found == ["<w:cantSplit/><w:tblHeader/>", "<w:cantSplit/>", ""]


def test_a_paper_may_lie_on_its_side() -> None:
    upright, lying = document(paragraph("文")), document(paragraph("文"), landscape=True)

    assert 'w:orient="landscape"' in lying and "w:orient" not in upright
    width, margins = re.search(r'w:pgSz w:w="(\d+)"', lying), re.findall(r'w:(?:left|right)="(\d+)"', lying)
    assert width is not None and int(width[1]) - sum(map(int, margins)) == LANDSCAPE_WIDTH


def test_a_table_reads_back_as_it_was_laid_out() -> None:
    out = io.BytesIO()
    write_word([table([[TableCell("甲", columns=2)], [TableCell("乙"), TableCell("丙\n丁")]], (9, 9))], out)

    grids = list(read_word(out.getvalue()).grids)

    assert [[cell.text for cell in cells] for _, cells in grids[0].rows] == [["甲"], ["乙", "丙\n丁"]]


def test_a_thousand_tables_take_little_memory(tmp_path: Path) -> None:
    def tables() -> Iterator[ResultTable]:
        for number in range(1000):
            text = f"1、第 {number} 条。\n" + "内容，" * 150
            yield ResultTable(f"“{number}”", "100万元", "90分", "优", text, text, text, text)

    with (tmp_path / "all.docx").open("wb") as out:
        write_result_tables(tables(), out)  # what is imported and kept once does not count
        out.seek(0)
        tracemalloc.start()
        write_result_tables(tables(), out, cover=Cover("甲局", "2018年度绩效评价结果"), footer="未公开")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    assert peak < 4 * 1024 * 1024
