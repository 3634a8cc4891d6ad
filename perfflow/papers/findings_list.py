"""问题与建议表: findings and suggestions as a table, in Excel or Word."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFinding:
    """A row of 存在问题. Category and severity as the table words them; `codes` of the indicators named."""

    number: int
    title: str = ""
    text: str = ""
    category: str = ""
    severity: str = ""
    codes: tuple[str, ...] = ()
    amount_fen: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSuggestion:
    """A row of 整改建议; `answers` the numbers of the findings it is about."""

    number: int
    title: str = ""
    text: str = ""
    answers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FindingsList:
    findings: tuple[ListedFinding, ...] = ()
    suggestions: tuple[ListedSuggestion, ...] = ()
