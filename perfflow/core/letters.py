"""The wording of the letters: as the administrator stored it, or the default."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from perfflow.core.access import Actor
from perfflow.core.errors import Invalid
from perfflow.core.journal import Change
from perfflow.core.records import administrators_only, not_empty, record_change, same_version, version_of
from perfflow.db import db
from perfflow.models.people import Setting
from perfflow.papers.letter_texts import LETTERS, LetterKind, faults, tidied

SUBJECT = "letter"


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts of a letter by the keys of its parts. `changed`: not the default."""

    texts: Mapping[str, str]
    changed: bool

    @property
    def version(self) -> int:
        return version_of(dict(self.texts))


def wording(kind: LetterKind) -> Wording:
    """What is in force. A part that was added to the letter since has its default."""
    stored = db.session.get(Setting, _key(kind), populate_existing=True)
    defaults = LETTERS[kind].defaults
    if stored is None:
        return Wording(defaults, changed=False)
    kept = json.loads(stored.value)
    texts = {key: kept.get(key, text) for key, text in defaults.items()}
    return Wording(texts, changed=texts != defaults)


def save(kind: LetterKind, texts: Mapping[str, str], reason: str, *, version: int | None, actor: Actor) -> None:
    """Put another wording in force. Raises Invalid on the first part that cannot stand."""
    before = _to_change(kind, version, actor)
    not_empty("reason", reason)
    spec = LETTERS[kind]
    wanted = {part.key: tidied(texts.get(part.key, "")) for part in spec.parts}
    for key, text in wanted.items():
        for fault in faults(spec, key, text):
            raise Invalid(key, fault.message, **fault.params)
    _store("letter_updated", kind, before, wanted, reason, actor)


def restore(kind: LetterKind, *, version: int | None, actor: Actor) -> None:
    """Back to the default."""
    before = _to_change(kind, version, actor)
    _store("letter_restored", kind, before, LETTERS[kind].defaults, "", actor)


def subject(kind: LetterKind) -> tuple[str, str]:
    """Under which the journal keeps the changes of a letter."""
    return SUBJECT, LETTERS[kind].title


def _to_change(kind: LetterKind, version: int | None, actor: Actor) -> Wording:
    administrators_only(actor)
    before = wording(kind)
    same_version(subject(kind), before.version, version)
    return before


def _store(
    action: str, kind: LetterKind, before: Wording, wanted: Mapping[str, str], reason: str, actor: Actor
) -> None:
    if wanted == before.texts:
        return
    stored = db.session.get(Setting, _key(kind))
    if wanted == LETTERS[kind].defaults:
        db.session.delete(stored)
    elif stored is None:
        db.session.add(Setting(key=_key(kind), value=json.dumps(wanted, ensure_ascii=False)))
    else:
        stored.value = json.dumps(wanted, ensure_ascii=False)
    db.session.flush()
    changes = [
        Change(part.label, before.texts[part.key], wanted[part.key])
        for part in LETTERS[kind].parts
        if before.texts[part.key] != wanted[part.key]
    ]
    record_change(action, subject(kind), changes, actor, reason)


def _key(kind: LetterKind) -> str:
    return f"letter.{kind}"
