"""What somebody, the assistant or a peer, makes of one sentence."""

from __future__ import annotations

from dataclasses import dataclass

OUT_OF_SCOPE = "out_of_scope"
FALLBACK = "nlu_fallback"
TURNED_AWAY = frozenset({OUT_OF_SCOPE, FALLBACK})
"""Two names of one decision: this is not acted on."""


@dataclass(frozen=True)
class Prediction:
    """The decision about one sentence, and what stood behind it."""

    predicted: str
    """The intent that is acted on, or one of TURNED_AWAY."""
    confidence: float
    """Of the decision, 0 to 1."""
    ranking: tuple[tuple[str, float], ...]
    """The likeliest intents with their probabilities, before any threshold; never FALLBACK."""
    belonging: float
    """How much the sentence belongs here, on a scale of the system's own; likeness to `out_of_scope` speaks against it."""
    milliseconds: float

    @property
    def judged(self) -> str:
        """The decision with both ways to turn away under one name."""
        return OUT_OF_SCOPE if self.predicted in TURNED_AWAY else self.predicted

    @property
    def nearest(self) -> str:
        """The likeliest intent, whatever the threshold made of it; empty when nothing was compared."""
        return self.ranking[0][0] if self.ranking else ""

    @property
    def nearest_confidence(self) -> float:
        return self.ranking[0][1] if self.ranking else 0.0

    def among_first(self, intent: str, count: int = 2) -> bool:
        """True when `intent` is one of the likeliest `count`."""
        return intent in [name for name, _ in self.ranking[:count]]
