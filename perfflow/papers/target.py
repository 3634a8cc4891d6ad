"""A target value of a declaration: "≥90.00%" is operator, number and unit; "健全" is a word."""

import re
import unicodedata

_OPERATOR = r"(>=|<=|[=≥≤><])?"
_COUNTED = re.compile(_OPERATOR + r"\s*(\d{1,18}(?:,\d{3})*(?:\.\d{1,10})?)\s*([^\d\s]{0,20})", re.ASCII)
_OPERATORS = {">=": "≥", "<=": "≤"}
_WORDS = (
    ("≥", re.compile(r"(?:不低于|不少于|不小于|大于或?等于|至少|[≧⩾])(.+)|(.+?)(?:及|\(含\))?以上(?:\(含\))?")),
    (
        "≤",
        re.compile(
            r"(?:不高于|不超过|不多于|不大于|小于或?等于|[≦⩽])(.+)|(.+?)(?:及|\(含\))?以[下内](?:\(含\))?|(.+?)内"
        ),
    ),
    (">", re.compile("(?:大于|高于|超过|多于)(.+)")),
    ("<", re.compile("(?:小于|低于|少于)(.+)")),
    ("=", re.compile("等于(.+)")),
)
"""Operators in words: "不低于95%", "3天内"."""


def target_value(filed: str) -> tuple[str, str, str]:
    """Operator, number and unit of a target value; all empty when it is a word ("健全")."""
    plain = unicodedata.normalize("NFKC", filed).strip()
    said = ""
    for sign, words in _WORDS:
        if match := words.fullmatch(plain):
            said, plain = sign, next(part for part in match.groups() if part).strip()
            break
    found = _COUNTED.fullmatch(plain.removesuffix("(含)"))
    if found is None or (said and found[1]):
        return "", "", ""
    operator = found[1] or said
    return _OPERATORS.get(operator, operator), found[2].replace(",", ""), found[3]
