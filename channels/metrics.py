"""Counts and times for Prometheus; labels are from short fixed lists and never say who or what."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from channels.stages import Stages


class Metrics:
    """One registry for one application."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._turns = Counter(
            "careline_turns",
            "Messages by what came of them.",
            ["channel", "language", "outcome"],
            registry=self._registry,
        )
        self._stages = Histogram(
            "careline_turn_stage_seconds",
            "Time per stage of a turn.",
            ["stage"],
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
            registry=self._registry,
        )
        self._emergencies = Counter(
            "careline_emergencies", "Alarms by kind and category.", ["kind", "category"], registry=self._registry
        )

    def turn(self, channel: str, language: str, outcome: str, stages: Stages) -> None:
        """Count one message."""
        self._turns.labels(channel, language, outcome).inc()
        for name, ms in stages.spent.items():
            self._stages.labels(name).observe(ms / 1000)

    def emergency(self, kind: str, category: str) -> None:
        """Count one alarm."""
        self._emergencies.labels(kind, category).inc()

    def text(self) -> bytes:
        """Everything, in Prometheus' text format."""
        return generate_latest(self._registry)
