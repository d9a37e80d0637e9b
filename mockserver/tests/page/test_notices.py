"""Notices of a phone: above its screen, on nothing, and gone when they were read."""

from __future__ import annotations

import time
from typing import Any

import pytest
from megaapi_mock.testing import Instance

from .screen import Screen, expect
from .test_accessibility import PHONE

# Controls of the phone that something else lies on.
COVERED = """phone => [...phone.querySelectorAll("button, textarea, input, select, a")]
    .filter(control => control.checkVisibility({visibilityProperty: true, opacityProperty: true}))
    .filter(control => !control.closest("[inert], .messages"))
    .map(control => [control, control.getBoundingClientRect()])
    .filter(([control, box]) => {
        const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return !control.contains(top) && !top.contains(control);
    })
    .map(([control]) => control.outerHTML)"""


def expect_nothing_covered(screen: Screen) -> None:
    """Once the phone is drawn, every control of it can be reached."""
    end = time.monotonic() + 60
    while covered := screen.phone().evaluate(COVERED):
        assert time.monotonic() < end, covered
        screen.page.wait_for_timeout(50)


def refuse(screen: Screen) -> str:
    """Provoke a notice; what it says."""
    screen.attach("Sample picture")
    notice = screen.phone().locator(".notice span")
    expect(notice).to_be_visible()
    return notice.inner_text()


@pytest.fixture
def blocked(screen: Screen, shop: Instance) -> Screen:
    """A phone from which nothing can be sent: whatever is tried brings a notice."""
    screen.write("oi")
    expect(screen.bubble("O que deseja?").locator(".ticks-read")).to_be_visible()
    shop.customer().blocks()
    expect(screen.phone().locator(".flag")).to_have_text("blocked it")
    return screen


def test_notice_goes_by_itself_and_stays_in_the_live_region(blocked: Screen) -> None:
    page = blocked.page
    page.clock.install()
    sentence = refuse(blocked)
    notice = blocked.phone().locator(".notice")
    page.clock.run_for(5000)
    expect(notice).to_be_visible()
    page.clock.run_for(16_000)
    expect(notice).to_have_count(0)
    announcer = page.locator("#announcer[aria-live=polite]")
    expect(announcer).to_have_text(sentence)


def test_notice_stays_while_it_is_pointed_at_and_can_be_closed(blocked: Screen) -> None:
    page = blocked.page
    page.clock.install()
    refuse(blocked)
    notice = blocked.phone().locator(".notice")
    notice.hover()
    page.clock.run_for(60_000)
    expect(notice).to_be_visible()
    notice.get_by_role("button", name="Close").focus()
    page.keyboard.press("Enter")
    expect(notice).to_have_count(0)
    expect(blocked.phone().get_by_label("Message from")).to_be_focused()


@pytest.mark.parametrize("size", [PHONE, {"width": 1440, "height": 900}])
def test_notice_covers_no_control(blocked: Screen, size: dict[str, int]) -> None:
    blocked.page.set_viewport_size(size)
    refuse(blocked)
    phone = blocked.phone()
    expect_nothing_covered(blocked)
    phone.get_by_role("button", name="Search this chat").click()
    expect_nothing_covered(blocked)
    phone.get_by_role("button", name="Search this chat").click()
    phone.get_by_role("button", name="Abrir").click()
    expect_nothing_covered(blocked)


def test_notice_pushes_no_message_out_of_sight(blocked: Screen) -> None:
    last = blocked.phone().locator(".line").last
    expect(last).to_be_in_viewport(ratio=0.9)
    refuse(blocked)
    messages: Any = blocked.phone().locator(".messages")
    at_end = "list => list.scrollHeight - list.scrollTop - list.clientHeight < 3"
    blocked.wait_until(f"({at_end})(document.querySelector('.messages'))")
    assert messages.evaluate(at_end)


def test_notice_that_is_no_longer_true_goes_at_once(blocked: Screen, shop: Instance) -> None:
    refuse(blocked)
    shop.do("contacts/5511900000002", {"state": "reachable"})
    expect(blocked.phone().locator(".flag")).to_have_count(0)
    expect(blocked.phone().locator(".notice")).to_have_count(0)
