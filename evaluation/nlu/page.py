"""Writes the figures as one page that needs nothing else: tables, and pictures inside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from evaluation.nlu import pictures
from evaluation.nlu.sentences import NO_STYLE

OURS = "Careline"
STYLE = """
:root { color-scheme: light; }
body { font: 15px/1.5 system-ui, sans-serif; color: #222; background: #fff; max-width: 68rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { text-align: left; padding: .2rem .9rem .2rem 0; border-bottom: 1px solid #ddd; vertical-align: top; }
td.figure, th.figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
figure { margin: 1rem 0; } img { max-width: 100%; height: auto; } figcaption, .note { color: #555; }
summary { cursor: pointer; }
"""
type Row = Sequence[Any]


def page(told: Mapping[str, Any], data: str) -> str:
    """The report of one run; `data` is the name of the file that was measured with."""
    systems = systems_of(told)
    missing = [f"<p>{escape(each['why'])}</p>" for each in told["peers"].values() if not each["available"]]
    parts = [
        f"<h1>How well single sentences are understood: {escape(data)}</h1>",
        f"<p>{told['lines']} sentences, each alone, with no dialogue around it. What each figure means: docs/evaluation.md.</p>",
        _overview(systems),
        *missing,
        _groups("By style", "by_style", systems),
        _groups("By language", "by_language", systems),
        _language_note(told["language"]),
        _scope(systems),
        _calibration(systems),
        _confusions(told),
        _intents(systems),
        _entities(told["entities"]),
        _alarms(told["emergency_screen"]),
        _mistakes(told["predictions"]),
    ]
    head = f'<meta charset="utf-8"><title>{escape(data)}: understanding</title><style>{STYLE}</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>\n' + "\n".join(parts) + "\n</body></html>\n"


def systems_of(told: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Title -> figures of everything that was measured, the assistant first."""
    return {OURS: told, **{each["title"]: each for each in told["peers"].values() if each["available"]}}


def _overview(systems: pictures.Systems) -> str:
    rows = [
        ("Right", [_percent(each["accuracy"]) for each in systems.values()]),
        ("Macro-F1", [_percent(each["macro_f1"]) for each in systems.values()]),
        ("Right, or the second likeliest", [_percent(each["top2_accuracy"]) for each in systems.values()]),
        *(
            (words, [_percent(each["in_scope"][key]) for each in systems.values()])
            for words, key in (
                ("In scope: right", "accuracy"),
                ("In scope: turned away", "turned_away"),
                ("In scope: of those, right among the two likeliest", "right_among_two_when_turned_away"),
                ("In scope: right where it was not turned away", "accuracy_of_kept"),
                ("In scope: right before the threshold", "accuracy_before_threshold"),
            )
        ),
        ("Milliseconds a sentence, median", [_number(each["milliseconds"]["p50"]) for each in systems.values()]),
        ("Milliseconds a sentence, 95 of 100", [_number(each["milliseconds"]["p95"]) for each in systems.values()]),
        (
            "CPU seconds of training",
            [_number(each.get("training_seconds", {}).get("cpu")) for each in systems.values()],
        ),
        ("Megabytes of memory", [_number(each.get("megabytes")) for each in systems.values()]),
    ]
    return _table(["", *systems], [[words, *values] for words, values in rows if any(values)])


def _groups(title: str, key: str, systems: pictures.Systems) -> str:
    ours = next(iter(systems.values()))[key]
    if list(ours) == [NO_STYLE]:
        return ""
    rows = [
        [
            group,
            each["lines"],
            *(
                _percent(told[key][group][figure])
                for figure in ("accuracy", "top2_accuracy")
                for told in systems.values()
            ),
        ]
        for group, each in ours.items()
    ]
    headers = [f"{words}: {name}" for words in ("Right", "Among the first two") for name in systems]
    table = _table(["", "Lines", *headers], rows)
    return f"<h2>{title}</h2>{table}{_figure(pictures.bars(systems, key), f'Accuracy {title.lower()}')}"


def _language_note(language: Mapping[str, Any]) -> str:
    if not language["given"]:
        return '<p class="note">No line says its language; all were guessed as the gateway guesses it.</p>'
    right = _percent(language["guess_right_where_given"])
    return (
        f'<p class="note">{language["given"]} lines say their language; the gateway guesses {right} of them right.</p>'
    )


def _scope(systems: pictures.Systems) -> str:
    ours = next(iter(systems.values()))["out_of_scope"]
    if not ours["lines"]:
        return '<h2>Out of scope</h2><p class="note">No line of DATA is out of scope.</p>'
    rows = [
        [
            name,
            _percent(each["in_use"]["caught"]),
            _percent(each["in_use"]["in_scope_turned_away"]),
            _number(each["auroc"], 3),
            _percent(each["caught_at_5_percent"]),
        ]
        for name, told in systems.items()
        for each in [told["out_of_scope"]]
    ]
    header = ["", "Caught as decided", "In scope turned away as decided", "AUROC", "Caught at 5 % turned away"]
    lines = f"<p>{ours['lines']} lines are out of scope, {ours['in_scope_lines']} are not.</p>"
    told = f"<h2>Out of scope</h2>{lines}{_table(header, rows)}"
    if not ours["curve"]:
        return told
    return told + _figure(pictures.scope_curves(systems), "Caught against turned away; a dot where a system decides")


def _calibration(systems: pictures.Systems) -> str:
    rows = [
        [name, _number(each["expected_error"], 3), _number(each["brier"], 3)]
        for name, told in systems.items()
        for each in [told["calibration"]]
    ]
    drawn = _figure(pictures.calibration_curves(systems), "The dotted line is what is as right as it is sure")
    return f"<h2>How far sureness can be trusted</h2>{_table(['', 'Expected error', 'Brier score'], rows)}{drawn}"


def _confusions(told: Mapping[str, Any]) -> str:
    rows = [[each["intent"], each["predicted"], each["lines"]] for each in told["confusions"]]
    drawn = _figure(
        pictures.confusion(told["predictions"]), "Rows: expected. Columns: understood as. Grey lines part areas"
    )
    return f"<h2>What is taken for what</h2>{drawn}{_table(['Expected', 'Understood as', 'Lines'], rows)}"


def _intents(systems: pictures.Systems) -> str:
    ours, *others = [told["by_intent"] for told in systems.values()]
    rows = [
        [
            intent,
            each["lines"],
            *(_percent(each[key]) for key in ("accuracy", "top2_accuracy", "precision", "f1")),
            *(_percent(other[intent]["accuracy"]) for other in others),
            ", ".join(f"{name} {count}" for name, count in each["taken_for"].items()),
        ]
        for intent, each in sorted(ours.items(), key=lambda item: (item[1]["accuracy"], item[0]))
    ]
    right = [f"Right: {title}" for title in list(systems)[1:]]
    header = ["Intent", "Lines", "Right", "First two", "Precision", "F1", *right, "Taken for"]
    return f"<h2>By intent, the worst first</h2>{_table(header, rows)}"


def _entities(entities: Mapping[str, Any]) -> str:
    if not entities["expected"]:
        return '<h2>Values</h2><p class="note">No line of DATA says which values stand in it.</p>'
    keys = ("expected", "assessed", "right", "wrong", "missed", "not_assessed")
    rows = [
        [name, *(each[key] for key in keys), ", ".join(f"{why}: {count}" for why, count in each["why_not"].items())]
        for name, each in entities["by_name"].items()
    ]
    rows.append(["all", *(entities[key] for key in keys), ""])
    header = ["Value", "Expected", "Assessed", "Right", "Wrong", "Missed", "Not assessed", "Why not"]
    wrong = [[each["name"], each["text"], each["expected"], each["read"]] for each in entities["mistakes"]]
    mistakes = _table(["Value", "Sentence", "Expected", "Read"], wrong)
    return f"<h2>Values</h2>{_table(header, rows)}{_folded('Misread values', mistakes) if wrong else ''}"


def _alarms(alarms: Mapping[str, Any]) -> str:
    rows = [[each["intent"], each["text"], each["act"]] for each in alarms["others"]]
    table = _table(["Expected", "Sentence", "Answer"], rows)
    return (
        "<h2>Answered by the emergency screen instead</h2>"
        f"<p>{alarms['danger_heard']} of {alarms['danger_lines']} lines that speak of danger, and {alarms['other_heard']} "
        f"of the {alarms['other_lines']} others.</p>{_folded('The others', table) if rows else ''}"
    )


def _mistakes(predictions: Iterable[Mapping[str, Any]]) -> str:
    rows = [
        [each["intent"], each["predicted"], _percent(each["confidence"]), each["style"], each["text"]]
        for each in predictions
        if not each["right"]
    ]
    table = _table(["Expected", "Understood as", "Sure", "Style", "Sentence"], rows)
    return f"<h2>Every sentence that was not understood</h2>{_folded(f'{len(rows)} sentences', table)}"


def _table(header: Sequence[str], rows: Iterable[Row]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Any) -> str:
    shown = escape("" if value is None else str(value))
    is_figure = isinstance(value, (int, float)) or shown.removesuffix(" %").replace(".", "").isdecimal()
    return f'<td class="figure">{shown}</td>' if is_figure else f"<td>{shown}</td>"


def _figure(picture: str, caption: str) -> str:
    return f'<figure><img src="{picture}" alt="{escape(caption)}"><figcaption>{escape(caption)}.</figcaption></figure>'


def _folded(title: str, content: str) -> str:
    return f"<details><summary>{escape(title)}</summary>{content}</details>"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share * 100:.1f} %"


def _number(value: float | None, places: int = 1) -> str:
    return "" if value is None else f"{value:.{places}f}"
