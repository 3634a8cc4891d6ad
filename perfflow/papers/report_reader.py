"""Reads 绩效评价报告: score sheet, findings, suggestions, amounts, result, by headings and by words.

What the report says is taken as it says it. A unit of money that cannot be right is asked about, never mended.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice, pairwise

from perfflow.papers.blocks import Document, Grid, Paragraph
from perfflow.papers.findings_reader import findings_of
from perfflow.papers.form_reader import label_of
from perfflow.papers.kinds import Money, Unreadable
from perfflow.papers.numbering import Numbered, bare_name, lead_in, split_numbered, unnumbered
from perfflow.papers.report import Report
from perfflow.papers.report_sections import BOTH, FINDINGS, PERFORMANCE, SUGGESTIONS, Section, best, sections, texts
from perfflow.papers.score_reader import SheetReading, score_sheets_of
from perfflow.papers.spec import Problem
from perfflow.papers.text import N_, folded

_NUMBER = r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d{1,6})?|\d{1,15}(?:\.\d{1,6})?)"
_AMOUNT = rf"(?P<filed>{_NUMBER}(?P<unit>亿元|万元|元|[亿万](?=[,，。;；、)）]|$)))(?P<more>左右|余|多)?"
_BETWEEN = r"[^0-9,，。;；、:：()（）]{0,14}[:：]?[^0-9,，。;；、]{0,6}"
_NOT_BUDGET = "(?!执行|支出|完成|内|外)"
BUDGET = (
    re.compile(rf"调整后的?[^0-9,，。;；]{{0,6}}预算{_NOT_BUDGET}{_BETWEEN}{_AMOUNT}"),
    re.compile(
        rf"(?:当年|本年度?|[^至\-]\d{{4}}年度?)[^0-9,，。;；]{{0,8}}(?<!总)预算{_NOT_BUDGET}{_BETWEEN}{_AMOUNT}"
    ),
    re.compile(rf"(?<!其中)(?<!其中财政)预算{_NOT_BUDGET}{_BETWEEN}{_AMOUNT}"),
    re.compile(rf"(?:批复资金|安排资金|项目总投资|资金总额|资金投入){_BETWEEN}{_AMOUNT}"),
)
PAID = (
    re.compile(
        rf"(?:实际(?:支付|支出|执行|使用|完成|列支|拨付|发生)|决算(?:金额|数)?|执行(?:数|金额)|已?支付(?:金额|资金|数)?|支出(?:金额|数)"
        rf"|全年支出|累计(?:支付|支出)){_BETWEEN}{_AMOUNT}"
    ),
    re.compile(rf"(?<!财政)(?<!预算)(?:支出|拨付|使用)(?:资金)?{_BETWEEN}{_AMOUNT}"),
)
_VAGUE = re.compile("(?:约|近|超过?|逾|不足|不到|负|[-－])$")
_YEAR = re.compile(r"\d{4}(?=年)")
SCORE = re.compile(
    r"(?P<label>[^0-9,，。;；:：]{0,12}?)(?:(?:得分|分值|总分|评分|得分值|综合分)(?:结果)?[^0-9,，。;；]{0,8}|得(?=[\d.]{1,6}分))"
    r"(?P<number>\d{1,3}(?:\.\d{1,4})?)分?(?![\d%])(?!\(含\)|及?以[上下]|[-~—－至])"
)
_PART = re.compile("类|决策|管理|过程|产出|效益|指标|满意度|扣")
GRADE = re.compile(
    r"(?:评级|等级|级别|评价结论|评价结果|评定|评为|结论|属于|绩效)[^，。；\n]{0,12}?"
    r"[“\"‘'「(（]?(?P<grade>优秀|良好|合格|不合格|较差|一般|优|良|中|差)[”\"’'」)）]?(?:等级|级|等)?(?=[，。；,;.!！)）\s]|等?$)"
)
NAME = re.compile(r"[“\"「](?P<name>[^”\"」\n]{1,100})[”\"」]\s*(?:项目|专项|经费|财政)")
TITLE = re.compile(
    r"(?:关于)?(?:\d{4}\s*年度?)?(?P<name>[^“”\n]{2,100}?)的?(?:\d{4}\s*年度?)?(?:财政支出)?(?:绩效评价|重点评价)报告"
)
_NAMED = re.compile(r"(?:被?评价)?项目名称[:：]\s*(?P<name>\S.{0,100})")
_REPORT = re.compile(r"(?:\d{4}年度?)?(?:财政支出)?(?:项目)?(?:支出)?(?:绩效评价|重点评价)(?:工作)?报告")
# the words of every report, which name no project
_NO_NAME = re.compile("(?:.{0,6}[省市区县])?(?:[省市区县]级)*(?:预算|财政)?(?:支出)?(?:重点)?(?:项目)?")
_DIGIT = "[\\d〇○零一二三四五六七八九十]"
_DATED = re.compile(f"{_DIGIT}{{4}}年{_DIGIT}{{1,3}}月(?:{_DIGIT}{{1,3}}日)?")
_SIGNED = re.compile("(?:公司|事务所|中心|机构|研究院|学院|大学|局|厅|委|评价组|[:：].*|[（(]盖?章[)）])$")
_PROBLEM = re.compile(r"^(?:存在的?)?问题(?:表现|描述|[一二三四五六七八九十\d]{1,2})?[:：]\s*")
_PROPOSAL = re.compile(
    r"(?:^|\n|(?<=[。；;]))\s*(?:整改|改进|相关|有关|对策)?(?:建议|措施|对策)[一二三四五六七八九十\d]{0,2}[:：]\s*"
)
# an amount of so many 万元 is one of 100 亿元 and more
DOUBTFUL_FEN = 100 * 10_000_000_000
WIDE_WAN = 1_000_000


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
    return reader.read() if reader.has_lists else None


@dataclass(frozen=True, slots=True)
class _Found:
    """Numbered entries with the place of each."""

    entries: tuple[Numbered, ...] = ()
    places: tuple[str, ...] = ()


class _Reader:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._sections = sections(document)
        self._findings = best(self._sections, FINDINGS)
        self._suggestions = best(self._sections, SUGGESTIONS)
        self._both = best(self._sections, BOTH) if not (self._findings and self._suggestions) else None
        self._texts = [(one, folded(one.text)) for one in document.paragraphs]
        self._problems: list[Problem] = list(document.notes)
        self._places: dict[str, str] = {}
        self._filed: dict[str, str] = {}
        self._unplaced: list[tuple[str, str]] = []

    @property
    def has_lists(self) -> bool:
        return any(one is not None for one in (self._findings, self._suggestions, self._both))

    def read(self) -> ReadReport:
        sheets = score_sheets_of(self._document)
        sheet = self._sheet(sheets)
        findings, suggestions = self._lists()
        report = Report(
            project_name=self._name(),
            score_sheet=sheet.sheet if sheet else None,
            findings=self._placed("findings", findings),
            suggestions=self._placed("suggestions", suggestions),
            budget_fen=self._amount("budget_fen", "预算金额", BUDGET),
            paid_fen=self._amount("paid_fen", "支付金额", PAID),
            score=self._score(sheet.sheet.total if sheet else None),
            grade=self._grade(),
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

    def _lists(self) -> tuple[_Found | None, _Found | None]:
        findings = self._entries("存在问题", "findings", self._findings) if self._findings else None
        suggestions = self._entries("建议", "suggestions", self._suggestions) if self._suggestions else None
        if self._both is None or (findings and suggestions):
            return findings, suggestions
        one, two = self._taking_turns(self._both)
        return findings or one, suggestions or two

    def _entries(self, label: str, key: str, section: Section) -> _Found:
        paragraphs = self._unsigned(section.paragraphs)
        text = "\n".join(one.text.strip() for one in paragraphs)
        if not text:
            return self._tabled(section)[key == "suggestions"] or _Found()
        if unnumbered(text) and any(one.level for one in paragraphs):
            return _by_style(paragraphs)
        entries = split_numbered(text)
        place = f"{paragraphs[0].place} {label}"
        if before := lead_in(text).strip():
            self._unplaced.append((place, before))
        if unnumbered(text):
            self._problems.append(Problem(place, N_("文字没有编号，已作为一条读入。请核对。"), {}, key))
        if [entry.number for entry in entries] != list(range(1, len(entries) + 1)):
            self._problems.append(Problem(place, N_("编号不连续。请核对是否有遗漏。"), {}, key))
        return _Found(entries, tuple(_place_of(entry, paragraphs) for entry in entries))

    def _unsigned(self, paragraphs: list[Paragraph]) -> list[Paragraph]:
        """Without who signed it and when, at the end of the paper."""
        if not paragraphs or not _DATED.fullmatch(folded(paragraphs[-1].text)):
            return paragraphs
        end = len(paragraphs) - 1
        while end and len(paragraphs[end - 1].text.strip()) <= 30 and _SIGNED.search(paragraphs[end - 1].text.strip()):
            end -= 1
        self._unplaced += [(one.place, one.text.strip()) for one in paragraphs[end:]]
        return paragraphs[:end]

    def _taking_turns(self, section: Section) -> tuple[_Found | None, _Found | None]:
        """Problems with their suggestions right behind them, as paragraphs or as a table."""
        paragraphs = section.paragraphs
        text = "\n".join(one.text.strip() for one in paragraphs)
        entries = split_numbered(text)
        pairs = [(entry, _PROPOSAL.split(_whole(entry), maxsplit=1)) for entry in entries]
        if not any(len(parts) > 1 for _entry, parts in pairs):
            tabled = self._tabled(section)
            return tabled if tabled[0] or not entries else (self._entries("存在问题", "findings", section), None)
        findings = [_numbered(entry.number, _PROBLEM.sub("", parts[0].strip())) for entry, parts in pairs]
        suggestions = [_numbered(entry.number, parts[1].strip()) for entry, parts in pairs if len(parts) > 1]
        if before := lead_in(text).strip():
            self._unplaced.append((f"{paragraphs[0].place} {section.title}", before))
        places = {entry.number: _place_of(entry, paragraphs) for entry in entries}
        return (
            _Found(tuple(findings), tuple(places[one.number] for one in findings)),
            _Found(tuple(suggestions), tuple(places[one.number] for one in suggestions)),
        )

    def _tabled(self, section: Section) -> tuple[_Found | None, _Found | None]:
        """Problems and suggestions in a table under their heading."""
        read = findings_of(Document(tuple(one for one in section.blocks if isinstance(one, Grid))))
        if read is None:
            return None, None
        self._problems += read.problems
        self._unplaced += read.unplaced
        found = []
        for key, rows in (("findings", read.listed.findings), ("suggestions", read.listed.suggestions)):
            entries = tuple(Numbered(one.number, one.title or None, one.text) for one in rows)
            found.append(_Found(entries, tuple(read.places[f"{key}.{one.number}"] for one in entries)))
        return found[0] if found[0].entries else None, found[1] if found[1].entries else None

    def _placed(self, key: str, found: _Found | None) -> tuple[Numbered, ...]:
        if found is None:
            message = N_("报告中没有找到“%(label)s”一节。请核对标题。")
            label = "存在问题" if key == "findings" else "建议"
            self._problems.append(Problem("整个文件", message, {"label": label}, key))
            return ()
        for entry, place in zip(found.entries, found.places, strict=True):
            self._places[f"{key}.{entry.number}"] = place
        return found.entries

    def _amount(self, key: str, label: str, wanted: Sequence[re.Pattern[str]]) -> int | None:
        """The amount by the first of the wordings that is found at all; of several that of the report's year."""
        for pattern in wanted:
            found = [(paragraph, match) for paragraph, text in self._texts for match in pattern.finditer(text)]
            if found:
                return self._chosen(key, label, found)
        message = N_("报告正文中没有找到%(label)s。请在预览中补填。")
        self._problems.append(Problem("整个文件", message, {"label": label}, key))
        return None

    def _chosen(self, key: str, label: str, found: list[tuple[Paragraph, re.Match[str]]]) -> int | None:
        year = next((years[0] for _one, text in self._texts[:5] if (years := _YEAR.findall(text))), "")
        ours = [one for one in found if year in _YEAR.findall(_clause(one[1]))]
        others = [one for one in found if one not in ours and _YEAR.search(_clause(one[1]))]
        left = ours if others and ours else found
        amounts = {(match["number"], match["unit"]) for _paragraph, match in left}
        if len(amounts) > 1:
            message = N_("正文中有几个金额可能是%(label)s（%(found)s），读入了第一个。请核对。")
            filed = "、".join(dict.fromkeys(match["filed"] for _paragraph, match in left[:6]))
            self._problems.append(Problem(left[0][0].place, message, {"label": label, "found": filed}, key))
        return self._read_amount(key, *left[0])

    def _read_amount(self, key: str, paragraph: Paragraph, found: re.Match[str]) -> int | None:
        filed = _as_filed(paragraph.text, found["filed"])
        self._places[key], self._filed[key] = paragraph.place, filed
        vague = _VAGUE.search(found.string, max(found.start("filed") - 2, 0), found.start("filed"))
        if vague or found["more"]:
            message = N_("“%(text)s”不是确切的金额。请核对后补填。")
            params = {"text": f"{vague[0] if vague else ''}{filed}{found['more'] or ''}"}
            self._problems.append(Problem(paragraph.place, message, params, key))
            return None
        try:
            fen = Money().read(filed)
        except Unreadable as unreadable:
            self._problems.append(Problem(paragraph.place, unreadable.msgid, unreadable.params, key))
            return None
        number = Decimal(found["number"].replace(",", ""))
        if fen >= DOUBTFUL_FEN or (found["unit"] in ("万元", "万") and number >= WIDE_WAN):
            message = N_("“%(filed)s”是 %(yuan)s，单位可能应为“元”（%(other)s）。请核对后改正或确认。")
            params = {
                "filed": filed,
                "yuan": Money(unit="亿元").write(fen),
                "other": Money(unit="万元").write(int(number * 100)),
            }
            self._problems.append(Problem(paragraph.place, message, params, key))
        return fen

    def _score(self, total: Decimal | None) -> Decimal | None:
        """The score of the whole; of several in the text the one the sheet has too."""
        found: list[tuple[int, Decimal, str, str]] = []
        for paragraph, text in self._texts:
            about = re.search("综合|评价|评级|等级|项目|绩效|最终", text)
            for match in SCORE.finditer(text):
                score = Decimal(match["number"])
                whole = re.search("总|综合|最终", match[0])
                if score > 100 or "满分" in match[0] or not (whole or about):
                    continue
                rank = 0 if whole and score < 100 else 2 if not whole and _PART.search(match["label"]) else 1
                found.append((rank, score, paragraph.place, match["number"]))
        ranked = [one for one in found if one[0] == min((one[0] for one in found), default=0) < 2]
        chosen = next((one for one in ranked if one[1] == total), ranked[0] if ranked else None)
        if chosen is None and total is None:
            message = N_("报告正文中没有找到%(label)s。请在预览中补填。")
            self._problems.append(Problem("整个文件", message, {"label": "得分"}, "score"))
        if chosen is None:
            return total
        self._places["score"], self._filed["score"] = chosen[2:]
        return chosen[1]

    def _grade(self) -> str:
        for paragraph in self._document.paragraphs:
            found = GRADE.search("".join(paragraph.text.split()))
            if found:
                self._places["grade"] = paragraph.place
                return {"优秀": "优", "良好": "良"}.get(found["grade"], found["grade"])
        message = N_("报告正文中没有找到%(label)s。请在预览中补填。")
        self._problems.append(Problem("整个文件", message, {"label": "评价结论"}, "grade"))
        return ""

    def _name(self) -> str:
        """The name where it is called so, in the title, or the first one in quotation marks."""
        before = ""
        lines = [(one, " ".join(one.text.split())) for one in islice(self._document.paragraphs, 30)]
        if name := self._name_in_table():
            return name
        for paragraph, line in lines:
            if found := _NAMED.match(line):
                self._places["project_name"] = paragraph.place
                return bare_name(found["name"].strip())
        for paragraph, line in lines[:12]:
            found = NAME.search(line) or TITLE.search(line)
            name = bare_name(found["name"].strip()) if found else ""
            if not name and _REPORT.fullmatch(folded(line)) and len(before) <= 60:
                name = bare_name(re.sub(r"^\d{4}\s*年度?", "", before))
            if name and not _NO_NAME.fullmatch(folded(name)):
                self._places["project_name"] = paragraph.place
                return name
            before = line
        return ""

    def _name_in_table(self) -> str:
        """On the cover: 项目名称 with the name beside it."""
        for grid in islice(self._document.grids, 3):
            for number, cells in grid.rows[:10]:
                for label, value in pairwise(cells):
                    if label_of(label.text) == "项目名称" and value.text.strip() and value is cells[-1]:
                        self._places["project_name"] = grid.place(number, "项目名称")
                        return bare_name("".join(value.text.split("\n")))
        return ""

    def _performance(self) -> str:
        for wanted in PERFORMANCE:
            for paragraphs in texts(self._sections, wanted):
                self._places["main_performance"] = paragraphs[0].place
                return "\n".join(one.text.strip() for one in paragraphs)
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


def _by_style(paragraphs: Sequence[Paragraph]) -> _Found:
    """Entries without numbers under headings of their own."""
    level = min(one.level for one in paragraphs if one.level)
    groups: list[list[Paragraph]] = []
    for one in paragraphs:
        if one.level == level or not groups:
            groups.append([])
        groups[-1].append(one)
    entries = tuple(
        Numbered(number, group[0].text.strip() if len(group) > 1 else None, "\n".join(p.text.strip() for p in rest))
        for number, group in enumerate(groups, 1)
        if (rest := group[1:] or group)
    )
    return _Found(entries, tuple(group[0].place for group in groups))


def _clause(found: re.Match[str]) -> str:
    """The words from the last stop before a match up to its end."""
    start = max(found.string.rfind(stop, 0, found.start() + 1) for stop in "。；;") + 1
    return found.string[max(start, found.start() - 60) : found.end()]


def _whole(entry: Numbered) -> str:
    return entry.text if entry.title is None else f"{entry.title}\n{entry.text}"


def _numbered(number: int, text: str) -> Numbered:
    """An entry whose first of several paragraphs is its title."""
    title, _break, rest = text.partition("\n")
    return Numbered(number, title, _PROBLEM.sub("", rest)) if rest else Numbered(number, None, text)


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
