"""Draws what a table does not show: what is taken for what, what is caught at which cost, how far sureness can be trusted."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from assistant.capabilities import Capabilities
from evaluation.nlu.scope import TOLERATED

COLOURS = ("#1f5fa8", "#c2571a", "#4f7f3a")
"""One for each system, told apart also without red and green."""
# Words stay words, so that they can be searched and stay sharp at any size; the same figures give the same bytes.
LOOK: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "careline",
    "font.family": "sans-serif",
    "axes.spines.top": False,
    "axes.spines.right": False,
}
Systems = Mapping[str, Mapping[str, Any]]
"""Title -> figures, the assistant first."""


def confusion(predictions: Sequence[Mapping[str, Any]]) -> str:
    """Every expected intent (rows) against what it was taken for (columns), in the catalogue's order."""
    rows = _in_order({each["intent"] for each in predictions})
    columns = _in_order({each["intent"] for each in predictions} | {each["predicted"] for each in predictions})
    counted = np.zeros((len(rows), len(columns)))
    for each in predictions:
        counted[rows.index(each["intent"]), columns.index(each["predicted"])] += 1
    shares = counted / counted.sum(axis=1, keepdims=True)
    side = max(5.0, 0.13 * len(columns) + 2.5)
    figure, axes = _axes(side, max(4.0, 0.13 * len(rows) + 2.5))
    axes.imshow(np.sqrt(shares), cmap="Blues", vmin=0, vmax=1, aspect="auto", interpolation="nearest")
    axes.set_yticks(range(len(rows)), rows, fontsize=6)
    axes.set_xticks(range(len(columns)), columns, fontsize=6, rotation=90)
    axes.set_ylabel("expected")
    axes.set_xlabel("understood as")
    for names, line in ((rows, axes.axhline), (columns, axes.axvline)):
        areas = [_area(name) for name in names]
        for at in range(1, len(areas)):
            if areas[at] != areas[at - 1]:
                line(at - 0.5, color="#999999", linewidth=0.5)
    return _picture(figure)


def scope_curves(systems: Systems) -> str:
    """What is caught of what does not belong here, against what is wrongly turned away; a dot where a system decides."""
    figure, axes = _axes(6.4, 4.4)
    for colour, (title, told) in zip(COLOURS, systems.items(), strict=False):
        scope = told["out_of_scope"]
        if scope["curve"]:
            axes.plot(*zip(*scope["curve"], strict=True), color=colour, label=f"{title} (AUROC {scope['auroc']:.2f})")
            in_use = scope["in_use"]
            axes.plot(in_use["in_scope_turned_away"], in_use["caught"], "o", color=colour)
    axes.axvline(TOLERATED, color="#999999", linestyle=":", linewidth=1)
    axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="in scope, turned away", ylabel="out of scope, caught")
    _legend(axes)
    return _picture(figure)


def calibration_curves(systems: Systems) -> str:
    """How often the likeliest intent was right, by how likely it was said to be."""
    figure, axes = _axes(6.4, 4.4)
    axes.plot([0, 1], [0, 1], color="#999999", linestyle=":", linewidth=1)
    for colour, (title, told) in zip(COLOURS, systems.items(), strict=False):
        bins = told["calibration"]["bins"]
        if bins:
            error = told["calibration"]["expected_error"]
            points = [(each["confidence"], each["accuracy"]) for each in bins]
            axes.plot(*zip(*points, strict=True), "o-", color=colour, label=f"{title} (error {error:.2f})")
    axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="said to be likely", ylabel="was right")
    _legend(axes)
    return _picture(figure)


def bars(systems: Systems, group: str) -> str:
    """Accuracy by style or language, the systems side by side."""
    names = list(next(iter(systems.values()))[group])
    figure, axes = _axes(max(4.0, 1.2 * len(names) + 1.5), 3.8)
    width = 0.8 / len(systems)
    for at, (colour, (title, told)) in enumerate(zip(COLOURS, systems.items(), strict=False)):
        heights = [told[group][name]["accuracy"] for name in names]
        drawn = axes.bar(np.arange(len(names)) + (at + 0.5) * width - 0.4, heights, width, color=colour, label=title)
        axes.bar_label(drawn, [f"{height * 100:.0f}" for height in heights], fontsize=7)
    axes.set_xticks(range(len(names)), names)
    axes.set(ylim=(0, 1.05), ylabel="accuracy")
    _legend(axes)
    return _picture(figure)


def _in_order(names: set[str]) -> list[str]:
    known = {name: at for at, name in enumerate(Capabilities.load().ids)}
    return sorted(names, key=lambda name: (known.get(name, len(known)), name))


def _area(name: str) -> str:
    rows = Capabilities.load()
    return rows[name].area if name in rows else ""


def _axes(width: float, height: float) -> tuple[Figure, Any]:
    with mpl.rc_context(LOOK):
        figure = Figure(figsize=(width, height), layout="constrained")
        return figure, figure.add_subplot()


def _legend(axes: Any) -> None:
    if axes.get_legend_handles_labels()[0]:
        # Above the drawing, where it covers nothing.
        axes.legend(fontsize=8, frameon=False, loc="lower left", bbox_to_anchor=(0, 1.02), borderaxespad=0)


def _picture(figure: Figure) -> str:
    """The figure as an address that holds all of it."""
    drawn = io.BytesIO()
    with mpl.rc_context(LOOK):
        figure.savefig(drawn, format="svg", metadata={"Date": None})
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn.getvalue()).decode()}"
