"""Word files as people and programs make them, for the reader's tests."""

import io
import zipfile
from xml.sax.saxutils import escape

from perfflow.papers.word_template import DOCUMENT, TEMPLATE, build

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
XLSX_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def word(body: str, **parts: str | bytes) -> io.BytesIO:
    """A file with this body; keywords name further parts, with __ for / and _xml for .xml."""
    out = io.BytesIO()
    with zipfile.ZipFile(TEMPLATE) as frame, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in frame.namelist():
            content = frame.read(name).decode()
            if name == DOCUMENT:
                content = content.replace("<w:p/>", body, 1)
            archive.writestr(name, content)
        for name, extra in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), extra)
    out.seek(0)
    return out


def p(text: str = "", properties: str = "") -> str:
    return f"<w:p>{properties}<w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


def tc(content: str, properties: str = "") -> str:
    """A cell; plain text becomes its only paragraph."""
    inside = content if content.startswith("<w:") else p(content)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    inside = "".join(cell if cell.startswith("<w:") else tc(cell) for cell in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inside}</w:tr>"


def tbl(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def rows(**changed: str) -> list[str]:
    """The eight rows of a small table; keywords replace a row by its label."""
    texts = {
        "项目名称": "“代表工作”",
        "决算金额": "1,374.74万元",
        "评价分值": "91.8分",
        "评价结论": "优",
        "主要绩效": "良好。",
        "存在问题": "1、甲。",
        "整改建议": "1、乙。",
        "整改情况": "已整改。",
    }
    return [changed.get(label, tr(label, text)) for label, text in texts.items()]


def packed(members: list[tuple[str | zipfile.ZipInfo, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def paper(*more: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    """A good Word file with more members."""
    with zipfile.ZipFile(io.BytesIO(build())) as frame:
        return packed([*((name, frame.read(name)) for name in frame.namelist()), *more])


def relations(kind: str, target: str, mode: str = "External") -> tuple[str, bytes]:
    """A part of relations with this one in it."""
    link = f'<Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    start = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    return "word/_rels/x.xml.rels", f"{start}{link}</Relationships>".encode()


def field(*pieces: str) -> str:
    """A paragraph with a field whose instruction is cut into these runs."""
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{step}"/></w:r>' for step in ("begin", "end"))
    return f"<w:p>{begin}{runs}{end}</w:p>"
