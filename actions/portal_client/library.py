"""The health library: articles as FHIR R4 Library, found by their words (`_content`)."""

from __future__ import annotations

from base64 import b64decode

from actions.portal_client.anybody import AnybodysCalls
from actions.portal_client.errors import Refused
from actions.portal_client.fhir import Json, id_of, reading, text_in
from actions.portal_client.models.account import Language
from actions.portal_client.models.documents import Article


class LibraryCalls(AnybodysCalls):
    """The health library, for anybody."""

    async def articles(self, words: str, language: Language, limit: int = 3) -> list[Article]:
        asked = [("_content", words), ("language", language), ("status", "active")]
        try:
            found = await self._asked(lambda: self._fhir.search("Library", asked, at_most=limit))
        except Refused as refused:
            if refused.code not in ("not-supported", "not-found"):
                raise
            return []
        with reading("Library"):
            fitting = [each for each in found.matches if each.get("language") == language]
            return [_to_article(each, language) for each in fitting][:limit]


def _to_article(library: Json, language: Language) -> Article:
    cited = next((each for each in library.get("relatedArtifact", []) if each["type"] == "citation"), {})
    body = next((each for each in library.get("content", []) if "data" in each), {})
    return Article(
        id=id_of(library),
        title=text_in(library, "title"),
        short=text_in(library, "description"),
        body=b64decode(body.get("data", "")).decode(),
        language=language,
        source=text_in(cited, "display") or text_in(cited, "citation"),
        source_url=text_in(cited, "url"),
    )
