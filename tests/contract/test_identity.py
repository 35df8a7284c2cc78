"""Who somebody is, and whose record their token opens."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from actions.portal_client import FhirPortal, Refused, SessionExpired
from clock import CLINIC_ZONE
from tests.contract.targets import Target, demo_only, if_capable
from tests.fakes import A_TUESDAY


@if_capable("Patient.$match")
@pytest.mark.parametrize(
    ("phone", "born", "found"),
    [
        ("+15415550104", date(1951, 7, 20), ("rosa", "es", True)),
        ("+15415550106", date(1939, 9, 9), ("dorothy", "en", False)),
    ],
    ids=["mobile, Spanish", "landline"],
)
async def test_a_person_is_found_by_phone_and_birth_date(
    target: Target, phone: str, born: date, found: tuple[str, str, bool]
) -> None:
    person = await target.directory.find_person(phone, born)
    assert person is not None
    assert (person.id, person.language, person.can_text) == found


@if_capable("Patient.$match")
async def test_a_wrong_birth_date_finds_nobody(target: Target) -> None:
    assert await target.directory.find_person("+15415550101", date(1984, 3, 13)) is None


@if_capable("Patient.$match")
async def test_two_people_with_one_phone_are_told_apart_by_birth_date(target: Target) -> None:
    found = await target.directory.find_person("+15415550105", date(1981, 9, 8))
    assert found is not None
    assert found.id == "anne"


@if_capable("Patient.$match")
async def test_whoever_is_signed_in_is_who_was_found(target: Target) -> None:
    found = await target.directory.find_person("+15415550106", date(1939, 9, 9))
    assert await target.portal("dorothy").person() == found


async def test_a_person_is_told_with_phone_and_language(target: Target) -> None:
    rosa = await target.portal("rosa").person()
    assert (rosa.id, rosa.phone, rosa.language, rosa.can_text) == ("rosa", "+15415550104", "es", True)


@demo_only("its tokens are one patient's")
async def test_an_exchanged_token_opens_only_its_own_record(target: Target) -> None:
    async def rosas() -> str:
        return await target.sign_in("rosa")

    as_maria = FhirPortal(
        target.client, "maria", rosas, target.clock, CLINIC_ZONE, server=target.server, trail=target.trail
    )
    with pytest.raises(Refused, match="forbidden"):
        await as_maria.balances()


@demo_only("its tokens are one patient's")
async def test_an_exchange_for_nobody_is_refused(target: Target) -> None:
    with pytest.raises(SessionExpired):
        await target.tokens.exchange("nobody", A_TUESDAY)


@demo_only("its tokens lapse")
async def test_a_lapsed_token_means_signing_in_again(target: Target) -> None:
    maria = target.portal("maria")
    await maria.balances()
    target.clock.advance(timedelta(minutes=11))
    with pytest.raises(SessionExpired):
        await maria.balances()


async def test_no_address_names_a_patient_who_is_searched_for(target: Target) -> None:
    maria = target.portal("maria")
    for call in (maria.appointments, maria.medications, maria.test_results, maria.balances):
        await call()
    searches = [each for each in target.wire.sent if "maria" in each and "Patient/maria" not in each]
    assert searches == []
