"""How long each stage of a turn took."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter


@dataclass
class Stages:
    """Milliseconds by stage, in the order in which they were begun."""

    spent: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what is done inside; a stage entered twice adds up."""
        begun = perf_counter()
        try:
            yield
        finally:
            self.spent[name] = round(self.spent.get(name, 0.0) + (perf_counter() - begun) * 1000, 2)

    def __str__(self) -> str:
        return ",".join(f"{name}:{ms}" for name, ms in self.spent.items())
