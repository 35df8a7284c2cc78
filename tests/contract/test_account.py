"""What is on file about somebody, and what they have set."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from actions.portal_client import Refused
from actions.portal_client.models.account import Address, DetailsChange, EmergencyContact
from tests.contract.targets import Target, demo_only, if_capable


async def test_what_is_on_file_is_told(target: Target) -> None:
    found = await target.portal("james").personal_info()

    assert (found.full_name, found.preferred_name, found.phones) == ("James O'Connor", "Jim", ("+15415550102",))
    assert found.address == Address("48 Hilyard Street", "Eugene", "OR", "97403")
    assert found.emergency_contacts == (EmergencyContact("Linda O'Connor", "wife", "+15415550103"),)
    assert found.birth_date == date(1958, 11, 2)


async def test_language_and_interpreter_are_told(target: Target) -> None:
    found = await target.portal("rosa").personal_info()

    assert (found.language, found.interpreter_needed, found.email) == ("es", True, "")


@if_capable("Patient.update")
async def test_a_phone_is_changed_and_the_rest_stays(target: Target) -> None:
    maria = target.portal("maria")
    before = await maria.personal_info()
    receipt = await maria.change_phone("+15415550101", "+15415550171", True, "key-1")

    after = await maria.personal_info()
    assert receipt.grade == "native"
    assert after == replace(before, phones=("+15415550171",))


@demo_only("a new number is dated by the portal")
async def test_a_new_phone_says_since_when(target: Target) -> None:
    maria = target.portal("maria")
    assert (await maria.person()).phone_since is None
    await maria.change_phone("+15415550101", "+15415550171", True, "key-1")

    since = (await maria.person()).phone_since
    assert since is not None
    assert since.date() == date(2026, 3, 17)


@if_capable("Patient.update")
async def test_email_and_address_are_changed(target: Target) -> None:
    maria = target.portal("maria")
    await maria.change_email("maria@example.org", "key-1")
    await maria.change_address(Address("1 New Street", "Eugene", "OR", "97405"), "key-2")

    found = await maria.personal_info()
    assert (found.email, found.address) == ("maria@example.org", Address("1 New Street", "Eugene", "OR", "97405"))


@if_capable("Patient.update")
async def test_emergency_contacts_are_replaced(target: Target) -> None:
    maria = target.portal("maria")
    wanted = (EmergencyContact("Ana Ruiz", "friend", "+15415550160"),)
    await maria.set_emergency_contacts(wanted, "key-1")
    assert (await maria.personal_info()).emergency_contacts == wanted

    await maria.set_emergency_contacts((), "key-2")
    assert (await maria.personal_info()).emergency_contacts == ()


@if_capable("Patient.update")
async def test_the_way_to_be_addressed_is_changed(target: Target) -> None:
    maria = target.portal("maria")
    change = DetailsChange("Nena", "ella", "woman", "es", True)
    await maria.change_details(change, "key-1")

    found = await maria.personal_info()
    assert (found.preferred_name, found.pronouns, found.gender_identity) == ("Nena", "ella", "woman")
    assert (found.language, found.interpreter_needed, found.full_name) == ("es", True, "Maria Elena Lopez")

    await maria.change_details(DetailsChange(preferred_name="", pronouns=""), "key-2")
    found = await maria.personal_info()
    assert (found.preferred_name, found.pronouns, found.gender_identity) == ("", "", "woman")


@if_capable("Task.create")
async def test_a_legal_name_is_asked_for(target: Target) -> None:
    receipt = await target.portal("maria").request_name_change("Maria Ruiz", "key-1")

    assert (receipt.grade, receipt.status) == ("request", "requested")
    assert (await target.portal("maria").personal_info()).full_name == "Maria Elena Lopez"


async def test_without_any_choice_news_goes_out_by_text(target: Target) -> None:
    assert set((await target.portal("wei").notification_preferences()).channels.values()) == {"text"}


@if_capable("Basic.create", "Basic.update")
async def test_news_goes_the_way_that_was_chosen(target: Target) -> None:
    maria = target.portal("maria")
    found = await maria.notification_preferences()
    assert (found.channels["results"], found.quiet_from) == ("email", time(21))

    wanted = replace(found, channels={**found.channels, "results": "none"}, quiet_from=None, quiet_until=None)
    await maria.set_notification_preferences(wanted, "key-1")
    assert await maria.notification_preferences() == wanted
    assert (await target.portal("wei").set_notification_preferences(wanted, "key-2")).grade == "native"
    assert await target.portal("wei").notification_preferences() == wanted


@if_capable("Basic.create", "Basic.update")
async def test_sign_in_settings_are_kept(target: Target) -> None:
    james = target.portal("james")
    assert (await james.sign_in_settings()).quick_login_devices == ("Kitchen phone",)
    await james.set_code_channel("app", "key-1")
    await james.set_trusted_devices(("Laptop",), "key-2")
    await james.set_quick_login_devices((), "key-3")

    found = await james.sign_in_settings()
    assert (found.code_by, found.trusted_devices, found.quick_login_devices) == ("app", ("Laptop",), ())


@if_capable("Consent.update")
async def test_an_app_is_listed_until_it_is_revoked(target: Target) -> None:
    maria = target.portal("maria")
    (app,) = await maria.connected_apps()
    assert app.name == "Step Counter"
    await maria.revoke_app(app.id, "key-1")

    assert await maria.connected_apps() == []


async def test_the_window_of_records_is_told(target: Target) -> None:
    found = await target.portal("wei").records_window()

    assert found.shown_since == date(2023, 3, 17)
    assert found.first_visit is None


@demo_only("who somebody is, is the front desk's to change")
async def test_the_last_phone_stays(target: Target) -> None:
    maria = target.portal("maria")
    portal = target.portal("dorothy")
    with pytest.raises(Refused):
        await portal.document_body("maria-letter-work-excuse")
    assert (await maria.personal_info()).phones
