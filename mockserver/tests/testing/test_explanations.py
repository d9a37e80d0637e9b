"""A wait that ended with nothing says what the reason is."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from megaapi_mock.testing import Instance, Mock

from .conftest import Ask

ANA = "5511900000002"
Wait = Callable[..., object]


def failure(wait: Wait, *arguments: object, **wishes: object) -> list[str]:
    """The lines of a wait that fails at once."""
    with pytest.raises(AssertionError) as failed:
        wait(*arguments, timeout=0, **wishes)
    return str(failed.value).splitlines()


def answering(status: str) -> Callable[..., list[bytes]]:
    def bot(environ, start_response):
        environ["wsgi.input"].read()
        start_response(status, [("Content-Length", "0")])
        return [b""]

    return bot


def waits(shop: Instance) -> dict[str, list[str]]:
    return {
        "inbox": failure(shop.inbox.wait_for, "text-plain"),
        "sent": failure(shop.sent.wait_for),
        "calls": failure(shop.calls.wait_for),
    }


def test_no_webhook_was_set(mock: Mock) -> None:
    with mock.instance(webhook_url="") as shop:
        shop.customer(ANA).says("oi")
        for lines in waits(shop).values():
            assert "no webhook is set: instance.webhook_to(...) takes your bot, or its URL" in lines


def test_the_webhook_was_taken_away(shop: Instance) -> None:
    assert shop.webhook_to("") == ""
    told = "no webhook is set: instance.webhook_to(...) takes your bot, or its URL"
    assert [told in lines for lines in waits(shop).values()] == [True] * 3


def test_no_bot_was_given(shop: Instance) -> None:
    shop.customer(ANA).says("oi")
    shop.inbox.wait_for("text-plain")
    told = (
        "webhooks go to the inbox alone: instance.webhook_to(...) takes your bot, or its URL, too"
    )
    assert failure(shop.sent.wait_for)[-1] == failure(shop.calls.wait_for)[-1] == told
    assert told not in failure(shop.inbox.wait_for)


def test_the_webhook_is_switched_off(shop: Instance) -> None:
    shop.do("webhook", {"enabled": False})
    shop.customer(ANA).says("oi")
    for lines in waits(shop).values():
        assert [line for line in lines if line.startswith("its webhook is switched off")]


def test_the_event_is_blocked(shop: Instance, ask: Ask) -> None:
    shop.webhook_to("http://127.0.0.1:1/hook")
    body = {"events": ["messagesInput", "groups"]}
    status, document = ask(shop, f"config/{shop.key}/blockEvents", body, wrapper="messageData")
    assert status == 200, document
    shop.customer(ANA).says("oi")
    told = "it blocks messagesInput, so text-plain is not sent: configAcceptWebhooks with "
    assert f"{told}messagesInput brings it back" in failure(shop.inbox.wait_for, "text-plain")
    for wait in (shop.inbox.wait_for, shop.sent.wait_for):
        other = failure(wait)
        assert any(re.fullmatch(r"it blocks .*messagesInput.*", line) for line in other), other


def test_what_is_said_of_a_blocked_event_helps(shop: Instance, ask: Ask) -> None:
    for operation in ("blockEvents", "configAcceptWebhooks"):
        body = {"events": ["messagesInput"]}
        ask(shop, f"config/{shop.key}/{operation}", body)
    shop.customer(ANA).says("oi")
    shop.inbox.wait_for("text-plain")


def test_the_instance_is_not_linked(shop: Instance) -> None:
    shop.unlink()
    told = (
        "the instance is not linked (it is disconnected), so no message comes or goes: "
        "instance.link() links it"
    )
    for lines in waits(shop).values():
        assert told in lines


def test_the_receiver_answers_errors(shop: Instance) -> None:
    shop.webhook_to(answering("500 Oops"))
    shop.customer(ANA).says("oi")
    lines = failure(shop.inbox.wait_for, "text-plain")
    while "queued" in lines[1]:
        lines = failure(shop.inbox.wait_for, "text-plain")
    assert lines[2:] == [
        "nearest: 1., but state is 'failed', not 'delivered'",
        "what your bot has not taken counts with state=None, or state='failed', alone",
    ]
    assert lines[1].startswith("  1. text-plain, text 'oi', failed 500")
    for wait in (shop.sent.wait_for, shop.calls.wait_for):
        assert failure(wait)[-1].startswith("webhook: text-plain, text 'oi', failed 500")


@pytest.mark.parametrize("status", [404, 405])
def test_the_bot_takes_webhooks_at_another_path(shop: Instance, status: int) -> None:
    shop.webhook_to(answering(f"{status} No"), path="/hook")
    shop.customer(ANA).says("oi")
    shop.inbox.wait_for("text-plain", state="failed")
    told = (
        f"your bot answered {status} to POST /hook: webhook_to(bot, path=...) names the route that "
        "it takes webhooks at"
    )
    assert [told in lines for lines in waits(shop).values()] == [True] * 3


def test_nobody_has_done_anything(shop: Instance) -> None:
    shop.webhook_to(answering("200 OK"))
    told = "no webhook was due: no customer has done anything, and your bot has sent nothing"
    assert [lines[-1] for lines in waits(shop).values()] == [told] * 3


def test_the_bot_took_it_and_called_nothing(shop: Instance) -> None:
    shop.webhook_to(answering("200 OK"))
    shop.customer(ANA).says("oi")
    shop.inbox.wait_for("text-plain")
    told = "your bot took text-plain, text 'oi', delivered 200, and has called nothing"
    assert failure(shop.sent.wait_for)[-1] == told


def test_the_clock_stands_still(mock: Mock, shop: Instance) -> None:
    mock.clock.freeze()
    lines = failure(shop.inbox.wait_for, "ack-read")
    assert [line for line in lines if line.startswith("the clock stands still")]


def test_webhooks_are_dropped_on_purpose(shop: Instance) -> None:
    shop.chaos(drop=1.0)
    shop.customer(ANA).says("oi")
    lines = failure(shop.inbox.wait_for, "text-plain")
    assert [line for line in lines if line.endswith("dropped or copied on purpose: drop 1.0")]


def test_the_instance_is_gone(mock: Mock) -> None:
    with mock.instance() as shop:
        shop.remove()
        with pytest.raises(Exception, match=f"no instance has the key {shop.key!r}|{shop.key}"):
            shop.inbox.wait_for("text-plain", timeout=0)
