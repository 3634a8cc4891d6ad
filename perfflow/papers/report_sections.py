"""The headings of a report and what stands under each, told by styles, numbers and words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from perfflow.papers.blocks import Block, Document, Paragraph
from perfflow.papers.text import folded

_ABOUT = (
    "(?:项目|绩效|评价|实施|管理|执行|过程|工作|资金|预算|财政|支出|专项|部门|单位|整体|本次|目前|使用|运行|建设|存在|发现|反映|主要|突出"
    "|困难|方面|情况|中|仍|尚|所|的|及|和|与|、)*"
)
_FINDINGS = (
    _ABOUT + "(?:问题|不足(?:之处)?|薄弱环节)"
    "(?:(?:以及|及|和|与|、)?其?(?:主要)?(?:问题|不足(?:之处)?|困难|原因|成因|分析|表现))*"
)
_SUGGESTIONS = (
    "(?:有关|相关|改进|整改|完善|意见|工作|对策|政策|下一步|今后|具体|几点|主要|评价|措施|要求|针对|上述|以上|问题|项目|管理|绩效|预算|加强"
    "|提高|优化|提升|进一步|其|的|和|与|及|、)*(?:建议|对策|(?:改进|整改)(?:措施|意见|要求))(?:(?:及|和|与|、)?(?:措施|意见|要求|对策|建议))*"
)
FINDINGS, SUGGESTIONS = re.compile(_FINDINGS), re.compile(_SUGGESTIONS)
BOTH = re.compile(f"{_FINDINGS}(?:以及|及|和|与|、)其?{_SUGGESTIONS}")
"""One section in which problems and suggestions take turns."""
PERFORMANCE = (
    re.compile(r"(?:项目)?主要绩效(?:情况|分析)?"),
    re.compile(r"(?:项目)?(?:主要)?绩效(?:情况|完成情况|实现情况)?"),
    re.compile(r"(?:项目)?(?:主要|取得的)?(?:成效|成绩|经验及做法|经验做法|经验和做法)(?:及绩效)?"),
    re.compile(r"(?:项目)?绩效(?:评价)?分析"),
)
_ENDS = re.compile("需要说明|附件|附表|附录|主要经验|说明的问题|结果应用|评价结论")

_ATTACHED = re.compile(r"附(?:件|表|录)?\d{0,2}(?::.*)?")
_CHINESE = "[一二三四五六七八九十]{1,3}"
_MARK = re.compile(
    rf"第(?P<part>{_CHINESE})(?:部分|章|节)[、 \u3000]*|(?P<one>{_CHINESE})(?:[、.．]|[ \u3000]+(?=\S))"
    rf"|(?P<roman>[IVXⅠⅡⅢⅣⅤⅥⅦⅧⅨ]{{1,4}})[、.．]|[(（](?P<two>{_CHINESE})[)）][、.]?"
    r"|(?P<three>\d{1,2})[、.．](?!\d)|\d{1,2}(?:\.\d{1,2})*\.(?P<point>\d{1,2})(?![\d.%])[、.．]?|[(（](?P<four>\d{1,2})[)）]"
)
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_LEVEL = {"part": 1, "one": 2, "roman": 2, "two": 3, "three": 4, "point": 5, "four": 6}
_OF_LISTS = frozenset({"two", "three", "point", "four"})
"""Numbers that entries of a list may share with its heading: "（一）存在的问题" over "（一）甲"."""
_UNMARKED = 2
_LONGEST = 40
_ORNAMENTS = "★☆●◆■▲◎※【】[]"
_COLON = re.compile(r"([^:：\n]*)([:：]?)(.*)", re.DOTALL)
_IN_BRACKETS = re.compile(r"\([^()]*\)$")


@dataclass(slots=True)
class Section:
    """A heading with everything under it. `style`: level by its style; `mark` and `number`: how it is numbered."""

    title: str
    level: int
    style: int = 0
    mark: str = ""
    number: int = 0
    blocks: list[Block] = field(default_factory=list)
    entries: dict[str, int] = field(default_factory=dict)

    @property
    def paragraphs(self) -> list[Paragraph]:
        return [one for one in self.blocks if isinstance(one, Paragraph) and one.text.strip()]


def sections(document: Document) -> list[Section]:
    """Every heading with what follows up to the next one of its level or above.

    Inside a list of problems or suggestions numbers are those of its entries, as long as they count on.
    """
    open_: list[Section] = []
    found: list[Section] = []
    for block in _apart(document.blocks):
        section = _heading(block) if isinstance(block, Paragraph) and block.text.strip() else None
        listing = next((one for one in open_ if lists(one.title)), None)
        if section is not None and not (listing is not None and _entry(listing, section, open_)):
            open_ = [one for one in open_ if one.level < section.level and one is not listing]
            if lists(section.title):
                open_ = [one for one in open_ if not any(wanted.fullmatch(one.title) for wanted in PERFORMANCE)]
            for one in open_:
                one.blocks.append(block)
            open_.append(section)
            found.append(section)
            continue
        for one in open_:
            one.blocks.append(block)
    return found


def _apart(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks, with a heading in one paragraph with its text ("四、存在问题：1、甲。") taken apart."""
    for block in blocks:
        if isinstance(block, Paragraph):
            head, colon, rest = _COLON.match(block.text).groups()  # type: ignore[union-attr]
            found = _heading(replace(block, text=head)) if rest.strip() and len(head) <= _LONGEST else None
            if colon and found is not None and found.mark in ("part", "one", "roman", "two") and lists(found.title):
                yield replace(block, text=head)
                yield replace(block, text=rest, level=0)
                continue
        yield block


def lists(title: str) -> bool:
    """Whether problems or suggestions stand under such a heading."""
    return any(wanted.fullmatch(title) for wanted in (FINDINGS, SUGGESTIONS, BOTH)) and not _ENDS.search(title)


def _entry(listing: Section, one: Section, open_: list[Section]) -> bool:
    """Whether a heading inside a list of problems or suggestions is an entry of it."""
    if _ends(listing, one):
        return False
    if listing.style and one.style:
        return one.style > listing.style
    if not one.mark:
        return True
    before = listing.entries.get(one.mark, 0)
    if not before and one.number > 2:
        return False  # it counts on from somewhere else
    if _LEVEL[one.mark] <= _LEVEL.get(listing.mark, _UNMARKED):
        above = any(other.mark == one.mark for other in open_ if other is not listing or one.mark not in _OF_LISTS)
        if above or one.number != before + 1:
            return False
    listing.entries[one.mark] = one.number
    return True


def _ends(listing: Section, one: Section) -> bool:
    """Whether the words of a heading end a list, whatever its number looks like. A problem may itself be called one
    ("项目管理存在不足"), and a suggestion so too."""
    if (_ENDS.search(one.title) or _ATTACHED.fullmatch(one.title)) and len(one.title) <= 20:
        return True
    if BOTH.fullmatch(listing.title):
        return lists(one.title) and _LEVEL.get(one.mark, _UNMARKED) <= 3
    other = SUGGESTIONS if FINDINGS.fullmatch(listing.title) else FINDINGS
    return bool(other.fullmatch(one.title) or BOTH.fullmatch(one.title))


def _heading(paragraph: Paragraph) -> Section | None:
    """A heading, or None for running text."""
    text = paragraph.text.strip().strip(_ORNAMENTS).strip()
    found = _MARK.match(text)
    title = folded(text[found.end() :] if found else text).rstrip(":。")
    if not title or len(title) > _LONGEST or "\n" in text:
        return None
    title = _IN_BRACKETS.sub("", title) or title
    if found and found.lastgroup:
        number = _number(found[found.lastgroup])
        return Section(title, _LEVEL[found.lastgroup], paragraph.level, found.lastgroup, number)
    if paragraph.level:
        return Section(title, paragraph.level, paragraph.level)
    # a line of its own that says nothing but "存在问题"
    alone = (
        (FINDINGS.fullmatch(title) and "问题" in title and len(title) >= 4)
        or (SUGGESTIONS.fullmatch(title) and len(title) <= 8)
        or BOTH.fullmatch(title)
        or _ATTACHED.fullmatch(title)
    )
    return Section(title, _UNMARKED) if alone and len(title) <= 20 else None


def _number(text: str) -> int:
    plain = folded(text)
    if plain.isdecimal():
        return int(plain)
    if plain.isascii():
        return (*_ROMAN, plain).index(plain) + 1
    tens, ten, ones = plain.rpartition("十")
    digits = "零一二三四五六七八九十"
    if not ten:
        return digits.index(ones[-1])
    return (digits.index(tens[-1]) if tens else 1) * 10 + (digits.index(ones[-1]) if ones else 0)


def best(found: list[Section], wanted: re.Pattern[str]) -> Section | None:
    """The last section called so: the same words may stand in a summary before."""
    called = (one for one in reversed(found) if wanted.fullmatch(one.title) and lists(one.title))
    return next((one for one in called if one.blocks), None)


def texts(found: list[Section], wanted: re.Pattern[str]) -> Iterator[list[Paragraph]]:
    """The paragraphs under each heading of these words."""
    return (one.paragraphs for one in found if wanted.fullmatch(one.title) and one.paragraphs)
