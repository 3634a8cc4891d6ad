"""Boxes ticked on a form: ☑ √ ■ ✓ (√) [x], before or behind the words, boxes that stay empty drawn or not."""

import re
from collections.abc import Sequence

ON = frozenset("☑☒√✓✔■●◼✅▣◉▪◆🗹")
OFF = frozenset("□☐○◻◯▢◇囗")
_INPUT = re.compile(r"<input\b([^<>]*)>", re.IGNORECASE)
_BRACKETS = re.compile(r"[\[【(（]\s*(?:([√✓✔xXvV×*☑■])\s*)?[\]】)）]")


def ticked(text: str, options: Sequence[str]) -> list[str]:
    """The options that are ticked, in the order of the form.

    A text that is one of the options and nothing else ticks it.
    """
    plain = _marked(text)
    spots = _spots(plain, options)
    if not any(character in ON or character in OFF for character in plain):
        bare = plain.strip()
        return [option for option in spots if bare == plain[slice(*spots[option])]]
    marks = [(at, character in ON) for at, character in enumerate(plain) if character in ON or character in OFF]
    taken = _owners(plain, spots, marks)
    return [option for option in options if taken.get(option)]


def _marked(text: str) -> str:
    """The text with every kind of box as one character."""
    plain = _INPUT.sub(lambda found: "☑" if re.search(r"\bchecked\b", found[1], re.IGNORECASE) else "☐", text)
    return _BRACKETS.sub(lambda found: "☑" if found[1] else "☐", plain)


def _spots(plain: str, options: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Where each option stands; blanks inside it do not count. A longer option hides a shorter one inside it."""
    found: dict[str, tuple[int, int]] = {}
    free = plain
    for option in sorted(options, key=len, reverse=True):
        place = re.search(r"\s*".join(map(re.escape, option)), free)
        if place:
            found[option] = place.span()
            free = free[: place.start()] + "\0" * (place.end() - place.start()) + free[place.end() :]
    return found


def _owners(plain: str, spots: dict[str, tuple[int, int]], marks: Sequence[tuple[int, bool]]) -> dict[str, bool]:
    """Whose each mark is. Where all boxes are drawn the first thing on the line decides the side they stand on;
    where only ticks are, each belongs to the option it stands nearest to."""
    order = sorted(spots.items(), key=lambda item: item[1])
    if not order:
        return {}
    if len(marks) < len(order):
        return {_nearest(at, order): on for at, on in marks}
    before = marks[0][0] < order[0][1][0]
    found = {}
    for place, (option, (start, end)) in enumerate(order):
        after = order[place - 1][1][1] if place else 0
        until = order[place + 1][1][0] if place + 1 < len(order) else len(plain)
        side = [on for at, on in marks if (after <= at < start if before else end <= at < until)]
        if side:
            found[option] = side[-1] if before else side[0]
    return found


def _nearest(at: int, order: Sequence[tuple[str, tuple[int, int]]]) -> str:
    def distance(item: tuple[str, tuple[int, int]]) -> tuple[int, bool]:
        start, end = item[1]
        # with the same distance on both sides it stands before its words
        return (start - at - 1, False) if at < start else (at - end, True)

    return min(order, key=distance)[0]
