"""Requests about an account, and for a person of the clinic."""

from __future__ import annotations

from demo_portal.tasks.kind import Kind, for_staff, ours

KINDS: dict[tuple[str, str], Kind] = {
    ours("demographics-update"): for_staff({"change": "valueString"}),
    ours("legal-name-change"): for_staff({"change": "valueString"}, one_open=True),
    ours("settings-change"): for_staff({"change": "valueString"}),
    ours("app-revoke"): for_staff({"app": "valueString"}),
    # Asked for while nobody is signed in; who it is about is said by phone and birth date, and is for staff to find.
    ours("username-recovery"): for_staff({"phone": "valueString"}, by_assistant=True),
    ours("password-reset"): for_staff({"phone": "valueString"}, by_assistant=True),
    ours("portal-activation"): for_staff({"phone": "valueString"}, by_assistant=True),
    ours("person-request"): for_staff({"summary": "valueString"}, by_assistant=True),
    ours("callback"): for_staff({"phone": "valueString", "reason": "valueString"}, by_assistant=True),
    ours("feedback"): for_staff({"words": "valueString"}, by_assistant=True),
}
