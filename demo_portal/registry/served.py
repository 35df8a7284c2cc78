"""How one resource type is served: its interactions, its search parameters, and whose record it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["token", "reference", "date", "string", "uri"]
_LETTERS = {"create": "c", "update": "u"}


@dataclass(frozen=True)
class Param:
    """One search parameter of one type."""

    name: str
    kind: Kind
    paths: tuple[str, ...]
    """Element paths below the resource, dots between; arrays are walked through."""
    targets: tuple[str, ...] = ()
    """Types that a reference may point to; empty means any."""


@dataclass(frozen=True)
class Served:
    """How one resource type is served."""

    rtype: str
    interactions: tuple[str, ...]
    params: tuple[Param, ...]
    owner: Param | None = None
    """Where the patient is named (compartment); None for shared types."""
    full_text: bool = False
    """Whether `_content` searches its words."""
    assistants: bool = False
    """Whether it is the assistant's own business, which no patient sees."""
    by_name: dict[str, Param] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {param.name: param for param in self.params})

    @property
    def shared(self) -> bool:
        """Whether it belongs to nobody, so that everybody may read it."""
        return self.owner is None and not self.assistants

    @property
    def writes(self) -> str:
        """What may be written, in the letters of SMART scopes: `c`, `u`, both or nothing."""
        return "".join(_LETTERS[each] for each in self.interactions if each in _LETTERS)


READ = ("read", "vread", "history-instance", "search-type")


def token(name: str, *paths: str) -> Param:
    """A parameter over codes, identifiers and booleans; the element has the parameter's name unless said."""
    return Param(name, "token", paths or (name,))


def date(name: str, *paths: str) -> Param:
    """A parameter over dates, moments and periods."""
    return Param(name, "date", paths or (name,))


def string(name: str, *paths: str) -> Param:
    """A parameter over names and other text."""
    return Param(name, "string", paths or (name,))


def uri(name: str, *paths: str) -> Param:
    """A parameter over addresses that must fit to the letter."""
    return Param(name, "uri", paths or (name,))


def ref(name: str, path: str, *targets: str) -> Param:
    """A parameter over references, or over canonical addresses that are written like one."""
    return Param(name, "reference", (path,), targets)


def of_patient(rtype: str, path: str, *params: Param, writes: tuple[str, ...] = ()) -> Served:
    """A type in the patient compartment; `path` names the patient and is searched as `patient`."""
    patient = ref("patient", path, "Patient")
    also = (ref("subject", path, "Patient"),) if path == "subject" else ()
    return Served(rtype, READ + writes, (patient, *also, *params), owner=patient)


def shared(rtype: str, *params: Param, full_text: bool = False) -> Served:
    """A type that belongs to nobody and that everybody may read."""
    return Served(rtype, READ, params, full_text=full_text)
