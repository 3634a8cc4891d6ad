"""What a rule answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not in order: message id, parameters, and the field it concerns."""

    message: str
    field: str
    params: Mapping[str, Any] = field(default_factory=dict)
