"""Searches the words of whole resources (`_content`): FTS5 in SQLite, tsvector in PostgreSQL, best fit first."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from demo_portal.store.indexing import normal, walk
from demo_portal.vocabulary import Resource

if TYPE_CHECKING:
    from demo_portal.store.engine import Transaction

_SCHEMA = {
    "sqlite": (
        "CREATE VIRTUAL TABLE IF NOT EXISTS full_text USING fts5("
        "rtype UNINDEXED, id UNINDEXED, title, words, tokenize = 'porter unicode61')",
    ),
    "postgresql": (
        "CREATE TABLE IF NOT EXISTS full_text (rtype varchar(40), id varchar(64), title text, words text,"
        " found tsvector GENERATED ALWAYS AS (setweight(to_tsvector('simple', title), 'A')"
        " || setweight(to_tsvector('simple', words), 'D')) STORED, PRIMARY KEY (rtype, id))",
        "CREATE INDEX IF NOT EXISTS full_text_found ON full_text USING gin (found)",
    ),
}
# A word of the title counts as much as several in the body.
_RANK = {
    "sqlite": "bm25(full_text, 0, 0, 8.0, 1.0)",
    "postgresql": "-ts_rank(found, to_tsquery('simple', :words))",
}
_FITS = {"sqlite": "full_text MATCH :words", "postgresql": "found @@ to_tsquery('simple', :words)"}
_OR = {"sqlite": " OR ", "postgresql": " | "}
_MOST_WORDS = 20
_TEXTS = ("description", "topic.text", "topic.coding.display")


def create(engine: Any) -> None:
    """Make what the full-text index is kept in."""
    with engine.begin() as conn:
        for statement in _SCHEMA[engine.dialect.name]:
            conn.execute(sa.text(statement))


def drop(engine: Any) -> None:
    """Take away what it is kept in."""
    with engine.begin() as conn:
        conn.execute(sa.text("DROP TABLE IF EXISTS full_text"))


def add(conn: Transaction, resources: Iterable[Resource]) -> None:
    """Take the words of resources into the index."""
    rows = [_row(resource) for resource in resources]
    if rows:
        insert = "INSERT INTO full_text (rtype, id, title, words) VALUES (:rtype, :id, :title, :words)"
        conn.execute(sa.text(insert), rows)


def remove(conn: Transaction, rtype: str, rid: str) -> None:
    """Take a resource out of the index."""
    conn.execute(sa.text("DELETE FROM full_text WHERE rtype = :rtype AND id = :id"), {"rtype": rtype, "id": rid})


def empty(conn: Transaction) -> None:
    """Forget everything."""
    conn.execute(sa.text("DELETE FROM full_text"))


def ranked(conn: Transaction, rtype: str, text: str) -> list[str]:
    """Ids of the resources with any of these words, best first; empty when there are no words."""
    words = re.findall(r"\w+", normal(text))[:_MOST_WORDS]
    if not words:
        return []
    dialect = conn.dialect.name
    # Quoted, so that a word of FTS5's own query language is a word here.
    quoted = [f'"{word}"' if dialect == "sqlite" else f"'{word}':*" for word in words]
    query = f"SELECT id FROM full_text WHERE {_FITS[dialect]} AND rtype = :rtype ORDER BY {_RANK[dialect]}, id"
    found = conn.execute(sa.text(query), {"words": _OR[dialect].join(quoted), "rtype": rtype})
    return [row[0] for row in found]


def _row(resource: Resource) -> dict[str, str]:
    words = " ".join(normal(text) for text in _texts(resource))
    title = normal(str(resource.get("title", "")))
    return {"rtype": resource["resourceType"], "id": resource["id"], "title": title, "words": words}


def _texts(resource: Resource) -> Iterator[str]:
    for path in _TEXTS:
        yield from (str(value) for value in walk(resource, path))
    for body in walk(resource, "content.data"):
        yield base64.b64decode(body).decode(errors="replace")
