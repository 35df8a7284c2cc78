"""Every call of every port of the client, with arguments made from what their types say."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from tests.fakes import A_TUESDAY

PLAIN: dict[Any, Any] = {
    int: 100,
    bool: True,
    bytes: b"%PDF-1.4",
    Decimal: Decimal("70"),
    date: A_TUESDAY.date(),
    datetime: A_TUESDAY,
    time: time(9, 0),
}


def calls_of(port: type) -> dict[str, Callable[..., Any]]:
    """The calls of a port or of what serves it, by name."""
    return {name: call for name, call in inspect.getmembers(port, inspect.iscoroutinefunction) if name[0] != "_"}


def arguments(call: Callable[..., Any], words: str) -> dict[str, Any]:
    """Arguments for a call: `words` wherever free text or an id may stand, something plain elsewhere."""
    kinds = {name: kind for name, kind in get_type_hints(call).items() if name != "return"}
    return {name: "key-1" if name == "key" else made(kind, words) for name, kind in kinds.items()}


def texts_in(call: Callable[..., Any]) -> Iterator[str]:
    """The parameters of a call in which text may stand."""
    for name, value in arguments(call, "\x00").items():
        if "\x00" in repr(value) or "\\x00" in repr(value):
            yield name


def made(kind: Any, words: str) -> Any:
    """A value of that kind."""
    kind = getattr(kind, "__value__", kind)
    origin, inside = get_origin(kind), get_args(kind)
    if kind is str:
        return words
    if kind in PLAIN:
        return PLAIN[kind]
    if origin is Literal:
        return inside[0]
    if origin in (Union, UnionType):
        return made(next(each for each in inside if each is not NoneType), words)
    if origin is tuple or (inspect.isclass(origin) and issubclass(origin, Sequence)):
        return (made(inside[0], words),)
    if inspect.isclass(origin) and issubclass(origin, Mapping):
        return {made(inside[0], words): made(inside[1], words)}
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{each.name: made(hints[each.name], words) for each in dataclasses.fields(kind)})  # type: ignore[operator]
    raise AssertionError(f"no value of {kind} is known")
