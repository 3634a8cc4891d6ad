"""The sentences of a letter that an office words for itself: their defaults, the names that may stand in them, and
what makes a text unfit."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from perfflow.papers.text import N_, one_break, trimmed

TEXT_LIMIT = 2000
_NAMED = re.compile(r"\{([^{}\n]*)\}")
_FULL_WIDTH = str.maketrans("｛｝", "{}")


class LetterKind(StrEnum):
    COMMENTS = "comments"
    FEEDBACK = "feedback"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Name:
    """A placeholder: the word in braces, what is put in its place, and an example of that."""

    word: str
    meaning: str
    example: str


@dataclass(frozen=True, slots=True)
class LetterPart:
    """A text of its own. `needs`: the names without which the letter would not say what it must."""

    key: str
    label: str
    default: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LetterSpec:
    """`title` as it is printed; `label`: what the letter is called on a page."""

    kind: LetterKind
    title: str
    label: str
    names: tuple[Name, ...]
    parts: tuple[LetterPart, ...]

    @property
    def defaults(self) -> dict[str, str]:
        return {part.key: part.default for part in self.parts}

    @property
    def examples(self) -> dict[str, str]:
        return {name.word: name.example for name in self.names}

    def part(self, key: str) -> LetterPart:
        return next(part for part in self.parts if part.key == key)


@dataclass(frozen=True, slots=True)
class TextFault:
    """Why a text cannot stand: a sentence (msgid) and its parameters."""

    message: str
    params: Mapping[str, object]


_OPENING, _ANSWERING, _CLOSING = N_("开头"), N_("办理要求"), N_("结尾")
_UNIT = Name("单位", N_("收文的预算单位"), "上海市某某局")
_OFFICE = Name("主管部门", N_("发文的主管部门"), "上海市财政局")
_PROJECT = Name("项目", N_("项目名称，照该单位的写法"), "“某某平台建设”")
_YEAR = Name("年度", N_("评价年度"), "2026")
_FINDINGS = Name("问题数", N_("问题的条数"), "3")
_SUGGESTIONS = Name("建议数", N_("建议的条数"), "3")

LETTERS = {
    spec.kind: spec
    for spec in (
        LetterSpec(
            LetterKind.COMMENTS,
            "绩效评价征求意见稿",
            N_("征求意见稿"),
            (_UNIT, _OFFICE, _PROJECT, _YEAR, _FINDINGS, Name("期限", N_("反馈的最后一天"), "2026年6月12日")),
            (
                LetterPart(
                    "opening", _OPENING,
                    "根据财政支出绩效评价工作安排，我们对你单位{年度}年度{项目}开展了绩效评价，初步形成以下"
                    "{问题数}条问题，现征求你单位意见。",
                    ("项目",),
                ),
                LetterPart(
                    "answering", _ANSWERING,
                    "请对照所列问题逐条核实，逐条答复“无异议”或者“有异议”；有异议的，请写明理由，并附佐证材料。\n"
                    "请于{期限}前（含当日）登录绩效办理系统，在“填写反馈意见”处提交。逾期没有提交的，视同无意见。",
                    ("期限",),
                ),
                LetterPart("closing", _CLOSING, "专此函达。"),
            ),
        ),
        LetterSpec(
            LetterKind.FEEDBACK,
            "绩效评价结果反馈书",
            N_("评价结果反馈书"),
            (
                _UNIT, _OFFICE, _PROJECT, _YEAR, _FINDINGS, _SUGGESTIONS,
                Name("分值", N_("评价分值"), "88.5分"), Name("结论", N_("评价结论"), "良"),
            ),
            (
                LetterPart(
                    "opening", _OPENING,
                    "我们对你单位{年度}年度{项目}的绩效评价已经完成，评价分值{分值}，评价结论为“{结论}”。"
                    "现将评价结果反馈如下。",
                    ("项目",),
                ),
                LetterPart(
                    "answering", _ANSWERING,
                    "请认真研究评价结果，把它作为改进管理、编制预算和完善制度的依据。列有整改建议的，请按照"
                    "整改通知书规定的类别和期限逐条整改，并报送整改结果。",
                ),
                LetterPart("closing", _CLOSING, "特此反馈。"),
            ),
        ),
        LetterSpec(
            LetterKind.NOTICE,
            "整改通知书",
            N_("整改通知书"),
            (
                _UNIT, _OFFICE, _PROJECT, _YEAR, _SUGGESTIONS,
                Name("编号", N_("通知书的编号"), "XM-2026-0001 整改通知第1号"),
                Name("方案期限", N_("报送整改方案的最后一天"), "2026年7月1日"),
                Name("期限", N_("各事项整改期限中最晚的一天"), "2026年12月31日"),
            ),
            (
                LetterPart(
                    "opening", _OPENING,
                    "我们对你单位{年度}年度{项目}开展了绩效评价。针对评价发现的问题，现提出{建议数}条整改建议，"
                    "请逐条整改。各条建议的整改类别、整改期限和所针对的问题见附件。",
                    ("项目",),
                ),
                LetterPart(
                    "answering", _ANSWERING,
                    "一、收到本通知后，请登录绩效办理系统签收。\n"
                    "二、立行立改的事项，可以直接报送整改结果；其他事项，请于{方案期限}前（含当日）报送整改方案，"
                    "写明措施、责任人和起止日期，经同意后实施。\n"
                    "三、请按照附件所列期限完成整改，最迟不晚于{期限}。完成后逐条报送整改结果，并附佐证材料，"
                    "经核实后销号。",
                    ("期限",),
                ),
                LetterPart("closing", _CLOSING, "特此通知。"),
            ),
        ),
    )
}  # fmt: skip


def tidied(text: str) -> str:
    """The text as it is stored: one kind of line break, half-width braces, no blank paragraphs around it."""
    return trimmed(one_break(text).translate(_FULL_WIDTH))


def faults(spec: LetterSpec, key: str, text: str) -> list[TextFault]:
    """All that stands against a text in this part of the letter."""
    if not text.strip():
        return [TextFault(N_("此项不能为空。"), {})]
    if len(text) > TEXT_LIMIT:
        return [TextFault(N_("至多 %(max)d 字。"), {"max": TEXT_LIMIT})]
    found = []
    text = text.translate(_FULL_WIDTH)
    lone = re.search(r"[{}]", _NAMED.sub("", text))
    if lone:
        found.append(TextFault(N_("“%(brace)s”没有配对。占位符应写成一对大括号加名称。"), {"brace": lone[0]}))
    used = _NAMED.findall(text)
    allowed = braced(name.word for name in spec.names)
    unknown = dict.fromkeys(word for word in used if word not in spec.examples)
    found += [
        TextFault(N_("没有占位符 %(name)s。可用的有：%(allowed)s。"), {"name": braced([word]), "allowed": allowed})
        for word in unknown
    ]
    missing = [word for word in spec.part(key).needs if word not in used]
    if missing:
        found.append(TextFault(N_("必须写有占位符 %(names)s。"), {"names": braced(missing)}))
    return found


def braced(words: Iterable[str]) -> str:
    """The names as they are written into a text."""
    return " ".join(f"{{{word}}}" for word in words)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with the values in place of their names; braces inside a value are text."""
    return _NAMED.sub(lambda found: values.get(found[1], found[0]), text)
