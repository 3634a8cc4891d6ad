"""One description of a paper form, used by reader and writer alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from perfflow.papers.kinds import Text


class Kind(Protocol):
    """How one field is read from a paper and written to it."""

    def read(self, text: str, /) -> Any: ...

    def write(self, value: Any, /) -> str: ...


@dataclass(frozen=True, slots=True)
class Field:
    """One labelled row. `long` rows hold paragraphs, the others a short value, `rows` a table of their own;
    `aliases`: other wordings in use."""

    key: str
    label: str
    kind: Kind = field(default_factory=Text)
    required: bool = False
    long: bool = False
    rows: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A paper form: its heading and its rows in official order; with `optional_rows` not all must be there."""

    title: str
    fields: tuple[Field, ...]
    optional_rows: bool = False

    def __getitem__(self, key: str) -> Field:
        return next(field for field in self.fields if field.key == key)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(field.key for field in self.fields)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a paper a person should look at: where, and what to do about it.

    `key` names the value it is about by its path ("score_sheet.items.A11"), or is empty. The message may carry
    its parameters beside it, so that it can be said in another language.
    """

    place: str
    msgid: str
    params: Mapping[str, str] = field(default_factory=dict)
    key: str = ""

    @property
    def message(self) -> str:
        return self.msgid % self.params if self.params else self.msgid
