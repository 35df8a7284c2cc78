"""Settings: what the demo needs nothing for, and what production refuses to start without."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from settings import DEMO_SECRET, TABLE, Setting, Settings, SettingsError

DEMO = {"CARELINE_DEMO": "1"}
PRODUCTION = {
    "PORTAL_CLIENT_SECRET": "a secret between the portal and us",
    "CARELINE_SECRET": "0123456789abcdef0123456789abcdef",
    "CARELINE_API_KEYS": "key-of-the-website, key-of-the-phone ,",
    "TWILIO_AUTH_TOKEN": "a token of the carrier",
    "TWILIO_API_URL": "",
}


def test_the_demo_needs_nothing_set() -> None:
    assert Settings.from_environment(DEMO).demo


def test_production_starts_when_its_secrets_are_set() -> None:
    settings = Settings.from_environment(PRODUCTION)
    assert not settings.demo
    assert settings["TWILIO_API_URL"] == ""


def test_an_empty_environment_is_no_demo() -> None:
    with pytest.raises(SettingsError):
        Settings.from_environment({})


@pytest.mark.parametrize("name", PRODUCTION)
def test_d10_production_refuses_to_start_without_it_and_says_its_name(name: str) -> None:
    without = {key: value for key, value in PRODUCTION.items() if key != name}
    with pytest.raises(SettingsError, match=f"Set {name}"):
        Settings.from_environment(without)


@pytest.mark.parametrize(
    "setting",
    [each for each in TABLE if each.secret and not each.may_be_empty and each.name != "DEMO_KEY"],
    ids=lambda setting: setting.name,
)
def test_d10_production_refuses_the_secrets_of_the_demo(setting: Setting) -> None:
    with pytest.raises(SettingsError, match=setting.name):
        Settings.from_environment(PRODUCTION | {setting.name: setting.demo})


@pytest.mark.parametrize(("length", "starts"), [(1, False), (31, False), (32, True)])
def test_the_root_of_all_keys_has_at_least_32_characters(length: int, starts: bool) -> None:
    environment = PRODUCTION | {"CARELINE_SECRET": "k" * length}
    if starts:
        assert Settings.from_environment(environment)["CARELINE_SECRET"] == "k" * length
    else:
        with pytest.raises(SettingsError, match="32"):
            Settings.from_environment(environment)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", ""])
def test_the_demo_never_listens_to_others(host: str) -> None:
    with pytest.raises(SettingsError, match="this machine only"):
        Settings.from_environment(DEMO | {"CARELINE_HOST": host})


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_the_demo_listens_to_this_machine(host: str) -> None:
    assert Settings.from_environment(DEMO | {"CARELINE_HOST": host})["CARELINE_HOST"] == host


def test_the_demo_never_sends_real_texts() -> None:
    with pytest.raises(SettingsError, match="never sends real texts"):
        Settings.from_environment(DEMO | {"TWILIO_API_URL": ""})


@pytest.mark.parametrize("value", ["0", "true", "yes", "", " 1"])
def test_only_a_one_is_the_demo(value: str) -> None:
    assert not Settings.from_environment(PRODUCTION | {"CARELINE_DEMO": value}).demo


def test_the_keys_of_the_interface_are_a_list() -> None:
    assert Settings.from_environment(PRODUCTION).api_keys == {"key-of-the-website", "key-of-the-phone"}


def test_numbers_and_paths_are_what_they_mean() -> None:
    settings = Settings.from_environment(DEMO | {"CARELINE_PORT": "8123", "CLOCK_FILE": "/tmp/clock"})
    assert (settings.port, settings.clock_file) == (8123, Path("/tmp/clock"))


def test_printing_the_settings_shows_no_secret() -> None:
    settings = Settings.from_environment(PRODUCTION)
    assert all(value not in f"{settings!r} {settings}" for name, value in PRODUCTION.items() if value)


def test_the_private_secret_follows_from_the_root_and_is_not_it() -> None:
    one = Settings.from_environment(PRODUCTION).private_secret
    other = Settings.from_environment(PRODUCTION | {"CARELINE_SECRET": "f" * 32}).private_secret
    assert one == Settings.from_environment(PRODUCTION).private_secret
    assert len({one, other, PRODUCTION["CARELINE_SECRET"]}) == 3


def test_every_setting_says_what_it_is_for() -> None:
    assert all(setting.meaning.endswith(".") for setting in TABLE)
    assert len({setting.name for setting in TABLE}) == len(TABLE)


def test_whatever_holds_the_demos_secret_is_marked_as_one() -> None:
    assert [setting.name for setting in TABLE if setting.demo == DEMO_SECRET and not setting.secret] == []


def test_the_environment_of_the_process_is_read_when_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARELINE_DEMO", "1")
    monkeypatch.setenv("CLINIC_NAME", "Somewhere Else")
    assert Settings.from_environment()["CLINIC_NAME"] == "Somewhere Else"


@pytest.mark.parametrize("empty", ["", " ", ",", " , "])
@pytest.mark.parametrize("name", ["CARELINE_SECRET", "CARELINE_API_KEYS", "PORTAL_CLIENT_SECRET", "TWILIO_AUTH_TOKEN"])
def test_d10_production_refuses_a_secret_that_is_empty(name: str, empty: str) -> None:
    with pytest.raises(SettingsError, match=f"Set {name}"):
        Settings.from_environment(PRODUCTION | {name: empty})


def test_d10_a_secret_may_come_from_a_file_as_containers_have_it(tmp_path: Path) -> None:
    file = tmp_path / "careline"
    file.write_text("f" * 40 + "\n")
    without = {key: value for key, value in PRODUCTION.items() if key != "CARELINE_SECRET"}
    settings = Settings.from_environment(without | {"CARELINE_SECRET_FILE": str(file)})
    assert settings["CARELINE_SECRET"] == "f" * 40


def test_d10_the_demos_secret_is_refused_from_a_file_too(tmp_path: Path) -> None:
    file = tmp_path / "careline"
    file.write_text(DEMO_SECRET)
    without = {key: value for key, value in PRODUCTION.items() if key != "CARELINE_SECRET"}
    with pytest.raises(SettingsError, match="Set CARELINE_SECRET"):
        Settings.from_environment(without | {"CARELINE_SECRET_FILE": str(file)})


def test_d10_a_file_and_a_value_are_one_too_many(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="not both"):
        Settings.from_environment(PRODUCTION | {"CARELINE_SECRET_FILE": str(tmp_path / "x")})


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_d10_a_file_that_cannot_be_read_is_named_by_its_setting(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "careline"
    if content is not None:
        file.write_bytes(content)
    without = {key: value for key, value in PRODUCTION.items() if key != "CARELINE_SECRET"}
    with pytest.raises(SettingsError, match="CARELINE_SECRET_FILE"):
        Settings.from_environment(without | {"CARELINE_SECRET_FILE": str(file)})


def test_d10_while_the_root_is_changed_both_are_known_and_the_new_one_comes_first() -> None:
    old, new = PRODUCTION["CARELINE_SECRET"], "n" * 32
    before = Settings.from_environment(PRODUCTION)
    settings = Settings.from_environment(PRODUCTION | {"CARELINE_SECRET": new, "CARELINE_SECRET_OLDER": old})
    assert (before.root_secrets, settings.root_secrets) == ((old,), (new, old))
    assert settings.secrets_for("tracker store")[1] == before.secrets_for("tracker store")[0]
    assert settings.private_secret != before.private_secret


def test_no_two_uses_share_a_secret() -> None:
    settings = Settings.from_environment(PRODUCTION)
    derived = {settings.secrets_for(use)[0] for use in ("tracker store", "gateway store", "private side")}
    assert len(derived | {PRODUCTION["CARELINE_SECRET"]}) == 4


@pytest.mark.parametrize("older", [DEMO_SECRET, "short"])
def test_d10_the_root_before_must_have_been_one(older: str) -> None:
    with pytest.raises(SettingsError, match="CARELINE_SECRET_OLDER"):
        Settings.from_environment(PRODUCTION | {"CARELINE_SECRET_OLDER": older})


@pytest.mark.parametrize(("days", "talk", "conversations"), [("30", 30, 30), ("365", 365, 365), ("1", 1, 1)])
def test_d04_talk_is_kept_for_as_many_days_as_said(days: str, talk: int, conversations: int) -> None:
    settings = Settings.from_environment(DEMO | {"TALK_KEPT_DAYS": days})
    assert (settings.talk_kept, settings.conversations_kept) == (timedelta(days=talk), timedelta(days=conversations))


def test_d04_for_no_day_means_until_an_hour_of_rest() -> None:
    settings = Settings.from_environment(DEMO | {"TALK_KEPT_DAYS": "0"})
    assert (settings.talk_kept, settings.conversations_kept) == (timedelta(0), timedelta(hours=1))


@pytest.mark.parametrize("days", ["366", "-1", "1.5", "forever", "", "²"])
def test_d04_any_other_number_of_days_is_refused(days: str) -> None:
    with pytest.raises(SettingsError, match="TALK_KEPT_DAYS"):
        Settings.from_environment(DEMO | {"TALK_KEPT_DAYS": days})


def test_an_agreement_for_a_channel_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SettingsError, match="CARELINE_BAA names pigeon"):
        Settings.from_environment(PRODUCTION | {"CARELINE_BAA": "sms,pigeon"})


@pytest.mark.parametrize("years", ["5", "0", "-6", "6.5", "", "for ever", "²", "1000"])
def test_d05_the_audit_trail_is_kept_six_years_or_longer(years: str) -> None:
    with pytest.raises(SettingsError, match="AUDIT_YEARS"):
        Settings.from_environment({"CARELINE_DEMO": "1", "AUDIT_YEARS": years})
