"""What the portal tells about readings, trackers and questionnaires."""

from __future__ import annotations
