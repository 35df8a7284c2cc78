"""What the portal tells about who may see a record, who has, and where it is sent."""

from __future__ import annotations
