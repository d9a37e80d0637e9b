"""A refusal's traceback has the test's own lines, and none of ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

import pytest
from megaapi_mock import pytest_plugin, testing
from megaapi_mock.errors import ControlRefused, frames

from ..pytest_runs import Run, tests

__all__ = ["tests"]
MODULES = [
    *(f"{testing.__name__}.{name}" for _, name, _ in iter_modules(testing.__path__)),
    "megaapi_mock.serving.http_client",
    "megaapi_mock.serving.webhook_server",
    "megaapi_mock.web.control.control_client",
]

REFUSALS = """
import asyncio, contextlib, re
import pytest
from megaapi_mock.testing import in_thread

@contextlib.contextmanager
def a_customer(shop):
    yield shop.customer()
    shop.sent.wait_for(text="Olá", timeout=0.01)

def helper(shop):
    return shop.inbox.wait_for("text-plain", text="olá", timeout=0.01)

class Stop(Exception):
    pass

def judge(message):
    raise Stop("not this one")

def test_wait(megaapi_instance): helper(megaapi_instance)
def test_calls(megaapi_instance): megaapi_instance.calls.wait_for("send_text", timeout=0.01)
def test_taps(megaapi_instance): megaapi_instance.customer().taps("x", timeout=0.01)
def test_misspelt(megaapi_instance): megaapi_instance.inbox.wait_for("txt")
def test_refused(megaapi_instance): megaapi_instance.customer("5511900000099").says("oi")
def test_jid(megaapi_instance): megaapi_instance.customer("5511900000099").jid
def test_no_text(megaapi_instance): megaapi_instance.customer().does("call").text
def test_stranger(megaapi_instance): megaapi_instance.group().says("5511900000002", "oi")
def test_member(megaapi_instance): megaapi_instance.group(members=["5511900000099"])
def test_fault(megaapi_fault): megaapi_fault("bad-gatway")
def test_app(megaapi_instance): megaapi_instance.webhook_to(5)
def test_fault_gone(megaapi_instance):
    fault = megaapi_instance.fault("reply", status=503)
    fault.clear()
    fault.used
def test_clock(clock): clock.advance(-1)
def test_linked(megaapi_instance): megaapi_instance.link()
def test_within(megaapi_instance):
    with a_customer(megaapi_instance) as ana:
        ana.says("oi")
def test_fault_within(megaapi_instance):
    with megaapi_instance.fault("reply", status=503):
        helper(megaapi_instance)
def test_own_judge(megaapi_instance):
    megaapi_instance.customer().says("oi")
    megaapi_instance.inbox.wait_for(where=judge)
def test_async(megaapi_instance):
    async def wait():
        await asyncio.gather(asyncio.to_thread(helper, megaapi_instance))
    asyncio.run(wait())
def test_in_thread(megaapi_instance):
    async def wait():
        await in_thread(megaapi_instance.sent.wait_for, timeout=0.01)
    asyncio.run(wait())
def test_own_in_thread(megaapi_instance):
    async def wait():
        await in_thread(helper, megaapi_instance)
    asyncio.run(wait())
def test_async_app(megaapi_instance):
    async def app(scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no token"})
    megaapi_instance.webhook_to(app)
"""


def test_no_frame_of_ours_is_shown(tests: Run) -> None:
    said = tests(REFUSALS, code=1)
    count = REFUSALS.count("def test_")
    assert re.search(rf"{count} failed in", said), said
    shown = re.findall(r"^(\S+\.py):\d+: ", said, re.MULTILINE)
    assert set(shown) >= {"test_it.py"} and len(shown) >= count
    hidden = ("megaapi_mock", "functools.py", "futures/_base.py")
    assert [frame for frame in shown for name in hidden if name in frame] == [], said
    for name in ("test_in_thread", "test_own_in_thread"):
        told = said.partition(f"_ {name} _")[2].partition("\n___")[0]
        assert "thread.py" not in told.replace("in_thread(", "") and "test_it.py:" in told
    assert "shop.inbox.wait_for" in told, "a helper's own line is shown"


SET_UP = """
import pytest

@pytest.fixture(scope="session")
def megaapi_options():
    return {options}

def test_it(megaapi_instance):
    pass
"""


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"switches": {"ack_delay": "1"}},
            "there is no switch 'ack_delay': did you mean ack_delays",
        ),
        ({"world": "brazil"}, "brasil"),
        ({"swiches": {}}, "a server has no 'swiches': did you mean switches?"),
    ],
)
def test_a_server_that_cannot_be_made_says_why_and_no_more(
    tests: Run, options: object, sentence: str
) -> None:
    said = tests(SET_UP.format(options=options), code=1)
    assert sentence in said
    assert "megaapi_mock/" not in said.replace("megaapi_mock/pytest_plugin.py", ""), said


@pytest.mark.parametrize("name", sorted(set(MODULES) - {f"{testing.__name__}.names"}))
def test_every_module_hides_its_frames(name: str) -> None:
    module = import_module(name)
    assert module.__tracebackhide__ is frames.between_test_and_refusal
    assert pytest_plugin.__tracebackhide__ is True


@pytest.mark.parametrize(
    ("what", "hidden"),
    [
        (lambda: (_ for _ in ()).throw(ControlRefused(400, "no")), True),
        (lambda: [].pop(), True),
        (lambda: frames.between_test_and_refusal(5), False),  # type: ignore[arg-type]
    ],
)
def test_what_is_hidden(what: Callable[[], object], hidden: bool) -> None:
    """Refusals, and what a test's own code raises; not what breaks in ours."""
    with pytest.raises(Exception) as raised:
        what()
    assert frames.between_test_and_refusal(raised) is hidden
