"""Builds the health library: each article once in English and once in Spanish."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import date

from demo_portal.seed.folders import entries
from demo_portal.seed.sources import Entry, Seed, resource
from demo_portal.vocabulary import OURS, Resource, concept

LIBRARY_TYPE = f"{OURS}/CodeSystem/library-type"
ARTICLE_TOPIC = f"{OURS}/CodeSystem/article-topic"
ARTICLE = "education-article"
TOPICS = frozenset(("condition", "symptom", "test", "procedure", "prevention", "medicine", "living"))
LANGUAGES = ("en", "es")


def library(_seed: Seed) -> Iterator[Resource]:
    """Every article in both languages, as FHIR R4 Library with the text as Markdown.

    Raises:
        ValueError: a file is wrong; says which and what.
    """
    for name, entry in entries("library").items():
        try:
            yield from articles(entry, name)
        except ValueError as wrong:
            raise ValueError(f"library/{name}.yml: {wrong}") from wrong


def articles(entry: Entry, name: str) -> Iterator[Resource]:
    """One topic in both languages.

    Raises:
        ValueError: something is missing, or the topic is not one of those that there are.
    """
    _check_topic(entry, name)
    for language in LANGUAGES:
        _check_words(entry, language)
        yield _article(entry, language)


def _check_topic(entry: Entry, name: str) -> None:
    if entry.get("slug") != name:
        raise ValueError("The slug is not the name of the file.")
    if entry.get("topic") not in TOPICS:
        raise ValueError(f"There is no topic {entry.get('topic')}.")
    if not isinstance(entry.get("written"), date):
        raise ValueError("The day on which it was written is missing.")


def _check_words(entry: Entry, language: str) -> None:
    said = entry.get(language)
    if not said:
        raise ValueError(f"The article is missing in {language}.")
    for part in ("title", "short", "body", "care", "source"):
        if not said.get(part):
            raise ValueError(f"The {part} is missing in {language}.")
    if not said["source"].get("name") or not str(said["source"].get("url", "")).startswith("https://"):
        raise ValueError(f"The source has no name or no https address in {language}.")
    if not entry.get("keywords", {}).get(language):
        raise ValueError(f"The keywords are missing in {language}.")


def _article(entry: Entry, language: str) -> Resource:
    said = entry[language]
    return resource(
        "Library",
        f"{entry['slug']}-{language}",
        language=language,
        title=said["title"],
        status="active",
        type=concept(LIBRARY_TYPE, ARTICLE),
        date=entry["written"].isoformat(),
        description=said["short"],
        topic=_topic(entry, language),
        relatedArtifact=[_citation(said)],
        content=[_content(said, language)],
    )


def _topic(entry: Entry, language: str) -> list[Resource]:
    """What kind of topic it is, and the words people use for it."""
    # The kind has no text: it would be found by a search for "test" or "medicine" in every article of that kind.
    return [concept(ARTICLE_TOPIC, entry["topic"]), *({"text": word} for word in entry["keywords"][language])]


def _citation(said: Entry) -> Resource:
    source = said["source"]
    return {
        "type": "citation",
        "display": source["name"],
        "citation": f"{source['name']}. {source['url']}",
        "url": source["url"],
    }


def _content(said: Entry, language: str) -> Resource:
    body = "\n\n".join([*said["body"], said["care"]])
    return {
        "contentType": "text/markdown",
        "language": language,
        "data": base64.b64encode(body.encode()).decode(),
        "title": said["title"],
    }
