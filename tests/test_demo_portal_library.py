"""The articles of the health library are whole, plain, in both languages, each in its own words, and can be found."""

from __future__ import annotations

import copy
import re
from base64 import b64decode
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from demo_portal.seed import sources
from demo_portal.seed.calendar import Calendar
from demo_portal.seed.folders import entries
from demo_portal.seed.library import ARTICLE_TOPIC, LANGUAGES, TOPICS, articles, library
from demo_portal.store import full_text
from demo_portal.validation import issues
from demo_portal.vocabulary import Resource, codes_in

ZONE = ZoneInfo("America/Los_Angeles")
ENTRIES = entries("library")
ALL = list(library(sources.read(Calendar(date(2026, 3, 2), ZONE))))
BY_ID = {each["id"]: each for each in ALL}
IDS = sorted(BY_ID)
ENGLISH = frozenset(("the", "and", "is", "to", "of", "you", "your", "it", "that", "for", "with", "or", "in", "when"))
SPANISH = frozenset(
    ("el", "la", "los", "las", "de", "que", "y", "en", "un", "una", "su", "se", "con", "por", "si", "al")
)
# A promise, a verdict or an amount: none of them may come from an article.
VERDICTS = re.compile(
    r"don't worry|do not worry|nothing to worry|harmless|will be fine|you probably have|it is nothing"
    r"|no se preocupe|no es nada|inofensiv|no es grave|todo estará bien|seguramente tiene",
    re.IGNORECASE,
)
DOSE = re.compile(r"\d+(?:[.,]\d+)? ?(?:mg|mcg|µg|g|ml|cc|milligrams?|miligramos?|mililitros?)\b", re.IGNORECASE)
CARE = {
    "en": re.compile(
        r"\b(911|988|emergency|urgent|clinic|care team|clinician|call|phone|book a visit|ambulance|be checked|get help|get care)\b",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"\b(911|988|emergencias?|urgente|clínica|equipo médico|cita|llame|llámenos|ambulancia|la revisen|pida atención)\b",
        re.IGNORECASE,
    ),
}


def body(article: Resource) -> str:
    return b64decode(article["content"][0]["data"]).decode()


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:'[^\W_]+)?", text.lower())


def sentences(text: str) -> list[str]:
    return [each for each in re.split(r"[.!?:;]+(?:\s|$)", text) if each.strip()]


def english_syllables(word: str) -> int:
    found = len(re.findall(r"[aeiouy]+", word))
    silent = word.endswith("e") and not word.endswith("le") and found > 1
    return max(1, found - silent)


def spanish_syllables(word: str) -> int:
    # Two strong vowels, or a weak one with an accent, stand in syllables of their own.
    return max(1, len(re.findall(r"[iu]?[aeoáéó][iuy]?|[íú]|[iuü]+", word)))


def grade(text: str) -> float:
    """School grade by Flesch and Kincaid (1975)."""
    said, count = words(text), len(sentences(text))
    return 0.39 * len(said) / count + 11.8 * sum(map(english_syllables, said)) / len(said) - 15.59


def ease(text: str) -> float:
    """How easy Spanish is to read by Szigriszt Pazos (1993): 55 to 65 is normal, more is easier."""
    said, count = words(text), len(sentences(text))
    return 206.835 - 62.3 * sum(map(spanish_syllables, said)) / len(said) - len(said) / count


def test_there_are_at_least_42_topics_in_each_language() -> None:
    for language in LANGUAGES:
        assert len([each for each in ALL if each["language"] == language]) >= 42

    assert {each["id"].rpartition("-")[0] for each in ALL if each["language"] == "en"} == set(ENTRIES)
    assert len(BY_ID) == len(ALL) == 2 * len(ENTRIES)
    assert {code for each in ALL for code in codes_in(each["topic"][0], ARTICLE_TOPIC)} == TOPICS


@pytest.mark.parametrize("rid", IDS)
def test_an_article_is_a_valid_resource_with_all_its_parts(rid: str) -> None:
    article = BY_ID[rid]

    assert issues(article, ZONE) == []
    assert article["status"] == "active"
    assert article["content"][0]["contentType"] == "text/markdown"
    assert article["content"][0]["language"] == article["language"]
    assert article["date"].startswith("2026-11")
    assert len(article["topic"]) >= 6


@pytest.mark.parametrize("rid", IDS)
def test_an_article_names_its_source(rid: str) -> None:
    article = BY_ID[rid]
    source = article["relatedArtifact"][0]

    assert source["type"] == "citation"
    assert re.match(r"https://(medlineplus\.gov|www\.cdc\.gov)/", source["url"])
    assert ("/spanish/" in source["url"]) == (article["language"] == "es")
    assert re.match(r"(MedlinePlus, |CDC)[^:]*: \S", source["display"])
    assert source["citation"].endswith(source["url"])


@pytest.mark.parametrize("rid", IDS)
def test_an_article_has_a_length_for_reading_and_a_short_form_for_listening(rid: str) -> None:
    article = BY_ID[rid]

    assert 90 <= len(words(body(article))) <= 180
    assert 1 <= len(re.findall(r"[.!?](?:\s|$)", article["description"])) <= 2
    assert len(words(article["description"])) <= 45


@pytest.mark.parametrize("rid", IDS)
def test_an_article_is_plain(rid: str) -> None:
    text = body(BY_ID[rid])

    assert len(words(text)) / len(sentences(text)) <= 18
    if BY_ID[rid]["language"] == "en":
        assert grade(text) <= 7
    else:
        assert ease(text) >= 60


@pytest.mark.parametrize("rid", IDS)
def test_an_article_is_in_its_language(rid: str) -> None:
    article = BY_ID[rid]
    said = words(body(article)) + words(article["description"])
    own, other = (ENGLISH, SPANISH) if article["language"] == "en" else (SPANISH, ENGLISH)

    of_own, of_other = (sum(word in those for word in said) for those in (own - other, other - own))
    assert of_own > len(said) * 0.15
    assert of_other < len(said) * 0.03


@pytest.mark.parametrize("rid", IDS)
def test_an_article_gives_no_dose_and_no_verdict_and_says_when_to_get_care(rid: str) -> None:
    article = BY_ID[rid]
    text = f"{article['title']}\n{article['description']}\n{body(article)}"

    assert not DOSE.search(text)
    assert not VERDICTS.search(text)
    assert CARE[article["language"]].search(body(article).rsplit("\n\n", 1)[-1])


def test_no_two_articles_share_six_words_in_a_row() -> None:
    seen: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for article in ALL:
        said = words(body(article))
        for place in range(len(said) - 5):
            seen[(article["language"], *said[place : place + 6])].add(article["id"])

    assert {" ".join(run): ids for run, ids in seen.items() if len(ids) > 1} == {}


def test_articles_about_life_in_danger_name_the_lines_to_call() -> None:
    for slug in ("depression", "ssris", "anxiety"):
        assert "988" in body(BY_ID[f"{slug}-en"])
        assert "988" in body(BY_ID[f"{slug}-es"])
    for slug in ("chest-pain", "asthma", "opioid-pain-medicines"):
        assert "911" in body(BY_ID[f"{slug}-en"])
        assert "911" in body(BY_ID[f"{slug}-es"])


@pytest.fixture(scope="module")
def index() -> Iterator[Any]:
    engine = sa.create_engine("sqlite://", poolclass=StaticPool, future=True)
    full_text.create(engine)
    with engine.begin() as conn:
        full_text.add(conn, ALL)  # pyright: ignore[reportArgumentType]
        yield conn


@pytest.mark.parametrize(
    ("asked", "language", "slug"),
    [
        ("my kid has a feaver", "en", "fever-in-children"),
        ("my son keeps throwing up", "en", "diarrhea-and-vomiting"),
        ("what does lisinopril do", "en", "ace-inhibitors"),
        ("can't sleep", "en", "sleep"),
        ("what is a mamogram", "en", "mammogram"),
        ("my ldl is high", "en", "high-cholesterol"),
        ("colonoscopy prep", "en", "colonoscopy"),
        ("living will", "en", "advance-directives"),
        ("the room is spinning", "en", "dizziness"),
        ("quit vaping", "en", "quitting-smoking"),
        ("me duele la cabeza", "es", "headache"),
        ("mi hijo tiene calentura", "es", "fever-in-children"),
        ("se me bajó el azúcar", "es", "low-blood-sugar"),
        ("para qué sirve la sertralina", "es", "ssris"),
        ("papanicolau", "es", "cervical-screening"),
        ("vacuna de la gripe", "es", "flu-shot"),
        ("como dejar de fumar", "es", "quitting-smoking"),
        ("examen de ojos por la diabetes", "es", "diabetic-eye-exam"),
        ("me caí en casa", "es", "preventing-falls"),
        ("potasio alto", "es", "potassium-test"),
    ],
)
def test_everyday_words_lead_to_the_article(index: Any, asked: str, language: str, slug: str) -> None:
    found = [rid for rid in full_text.ranked(index, "Library", asked) if rid.endswith(f"-{language}")]

    assert f"{slug}-{language}" in found[:3]


def broken(**changed: Any) -> dict[str, Any]:
    entry = copy.deepcopy(ENTRIES["headache"])
    for path, value in changed.items():
        *outer, last = path.split("__")
        inside = entry
        for step in outer:
            inside = inside[step]
        if value is None:
            del inside[last]
        else:
            inside[last] = value
    return entry


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (broken(es=None), "missing in es"),
        (broken(en__body=[]), "body is missing in en"),
        (broken(en__source=None), "source is missing in en"),
        (broken(es__care=None), "care is missing in es"),
        (broken(es__source__url="http://medlineplus.gov/x.html"), "no https address in es"),
        (broken(keywords__es=[]), "keywords are missing in es"),
        (broken(topic="gossip"), "no topic gossip"),
        (broken(slug="migraine"), "not the name of the file"),
        (broken(written="last week"), "day on which it was written"),
    ],
)
def test_an_article_that_is_not_whole_stops_with_a_sentence(entry: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        list(articles(entry, "headache"))
