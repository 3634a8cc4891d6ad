"""Files made to hurt are refused before any library opens them; ordinary ones are taken."""

import io
import struct
import zipfile
from collections.abc import Callable

import docx
import pytest

from perfflow.papers.package import FileKind, RefusedFile, identify, open_checked
from perfflow.papers.word_template import build
from tests.papers.word import XLSX_MAIN, field, p, packed, paper, relations, word

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 20
PDF = b"%PDF-1.7\n...\n%%EOF\n"
JPG = b"\xff\xd8\xff\xe0" + b"\0" * 20


def refused(data: bytes) -> str:
    with pytest.raises(RefusedFile) as caught:
        open_checked(data)
    assert str(caught.value).endswith("。")
    return str(caught.value)


# --- what is taken


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("结果.docx", build(), FileKind.DOCX),
        ("结果.DOCX", build(), FileKind.DOCX),
        ("扫描.v2.pdf", PDF, FileKind.PDF),
        ("图.png", PNG, FileKind.PNG),
        ("图.jpg", JPG, FileKind.JPG),
    ],
)
def test_a_file_is_known_by_name_and_content(name: str, data: bytes, kind: FileKind) -> None:
    assert identify(name, data) == kind


def test_a_workbook_is_a_workbook() -> None:
    types = f'<Types xmlns="x"><Override PartName="/xl/workbook.xml" ContentType="{XLSX_MAIN}"/></Types>'
    data = packed([("[Content_Types].xml", types.encode()), ("xl/workbook.xml", b"<w/>")])

    assert identify("表.xlsx", data) == FileKind.XLSX
    with pytest.raises(RefusedFile):
        identify("表.docx", data)


def test_files_of_python_docx_are_taken() -> None:
    out = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("甲")
    document.save(out)

    assert identify("甲.docx", out.getvalue()) == FileKind.DOCX
    assert "word/document.xml" in open_checked(out.getvalue())


def test_streamed_and_wide_directories_are_taken() -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(build())) as frame,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in frame.namelist():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(frame.read(name))

    assert open_checked(out.getvalue()).read("word/settings.xml").startswith(b"<?xml")


@pytest.mark.parametrize("target", ["https://example.cn/a", "http://example.cn", "mailto:a@example.cn"])
def test_links_to_pages_and_addresses_are_taken(target: str) -> None:
    open_checked(paper(relations("hyperlink", target)))


def test_page_numbers_contents_and_embedded_workbooks_are_taken() -> None:
    body = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText> TOC \\o </w:instrText>'
        '<w:fldChar w:fldCharType="separate"/><w:fldChar w:fldCharType="begin"/>'
        '<w:instrText>HYPERLINK \\l "a"</w:instrText><w:fldChar w:fldCharType="end"/>'
        '<w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    open_checked(word(body, word__embeddings__表_xml="<a/>").getvalue())
    open_checked(paper(("word/embeddings/Microsoft_Excel_Worksheet.xlsx", build())))


# --- names and contents that do not fit


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.docm", build()),
        ("a.exe", b"MZ"),
        ("a", b"x"),
        ("a.docx", b""),
        ("a.docx", PDF),
        ("a.pdf", build()),
        ("a.png", JPG),
        ("a.jpg", PNG),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
        ("a.pdf", b"%PDF-1.7 <html>"),
        ("a.docx", packed([("a.txt", b"x")])),
    ],
)
def test_a_name_that_does_not_fit_its_content_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(RefusedFile, match=r"。$"):
        identify(name, data)


def test_a_macro_file_renamed_is_refused() -> None:
    types = build_with(
        "[Content_Types].xml",
        lambda text: text.replace(
            "openxmlformats-officedocument.wordprocessingml.document.main",
            "ms-word.document.macroEnabled.main",
        ),
    )
    with pytest.raises(RefusedFile):
        identify("a.docx", types)


def build_with(name: str, change: Callable[[str], str]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(build())) as frame:
        return packed(
            [
                (
                    member,
                    change(frame.read(member).decode()).encode() if member == name else frame.read(member),
                )
                for member in frame.namelist()
            ]
        )


# --- the directory


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["word/document.xml", "WORD/Document.xml"])
def test_two_members_of_one_name_are_refused(name: str) -> None:
    assert "不一致" in refused(paper((name, b"<a/>")))


@pytest.mark.parametrize("name", ["../a.xml", "/a.xml", "a\\b.xml", "C:/a.xml", "word/../../a.xml", "a\nb.xml"])
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    assert "不一致" in refused(paper((name, b"<a/>")))


def test_a_link_to_another_file_is_refused() -> None:
    link = zipfile.ZipInfo("word/link")
    link.external_attr = 0o120777 << 16

    refused(paper((link, b"/etc/passwd")))


def test_encrypted_and_oddly_packed_members_are_refused() -> None:
    data = bytearray(build())
    place = data.index(b"PK\x01\x02")
    data[place + 8] |= 1
    assert "密码" in refused(bytes(data))
    refused(packed([("[Content_Types].xml", b"<Types/>")], zipfile.ZIP_BZIP2))


def test_a_directory_that_names_another_file_than_the_member_is_refused() -> None:
    other = bytearray(build())
    place = other.index(b"[Content_Types].xml")
    other[place : place + 4] = b"[con"

    assert "不一致" in refused(bytes(other))


def test_members_that_share_their_bytes_are_refused() -> None:
    """One member listed many times over: 6 kB that read as 210 MB (CVE-2024-0450)."""
    data = paper(("word/big.xml", b"<a>" + b" " * 100_000 + b"</a>"))
    end = data.rindex(b"PK\x05\x06")
    count, size, start = struct.unpack("<HLL", data[end + 10 : end + 20])
    entry = data.rindex(b"PK\x01\x02")
    directory = data[start:end] + data[entry:end]
    tail = b"PK\x05\x06\0\0\0\0" + struct.pack("<2H2LH", count + 1, count + 1, size + end - entry, start, 0)

    assert "不一致" in refused(data[:start] + directory + tail)


def test_bytes_before_or_after_the_archive_are_refused() -> None:
    refused(b"#!/bin/sh\n" + build())
    refused(build() + b"<script>")


def test_cut_files_are_refused_whatever_is_missing() -> None:
    data = build()
    for length in range(0, len(data), 97):
        refused(data[:length])


# --- sizes


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    assert "解压后过大" in refused(paper(("word/big.xml", b"<a>" + b" " * 20_000_000 + b"</a>")))


def test_a_member_that_unpacks_to_more_than_it_says_is_refused() -> None:
    data = bytearray(paper(("word/big.xml", b"<a>" + b" " * 100_000 + b"</a>")))
    entry = data.rindex(b"PK\x01\x02")
    struct.pack_into("<L", data, entry + 24, 50)

    refused(bytes(data))


def test_too_many_members_are_refused() -> None:
    assert "1000" in refused(paper(*((f"word/{number}.xml", b"<a/>") for number in range(1000))))


# --- the parts

DOCTYPE = '<?xml version="1.0"{0}?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'


@pytest.mark.parametrize(
    "content",
    [
        DOCTYPE.format("").encode(),
        b"\xef\xbb\xbf" + DOCTYPE.format(' encoding="utf-8"').encode(),
        DOCTYPE.format(' encoding="utf-16"').encode("utf-16"),
        DOCTYPE.format("").encode("utf-16-le"),
        DOCTYPE.format("").encode("utf-16-be"),
        DOCTYPE.format(' encoding="utf-7"').encode("utf-7"),
        DOCTYPE.format("").encode("utf-32"),
        DOCTYPE.format("").encode("cp500"),
    ],
)
def test_a_document_type_is_refused_in_any_encoding(content: bytes) -> None:
    refused(paper(("word/a.xml", content)))


def test_a_document_type_is_refused_under_any_name() -> None:
    refused(paper(("customXml/item1.bin", DOCTYPE.format("").encode("utf-16"))))


@pytest.mark.parametrize(
    "name",
    [
        "word/vbaProject.bin",
        "word/vbaData.xml",
        "word/activeX/activeX1.xml",
        "word/embeddings/oleObject1.bin",
    ],
)
def test_macros_controls_and_objects_are_refused(name: str) -> None:
    assert "宏" in refused(paper((name, b"<a/>")))


def test_an_object_under_an_innocent_name_is_refused() -> None:
    assert "宏" in refused(paper(("word/media/image1.png", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 50)))


@pytest.mark.parametrize(
    ("kind", "target", "mode"),
    [
        ("hyperlink", "file:///etc/passwd", "External"),
        ("hyperlink", "javascript:alert(1)", "External"),
        ("image", "http://example.cn/a.png", "External"),
        ("attachedTemplate", "http://example.cn/a.dotm", "external"),
        ("image", "\\\\server\\share\\a.png", "Internal"),
        ("image", "https://example.cn/a.png", "Internal"),
        ("aFChunk", "chunk.html", "Internal"),
        ("subDocument", "b.docx", "Internal"),
        ("externalLink", "externalLinks/externalLink1.xml", "Internal"),
    ],
)
def test_what_is_fetched_from_elsewhere_is_refused(kind: str, target: str, mode: str) -> None:
    assert "外部内容" in refused(paper(relations(kind, target, mode)))


@pytest.mark.parametrize(
    "body",
    [
        field(' DDEAUTO c:\\\\x "a" '),
        field("DD", "E", "AUTO c:"),
        field("&#68;DE c:"),
        field("<![CDATA[D]]>DE c:"),
        field(' IncludePicture "http://x/a.png"'),
        field('INCLUDETEXT "file:///etc/passwd"'),
        '<w:p><w:fldSimple w:instr=" INCLUDETEXT x "/></w:p>',
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>' + field("QUOTE 68 68 69") + "</w:p>",
        '<w:altChunk r:id="rId9"/>',
    ],
)
def test_fields_that_fetch_or_start_something_are_refused(body: str) -> None:
    assert "外部内容" in refused(word(body).getvalue())


def test_words_in_the_text_are_no_fields() -> None:
    open_checked(word(p("DDEAUTO 与 INCLUDETEXT 是域的名称") + field("PAGE")).getvalue())
