"""What kind of file an upload is, and whether a Word or Excel package is safe to open.

The directory of the zip is read here and nowhere else: libraries trust what it says about names,
sizes and places, and Python before 3.11.8 unpacks one member many times over (CVE-2024-0450).
"""

import re
import stat
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from xml.parsers import expat

from lxml import etree

from perfflow.papers.text import N_

MIB = 1024 * 1024
MAX_FILE = 50 * MIB
MAX_MEMBERS = 1000
MAX_DIRECTORY = MIB
MAX_MEMBER = 100 * MIB
MAX_UNPACKED = 200 * MIB
# Office texts compress well; a ratio is only a sign of a bomb when much comes out of it.
MAX_RATIO = 100
RATIO_FROM = 10 * MIB
# UTF-16 doubles in memory while it is searched, and no office program writes it.
MAX_UTF16 = 16 * MIB

_CONTENT_TYPES = "[Content_Types].xml"
_MAIN_TYPES = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ACTIVE = re.compile(r"vbaproject|vbadata|activex|macroenabled|oleobject|/control$|ms-office\.vba")
_FOREIGN = re.compile(r"/(?:afchunk|subdocument|frame|attachedtemplate|externallink(?:path)?)$")
_FIELD = re.compile(
    r"\s*(?:DDE|DDEAUTO|INCLUDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|RD)\b",
    re.IGNORECASE,
)
_WEB = re.compile(r"https?://|mailto:", re.IGNORECASE)
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:|\\\\|//", re.IGNORECASE)
# Parts that describe the package are small; a large one is made to hurt.
MAX_DESCRIPTION = 8 * MIB

NOT_ALLOWED = N_("“%(name)s”不在可上传的类型之内。请上传 .docx、.xlsx、.pdf、.png 或 .jpg 文件。")
NOT_AS_NAMED = N_("“%(name)s”的内容与扩展名不符。请用原来的软件打开，另存后再上传。")
EMPTY = N_("“%(name)s”是空文件。请重新选择文件。")
TOO_LARGE = N_("文件超过 50 MB，未予接收。请压缩或拆分后再上传。")
UNPACKS_TOO_LARGE = N_("文件解压后过大，未予接收。请拆分或压缩图片后再上传。")
TOO_MANY = N_("文件内的部件超过 1000 个，未予接收。请拆分后再上传。")
DAMAGED = N_("文件已损坏或格式不对，无法打开。请用原来的软件打开，另存后再上传。")
INCONSISTENT = N_("文件的内部目录与内容不一致，未予接收。请用原来的软件打开，另存后再上传。")
NOT_OFFICE = N_("这不是 Word 或 Excel 文件。请用原来的软件打开，另存后再上传。")
OLD_OR_LOCKED = N_("这是旧版或加密的 Office 文件。请去掉密码，另存为 .docx 或 .xlsx 后再上传。")
HAS_DTD = N_("文件内含文档类型定义（DTD），未予接收。请用原来的软件打开，另存后再上传。")
ACTIVE = N_("文件内含宏、控件或嵌入对象，未予接收。请删除后另存再上传。")
FOREIGN = N_("文件引用了外部内容（链接的文件、图片、模板或数据），未予接收。请断开链接后另存再上传。")

_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)")


class RefusedFile(ValueError):
    """The file is not taken. str() is the whole sentence, msgid and params its parts."""

    def __init__(self, msgid: str, params: Mapping[str, object] | None = None) -> None:
        super().__init__(msgid % (params or {}) if params else msgid)
        self.msgid = msgid
        self.params = dict(params or {})


class FileKind(StrEnum):
    DOCX = "docx"
    XLSX = "xlsx"
    PDF = "pdf"
    PNG = "png"
    JPG = "jpg"


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the package, as the directory and its own header agree on it."""

    name: str
    method: int
    start: int
    packed: int
    size: int
    crc: int


class Package:
    """An office package whose directory, sizes and parts have been checked."""

    def __init__(self, data: bytes, members: Mapping[str, Member]) -> None:
        self._data = data
        self._members = members

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._members)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def size(self, name: str) -> int:
        """Bytes of the unpacked part."""
        return self._members[name].size

    def read(self, name: str) -> bytes:
        """The unpacked part. Raises RefusedFile when it is not what the directory says."""
        member = self._members[name]
        packed = memoryview(self._data)[member.start : member.start + member.packed]
        if member.method == 0:
            content = bytes(packed)
        else:
            unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
            try:
                # one byte more than announced shows a member that unpacks to more
                content = unpacker.decompress(packed, member.size + 1)
            except zlib.error:
                raise RefusedFile(DAMAGED) from None
        if len(content) != member.size or zlib.crc32(content) != member.crc:
            raise RefusedFile(DAMAGED)
        return content

    def xml(self, name: str) -> Any:
        """The root element of a part."""
        return parse_xml(self.read(name))


def identify(name: str, data: bytes) -> FileKind:
    """The kind of an upload, by the end of its name and by its content, which must agree."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending not in set(FileKind):
        raise RefusedFile(NOT_ALLOWED, {"name": name})
    if len(data) > MAX_FILE:
        raise RefusedFile(TOO_LARGE)
    if not data:
        raise RefusedFile(EMPTY, {"name": name})
    if data.startswith(_OLE):
        raise RefusedFile(OLD_OR_LOCKED)
    if _content_kind(data) != ending:
        raise RefusedFile(NOT_AS_NAMED, {"name": name})
    return FileKind(ending)


def open_checked(data: bytes) -> Package:
    """The package, after every check; raises RefusedFile with the reason."""
    if data.startswith(_OLE):
        raise RefusedFile(OLD_OR_LOCKED)
    package = Package(data, _members(data))
    if _CONTENT_TYPES not in package:
        raise RefusedFile(NOT_OFFICE)
    for name in package.names:
        _check_part(name, package.read(name))
    return package


def parse_xml(content: bytes) -> Any:
    """The root element; entities, networks and huge trees stay closed."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise RefusedFile(DAMAGED) from None


# --- the zip directory


def _members(data: bytes) -> dict[str, Member]:
    if len(data) > MAX_FILE:
        raise RefusedFile(TOO_LARGE)
    try:
        count, size, start = _end_of_directory(data)
        if count > MAX_MEMBERS or size > MAX_DIRECTORY:
            raise RefusedFile(TOO_MANY)
        listed = list(_directory(data, start, size))
    except (struct.error, IndexError, UnicodeDecodeError):
        raise RefusedFile(DAMAGED) from None
    if len(listed) != count:
        raise RefusedFile(DAMAGED)
    _check_sizes(listed)
    _check_overlaps(listed, start)
    members = {member.name: member for member, _ in listed}
    if len({name.casefold() for name in members}) != len(listed):
        raise RefusedFile(INCONSISTENT)
    return members


def _end_of_directory(data: bytes) -> tuple[int, int, int]:
    """Number of members, size and place of the directory."""
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if end < 0 or not data.startswith(b"PK\x03\x04"):
        raise RefusedFile(DAMAGED)
    count, size, start, comment = struct.unpack("<H2LH", data[end + 10 : end + 22])
    if end + 22 + comment != len(data):
        raise RefusedFile(DAMAGED)
    directory_end = end
    if data[end - 20 : end - 16] == b"PK\x06\x07":
        (directory_end,) = struct.unpack("<Q", data[end - 12 : end - 4])
        if data[directory_end : directory_end + 4] != b"PK\x06\x06":
            raise RefusedFile(DAMAGED)
        count, size, start = struct.unpack("<3Q", data[directory_end + 32 : directory_end + 56])
    if start + size != directory_end:
        raise RefusedFile(DAMAGED)
    return count, size, start


def _directory(data: bytes, start: int, size: int) -> Iterator[tuple[Member, int]]:
    """Each member with the place of its own header."""
    place, end = start, start + size
    while place < end:
        if data[place : place + 4] != b"PK\x01\x02":
            raise RefusedFile(DAMAGED)
        fields = struct.unpack("<2H4x3L3H4xLL", data[place + 8 : place + 46])
        flags, method, crc, packed, unpacked, *lengths, attributes, header = fields
        names_end = place + 46 + lengths[0]
        raw = data[place + 46 : names_end]
        extra = data[names_end : names_end + lengths[1]]
        unpacked, packed, header = _zip64(extra, unpacked, packed, header)
        _check_flags(flags, method, attributes)
        name = raw.decode("utf-8" if flags & 0x800 else "cp437")
        _check_name(name)
        own_flags, own_method, own_name, own_extra = struct.unpack("<2H16x2H", data[header + 6 : header + 30])
        if (
            data[header : header + 4] != b"PK\x03\x04"
            or data[header + 30 : header + 30 + own_name] != raw
            or (own_flags & 1, own_method) != (flags & 1, method)
        ):
            raise RefusedFile(INCONSISTENT)
        yield Member(name, method, header + 30 + own_name + own_extra, packed, unpacked, crc), header
        place += 46 + sum(lengths)


def _zip64(extra: bytes, *fields: int) -> Iterator[int]:
    """The fields, with those that say "see the extra" taken from there."""
    wide: Iterator[tuple[int]] = iter(())
    while len(extra) >= 4:
        kind, length = struct.unpack("<2H", extra[:4])
        if kind == 1:
            wide = struct.iter_unpack("<Q", extra[4 : 4 + length // 8 * 8])
        extra = extra[4 + length :]
    for field in fields:
        yield next(wide, (field,))[0] if field == 0xFFFFFFFF else field


def _check_flags(flags: int, method: int, attributes: int) -> None:
    if flags & 0x2041:
        raise RefusedFile(OLD_OR_LOCKED)
    if method not in {0, 8} or stat.S_ISLNK(attributes >> 16):
        raise RefusedFile(DAMAGED)


def _check_name(name: str) -> None:
    if (
        not name
        or name.startswith("/")
        or ":" in name
        or "\\" in name
        or ".." in name.split("/")
        or not name.isprintable()
    ):
        raise RefusedFile(INCONSISTENT)


def _check_sizes(listed: list[tuple[Member, int]]) -> None:
    packed = sum(member.packed for member, _ in listed)
    unpacked = sum(member.size for member, _ in listed)
    if (
        unpacked > MAX_UNPACKED
        or any(member.size > MAX_MEMBER for member, _ in listed)
        or any(_is_bomb(member.size, member.packed) for member, _ in listed)
        or _is_bomb(unpacked, packed)
    ):
        raise RefusedFile(UNPACKS_TOO_LARGE)


def _is_bomb(size: int, packed: int) -> bool:
    return size > RATIO_FROM and size > MAX_RATIO * packed


def _check_overlaps(listed: list[tuple[Member, int]], directory: int) -> None:
    free = 0
    for member, header in sorted(listed, key=lambda pair: pair[1]):
        if header < free:
            raise RefusedFile(INCONSISTENT)
        free = member.start + member.packed
    if free > directory:
        raise RefusedFile(DAMAGED)


# --- the parts


def _check_part(name: str, content: bytes) -> None:
    lowered = name.lower()
    if _ACTIVE.search(lowered) or content.startswith(_OLE):
        raise RefusedFile(ACTIVE)
    content = _as_utf8(content)
    if not content[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        if lowered.endswith((".xml", ".rels", ".vml")):
            raise RefusedFile(DAMAGED)
        return
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise RefusedFile(HAS_DTD)
    if lowered.endswith(".rels"):
        _check_relations(_description(content))
    elif lowered == _CONTENT_TYPES.lower():
        _check_types(_description(content))
    elif any(word in content for word in (b"nstrText", b"fldSimple", b"altChunk", b"ddeLink", b"oleLink")):
        _check_fields(content)


def _description(content: bytes) -> Any:
    if len(content) > MAX_DESCRIPTION:
        raise RefusedFile(UNPACKS_TOO_LARGE)
    return parse_xml(content)


def _as_utf8(content: bytes) -> bytes:
    """XML in UTF-16 as UTF-8, so that it can be searched; other encodings are refused."""
    start = content[:4]
    if start.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"\0\0\0<", b"<\0\0\0", b"\x4c\x6f\xa7\x94")):
        raise RefusedFile(DAMAGED)
    for codec, marks in (("utf-16-le", (b"\xff\xfe", b"<\0")), ("utf-16-be", (b"\xfe\xff", b"\0<"))):
        if start.startswith(marks):
            if len(content) > MAX_UTF16:
                raise RefusedFile(UNPACKS_TOO_LARGE)
            try:
                text = content.decode(codec).removeprefix("\ufeff")
            except UnicodeDecodeError:
                raise RefusedFile(DAMAGED) from None
            return re.sub(r"^(<\?xml[^>]*?)\s+encoding\s*=\s*[\"'][^\"']*[\"']", r"\1", text).encode()
    declared = _ENCODING.match(content[:256].removeprefix(b"\xef\xbb\xbf"))
    if declared and declared[1].lower() not in {b"utf-8", b"utf8", b"us-ascii", b"ascii"}:
        raise RefusedFile(DAMAGED)
    return content


def _check_relations(root: Any) -> None:
    for relation in root.iter("{*}Relationship"):
        kind = relation.get("Type", "").lower()
        target = relation.get("Target", "").strip()
        if _ACTIVE.search(kind):
            raise RefusedFile(ACTIVE)
        if _FOREIGN.search(kind):
            raise RefusedFile(FOREIGN)
        if relation.get("TargetMode", "").strip().lower() == "external":
            if not (kind.endswith("/hyperlink") and _WEB.match(target)):
                raise RefusedFile(FOREIGN)
        elif _ABSOLUTE.match(target):
            raise RefusedFile(FOREIGN)


def _check_types(root: Any) -> None:
    for entry in root:
        if isinstance(entry.tag, str) and _ACTIVE.search(entry.get("ContentType", "").lower()):
            raise RefusedFile(ACTIVE)


def _check_fields(content: bytes) -> None:
    """Refuse fields that fetch or start something; one pass in constant memory."""
    check = _FieldCheck()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = check.start
    parser.EndElementHandler = check.end
    parser.CharacterDataHandler = check.text
    try:
        parser.Parse(content, True)
    except expat.ExpatError:
        raise RefusedFile(DAMAGED) from None


class _FieldCheck:
    """Reads field instructions, which may be cut into many runs and stand inside each other."""

    def __init__(self) -> None:
        self._instructions: list[str] = []
        self._inside = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if name in {"altChunk", "ddeLink", "oleLink"}:
            raise RefusedFile(FOREIGN)
        if name == "fldSimple":
            if any(_FIELD.match(value) for value in attributes.values()):
                raise RefusedFile(FOREIGN)
        elif name == "fldChar":
            self._step(next((v for k, v in attributes.items() if k.endswith("fldCharType")), ""))
        elif name in {"instrText", "delInstrText"}:
            self._inside = True

    def end(self, tag: str) -> None:
        if tag.endswith("nstrText"):
            self._inside = False

    def text(self, text: str) -> None:
        if self._inside:
            self._instructions = self._instructions or [""]
            self._instructions[-1] += text
            if _FIELD.match(self._instructions[-1][:200]):
                raise RefusedFile(FOREIGN)

    def _step(self, step: str) -> None:
        if step == "begin":
            if self._instructions and not self._instructions[-1].strip():
                # an instruction that is itself made by a field can spell anything
                raise RefusedFile(FOREIGN)
            self._instructions.append("")
        elif step == "separate" and self._instructions:
            self._instructions[-1] = "(result)"
        elif step == "end" and self._instructions:
            self._instructions.pop()


def _content_kind(data: bytes) -> str:
    if data.startswith(b"PK\x03\x04"):
        return _office_kind(data)
    if data.startswith(b"%PDF-") and b"%%EOF" in data[-2048:]:
        return "pdf"
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    return ""


def _office_kind(data: bytes) -> str:
    package = Package(data, _members(data))
    if _CONTENT_TYPES not in package:
        return ""
    types = _as_utf8(package.read(_CONTENT_TYPES))
    if b"<!DOCTYPE" in types:
        return ""
    root = _description(types)
    _check_types(root)
    kinds = [_MAIN_TYPES.get(entry.get("ContentType", "")) for entry in root.iter("{*}Override")]
    return next((kind for kind in kinds if kind), "")
