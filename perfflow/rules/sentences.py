"""Two wordings compared sentence by sentence, as a reader compares them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, GONE, NEW = "same", "gone", "new"
_SENTENCE = re.compile(r"[^。！？；!?;\n]*(?:[。！？；!?;]+[”’」』）)\"]*|\n+|$)")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some sentences in a row. `kind`: same, gone (only in the old wording) or new (only in the new one)."""

    kind: str
    text: str


def sentences(text: str) -> list[str]:
    """The sentences of a text; put together again they are the text."""
    return [found for found in _SENTENCE.findall(text) if found]


def compare(old: str, new: str) -> list[Piece]:
    """What stayed, went and came, in reading order: what replaces something follows what it replaces."""
    before, after = sentences(old), sentences(new)
    return list(_pieces(before, after))


def _pieces(before: list[str], after: list[str]) -> Iterator[Piece]:
    for what, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            yield Piece(SAME, "".join(before[i:j]))
            continue
        if i < j:
            yield Piece(GONE, "".join(before[i:j]))
        if k < m:
            yield Piece(NEW, "".join(after[k:m]))
