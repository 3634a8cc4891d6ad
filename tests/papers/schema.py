"""Whether the parts of an office file are what ECMA-376 says, by the schemas in tests/schemas."""

import io
import re
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

SCHEMAS = Path(__file__).resolve().parent.parent / "schemas"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

_SCHEMA_OF = (
    (re.compile(r"\[Content_Types\]\.xml"), "opc-contentTypes.xsd"),
    (re.compile(r".*\.rels"), "opc-relationships.xsd"),
    (
        re.compile(r"word/(document|styles|settings|fontTable|numbering|footnotes|(header|footer)\d*)\.xml"),
        "our-word.xsd",
    ),
    (re.compile(r"xl/(workbook|styles|sharedStrings|worksheets/sheet\d+)\.xml"), "our-excel.xsd"),
)
# Parts that hold nothing of the two markups.
_OTHER = re.compile(r"docProps/(app|core)\.xml|xl/theme/theme1\.xml")


def faults(data: bytes) -> list[str]:
    """Every violation in a .docx or .xlsx file, as "part, line: what"; a part without a schema is one too."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [fault for name in archive.namelist() for fault in _faults_of(name, archive.read(name))]


def _faults_of(name: str, content: bytes) -> list[str]:
    if _OTHER.fullmatch(name):
        return []
    file = next((schema for pattern, schema in _SCHEMA_OF if pattern.fullmatch(name)), None)
    if file is None:
        return [f"{name}: no schema is kept for this part"]
    schema = _schema(file)
    root = etree.fromstring(content)
    _without_later_editions(root)
    schema.validate(root)
    return [f"{name}, line {entry.line}: {entry.message}" for entry in schema.error_log]


def _without_later_editions(root: Any) -> None:
    """w:compatSetting came with the second edition; without it Word 2013 and later lay a file out as Word 2007 did."""
    for setting in root.findall(f"{W}compat/{W}compatSetting"):
        setting.getparent().remove(setting)


@cache
def _schema(file: str) -> Any:
    return etree.XMLSchema(etree.parse(SCHEMAS / file))
