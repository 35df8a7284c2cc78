"""`make evaluate-nlu`: its figures are right, what it cannot measure it says, and what it writes can be read anywhere."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from clock import CLINIC_ZONE
from evaluation.nlu.__main__ import main
from evaluation.nlu.figures import figures, of_readings
from evaluation.nlu.page import page
from evaluation.nlu.predictions import Prediction
from evaluation.nlu.readings import Reading, readings
from evaluation.nlu.sentences import Malformed, Sentence, known_intents, read_sentences
from evaluation.peers.asking import Peer, Unavailable, ask

ROOT = Path(__file__).parent.parent
MONDAY = datetime(2026, 10, 12, 9, tzinfo=CLINIC_ZONE)


def line(intent: str, style: str = "web", text: str = "so it was said", **more: Any) -> Sentence:
    return Sentence(text, text, intent, style, **more)


def said(
    *names: str, sure: float = 0.8, belonging: float = 5.0, decided: str | None = None, ms: float = 2.0
) -> Prediction:
    """A prediction whose likeliest intents are `names`; `decided` when that is not the first of them."""
    ranking = tuple((name, sure / (at + 1)) for at, name in enumerate(names))
    return Prediction(decided or names[0], sure, ranking, belonging, ms)


LINES = [
    line("pay_bill"),
    line("pay_bill", "sms"),
    line("pay_bill", "sms"),
    line("view_balance"),
    line("out_of_scope"),
    line("out_of_scope"),
]
PREDICTIONS = [
    said("pay_bill", "view_balance"),
    said("view_balance", "pay_bill", belonging=3.0),
    said("pay_bill", "view_balance", decided="nlu_fallback", belonging=1.0),
    said("view_balance", "pay_bill", ms=10.0),
    said("view_balance", "pay_bill", decided="nlu_fallback", belonging=0.5),
    said("view_balance", "pay_bill", belonging=2.0),
]


def measured(lines: Sequence[Sentence] = LINES, predictions: Sequence[Prediction] = PREDICTIONS) -> dict[str, Any]:
    return figures(lines, ["en"] * len(lines), predictions)


def write(folder: Path, *lines: str) -> Path:
    data = folder / "data.jsonl"
    data.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return data


# Figures


def test_accuracy_counts_what_was_decided_and_either_way_to_turn_away_is_right_for_what_is_foreign() -> None:
    told = measured()
    assert told["lines"] == 6
    assert told["accuracy"] == pytest.approx(3 / 6)
    assert [each["right"] for each in told["predictions"]] == [True, False, False, True, True, False]


def test_macro_f1_is_the_mean_over_the_expected_intents() -> None:
    # pay_bill: 1 of 3 found, nothing else taken for it. view_balance: found, 3 taken for it. out_of_scope: 1 of 2, 2 taken.
    each = [2 * 1 * (1 / 3) / (1 + 1 / 3), 2 * (1 / 3) * 1 / (1 / 3 + 1), 2 * 0.5 * 0.5 / (0.5 + 0.5)]
    assert measured()["macro_f1"] == pytest.approx(sum(each) / 3, abs=1e-4)


def test_an_intent_that_nobody_expects_does_not_pull_the_mean_down() -> None:
    told = measured([line("pay_bill")] * 2, [said("pay_bill"), said("guest_pay")])
    assert told["macro_f1"] == pytest.approx(2 / 3, abs=1e-4)


def test_the_second_likeliest_counts_in_the_top_two_also_where_the_sentence_was_turned_away() -> None:
    told = measured()
    assert told["top2_accuracy"] == pytest.approx(5 / 6, abs=1e-4)
    assert told["in_scope"]["top2_accuracy"] == 1.0
    assert told["in_scope"]["right_among_two_when_turned_away"] == 1.0


def test_in_scope_figures_leave_out_what_is_foreign() -> None:
    inside = measured()["in_scope"]
    assert inside["lines"] == 4
    assert inside["accuracy"] == pytest.approx(2 / 4)
    assert inside["turned_away"] == pytest.approx(1 / 4)
    assert inside["accuracy_of_kept"] == pytest.approx(2 / 3, abs=1e-4)
    assert inside["accuracy_before_threshold"] == pytest.approx(3 / 4)


def test_styles_and_intents_have_figures_of_their_own() -> None:
    told = measured()
    assert {style: (each["lines"], each["accuracy"]) for style, each in told["by_style"].items()} == {
        "sms": (2, 0.0),
        "web": (4, 0.75),
    }
    assert told["by_intent"]["pay_bill"]["accuracy"] == pytest.approx(1 / 3, abs=1e-4)
    assert told["by_intent"]["pay_bill"]["precision"] == 1.0
    assert told["by_intent"]["pay_bill"]["taken_for"] == {"view_balance": 1, "nlu_fallback": 1}


def test_confusions_stand_with_the_most_frequent_first() -> None:
    lines = [line("pay_bill")] * 3 + [line("view_balance")]
    predictions = [said("guest_pay"), said("view_balance"), said("guest_pay"), said("view_balance")]
    assert measured(lines, predictions)["confusions"] == [
        {"intent": "pay_bill", "predicted": "guest_pay", "lines": 2},
        {"intent": "pay_bill", "predicted": "view_balance", "lines": 1},
    ]


def test_time_is_told_as_the_median_and_the_95th_of_a_hundred() -> None:
    predictions = [said("pay_bill", ms=float(ms)) for ms in range(1, 102)]
    assert measured([line("pay_bill")] * 101, predictions)["milliseconds"] == {"p50": 51.0, "p95": 96.0}


def test_auroc_is_the_share_of_pairs_in_the_right_order() -> None:
    # In scope 5, 3, 1, 5; foreign 0.5 and 2: of eight pairs one is in the wrong order.
    assert measured()["out_of_scope"]["auroc"] == pytest.approx(7 / 8)
    assert measured()["out_of_scope"]["in_use"] == {"caught": 0.5, "in_scope_turned_away": 0.25}


def test_what_is_caught_at_five_percent_turns_at_most_one_of_twenty_away() -> None:
    inside = [said("pay_bill", belonging=float(at)) for at in range(1, 21)]
    foreign = [said("pay_bill", belonging=belonging) for belonging in (0.5, 1.5, 2.5, 3.5)]
    lines = [line("pay_bill")] * 20 + [line("out_of_scope")] * 4
    assert measured(lines, inside + foreign)["out_of_scope"]["caught_at_5_percent"] == 0.5


def test_without_a_foreign_line_there_is_no_curve_and_no_number() -> None:
    scope = measured([line("pay_bill")], [said("pay_bill")])["out_of_scope"]
    assert (scope["lines"], scope["auroc"], scope["caught_at_5_percent"], scope["curve"]) == (0, None, None, [])
    assert scope["in_use"] == {"caught": None, "in_scope_turned_away": 0.0}


def test_calibration_is_the_distance_between_sure_and_right() -> None:
    predictions = [said("pay_bill", sure=0.9)] * 2 + [said("guest_pay", sure=0.9)] * 2
    told = measured([line("pay_bill")] * 4, predictions)["calibration"]
    assert told["expected_error"] == pytest.approx(0.4)
    assert told["brier"] == pytest.approx((0.01 + 0.81) / 2)
    assert told["bins"] == [{"from": 0.9, "lines": 4, "confidence": 0.9, "accuracy": 0.5}]


# DATA


@pytest.mark.parametrize(
    ("second", "why"),
    [
        ('{"text": "pay it", "intent": "pay_bill"', "it is not JSON"),
        ('["pay it", "pay_bill"]', "it is not a JSON object"),
        ('{"intent": "pay_bill"}', 'it has no text under "text"'),
        ('{"text": "  ", "intent": "pay_bill"}', 'it has no text under "text"'),
        ('{"text": "pay it"}', 'it has no text under "intent"'),
        ('{"text": "pay it", "intent": "pay_bil"}', '"pay_bil" is no intent of this assistant'),
        ('{"text": "pay it", "intent": "pay_bill", "entities": ["amount"]}', '"entities" is not an object'),
        ('{"text": "pay it", "intent": "pay_bill", "style": 3}', 'it has no text under "style"'),
        ('{"text": "pay it", "intent": "pay_bill", "language": "fr"}', '"language" is neither "en" nor "es"'),
        ('{"text": "pay it", "intent": "pay_bill", "now": "today"}', '"now" is no date and time'),
        ('{"text": "\\u200b", "intent": "pay_bill"}', "nothing of its text is left"),
        (json.dumps({"text": "pay " * 300, "intent": "pay_bill"}), "its text is longer than the 1000 characters"),
    ],
)
def test_a_malformed_line_is_named_in_one_sentence(tmp_path: Path, second: str, why: str) -> None:
    data = write(tmp_path, '{"text": "pay my bill", "intent": "pay_bill"}', second)
    with pytest.raises(SystemExit) as ended:
        main([str(data)])
    assert str(ended.value).startswith(f"Line 2 of DATA: {why}")
    assert str(ended.value).endswith(".")


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_a_file_without_a_line_is_refused(tmp_path: Path, content: str) -> None:
    data = tmp_path / "empty.jsonl"
    data.write_text(content)
    with pytest.raises(Malformed, match="There is no line"):
        read_sentences(data)


def test_a_missing_file_and_no_file_at_all_are_each_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="There is no file"):
        main([str(tmp_path / "nowhere.jsonl")])
    with pytest.raises(SystemExit, match="make evaluate-nlu DATA=file.jsonl"):
        main([])


def test_optional_fields_may_be_left_out_and_only_a_line_feed_ends_a_line(tmp_path: Path) -> None:
    data = write(
        tmp_path, '{"text": "pay\u2028my bill", "intent": "pay_bill"}', "", '{"text": "3", "intent": "inform"}'
    )
    first, second = read_sentences(data)
    assert (first.text, first.heard, first.entities, first.language) == ("pay\u2028my bill", "pay\nmy bill", {}, None)
    assert second.intent == "inform"


def test_a_sentence_is_heard_as_the_gateway_hands_it_on(tmp_path: Path) -> None:
    text = "/pay\u200b with 4111 1111 1111 1111"
    (only,) = read_sentences(write(tmp_path, json.dumps({"text": text, "intent": "pay_bill"})))
    assert only.heard == "· /pay with [card]"
    assert only.text == text


def test_every_capability_and_the_helper_intents_may_be_expected() -> None:
    assert {"pay_bill", "out_of_scope", "affirm", "inform"} <= known_intents()
    assert len(known_intents()) >= 110


# Values


def read(intent: str, text: str, language: str = "en", now: datetime | None = MONDAY, **entities: Any) -> list[Reading]:
    return readings([line(intent, text=text, entities=entities)], [language], now)


@pytest.mark.parametrize(
    ("text", "language", "name", "value"),
    [
        ("can i come next tuesday at 3", "en", "when", "2026-10-20T15:00"),
        ("quiero una cita el martes de la otra semana", "es", "when", "2026-10-20"),
        ("any morning next week", "en", "when", {"earliest": "2026-10-19", "times": [["07:00", "12:00"]]}),
        ("book me on the 20th", "en", "date", "2026-10-20"),
        ("mis resultados de la semana pasada", "es", "period", "2026-10-05/2026-10-11"),
        ("i was born march 3 1980", "en", "birth_date", "1980-03-03"),
        ("my number is five four one five five five oh one oh one", "en", "phone", "+15415550101"),
        ("pay 45 dollars of it", "en", "amount", 45),
        ("págueme cuarenta y cinco dólares", "es", "amount", "45.00"),
        ("i need a physical", "en", "visit_type", "physical"),
        ("yes please", "en", "yes_no", True),
        ("no gracias", "es", "yes_no", False),
        ("what do i owe", "en", "amount", None),
    ],
)
def test_a_value_that_the_reader_reads_is_right(text: str, language: str, name: str, value: Any) -> None:
    (only,) = read("book_appointment", text, language, **{name: value})
    assert (only.outcome, only.why) == ("right", "")


@pytest.mark.parametrize(
    ("text", "name", "value", "outcome"),
    [
        ("can i come next tuesday at 3", "when", "2026-10-21T15:00", "wrong"),
        ("can i come next tuesday at 3", "when", "2026-10-20T16:00", "wrong"),
        ("pay my bill", "when", "2026-10-20", "missed"),
        ("pay 45 dollars", "amount", 54, "wrong"),
        ("pay 45 dollars", "amount", None, "wrong"),
        ("i need a physical", "yes_no", True, "missed"),
    ],
)
def test_another_value_is_wrong_and_none_is_missed(text: str, name: str, value: Any, outcome: str) -> None:
    assert [each.outcome for each in read("book_appointment", text, **{name: value})] == [outcome]


@pytest.mark.parametrize(
    ("text", "name", "value", "why"),
    [
        ("for my son leo", "person", "Leo", "no reader for it stands alone"),
        ("pay half of it", "amount", 20, "the amount depends on what is owed"),
        ("next tuesday", "when", "soon", "its value is not in the form agreed"),
        ("next tuesday", "when", 3, "its value is not in the form agreed"),
        ("yes", "yes_no", "yes", "its value is not in the form agreed"),
        ("refill my lisinopril", "medication", "lisinopril", "DATA names fewer than 5 to choose from"),
    ],
)
def test_what_cannot_be_assessed_is_never_right(text: str, name: str, value: Any, why: str) -> None:
    (only,) = read("pay_bill", text, **{name: value})
    assert (only.outcome, only.why) == ("not_assessed", why)
    assert of_readings([only])["accuracy"] is None


def test_a_day_named_by_itself_can_be_assessed_without_a_now_and_one_counted_from_today_cannot() -> None:
    (named,) = read("book_appointment", "on october 20 at 3 pm", now=None, when="2026-10-20T15:00")
    (counted,) = read("book_appointment", "tomorrow at 3 pm", now=None, when="2026-10-20T15:00")
    (mistaken,) = read("book_appointment", "on october 21 at 3 pm", now=None, when="2026-10-20T15:00")
    assert [named.outcome, counted.outcome, mistaken.outcome] == ["right", "not_assessed", "wrong"]


def test_a_bare_number_is_an_amount_only_where_it_was_asked_for() -> None:
    assert [each.outcome for each in read("inform", "150", amount=150)] == ["right"]
    assert [each.outcome for each in read("pay_bill", "150", amount=150)] == ["missed"]


def test_names_are_chosen_among_all_that_the_file_names() -> None:
    drugs = ["lisinopril", "metformin", "losartan", "sertraline", "atorvastatin"]
    lines = [line("refill_medication", text=f"i need more {drug}", entities={"medication": drug}) for drug in drugs]
    lines += [
        line("refill_medication", text="lisinoprel and metformin please", entities={"medication": drugs[:2]}),
        line("refill_medication", text="the white pills", entities={"medication": "losartan"}),
        line("refill_medication", text="more sertraline", entities={"medication": "losartan"}),
    ]
    outcomes = [each.outcome for each in readings(lines, ["en"] * len(lines))]
    assert outcomes == ["right"] * 6 + ["missed", "wrong"]


def test_values_are_counted_by_name_with_the_reason_why_some_were_not_assessed() -> None:
    found = read("pay_bill", "pay 45 dollars for leo", amount=45, person="Leo", visit_type="physical")
    told = of_readings(found)
    assert (told["expected"], told["assessed"], told["right"], told["missed"], told["not_assessed"]) == (3, 2, 1, 1, 1)
    assert told["accuracy"] == 0.5
    assert told["by_name"]["person"]["why_not"] == {"no reader for it stands alone": 1}
    assert [each["name"] for each in told["mistakes"]] == ["visit_type"]


# Peers


def answering(content: str) -> Peer:
    return Peer("one", "Some peer", lambda _lessons, _texts, answer: answer.write_text(content))


def test_a_peer_answers_in_the_order_of_the_texts(tmp_path: Path) -> None:
    answer = {
        "training_seconds": {"cpu": 1.5},
        "megabytes": 12,
        "predictions": [
            {"intent": "pay_bill", "confidence": 0.7, "ranking": [["pay_bill", 0.7]], "milliseconds": 0.5},
            {"intent": "nlu_fallback", "confidence": 0.3, "ranking": [], "milliseconds": 0.5},
        ],
    }
    told = ask(answering(json.dumps(answer)), [], [{"text": "a"}, {"text": "b"}], tmp_path)
    assert [each.judged for each in told.predictions] == ["pay_bill", "out_of_scope"]
    assert (told.predictions[0].belonging, told.predictions[1].nearest) == (0.7, "")
    assert (tmp_path / "texts.jsonl").read_text() == '{"text": "a"}\n{"text": "b"}\n'


def test_a_peer_that_is_sure_of_out_of_scope_says_that_the_sentence_does_not_belong_here(tmp_path: Path) -> None:
    foreign = {"intent": "out_of_scope", "confidence": 0.9, "ranking": [["out_of_scope", 0.9]], "milliseconds": 0.5}
    answer = {"training_seconds": {"cpu": 1.5}, "megabytes": 12, "predictions": [foreign]}
    told = ask(answering(json.dumps(answer)), [], [{"text": "a"}], tmp_path)
    assert told.predictions[0].belonging == -0.9


@pytest.mark.parametrize("content", ["", "{}", '{"predictions": [], "training_seconds": {}, "megabytes": 1}'])
def test_a_peer_that_does_not_answer_every_text_is_unavailable(tmp_path: Path, content: str) -> None:
    with pytest.raises(Unavailable, match="Some peer"):
        ask(answering(content), [], [{"text": "a"}], tmp_path)


# The report


def report(**more: Any) -> dict[str, Any]:
    told = measured()
    told["predictions"][1]["text"] = 'pay <script>alert("x")</script>'
    return told | {
        "entities": of_readings(read("pay_bill", "pay half for leo", amount=20, person="Leo", visit_type="physical")),
        "language": {"given": 6, "guessed": 0, "guess_right_where_given": 1.0},
        "emergency_screen": {"danger_lines": 1, "danger_heard": 1, "other_lines": 5, "other_heard": 0, "others": []},
        "peers": {},
        **more,
    }


def test_the_page_needs_nothing_from_elsewhere_and_shows_sentences_as_text() -> None:
    written = page(report(), "data.jsonl")
    assert re.findall(r'(?:src|href)="(?!data:image/svg\+xml;base64,)[^"]*"', written) == []
    assert "@import" not in written
    assert "<script" not in written
    assert "pay &lt;script&gt;" in written
    assert written.count("<img ") == 5


def test_the_same_figures_give_the_same_page() -> None:
    assert page(report(), "data.jsonl") == page(report(), "data.jsonl")


def test_peers_stand_beside_the_assistant_or_are_missed_in_a_sentence() -> None:
    there = {"title": "NLP.js", "available": True, "training_seconds": {"cpu": 9.5}, "megabytes": 100, **measured()}
    missing = {"title": "Rasa", "available": False, "why": "Stock Rasa could not be installed; the log says why."}
    written = page(report(peers={"nlpjs": there, "rasa": missing}), "data.jsonl")
    assert "<th>Careline</th><th>NLP.js</th></tr>" in written
    assert "<p>Stock Rasa could not be installed; the log says why.</p>" in written


# The command


SAID = [
    ("I'd like to book an appointment with Dr. Chen", "book_appointment", "en"),
    ("necesito una cita con el doctor para un chequeo", "book_appointment", "es"),
    ("can you refill my lisinopril please", "refill_medication", "en"),
    ("quiero resurtir mi metformina", "refill_medication", "es"),
    ("what were the results of my blood test", "view_test_results", "en"),
    ("quiero ver los resultados de mis análisis", "view_test_results", "es"),
    ("I want to pay my bill", "pay_bill", "en"),
    ("quiero pagar mi cuenta", "pay_bill", "es"),
    ("cancel my appointment on friday", "cancel_appointment", "en"),
    ("quiero cancelar mi cita", "cancel_appointment", "es"),
    ("talk to a person", "talk_to_person", "en"),
    ("quiero hablar con una persona", "talk_to_person", "es"),
    ("thanks", "thank", "en"),
    ("muchas gracias", "thank", "es"),
    ("I forgot my password", "reset_password", "en"),
    ("olvidé mi contraseña", "reset_password", "es"),
    ("tell me a joke", "out_of_scope", "en"),
    ("cuéntame un chiste", "out_of_scope", "es"),
    ("pay 45 dollars on my bill", "pay_bill", "en"),
    ("how much do I owe", "view_balance", "en"),
]


@pytest.mark.rasa
def test_the_command_measures_the_trained_model_and_writes_both_files(tmp_path: Path) -> None:
    rows = [{"text": text, "intent": intent, "language": language} for text, intent, language in SAID]
    rows[18]["entities"] = {"amount": 45, "person": "me"}  # type: ignore[assignment]
    data = write(tmp_path, *(json.dumps(row, ensure_ascii=False) for row in rows))
    command = [sys.executable, "-m", "evaluation.nlu", str(data), "--to", str(tmp_path / "out")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads((tmp_path / "out" / "evaluate-nlu.json").read_text(encoding="utf-8"))
    assert told.keys() >= {
        "lines",
        "accuracy",
        "macro_f1",
        "by_style",
        "by_intent",
        "out_of_scope",
        "entities",
        "milliseconds",
        "predictions",
        "peers",
    }
    assert told["lines"] == len(told["predictions"]) == 20
    assert [each["text"] for each in told["predictions"]] == [text for text, _, _ in SAID]
    # Plain sentences: when these are not understood, it is not the assistant that was measured.
    assert told["accuracy"] >= 0.9
    assert (told["entities"]["right"], told["entities"]["not_assessed"]) == (1, 1)
    assert told["milliseconds"]["p50"] > 0
    assert "20 sentences" in done.stdout
    assert (tmp_path / "out" / "evaluate-nlu.html").read_text(encoding="utf-8").startswith("<!doctype html>")
