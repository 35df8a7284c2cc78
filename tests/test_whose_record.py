"""For whom a task is done, over the real portal: said, asked, switched, kept to, and ended in mid-conversation."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from demo_portal.store.resources import WHOLE
from tests.demo_portal_case import MONDAY_NINE, Demo, demo, seeded_file, settings
from tests.family_case import Family, birthday, maria, midnight, revoke, signed_in

__all__ = ["demo", "maria", "seeded_file", "settings"]
NEUTRAL, BACK, FOR_TASK = "utter_not_for_this_person", "utter_switch_person_back", "utter_switch_person_for_task"
DONE, OWN, WHOM = "utter_switch_person_done", "utter_switch_person_own", "utter_ask_switch_person_whom"


@pytest_asyncio.fixture
async def linda(demo: Demo, tmp_path: Path) -> AsyncIterator[Family]:
    """A wife with a full grant on her husband's record, signed in."""
    async with signed_in(demo, tmp_path, "linda-oconnor") as talk:
        yield talk


@pytest_asyncio.fixture
async def frank(demo: Demo, tmp_path: Path) -> AsyncIterator[Family]:
    """A father whose guardianship is over, signed in."""
    async with signed_in(demo, tmp_path, "frank") as talk:
        yield talk


async def signed_in_at(demo: Demo, folder: Path, person: str, moment: object) -> Family:
    """Somebody who signs in at a moment."""
    demo.clock.advance(moment - demo.clock.now())  # type: ignore[operator]
    talk = Family(folder / "later", demo, person)
    talk.sign_in()
    return talk


# --- switch_person -----------------------------------------------------------------------------------------------


async def test_it_goes_over_to_somebody_and_says_to_whom(maria: Family) -> None:
    assert await maria.says("i'm calling about my son leo", "switch_person") == [DONE]
    assert (maria.record, maria.said_of(DONE)["person"]) == ("leo", "Leo")


async def test_it_goes_back(maria: Family) -> None:
    await maria.says("switch to leo", "switch_person")
    assert await maria.says("back to me", "switch_person") == [OWN]
    assert maria.record is None


async def test_it_says_whose_record_it_is(maria: Family) -> None:
    assert await maria.says("whose record are we in?", "switch_person") == [OWN]
    await maria.says("ahora para mi hija", "switch_person")
    assert await maria.says("whose record are we in?", "switch_person") == [DONE]
    assert maria.said_of(DONE)["person"] == "Sofia"


@pytest.mark.parametrize(
    ("said", "offered"),
    [("switch to my son", ["leo", "mateo"]), ("switch patient", ["leo", "sofia", "mateo"]), ("it's for my kids", ["leo", "sofia", "mateo"])],
)  # fmt: skip
async def test_it_asks_whom_when_several_fit(maria: Family, said: str, offered: list[str]) -> None:
    assert await maria.says(said, "switch_person") == [WHOM]
    assert (maria.picks(), maria.record) == (offered, None)


@pytest.mark.parametrize(
    ("answer", "pick", "who"),
    [("mateo", None, "mateo"), ("Mateo", "mateo", "mateo"), ("the second one", None, "mateo"), ("the older one", None, "mateo"), ("the 8 year old", None, "leo"),
     ("my daughter", None, "sofia")],
)  # fmt: skip
async def test_the_answer_may_be_a_name_a_place_or_an_age(
    maria: Family, answer: str, pick: str | None, who: str
) -> None:
    await maria.says("switch to my son", "switch_person")
    assert await maria.says(answer, pick=pick) == [DONE]
    assert maria.record == who


@pytest.mark.parametrize("pick", ["daniel", "james", "nobody", "maria"])
async def test_b16_a_forged_choice_opens_nothing(maria: Family, pick: str) -> None:
    await maria.says("switch to my son", "switch_person")
    assert await maria.says("x", pick=pick) == [NEUTRAL]
    assert maria.record is None


async def test_what_is_no_answer_is_asked_again(maria: Family) -> None:
    await maria.says("switch to my son", "switch_person")
    assert await maria.says("purple", "out_of_scope") == [WHOM]
    assert await maria.says("leo") == [DONE]


async def test_somebody_with_one_other_record_only_is_asked_before_a_name_nobody_knows(linda: Family) -> None:
    assert await linda.says("switch to my husband Xochitl", "switch_person") == [WHOM]


@pytest.mark.parametrize(
    "said",
    [
        "switch to daniel",
        "switch to my son daniel",
        "i'm calling about my mother",
        "switch to james",
        "switch to robert",
        "cambia a daniel",
        "es para mi suegra",
    ],
)
async def test_b16_all_whom_one_may_not_act_for_get_the_same_words(maria: Family, said: str) -> None:
    assert await maria.says(said, "switch_person") == [NEUTRAL]
    assert (maria.words, maria.record) == ([{**maria.words[0], "response": NEUTRAL}], None)
    assert {key for key, value in maria.words[0].items() if value} == {"response", "template"}


@pytest.mark.parametrize(
    "said", ["switch to leo", "it's about my son", "switch to sofia", "switch patient", "cambiar de paciente"]
)
async def test_b18_whoever_may_act_for_nobody_hears_the_same_words(frank: Family, said: str) -> None:
    assert await frank.says(said, "switch_person") == [NEUTRAL]
    assert frank.record is None


async def test_a_wish_before_signing_in_is_kept_until_it_is_known_who_asks(demo: Demo, tmp_path: Path) -> None:
    talk = Family(tmp_path, demo, "maria")
    assert await talk.says("this is for my daughter", "switch_person") == ["utter_ask_sign_in_phone"]
    talk.sign_in()
    assert await talk.says("", "code_checked", known_code_check={"outcome": "accepted"}) == [DONE]
    assert talk.record == "sofia"
    await talk.real.client.aclose()


# --- inside a request --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "intent", "who", "then"),
    [
        ("show me leo's strep test", "view_test_results", "leo", "utter_view_test_results_result"),
        ("refill the albuterol for leo", "refill_medication", "leo", "utter_ask_refill_medication_pharmacy"),
        ("quiero pagar la cuenta de mi hija", "pay_bill", "sofia", "utter_ask_pay_bill_amount"),
        ("una cita de niño sano para leo con okafor lo más pronto", "book_appointment", "leo", "utter_ask_book_appointment_slot"),
    ],
)  # fmt: skip
async def test_for_somebody_inside_a_request_is_said_and_done(
    maria: Family, said: str, intent: str, who: str, then: str
) -> None:
    acts = await maria.says(said, intent)
    assert acts[:2] == [FOR_TASK, then]
    assert (maria.record, maria.said_of(then)["record"]) == (who, who.title())


async def test_whoever_fits_a_request_is_asked_for_and_nothing_is_asked_twice(maria: Family) -> None:
    said = "book a well child visit for my son with dr okafor next monday morning"
    assert await maria.says(said, "book_appointment") == [WHOM]
    assert await maria.says("leo") == [FOR_TASK, "utter_ask_book_appointment_slot"]
    kept = {name: maria.slots[f"book_appointment_{name}"] for name in ("visit_type", "provider")}
    assert (kept["visit_type"], kept["provider"]["name"]) == ("well_child", "Samuel Okafor, MD")


async def test_every_reply_of_the_task_names_whose_record_it_is(maria: Family) -> None:
    for said in ("refill the albuterol for leo", "oakway", "yes"):
        await maria.says(said, "refill_medication" if "refill" in said else "inform")
        assert [words.get("record") for words in maria.words if words["response"] != FOR_TASK] == ["Leo"]
    assert maria.words[-1]["response"] == "utter_refill_medication_sent"
    await maria.says("show the results", "view_test_results")
    assert {words["record"] for words in maria.words} == {"Leo"}


async def test_a_reply_about_ones_own_record_names_nobody(maria: Family) -> None:
    await maria.says("show my a1c result", "view_test_results")
    assert [words.get("record") for words in maria.words] == [None]


async def test_the_record_stays_until_it_is_left(maria: Family) -> None:
    await maria.says("show me leo's strep test", "view_test_results")
    await maria.says("pay the bill", "pay_bill")
    assert (maria.record, maria.words[-1]["record"]) == ("leo", "Leo")
    maria.identity.sign_out(maria.sender)
    maria.clock.advance(timedelta(minutes=1))
    maria.sign_in()
    assert maria.record is None


@pytest.mark.parametrize(
    "said",
    ["show me sofia's results", "refill sofia's fluoxetine", "show me daniel's results", "results for my husband"],
)
async def test_b17_what_may_not_be_done_for_somebody_is_refused_without_going_over(maria: Family, said: str) -> None:
    intent = "refill_medication" if "refill" in said else "view_test_results"
    assert await maria.says(said, intent) == [NEUTRAL]
    assert (maria.record, maria.loop) == (None, None)
    assert {maria.wire.opened[each.token] for each in maria.wire.of_records} == {"maria"}
    assert {each.interaction for each in maria.wire.of_records} == {"Patient.$acts-for"}


async def test_b17_a_refusal_is_the_same_whether_or_not_something_is_hidden(maria: Family) -> None:
    await maria.says("show me sofia's results", "view_test_results")  # she has some
    hidden = maria.words
    await maria.says("show me mateo's results", "view_test_results")  # he has none
    assert maria.words == hidden


async def test_no_it_is_for_somebody_else_changes_the_task_at_hand(maria: Family) -> None:
    await maria.says("book a well child visit with dr okafor", "book_appointment")
    await maria.says("next monday morning")
    await maria.says("the first one")
    mine = maria.picks()[0]
    acts = await maria.says("no wait, it's for leo")
    assert acts == [FOR_TASK, "utter_ask_book_appointment_confirmed"]
    assert maria.said_of("utter_ask_book_appointment_confirmed")["record"] == "Leo"
    # The yes that was offered for one's own visit is none to this one.
    await maria.says("Yes", pick=mine)
    assert maria.slots.get("book_appointment_confirmed") is None
    assert await maria.says("yes", "affirm") == ["utter_book_appointment_booked"]
    (booked,) = [each for each in maria.wire.asked if each.interaction == "Appointment.$book"]
    assert maria.wire.opened[booked.token] == "leo"


async def test_what_was_said_about_one_record_means_nothing_on_another(maria: Family) -> None:
    await maria.says("refill my lisinopril", "refill_medication")
    assert maria.requested == "refill_medication_confirmed"
    acts = await maria.says("no, for leo")
    assert acts == [FOR_TASK, "utter_ask_refill_medication_medications"]
    assert maria.slots["refill_medication_medications"] is None


async def test_somebody_one_may_not_act_for_in_mid_task_leaves_it_open_for_oneself(maria: Family) -> None:
    await maria.says("book a follow up with dr chen", "book_appointment")
    assert await maria.says("no it's for daniel") == [NEUTRAL]
    assert (maria.loop, maria.slots["task_stack"]) == (None, ["book_appointment"])
    assert maria.slots["book_appointment_visit_type"] == "follow_up"


async def test_whose_record_it_is_can_be_asked_in_mid_task(maria: Family) -> None:
    await maria.says("refill the albuterol for leo", "refill_medication")
    assert await maria.says("whose record is this", "switch_person") == [DONE, "utter_ask_refill_medication_pharmacy"]


async def test_another_person_can_be_named_in_mid_task(maria: Family) -> None:
    await maria.says("pay the bill for leo", "pay_bill")
    await maria.says("pay the bill for sofia", "pay_bill")
    assert maria.requested == "pay_bill_amount"
    assert await maria.says("switch back to me", "switch_person") == [BACK, "utter_ask_pay_bill_amount_due"]
    assert (maria.record, maria.words[-1].get("record")) == (None, None)


async def test_a_task_that_waited_goes_on_on_the_record_it_was_begun_on(maria: Family) -> None:
    await maria.says("book a follow up with dr chen", "book_appointment")
    acts = await maria.says("first show me leo's strep test", "view_test_results")
    assert acts[:2] == [FOR_TASK, "utter_view_test_results_result"]
    assert acts[2:] == ["utter_task_taken_up", BACK, "utter_ask_book_appointment_when"]
    assert (maria.record, maria.words[-1].get("record")) == (None, None)


async def test_a_task_on_anothers_record_is_not_lost_by_asking_for_what_may_not_be_shown(maria: Family) -> None:
    await maria.says("pay sofia's bill", "pay_bill")
    acts = await maria.says("and show the results", "view_test_results")
    assert acts == [NEUTRAL, "utter_task_taken_up", "utter_ask_pay_bill_amount"]
    assert (maria.record, maria.words[-1]["record"]) == ("sofia", "Sofia")


async def test_the_second_proof_before_a_payment_goes_to_whoever_signed_in(maria: Family) -> None:
    maria.clock.advance(timedelta(minutes=6))
    await maria.says("pay sofia's bill", "pay_bill")
    assert (maria.record, maria.requested) == ("sofia", "sign_in_code")
    assert "utter_ask_sign_in_code_sent" in [words["response"] for words in maria.words]
    assert maria.real.sender.deliveries[-1].to == "+15415550101"  # type: ignore[attr-defined]


async def test_for_me_while_on_anothers_record_is_asked_about(maria: Family) -> None:
    await maria.says("switch to leo", "switch_person")
    assert await maria.says("can you refill the albuterol for me", "refill_medication") == [WHOM]
    assert maria.picks() == ["leo", "oneself"]
    await maria.says("Leo", pick="leo")
    assert (maria.record, maria.requested) == ("leo", "refill_medication_pharmacy")


# --- ended in mid-conversation -----------------------------------------------------------------------------------


async def test_b18_a_12th_birthday_between_two_turns_ends_what_a_child_allowed(demo: Demo, tmp_path: Path) -> None:
    talk = await signed_in_at(demo, tmp_path, "maria", await birthday(demo, "leo", 12) - timedelta(seconds=30))
    await talk.says("refill the albuterol for leo", "refill_medication")
    await talk.says("oakway")
    assert talk.requested == "refill_medication_confirmed"
    talk.clock.advance(timedelta(seconds=30))
    assert await talk.says("yes", "affirm") == [NEUTRAL, BACK]
    assert (talk.record, talk.loop, talk.slots["refill_medication_medications"]) == (None, None, None)
    assert [each for each in talk.wire.asked if each.interaction == "Task.create"] == []
    assert await talk.says("refill my lisinopril", "refill_medication") == ["utter_ask_refill_medication_confirmed"]
    await talk.real.client.aclose()


async def test_b18_a_12th_birthday_leaves_what_a_teenager_allows(demo: Demo, tmp_path: Path) -> None:
    tomorrow = MONDAY_NINE.date() + timedelta(days=1)
    with demo.app.state.portal.database.writing() as conn:
        whole = demo.app.state.portal.resources(conn, WHOLE)
        born = tomorrow.replace(year=tomorrow.year - 12)
        whole.amend({**whole.read("Patient", "leo"), "birthDate": born.isoformat()})
    talk = await signed_in_at(demo, tmp_path, "maria", midnight(tomorrow) - timedelta(seconds=30))
    await talk.says("book a well child visit for leo with okafor as soon as possible", "book_appointment")
    talk.clock.advance(timedelta(seconds=30))
    await talk.says("the first one")
    assert await talk.says("yes", "affirm") == ["utter_book_appointment_booked"]
    assert (talk.record, talk.words[-1]["record"]) == ("leo", "Leo")
    assert await talk.says("show the results", "view_test_results") == [NEUTRAL, BACK]
    await talk.real.client.aclose()


async def test_b18_an_18th_birthday_between_two_turns_ends_everything(demo: Demo, tmp_path: Path) -> None:
    talk = await signed_in_at(demo, tmp_path, "maria", await birthday(demo, "mateo", 18) - timedelta(seconds=30))
    await talk.says("book a sick visit for mateo with okafor as soon as possible", "book_appointment")
    assert talk.requested == "book_appointment_slot"
    talk.clock.advance(timedelta(seconds=30))
    assert await talk.says("the first one") == [NEUTRAL, BACK]
    assert talk.record is None
    assert await talk.says("switch to mateo", "switch_person") == [NEUTRAL]
    await talk.real.client.aclose()


async def test_b18_a_grant_that_is_revoked_ends_with_the_next_turn(demo: Demo, linda: Family) -> None:
    await linda.says("refill metformin for my husband", "refill_medication")
    assert linda.record == "james"
    james = await demo.sign_in("james")
    found = await james.get("Consent/james-grant-linda-oconnor")
    ended = {**found.json(), "status": "inactive"}
    await james.put("Consent/james-grant-linda-oconnor", ended, If_Match=found.headers["etag"])
    assert await linda.says("yes", "affirm") == [NEUTRAL, BACK]
    assert await linda.says("show me his results", "view_test_results") == ["utter_view_test_results_none"]


async def test_b18_a_grant_ends_at_the_last_moment_of_its_last_day(demo: Demo, tmp_path: Path) -> None:
    end = midnight(MONDAY_NINE.date() + timedelta(days=91))
    talk = await signed_in_at(demo, tmp_path, "linda-oconnor", end - timedelta(seconds=30))
    assert (await talk.says("show me james's a1c result", "view_test_results"))[0] == FOR_TASK
    talk.clock.advance(timedelta(seconds=30))
    assert await talk.says("show the a1c again", "view_test_results") == [NEUTRAL, BACK]
    await talk.real.client.aclose()


async def test_b18_nothing_that_waits_for_oneself_is_lost_when_an_access_ends(demo: Demo, maria: Family) -> None:
    await maria.says("book a follow up with dr chen", "book_appointment")
    await maria.says("refill the albuterol for leo", "refill_medication")
    assert (maria.record, maria.slots["task_stack"]) == ("leo", ["book_appointment"])
    revoke(demo, "maria-leo")
    acts = await maria.says("oakway")
    assert acts == [NEUTRAL, BACK, "utter_task_taken_up", "utter_ask_book_appointment_when"]
    assert (maria.record, maria.slots["book_appointment_visit_type"]) == (None, "follow_up")


async def signs_in_again(talk: Family, person: str) -> list[str]:
    talk.clock.advance(timedelta(minutes=16))
    assert await talk.says("oakway") == ["utter_sign_in_again"]
    assert await talk.says("continue", "affirm") == ["utter_task_taken_up", "utter_ask_sign_in_phone"]
    talk.person = person
    talk.sign_in()
    return await talk.says("", "code_checked", known_code_check={"outcome": "accepted"})


async def test_b12_a_task_for_somebody_goes_on_for_them_after_signing_in_again_and_says_so(maria: Family) -> None:
    await maria.says("refill the albuterol for leo", "refill_medication")
    acts = await signs_in_again(maria, "maria")
    assert acts[0] == FOR_TASK
    assert (maria.record, maria.words[-1]["record"]) == ("leo", "Leo")


async def test_b12_a_task_for_somebody_ends_when_another_person_signs_in(maria: Family) -> None:
    await maria.says("refill the albuterol for leo", "refill_medication")
    assert await signs_in_again(maria, "robert") == [NEUTRAL]
    assert (maria.record, maria.loop, maria.slots["refill_medication_medications"]) == (None, None, None)


async def test_b12_a_new_task_after_signing_in_again_is_for_oneself(maria: Family) -> None:
    await maria.says("show me leo's strep test", "view_test_results")
    maria.clock.advance(timedelta(minutes=16))
    await maria.says("show my a1c result", "view_test_results")
    maria.sign_in()
    assert await maria.says("", "code_checked", known_code_check={"outcome": "accepted"}) == [
        "utter_view_test_results_result"
    ]
    assert (maria.record, maria.words[-1].get("record")) == (None, None)


async def test_b18_the_portal_decides_anew_after_a_minute_at_most(maria: Family) -> None:
    def exchanges() -> int:
        return sum(each.answer.get("patient") == "leo" for each in maria.wire.asked if each.path == "oauth/token")

    await maria.says("show me leo's strep test", "view_test_results")
    await maria.says("again his strep test", "view_test_results")
    assert exchanges() == 1
    maria.clock.advance(timedelta(seconds=61))
    await maria.says("again his strep test", "view_test_results")
    assert exchanges() == 2


async def test_b18_a_token_is_kept_no_longer_than_the_standing_lasts(demo: Demo, tmp_path: Path) -> None:
    turns_12 = await birthday(demo, "leo", 12)
    talk = await signed_in_at(demo, tmp_path, "maria", turns_12 - timedelta(seconds=20))
    await talk.says("show me leo's strep test", "view_test_results")
    assert talk.identity.record_token(talk.sender, "leo") is not None
    talk.clock.advance(timedelta(seconds=20))
    assert talk.identity.record_token(talk.sender, "leo") is None
    await talk.real.client.aclose()


async def test_a_token_that_the_portal_forgot_is_asked_for_again(demo: Demo, maria: Family) -> None:
    await maria.says("show me leo's strep test", "view_test_results")
    maria.identity.keep_record_token(maria.sender, "leo", "forgotten", maria.clock.now() + timedelta(minutes=1))
    assert await maria.says("again his strep test", "view_test_results") == ["utter_portal_unavailable"]
    assert await maria.says("again his strep test", "view_test_results") == ["utter_view_test_results_result"]
