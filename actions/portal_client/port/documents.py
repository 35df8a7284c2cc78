"""What may be asked of a portal about documents and articles."""

from __future__ import annotations

from typing import Protocol


class DocumentsPort(Protocol):
    """Calls about documents and articles."""
