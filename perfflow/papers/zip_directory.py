"""The zip a Word or Excel file is packed in: its directory checked before anything is unpacked.

It is read here and nowhere else: libraries trust what it says about names, sizes and places, and Python before
3.11.8 unpacks one member many times over (CVE-2024-0450).
"""

import stat
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from perfflow.papers.refusals import (
    DAMAGED,
    INCONSISTENT,
    LOCKED,
    TOO_LARGE,
    TOO_MANY,
    UNPACKS_TOO_LARGE,
    RefusedFile,
)

MIB = 1024 * 1024
MAX_FILE = 50 * MIB
MAX_MEMBERS = 1000
MAX_DIRECTORY = MIB
MAX_MEMBER = 100 * MIB
MAX_UNPACKED = 200 * MIB
# Office texts compress well; a ratio is only a sign of a bomb when much comes out of it.
MAX_RATIO = 100
RATIO_FROM = 10 * MIB
_PIECE = 256 * 1024
_START = 512


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
        return b"".join(self.pieces(name))

    def pieces(self, name: str) -> Iterator[bytes]:
        """The unpacked part piece by piece, so that a large one never stands in memory as a whole."""
        member = self._members[name]
        size = crc = 0
        for piece in _unpacked(memoryview(self._data)[member.start : member.start + member.packed], member.method):
            size, crc = size + len(piece), zlib.crc32(piece, crc)
            if size > member.size:
                raise RefusedFile(DAMAGED)
            if piece:
                yield piece
        if (size, crc) != (member.size, member.crc):
            raise RefusedFile(DAMAGED)

    def start(self, name: str) -> bytes:
        """Enough of the part to know what it is; its first piece may be a single byte."""
        start = b""
        for piece in self.pieces(name):
            start += piece
            if len(start) >= _START:
                break
        return start[:_START]

    def xml(self, name: str) -> Any:
        """The root element of a part."""
        return parse_xml(self.read(name))


def parse_xml(content: bytes) -> Any:
    """The root element; entities, networks and huge trees stay closed."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise RefusedFile(DAMAGED) from None


def read_members(data: bytes) -> dict[str, Member]:
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
        raise RefusedFile(LOCKED)
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


def _unpacked(packed: memoryview, method: int) -> Iterator[bytes]:
    if method == 0:
        for at in range(0, len(packed), _PIECE):
            yield bytes(packed[at : at + _PIECE])
        return
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for at in range(0, len(packed), _PIECE):
            yield unpacker.decompress(packed[at : at + _PIECE], _PIECE)
            while unpacker.unconsumed_tail:
                yield unpacker.decompress(unpacker.unconsumed_tail, _PIECE)
        yield unpacker.flush()
    except zlib.error:
        raise RefusedFile(DAMAGED) from None
