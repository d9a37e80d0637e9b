"""What the doctor posts to a receiver, and what it says of the answers."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from megaapi_mock.commands.doctor import checks, receiver
from megaapi_mock.commands.doctor.checks import examine
from megaapi_mock.resources import root
from megaapi_mock.spec.recognise import Recogniser
from megaapi_mock.spec.valid_bundle import valid_bundle
from megaapi_mock.testing import Served

from .conftest import (
    CHECKS,
    HEALTHY,
    LOOK,
    WRONG,
    Start,
    Ward,
    outcomes,
    receiver_hangs,
    skipped,
)


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


def test_nothing_is_posted_unless_a_receiver_is_named(ward: Ward) -> None:
    hooks = skipped(*(check for check in CHECKS if check.startswith("hook_")), "webhook_same")
    assert outcomes(replace(ward.case, webhook=None)) == {**HEALTHY, **hooks}
    assert ward.got == []


def test_a_receiver_of_this_network_is_no_use_to_a_remote_gateway(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks._Exam, "is_remote", lambda _: True)
    found = {it.check: it for it in examine(ward.case)}
    assert found["hook_address"].outcome == WRONG
    assert "use a tunnel" in found["hook_address"].advice
    assert found["tls"].outcome == LOOK
