"""The schemas are the published ones, and they notice what is wrong."""

import hashlib
import io
import re
import zipfile

import docx
import pytest

from perfflow.papers.word_template import build
from tests.papers.schema import SCHEMAS, faults
from tests.papers.word import word


def test_every_schema_is_the_one_that_was_published() -> None:
    noted = re.findall(r"`(\S+\.xsd)` \| `([0-9a-f]{64})`", (SCHEMAS / "ORIGIN.md").read_text("utf-8"))
    kept = [path for path in sorted(SCHEMAS.glob("*.xsd")) if not path.name.startswith("our-")]

    assert noted == [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in kept]


def test_the_frame_of_our_papers_is_valid() -> None:
    assert faults(build()) == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("<w:p><w:pPr><w:jc w:val='middle'/></w:pPr></w:p>", "middle"),
        ("<w:p><w:pPr><w:jc w:val='left'/><w:pStyle w:val='Text'/></w:pPr></w:p>", "pStyle"),
        ("<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>", "}tr'"),
    ],
)
def test_what_the_standard_does_not_know_is_named_with_its_part(body: str, told: str) -> None:
    found = faults(word(body).getvalue())

    assert found
    assert all(fault.startswith("word/document.xml, line ") for fault in found)
    assert told in found[0]


def test_the_template_of_python_docx_is_not_valid() -> None:
    """The control: it is known to lack w:percent, and to carry parts of no edition."""
    out = io.BytesIO()
    docx.Document().save(out)
    with zipfile.ZipFile(out) as archive:
        assert "word/stylesWithEffects.xml" in archive.namelist()

    found = faults(out.getvalue())

    assert any("word/settings.xml" in fault and "percent" in fault for fault in found)
    assert "word/stylesWithEffects.xml: no schema is kept for this part" in found
