"""What the portal tells about messages and calls."""

from __future__ import annotations
