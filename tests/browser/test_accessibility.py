"""The page for people who use a keyboard, a screen reader, large print, a small window or other colours (WCAG 2.2 AA)."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Locator, expect

from tests.browser.conftest import Opened
from tests.browser.fake_gateway import reply

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

EVERYTHING = [
    reply("Pneumonoultramicroscopicsilicovolcanoconiosis is one of the longest words."),
    reply(
        "These are open:",
        titles=("Tuesday, December 1 at 10:30 AM, Dr. Amy Chen",),
        parts=[
            {
                "type": "slots",
                "slots": [
                    {"start": "2026-12-01T10:30:00-08:00", "title": "Tuesday, December 1 at 10:30 AM, Dr. Amy Chen"}
                ],
            }
        ],
    ),
    reply(
        "You're booked.",
        parts=[{"type": "receipt", "visit": "physical", "address": "1500 Crescent Way, Eugene, OR 97401"}],
    ),
    reply(
        "Lipid panel:",
        parts=[
            {
                "type": "result",
                "name": "Lipid panel",
                "on": "2026-11-17",
                "rows": [
                    {"name": "LDL cholesterol", "value": "162", "unit": "mg/dL", "range": "under 130", "flag": "H"}
                ],
            }
        ],
    ),
    reply("Shall I book it?", titles=("Yes", "No")),
]


async def _talk_of_everything(demo: Opened, lang: str) -> None:
    """A chat with every kind of thing in it: each part, live and closed choices, an error, a text on the phone."""
    demo.gateway.send_text("Cascade Medical Group: your code is 493817.")
    demo.gateway.will_say(*EVERYTHING, language=lang, signed_in=True)
    demo.gateway.will_say(reply("And now?", titles=("Go on",)), language=lang, signed_in=True, trace={"sent": "words"})
    demo.gateway.will_refuse(503, "We can't answer just now.")
    await demo.say("Hello")
    await demo.page.get_by_role("button", name="Yes").click()
    await demo.page.get_by_role("button", name="Go on").wait_for()
    await demo.say("And then?")
    await demo.page.locator(".unsent").wait_for()
    await demo.page.get_by_role("button", name="493817").wait_for()
    await demo.page.locator("summary").click()


def _windows() -> list[Any]:
    return [
        pytest.param(
            {"color_scheme": scheme, "locale": locale, "viewport": {"width": width, "height": 800}},
            id=f"{scheme}-{locale}-{width}",
        )
        for scheme in ("light", "dark")
        for locale in ("en-US", "es-US")
        for width in (1280, 390)
    ]


@pytest.mark.parametrize("window", _windows())
async def test_axe_finds_nothing(demo: Opened, window: dict[str, Any]) -> None:
    found = await _violations(demo)
    await _talk_of_everything(demo, window["locale"][:2])
    # Colours are judged when they have arrived.
    await demo.page.evaluate("Promise.all(document.getAnimations().map((each) => each.finished))")
    found += await _violations(demo)

    assert found == []


async def _violations(demo: Opened) -> list[tuple[str, str, str]]:
    before = len(demo.complaints)
    results = await Axe().run(demo.page)
    # Its own probes carry inline styles, which the page's policy refuses.
    del demo.complaints[before:]
    return [(each["id"], each["impact"], each["nodes"][0]["html"]) for each in results.response["violations"]]


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize(
    "window",
    [
        pytest.param({"viewport": {"width": 320, "height": 700}}, id="320 px"),
        pytest.param({"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}, id="1280 px at 200 %"),
    ],
)
async def test_nothing_scrolls_sideways(demo: Opened, lang: str) -> None:
    await demo.page.get_by_role("button", name={"en": "English", "es": "Español"}[lang]).click()
    await _talk_of_everything(demo, lang)

    overflowing = """(all) => all.filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.className)"""
    assert await demo.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await demo.page.get_by_role("log").evaluate_all(overflowing) == []


@pytest.mark.parametrize(
    "window",
    [
        {"viewport": {"width": width, "height": height}}
        for width, height in ((1280, 800), (390, 844), (320, 568), (640, 400))
    ],
)
async def test_the_emergency_line_and_the_message_box_are_in_sight_from_the_start(demo: Opened) -> None:
    await expect(demo.page.get_by_role("textbox")).to_be_in_viewport(ratio=1)
    await expect(demo.page.get_by_role("link", name="Call 911.")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(
    "window", [{"viewport": {"width": 1280, "height": 800}}, {"viewport": {"width": 320, "height": 700}}]
)
async def test_everything_that_can_be_tapped_is_44_pixels_high_and_wide(demo: Opened) -> None:
    await _talk_of_everything(demo, "en")

    small = [
        (await each.inner_text(), box)
        for each in await demo.page.locator("button, select, textarea, a, summary").all()
        if (box := await each.bounding_box()) and (box["height"] < 44 or box["width"] < 44)
    ]

    assert small == []


async def test_a_conversation_is_held_with_the_keyboard_alone(demo: Opened) -> None:
    demo.gateway.will_say(reply("Shall I book it?", titles=("Yes", "No")))
    demo.gateway.will_say(reply("It is booked."))
    keyboard, box = demo.page.keyboard, demo.page.get_by_role("textbox")

    await _tab_to(demo, box)
    await keyboard.type("A physical, please")
    await keyboard.press("Enter")
    await demo.page.get_by_role("button", name="Yes").wait_for()
    await keyboard.press("Shift+Tab")
    await expect(demo.page.get_by_role("button", name="No", exact=True)).to_be_focused()
    await keyboard.press("Shift+Tab")
    await keyboard.press("Enter")

    await demo.page.get_by_text("It is booked.").wait_for()
    assert demo.gateway.turns[1]["choice"] == "choice yes"
    await expect(box).to_be_focused()


async def test_a_failed_message_is_sent_again_with_the_keyboard(demo: Opened) -> None:
    demo.gateway.will_refuse(503, "We can't answer just now.")
    demo.gateway.will_say(reply("It is booked."))
    await demo.say("A physical, please")
    await demo.page.get_by_role("button", name="Send again").wait_for()

    await demo.page.keyboard.press("Shift+Tab")
    await demo.page.keyboard.press("Enter")

    await demo.page.get_by_text("It is booked.").wait_for()
    await expect(demo.page.get_by_role("textbox")).to_be_focused()


async def test_the_focus_is_seen_wherever_it_goes(demo: Opened) -> None:
    await _talk_of_everything(demo, "en")
    await demo.page.evaluate("document.activeElement.blur()")
    unseen = []

    for _ in range(30):
        await demo.page.keyboard.press("Tab")
        unseen += await demo.page.evaluate(
            """() => {
                let node = document.activeElement;
                while (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
                const { outlineStyle, outlineWidth } = getComputedStyle(node);
                const ring = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
                return node === document.body || ring ? [] : [node.outerHTML];
            }"""
        )

    assert unseen == []


async def test_answers_are_announced_with_who_speaks(demo: Opened) -> None:
    demo.gateway.will_say(reply("Hello."))

    await demo.say("Good morning")

    log = demo.page.get_by_role("log", name="Conversation")
    await expect(log).to_have_attribute("aria-live", "polite")
    await expect(log.locator(".message")).to_have_text(["You:Good morning", "Assistant:Hello."])


@pytest.mark.parametrize("window", [{"reduced_motion": "reduce"}])
async def test_nothing_moves_for_those_who_asked_for_rest(demo: Opened) -> None:
    demo.gateway.will_say(reply("Hello."))

    await demo.say("Good morning")
    await demo.page.get_by_text("Hello.", exact=True).wait_for()

    moving = await demo.page.locator(".message").evaluate_all(
        "(all) => all.map((each) => getComputedStyle(each).animationName)"
    )
    assert set(moving) == {"none"}


@pytest.mark.parametrize("window", [{"forced_colors": "active"}])
async def test_messages_have_an_edge_when_colours_are_taken_away(demo: Opened) -> None:
    demo.gateway.will_say(reply("Hello."))

    await demo.say("Good morning")

    message = demo.page.locator(".message.assistant")
    edge = await message.evaluate(
        "(node) => [getComputedStyle(node).borderTopColor, getComputedStyle(node).backgroundColor]"
    )
    assert edge[0] != edge[1]


async def _tab_to(demo: Opened, target: Locator) -> None:
    for _ in range(20):
        await demo.page.keyboard.press("Tab")
        if await target.evaluate("(node) => node === node.getRootNode().activeElement"):
            return
    raise AssertionError("The keyboard does not get there.")
