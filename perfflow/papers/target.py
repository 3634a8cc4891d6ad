"""A target value of a declaration: "≥90.00%" is operator, number and unit; "健全" is a word."""

import re
import unicodedata

_OPERATOR = r"(>=|<=|[=≥≤><])?"
_COUNTED = re.compile(_OPERATOR + r"\s*(\d{1,18}(?:,\d{3})*(?:\.\d{1,10})?)\s*([^\d\s]{0,20})", re.ASCII)
_OPERATORS = {">=": "≥", "<=": "≤"}


def target_value(filed: str) -> tuple[str, str, str]:
    """Operator, number and unit of a target value; all empty when it is a word ("健全")."""
    found = _COUNTED.fullmatch(unicodedata.normalize("NFKC", filed).strip())
    if found is None:
        return "", "", ""
    operator = found[1] or ""
    return _OPERATORS.get(operator, operator), found[2].replace(",", ""), found[3]
