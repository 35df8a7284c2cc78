"""Requests of the area sharing."""

from __future__ import annotations

from demo_portal.tasks.kind import Kind, for_staff, ours

KINDS: dict[tuple[str, str], Kind] = {
    ours("proxy-request"): for_staff({"name": "valueString", "birth-date": "valueDate", "relationship": "valueString"}),
    ours("access-change"): for_staff({"change": "valueString"}),
    ours("link-account"): for_staff({"organization": "valueString"}),
    ours("unlink-account"): for_staff({"account": "valueString"}),
    ours("care-everywhere"): for_staff({"organization": "valueString", "allowed": "valueBoolean"}),
    ours("send-record"): for_staff({"to": "valueString", "what": "valueString"}),
    ours("release-of-information"): for_staff({"part": "valueString", "form": "valueString"}),
}
