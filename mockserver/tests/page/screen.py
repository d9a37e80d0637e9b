"""What a user of the page sees and does, by the words on it."""

from __future__ import annotations

import time
from json import dumps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

NAME = "Contato Teste"


def expect(thing: Any) -> Any:
    """Playwright's assertions, which wait; imported where a browser is needed anyway."""
    from playwright.sync_api import expect

    return expect(thing)


def axe_violations(page: Page) -> list[str]:
    """What axe says is wrong with a page, one line each."""
    from axe_playwright_python.sync_playwright import Axe

    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in Axe().run(page).response["violations"]
        for node in violation["nodes"]
    ]


class Screen:
    """One page in a browser; `troubles` is what its console complained about."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.troubles: list[str] = []
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", self._hear)

    def _hear(self, message: Any) -> None:
        # A refusal that the page shows to its user is an error to the browser's console too.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.troubles.append(message.text)

    def open(self, view: str = "phones") -> Screen:
        """Load the page at that view and wait until it hears from the server."""
        self.page.goto(f"{self.url}/_mock/ui/#{view}")
        self.page.locator(".live.on").wait_for()
        return self

    def open_again_with(self, phones: list[dict[str, str]]) -> None:
        """Load the page as a tab that remembers these phones, with `instance` and `number` each."""
        # The phone that is open is remembered once it shows its chat; not after this.
        expect(self.phone().get_by_label("Message from")).to_be_visible()
        remember = "phones => sessionStorage.setItem('megaapi-mock-phones', phones)"
        self.page.evaluate(remember, dumps(phones))
        self.page.reload()

    def wait_until(self, script: str, seconds: float = 60.0) -> None:
        """Wait until it gives true; the page forbids the way in which Playwright itself waits."""
        end = time.monotonic() + seconds
        while not self.page.evaluate(script):
            assert time.monotonic() < end, f"not so within {seconds:.0f} s: {script}"
            self.page.wait_for_timeout(30)

    def view(self, name: str) -> Screen:
        """Go to a view by the bar at the top."""
        self.page.locator(f'nav a[href="#{name}"]').click()
        self.page.locator(f"main.view-{name}").wait_for()
        return self

    def phone(self, name: str = NAME) -> Locator:
        """The phone of that contact."""
        return self.page.locator("section.phone").filter(
            has=self.page.get_by_role("heading", name=name)
        )

    def write(self, text: str, name: str = NAME) -> None:
        """The contact writes a text."""
        box = self.phone(name).get_by_label("Message from")
        box.fill(text)
        box.press("Enter")

    def title(self, name: str = NAME) -> Locator:
        """The name of the chat that is open; without who is in the group, which stands below it."""
        return self.phone(name).locator(".chat-title strong")

    def bubble(self, text: str, name: str = NAME) -> Locator:
        """The newest message with that text on the contact's phone."""
        return self.phone(name).locator(".line").filter(has_text=text).last

    def attach(self, label: str) -> None:
        """Choose from the menu of attachments."""
        self.phone().get_by_role("button", name="Attach").click()
        self.page.get_by_role("menuitem", name=label).click()

    def do(self, text: str, label: str) -> None:
        """Choose from the menu of a message."""
        bubble = self.bubble(text)
        bubble.hover()
        bubble.get_by_role("button", name="What to do with this message").click()
        self.page.get_by_role("menuitem", name=label).click()
