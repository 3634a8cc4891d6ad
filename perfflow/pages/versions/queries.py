"""Two versions of a declaration or of the findings, compared by sentence."""

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext as _

from perfflow.core import clock, filings
from perfflow.core.access import Actor, Reach
from perfflow.core.filings import Part, Version
from perfflow.process import FINDINGS_WRITTEN_IN, Datum, P, Party
from perfflow.rules.sentences import SAME, Piece, compare
from perfflow.stages.declaration import commands as declaration
from perfflow.stages.findings import commands as findings
from perfflow.web import filters

KINDS = {"declaration": Datum.DECLARATION, "findings": Datum.FINDINGS}
PRESENT = 0
"""The number of what is being written now, which only those who write it can compare."""


@dataclass(frozen=True, slots=True)
class Compared:
    label: str
    pieces: list[Piece]

    @property
    def changed(self) -> bool:
        return any(piece.kind != SAME for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`choices`: every version as (number, words); `old` and `new`: the two that are compared."""

    choices: list[tuple[int, str]]
    old: int
    new: int
    changed: list[Compared]
    same: list[str]


def kinds(reach: Reach) -> list[str]:
    """What there can be versions of for this person."""
    known = (reach.registered, reach.assignment_id is None)
    return [kind for kind, missing in zip(KINDS, known, strict=True) if not missing and reach.sees(KINDS[kind])]


def comparison(reach: Reach, actor: Actor, kind: str, old: int | None, new: int | None) -> Comparison | None:
    """None as long as there are not two versions. Unknown numbers fall back to the last two."""
    versions = {version.number: version for version in filings.versions(reach, KINDS[kind])}
    choices = [(number, _named(version)) for number, version in versions.items()]
    present = _present(reach, kind)
    if present is not None and versions:
        versions[PRESENT] = Version(PRESENT, clock.now(), actor.display_name, tuple(present))
        choices.append((PRESENT, _("正在填写的内容（未提交）")))
    numbers = [number for number, _words in choices]
    if len(numbers) < 2:
        return None
    new = new if new in numbers else numbers[-1]
    old = old if old in numbers and old != new else numbers[max(numbers.index(new) - 1, 0)]
    if old == new:
        old, new = numbers[0], numbers[1]
    parts = _compared(versions[old].parts, versions[new].parts)
    changed = [part for part in parts if part.changed]
    return Comparison(choices, old, new, changed, [part.label for part in parts if not part.changed])


def _named(version: Version) -> str:
    return _("第 %(n)d 次提交 · %(when)s · %(who)s", n=version.number, when=filters.when(version.at), who=version.who)


def _present(reach: Reach, kind: str) -> list[Part] | None:
    """What is being written now, for those whose turn it is."""
    if kind == "declaration":
        return declaration.as_filed(reach.id) if reach.state == P.DECLARING and Party.UNIT in reach.parties else None
    writing = reach.state in FINDINGS_WRITTEN_IN and Party.EVALUATOR in reach.parties
    return findings.as_filed(reach.assignment_id or 0) if writing else None


def _compared(old: tuple[Part, ...], new: tuple[Part, ...]) -> list[Compared]:
    """Part by part, in the order of the new version; what is only in the old one comes last."""
    before, after = {part.key: part for part in old}, {part.key: part for part in new}
    keys = [*after, *(key for key in before if key not in after)]
    text: Callable[[Part | None], str] = lambda part: part.text if part else ""  # noqa: E731
    return [
        Compared(_label(after.get(key) or before[key]), compare(text(before.get(key)), text(after.get(key))))
        for key in keys
        if text(before.get(key)) or text(after.get(key))
    ]


def _label(part: Part) -> str:
    return _(part.label, n=part.number) if part.number else _(part.label)
