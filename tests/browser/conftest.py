"""A real Chromium against a scripted gateway; whatever a test does, nothing may leave the origin or offend the policy."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from tests.browser.fake_gateway import FakeGateway, served

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@dataclass
class Opened:
    """The demo page in a window of its own, and all that it asked for and complained about."""

    page: Page
    gateway: FakeGateway
    origin: str
    strangers: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    async def say(self, text: str) -> None:
        """Write into the chat and send it with Enter."""
        box = self.page.get_by_role("textbox")
        await box.fill(text)
        await box.press("Enter")

    def watch(self) -> None:
        """Note requests to other servers, errors of scripts, and what the content policy refused."""
        self.page.on("request", lambda request: self._note(self.strangers, request.url, not self._ours(request.url)))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console", lambda told: self._note(self.complaints, told.text, _is_complaint(told.type, told.text))
        )

    def _ours(self, url: str) -> bool:
        return url.startswith((f"{self.origin}/", "data:"))

    def _note(self, where: list[str], what: str, is_worth_it: bool) -> None:
        if is_worth_it:
            where.append(what)


def _is_complaint(kind: str, text: str) -> bool:
    # The browser itself reports each answer that a test scripted to be an error.
    return kind == "error" and not text.startswith("Failed to load resource: ")


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        # None: the browser that playwright brought by itself.
        own = shutil.which("chromium")
        browser = await playwright.chromium.launch(executable_path=own, args=["--headless=new", *QUIET])
        yield browser
        await browser.close()


@pytest.fixture
def window() -> dict[str, Any]:
    """How the window is opened; a test parametrises or overrides it."""
    return {"viewport": {"width": 1280, "height": 800}, "locale": "en-US"}


@pytest_asyncio.fixture(loop_scope="session")
async def demo(chromium: Browser, window: dict[str, Any]) -> AsyncIterator[Opened]:
    gateway = FakeGateway()
    async with served(gateway) as origin:
        context = await chromium.new_context(**window)
        context.set_default_timeout(10_000)
        opened = Opened(await context.new_page(), gateway, origin)
        opened.watch()
        await opened.page.goto(origin)
        await opened.page.get_by_role("option", name="Ada Ellis").wait_for(state="attached")
        yield opened
        await context.close()
    assert opened.strangers == []
    assert opened.complaints == []
