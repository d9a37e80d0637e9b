"""`--log json`: one object per line, and nothing private in it unless somebody asks."""

from __future__ import annotations

import io
import json
import logging
import pickle
import subprocess
import sys
from typing import Any

import pytest
from megaapi_mock.commands.console import Lines
from megaapi_mock.commands.json_lines import LINES_DROPPED, JsonFormatter, JsonLines
from megaapi_mock.commands.log_choice import output_of, require_log
from megaapi_mock.commands.log_redaction import Redaction, without_secrets
from megaapi_mock.commands.output import WAITING_BYTES, Output
from megaapi_mock.errors import SetupError
from megaapi_mock.records.delivery import Attempt, Delivery
from megaapi_mock.records.exchange import Exchange
from megaapi_mock.resources import root
from megaapi_mock.settings import Settings
from megaapi_mock.web.app import MockApp

from ..conftest import MakeApp
from ..processes import await_port, free_port, mock_command
from ..support import AUTH, KEY, TOKEN

FRIEND = "5511900000002"
SECRET = "nobody may read this"
PAGE = root("spec").parent / "docs" / "operations.md"


class Log:
    """The lines of one mock."""

    def __init__(self, make_app: MakeApp, *, shows_private: bool = False) -> None:
        self._stream = io.StringIO()
        self._output = Output(self._stream)
        lines = JsonLines(self._output, shows_private=shows_private)
        self.app: MockApp = make_app(on_exchange=lines.exchange, on_delivery=lines.delivery)
        lines.know([operation.path for operation in self.app.runtime.api.description.index])
        self._output.begin()

    def call(self, method: str, path: str, body: Any = None, auth: Any = None) -> int:
        reply = self.app.test_client().open(path, method=method, json=body, headers=auth or AUTH)
        reply.get_data()
        reply.close()
        return reply.status_code

    def send(self, text: str = SECRET, to: str = FRIEND) -> int:
        body = {"messageData": {"to": to, "text": text}}
        return self.call("POST", f"/rest/sendMessage/{KEY}/text", body)

    def hear(self, url: str = "http://user:hush@127.0.0.1:9/hook/abc?token=hush") -> None:
        hook = {"messageData": {"webhookUrl": url, "webhookEnabled": True}}
        assert self.call("POST", f"/rest/webhook/{KEY}/configWebhook", hook) == 200

    def text(self) -> str:
        """Everything written."""
        assert self.app.runtime.webhooks.courier.wait_idle(60)
        self._output.end(within=60)
        return self._stream.getvalue()

    def lines(self) -> list[dict[str, Any]]:
        """Every line as an object."""
        return [json.loads(line) for line in self.text().splitlines()]


def test_a_call_is_one_object_with_the_documented_fields(make_app: MakeApp) -> None:
    log = Log(make_app)
    log.send()
    (line,) = log.lines()
    assert (line["type"], line["operation"], line["status"]) == ("call", "send_text", 200)
    assert line["path"] == f"/rest/sendMessage/{line['instance']}/text"
    assert line["instance"].startswith("instance-")
    assert line["id"] == f"x1.{line['instance']}"
    assert line["duration_ms"] > 0
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in line if f"`{name}`" not in page] == []


def test_a_webhook_is_one_object_with_the_documented_fields(make_app: MakeApp) -> None:
    log = Log(make_app)
    log.hear()
    log.send()
    webhooks = [line for line in log.lines() if line["type"] == "webhook"]
    assert webhooks
    for line in webhooks:
        assert (line["state"], line["status"]) == ("delivered", 200)
        assert line["url"] == "http://127.0.0.1:9/[private]"
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in webhooks[0] if f"`{name}`" not in page] == []


def test_nothing_private_is_in_the_log(make_app: MakeApp) -> None:
    log = Log(make_app)
    log.hear()
    log.send()
    log.send(to="5511900000099")
    log.call("POST", f"/rest/sendMessage/{KEY}/text", {"messageData": {"to": SECRET}})
    log.call("POST", f"/rest/sendMessage/{KEY}/text", {SECRET: FRIEND})
    log.call("GET", f"/rest/instance/{KEY}", auth={"Authorization": "Bearer TESTTOKEN0001"})
    log.call("GET", f"/rest/instance/megacode-TESTKEY0009?token={TOKEN}")
    log.call("GET", f"/rest/{TOKEN}/{FRIEND}/{SECRET}")
    log.call("GET", f"/rest/instance/isOnWhatsApp/{KEY}?jid={FRIEND}@s.whatsapp.net")
    log.call(TOKEN, f"/rest/instance/{KEY}")
    log.send(to="55 11 98888-0003")
    text = log.text()
    assert len(text.splitlines()) >= 9
    for private in (
        KEY,
        TOKEN,
        "TESTKEY",
        "TESTTOKEN",
        FRIEND,
        "55119",
        SECRET,
        "nobody",
        "hush",
        "98888",
    ):
        assert private not in text, private


def test_who_asks_is_shown_all_of_it(make_app: MakeApp) -> None:
    log = Log(make_app, shows_private=True)
    log.hear()
    log.send()
    lines = log.lines()
    calls = [line for line in lines if line["type"] == "call"]
    assert calls[-1]["path"] == f"/rest/sendMessage/{KEY}/text"
    assert calls[-1]["request"]["body"]["messageData"]["text"] == SECRET
    webhooks = [line for line in lines if line["type"] == "webhook"]
    assert SECRET in json.dumps(webhooks)
    assert webhooks[0]["url"].startswith("http://user:hush@")


def test_a_line_stays_one_line_whatever_is_sent(make_app: MakeApp) -> None:
    log = Log(make_app, shows_private=True)
    text = "one\ntwo\r\u2028three \x1b[31m \U0001f600"
    log.send(text)
    assert log.text().isascii()
    (line,) = log.lines()
    assert line["request"]["body"]["messageData"]["text"] == text


def test_what_nobody_read_in_time_is_an_object_too() -> None:
    stream = io.StringIO()
    output = Output(stream, LINES_DROPPED)
    for _ in range(3):
        output.write("x" * (WAITING_BYTES // 2) + "\n")
    output.begin()
    output.end(within=60)
    assert json.loads(stream.getvalue().splitlines()[-1]) == {"type": "lines_dropped", "count": 2}
    # A serving process that is started afresh says it in the same form.
    assert pickle.loads(pickle.dumps(output))._dropped == LINES_DROPPED


def test_a_warning_is_one_object_without_what_the_error_says() -> None:
    def record() -> logging.LogRecord:
        try:
            raise ValueError(f"{SECRET} {FRIEND}")
        except ValueError:
            words = "our own bug: %s could not, token 'TESTTOKEN0001'"
            return logging.LogRecord("a.b", 40, "x", 1, words, (FRIEND,), sys.exc_info())

    text = JsonFormatter().format(record())
    line = json.loads(text)
    assert (line["type"], line["level"], line["logger"]) == ("log", "error", "a.b")
    assert line["exception"].startswith("ValueError at test_json_lines.py:")
    for private in (SECRET, FRIEND, "TESTTOKEN"):
        assert private not in text
    assert SECRET in json.loads(JsonFormatter(shows_private=True).format(record()))["exception"]


def test_a_log_that_cannot_be_written_fails_no_call(make_app: MakeApp) -> None:
    log = Log(make_app)
    log._stream.close()
    assert log.send() == 200


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://127.0.0.1:9", "http://127.0.0.1:9"),
        ("https://user:pw@bot.example/hook?x=1", "https://bot.example/[private]"),
        ("http://[::1]:9/a", "http://[::1]:9/[private]"),
        ("http://[oops", "[private]"),
    ],
)
def test_of_a_url_scheme_and_host_are_shown(url: str, shown: str) -> None:
    assert Redaction().url(url) == shown


def test_an_instance_has_one_name_in_a_run_and_another_in_the_next() -> None:
    one, other = Redaction(), Redaction()
    assert one.instance(KEY) == one.instance(KEY) != one.instance("megacode-TESTKEY0002")
    assert one.instance(KEY) != other.instance(KEY)


def test_lines_for_people_show_no_token_unless_asked() -> None:
    delivery = Delivery(
        "d1", 0.0, KEY, "connected", "", "http://user:hush@h/x?key=hush&a=1", b"", KEY, "failed",
        "led to http://user:hush@h/?k=hush", [Attempt(0, 200, 1, None, (), b"", False)],
    )  # fmt: skip
    for shows_private in (False, True):
        stream = io.StringIO()
        output = Output(stream)
        lines = Lines(output, shows_private=shows_private)
        lines.delivery(delivery)
        exchange = Exchange("x1", 0.0, KEY, None, "GET", f"/rest/x?token={TOKEN}", (), b"", 404)
        lines.exchange(exchange)
        output.begin()
        output.end(within=60)
        assert ("hush" in stream.getvalue()) == shows_private
        assert (TOKEN in stream.getvalue()) == shows_private
    assert without_secrets("Bearer TESTTOKEN0001 is not") == "Bearer [private] is not"


def test_a_form_that_there_is_not_is_refused() -> None:
    with pytest.raises(SetupError, match="use text or json"):
        require_log("xml")
    assert output_of(Settings(log="json"))._dropped == LINES_DROPPED


def test_a_served_mock_writes_objects_alone() -> None:
    port = free_port()
    command = [*mock_command(), "serve", "--port", str(port), "--log", "json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        await_port(port, seconds=60)
        from urllib.request import Request, urlopen

        url = f"http://127.0.0.1:{port}/rest/instance/{KEY}"
        with urlopen(Request(url, headers=AUTH), timeout=60) as reply:
            assert reply.status == 200
    finally:
        process.terminate()
        out, error = process.communicate(timeout=60)
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["type"] for line in lines] == ["started", "call", "stopped"]
    assert error == b""
    assert KEY.encode() not in out and TOKEN.encode() not in out
