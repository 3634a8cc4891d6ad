"""The letters of an office to a unit in Word: 征求意见稿, 绩效评价结果反馈书, 整改通知书. Their sentences come from
letter_texts, or from what an office stored in place of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from perfflow.papers.letter_texts import LETTERS, LetterKind, filled
from perfflow.papers.official import Entry, Heads, day_words, entries, sections, signature
from perfflow.papers.result_table import NONE, RESULT_FORM
from perfflow.papers.word_template import TEXT_WIDTH
from perfflow.papers.word_writer import TableCell, paragraph, table

Texts = Mapping[str, str]
"""The text of each part of a letter, by its key."""

LIST_TITLE = "整改事项清单"
LIST_HEADS = ("序号", "整改建议", "针对的问题", "整改类别", "整改期限")
_LIST_WIDTHS = (560, 2750, 2750, 1094, 1690)
_FACTS = ("project_name", "final_amount", "score", "grade")
_FACT_WIDTHS = (2200, TEXT_WIDTH - 2200)


@dataclass(frozen=True, slots=True)
class AskedFinding:
    """A finding as it was sent out, and the indicators it explains, by code and name."""

    entry: Entry
    indicators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CommentLetter:
    """`until`: the last day on which an answer counts."""

    heads: Heads
    until: date | None
    findings: tuple[AskedFinding, ...]


@dataclass(frozen=True, slots=True)
class FeedbackLetter:
    """Name, amount and score are written in the unit's manner."""

    heads: Heads
    final_amount: str
    score: str
    grade: str
    main_performance: str
    findings: tuple[Entry, ...]
    suggestions: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class NoticeItem:
    """A suggestion as the notice orders it. `extended`: the later day that was granted since."""

    suggestion: Entry
    findings: tuple[Entry, ...]
    rect_class: str
    due_on: date
    extended: date | None = None


@dataclass(frozen=True, slots=True)
class NoticeLetter:
    """`plan_until`: the last day to send in a plan."""

    heads: Heads
    number: int
    plan_until: date
    items: tuple[NoticeItem, ...]


def notice_number(code: str, number: int) -> str:
    """How a notice is called: by its project and its number there."""
    return f"{code} 整改通知第{number}号"


def comment_letters(letters: Iterable[CommentLetter], texts: Texts) -> Iterator[str]:
    """Each on a page of its own, as they come."""
    for index, letter in enumerate(letters):
        values = _values(letter.heads) | {
            "问题数": str(len(letter.findings)),
            "期限": day_words(letter.until) if letter.until else "规定日期",
        }
        yield _opening(LetterKind.COMMENTS, letter.heads, texts, values, new_page=index > 0)
        named = (f"涉及指标：{'；'.join(one.indicators)}。" if one.indicators else "" for one in letter.findings)
        yield from sections(
            (
                ("存在的问题", entries((one.entry for one in letter.findings), named)),
                ("答复要求", (paragraph(filled(texts["answering"], values)),)),
            )
        )
        yield _closing(letter.heads, texts, values)


def feedback_letters(letters: Iterable[FeedbackLetter], texts: Texts) -> Iterator[str]:
    """Each on a page of its own, as they come."""
    for index, letter in enumerate(letters):
        values = _values(letter.heads) | {
            "分值": letter.score,
            "结论": letter.grade,
            "问题数": str(len(letter.findings)),
            "建议数": str(len(letter.suggestions)),
        }
        yield _opening(LetterKind.FEEDBACK, letter.heads, texts, values, new_page=index > 0)
        yield from sections(
            (
                ("评价结果", (_facts(letter),)),
                ("主要绩效", (paragraph(letter.main_performance),)),
                ("存在问题", _entries(letter.findings)),
                ("整改建议", _entries(letter.suggestions)),
                ("有关要求", (paragraph(filled(texts["answering"], values)),)),
            )
        )
        yield _closing(letter.heads, texts, values)


def notice_letters(letters: Iterable[NoticeLetter], texts: Texts) -> Iterator[str]:
    """Each on a page of its own, its list of suggestions on the next."""
    for index, letter in enumerate(letters):
        number = notice_number(letter.heads.code, letter.number)
        values = _values(letter.heads) | {
            "编号": number,
            "建议数": str(len(letter.items)),
            "方案期限": day_words(letter.plan_until),
            "期限": day_words(max(item.due_on for item in letter.items)) if letter.items else "规定日期",
        }
        yield _opening(LetterKind.NOTICE, letter.heads, texts, values, new_page=index > 0, under=number)
        yield paragraph(filled(texts["answering"], values))
        yield _closing(letter.heads, texts, values, attached=LIST_TITLE)
        yield paragraph("附件", "Attached", new_page=True) + paragraph(LIST_TITLE, "Heading1")
        yield table(_item_rows(letter.items), _LIST_WIDTHS, heads=1, whole=True)


# ---------------------------------------------------------------- parts


def _values(heads: Heads) -> dict[str, str]:
    return {"单位": heads.unit, "主管部门": heads.office, "项目": heads.project, "年度": str(heads.year)}


def _opening(
    kind: LetterKind, heads: Heads, texts: Texts, values: Mapping[str, str], *, new_page: bool, under: str = ""
) -> str:
    title = paragraph(LETTERS[kind].title, "Heading1", new_page=new_page)
    line = paragraph(f"{under}\n", "Label") if under else ""
    return title + line + paragraph(f"{heads.unit}：", "Normal") + paragraph(filled(texts["opening"], values))


def _closing(heads: Heads, texts: Texts, values: Mapping[str, str], *, attached: str = "") -> str:
    named = paragraph(f"\n附件：{attached}", joined=True) if attached else ""
    return paragraph(filled(texts["closing"], values), joined=True) + named + signature(heads.office, heads.day)


def _entries(rows: tuple[Entry, ...]) -> Iterable[str]:
    return entries(rows) if rows else (paragraph(f"{NONE}。"),)


def _facts(letter: FeedbackLetter) -> str:
    texts = (letter.heads.project, letter.final_amount, letter.score, letter.grade)
    rows = [
        (TableCell(RESULT_FORM[key].label, "Label"), TableCell(text, "Short"))
        for key, text in zip(_FACTS, texts, strict=True)
    ]
    return table(rows, _FACT_WIDTHS, whole=True)


def _item_rows(items: Iterable[NoticeItem]) -> Iterator[tuple[TableCell, ...]]:
    yield tuple(TableCell(label, "Head") for label in LIST_HEADS)
    for item in items:
        due = day_words(item.due_on) + (f"\n（延至{day_words(item.extended)}）" if item.extended else "")
        titled = item.suggestion
        yield (
            TableCell(str(titled.number), "ShortCell"),
            TableCell(f"{titled.title}\n{titled.text}" if titled.title else titled.text, "Cell"),
            TableCell("\n".join(finding.whole for finding in item.findings), "Cell"),
            TableCell(item.rect_class, "ShortCell"),
            TableCell(due, "ShortCell"),
        )
