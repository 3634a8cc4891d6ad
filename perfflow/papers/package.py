"""What kind of file an upload is, and whether a Word or Excel package is safe to open."""

from enum import StrEnum

from perfflow.papers.parts import CONTENT_TYPES, MAX_DESCRIPTION, OLE, FieldCheck, as_utf8, check_part, check_types
from perfflow.papers.refusals import (
    DAMAGED,
    EMPTY,
    HAS_DTD,
    IS_OTHER,
    LOCKED,
    NOT_ALLOWED,
    NOT_AS_NAMED,
    NOT_OFFICE,
    OLD_EXCEL,
    OLD_WORD,
    TOO_LARGE,
    UNPACKS_TOO_LARGE,
    WITH_MACROS,
    RefusedFile,
)
from perfflow.papers.zip_directory import MAX_FILE, Package, parse_xml, read_members

__all__ = ["DAMAGED", "FileKind", "Package", "RefusedFile", "identify", "open_checked"]

_MAIN_TYPES = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
}
_OLD_WORD = frozenset({"doc", "dot", "wps", "wpt", "rtf", "odt", "uot"})
_OLD_EXCEL = frozenset({"xls", "xlt", "et", "ett", "ods", "uos"})
_WITH_MACROS = frozenset({"docm", "dotm", "xlsm", "xltm", "xlsb", "xlam"})


class FileKind(StrEnum):
    DOCX = "docx"
    XLSX = "xlsx"
    PDF = "pdf"
    PNG = "png"
    JPG = "jpg"


def identify(name: str, data: bytes) -> FileKind:
    """The kind of an upload, by the end of its name and by its content, which must agree."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending in _OLD_WORD | _OLD_EXCEL:
        raise RefusedFile(OLD_WORD if ending in _OLD_WORD else OLD_EXCEL)
    if ending in _WITH_MACROS:
        raise RefusedFile(WITH_MACROS)
    if ending not in set(FileKind):
        raise RefusedFile(NOT_ALLOWED, {"name": name})
    if len(data) > MAX_FILE:
        raise RefusedFile(TOO_LARGE)
    if not data:
        raise RefusedFile(EMPTY, {"name": name})
    _refuse_old(data, ending)
    kind = _content_kind(data)
    if kind and kind != ending:
        raise RefusedFile(IS_OTHER, {"name": name, "kind": kind})
    if not kind:
        raise RefusedFile(NOT_AS_NAMED, {"name": name})
    return FileKind(ending)


def open_checked(data: bytes) -> Package:
    """The package, after every check; raises RefusedFile with the reason."""
    _refuse_old(data)
    package = Package(data, read_members(data))
    if CONTENT_TYPES not in package:
        raise RefusedFile(NOT_OFFICE)
    fields = FieldCheck()
    for name in package.names:
        check_part(package, name, fields)
    return package


def _refuse_old(data: bytes, ending: str = "") -> None:
    """Files of before 2007, and those with a password, are the same kind of container; its names stand in UTF-16."""
    if data.startswith(b"{\\rtf"):
        raise RefusedFile(OLD_WORD)
    if data.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise RefusedFile(LOCKED)
        table = ending == "xlsx" or any(name.encode("utf-16-le") in data for name in ("Workbook", "Book"))
        raise RefusedFile(OLD_EXCEL if table else OLD_WORD)


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
    package = Package(data, read_members(data))
    if CONTENT_TYPES not in package:
        return ""
    if package.size(CONTENT_TYPES) > MAX_DESCRIPTION:
        raise RefusedFile(UNPACKS_TOO_LARGE)
    types = as_utf8(package.read(CONTENT_TYPES))
    if b"<!DOCTYPE" in types:
        raise RefusedFile(HAS_DTD)
    root = parse_xml(types)
    check_types(root)
    for entry in root.iter("{*}Override"):
        kind = _MAIN_TYPES.get(entry.get("ContentType", ""))
        if kind and entry.get("PartName", "").removeprefix("/") not in package:
            raise RefusedFile(DAMAGED)
        if kind:
            return kind
    return ""
