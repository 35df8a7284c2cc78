"""What the portal tells about documents, letters, directives and articles."""

from __future__ import annotations
