"""A .zip written member by member, with a list of SHA-256 that `sha256sum -c` reads. Of no member more than a block is
in memory."""

import hashlib
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

SUMS = "SHA256SUMS"
BLOCK = 256 * 1024
_NOT_IN_PATHS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\\\\:]")
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_FOR_EVERYBODY = 0o644 << 16


@dataclass(frozen=True, slots=True)
class Member:
    path: str
    size: int
    sha256: str


class Archive:
    """Open until `close`, which writes the sums. Paths are the caller's to choose, each only once: "/" between
    folders, nothing that leads out of them."""

    def __init__(self, out: BinaryIO, *, at: datetime) -> None:
        self._zip = zipfile.ZipFile(out, "w")
        self._at = at
        self._paths: set[str] = set()
        self.members: list[Member] = []

    def add(self, path: str, content: BinaryIO, *, at: datetime | None = None) -> Member:
        """Copy a file that is compressed in itself, as Word files, PDF and pictures are. `at`: in the zone it shall be
        shown in. Raises ValueError for a path that is taken or leads out."""
        if not _is_inside(path) or path.casefold() in self._paths:
            raise ValueError(path)
        self._paths.add(path.casefold())
        digest, size = hashlib.sha256(), 0
        with self._zip.open(self._entry(path, at or self._at, zipfile.ZIP_STORED), "w") as target:
            while block := content.read(BLOCK):
                digest.update(block)
                size += len(block)
                target.write(block)
        member = Member(path, size, digest.hexdigest())
        self.members.append(member)
        return member

    def close(self) -> None:
        sums = "".join(f"{one.sha256}  {one.path}\n" for one in self.members)
        self._zip.writestr(self._entry(SUMS, self._at, zipfile.ZIP_DEFLATED), sums.encode())
        self._zip.close()

    def _entry(self, path: str, at: datetime, manner: int) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(path, max(_EARLIEST, at.timetuple()[:6]))
        entry.compress_type = manner
        entry.external_attr = _FOR_EVERYBODY
        return entry


def _is_inside(path: str) -> bool:
    """Whether it names a place in the archive, in one line, that every system reads the same."""
    return not _NOT_IN_PATHS.search(path) and all(part.strip(" .") for part in path.split("/"))
