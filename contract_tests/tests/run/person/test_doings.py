"""What a person is asked for is known by what the webhook of it holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from megaapi_contract.judging.results import Webhook
from megaapi_contract.run.person.doings import DOINGS, is_by, words_in
from megaapi_mock.resources import root

PERSON = "5511900000002"
# Of one picture, one text, one tap a person is asked for more than one event tells.
ALIKE = (
    {"text-plain", "group-text"}, {"image", "group-image"},
    {"buttons-response", "interactive-response", "template-button-reply"},
)  # fmt: skip


def webhook(document: Any) -> Webhook:
    return Webhook(1, json.dumps(document).encode(), (), 0.0, None)


def sample(event: str) -> Any:
    return json.loads(Path(root("fixtures") / "webhooks" / f"{event}.json").read_text())


@pytest.mark.parametrize("event", DOINGS)
def test_each_doing_is_known_by_its_sample_and_by_no_other(event: str) -> None:
    told = {name for name in DOINGS if DOINGS[name].fits(webhook(sample(event)))}
    alike = next((names for names in ALIKE if event in names), {event})
    # A text that was forwarded, or is a reply with a text, is a text too.
    assert event in told and told - alike <= {"text-plain", "group-text"}


def test_a_reply_is_not_known_by_what_it_quotes() -> None:
    reply = sample("text-quoted-reply")
    context = reply["message"]["extendedTextMessage"]["contextInfo"]
    context["quotedMessage"] = sample("image")["message"]
    assert not DOINGS["image"].fits(webhook(reply))
    assert DOINGS["text-quoted-reply"].fits(webhook(reply))


@pytest.mark.parametrize(
    ("key", "theirs"),
    [
        ({"remoteJid": f"{PERSON}@s.whatsapp.net", "fromMe": False}, True),
        ({"remoteJid": "5511900000004@s.whatsapp.net", "fromMe": False}, False),
        ({"remoteJid": f"{PERSON}@s.whatsapp.net", "fromMe": True}, False),
        ({"remoteJid": "1000@lid", "senderPn": f"{PERSON}@s.whatsapp.net"}, True),
        ({"remoteJid": "1000@lid", "senderPn": "5511900000004@s.whatsapp.net"}, False),
        # A hidden number alone may be anybody's.
        ({"remoteJid": "1000@lid", "fromMe": False}, True),
        ({"remoteJid": "1@g.us", "participant": f"{PERSON}@s.whatsapp.net"}, True),
        ({"remoteJid": "1@g.us", "participant": "5511900000004@s.whatsapp.net"}, False),
        ({}, False),
    ],
)
def test_who_did_it(key: dict[str, Any], theirs: bool) -> None:
    assert is_by(webhook({"key": key}), PERSON) is theirs


def test_who_called() -> None:
    assert is_by(webhook(sample("call")), PERSON)
    assert not is_by(webhook(sample("call")), "5511900000004")


def test_words_are_read_as_somebody_types_them() -> None:
    assert [*words_in({"a": {"text": " OI 1 "}, "b": 3})] == ["oi 1"]
