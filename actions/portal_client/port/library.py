"""What anybody may ask of a portal about the health library."""

from __future__ import annotations

from typing import Protocol

from actions.portal_client.models.account import Language
from actions.portal_client.models.documents import Article


class LibraryPort(Protocol):
    """Calls about the health library."""

    async def articles(self, words: str, language: Language, limit: int = 3) -> list[Article]:
        """Find articles about some words, best fit first; empty when nothing fits or the portal has no library."""
        ...
