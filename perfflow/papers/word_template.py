"""The frame every Word paper stands in: A4 by GB/T 9704, its fonts by name, and no style nobody uses.

`python -m perfflow.papers.word_template` writes template.docx, which the writer reads once.
"""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

TEMPLATE = Path(__file__).with_name("template.docx")
DOCUMENT = "word/document.xml"
FOOTER = "word/footer1.xml"
# Where the writer puts the body into the document, and its note into the footer.
BODY_HERE = "<w:p/>"
NOTE_HERE = '<w:p><w:pPr><w:pStyle w:val="Footer"/>'

TITLE_FONT = "方正小标宋简体"
BODY_FONT = "仿宋_GB2312"
_HEAD_FONT, _PART_FONT = "黑体", "楷体_GB2312"
FONTS = {
    **dict.fromkeys(("Heading1", "Subtitle", "Title"), TITLE_FONT),
    **dict.fromkeys(("Heading2", "Head", "Attached"), _HEAD_FONT),
    "Heading3": _PART_FONT,
}
"""Styles that are not written in the font of the text."""
BODY_SIZE = 320
SIZES = {**dict.fromkeys(("Small", "SmallLabel"), 240), **dict.fromkeys(("Head", "Cell", "ShortCell"), 210)}
"""Width of a character, in twentieths of a point: of the text, and of styles that are smaller."""
_LATIN = "Times New Roman"

# GB/T 9704: A4, 37 mm above and 28 mm at the binding edge leave a text of 156 × 225 mm.
TEXT_WIDTH = 8844
PORTRAIT = (
    '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588"'
    ' w:header="1134" w:footer="1021" w:gutter="0"/>'
)
# The same page turned: its binding edge is above.
LANDSCAPE_WIDTH = 12758
LANDSCAPE = (
    '<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/><w:pgMar w:top="1588" w:right="2098" w:bottom="1474"'
    ' w:left="1982" w:header="1134" w:footer="794" w:gutter="0"/>'
)

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_PARTS = ("styles", "settings", "fontTable", "footer")


def build() -> bytes:
    """The template as a .docx file; the same bytes every time."""
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations({"rId1": ("officeDocument", DOCUMENT)}),
        DOCUMENT: _document(),
        "word/_rels/document.xml.rels": _relations(
            {f"rId{number}": (kind, _file_of(kind)) for number, kind in enumerate(_PARTS, 1)}
        ),
        "word/styles.xml": _styles(),
        "word/settings.xml": _settings(),
        "word/fontTable.xml": _fonts(),
        FOOTER: _footer(),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(member(name), _HEAD + content)
    return out.getvalue()


def member(name: str) -> zipfile.ZipInfo:
    """A compressed member without a date of its own, so that equal papers are equal files."""
    info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _file_of(kind: str) -> str:
    return f"{kind}1.xml" if kind == "footer" else f"{kind}.xml"


def _content_types() -> str:
    overrides = [(f"/{DOCUMENT}", "document.main"), *((f"/word/{_file_of(kind)}", kind) for kind in _PARTS)]
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(
            f'<Override PartName="{part}" ContentType="{_TYPE}.{kind}+xml"/>' for part, kind in overrides
        )
        + "</Types>"
    )


def _relations(targets: Mapping[str, tuple[str, str]]) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="{name}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
            for name, (kind, target) in targets.items()
        )
        + "</Relationships>"
    )


def _document() -> str:
    return (
        f'<w:document xmlns:w="{_MAIN}" xmlns:r="{_RELATIONS}"><w:body>{BODY_HERE}'
        f'<w:sectPr><w:footerReference w:type="default" r:id="rId4"/>{PORTRAIT}'
        "</w:sectPr></w:body></w:document>"
    )


def _footer() -> str:
    def dash(text: str) -> str:
        return (
            f'<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'
        )

    page = '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    return f'<w:ftr xmlns:w="{_MAIN}">{NOTE_HERE}</w:pPr>{dash("— ")}{page}{dash(" —")}</w:p></w:ftr>'


def _settings() -> str:
    return (
        f'<w:settings xmlns:w="{_MAIN}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/>'
        '<w:characterSpacingControl w:val="compressPunctuation"/>'
        '<w:compat><w:compatSetting w:name="compatibilityMode"'
        ' w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
    )


def _fonts() -> str:
    def font(name: str, alternative: str, family: str, charset: str) -> str:
        return (
            f'<w:font w:name="{name}"><w:altName w:val="{alternative}"/><w:charset w:val="{charset}"/>'
            f'<w:family w:val="{family}"/><w:pitch w:val="variable"/></w:font>'
        )

    # a machine without the official fonts shows their nearest relatives
    return (
        f'<w:fonts xmlns:w="{_MAIN}">'
        + font(_LATIN, "Liberation Serif", "roman", "00")
        + font(TITLE_FONT, "方正小标宋_GBK,宋体,SimSun", "roman", "86")
        + font(BODY_FONT, "仿宋,FangSong", "modern", "86")
        + font(_HEAD_FONT, "SimHei", "modern", "86")
        + font(_PART_FONT, "楷体,KaiTi", "modern", "86")
        + font("宋体", "SimSun", "roman", "86")
        + "</w:fonts>"
    )


def _fonts_of(east: str) -> str:
    return f'<w:rFonts w:ascii="{_LATIN}" w:eastAsia="{east}" w:hAnsi="{_LATIN}" w:cs="{_LATIN}"/>'


def _style(name: str, title: str, paragraph: str, run: str, *, custom: bool = True) -> str:
    own = ' w:customStyle="1"' if custom else ""
    return (
        f'<w:style w:type="paragraph"{own} w:styleId="{name}"><w:name w:val="{title}"/>'
        f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>'
    )


def _size(half_points: int) -> str:
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def _styles() -> str:
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    centre = '<w:jc w:val="center"/>'
    title = _fonts_of(TITLE_FONT)
    # Latin text is tagged as English: tagged as Chinese, numbers and words break anywhere in a line.
    # 二号 22 pt for titles, 三号 16 pt for the text, 28 pt from line to line
    return (
        f'<w:styles xmlns:w="{_MAIN}"><w:docDefaults><w:rPrDefault><w:rPr>{_fonts_of(BODY_FONT)}'
        f'{_size(32)}<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault/></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        '<w:pPr><w:widowControl/><w:spacing w:line="560" w:lineRule="exact"/><w:jc w:val="both"/></w:pPr>'
        f"<w:rPr>{_fonts_of(BODY_FONT)}{_size(32)}</w:rPr></w:style>"
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/><w:unhideWhenUsed/>'
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/>'
        '<w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/>'
        '<w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
        '<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/>'
        f'<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>{sides}</w:tblBorders></w:tblPr></w:style>'
        + _style(
            "Heading1",
            "heading 1",
            f'<w:keepNext/><w:spacing w:after="240" w:line="600" w:lineRule="exact"/>{centre}'
            '<w:outlineLvl w:val="0"/>',
            title + _size(44),
            custom=False,
        )
        + _style(
            "Heading2",
            "heading 2",
            '<w:keepNext/><w:ind w:firstLineChars="200" w:firstLine="640"/><w:outlineLvl w:val="1"/>',
            _fonts_of(_HEAD_FONT) + _size(32),
            custom=False,
        )
        + _style(
            "Heading3",
            "heading 3",
            '<w:keepNext/><w:ind w:firstLineChars="200" w:firstLine="640"/><w:outlineLvl w:val="2"/>',
            _fonts_of(_PART_FONT) + _size(32),
            custom=False,
        )
        + _style(
            "Subtitle",
            "Subtitle",
            f'<w:spacing w:before="4200" w:line="700" w:lineRule="exact"/>{centre}',
            title + _size(44),
            custom=False,
        )
        + _style(
            "Title",
            "Title",
            f'<w:spacing w:before="700" w:line="700" w:lineRule="exact"/>{centre}',
            title + _size(44),
            custom=False,
        )
        + _style(
            "Text", "正文段落", '<w:ind w:firstLineChars="200" w:firstLine="640"/>', _fonts_of(BODY_FONT)
        )
        + _style("Label", "表格项目", centre, _fonts_of(BODY_FONT))
        + _style("Short", "表格短文", centre, _fonts_of(BODY_FONT))
        + _style(
            "Long", "表格长文", '<w:ind w:firstLineChars="200" w:firstLine="640"/>', _fonts_of(BODY_FONT)
        )
        + _style(
            "Small",
            "表格小字",
            '<w:spacing w:line="400" w:lineRule="exact"/><w:jc w:val="left"/>',
            _fonts_of(BODY_FONT) + _size(24),
        )
        + _style(
            "Head",
            "表头小字",
            f'<w:spacing w:line="320" w:lineRule="exact"/>{centre}',
            _fonts_of(_HEAD_FONT) + _size(21),
        )
        + _style(
            "Cell",
            "表格五号字",
            '<w:spacing w:line="320" w:lineRule="exact"/><w:jc w:val="left"/>',
            _fonts_of(BODY_FONT) + _size(21),
        )
        + _style(
            "ShortCell",
            "表格五号短文",
            f'<w:spacing w:line="320" w:lineRule="exact"/>{centre}',
            _fonts_of(BODY_FONT) + _size(21),
        )
        + _style(
            "Sign",
            "落款",
            '<w:keepNext/><w:keepLines/><w:ind w:rightChars="400" w:right="1280"/><w:jc w:val="right"/>',
            _fonts_of(BODY_FONT),
        )
        + _style(
            "SmallLabel",
            "表格小字项目",
            f'<w:spacing w:line="400" w:lineRule="exact"/>{centre}',
            _fonts_of(BODY_FONT) + _size(24),
        )
        + _style("Attached", "附件", "<w:keepNext/>", _fonts_of(_HEAD_FONT))
        + _style("End", "表格之后", '<w:spacing w:line="20" w:lineRule="exact"/>', _size(2))
        + _style(
            "Footer",
            "footer",
            f'<w:spacing w:line="240" w:lineRule="auto"/>{centre}',
            _fonts_of("宋体") + _size(28),
            custom=False,
        )
        + _style(
            "Note",
            "页脚说明",
            f'<w:spacing w:line="240" w:lineRule="auto"/>{centre}',
            _fonts_of("宋体") + _size(18),
        )
        + "</w:styles>"
    )


if __name__ == "__main__":
    TEMPLATE.write_bytes(build())
