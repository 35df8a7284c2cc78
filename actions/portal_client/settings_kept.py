"""Settings that FHIR has no resource for: one `Basic` a kind, whose values are extensions of ours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time

from actions.portal_client.asking import AskingCalls
from actions.portal_client.fhir import Json, codes, concept, extension, id_of, reading, text_in
from actions.portal_client.models.account import CodeChannel, NotificationPreferences, SignInSettings
from actions.portal_client.models.requests import Receipt
from actions.portal_client.requests import task_input
from actions.portal_client.vocabulary import BASIC_KIND, NOTIFICATION_CHOICE, QUIET_HOURS, SETTING

NOTIFICATIONS, TWO_FACTOR, QUICK_LOGIN = "notification-preferences", "two-factor", "quick-login"
KINDS_OF_NEWS: tuple[str, ...] = ("results", "messages", "appointments", "billing", "refills")


class SettingCalls(AskingCalls):
    """Settings of the patient in context."""

    async def notification_preferences(self) -> NotificationPreferences:
        kept = await self._setting(NOTIFICATIONS)
        with reading("Basic"):
            return _to_preferences(kept or {})

    async def set_notification_preferences(self, preferences: NotificationPreferences, key: str) -> Receipt:
        chosen = [_choice(kind, channel) for kind, channel in sorted(preferences.channels.items())]
        return await self._keep_setting(NOTIFICATIONS, [*chosen, *_quiet(preferences)], key)

    async def sign_in_settings(self) -> SignInSettings:
        codes_by, quick = await self._setting(TWO_FACTOR), await self._setting(QUICK_LOGIN)
        with reading("Basic"):
            channel = next(iter(_values(codes_by, "code-by")), "text")
            by: CodeChannel = channel if channel in ("text", "call", "email", "app") else "text"
            trusted, quickly = _values(codes_by, "trusted-device"), _values(quick, "device")
            return SignInSettings(by, tuple(trusted), tuple(quickly))

    async def set_code_channel(self, channel: CodeChannel, key: str) -> Receipt:
        trusted = (await self.sign_in_settings()).trusted_devices
        return await self._keep_setting(TWO_FACTOR, _two_factor(channel, trusted), key)

    async def set_trusted_devices(self, names: tuple[str, ...], key: str) -> Receipt:
        channel = (await self.sign_in_settings()).code_by
        return await self._keep_setting(TWO_FACTOR, _two_factor(channel, names), key)

    async def set_quick_login_devices(self, names: tuple[str, ...], key: str) -> Receipt:
        return await self._keep_setting(QUICK_LOGIN, [_said("device", name) for name in names], key)

    async def _setting(self, kind: str) -> Json | None:
        asked = [("patient", self._patient_id), ("code", f"{BASIC_KIND}|{kind}")]
        found = await self._fhir.search("Basic", asked)
        with reading("Basic"):
            return next((each for each in found.matches if kind in codes(each["code"], BASIC_KIND)), None)

    async def _keep_setting(self, kind: str, extensions: list[Json], key: str) -> Receipt:
        """Change the setting, or keep it for the first time; ask the clinic where the portal cannot."""
        if not await self._states("Basic.update"):
            words = ", ".join(_in_words(each) for each in extensions)
            change = task_input("change", "valueString", f"{kind}: {words or 'none'}")
            return await self._request("settings-change", key, change)
        kept = await self._setting(kind)
        if kept is None:
            basic: Json = {"resourceType": "Basic", "code": concept(BASIC_KIND, kind)}
            made = {**basic, "subject": {"reference": self._patient}}
            return await self._create({**made, "extension": extensions} if extensions else made, key)
        plain = {name: value for name, value in kept.items() if name != "extension"}
        wanted = {**plain, "extension": extensions} if extensions else plain
        changed = await self._change("Basic", id_of(kept), lambda now: {**wanted, "meta": now["meta"]}, key)
        return Receipt(id_of(changed), "native", "active")


def _to_preferences(basic: Json) -> NotificationPreferences:
    channels = dict.fromkeys(KINDS_OF_NEWS, "text")
    for each in basic.get("extension", []):
        if each["url"] == NOTIFICATION_CHOICE:
            channels[_part(each, "news")] = _part(each, "channel")
    quiet = extension(basic, QUIET_HOURS)
    start, end = (time.fromisoformat(_part(quiet, name)) if quiet else None for name in ("from", "until"))
    return NotificationPreferences(channels, start, end)


def _part(element: Json, url: str) -> str:
    inner = extension(element, url) or {}
    return text_in(inner, "valueCode") or text_in(inner, "valueTime") or text_in(inner, "valueString")


def _choice(kind: str, channel: str) -> Json:
    inner = [{"url": "news", "valueCode": kind}, {"url": "channel", "valueCode": channel}]
    return {"url": NOTIFICATION_CHOICE, "extension": inner}


def _quiet(preferences: NotificationPreferences) -> list[Json]:
    if preferences.quiet_from is None or preferences.quiet_until is None:
        return []
    edges = (("from", preferences.quiet_from), ("until", preferences.quiet_until))
    inner = [{"url": name, "valueTime": at.isoformat()} for name, at in edges]
    return [{"url": QUIET_HOURS, "extension": inner}]


def _two_factor(channel: str, trusted: Sequence[str]) -> list[Json]:
    return [_said("code-by", channel), *(_said("trusted-device", name) for name in trusted)]


def _said(name: str, value: str) -> Json:
    return {"url": SETTING, "extension": [{"url": "name", "valueCode": name}, {"url": "value", "valueString": value}]}


def _values(basic: Json | None, name: str) -> list[str]:
    kept = [each for each in (basic or {}).get("extension", []) if each["url"] == SETTING]
    return [_part(each, "value") for each in kept if _part(each, "name") == name]


def _in_words(setting: Json) -> str:
    return " ".join(str(value) for each in setting["extension"] for name, value in each.items() if name != "url")
