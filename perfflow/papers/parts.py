"""What may stand in the parts of an office file: no DTD, nothing that runs, nothing fetched from elsewhere."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from xml.parsers import expat

from perfflow.papers.refusals import ACTIVE, DAMAGED, FOREIGN, HAS_DTD, UNPACKS_TOO_LARGE, RefusedFile
from perfflow.papers.zip_directory import MIB, Package, parse_xml

CONTENT_TYPES = "[Content_Types].xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# UTF-16 doubles in memory while it is searched, and no office program writes it.
MAX_UTF16 = 16 * MIB
# Parts that describe the package are small; a large one is made to hurt.
MAX_DESCRIPTION = 8 * MIB
# Fields are looked for element by element; a million elements take about a second.
MAX_ELEMENTS = 3_000_000
MAX_DEPTH = 250  # the parser of the readers opens no more either
_INSTRUCTION = 200  # of a field: its name stands first

_ACTIVE = re.compile(r"vbaproject|vbadata|activex|macroenabled|oleobject|/control$|ms-office\.vba")
_FOREIGN = re.compile(r"/(?:afchunk|subdocument|frame|attachedtemplate|externallink(?:path)?)$")
_FIELD = re.compile(
    r"\s*(?:DDE|DDEAUTO|INCLUDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|RD)\b",
    re.IGNORECASE,
)
_WEB = re.compile(r"https?://|mailto:", re.IGNORECASE)
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:|\\\\|//", re.IGNORECASE)
_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)")
_UTF16 = (("utf-16-le", (b"\xff\xfe", b"<\0")), ("utf-16-be", (b"\xfe\xff", b"\0<")))
_DTD = (b"<!DOCTYPE", b"<!ENTITY")
_FIELDS = (b"nstrText", b"fldSimple", b"altChunk", b"ddeLink", b"oleLink")
_LONGEST_MARK = 16


def check_part(package: Package, name: str, fields: "FieldCheck") -> None:
    """Raises RefusedFile with what is wrong in this part. Of a large part no more than a piece is in memory."""
    lowered = name.lower()
    start = package.start(name)
    if _ACTIVE.search(lowered) or start.startswith(OLE):
        raise RefusedFile(ACTIVE)
    described = lowered.endswith(".rels") or lowered == CONTENT_TYPES.lower()
    if described and package.size(name) > MAX_DESCRIPTION:
        raise RefusedFile(UNPACKS_TOO_LARGE)
    pieces = _utf8_pieces(package, name, start)
    is_xml = _is_utf16(start) or _is_xml(start)
    if not is_xml and lowered.endswith((".xml", ".rels", ".vml")):
        raise RefusedFile(DAMAGED)
    marks = _marks_in(pieces(), (*_DTD, *_FIELDS))
    if not is_xml:
        return
    if marks & set(_DTD):
        raise RefusedFile(HAS_DTD)
    if described:
        root = parse_xml(b"".join(pieces()))
        _check_relations(root) if lowered.endswith(".rels") else check_types(root)
    elif marks:
        fields.part(pieces())


def _is_xml(start: bytes) -> bool:
    rest = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    return bool(start) and (not rest or rest.startswith(b"<"))


def _utf8_pieces(package: Package, name: str, start: bytes) -> Callable[[], Iterator[bytes]]:
    """The part as often as it is asked for, in UTF-8."""
    if not _is_utf16(start):
        as_utf8(start)
        return lambda: package.pieces(name)
    if package.size(name) > MAX_UTF16:
        raise RefusedFile(UNPACKS_TOO_LARGE)
    whole = as_utf8(package.read(name))
    return lambda: iter((whole,))


def _marks_in(pieces: Iterable[bytes], marks: tuple[bytes, ...]) -> set[bytes]:
    """Which of these stand in the part; one may be cut by the end of a piece."""
    found: set[bytes] = set()
    tail = b""
    for piece in pieces:
        joined = tail + piece
        found |= {mark for mark in marks if mark in joined}
        tail = joined[-_LONGEST_MARK:]
    return found


def _is_utf16(start: bytes) -> bool:
    return any(start.startswith(marks) for _, marks in _UTF16)


def as_utf8(content: bytes) -> bytes:
    """XML in UTF-16 as UTF-8, so that it can be searched; other encodings are refused."""
    start = content[:4]
    if start.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"\0\0\0<", b"<\0\0\0", b"\x4c\x6f\xa7\x94")):
        raise RefusedFile(DAMAGED)
    for codec, marks in _UTF16:
        if start.startswith(marks):
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


def check_types(root: Any) -> None:
    for entry in root:
        if isinstance(entry.tag, str) and _ACTIVE.search(entry.get("ContentType", "").lower()):
            raise RefusedFile(ACTIVE)


class FieldCheck:
    """Refuses fields that fetch or start something; one pass over each part in constant memory.

    Reads field instructions, which may be cut into many runs and stand inside each other.
    """

    def __init__(self) -> None:
        self._elements = 0

    def part(self, pieces: Iterable[bytes]) -> None:
        """Raises RefusedFile when the part fetches something, or has too many elements for all parts together."""
        self._instructions: list[str] = []
        self._inside = False
        self._depth = 0
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True  # else each line of a text is told by itself
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        try:
            for piece in pieces:
                parser.Parse(piece, False)
            parser.Parse(b"", True)
        except expat.ExpatError:
            raise RefusedFile(DAMAGED) from None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise RefusedFile(DAMAGED if self._depth > MAX_DEPTH else UNPACKS_TOO_LARGE)
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
        self._depth -= 1
        if tag.endswith("nstrText"):
            self._inside = False

    def text(self, text: str) -> None:
        if self._inside:
            self._instructions = self._instructions or [""]
            # blanks before the name of a field say nothing, however many they are
            self._instructions[-1] = (self._instructions[-1] + text).lstrip()[:_INSTRUCTION]
            if _FIELD.match(self._instructions[-1]):
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
