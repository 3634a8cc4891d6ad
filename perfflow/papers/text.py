"""Text as papers carry it: folded for comparison, freed of remnants, safe to write as XML."""

import re
import unicodedata
from functools import lru_cache
from html import escape

# <p> and </p> left over by converters
_REMNANT = re.compile(r"</?p(?:\s[^<>]*)?/?>", re.IGNORECASE)
_AROUND_REMNANTS = " \t\r\n"
_BLANKS = re.compile("[\\s\u200b\u200c\u200d\u2060\ufeff]+")
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
TICKED, UNTICKED = "☑", "☐"
# Long runs of combining marks are put in order in time that grows with their square (80,000 pairs took 20 s).
_PIECE = 200
LONGEST_SHOWN = 60
LONGEST_LABEL = 200


def N_(message: str) -> str:
    """Mark a message for translation; web translates it by its id."""
    return message


def folded(text: str) -> str:
    """The text for comparison: half-width, without any blanks. Never shown, never stored."""
    if len(text) <= _PIECE:
        return _folded(text)
    return "".join(_folded(text[at : at + _PIECE]) for at in range(0, len(text), _PIECE))


@lru_cache(4096)  # the same labels stand in every table, and each is asked for by every kind of paper
def _folded(text: str) -> str:
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text))


def start_folded(text: str) -> str:
    """The text folded, to be compared with labels. Of a long one its start is enough to know that it is none."""
    return folded(text) if len(text) <= LONGEST_LABEL else f"{folded(text[:LONGEST_LABEL])}…"


def without_remnants(text: str) -> str:
    """Read each run of `<p>` and `</p>` in the text, with the blanks around it, as one paragraph break."""
    first, *others = _REMNANT.split(text) if "<" in text else [text]
    if not others:
        return text
    *between, last = (part.lstrip(_AROUND_REMNANTS) for part in others)
    whole = (part.rstrip(_AROUND_REMNANTS) for part in (first, *between))
    kept = [part for at, part in enumerate(whole) if part or at == 0]
    return "\n".join([*kept, last]).strip("\n")


def trimmed(text: str) -> str:
    """The text without blank paragraphs before and after; blanks inside paragraphs stay."""
    lines = text.split("\n")
    filled = [at for at, line in enumerate(lines) if line.strip()]
    return "\n".join(lines[filled[0] : filled[-1] + 1]) if filled else ""


def shown(text: str) -> str:
    """The text as a sentence quotes it: a paragraph in the place of a number is cut."""
    text = text.strip()
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def xml_text(text: str) -> str:
    """The text escaped for XML; characters that XML does not know are left out."""
    return escape(_NOT_XML.sub("", one_break(text)), quote=True)


def one_break(text: str) -> str:
    """Every kind of line break a browser or Word may send, as a single newline."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n")
