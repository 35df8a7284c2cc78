"""What the portal tells about coverage, claims and referrals."""

from __future__ import annotations
