"""The demo page around the chat: the person one plays, their phone, the clock, the trace."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Opened
from tests.browser.fake_gateway import reply

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CODE_TEXT = "Cascade Medical Group: your code is 493817. It works for 5 minutes."


async def test_a_code_tapped_on_the_phone_is_put_in_the_chat(demo: Opened) -> None:
    demo.gateway.send_text(CODE_TEXT)

    await demo.page.get_by_role("button", name="493817").click()

    box = demo.page.get_by_role("textbox")
    await expect(box).to_have_value("493817")
    await expect(box).to_be_focused()
    await expect(demo.page.get_by_role("log", name="Texts and calls")).to_contain_text(CODE_TEXT)
    assert demo.gateway.turns == []


async def test_texts_to_somebody_else_are_not_shown(demo: Opened) -> None:
    demo.gateway.send_text("For Ben alone: 222222", to="+15415550122")
    demo.gateway.send_text(CODE_TEXT)

    await demo.page.get_by_role("button", name="493817").wait_for()

    await expect(demo.page.get_by_text("For Ben alone")).to_have_count(0)


async def test_a_code_spoken_by_a_call_can_be_tapped_too(demo: Opened) -> None:
    call = [
        {
            "at": "2026-03-17T17:00:00+00:00",
            "to": "+15415550121",
            "said": "Your code is: 4, 9, 3, 8, 1, 7. Again: 4, 9, 3, 8, 1, 7.",
        }
    ]
    await demo.page.route("**/simulator/calls?*", lambda route: route.fulfill(json=call))

    await demo.page.get_by_role("button", name="493817").first.click()

    await expect(demo.page.get_by_role("textbox")).to_have_value("493817")


@pytest.mark.parametrize("window", [{"viewport": {"width": 390, "height": 844}}])
async def test_a_text_that_comes_out_of_sight_is_noticed(demo: Opened) -> None:
    demo.gateway.send_text(CODE_TEXT)

    await demo.page.get_by_role("link", name="New text").click()

    await expect(demo.page.get_by_role("button", name="493817")).to_be_in_viewport()
    await expect(demo.page.get_by_role("link", name="New text")).to_be_hidden()


async def test_playing_somebody_else_changes_the_phone_and_the_conversation(demo: Opened) -> None:
    demo.gateway.will_say(reply("Hello, Ada."))
    demo.gateway.will_say(reply("Hello, Ben."))
    await demo.say("Hello")
    await demo.page.get_by_text("Hello, Ada.").wait_for()

    await demo.page.get_by_label("You are playing").select_option("Ben Ortiz")

    await expect(demo.page.get_by_role("heading", name="Ben Ortiz's phone")).to_be_visible()
    await expect(demo.page.get_by_text("Hello, Ada.")).to_have_count(0)
    await demo.say("Hello")
    await demo.page.get_by_text("Hello, Ben.").wait_for()
    assert "conversation" not in demo.gateway.turns[1]


@pytest.mark.parametrize(
    ("lang", "number", "born", "sentence"),
    [
        ("English", "541-555-0121", "March 12, 1984", "Book me a physical"),
        ("Español", "541-555-0121", "12 de marzo de 1984", "Quiero un examen físico"),
    ],
)
async def test_what_the_person_would_say_can_be_tapped(
    demo: Opened, lang: str, number: str, born: str, sentence: str
) -> None:
    await demo.page.get_by_role("button", name=lang).click()

    for words in (number, born, sentence):
        await demo.page.get_by_role("button", name=words).click()

        await expect(demo.page.get_by_role("textbox")).to_have_value(words)


async def test_what_was_written_stays_when_something_is_tapped(demo: Opened) -> None:
    await demo.page.get_by_role("textbox").fill("My number is")

    await demo.page.get_by_role("button", name="541-555-0121").click()

    await expect(demo.page.get_by_role("textbox")).to_have_value("My number is 541-555-0121")


async def test_the_page_and_the_chat_change_their_language(demo: Opened) -> None:
    demo.gateway.will_say(reply("Con gusto."), language="es")

    await demo.page.get_by_role("button", name="Español").click()

    await expect(demo.page.locator("html")).to_have_attribute("lang", "es")
    await expect(demo.page).to_have_title("Demostración de Careline")
    await expect(demo.page.get_by_role("heading", name="Asistente de la clínica")).to_be_visible()
    await expect(demo.page.get_by_role("button", name="Enviar", exact=True)).to_be_visible()
    await expect(demo.page.get_by_role("textbox", name="Su mensaje")).to_be_visible()
    await demo.say("Hola")
    await demo.page.get_by_text("Con gusto.").wait_for()
    assert demo.gateway.turns[0]["language"] == "es"


@pytest.mark.parametrize("window", [{"locale": "es-MX"}])
async def test_a_spanish_browser_gets_a_spanish_page(demo: Opened) -> None:
    await expect(demo.page.locator("html")).to_have_attribute("lang", "es")


async def test_what_was_written_stays_when_the_language_changes(demo: Opened) -> None:
    await demo.page.get_by_role("textbox").fill("Half a sentence")

    await demo.page.get_by_role("button", name="Español").click()

    await expect(demo.page.get_by_role("textbox")).to_have_value("Half a sentence")


async def test_time_passes_at_the_touch_of_a_button(demo: Opened) -> None:
    await demo.page.get_by_role("button", name="20 minutes later").click()

    await expect(demo.page.get_by_text("Done. It is now Mar 17, 2026, 10:20")).to_be_visible()
    assert demo.gateway.asked == [("/simulator/clock", {"advance_minutes": 20})]


async def test_starting_the_demo_over_empties_the_chat(demo: Opened) -> None:
    demo.gateway.will_say(reply("Hello, Ada."))
    await demo.say("Hello")
    await demo.page.get_by_text("Hello, Ada.").wait_for()

    await demo.page.get_by_role("button", name="Start the demo over").click()

    await expect(demo.page.get_by_text("Everything is as it was at the start.")).to_be_visible()
    await expect(demo.page.locator(".message")).to_have_count(0)
    assert demo.gateway.asked[0][0] == "/simulator/reset"


async def test_the_trace_of_the_last_turn_is_folded_and_can_be_opened(demo: Opened) -> None:
    trace = {"outcome": "answered", "stages": [{"name": "dialogue", "ms": 41.2}]}
    demo.gateway.will_say(reply("Hello."), trace=trace)
    await demo.say("Hello")
    await expect(demo.page.get_by_text("dialogue: 41.2 ms")).to_be_hidden()

    await demo.page.get_by_text("How the last answer came about").click()

    await expect(demo.page.get_by_text("dialogue: 41.2 ms")).to_be_visible()


async def test_nothing_is_asked_of_any_other_server(demo: Opened) -> None:
    asked: list[str] = []
    demo.page.on("request", lambda request: asked.append(request.url))
    demo.gateway.will_say(reply("Hello."))

    await demo.page.reload()
    await demo.say("Hello")
    await demo.page.get_by_text("Hello.", exact=True).wait_for()

    assert f"{demo.origin}/v1/turns" in asked
    assert demo.strangers == []


async def test_the_page_keeps_to_the_content_policy_of_the_gateway(demo: Opened) -> None:
    answer = await demo.page.goto(demo.origin)

    assert answer is not None
    assert "script-src 'self'; style-src 'self'" in answer.headers["content-security-policy"]
    assert demo.complaints == []
