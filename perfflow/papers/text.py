"""Text as papers carry it: folded for comparison, freed of remnants, safe to write as XML."""

import re
import unicodedata
from html import escape

# A run of <p> and </p> left over by converters, with the blanks around it: one paragraph break.
_REMNANT = re.compile(r"(?:[ \t\r\n]*</?p(?:\s[^<>]*)?/?>[ \t\r\n]*)+", re.IGNORECASE)
_BLANKS = re.compile("[\\s\u200b\u200c\u200d\u2060\ufeff]+")
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
TICKED, UNTICKED = "☑", "☐"


def N_(message: str) -> str:
    """Mark a message for translation; web translates it by its id."""
    return message


def folded(text: str) -> str:
    """The text for comparison: half-width, without any blanks. Never shown, never stored."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text))


def without_remnants(text: str) -> str:
    """Read `<p>` and `</p>` that stand in the text as paragraph breaks; nothing else changes."""
    if "<" not in text or not _REMNANT.search(text):
        return text
    return _REMNANT.sub("\n", text).strip("\n")


def trimmed(text: str) -> str:
    """The text without blank paragraphs before and after; blanks inside paragraphs stay."""
    lines = text.split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    return "\n".join(lines)


def xml_text(text: str) -> str:
    """The text escaped for XML; characters that XML does not know are left out."""
    return escape(_NOT_XML.sub("", one_break(text)), quote=True)


def one_break(text: str) -> str:
    """Every kind of line break a browser or Word may send, as a single newline."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n")
