"""Small made-up files that the demo's people attach: a PDF, a picture or a letter in Word, each saying what it is."""

import struct
import zlib
from io import BytesIO

from perfflow.core import files
from perfflow.core.files import Received
from perfflow.papers.word_writer import paragraph, write_word

MARK = "【演示】"
NOTE = "本件为演示而虚构，不代表任何单位的实际工作。"
_PAPER, _INK, _STAMP = (250, 249, 245), (70, 75, 85), (200, 45, 40)
_WIDTH, _HEIGHT = 240, 160


def made_up(name: str) -> Received:
    """A file of this name, checked and stored as an upload is. Outside any unit of work."""
    stem, _, ending = name.rpartition(".")
    title = MARK + stem
    make = {"pdf": pdf, "png": picture, "docx": letter}[ending]
    return files.receive(f"{MARK}{name}", BytesIO(make(title)))


def letter(title: str) -> bytes:
    out = BytesIO()
    write_word([paragraph(title, "Heading1"), paragraph(NOTE)], out, footer=NOTE)
    return out.getvalue()


def pdf(title: str) -> bytes:
    """One page. The font is one that readers of Chinese PDFs bring along, so none is embedded; a reader
    that lacks it shows at least the line in English."""
    chinese = f"/F 18 Tf 60 760 Td {_hex(title)} Tj 0 -40 Td /F 12 Tf {_hex(NOTE)} Tj"
    lines = f"BT {chinese} 0 -30 Td /G 12 Tf (DEMO - made up, not a real document) Tj ET".encode()
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F 5 0 R /G 8 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(lines), lines),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
        b" /DescendantFonts [6 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 7 0 R"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /DW 1000 >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880]"
        b" /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def _hex(text: str) -> str:
    return f"<{text.encode('utf-16-be').hex()}>"


def picture(title: str) -> bytes:
    """A page with lines and a stamp; which lines depends on the title, so that no two pictures are the same file."""
    seed = zlib.crc32(title.encode())
    rows = b"".join(b"\x00" + bytes(_row(y, seed)) for y in range(_HEIGHT))
    header = struct.pack(">2I5B", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _row(y: int, seed: int) -> bytearray:
    row = bytearray()
    line, within = divmod(y - 20, 14)
    length = 60 + (seed >> max(line, 0)) % 120
    for x in range(_WIDTH):
        ring = (x - 190) ** 2 + (y - 115) ** 2
        if 600 < ring < 784:
            row += bytes(_STAMP)
        elif 0 <= line < 6 and within < 3 and 20 <= x < 20 + length:
            row += bytes(_INK)
        else:
            row += bytes(_PAPER)
    return row


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
