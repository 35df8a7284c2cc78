"""Many people at the same moment, over real connections, before two processes of the portal that share one store.

What counts is what the store holds afterwards; the answers only have to agree with it.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.portal_crowd import CROWD, HANG_UP, OWED, Portals, at_once, free_slots, portals, statuses, unheard

__all__ = ["free_slots", "portals"]
EVERYBODY = [f"crowd-{number}" for number in range(CROWD)]


def test_of_64_who_book_one_time_one_gets_it(portals: Portals, free_slots: Iterator[str]) -> None:
    slot = next(free_slots)
    answers = at_once([portals.book(each, slot) for each in EVERYBODY])
    assert statuses(answers) == {200: 1, 409: CROWD - 1}
    assert [claim.kind for claim in portals.claims(slot)] == ["book"]
    assert [visit["status"] for visit in portals.visits(slot)] == ["booked"]
    assert portals.status_of(slot) == "busy"


def test_of_64_who_hold_or_book_one_time_one_gets_it(portals: Portals, free_slots: Iterator[str]) -> None:
    slot = next(free_slots)
    asked = [(portals.hold if number % 2 else portals.book)(each, slot) for number, each in enumerate(EVERYBODY)]
    answers = at_once(asked)
    assert statuses(answers)[409] == CROWD - 1
    winner = next(each.json() for each in answers if each.is_success)
    assert [claim.appointment_id for claim in portals.claims(slot)] == [winner["id"]]
    assert [visit["id"] for visit in portals.visits(slot)] == [winner["id"]]


def test_somebody_who_holds_and_books_at_once_has_one_visit(portals: Portals, free_slots: Iterator[str]) -> None:
    """Several times, as it takes luck to meet: nobody may be told that their own hold has taken the time."""
    one = EVERYBODY[1]
    for _ in range(8):
        slot = next(free_slots)
        asked = [portals.hold(one, slot), portals.book(one, slot), portals.hold(one, slot)]
        assert at_once(asked)[1].json().get("status") == "booked"
        assert [claim.kind for claim in portals.claims(slot)] == ["book"]
        assert [visit["status"] for visit in portals.visits(slot)] == ["booked"]


def test_two_who_want_two_times_each_get_what_the_store_says(portals: Portals, free_slots: Iterator[str]) -> None:
    """Each of both asks for both, in the opposite order: every time has one owner, and nobody waits for ever."""
    for _ in range(4):
        first, second = next(free_slots), next(free_slots)
        one, other = EVERYBODY[2:4]
        asked = [portals.book(who, slot) for who in (one, other) for slot in (first, second)]
        answers = at_once([asked[0], asked[3], asked[1], asked[2]])
        assert statuses(answers) == {200: 2, 409: 2}
        assert sorted(claim.slot_id for claim in portals.claims(first, second)) == sorted([first, second])
        assert len(portals.visits(first, second)) == 2


def test_two_who_move_to_each_others_time_keep_their_own(portals: Portals, free_slots: Iterator[str]) -> None:
    """Each gives back what the other waits for: a store that locks carelessly stops here for ever."""
    one, other = EVERYBODY[4:6]
    first, second = next(free_slots), next(free_slots)
    visits = [portals.book(who, slot)().json()["id"] for who, slot in ((one, first), (other, second))]
    answers = at_once([portals.move(one, visits[0], second), portals.move(other, visits[1], first)])
    assert statuses(answers) == {409: 2}
    owners = {claim.slot_id: claim.patient_id for claim in portals.claims(first, second)}
    assert owners == {first: one, second: other}
    assert sorted(visit["id"] for visit in portals.visits(first, second)) == sorted(visits)


def test_50_equal_payments_make_one_charge(portals: Portals) -> None:
    one = EVERYBODY[6]
    answers = at_once([portals.pay(one, 2500, "key-1") for _ in range(50)])
    assert statuses(answers) == {200: 50}
    assert len({each.json()["id"] for each in answers}) == 1
    assert portals.charges(one) == [2500]
    assert portals.owed(one) == OWED - 2500


def test_50_different_payments_take_no_more_than_is_owed(portals: Portals) -> None:
    one = EVERYBODY[7]
    answers = at_once([portals.pay(one, 1500, f"key-{number}") for number in range(50)])
    fitting = OWED // 1500
    assert statuses(answers) == {200: fitting, 422: 50 - fitting}
    assert portals.charges(one) == [1500] * fitting
    assert portals.owed(one) == OWED - 1500 * fitting


def test_a_booking_that_nobody_heard_of_is_not_made_twice(portals: Portals, free_slots: Iterator[str]) -> None:
    slot, one = next(free_slots), EVERYBODY[8]
    unheard([portals.book(one, slot, timeout=HANG_UP) for _ in range(5)])
    answers = at_once([portals.book(one, slot) for _ in range(5)])
    assert statuses(answers) == {200: 5}
    assert {each.json()["id"] for each in answers} == {claim.appointment_id for claim in portals.claims(slot)}
    assert len(portals.visits(slot)) == 1


def test_a_payment_that_nobody_heard_of_is_not_made_twice(portals: Portals) -> None:
    one = EVERYBODY[9]
    unheard([portals.pay(one, 2500, "key-1", timeout=HANG_UP) for _ in range(5)])
    answers = at_once([portals.pay(one, 2500, "key-1") for _ in range(5)])
    assert statuses(answers) == {200: 5}
    assert portals.charges(one) == [2500]
    assert portals.owed(one) == OWED - 2500


def test_a_refill_that_nobody_heard_of_is_not_filed_twice(portals: Portals) -> None:
    one = EVERYBODY[10]
    unheard([portals.refill(one, "key-1", timeout=HANG_UP) for _ in range(5)])
    answers = at_once([portals.refill(one, "key-1") for _ in range(5)])
    assert statuses(answers) == {200: 5}
    assert {each.json()["id"] for each in answers} == set(portals.requests(one))


def test_refills_with_many_keys_file_one_request(portals: Portals) -> None:
    one = EVERYBODY[11]
    answers = at_once([portals.refill(one, f"key-{number}") for number in range(20)])
    assert statuses(answers) == {200: 1, 409: 19}
    assert len(portals.requests(one)) == 1
