"""What may be asked of a portal about documents."""

from __future__ import annotations

from typing import Protocol

from actions.portal_client.models.documents import Document, DocumentBody, HealthCareAgent
from actions.portal_client.models.requests import Receipt


class DocumentsPort(Protocol):
    """Calls about documents."""

    async def documents(self) -> list[Document]:
        """List everything on file, newest first."""
        ...

    async def letters(self) -> list[Document]:
        """List letters from providers, such as excuses for work or school, newest first."""
        ...

    async def document_body(self, document_id: str) -> DocumentBody:
        """Get what is in a document.

        Raises:
            Refused: `not-found` when the person has no such document.
        """
        ...

    async def add_document(self, title: str, content_type: str, content: bytes, key: str) -> Receipt:
        """Put a file of the person on file: PDF, PNG or JPEG.

        Raises:
            Refused: `too-long` when it is larger than the portal takes, `business-rule` for another type.
            NotOffered: the portal takes no files.
        """
        ...

    async def health_care_agents(self) -> list[HealthCareAgent]:
        """List who decides when the person cannot, the first one first."""
        ...

    async def directives(self) -> list[Document]:
        """List living wills and other directives, newest first."""
        ...

    async def request_agent_change(self, name: str, phone: str, rank: str, key: str) -> Receipt:
        """Ask the clinic to name another health care agent; the forms must be signed."""
        ...
