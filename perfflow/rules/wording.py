"""What the words of a finding suggest: its category, how grave it is, and which indicators it is about.

Suggested only: whoever writes the finding decides. Domain b.3 and b.5: the seeds' findings name neither.
"""

import re
from collections.abc import Sequence

CATEGORY_WORDS: dict[str, tuple[str, ...]] = {
    "target": ("绩效目标", "绩效指标", "目标申报", "目标值", "指标设置", "量化"),
    "budget": ("预算执行", "预算编制", "执行率", "预算管理", "预算"),
    "finance": ("财务", "资金", "支付", "付款", "审计", "账务", "专项核算"),
    "contract": ("合同", "采购", "招标", "招投标", "供应商"),
    "output": ("产出", "质量", "验收", "及时", "进度", "完工"),
    "effect": ("长效", "可持续", "满意度", "效益", "使用率", "后续"),
    "management": ("管理", "制度", "机制", "监管", "考核", "职责", "流程", "运维"),
}
"""Category → words, the more telling ones first in each; where two categories are named alike often, the one further
up is suggested. A word of the title counts as much as three of the text."""
GRAVE_WORDS = ("违规", "违反", "挪用", "截留", "虚列", "虚假", "套取")
MAJOR_WORDS = ("严重", "未按规定", "未按合同", "未签", "缺失", "未落实", "未执行")
INDICATOR_WORDS = (
    "绩效目标", "绩效指标", "预算执行", "资金使用", "财务管理", "财务监控", "采购", "合同", "验收", "运维", "满意度",
    "及时", "共享", "档案", "宣传", "培训", "考核", "管理制度", "长效",
)  # fmt: skip
"""A word that stands in the title of a finding and in the name of an indicator joins them."""

TITLE = 3
OTHER, MINOR, MAJOR, GRAVE = "other", "minor", "major", "grave"
_VAGUE = re.compile("(?:情况|有效性|健全性|规范性|合规性|合理性|及时性|明确性|完成率|率|性)$")
_ENDING = re.compile("(?:项目)?(?:经费|费用?)?$")


def stem(name: str) -> str:
    """What is left of a project's name where papers name it differently: 建设经费, 建设费 and 建设 (domain X1)."""
    return _ENDING.sub("", name)


def category(title: str, text: str) -> str:
    """The category whose words are met most; "other" without any."""
    counts = {
        code: sum(TITLE * title.count(word) + text.count(word) for word in words)
        for code, words in CATEGORY_WORDS.items()
    }
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] else OTHER


def severity(title: str, text: str) -> str:
    said = f"{title}\n{text}"
    if any(word in said for word in GRAVE_WORDS):
        return GRAVE
    return MAJOR if any(word in said for word in MAJOR_WORDS) else MINOR


def indicators(title: str, text: str, leaves: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The leaves (code, name) that are named by their code, by their name, or by a word of the title."""
    return tuple(code for code, name in leaves if _is_about(code, name, title, text))


def _is_about(code: str, name: str, title: str, text: str) -> bool:
    said = f"{title}\n{text}"
    if re.search(rf"(?<![A-Za-z0-9]){re.escape(code)}(?![A-Za-z0-9])", said):
        return True
    core = _VAGUE.sub("", name)
    return (len(core) > 3 and core in said) or any(word in title and word in name for word in INDICATOR_WORDS)
