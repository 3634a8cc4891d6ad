"""Character pairs: how Chinese text is found without knowing its words.

"合同管理" is indexed as 合同 同管 管理, so that two characters are enough to look for. Whoever has all the pairs of
a word is a candidate; whether the word itself stands in the text is then read in the text. Digits and Latin letters
are indexed by threes and fours too: of ten digits there are but a hundred pairs, and codes have many of them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

SHORTEST = 2
LONGEST_QUERY = 60
MOST_WORDS = 8
MOST_PAIRS = 16


class _Folding(dict[int, str]):
    """Each character as it is compared: full width as half width, capitals as small letters."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKC", chr(code)).casefold()
        if len(self) < 100_000:
            self[code] = plain
        return plain


_folding = _Folding()


def composed(text: str) -> str:
    """The text with every accent in its letter: positions below are positions in this."""
    return unicodedata.normalize("NFC", text)


def folded(text: str) -> str:
    return composed(text).translate(_folding)


def pairs(text: str) -> frozenset[str]:
    """Every two neighbouring characters that are not divided by a space; of codes every three and four."""
    return frozenset(_in_order(folded(text)))


def _in_order(plain: str) -> Iterator[str]:
    for run in _CODES.findall(plain):
        yield from (run[at : at + length] for length in (4, 3) for at in range(len(run) - length + 1))
    for run in plain.split():
        yield from (one + next_ for one, next_ in pairwise(run))


_CODES = re.compile("[0-9a-z]{3,}")


def words_of(query: str) -> tuple[str, ...]:
    """The words of a query, folded; empty when none is long enough to be looked for."""
    words = tuple(dict.fromkeys(folded(query[:LONGEST_QUERY]).split()))[:MOST_WORDS]
    return words if any(len(word) >= SHORTEST for word in words) else ()


def pairs_of(words: Iterable[str]) -> frozenset[str]:
    """The pairs to look for; more of them would tell no more."""
    found = dict.fromkeys(pair for word in words for pair in _in_order(word))
    return frozenset(list(found)[:MOST_PAIRS])


def holds(text: str, words: Iterable[str]) -> bool:
    """Whether every word stands in the text."""
    plain = folded(text)
    return all(word in plain for word in words)


def spans(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where the words stand in a composed text, in order, overlaps joined."""
    plain, origin = [], []
    for at, character in enumerate(text):
        fold = character.translate(_folding)
        plain.append(fold)
        origin += [at] * len(fold)
    whole = "".join(plain)
    found = sorted((origin[at], origin[at + len(word) - 1] + 1) for word in words for at in _places(whole, word))
    joined: list[tuple[int, int]] = []
    for first, last in found:
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _places(text: str, word: str) -> Iterable[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def excerpt(text: str, words: Sequence[str], *, before: int = 24, length: int = 120) -> list[tuple[str, bool]]:
    """A piece of the text around the first word found, cut into plain and found parts (True)."""
    plain = " ".join(composed(text).split())
    found = spans(plain, words)
    start = max(0, found[0][0] - before) if found else 0
    # a short beginning is shown whole
    start = 0 if start <= before // 2 else start
    end = min(len(plain), start + length)
    parts: list[tuple[str, bool]] = [("…", False)] if start else []
    at = start
    for first, last in found:
        if last > end:
            break
        parts += [(plain[at:first], False), (plain[first:last], True)]
        at = last
    parts.append((plain[at:end] + ("…" if end < len(plain) else ""), False))
    return [(words_, mark) for words_, mark in parts if words_]
