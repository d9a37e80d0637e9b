"""Every fixture with its type, as an editor and `mypy --strict` see them; checked, and run.

Where a `type: ignore` stands mypy must find the mistake: an ignore without one is an error too.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, assert_type

import pytest
from megaapi_mock.testing import (
    ArmFault,
    Call,
    Clock,
    ContactEventName,
    Customer,
    EventName,
    Fault,
    Group,
    GroupCustomer,
    Instance,
    InstanceState,
    KindName,
    Member,
    Message,
    MessageState,
    Mock,
    MockServer,
    OperationName,
    OwnPhone,
    Webhook,
    WebhookState,
    in_thread,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@pytest.fixture
def ana(megaapi_instance: Instance) -> Customer:
    """A fixture of one's own."""
    return megaapi_instance.customer("5511900000002", name="Ana")


@pytest.fixture(scope="session")
def megaapi_options() -> dict[str, Any]:
    return {"world": "brasil"}


def test_a_conversation(megaapi_instance: Instance, ana: Customer) -> None:
    message = ana.says("oi")
    assert_type(message, Message)
    webhook = megaapi_instance.inbox.wait_for("text-plain", text="oi", message=message)
    assert_type(webhook, Webhook)
    assert_type(webhook.state, WebhookState)
    assert_type(message.state, MessageState)
    assert_type(message.media, bytes | None)
    assert_type(megaapi_instance.inbox.all(), list[Webhook])
    assert_type(megaapi_instance.sent.rest(), list[Message])
    assert_type(megaapi_instance.calls.all(), list[Call])
    assert_type(megaapi_instance.state, InstanceState)
    assert_type(megaapi_instance.phone(ana), OwnPhone)


def test_a_group(megaapi_instance: Instance, ana: Customer) -> None:
    group = megaapi_instance.group("Turma", members=[ana, "5511900000004"])
    assert_type(group, Group)
    assert_type(group.members, list[Member])
    assert_type(group.customer(ana), GroupCustomer)
    assert_type(group.mentions(ana), Message)
    assert_type(megaapi_instance.groups, list[Group])


def test_faults_and_time(
    megaapi: Mock, megaapi_instance: Instance, megaapi_fault: ArmFault, clock: Clock
) -> None:
    fault = megaapi_fault("reply", status=503, times=1)
    assert_type(fault, Fault)
    assert_type(megaapi_instance.fault("bad-gateway"), Fault)
    assert_type(clock.advance(1), float)
    assert_type(megaapi.instance(), Instance)
    assert isinstance(megaapi, MockServer)


def test_names_of_one_s_own(megaapi_instance: Instance) -> None:
    event: EventName = "ack-read"
    said: ContactEventName = "text-forwarded"
    kind: KindName = "listMessage"
    operation: OperationName = "send_text"
    megaapi_instance.customer().does(said)
    for wait in (
        lambda: megaapi_instance.inbox.wait_for(event, timeout=0),
        lambda: megaapi_instance.sent.wait_for(kind=kind, timeout=0),
        lambda: megaapi_instance.calls.wait_for(operation, timeout=0),
    ):
        with pytest.raises(AssertionError, match=r"nothing came|1 came"):
            wait()


def wsgi(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    start_response("200 OK", [("Content-Length", "0")])
    return [b""]


async def asgi(
    scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body"})


def test_both_kinds_of_apps(megaapi_instance: Instance) -> None:
    assert_type(megaapi_instance.webhook_to(wsgi), str)
    assert_type(megaapi_instance.webhook_to(asgi), str)


async def waits(it: Instance, ana: Customer) -> None:
    """Never run: what an async test has."""
    assert_type(await in_thread(ana.says, "oi"), Message)
    assert_type(await in_thread(it.inbox.wait_for, "text-plain", timeout=1), Webhook)
    await in_thread(ana.says)  # type: ignore[call-arg]


def mistakes(it: Instance, megaapi_fault: ArmFault, ana: Customer) -> None:
    """Never run: what mypy has to find."""
    it.inbox.wait_for("text-plan")  # type: ignore[arg-type]
    it.inbox.wait_for(state="delivred")  # type: ignore[arg-type]
    it.sent.wait_for(kind="text")  # type: ignore[arg-type]
    it.calls.wait_for("sendText")  # type: ignore[arg-type]
    it.emit("pol-vote")  # type: ignore[arg-type]
    it.unlink("phon")  # type: ignore[arg-type]
    it.fault("bad-gatway")  # type: ignore[arg-type]
    it.webhook_to(5)  # type: ignore[arg-type]
    megaapi_fault("bad-gatway")  # type: ignore[arg-type]
    ana.does("ack-read")  # type: ignore[arg-type]
    ana.types(shown="typing")  # type: ignore[arg-type]
    ana.calls(status="ring")  # type: ignore[arg-type]
    ana.say("oi")  # type: ignore[attr-defined]
