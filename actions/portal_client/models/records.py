"""What the portal tells about the health record: allergies, issues, vaccines, history, plans."""

from __future__ import annotations
