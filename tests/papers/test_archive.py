"""A .zip with its sums: paths that stay inside, bytes as they came, little memory."""

import hashlib
import io
import re
import tracemalloc
import zipfile
from datetime import UTC, datetime
from tempfile import TemporaryFile

import pytest

from perfflow.papers.archive import SUMS, Archive

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def written(*members):
    out = io.BytesIO()
    archive = Archive(out, at=AT)
    for path, content in members:
        archive.add(path, io.BytesIO(content))
    archive.close()
    return zipfile.ZipFile(out)


def test_every_member_has_its_sum_and_chinese_names_are_marked_as_utf8():
    members = [("文书/甲.pdf", b"one"), ("b.pdf", b"")]
    package = written(*members)

    lines = package.read(SUMS).decode().splitlines()
    assert lines == [f"{hashlib.sha256(data).hexdigest()}  {path}" for path, data in members]
    assert package.testzip() is None
    assert package.getinfo("文书/甲.pdf").flag_bits & 0x800
    assert package.getinfo("文书/甲.pdf").compress_type == zipfile.ZIP_STORED
    assert package.getinfo("文书/甲.pdf").date_time == (2026, 3, 2, 10, 0, 0)


HURTING = ["", "/etc/passwd", "../a", "a/../../b", "a/./b", "a\\b", "C:a", "a\nb", "a\x00b", "a//b", "a/", "a/ ./b"]


@pytest.mark.parametrize("path", HURTING)
def test_no_path_leads_out_or_reads_differently_elsewhere(path):
    with pytest.raises(ValueError, match=re.escape(path)):
        written((path, b"x"))


def test_no_path_is_taken_twice_even_where_case_does_not_count():
    with pytest.raises(ValueError, match=r"A\.PDF"):
        written(("a.pdf", b"x"), ("A.PDF", b"y"))


def test_a_time_before_all_archives_is_the_first_they_know():
    out = io.BytesIO()
    archive = Archive(out, at=AT)
    archive.add("a.pdf", io.BytesIO(b"x"), at=datetime(1970, 1, 1, tzinfo=UTC))
    archive.close()

    assert zipfile.ZipFile(out).getinfo("a.pdf").date_time[:3] == (1980, 1, 1)


def test_large_members_pass_through_in_blocks():
    size = 40 * 1024 * 1024
    with TemporaryFile() as source, TemporaryFile() as out:
        source.truncate(size)
        tracemalloc.start()
        archive = Archive(out, at=AT)
        for number in range(3):
            source.seek(0)
            archive.add(f"{number}.pdf", source)
        archive.close()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    assert [one.size for one in archive.members] == [size] * 3
    assert peak < 4 * 1024 * 1024
