"""What a rule answers."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not in order: message id, parameters, and the field it concerns."""

    message: str
    field: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)
