"""Which entry of a newer paper is which entry on file: by its wording, and by its number."""

from collections.abc import Sequence
from itertools import pairwise

NUMBER = 0.3
"""What an equal number is worth beside wordings that are alike from 0 to 1."""
TITLE = 0.6
"""An equal title is enough by itself: below it everything may have been rewritten."""
ENOUGH = 0.6

Entry = tuple[int, str]
"""Number and wording, a title on a line of its own before the text."""


def matched(stored: Sequence[Entry], read: Sequence[Entry]) -> dict[int, int]:
    """Position in `read` → position in `stored`, each at most once; what is alike most comes first."""
    olds, news = [_pairs(text) for _number, text in stored], [_pairs(text) for _number, text in read]
    titles, titled = [_title(text) for _number, text in stored], [_title(text) for _number, text in read]
    ranked = sorted(
        (
            (-_worth(old, new, stored[i][0] == read[k][0], bool(titles[i]) and titles[i] == titled[k]), k, i)
            for i, old in enumerate(olds)
            for k, new in enumerate(news)
        ),
    )
    found: dict[int, int] = {}
    for worth, k, i in ranked:
        if -worth >= ENOUGH and k not in found and i not in found.values():
            found[k] = i
    return found


def _worth(old: frozenset[str], new: frozenset[str], same_number: bool, same_title: bool) -> float:
    """Twice what they share in what they have, character pair by character pair."""
    size = len(old) + len(new)
    alike = 2 * len(old & new) / size if size else 1.0
    return alike + NUMBER * same_number + TITLE * same_title


def _title(text: str) -> str:
    """The title of an entry, its blanks apart; "" for one that has none."""
    title, line, _text = text.partition("\n")
    return "".join(title.split()) if line else ""


def _pairs(text: str) -> frozenset[str]:
    plain = "".join(text.split())
    return frozenset(one + other for one, other in pairwise(plain)) or frozenset(plain)
