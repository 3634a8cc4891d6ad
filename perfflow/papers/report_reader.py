"""Reads 绩效评价报告: score sheet, findings, suggestions, amounts, result, by headings and by words.

What the report says is taken as it says it. A unit of money that cannot be right is asked about, never mended.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from perfflow.papers.blocks import Block, Document, Paragraph
from perfflow.papers.kinds import Money, Unreadable
from perfflow.papers.numbering import Numbered, bare_name, lead_in, split_numbered
from perfflow.papers.report import Report
from perfflow.papers.score_reader import SheetReading, score_sheets_of
from perfflow.papers.spec import Problem
from perfflow.papers.text import N_, folded

FINDINGS = re.compile(
    r"(?:项目)?(?:主要)?(?:(?:评价|项目|绩效|实施|管理)*中?(?:发现|存在)的?(?:主要)?(?:问题|不足)|主要问题|问题)"
    r"(?:及|和|与|、)?(?:原因|其原因|成因|原因分析|不足|不足之处)*"
)
SUGGESTIONS = re.compile(
    r"(?:(?:有关|相关|改进|整改|意见|工作|对策|政策|下一步|今后|具体|几点|主要|评价)*(?:的)?(?:意见)?(?:和|与|及)?建议"
    r"|(?:改进|整改)(?:措施|意见)(?:及|和|与)?(?:建议)?)"
)
PERFORMANCE = (
    re.compile(r"(?:项目)?主要绩效(?:情况|分析)?"),
    re.compile(r"(?:项目)?(?:主要)?绩效(?:情况|完成情况|实现情况)?"),
    re.compile(r"(?:项目)?(?:主要|取得的)?(?:成效|成绩|经验及做法|经验做法|经验和做法)(?:及绩效)?"),
    re.compile(r"(?:项目)?绩效(?:评价)?分析"),
)

_MARK = re.compile(
    r"(?P<part>第[一二三四五六七八九十]+(?:部分|章|节)[、 ]?)|(?P<one>[一二三四五六七八九十]{1,3}[、.．])"
    r"|(?P<two>[(（][一二三四五六七八九十]{1,3}[)）])[、.]?|(?P<three>\d{1,2}[、.．](?!\d))|(?P<four>[(（]\d{1,2}[)）])"
)
_LEVEL = {"part": 1, "one": 2, "two": 3, "three": 4, "four": 5}
_LONGEST_HEADING = 40

_NUMBER = r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d{1,6})?|\d{1,15}(?:\.\d{1,6})?)"
_AMOUNT = rf"(?P<filed>{_NUMBER}(?P<unit>亿元|万元|元))"
_BETWEEN = r"[^0-9,，。;；、:：()（）]{0,14}[:：]?[^0-9,，。;；、]{0,6}"
BUDGET = (
    re.compile(rf"预算(?!执行|支出|完成){_BETWEEN}{_AMOUNT}"),
    re.compile(rf"(?:批复资金|安排资金|项目总投资|资金总额){_BETWEEN}{_AMOUNT}"),
)
PAID = (
    re.compile(
        rf"(?:实际(?:支付|支出|执行|使用|完成|列支|拨付|发生)|决算(?:金额|数)?|执行(?:数|金额)|已?支付(?:金额|资金|数)?|支出(?:金额|数)"
        rf"|全年支出|累计(?:支付|支出)){_BETWEEN}{_AMOUNT}"
    ),
)
SCORE = re.compile(
    r"(?:得分|分值|总分|评分|得分值|综合分)(?:结果)?[^0-9,，。;；]{0,8}(?P<number>\d{1,3}(?:\.\d{1,4})?)分?(?![\d%])"
)
GRADE = re.compile(
    r"(?:评级|等级|级别|评价结论|评价结果|评定|评为|结论|属于|绩效)[^，。；\n]{0,12}?"
    r"[“\"‘'「(（]?(?P<grade>优秀|良好|合格|不合格|较差|一般|优|良|中|差)[”\"’'」)）]?(?:级|等)?(?=[，。；,;.!！)）\s]|等?$)"
)
NAME = re.compile(r"[“\"「](?P<name>[^”\"」\n]{1,100})[”\"」]\s*(?:项目|专项|经费|财政)")
TITLE = re.compile(r"(?:\d{4}\s*年度?)?(?P<name>[^“”\n]{2,100}?)(?:财政支出)?(?:绩效评价|重点评价)报告")
# an amount of so many 万元 is one of 100 亿元 and more
DOUBTFUL_FEN = 100 * 10_000_000_000
WIDE_WAN = 1_000_000


@dataclass(slots=True)
class _Section:
    """A heading with everything under it."""

    title: str
    level: int
    at: int
    blocks: list[Block] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReadReport:
    report: Report
    problems: tuple[Problem, ...]
    places: dict[str, str]
    filed: dict[str, str]
    unplaced: tuple[tuple[str, str], ...]


def report_of(document: Document) -> ReadReport | None:
    """The report a document is, or None when it has neither findings nor suggestions under headings of their own."""
    reader = _Reader(document)
    return reader.read() if reader.findings or reader.suggestions else None


class _Reader:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._sections = list(_sections(document))
        self.findings = self._best(FINDINGS)
        self.suggestions = self._best(SUGGESTIONS)
        self._problems: list[Problem] = list(document.notes)
        self._places: dict[str, str] = {}
        self._filed: dict[str, str] = {}
        self._unplaced: list[tuple[str, str]] = []

    def _best(self, wanted: re.Pattern[str]) -> _Section | None:
        """The last section called so: the same words may stand in a summary before."""
        found = [one for one in self._sections if wanted.fullmatch(one.title) and one.blocks]
        return found[-1] if found else None

    def read(self) -> ReadReport:
        sheets = score_sheets_of(self._document)
        sheet = self._sheet(sheets)
        texts = list(self._document.paragraphs)
        report = Report(
            project_name=self._name(texts),
            score_sheet=sheet.sheet if sheet else None,
            findings=self._entries("findings", self.findings),
            suggestions=self._entries("suggestions", self.suggestions),
            budget_fen=self._amount("budget_fen", BUDGET, texts),
            paid_fen=self._amount("paid_fen", PAID, texts),
            score=self._score(texts, sheet),
            grade=self._grade(texts),
            main_performance=self._performance(),
        )
        self._check(report)
        return ReadReport(report, tuple(self._problems), self._places, self._filed, tuple(self._unplaced))

    # ------------------------------------------------------------ parts

    def _sheet(self, sheets: Sequence[SheetReading]) -> SheetReading | None:
        if not sheets:
            message = N_("报告中没有找到指标评分表。表头应写明各级指标、权重和得分。")
            self._problems.append(Problem("整个文件", message, {}, "score_sheet"))
            return None
        # a summary may repeat the groups alone: the sheet is the one with most rows
        sheet = max(sheets, key=lambda one: len(one.sheet.items))
        prefix = "score_sheet."
        self._places |= {prefix + key: place for key, place in sheet.places.items()}
        self._filed |= {prefix + key: text for key, text in sheet.filed.items()}
        self._problems += [
            Problem(one.place, one.msgid, one.params, prefix + one.key if one.key else "score_sheet")
            for one in sheet.problems
        ]
        self._unplaced += sheet.unplaced
        return sheet

    def _entries(self, key: str, section: _Section | None) -> tuple[Numbered, ...]:
        label = "存在问题" if key == "findings" else "建议"
        if section is None:
            message = N_("报告中没有找到“%(label)s”一节。请核对标题。")
            self._problems.append(Problem("整个文件", message, {"label": label}, key))
            return ()
        paragraphs = [one for one in section.blocks if isinstance(one, Paragraph) and one.text.strip()]
        text = "\n".join(one.text.strip() for one in paragraphs)
        entries = split_numbered(text)
        if before := lead_in(text).strip():
            self._unplaced.append((f"{paragraphs[0].place} {label}", before))
        if [entry.number for entry in entries] != list(range(1, len(entries) + 1)):
            message = N_("编号不连续。请核对是否有遗漏。")
            self._problems.append(Problem(f"{paragraphs[0].place} {label}", message, {}, key))
        for entry in entries:
            self._places[f"{key}.{entry.number}"] = _place_of(entry, paragraphs)
        return entries

    def _amount(self, key: str, wanted: Sequence[re.Pattern[str]], paragraphs: Sequence[Paragraph]) -> int | None:
        """The first amount by the first of the wordings that is found at all."""
        for pattern in wanted:
            for paragraph in paragraphs:
                found = pattern.search(folded(paragraph.text))
                if found is not None:
                    return self._read_amount(key, paragraph, found)
        return None

    def _read_amount(self, key: str, paragraph: Paragraph, found: re.Match[str]) -> int | None:
        filed = _as_filed(paragraph.text, found["filed"])
        self._places[key], self._filed[key] = paragraph.place, filed
        try:
            fen = Money().read(filed)
        except Unreadable as unreadable:
            self._problems.append(Problem(paragraph.place, unreadable.msgid, unreadable.params, key))
            return None
        number = Decimal(found["number"].replace(",", ""))
        if fen >= DOUBTFUL_FEN or (found["unit"] == "万元" and number >= WIDE_WAN):
            message = N_("“%(filed)s”是 %(yuan)s，单位可能应为“元”（%(other)s）。请核对后改正或确认。")
            params = {
                "filed": filed,
                "yuan": Money(unit="亿元").write(fen),
                "other": Money(unit="万元").write(int(number * 100)),
            }
            self._problems.append(Problem(paragraph.place, message, params, key))
        return fen

    def _score(self, paragraphs: Iterable[Paragraph], sheet: SheetReading | None) -> Decimal | None:
        for paragraph in paragraphs:
            for found in SCORE.finditer(folded(paragraph.text)):
                score = Decimal(found["number"])
                if score > 100 or ("总" not in found[0] and not re.search("综合|评价|项目|绩效|最终", paragraph.text)):
                    continue
                self._places["score"], self._filed["score"] = paragraph.place, found["number"]
                return score
        return sheet.sheet.total if sheet else None

    def _grade(self, paragraphs: Iterable[Paragraph]) -> str:
        for paragraph in paragraphs:
            found = GRADE.search("".join(paragraph.text.split()))
            if found:
                self._places["grade"] = paragraph.place
                return {"优秀": "优", "良好": "良"}.get(found["grade"], found["grade"])
        return ""

    def _name(self, paragraphs: Sequence[Paragraph]) -> str:
        """The name in the title, else the first one in quotation marks."""
        for paragraph in paragraphs[:12]:
            line = " ".join(paragraph.text.split())
            found = NAME.search(line) or TITLE.search(line)
            if found:
                self._places["project_name"] = paragraph.place
                return bare_name(found["name"].strip())
        return ""

    def _performance(self) -> str:
        for wanted in PERFORMANCE:
            for section in self._sections:
                texts = [one for one in section.blocks if isinstance(one, Paragraph) and one.text.strip()]
                if wanted.fullmatch(section.title) and texts:
                    self._places["main_performance"] = texts[0].place
                    return "\n".join(one.text.strip() for one in texts)
        self._problems.append(
            Problem("整个文件", N_("报告中没有找到“主要绩效”一节。请在预览中补填。"), {}, "main_performance")
        )
        return ""

    # ------------------------------------------------------------ what the report says twice

    def _check(self, report: Report) -> None:
        total = report.score_sheet.total if report.score_sheet else None
        if report.score is not None and total is not None and report.score != total:
            message = N_("正文写的得分是 %(score)s，评分表合计是 %(total)s。请核对。")
            params = {"score": f"{report.score:f}", "total": f"{total:f}"}
            self._problems.append(Problem(self._places.get("score", ""), message, params, "score"))
        if report.paid_fen and report.budget_fen and report.paid_fen > report.budget_fen:
            message = N_("支付金额 %(paid)s 高于预算金额 %(budget)s。请核对。")
            params = {"paid": self._filed["paid_fen"], "budget": self._filed["budget_fen"]}
            self._problems.append(Problem(self._places["paid_fen"], message, params, "paid_fen"))
        if len(report.findings) != len(report.suggestions) and report.findings and report.suggestions:
            message = N_("问题有 %(findings)s 条，建议有 %(suggestions)s 条。请核对对应关系。")
            params = {"findings": str(len(report.findings)), "suggestions": str(len(report.suggestions))}
            self._problems.append(Problem(self._places["suggestions.1"], message, params, "suggestions"))


def _sections(document: Document) -> Iterator[_Section]:
    """Every heading with what follows up to the next one of its level or above."""
    open_: list[_Section] = []
    found: list[_Section] = []
    for at, block in enumerate(document.blocks):
        if isinstance(block, Paragraph) and block.text.strip():
            level, title = _heading(block)
            if level:
                # an entry of a list of findings is no heading of the report
                inside = next((one for one in open_ if _listing(one)), None)
                open_ = [one for one in open_ if one.level < level or (one is inside and not _known(title))]
                for one in open_:
                    one.blocks.append(block)
                if inside is None or inside not in open_:
                    section = _Section(title, level, at)
                    open_.append(section)
                    found.append(section)
                continue
        for one in open_:
            one.blocks.append(block)
    return iter(found)


def _listing(section: _Section) -> bool:
    return bool(FINDINGS.fullmatch(section.title) or SUGGESTIONS.fullmatch(section.title))


def _known(title: str) -> bool:
    """A heading that ends a list of entries, whatever its number looks like."""
    return bool(FINDINGS.fullmatch(title) or SUGGESTIONS.fullmatch(title)) or bool(
        re.search(r"需要说明|附件|附表|附录|主要经验|说明的问题|结果应用|评价结论", title) and len(title) <= 20
    )


def _heading(paragraph: Paragraph) -> tuple[int, str]:
    """Level and words of a heading; level 0 for running text."""
    text = paragraph.text.strip()
    line = text.split("\n")[0]
    found = _MARK.match(line)
    plain = folded(line[found.end() :] if found else line).rstrip(":。")
    if not plain or len(plain) > _LONGEST_HEADING or "\n" in text:
        return 0, ""
    if found and found.lastgroup:
        return _LEVEL[found.lastgroup], plain
    if paragraph.level:
        return paragraph.level, plain
    # a line of its own that says nothing but "存在问题"
    alone = (FINDINGS.fullmatch(plain) and "问题" in plain and len(plain) >= 4) or (
        SUGGESTIONS.fullmatch(plain) and len(plain) <= 8
    )
    return (2, plain) if alone else (0, "")


def _place_of(entry: Numbered, paragraphs: Sequence[Paragraph]) -> str:
    start = (entry.title or entry.text).split("\n")[0]
    return next((one.place for one in paragraphs if start in one.text), paragraphs[0].place)


def _as_filed(text: str, plain: str) -> str:
    """The piece of the text that reads like this when it is folded; else the folded one."""
    wanted, at = folded(plain), 0
    for start in range(len(text)):
        if not folded(text[start]) or not wanted.startswith(folded(text[start])):
            continue
        read, at = "", start
        while at < len(text) and wanted.startswith(read + folded(text[at])) and read != wanted:
            read += folded(text[at])
            at += 1
        if read == wanted and not (start and text[start - 1].isdigit()):
            return " ".join(text[start:at].split())
    return plain
