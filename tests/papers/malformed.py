"""Every kind of file that is broken, or made to hurt: how it is built, and what is said of it.

`AT_THE_GATE` is refused wherever a file is uploaded; `IN_READING` may be kept as an attachment, and is refused or read
within the limits when its contents are asked for; `TAKEN` looks odd and is all right.
"""

import io
import struct
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from perfflow.papers.word_template import build
from tests.papers.word import XLSX_MAIN, field, p, packed, paper, relations, rows, tbl, tc, tr, word

MIB = 1024 * 1024
OLE_BLOCK = 512
NEXT_END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


@dataclass(frozen=True)
class Case:
    """A file under a name; `sentence` is a part of what its uploader reads, empty where it is taken."""

    title: str
    name: str
    make: Callable[[], bytes]
    sentence: str = ""


# ---------------------------------------------------------------- other formats


def ole(*streams: str) -> bytes:
    """A compound file as Word 97, Excel 97 and encrypted files are: a header, a table of sectors, names in UTF-16."""
    names = ["Root Entry", *streams]
    sector_of = {name: 2 + at * 8 for at, name in enumerate(streams)}
    fat = [FAT, NEXT_END]
    for start in sector_of.values():
        fat += [*range(start + 1, start + 8), NEXT_END]
    fat += [FREE] * (128 - len(fat))
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, NEXT_END, 0, NEXT_END, 0, 0,
    )  # fmt: skip
    header += struct.pack("<I", FREE) * ((OLE_BLOCK - len(header)) // 4)
    entries = b"".join(_ole_entry(at, name, names, sector_of.get(name, NEXT_END)) for at, name in enumerate(names))
    return header + struct.pack("<128I", *fat) + entries.ljust(OLE_BLOCK, b"\0") + b"\0" * 4096 * len(streams)


def _ole_entry(at: int, name: str, names: list[str], start: int) -> bytes:
    root = at == 0
    right = FREE if root or at == len(names) - 1 else at + 1
    child = 1 if root and len(names) > 1 else FREE
    raw = name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBBIII36xIQ", raw, len(raw), 5 if root else 2, 1, FREE, right, child, start, 0 if root else 4096
    )


WORD_97 = ole("WordDocument", "1Table")
EXCEL_97 = ole("Workbook")
ENCRYPTED = ole("EncryptionInfo", "EncryptedPackage")
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
HTML = "<html><body><table><tr><td>项目名称</td></tr></table></body></html>".encode()
RTF = b"{\\rtf1\\ansi \\u39033?\\u30446?}"


def workbook(sheet: str = "", **parts: str | bytes) -> bytes:
    """An Excel file with this content in its only sheet; keywords name further parts as word() does."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    made: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
        f'"application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{XLSX_MAIN}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="表" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" '
        f'Type="{office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}"/>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>',
    }
    made |= {name.replace("__", "/").replace("_xml", ".xml"): content for name, content in parts.items()}
    return packed([(name, part if isinstance(part, bytes) else part.encode()) for name, part in made.items()])


def sheet(content: str) -> str:
    return f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{content}</worksheet>'


def strings(content: str) -> str:
    return f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{content}</sst>'


# ---------------------------------------------------------------- the zip


def with_member(name: str | zipfile.ZipInfo, content: bytes = b"<a/>") -> Callable[[], bytes]:
    return lambda: paper((name, content))


def patched(change: Callable[[bytearray], None], data: Callable[[], bytes] = build) -> Callable[[], bytes]:
    def make() -> bytes:
        changed = bytearray(data())
        change(changed)
        return bytes(changed)

    return make


def last_entry_says(offset: int, format_: str, value: int) -> Callable[[bytearray], None]:
    """The directory says another thing of the last member."""
    return lambda data: struct.pack_into(format_, data, data.rindex(b"PK\x01\x02") + offset, value)


def nul_in_a_name(data: bytearray) -> None:
    """Python's writer cuts a name at a NUL: both names are changed in the bytes."""
    while (place := data.find(b"word/nul.xml")) >= 0:
        data[place : place + 12] = b"word/n\0l.xml"


def overlapping() -> bytes:
    """One member listed twice, under two names: 6 kB that read as 210 MB (CVE-2024-0450)."""
    data = paper(("word/a.xml", b"<a>" + b" " * 10_000 + b"</a>"))
    end = data.rindex(b"PK\x05\x06")
    count, size, start = struct.unpack("<HLL", data[end + 10 : end + 20])
    entry = data[data.rindex(b"PK\x01\x02") : end]
    tail = b"PK\x05\x06\0\0\0\0" + struct.pack("<2H2LH", count + 1, count + 1, size + len(entry), start, 0)
    return data[:end] + entry + tail


def symlink() -> zipfile.ZipInfo:
    link = zipfile.ZipInfo("word/link.xml")
    link.external_attr = 0o120777 << 16
    return link


def noise(size: int) -> bytes:
    """Bytes that hardly compress, the same every time: ratios stay under the limit."""
    value, out = 1, bytearray()
    while len(out) < size:
        value = value * 6364136223846793005 % 2**64 + 1442695040888963407 % 2**64
        out += value.to_bytes(9, "little")[:8]
    return bytes(out[:size])


def many_large_members() -> bytes:
    """Each of them within the limits, together 240 MiB."""
    return paper(*((f"word/media/{at}.bin", b"\0" * (9 * MIB)) for at in range(27)), ("word/n.bin", noise(3 * MIB)))


# ---------------------------------------------------------------- the parts

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><w>&i;</w>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'


def harmless_ratio(text: str) -> bytes:
    """A document that packs no better than honest ones do."""
    return word(f"{text}{padding(len(text))}").getvalue()


def padding(size: int) -> str:
    """A comment that hardly packs, long enough beside a text of this size."""
    return f"<!--{noise(size // 20 + 100).hex()}-->"


def body(text: str) -> Callable[[], bytes]:
    return lambda: word(text).getvalue()


def part(name: str, content: str | bytes) -> Callable[[], bytes]:
    return with_member(name, content if isinstance(content, bytes) else content.encode())


def related(kind: str, target: str, mode: str = "External") -> Callable[[], bytes]:
    return lambda: paper(relations(kind, target, mode))


def macro_enabled() -> bytes:
    return replaced("[Content_Types].xml", "openxmlformats-officedocument.wordprocessingml.document.main",
                    "ms-word.document.macroEnabled.main")  # fmt: skip


def replaced(name: str, old: str, new: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(build())) as frame:
        contents = {member: frame.read(member) for member in frame.namelist()}
    assert old.encode() in contents[name]
    return packed([(member, content.replace(old.encode(), new.encode()) if member == name else content)
                   for member, content in contents.items()])  # fmt: skip


def without(name: str, data: Callable[[], bytes] = build) -> Callable[[], bytes]:
    def make() -> bytes:
        with zipfile.ZipFile(io.BytesIO(data())) as frame:
            return packed([(member, frame.read(member)) for member in frame.namelist() if member != name])

    return make


OLD_WORD, OLD_EXCEL = "请用 Word 或 WPS 打开，另存为 .docx 再上传", "请用 Excel 或 WPS 打开，另存为 .xlsx 再上传"
DAMAGED, INCONSISTENT, UNPACKS = "已损坏", "目录与内容不一致", "解压后过大"
DTD, ACTIVE, FOREIGN = "DTD", "宏、控件或嵌入对象", "引用了外部内容"

AT_THE_GATE = [
    Case("empty", "空.docx", lambda: b"", "空"),
    Case("larger than 50 MB", "大.docx", lambda: build() + b"\0" * (50 * MIB), "50 MB"),
    Case("cut in the middle", "断.docx", lambda: build()[: len(build()) // 2], DAMAGED),
    Case("cut before its end", "断.xlsx", lambda: workbook()[:-10], DAMAGED),
    Case("bytes after the zip", "尾.docx", lambda: build() + b"<script>", DAMAGED),
    Case("nothing but noise", "乱.docx", lambda: noise(5000), "与扩展名不符"),
    Case("Word 97", "申报表.doc", lambda: WORD_97, OLD_WORD),
    Case("WPS text", "申报表.wps", lambda: WORD_97, OLD_WORD),
    Case("RTF", "申报表.rtf", lambda: RTF, OLD_WORD),
    Case("OpenDocument text", "申报表.odt", lambda: packed([("mimetype", b"x")]), OLD_WORD),
    Case("Excel 97", "名单.xls", lambda: EXCEL_97, OLD_EXCEL),
    Case("WPS sheet", "名单.et", lambda: EXCEL_97, OLD_EXCEL),
    Case("Word 97 renamed", "申报表.docx", lambda: WORD_97, OLD_WORD),
    Case("Excel 97 renamed", "名单.xlsx", lambda: EXCEL_97, OLD_EXCEL),
    Case("Excel 97 as .docx", "名单.docx", lambda: EXCEL_97, OLD_EXCEL),
    Case("RTF renamed", "申报表.docx", lambda: RTF, OLD_WORD),
    Case("with a password, Word", "密.docx", lambda: ENCRYPTED, "去掉密码"),
    Case("with a password, Excel", "密.xlsx", lambda: ENCRYPTED, "去掉密码"),
    Case("named for macros", "表.docm", build, "不带宏"),
    Case("named for macros, Excel", "表.xlsm", workbook, "不带宏"),
    Case("a program", "表.exe", lambda: b"MZ" + noise(100), "不在可上传的类型之内"),
    Case("no extension", "申报表", build, "不在可上传的类型之内"),
    Case("HTML renamed", "页.docx", lambda: HTML, "与扩展名不符"),
    Case("PDF renamed", "页.docx", lambda: PDF, "其实是 .pdf 文件"),
    Case("Excel renamed", "表.docx", workbook, "其实是 .xlsx 文件"),
    Case("Word renamed", "表.xlsx", build, "其实是 .docx 文件"),
    Case("another zip renamed", "包.docx", lambda: packed([("a.txt", b"x")]), "与扩展名不符"),
    # the directory of the zip
    Case("two members of one name", "重.docx", with_member("word/document.xml"), INCONSISTENT),
    Case("one name in two cases", "重.docx", with_member("WORD/Document.xml"), INCONSISTENT),
    Case("members that overlap", "叠.docx", overlapping, INCONSISTENT),
    Case("the directory names another", "异.docx", patched(lambda data: data.__setitem__(slice(30, 34), b"[con")),
         INCONSISTENT),
    Case("a member with a password", "密.docx", patched(last_entry_says(8, "<H", 1)), "去掉密码"),
    Case("a strange packing", "怪.docx", lambda: packed([("[Content_Types].xml", b"<a/>")], zipfile.ZIP_BZIP2),
         DAMAGED),
    Case("a link", "链.docx", lambda: paper((symlink(), b"/etc/passwd")), DAMAGED),
    Case("an absolute name", "路.docx", with_member("/etc/a.xml"), INCONSISTENT),
    Case("a name upwards", "路.docx", with_member("word/../../a.xml"), INCONSISTENT),
    Case("a backslash", "路.docx", with_member("word\\a.xml"), INCONSISTENT),
    Case("a drive", "路.docx", with_member("C:/a.xml"), INCONSISTENT),
    Case("a NUL", "路.docx", patched(nul_in_a_name, with_member("word/nul.xml")), INCONSISTENT),
    Case("1,001 members", "多.docx", lambda: paper(*((f"word/{at}.xml", b"<a/>") for at in range(993))), "1000 个"),
    Case("a bomb by ratio", "弹.docx", lambda: paper(("word/a.xml", b"<a>" + b" " * 20 * MIB + b"</a>")), UNPACKS),
    Case("a bomb by the size of a member", "弹.docx", patched(last_entry_says(24, "<L", 101 * MIB)), UNPACKS),
    Case("a bomb of many members", "弹.docx", many_large_members, UNPACKS),
    Case("a member larger than it says", "弹.docx", patched(last_entry_says(24, "<L", 50)), DAMAGED),
    Case("ten million elements deep", "深.docx", lambda: paper(("word/a.xml", b"<a>" * 10_000_000)), UNPACKS),
    Case("the main part is missing", "缺.docx", without("word/document.xml"), DAMAGED),
    Case("the main part is missing, Excel", "缺.xlsx", without("xl/workbook.xml", workbook), DAMAGED),
    Case("no content types", "缺.docx", without("[Content_Types].xml"), "与扩展名不符"),
    # the parts
    Case("an entity from a file", "实体.docx", part("word/a.xml", OUTSIDE), DTD),
    Case("a billion laughs", "笑.docx", part("word/a.xml", LAUGHS), DTD),
    Case("a billion laughs as the text", "笑.docx", lambda: replaced_document(LAUGHS.encode()), DTD),
    Case("a DTD in UTF-16", "实体.docx", part("word/a.xml", OUTSIDE.encode("utf-16")), DTD),
    Case("a DTD in UTF-16 without a mark", "实体.docx", part("word/a.bin", OUTSIDE.encode("utf-16-le")), DTD),
    Case("a DTD behind many blanks", "实体.docx", part("word/a.bin", " " * 2000 + OUTSIDE), DTD),
    Case("a DTD in the content types", "实体.docx", lambda: types_with(OUTSIDE), DTD),
    Case("a DTD in relations", "实体.docx", part("word/_rels/a.xml.rels", OUTSIDE), DTD),
    Case("a DTD, Excel", "实体.xlsx", lambda: workbook(xl__sharedStrings_xml=LAUGHS), DTD),
    Case("another encoding", "码.docx", part("word/a.xml", '<?xml version="1.0" encoding="utf-7"?><a/>'), DAMAGED),
    Case("relations that are no XML", "坏.docx", part("word/_rels/a.xml.rels", "<a><b></a>"), DAMAGED),
    Case("a part that is no XML", "坏.docx", part("word/a.xml", noise(500)), DAMAGED),
    Case("a macro", "宏.docx", with_member("word/vbaProject.bin", b"x"), ACTIVE),
    Case("a macro by its type", "宏.docx", macro_enabled, ACTIVE),
    Case("ActiveX", "控件.docx", with_member("word/activeX/activeX1.xml"), ACTIVE),
    Case("an OLE object", "对象.docx", with_member("word/embeddings/oleObject1.bin", EXCEL_97), ACTIVE),
    Case("an OLE object as a picture", "对象.docx", with_member("word/media/image1.png", EXCEL_97), ACTIVE),
    Case("an OLE object, Excel", "对象.xlsx", lambda: workbook(xl__embeddings__o_bin=EXCEL_97), ACTIVE),
    Case("a link to a file", "外.docx", related("hyperlink", "file:///etc/passwd"), FOREIGN),
    Case("a linked picture", "外.docx", related("image", "http://example.cn/a.png"), FOREIGN),
    Case("a linked template", "外.docx", related("attachedTemplate", "http://example.cn/a.dotm"), FOREIGN),
    Case("a linked workbook", "外.docx", related("externalLink", "externalLinks/a.xml", "Internal"), FOREIGN),
    Case("a linked share", "外.docx", related("image", "\\\\server\\a.png", "Internal"), FOREIGN),
    Case("a part of another file", "外.docx", related("aFChunk", "chunk.html", "Internal"), FOREIGN),
    Case("altChunk", "外.docx", body('<w:altChunk r:id="rId9"/>'), FOREIGN),
    Case("DDE", "域.docx", body(field(' DDEAUTO c:\\\\cmd "a" ')), FOREIGN),
    Case("DDE cut into runs", "域.docx", body(field("DD", "E", "AUTO c:")), FOREIGN),
    Case("DDE behind many blanks", "域.docx", body(field(" " * 300 + "DDE c:")), FOREIGN),
    Case("DDE made by another field", "域.docx",
         body('<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>' + field("QUOTE 68 68 69") + "</w:p>"), FOREIGN),
    Case("INCLUDETEXT", "域.docx", body(field('INCLUDETEXT "file:///etc/passwd"')), FOREIGN),
    Case("INCLUDETEXT cut into runs", "域.docx", body(field("INC", "LUDE", "TEXT x")), FOREIGN),
    Case("INCLUDEPICTURE", "域.docx", body('<w:p><w:fldSimple w:instr=" INCLUDEPICTURE x "/></w:p>'), FOREIGN),
    Case("a field deeper than can be opened", "域.docx",
         part("word/a.xml", "<a>" * 300_000 + "<instrText/>"), DAMAGED),
    Case("fields in four million elements", "域.docx", lambda: paper(
        ("word/a.xml", b'<a><b c="instrText"/>' + b"<d/>" * 4_000_000 + padding(16 * MIB).encode() + b"</a>"),
    ), UNPACKS),
    Case("DDE in a sheet", "链.xlsx", lambda: workbook(xl__worksheets__x_xml=sheet("<ddeLink/>")), FOREIGN),
]  # fmt: skip


def replaced_document(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(build())) as frame:
        return packed([(name, content if name == "word/document.xml" else frame.read(name))
                       for name in frame.namelist()])  # fmt: skip


def types_with(content: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(build())) as frame:
        return packed([(name, content.encode() if name == "[Content_Types].xml" else frame.read(name))
                       for name in frame.namelist()])  # fmt: skip


# ---------------------------------------------------------------- what is found when it is read


def result_table(**changed: str) -> str:
    return tbl(*rows(**changed))


def long_text(text: str) -> Callable[[], bytes]:
    """A result table with this text wherever a text may stand, and once more as a paragraph."""
    return lambda: harmless_ratio(p(text) + result_table(
        项目名称=tr("项目名称", text), 决算金额=tr("决算金额", text), 评价分值=tr("评价分值", text),
        主要绩效=tr("主要绩效", text), 存在问题=tr("存在问题", text), 整改建议=tr("整改建议", text),
    ))  # fmt: skip


def many(piece: str, count: int) -> Callable[[], bytes]:
    return body(piece * count)


def numbered(abstract: str, paragraphs: int) -> Callable[[], bytes]:
    """Paragraphs of a list whose first level is described like this."""
    main = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    definition = (
        f'<w:numbering {main}><w:abstractNum w:abstractNumId="1">{abstract}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num></w:numbering>'
    )
    list_ = p("甲", '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>')
    return lambda: word(list_ * paragraphs, word__numbering_xml=definition).getvalue()


def cells(texts: Iterable[str]) -> str:
    return "".join(f"<c t='inlineStr'><is><t>{text}</t></is></c>" for text in texts)


HEAD = "<row>" + cells(("一级指标", "二级指标", "三级指标", "权重", "得分")) + "</row>"

IN_READING = [
    Case("a text that is no XML", "坏.docx", lambda: replaced_document(b"<w:document><w:body></w:document>"), DAMAGED),
    Case("three million elements deep", "深.docx", lambda: replaced_document(b"<a>" * 3_000_000), DAMAGED),
    Case("a text of 17 MiB", "长.docx", lambda: harmless_ratio(p("甲" * 1000) * 5600), "过长"),
    Case("a single text of 12 MB", "长.docx", lambda: harmless_ratio(p("1" * 12_000_000)), DAMAGED),
    Case("no workbook in the workbook", "坏.xlsx", lambda: workbook(xl__workbook_xml="<workbook>"), DAMAGED),
    Case("a sheet that is no XML", "坏.xlsx",
         lambda: workbook(xl__worksheets__sheet1_xml=sheet("<sheetData><row>")[:-15]), DAMAGED),
    Case("a sheet that is not there", "坏.xlsx", without("xl/worksheets/sheet1.xml", workbook), DAMAGED),
    Case("a cell in the last corner", "角.xlsx",
         lambda: workbook('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "表格"),
    Case("a place beyond the last corner", "角.xlsx",
         lambda: workbook('<row r="9"><c r="ZZZ99999999"/></row>'), DAMAGED),
    Case("a row without end", "角.xlsx", lambda: workbook(f'<row r="{"9" * 30}"><c/></row>'), DAMAGED),
    Case("a million cells", "格.xlsx", lambda: workbook(
        ("<row>" + "<c><v>1</v></c>" * 500 + "</row>") * 2000 + padding(15 * MIB)), "表格"),
    Case("one text named by ten thousand cells", "文.xlsx", lambda: workbook(
        '<row><c t="s"><v>0</v></c></row>' * 10_000, xl__sharedStrings_xml=strings(f"<si><t>{'甲' * 300_000}</t></si>")
    ), "表格"),
]  # fmt: skip


HURTFUL_TEXTS = {
    "digits": "1" * 300_000,
    "digits with points": "1." * 200_000,
    "commas and digits": "1" + ",000" * 200_000,
    "opening brackets": "（" * 200_000,
    "brackets": "（1）" * 200_000,
    "blanks": "1、" + " " * 500_000 + "甲",
    "breaks": "甲" + "\n" * 300_000,
    "the same number": "1、" * 300_000,
    "numbers after sentences": "。1、" * 200_000,
    "rising numbers": "".join(f"。{at}、甲" for at in range(1, 50_000)),
    "Chinese numbers": "十" * 300_000,
    "quotation marks": "“" * 300_000,
    "quotation marks by turns": "“”" * 150_000,
    "remnants": "<p>" * 200_000,
    "remnants without end": "<p " * 200_000,
    "blanks between remnants": "<p>" + " " * 500_000 + "x",
    "combining marks": "a" + "\u0315\u0300" * 200_000,
    "letters that grow eighteen times": "\ufdfa" * 300_000,
    "amounts": "1,374.74万元" * 30_000,
    "days": "2019年1月1日至" * 30_000,
    "percents": "9" * 200_000 + "Z%",
    "full stops": "。" * 300_000,
    "tabs": "\t" * 300_000,
    "slashes": "/" * 300_000,
    "colons": "项目名称：" * 60_000,
}
"""Long runs of what patterns look for: whoever starts anew at every character takes the square of the time."""

def nested(depth: int) -> str:
    inside = p("甲")
    for _ in range(depth):
        inside = tbl(tr(tc(inside + p(""))))
    return inside


HEAVY = [
    Case("100,000 columns", "宽.docx", lambda: harmless_ratio(tbl(tr(*["<w:tc><w:p/></w:tc>"] * 100_000)))),
    Case("a cell over a thousand million columns", "宽.docx",
         body(tbl(tr(tc("项目名称", '<w:gridSpan w:val="1000000000"/>'), "甲")))),
    Case("a cell over a number without end of columns", "宽.docx",
         body(tbl(tr(tc("项目名称", f'<w:gridSpan w:val="{"9" * 5000}"/>'), "甲")))),
    Case("cells merged upwards with nothing above", "并.docx",
         body(tbl(tr(tc("", "<w:vMerge/>"), tc("甲", "<w:vMerge/>")) * 3))),
    Case("a million empty rows", "空行.docx", lambda: harmless_ratio(tbl("<w:tr/>" * 1_000_000))),
    Case("300,000 paragraphs", "段.docx", lambda: harmless_ratio(p("甲") * 300_000)),
    Case("300,000 empty paragraphs", "段.docx", lambda: harmless_ratio("<w:p/>" * 300_000)),
    Case("the same label 50,000 times", "重复.docx",
         lambda: harmless_ratio(p("上文") * 30_000 + tbl(*(tr("项目名称", str(at)) for at in range(50_000))))),
    Case("a table continued over 100,000 rows", "续.docx",
         lambda: harmless_ratio(tbl(*rows(), *[tr("", "续")] * 60_000))),
    Case("tables inside tables, 60 deep", "套.docx", body(nested(60))),
    Case("many tables inside each other's cells", "套.docx", body(tbl(tr(tc(nested(8)) * 10)) * 30)),
    Case("a text of a single run of 9 MB", "长.docx", lambda: harmless_ratio(p("1" * 9_000_000))),
    Case("a list with a long text before each number", "号.docx",
         numbered(f'<w:lvl w:ilvl="0"><w:lvlText w:val="{"甲" * 100_000}%1、"/></w:lvl>', 20_000)),
    Case("a list of 100,000 levels", "号.docx",
         numbered("".join(f'<w:lvl w:ilvl="{at}"><w:lvlText w:val="%1"/></w:lvl>' for at in range(100_000)), 5_000)),
    Case("a list whose level is no number", "号.docx", numbered('<w:lvl w:ilvl="x"><w:start w:val="²"/></w:lvl>', 2)),
    Case("a list that starts at a number without end", "号.docx",
         numbered(f'<w:lvl w:ilvl="0"><w:start w:val="{"9" * 5000}"/><w:lvlText w:val="%1、"/></w:lvl>', 2)),
    Case("an instruction of a million lines", "域.docx", body(
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>PAGE' + "\n" * 1_000_000
        + '</w:instrText><w:fldChar w:fldCharType="end"/></w:r></w:p>')),
    Case("a picture larger than the paper", "大.docx", lambda: paper(("word/media/a.png", noise(20 * MIB)))),
    *(Case(title, "文.docx", long_text(text)) for title, text in HURTFUL_TEXTS.items()),
    Case("merged over the whole sheet", "并.xlsx", lambda: workbook(xl__worksheets__sheet1_xml=sheet(
        f'<dimension ref="A1:XFD1048576"/><sheetData>{HEAD}</sheetData>'
        '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'))),
    Case("merged 100,000 times", "并.xlsx", lambda: workbook(xl__worksheets__sheet1_xml=sheet(
        f"<sheetData>{HEAD}</sheetData><mergeCells>"
        + "".join(f'<mergeCell ref="A{at}:C{at + 900}"/>' for at in range(1, 100_001)) + "</mergeCells>"))),
    Case("a million defined columns", "列.xlsx", lambda: workbook(xl__worksheets__sheet1_xml=sheet(
        "<cols>" + '<col min="1" max="16384" width="9"/>' * 200_000 + f"</cols><sheetData>{HEAD}</sheetData>"))),
    Case("two million shared texts", "文.xlsx", lambda: workbook(
        HEAD, xl__sharedStrings_xml=strings("<si/>" * 2_000_000))),
    Case("a text that is not in the list", "文.xlsx", lambda: workbook('<row><c t="s"><v>99999999</v></c></row>')),
    Case("long texts in cells", "文.xlsx", lambda: workbook(HEAD + "".join(
        f"<row>{cells(['1' * 900] * 5)}</row>" for _ in range(200)))),
]  # fmt: skip
"""Read within the limits, as whatever they turn out to be, or refused with a sentence."""


TAKEN = [
    Case("an embedded workbook", "嵌.docx",
         lambda: paper(("word/embeddings/Microsoft_Excel_Worksheet.xlsx", workbook()))),
    Case("an embedded document", "嵌.docx", lambda: paper(("word/embeddings/Document.docx", build()))),
    Case("an embedded document in a workbook", "嵌.xlsx", lambda: workbook(xl__embeddings__a_docx=build())),
    Case("an embedded bomb, which nobody opens", "嵌.docx", lambda: paper(
        ("word/embeddings/a.docx", paper(("word/a.xml", b"<a>" + b" " * 20 * MIB + b"</a>"))))),
    Case("a link to a page", "链.docx", related("hyperlink", "https://example.cn/")),
    Case("a page number and a table of contents", "页.docx", body(field("PAGE") + field(' TOC \\o "1-3" '))),
]  # fmt: skip
"""Odd, and all right."""
