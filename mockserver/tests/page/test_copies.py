"""What the detail of a record offers to copy: nothing that cannot run, and nothing in part."""

from __future__ import annotations

import json
import re
from http.client import HTTPConnection
from subprocess import run as run_program
from typing import Any
from urllib.parse import urlencode

import pytest
from megaapi_mock.testing import Instance, MockServer

from .conftest import KEY, ROOT
from .control import ask
from .gateway import call, send
from .screen import Screen, expect
from .test_inspector import copied, record

AS_PYTEST = """async deliveries => {
    const { asPytest } = await import("/_mock/ui/inspector/copy_as.js");
    return deliveries.map(one => [one.event, asPytest({ ...one, kind: "delivery" }, null)]);
}"""
AS_CURL = """async ([record, token]) => {
    const { asCurl, asPytest } = await import("/_mock/ui/inspector/copy_as.js");
    const { readExactly } = await import("/_mock/ui/inspector/exact.js");
    const one = await readExactly({ ...record, kind: "exchange" });
    return [asCurl(one), asPytest(one, token)];
}"""
AS_PYTEST_OF_PLANS = """async ([calls, operations]) => {
    const { asPytest, isTestable } = await import("/_mock/ui/inspector/copy_as.js");
    const plans = new Map(operations.map(({ id, plans }) => [id, plans]));
    const shown = calls.map(one => ({ ...one, kind: "exchange" })).filter(isTestable);
    return shown.map(one => [
        one.operation, asPytest(one, "TESTKEY0001", plans.get(one.operation)),
    ]);
}"""
LONG = "x" * (70 * 1024)


def run(script: str, instance: Instance) -> None:
    """Run the one test of a script."""
    names: dict[str, Any] = {}
    exec(compile(script, "copied", "exec"), names)
    (test,) = [value for name, value in names.items() if name.startswith("test_")]
    test(instance) if "(megaapi_instance):" in script else test()


def refusal_of(mock: MockServer, script: str) -> str | None:
    """What a script says against itself on a new instance, None where it passes."""
    with mock.instance() as instance:
        try:
            run(script, instance)
        except Exception as trouble:
            return str(trouble)
    return None


def test_every_webhook_copied_as_pytest_is_a_test_that_passes(
    open_screen: Any, mock: MockServer
) -> None:
    events = [event["name"] for event in mock.control_api.call("GET", "/events")["items"]]
    with mock.instance() as shop:
        for event in events:
            shop.emit(event)
        for event in events:
            shop.inbox.wait_for(event)
        deliveries = mock.control_api.find("/deliveries", instance=shop.key)
    scripts = open_screen().page.evaluate(AS_PYTEST, deliveries)
    assert {event for event, _ in scripts} == set(events)
    refusals = {event: refusal_of(mock, script) for event, script in scripts}
    assert {event: said for event, said in refusals.items() if said} == {}


def test_every_call_of_other_plans_copied_as_pytest_is_a_test_that_passes(
    open_screen: Any, mock: MockServer
) -> None:
    with MockServer(profile="all") as whole:
        operations = {
            one["id"]: one for one in whole.control_api.call("GET", "/operations")["items"]
        }
        # Dedicated hosts' calls end instances, and a test that is copied has no file to upload.
        others = {
            id_
            for id_, one in operations.items()
            if not {"code", "admin"} & set(one["plans"]) and not id_.startswith("upload_")
        }
        for file in sorted((ROOT / "fixtures/examples").glob("*/*/ok*.json")):
            if file.parent.name in others:
                ask_as_in(whole, operations[file.parent.name], json.loads(file.read_bytes()))
        calls = whole.control_api.find("/exchanges", instance=KEY)
        screen = open_screen("inspector", url=whole.url)
        scripts = screen.page.evaluate(AS_PYTEST_OF_PLANS, [calls, list(operations.values())])
    assert {call["operation"] for call in calls} == others
    # One's own number, whose picture is set, is another one in a new world.
    assert others - {operation for operation, _ in scripts} <= {"set_profile_picture_url"}
    assert all("MockServer(profile=" in script for _, script in scripts)
    refusals = {operation: refusal_of(mock, script) for operation, script in scripts}
    assert {operation: said for operation, said in refusals.items() if said} == {}


def ask_as_in(mock: MockServer, operation: dict[str, Any], example: dict[str, Any]) -> None:
    """Call an operation as an example does."""
    wanted = example["request"]
    path = operation["path"].replace("{instance_key}", KEY)
    query = f"?{urlencode(wanted['query'])}" if wanted.get("query") else ""
    headers = {"Authorization": f"Bearer {wanted['token']}"}
    ask(mock.url + path + query, operation["method"], wanted.get("body"), headers)


def test_page_from_another_machine_copies_too(screen: Screen, shop: Instance) -> None:
    page = screen.page
    # Browsers give pages that came over plain http from elsewhere no clipboard.
    page.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'clipboard', {get: () => undefined})"
    )
    page.reload()
    assert page.evaluate("navigator.clipboard === undefined")
    button = {"type": "copy", "title": "Copiar", "payload": "CODIGO-TESTE"}
    send(shop, "templateMessage", {"text": "Pix", "title": "Pagamento", "buttons": [button]})
    screen.phone().get_by_role("button", name="Copiar").click()
    expect(screen.phone().locator(".notice")).to_contain_text("Copied: CODIGO-TESTE")
    box = screen.phone().get_by_label("Message from")
    box.focus()
    page.keyboard.press("Control+V")
    expect(box).to_have_value("CODIGO-TESTE")
    newest_call(screen, "send_template")
    curl = page.get_by_role("button", name="Copy as curl")
    curl.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Copied")).to_be_focused()
    page.get_by_label("Search text").focus()
    page.keyboard.press("Control+V")
    expect(page.get_by_label("Search text")).to_have_value(re.compile("^curl -X POST"))


def test_acknowledgement_copied_as_pytest_sends_first(screen: Screen, shop: Instance) -> None:
    send(shop, "text", {"text": "Bom dia"})
    shop.inbox.wait_for("ack-delivered")
    screen.view("inspector")
    record(screen, "ack-delivered").click()
    script = copied(screen, "Copy as pytest")
    assert "/sendMessage/" in script
    run(script, shop)


def test_text_in_a_group_copied_as_pytest_makes_the_group(screen: Screen, shop: Instance) -> None:
    shop.group(members=["5511900000002"]).says("5511900000002", "Oi, grupo")
    screen.view("inspector")
    record(screen, "Oi, grupo").click()
    script = copied(screen, "Copy as pytest")
    assert 'customer.says("Oi, grupo")' in script
    run(script, shop)


def test_call_to_a_group_copied_as_pytest_makes_the_group(
    screen: Screen, shop: Instance, mock: MockServer
) -> None:
    group = shop.group(members=["5511900000002"])
    assert send(shop, "text", {"text": "Para todos"}, to=group.jid) == 200
    screen.view("inspector")
    screen.page.get_by_label("Kind", exact=True).select_option("exchange")
    record(screen, "send_text").click()
    assert refusal_of(mock, copied(screen, "Copy as pytest")) is None


def newest_call(screen: Screen, operation: str) -> None:
    """Open the detail of the newest call of an operation."""
    screen.view("inspector")
    screen.page.get_by_label("Kind", exact=True).select_option("exchange")
    record(screen, operation).click()
    expect(screen.page.locator(".detail-head")).to_be_visible()


def expect_offered(screen: Screen, *offered: str) -> None:
    """The detail offers this alone to copy or to send."""
    names = {"Copy as curl", "Copy as pytest", "Edit and resend", "Resend as it was"}
    detail = screen.page.locator(".inspector-detail")
    for name in offered:
        expect(detail.get_by_role("button", name=name).first).to_be_visible()
    for name in names - {*offered}:
        expect(detail.get_by_role("button", name=name)).to_have_count(0)


def test_call_about_a_message_of_this_world_is_no_test(screen: Screen, shop: Instance) -> None:
    assert send(shop, "text", {"text": "x"}) == 200
    sent = shop.sent.wait_for(text="x")
    body = {"messageData": {"id": sent.id, "timestamp": 1}, "to": "5511900000002"}
    assert call(shop, f"/rest/chat/{shop.key}/deleteMessageFromMe", body) == 200
    newest_call(screen, "delete_message_from_me")
    expect_offered(screen, "Copy as curl")


def test_call_without_an_answer_is_no_test(screen: Screen, shop: Instance) -> None:
    shop.fault("reset", times=1)
    with pytest.raises(OSError):
        send(shop, "text", {"text": "x"})
    newest_call(screen, "send_text")
    expect_offered(screen, "Copy as curl")


def test_body_that_the_journal_cuts_is_not_offered(screen: Screen, shop: Instance) -> None:
    send(shop, "text", {"text": LONG})
    newest_call(screen, "send_text")
    expect_offered(screen)
    expect(screen.page.locator(".inspector-detail")).to_contain_text(
        "Only the first 64 KiB of the body are kept"
    )


def test_webhook_that_the_journal_cuts_is_sent_again_only_whole(
    screen: Screen, shop: Instance
) -> None:
    shop.customer().says(LONG)
    shop.inbox.wait_for("text-plain")
    screen.view("inspector")
    record(screen, "text-plain").click()
    detail = screen.page.locator(".inspector-detail")
    expect(detail).to_contain_text("“Resend as it was” sends all of it")
    expect_offered(screen, "Resend as it was")


@pytest.mark.parametrize("body", ["null", '"oi"', "{Olá", ""])
def test_body_is_copied_as_it_was(open_screen: Any, mock: MockServer, body: str) -> None:
    with mock.instance() as shop:
        path = f"/rest/sendMessage/{shop.key}/text"
        ask(shop.url + path, "POST", body, shop.headers)
        (sent,) = mock.control_api.find("/exchanges", instance=shop.key)
        curl, script = open_screen().page.evaluate(AS_CURL, [sent, shop.token])
        assert (f"--data-raw '{body}'" in curl) == bool(body)
        run(script, shop)
        (_, again) = mock.control_api.find("/exchanges", instance=shop.key)
    for name in ("reason", "violations"):
        assert again[name] == sent[name]


# Whole numbers that a double cannot hold, and those it can hold last.
LONG_NUMBERS = [2**53 - 1, 2**53 + 1, -(2**53) - 1, 2**62 + 1, 12345678901234567]
JSON = {"Content-Type": "application/json"}


def asked(shop: Instance, method: str, path: str, body: str, headers: dict[str, str]) -> None:
    """Call the gateway with these headers and no others."""
    connection = HTTPConnection(shop.url.removeprefix("http://"), timeout=60)
    try:
        connection.request(method, path, body.encode() or None, headers)
        connection.getresponse().read()
    finally:
        connection.close()


def what_arrived(shop: Instance) -> list[dict[str, Any]]:
    """The calls of an instance as they came, without what every client says of itself."""
    exchanges = shop.control_api.find("/exchanges", instance=shop.key)
    own = {"accept", "user-agent", "accept-encoding", "connection", "host", "content-length"}
    for request in (exchange["request"] for exchange in exchanges):
        headers = {name.lower(): value for name, value in request["headers"].items()}
        request["headers"] = {name: headers[name] for name in headers.keys() - own}
    return [exchange["request"] for exchange in exchanges]


@pytest.mark.parametrize(
    ("method", "body", "headers"),
    [
        ("POST", "@/etc/hostname", JSON),
        ("POST", '{"messageData": {"to": "5511900000002", "text": "it\'s $HOME"}}', {}),
        ("POST", "messageData=x&y=%40", {"Content-Type": "application/x-www-form-urlencoded"}),
        (
            "POST",
            json.dumps({"messageData": {"to": LONG_NUMBERS, "text": "9007199254740993"}}),
            JSON,
        ),
        ("POST", str(2**53 + 1), JSON),
        ("POST", '["12345678901234567", 12345678901234567]', JSON),
        ("POST", "{}", {**JSON, "X-Empty": ""}),
        ("HEAD", "", {}),
        ("HEAD", "{}", JSON),
        ("DELETE", "", {}),
    ],
)
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "Basic"])
def test_copied_call_arrives_as_it_was(
    open_screen: Any, mock: MockServer, method: str, body: str, headers: dict[str, str], scheme: str
) -> None:
    screen = open_screen()
    with mock.instance() as shop:
        path = f"/rest/sendMessage/{shop.key}/text?a=[1]&b={{2,3}}"
        authorization = {"Authorization": f"{scheme} {shop.token}"}
        asked(shop, method, path, body, {**headers, **authorization})
        (sent,) = mock.control_api.find("/exchanges", instance=shop.key)
        curl, script = screen.page.evaluate(AS_CURL, [sent, shop.token])
        command = run_program(["bash", "-c", curl], capture_output=True, timeout=60, check=False)
        assert command.returncode == 0, command.stderr.decode()
        first, again = what_arrived(shop)
        assert again == first
        # The query of the path is Python's to write.
        if method != "HEAD":
            run(script, shop)
            assert what_arrived(shop)[2]["body"] == first["body"]
    with mock.instance() as other:
        run(script, other)
        (elsewhere,) = mock.control_api.find("/exchanges", instance=other.key)
    assert elsewhere["response"]["status"] == sent["response"]["status"]


def test_long_numbers_of_a_webhook_are_shown_copied_and_sent_as_they_are(
    screen: Screen, shop: Instance
) -> None:
    shop.emit("text-plain", set={"message.conversation": "Longo", "messageTimestamp": 2**53 + 1})
    screen.view("inspector")
    record(screen, "Longo").click()
    detail = screen.page.locator(".inspector-detail")
    expect(detail.locator(".code-block").last).to_contain_text(
        '"messageTimestamp": 9007199254740993'
    )
    assert '"messageTimestamp":9007199254740993' in copied(screen, "Copy as curl")
    screen.page.get_by_role("button", name="Edit and resend").click()
    dialog = screen.page.get_by_role("dialog")
    body = dialog.get_by_label("Payload")
    body.fill(body.input_value().replace("Longo", "De novo"))
    dialog.get_by_role("button", name="Send it").click()
    sent = shop.inbox.wait_for("text-plain", text="De novo")
    assert sent.payload["messageTimestamp"] == 2**53 + 1


@pytest.mark.parametrize("body", ["null", '"oi"', "[]"])
def test_edited_webhook_that_is_no_object_is_not_sent(
    screen: Screen, shop: Instance, mock: MockServer, body: str
) -> None:
    shop.customer().says("Uma vez")
    screen.view("inspector")
    record(screen, "text-plain").click()
    screen.page.get_by_role("button", name="Edit and resend").click()
    dialog = screen.page.get_by_role("dialog")
    dialog.get_by_label("Payload").fill(body)
    before = len(mock.control_api.find("/deliveries", event="text-plain"))
    dialog.get_by_role("button", name="Send it").click()
    expect(dialog.locator(".outcome.bad")).to_contain_text("A webhook is a JSON object")
    assert len(mock.control_api.find("/deliveries", event="text-plain")) == before
