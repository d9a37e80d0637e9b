"""An echo that says otherwise than the answer is a failure where its content is documented."""

from __future__ import annotations

import html
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from megaapi_contract.host.target import MockTarget
from megaapi_contract.judging.contract import Contract
from megaapi_contract.probes.laws import all_laws
from megaapi_contract.probes.laws.echo_content import promise_of_content, promise_of_echo

from ...spoiling import Bench, Fault, changed, told

LAWS = {probe.name: probe for probe in all_laws()}
SENT = "what is sent comes back"
LETTERS = "an echo has every letter that was sent"


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    before = set(threading.enumerate())
    target = MockTarget()
    yield Bench(Contract(), target)
    target.close()
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=60)


@pytest.fixture(autouse=True)
def nothing_left_behind() -> None:
    """One mock works for all tests of this module: `bench` sees that its threads end."""


def crlf(text: str) -> str:
    """With the line ends of another system."""
    return text.replace("\n", "\r\n")


def exchanged(payload: Any) -> Any:
    """A place whose latitude is its longitude."""
    place = payload.get("message", {}).get("locationMessage") if "key" in payload else None
    if place:
        place["degreesLatitude"] = place["degreesLongitude"]
    return (payload,)


def wrapped(payload: Any) -> Any:
    """A text in a wrapper, as chats with disappearing messages have it."""
    message = payload.get("message")
    if payload.get("key", {}).get("fromMe") and isinstance(message, dict):
        payload |= {"messageType": "ephemeralMessage"}
        payload["message"] = {"ephemeralMessage": {"message": message}}
    return (payload,)


def of_other_ids(sections: Any) -> Any:
    """A list whose rows bring back their titles."""
    return [
        {**section, "rows": [{**row, "rowId": row["title"]} for row in section["rows"]]}
        for section in sections
    ]


@pytest.mark.parametrize(
    ("law", "fault"),
    [
        (LETTERS, changed("message.extendedTextMessage.text", html.escape)),
        (LETTERS, changed("message.extendedTextMessage.text", crlf)),
        (LETTERS, changed("message.audioMessage.ptt", False)),
        (f"{SENT}: send_media_url", changed("message.documentMessage.fileLength", int)),
        (f"{SENT}: send_media_base64", changed("message.documentMessage.mediaKey", "AAAA")),
        (f"{SENT}: send_location", told(exchanged)),
        (f"{SENT}: send_list", changed("message.listMessage.sections", of_other_ids)),
    ],
)
def test_what_was_written_is_a_failure(bench: Bench, law: str, fault: Fault) -> None:
    severities = {one.severity() for one in bench.tried(LAWS[law], fault)}
    assert "failure" in severities


def test_a_wrapper_around_it_breaks_a_guess_alone(bench: Bench) -> None:
    breaches = bench.tried(LAWS[f"{SENT}: send_text"], told(wrapped))
    about_content = [one for one in breaches if "of the answer" in one.message]
    assert about_content
    assert {one.severity() for one in about_content} == {"finding"}


def test_the_surest_event_speaks_for_a_content() -> None:
    contract = Contract()
    assert all(
        (promise := promise_of_content(contract, kind)) is not None and promise.sure
        for kind in ("extendedTextMessage", "imageMessage", "audioMessage", "locationMessage")
    )
    # No source shows a list, or buttons, as a message that comes.
    assert promise_of_content(contract, "listMessage") is None


def test_the_schema_speaks_for_a_content_that_nobody_saw_come() -> None:
    contract = Contract()
    promise = promise_of_echo(contract, "listMessage")
    assert promise is not None and promise.file == "components/schemas/ListMessage.yaml"
    assert promise_of_echo(contract, "somethingNew") is None


def test_a_mark_that_calls_a_group_none_is_a_failure(bench: Bench) -> None:
    """The body of an echo is a guess; what `isGroup` says of a chat is not."""
    law = LAWS["what is sent to a group is told of it: send_text"]
    breaches = bench.tried(law, changed("isGroup", False))
    about_mark = [one for one in breaches if "isGroup" in one.message]
    assert about_mark and {one.severity() for one in about_mark} == {"failure"}
