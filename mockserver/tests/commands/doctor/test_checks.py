"""The doctor: planted mistakes are found, each alone, and nothing but GETs leaves for the gateway.

The names behind `.invalid` are reserved: nobody can ever look them up.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from email.utils import formatdate
from typing import Any

import pytest
from click.testing import CliRunner
from megaapi_mock.commands.doctor import checks, http, receiver
from megaapi_mock.commands.doctor.checks import Case, examine
from megaapi_mock.commands.main import main
from megaapi_mock.errors import SetupError
from megaapi_mock.resources import root
from megaapi_mock.spec.recognise import Recogniser
from megaapi_mock.spec.valid_bundle import valid_bundle
from megaapi_mock.testing import Instance, MockServer, Served

from ...processes import free_port

CHECKS = (
    "host", "connection", "tls", "gateway", "key", "token", "linked", "clock", "webhook_set",
    "webhook_on", "webhook_same", "events", "hook_address", "hook_connection", "hook_answer",
    "hook_speed", "hook_message",
)  # fmt: skip
HEALTHY = {**dict.fromkeys(CHECKS, "ok"), "tls": "skipped", "hook_message": "skipped"}
AFTER_HOST = ("connection", "gateway", "key", "token", "linked", "clock")
SETTINGS = ("webhook_set", "webhook_on", "webhook_same", "events")
Start = Callable[[str, list[tuple[str, str]]], object]


class Ward:
    """A healthy set-up: mock, instance, receiver; and other servers, all stopped at the end."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.server = stack.enter_context(MockServer())
        self.shop: Instance = stack.enter_context(self.server.instance())
        self.got: list[bytes] = []
        self.let_go = threading.Event()
        stack.callback(self.let_go.set)
        self.hook = self.answering("200 OK") + "/hook"
        self.shop.webhook_to(self.hook)
        self.case = Case(
            target=self.server.url, key=self.shop.key, token=self.shop.token, webhook=self.hook,
            timeout=60, hook_timeout=60, slow=30,
        )  # fmt: skip

    def answering(
        self,
        status: str,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes = b"",
        *,
        after: Callable[[], object] = lambda: None,
    ) -> str:
        """A server that always answers this."""

        def app(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
            self.got.append(environ["wsgi.input"].read())
            after()
            start(status, [*headers, ("Content-Length", str(len(body)))])
            return [body]

        return self._stack.enter_context(Served(app, threads=2)).url

    def leading(self, status: str, url: str) -> str:
        """A server that redirects to the path /hook/ of another one, or of its own."""
        return self.answering(status, [("Location", f"{url}/hook/")])

    def received_at(self, url: str) -> Case:
        """The case of a receiver that the gateway knows too."""
        self.shop.webhook_to(url)
        return replace(self.case, webhook=url)

    def configured(self, operation: str, body: Any) -> None:
        """One call of the config controller."""
        reply = self.server.app.test_client().post(
            f"/rest/config/{self.shop.key}/{operation}",
            json={"messageData": body},
            headers=self.shop.headers,
        )
        assert reply.status_code == 200, reply.get_json()


@pytest.fixture
def ward() -> Iterator[Ward]:
    with ExitStack() as stack:
        yield Ward(stack)


def outcomes(case: Case) -> dict[str, str]:
    return {found.check: found.outcome for found in examine(case)}


def skipped(*checks: str) -> dict[str, str]:
    return dict.fromkeys(checks, "skipped")


# Each: the mistake, planted; what it changes among the outcomes; what is said of it.
def unknown_host(ward: Ward) -> Case:
    return replace(ward.case, target="http://api.invalid")


def nobody_listens(ward: Ward) -> Case:
    return replace(ward.case, target=f"http://127.0.0.1:{free_port()}")


def tls_of_a_plain_server(ward: Ward) -> Case:
    # The server waits for the rest of what it takes for a request.
    return replace(ward.case, target=ward.server.url.replace("http:", "https:"), timeout=5)


def another_service(ward: Ward) -> Case:
    page = ward.answering("200 OK", [("Content-Type", "text/html")], b"<html>")
    return replace(ward.case, target=page)


def down_behind_its_cdn(ward: Ward) -> Case:
    cdn = ward.answering("502 Bad Gateway", [("Content-Type", "text/plain")], b"error code: 502")
    return replace(ward.case, target=cdn)


def moved_host(ward: Ward) -> Case:
    there = [("Location", "https://apinocode99.example.test/")]
    return replace(ward.case, target=ward.answering("301 Moved Permanently", there))


def path_in_target(ward: Ward) -> Case:
    return replace(ward.case, target=f"{ward.server.url}/rest/")


def unknown_key(ward: Ward) -> Case:
    return replace(ward.case, key="megacode-TESTKEY0404")


def wrong_token(ward: Ward) -> Case:
    return replace(ward.case, token="TESTKEY0404")


def not_linked(ward: Ward) -> Case:
    ward.shop.unlink()
    return ward.case


def no_webhook(ward: Ward) -> Case:
    ward.shop.webhook_to("")
    return ward.case


def webhook_off(ward: Ward) -> Case:
    ward.shop.do("webhook", {"enabled": False})
    return ward.case


def webhook_elsewhere(ward: Ward) -> Case:
    ward.shop.webhook_to(ward.hook.replace("/hook", "/other?x=1"))
    return ward.case


def slash_too_many(ward: Ward) -> Case:
    ward.shop.webhook_to(f"{ward.hook}/")
    return ward.case


def messages_blocked(ward: Ward) -> Case:
    ward.configured("blockEvents", {"events": ["messagesInput"]})
    return ward.case


def calls_blocked(ward: Ward) -> Case:
    ward.configured("blockEvents", {"events": ["calls"]})
    return ward.case


def unknown_receiver(ward: Ward) -> Case:
    return ward.received_at("http://bot.invalid/hook")


def receiver_off(ward: Ward) -> Case:
    return ward.received_at(f"http://127.0.0.1:{free_port()}/hook")


def receiver_without_tls(ward: Ward) -> Case:
    return replace(ward.received_at(ward.hook.replace("http:", "https:")), hook_timeout=5)


def receiver_fails(ward: Ward) -> Case:
    return ward.received_at(ward.answering("500 Internal Server Error"))


def receiver_redirects(ward: Ward) -> Case:
    return ward.received_at(ward.leading("308 Permanent Redirect", ward.answering("200 OK")))


def receiver_loses_the_post(ward: Ward) -> Case:
    return ward.received_at(ward.leading("302 Found", ward.answering("200 OK")))


def receiver_redirects_to_a_failure(ward: Ward) -> Case:
    return ward.received_at(ward.leading("307 Temporary Redirect", ward.answering("404 Not Found")))


def receiver_redirects_in_a_circle(ward: Ward) -> Case:
    return ward.received_at(ward.leading("307 Temporary Redirect", ""))


def receiver_takes_no_post(ward: Ward) -> Case:
    return ward.received_at(ward.answering("405 Method Not Allowed", [("Allow", "GET")]))


def receiver_wants_a_login(ward: Ward) -> Case:
    return ward.received_at(ward.answering("401 Unauthorized"))


def receiver_at_another_path(ward: Ward) -> Case:
    return ward.received_at(ward.answering("404 Not Found"))


def receiver_hangs(ward: Ward) -> Case:
    hanging = ward.answering("200 OK", after=lambda: ward.let_go.wait(60))
    return replace(ward.received_at(hanging), hook_timeout=0.2)


def receiver_is_slow(ward: Ward) -> Case:
    pause = threading.Event()
    slow = ward.answering("200 OK", after=lambda: pause.wait(0.2))
    return replace(ward.received_at(slow), slow=0.2)


WRONG, LOOK = "wrong", "warning"
MISTAKES: list[tuple[Callable[[Ward], Case], dict[str, str], str]] = [
    (unknown_host, {"host": WRONG, **skipped(*AFTER_HOST, *SETTINGS)}, "not known here"),
    (
        nobody_listens,
        {"connection": WRONG, **skipped(*AFTER_HOST[1:], *SETTINGS)},
        "connection refused",
    ),
    (
        tls_of_a_plain_server,
        {"tls": WRONG, **skipped(*AFTER_HOST[1:], *SETTINGS)},
        "no TLS at 127.0.0.1",
    ),
    (
        another_service,
        {"gateway": WRONG, **skipped(*AFTER_HOST[2:], *SETTINGS)},
        "200 text/html; this is not megaAPI",
    ),
    (
        down_behind_its_cdn,
        {"gateway": WRONG, **skipped(*AFTER_HOST[2:], *SETTINGS)},
        "a proxy in front of the gateway answers 502 text/plain",
    ),
    (
        moved_host,
        {"gateway": WRONG, **skipped(*AFTER_HOST[2:], *SETTINGS)},
        "redirects to https://apinocode99.example.test/",
    ),
    (
        path_in_target,
        {"gateway": WRONG, **skipped(*AFTER_HOST[2:], *SETTINGS)},
        "leave /rest out of --target",
    ),
    (
        unknown_key,
        {"key": WRONG, **skipped("token", "linked", *SETTINGS)},
        "no instance has the key megacode-TESTKEY0404",
    ),
    (
        wrong_token,
        {"token": WRONG, **skipped("linked", *SETTINGS)},
        "not the token of the instance",
    ),
    (not_linked, {"linked": WRONG}, "no phone is connected: disconnected"),
    (no_webhook, {"webhook_set": WRONG, **skipped("webhook_on", "webhook_same")}, "no URL is set"),
    (webhook_off, {"webhook_on": WRONG}, "it is switched off"),
    (webhook_elsewhere, {"webhook_same": WRONG}, "differs in path and query"),
    (slash_too_many, {"webhook_same": WRONG}, "differs in the slash at its end"),
    (messages_blocked, {"events": WRONG}, "messagesInput is blocked"),
    (calls_blocked, {"events": LOOK}, "blocked: calls"),
    (
        unknown_receiver,
        {"hook_address": WRONG, **skipped("hook_connection", "hook_answer", "hook_speed")},
        "bot.invalid is not known here",
    ),
    (
        receiver_off,
        {"hook_connection": WRONG, **skipped("hook_answer", "hook_speed")},
        "connection refused",
    ),
    (
        receiver_without_tls,
        {"hook_connection": WRONG, **skipped("hook_answer", "hook_speed")},
        "no TLS at 127.0.0.1",
    ),
    (receiver_fails, {"hook_answer": WRONG}, "answered 500"),
    (receiver_redirects, {"hook_answer": LOOK}, "/hook/ in --webhook: every event is posted twice"),
    (receiver_loses_the_post, {"hook_answer": WRONG}, "/hook/ in --webhook: this redirect loses"),
    (receiver_redirects_to_a_failure, {"hook_answer": WRONG}, "/hook/, which answered 404"),
    (
        receiver_redirects_in_a_circle,
        {"hook_answer": WRONG, "hook_speed": "skipped"},
        "led on more than 5 times",
    ),
    (receiver_takes_no_post, {"hook_answer": WRONG}, "it must take POST; it takes GET"),
    (receiver_wants_a_login, {"hook_answer": WRONG}, "without credentials"),
    (receiver_at_another_path, {"hook_answer": WRONG}, "check the path in --webhook"),
    (receiver_hangs, {"hook_speed": WRONG, **skipped("hook_answer")}, "no answer within 0.2 s"),
    (receiver_is_slow, {"hook_speed": LOOK}, "answer 200 first"),
]


@pytest.mark.parametrize(("plant", "changed", "told"), MISTAKES, ids=lambda it: getattr(
    it, "__name__", ""))  # fmt: skip
def test_a_planted_mistake_is_found_and_no_other(
    ward: Ward, plant: Callable[[Ward], Case], changed: dict[str, str], told: str
) -> None:
    case = plant(ward)
    found = examine(case)
    assert {it.check: it.outcome for it in found} == {**HEALTHY, **changed}
    (first, *_) = [it for it in found if it.outcome in (WRONG, LOOK)]
    assert told in f"{first.message} {first.advice}"
    assert first.advice


def test_a_healthy_set_up(ward: Ward) -> None:
    assert outcomes(ward.case) == HEALTHY


def test_only_reads_leave_for_the_gateway(ward: Ward) -> None:
    examine(ward.case)
    asked = [call.shown["request"]["method"] for call in ward.shop.calls.all()]
    assert asked == ["GET"] * 3
    assert {call.operation for call in ward.shop.calls.all()} == {
        "instance_status",
        "webhook_settings",
        "config_details",
    }


def test_the_receiver_gets_one_acknowledgement(ward: Ward) -> None:
    examine(ward.case)
    (probe,) = map(json.loads, ward.got)
    assert (probe["messageType"], probe["instance_key"]) == ("message.ack", ward.shop.key)


def test_a_made_up_message_is_posted_when_asked_for(ward: Ward) -> None:
    assert outcomes(replace(ward.case, message=True)) == {**HEALTHY, "hook_message": "ok"}
    (_, message) = ward.got
    verdict = Recogniser(valid_bundle(root("spec"))).recognise(json.loads(message))
    assert verdict.fits and verdict.event is not None and verdict.event.name == "text-plain"
    told = json.loads(message)
    assert (told["instance_key"], told["pushName"]) == (ward.shop.key, "megaapi-mock doctor")
    assert told["message"] == {"conversation": receiver.WORDS}
    assert abs(told["messageTimestamp"] - time.time()) < 60


@pytest.mark.parametrize("message", [False, True])
def test_a_receiver_that_takes_acks_alone(ward: Ward, message: bool) -> None:
    def picky(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        ack = b"message.ack" in environ["wsgi.input"].read()
        start("200 OK" if ack else "500 Oops", [("Content-Length", "0")])
        return [b""]

    with Served(picky) as receiver:
        case = ward.received_at(f"{receiver.url}/hook")
        found = {it.check: it for it in examine(replace(case, message=message))}
    assert found["hook_answer"].outcome == "ok"
    assert found["hook_message"].outcome == (WRONG if message else "skipped")
    told = "it answered 500 to a made-up message" if message else "--message also posts a made-up"
    assert told in found["hook_message"].message


def test_a_receiver_that_works_on_a_message_for_too_long(ward: Ward) -> None:
    def slow(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        if b"message.ack" not in environ["wsgi.input"].read():
            ward.let_go.wait(60)
        start("200 OK", [("Content-Length", "0")])
        return [b""]

    with Served(slow) as receiver:
        # On a machine that is busy the first answer may come later than a short time ends.
        for seconds in (0.3, 3.0, 30.0):
            url = f"{receiver.url}/hook"
            case = replace(ward.received_at(url), hook_timeout=seconds, message=True)
            found = {it.check: it for it in examine(case)}
            if found["hook_speed"].outcome == "ok":
                break
        ward.let_go.set()
    assert found["hook_speed"].outcome == "ok"
    assert found["hook_message"].outcome == WRONG
    assert found["hook_message"].message.startswith(f"no answer within {seconds:g} s")


def test_no_message_is_posted_to_whom_not_even_an_ack_reached(ward: Ward) -> None:
    hanging = replace(receiver_hangs(ward), message=True)
    assert outcomes(hanging)["hook_message"] == "skipped"
    # Its server may read later than it is given up.
    deadline = time.monotonic() + 60
    while not ward.got and time.monotonic() < deadline:
        threading.Event().wait(0.01)
    assert len(ward.got) == 1


@pytest.mark.parametrize(
    ("letter", "named"),
    [
        ("\r", r"a carriage return (U+000D)"),
        ("\n", r"a line break (U+000A)"),
        (" ", r"a blank (U+0020)"),
        ("\x00", r"a control character (U+0000)"),
        ("\u2713", r"check mark (U+2713)"),
        ("\ud800", r"a control character (U+D800)"),
    ],
    ids=lambda it: it.encode("unicode_escape").decode(),
)
@pytest.mark.parametrize("option", ["--token", "--instance-key", "--target", "--webhook"])
def test_what_no_request_can_hold_is_named_and_not_repeated(
    option: str, letter: str, named: str
) -> None:
    given = {
        "--target": "http://127.0.0.1:1/SECRET",
        "--instance-key": "SECRETKEY",
        "--token": "SECRETTOKEN",
        "--webhook": "http://127.0.0.1:1/hook?SECRET",
    }
    given[option] = f"{given[option]}{letter}x"
    done = CliRunner().invoke(main, ["doctor", *(part for pair in given.items() for part in pair)])
    assert done.exit_code == 2
    assert f"megaapi-mock: {option} holds {named}: copy it again" in done.output
    assert "SECRET" not in done.output


def test_a_token_in_the_wrong_place_is_not_repeated() -> None:
    for option in ("--target", "--webhook"):
        given = {"--target": "http://127.0.0.1:1", "--instance-key": "k", "--token": "t"}
        given[option] = "SECRETTOKEN"
        parts = [part for pair in given.items() for part in pair]
        done = CliRunner().invoke(main, ["doctor", *parts])
        assert done.exit_code == 2 and f"{option} is not a URL" in done.output
        assert "SECRET" not in done.output


def test_a_host_may_have_letters_of_any_script() -> None:
    found = {it.check: it for it in examine(Case("http://loja-açaí.invalid", "k", "t"))}
    assert "is not known here" in found["host"].message


def test_nothing_is_posted_unless_a_receiver_is_named(ward: Ward) -> None:
    hooks = skipped(*(check for check in CHECKS if check.startswith("hook_")), "webhook_same")
    assert outcomes(replace(ward.case, webhook=None)) == {**HEALTHY, **hooks}
    assert ward.got == []


def test_a_status_without_a_body_is_offline(ward: Ward) -> None:
    empty = ward.answering("200 OK")
    found = outcomes(replace(ward.case, target=empty))
    assert (found["gateway"], found["key"], found["token"]) == ("ok", "ok", "ok")
    assert found["linked"] == WRONG
    assert found["events"] == found["webhook_set"] == "skipped"


def test_a_handled_failure_is_understood() -> None:
    with MockServer(switches={"unknown_instance": "error_true"}) as server:
        found = outcomes(Case(server.url, "megacode-TESTKEY0404", "TESTKEY0404"))
    assert (found["gateway"], found["key"], found["token"]) == ("ok", WRONG, "skipped")


def test_a_receiver_of_this_network_is_no_use_to_a_remote_gateway(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks._Exam, "is_remote", lambda _: True)
    found = {it.check: it for it in examine(ward.case)}
    assert found["hook_address"].outcome == WRONG
    assert "use a tunnel" in found["hook_address"].advice
    assert found["tls"].outcome == LOOK


@pytest.mark.parametrize(
    ("addresses", "local"),
    [
        (["127.0.0.1"], True),
        (["10.0.0.7", "fd00::1"], True),
        (["fe80::1%eth0"], True),
        (["8.8.8.8"], False),
        (["10.0.0.7", "2606:4700::1111"], False),
        ([], False),
    ],
)
def test_what_the_internet_can_reach(addresses: list[str], local: bool) -> None:
    assert http.is_local(addresses) is local


@pytest.mark.parametrize(("ahead", "outcome"), [(-3600, LOOK), (0, "ok"), (3600, LOOK)])
def test_clocks_that_differ(ward: Ward, ahead: int, outcome: str) -> None:
    date = formatdate(time.time() - ahead, usegmt=True)
    kind = ("Content-Type", "application/json")
    gateway = ward.answering("200 OK", [("Date", date), kind], b'{"error": false}')
    found = {it.check: it for it in examine(replace(ward.case, target=gateway))}
    assert found["clock"].outcome == outcome
    words = {-3600: "behind", 0: "agree", 3600: "ahead"}
    assert words[ahead] in found["clock"].message


def test_a_gateway_that_never_answers() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        target = f"http://127.0.0.1:{silent.getsockname()[1]}"
        # A machine that is busy may not even connect within a short time.
        for seconds in (0.2, 2.0, 20.0):
            found = {it.check: it for it in examine(Case(target, "k", "t", timeout=seconds))}
            if found["connection"].outcome == "ok":
                break
    assert found["connection"].outcome == "ok"
    assert (found["gateway"].outcome, found["key"].outcome) == (WRONG, "skipped")
    assert "the time is up" in found["gateway"].message


def test_a_gateway_that_sends_a_byte_now_and_then() -> None:
    over = threading.Event()

    def drip(listening: socket.socket) -> None:
        peers = [listening.accept()[0], listening.accept()[0]]
        peers[1].sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(2_000):
            try:
                peers[1].sendall(b" ")
            except OSError:
                break
            if over.wait(0.05):
                break
        for peer in peers:
            peer.close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        dripping = threading.Thread(target=drip, args=(listening,))
        dripping.start()
        target = f"http://127.0.0.1:{listening.getsockname()[1]}"
        begin = time.monotonic()
        found = {it.check: it for it in examine(Case(target, "k", "t", timeout=2.0))}
        over.set()
        dripping.join()
    assert time.monotonic() - begin < 60
    assert (found["gateway"].outcome, found["key"].outcome) == (WRONG, "skipped")
    assert "the time is up" in found["gateway"].message


JSON = ("Content-Type", "application/json")


def test_a_gateway_that_answers_too_deep(ward: Ward) -> None:
    target = ward.answering("200 OK", [JSON], b"[" * 100_000)
    found = {it.check: it for it in examine(replace(ward.case, target=target))}
    assert found["gateway"].outcome == WRONG and "not megaAPI" in found["gateway"].message


@pytest.mark.parametrize(
    "state", ["\ud800", "a\n" * 30, "x" * 100_000], ids=["surrogate", "lines", "long"]
)
def test_what_a_host_says_stays_on_its_line(ward: Ward, state: str) -> None:
    body = json.dumps({"error": False, "instance": {"status": state}}).encode()
    target = ward.answering("200 OK", [JSON], body)
    code, screen = told_by_the_command(replace(ward.case, target=target))
    assert code == 1
    assert len(screen.splitlines()) <= 24 and max(map(len, screen.splitlines())) < 300
    assert "WRONG  linked" in screen


@pytest.mark.parametrize("url", ["http://[::1", "http://127.0.0.1:99999"])
def test_what_is_wrong_with_a_url_is_told(url: str) -> None:
    with pytest.raises(SetupError, match=r"IPv6|0-65535"):
        examine(Case(url, "k", "t"))


@pytest.mark.parametrize("url", ["localhost:8080", "ftp://127.0.0.1", "http://", "http://a:b"])
def test_what_is_no_url_is_wrong_usage(url: str) -> None:
    with pytest.raises(SetupError, match=r"--target is not a URL"):
        examine(Case(url, "k", "t"))
    with pytest.raises(SetupError, match=r"--webhook is not a URL"):
        examine(Case("http://127.0.0.1:1", "k", "t", webhook=url))


def told_by_the_command(case: Case, *more: str) -> tuple[int, str]:
    arguments = ["doctor", "--target", case.target, "--instance-key", case.key]
    done = CliRunner().invoke(main, [*arguments, "--token", case.token, *more])
    return done.exit_code, done.output


def test_the_command_fits_one_screen(ward: Ward) -> None:
    code, screen = told_by_the_command(ward.case, "--webhook", ward.hook)
    assert code == 0, screen
    assert len(screen.splitlines()) == len(CHECKS) + 1 <= 24
    assert screen.splitlines()[-1] == "0 wrong, 0 to look at, 15 ok, 2 not checked"
    assert max(map(len, screen.splitlines())) <= 100


def test_the_command_says_what_to_do(ward: Ward) -> None:
    code, screen = told_by_the_command(wrong_token(ward))
    assert code == 1
    assert "WRONG  token" in screen and "-> copy the token from your panel" in screen


def test_the_command_for_programs(ward: Ward) -> None:
    code, text = told_by_the_command(not_linked(ward), "--json")
    document = json.loads(text)
    assert (code, document["passed"]) == (1, False)
    (wrong,) = [it for it in document["findings"] if it["outcome"] == WRONG]
    assert wrong["check"] == "linked" and wrong["advice"]


@pytest.mark.parametrize(
    "arguments", [["--target", "x", "--instance-key", "k", "--token", "t"], ["--target", "x"]]
)
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    done = CliRunner().invoke(main, ["doctor", *arguments])
    assert done.exit_code == 2
    assert done.output.startswith("megaapi-mock: ") and "Traceback" not in done.output
