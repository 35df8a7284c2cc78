"""Who may see a record, who has, and where it is sent."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from actions.portal_client import Refused
from tests.contract.targets import Target, demo_only, if_capable


@if_capable("Patient.$acts-for")
async def test_a_mother_may_open_her_childrens_records(target: Target) -> None:
    found = await target.portal("maria").dependents()

    assert [(each.given_name, each.level, each.relationship) for each in found] == [
        ("Leo", "full", "MTH"),
        ("Sofia", "limited", "MTH"),
        ("Mateo", "limited", "MTH"),
    ]


@if_capable("Patient.$acts-for")
async def test_a_guardian_whose_time_is_over_may_open_nothing(target: Target) -> None:
    assert await target.portal("frank").dependents() == []


@if_capable("Patient.$acts-for")
async def test_a_wife_may_open_what_was_granted(target: Target) -> None:
    (james,) = await target.portal("linda-oconnor").dependents()

    assert (james.given_name, james.level, james.until) == ("James", "full", date(2026, 6, 15))


async def test_who_has_access_is_listed(target: Target) -> None:
    found = await target.portal("james").grants()

    assert [(each.name, each.level, each.active) for each in found] == [("Linda O'Connor", "full", True)]


@if_capable("Consent.update")
async def test_an_access_is_narrowed_and_ended(target: Target) -> None:
    james = target.portal("james")
    (grant,) = await james.grants()
    await james.change_grant(grant.id, "billing", date(2026, 4, 1), "key-1")
    (changed,) = await james.grants()
    assert (changed.level, changed.until) == ("billing", date(2026, 4, 1))

    await james.revoke_grant(grant.id, "key-2")
    assert await james.grants() == []


@demo_only("invitations are operations of ours")
async def test_an_invitation_is_taken_up_once(target: Target) -> None:
    priya, anne = target.portal("priya"), target.portal("anne")
    invitation = await priya.invite("Anne Hughes", "+15415550105", "view", date(2026, 6, 1), "key-1")
    assert [(each.name, each.active) for each in await priya.grants()] == [("Anne Hughes", False)]
    assert await anne.dependents() == []

    accepted = await anne.accept_invitation(invitation.code.lower(), "key-2")
    assert await anne.accept_invitation(invitation.code, "key-2") == accepted
    assert [(each.given_name, each.level) for each in await anne.dependents()] == [("Priya", "view")]
    assert [(each.name, each.active) for each in await priya.grants()] == [("Anne Hughes", True)]
    with pytest.raises(Refused):
        await target.portal("robert").accept_invitation(invitation.code, "key-3")

    await priya.revoke_grant(invitation.grant_id, "key-4")
    assert await anne.dependents() == []


@demo_only("invitations are operations of ours")
async def test_a_wrong_or_old_code_opens_nothing(target: Target) -> None:
    invitation = await target.portal("priya").invite("Anne", "+15415550105", "view", date(2026, 6, 1), "key-1")
    anne = target.portal("anne")
    with pytest.raises(Refused):
        await anne.accept_invitation("AAAAAAAA", "key-2")
    target.clock.advance(timedelta(days=8))
    with pytest.raises(Refused):
        await target.portal("anne").accept_invitation(invitation.code, "key-3")


@demo_only("who is too young to grant")
async def test_a_teenager_cannot_invite(target: Target) -> None:
    with pytest.raises(Refused) as caught:
        await target.portal("mateo").invite("Anne", "+15415550105", "view", date(2026, 6, 1), "key-1")
    assert caught.value.detail == "not-an-adult"


async def test_a_viewer_one_does_not_know_is_in_the_log(target: Target) -> None:
    found = await target.portal("harold").access_log()

    assert any("Merrill" in each.who and each.what == "DiagnosticReport" for each in found)
    assert found == sorted(found, key=lambda each: each.at.timestamp(), reverse=True)


@demo_only("the portal notes every access")
async def test_this_assistants_own_accesses_are_in_the_log(target: Target) -> None:
    maria = target.portal("maria")
    await maria.test_results()

    mine = [each for each in await maria.access_log() if each.who == "you"]
    assert mine[0].through == "careline"
    assert "DiagnosticReport" in {each.what for each in mine}


async def test_linked_accounts_are_listed_and_ended(target: Target) -> None:
    aisha = target.portal("aisha")
    (linked,) = await aisha.linked_accounts()
    assert linked.organization == "Lane County Hospital"
    await aisha.unlink(linked.id, "key-1")

    assert await aisha.linked_accounts() == []


@if_capable("Consent.create", "Consent.update")
async def test_an_exchange_is_allowed_and_forbidden(target: Target) -> None:
    james = target.portal("james")
    assert [(each.organization, each.allowed) for each in await james.exchanges()] == [("Lane County Hospital", False)]
    await james.authorize_exchange("lane-county", True, "key-1")
    assert [each.allowed for each in await james.exchanges()] == [True]
    await james.authorize_exchange("coast-range", False, "key-2")
    assert sorted(each.allowed for each in await james.exchanges()) == [False, True]


@demo_only("share codes are operations of ours")
async def test_a_share_code_is_listed_and_revoked(target: Target) -> None:
    maria = target.portal("maria")
    made = await maria.make_share("key-1")
    (listed,) = await maria.shares()
    assert (listed.id, listed.opened_at, listed.revoked) == (made.id, None, False)
    assert made.code not in repr(listed)

    await maria.revoke_share(made.id, "key-2")
    assert [each.revoked for each in await maria.shares()] == [True]
    with pytest.raises(Refused):
        await target.portal("james").revoke_share(made.id, "key-3")


@if_capable("Patient.$summary")
async def test_a_summary_is_a_document_about_this_patient(target: Target) -> None:
    bundle = json.loads(await target.portal("maria").summary_document())

    assert (bundle["type"], bundle["entry"][0]["resource"]["resourceType"]) == ("document", "Composition")
    titles = [each["title"] for each in bundle["entry"][0]["resource"]["section"]]
    assert titles == ["Problems", "Allergies and Intolerances", "Medications", "Immunizations", "Results"]
    assert "penicillin" in json.dumps(bundle)


@if_capable("Task.create")
async def test_the_clinic_is_asked_for_what_it_does_itself(target: Target) -> None:
    maria = target.portal("maria")
    asked = [
        await maria.request_child_access("Luna Lopez", date(2026, 1, 5), "mother", "key-1"),
        await maria.request_link("Coast Range Health", "key-2"),
        await maria.send_record("Dr. Wu, Portland", "summary", "key-3"),
        await maria.request_record_copy("results", date(2025, 1, 1), "pdf", "key-4"),
    ]

    assert {(each.grade, each.status) for each in asked} == {("request", "requested")}
    assert [each.id for each in await maria.record_requests()] == [asked[3].id]
