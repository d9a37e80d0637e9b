"""The doctor: planted mistakes are found, each alone, and nothing but GETs leaves for the gateway.

The names behind `.invalid` are reserved: nobody can ever look them up.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate

import pytest
from click.testing import CliRunner
from megaapi_mock.commands.doctor import http
from megaapi_mock.commands.doctor.checks import Case, examine
from megaapi_mock.commands.main import main
from megaapi_mock.errors import SetupError
from megaapi_mock.testing import MockServer

from ...processes import free_port
from .conftest import (
    HEALTHY,
    LOOK,
    WRONG,
    Ward,
    not_linked,
    outcomes,
    receiver_hangs,
    skipped,
    told_by_the_command,
    wrong_token,
)

AFTER_HOST = ("connection", "gateway", "key", "token", "linked", "clock")
SETTINGS = ("webhook_set", "webhook_on", "webhook_same", "events")


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


def receiver_is_slow(ward: Ward) -> Case:
    pause = threading.Event()
    slow = ward.answering("200 OK", after=lambda: pause.wait(0.2))
    return replace(ward.received_at(slow), slow=0.2)


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


def test_neither_password_nor_query_of_a_webhook_is_shown(ward: Ward) -> None:
    login = ward.hook.replace("//", "//me:TESTTOKEN0001@")
    case = ward.received_at(f"{login}?token=TESTTOKEN0001")
    findings = {it.check: it for it in examine(replace(case, webhook=ward.hook))}
    assert "TESTTOKEN0001" not in "".join(it.message for it in findings.values())
    shown = f"{ward.hook.replace('//', '//***@')}?***"
    assert findings["webhook_set"].message == shown
    assert findings["webhook_same"].message == (
        f"it is {shown}, which differs in host and port and query"
    )


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
