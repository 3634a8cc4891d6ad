"""Numbers that Word draws itself: typing "1、" often turns the paragraph into an automatic list,
and the number is then nowhere in its text."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from perfflow.papers.package import Package

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHINESE = frozenset(
    {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCountingThousand"}
)
_CIRCLED = frozenset({"decimalEnclosedCircle", "decimalEnclosedCircleChinese"})

# Word knows nine levels; more are made to hurt, and so is a long text between the numbers.
_LEVELS, _LONGEST = 9, 40


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    style: str
    text: str
    gap: str


class Lists:
    """The lists of one document; ask for each paragraph once, in the document's order."""

    def __init__(self, package: Package) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._list_of: dict[str, str] = {}
        self._by_style: dict[str, tuple[str, int]] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        self._counts: defaultdict[str, dict[int, int]] = defaultdict(dict)
        if "word/numbering.xml" in package:
            self._read_lists(package.xml("word/numbering.xml"))
            if "word/styles.xml" in package:
                self._read_styles(package.xml("word/styles.xml"))

    def number(self, paragraph: Any) -> str:
        """What Word draws before this paragraph: "1、", or nothing."""
        if not self._list_of:
            return ""
        properties = paragraph.find(f"{W}pPr")
        place = self._place(properties) if properties is not None else None
        if place is None:
            return ""
        name, depth = place
        levels = self._levels.get(self._list_of.get(name, ""), {})
        level = levels.get(depth)
        if level is None or level.style in {"bullet", "none"}:
            return ""
        counts = self._counts[self._list_of[name]]
        counts |= {at: start - 1 for at, start in self._restarts.pop(name, {}).items()}
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        text = level.text
        for number, other in levels.items():
            text = text.replace(f"%{number + 1}", _written(counts.get(number, other.start), other.style))
        return text + level.gap

    def _place(self, properties: Any) -> tuple[str, int] | None:
        style = properties.find(f"{W}pStyle")
        inherited = self._by_style.get(style.get(f"{W}val", "")) if style is not None else None
        own = _list_and_depth(properties)
        if own is None:
            return inherited
        name, depth = own
        return (name or (inherited[0] if inherited else ""), depth)

    def _read_lists(self, root: Any) -> None:
        for abstract in root.findall(f"{W}abstractNum"):
            self._levels[abstract.get(f"{W}abstractNumId", "")] = {
                _small(level.get(f"{W}ilvl", "")): _level(level) for level in abstract.findall(f"{W}lvl")[:_LEVELS]
            }
        for number in root.findall(f"{W}num"):
            name = number.get(f"{W}numId", "")
            self._list_of[name] = _value(number, "abstractNumId")
            starts = {
                _small(one.get(f"{W}ilvl", "")): _value(one, "startOverride")
                for one in number.findall(f"{W}lvlOverride")[:_LEVELS]
            }
            self._restarts[name] = {level: _small(start, 1) for level, start in starts.items() if start}

    def _read_styles(self, root: Any) -> None:
        for style in root.findall(f"{W}style"):
            properties = style.find(f"{W}pPr")
            place = _list_and_depth(properties) if properties is not None else None
            if place:
                self._by_style[style.get(f"{W}styleId", "")] = place


def _list_and_depth(properties: Any) -> tuple[str, int] | None:
    list_ = properties.find(f"{W}numPr")
    if list_ is None:
        return None
    depth = _value(list_, "ilvl")
    return _value(list_, "numId"), _small(depth)


def _level(level: Any) -> _Level:
    start, text, gap = (_value(level, name) for name in ("start", "lvlText", "suff"))
    # a tab or blank after "1、" only shows on paper; after "1." it is what separates number and text
    blank = " " if gap != "nothing" and text.endswith(".") else ""
    text = text[:_LONGEST]  # it stands before every paragraph of the list
    return _Level(_small(start, 1), _value(level, "numFmt") or "decimal", text, blank)


def _small(number: str, default: int = 0) -> int:
    return int(number) if number.isdecimal() and len(number) < 10 else default


def _value(element: Any, name: str) -> str:
    child = element.find(f"{W}{name}")
    return str(child.get(f"{W}val", "")) if child is not None else ""


def _written(number: int, style: str) -> str:
    if style in _CIRCLED and 0 < number <= 20:
        return chr(ord("①") + number - 1)
    if style in _CHINESE and 0 < number < 100:
        tens, ones = divmod(number, 10)
        digits = "零一二三四五六七八九"
        ten = "" if not tens else "十" if tens == 1 else digits[tens] + "十"
        return ten + (digits[ones] if ones else "")
    return str(number)
