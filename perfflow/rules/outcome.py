"""What a rule answers."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


def N_(message: str) -> str:
    """Mark a message id for extraction; translated where it is shown."""
    return message


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not in order: message id, parameters, and the field it concerns.

    `gap`: something is still missing there, as against something that is there and cannot be right.
    `anchor`: the place in a list of rows, when the problem is that of one row.
    """

    message: str
    field: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    gap: bool = False
    anchor: str = ""

    @property
    def place(self) -> str:
        return self.anchor or self.field
