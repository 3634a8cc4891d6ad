"""Uploads: checked by content, kept by digest, nothing left of what was refused."""

import hashlib
from io import BytesIO

import pytest
from flask import Flask

from perfflow.core import files
from perfflow.core.errors import RefusedUpload
from tests.make import PDF

GOOD = PDF % b"x"


def test_what_is_taken_lies_under_its_digest(app: Flask):
    received = files.receive("佐证材料.pdf", BytesIO(GOOD))

    assert received.sha256 == hashlib.sha256(GOOD).hexdigest()
    assert files.path_of(received.sha256).read_bytes() == GOOD


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.pdf", b""),
        ("page.pdf", b"<html><script>alert(1)</script></html>"),
        ("program.exe", b"MZ"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
        ("macro.docm", b"PK\x03\x04"),
        ("broken.docx", b"PK\x03\x04 nothing of a zip"),
        ("picture.png", b"GIF89a"),
    ],
)
def test_what_is_refused_leaves_a_sentence_and_no_file(app: Flask, name: str, data: bytes):
    with pytest.raises(RefusedUpload) as refusal:
        files.receive(name, BytesIO(data))

    assert refusal.value.message
    assert not [path for path in files.root().rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("given", "label"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\王\\报告.docx", "报告.docx"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        ("...", "文件"),
    ],
)
def test_a_name_is_a_label_only(given: str, label: str):
    assert files.clean_name(given) == label


def test_a_long_name_is_cut_before_its_ending():
    label = files.clean_name("长" * 300 + ".docx")

    assert len(label) == files.NAME_LIMIT
    assert label.endswith(".docx")
