"""Values as plain JSON and back: dataclasses as objects, decimals as strings, dates ISO."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints


def plain(value: Any) -> Any:
    """Nothing but dicts, lists, strings, whole numbers, booleans and None."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    return value


def load(kind: Any, value: Any) -> Any:
    """The value that `plain` was made of. Raises ValueError when it is none of this type."""
    if get_origin(kind) in (Union, UnionType):
        inner = [one for one in get_args(kind) if one is not NoneType]
        if value is None and NoneType in get_args(kind):
            return None
        if len(inner) != 1:
            raise ValueError(f"ambiguous: {kind}")
        return load(inner[0], value)
    if get_origin(kind) is tuple:
        return _loaded_tuple(get_args(kind), value)
    if get_origin(kind) in (dict, Mapping):
        return {load(str, key): load(get_args(kind)[1], one) for key, one in _a(dict, value).items()}
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        given = _a(dict, value)
        if set(given) != set(hints):
            raise ValueError(f"not a {kind}: {sorted(given)}")
        return kind(**{name: load(hint, given[name]) for name, hint in hints.items()})
    if kind is Decimal:
        return Decimal(_a(str, value))
    if kind is date:
        return date.fromisoformat(_a(str, value))
    return _a(kind, value)


def _loaded_tuple(kinds: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    given = _a(list, value)
    if kinds[1:] == (Ellipsis,):
        return tuple(load(kinds[0], one) for one in given)
    return tuple(load(kind, one) for kind, one in zip(kinds, given, strict=True))


def _a(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise ValueError(f"{value!r:.80} is no {kind.__name__}")
    return value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
