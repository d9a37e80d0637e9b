"""Nothing private is left, and what is left can still be read."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.results import Breach, Exchange, Report, Result
from megaapi_contract.redaction.redaction import Redaction
from megaapi_contract.redaction.vocabulary import Vocabulary

from ..mutation.planted import (
    KEY,
    OWN,
    PRIVATE,
    PROMISE,
    RECIPIENT,
    TOKEN,
    Planting,
    found_in,
    plantings,
)


def exchange(request: Any = None, answer: Any = None, **changes: Any) -> Exchange:
    parts: dict[str, Any] = {
        "number": 1, "operation": "send_text", "method": "POST", "status": 200, "time": 0.0,
        "url": f"http://mock/rest/sendMessage/{KEY}/text", "seconds": 0.0,
        "request_headers": (("Authorization", f"Bearer {TOKEN}"),),
        "request_body": json.dumps(request).encode() if request is not None else b"",
        "headers": (("Content-Type", "application/json"),),
        "body": json.dumps(answer).encode() if answer is not None else b"",
    }  # fmt: skip
    return Exchange(**parts | changes)


@pytest.fixture
def redaction(contract: Contract, vocabulary: Vocabulary) -> Redaction:
    return Redaction(contract, PRIVATE, vocabulary=vocabulary)


@pytest.mark.hosts
@given(planting=plantings())
@settings(max_examples=60, phases=[Phase.generate])
def test_nothing_planted_is_left(
    contract: Contract, vocabulary: Vocabulary, planting: Planting
) -> None:
    clean = Redaction(contract, PRIVATE, vocabulary=vocabulary).report(planting.report)
    text = repr(dataclasses.asdict(clean)) + str(clean)
    assert found_in(text, (*planting.values, KEY, TOKEN, OWN, RECIPIENT)) == []


def test_a_send_can_still_be_read(redaction: Redaction) -> None:
    body = {"messageData": {"to": "5511900000907", "text": "Segredo", "linkPreview": False}}
    answer = {
        "error": False,
        "message": "Message sent",
        "messageData": {
            "key": {"remoteJid": "5511900000907@s.whatsapp.net", "id": "3EB0A1B2C3D4E5F607"},
            "message": {"extendedTextMessage": {"text": "Segredo"}},
            "messageTimestamp": "1767225600",
            "status": "PENDING",
        },
    }
    clean = redaction.exchange(exchange(body, answer))
    assert clean.url == "http://mock/rest/sendMessage/<key>/text"
    assert clean.request_headers == (("Authorization", "Bearer <token>"),)
    assert json.loads(clean.request_body) == {
        "messageData": {"to": "<number 1>", "text": "<text 1>", "linkPreview": False}
    }
    assert clean.json == {
        "error": False,
        "message": "Message sent",
        "messageData": {
            "key": {"remoteJid": "<number 1>@s.whatsapp.net", "id": "<id 1>"},
            "message": {"extendedTextMessage": {"text": "<text 1>"}},
            "messageTimestamp": "<time 1>",
            "status": "PENDING",
        },
    }


@pytest.mark.parametrize(
    ("given_text", "name", "expected"),
    [
        (OWN, "to", "<own number>"),
        (RECIPIENT, "to", "<recipient 1>"),
        (f"{RECIPIENT}@s.whatsapp.net", "to", "<recipient 1>@s.whatsapp.net"),
        (f"{RECIPIENT}:12@s.whatsapp.net", "to", "<recipient 1>:device@s.whatsapp.net"),
        ("+55 11 90000-0902", "to", "<recipient 1, written otherwise>"),
        ("120363000000000001@g.us", "jid", "<group 1>@g.us"),
        ("100000000000001@lid", "lid", "<lid 1>@lid"),
        ("A1B2C3D4", "pairingCode", "<code 1>"),
        ("data:image/png;base64,AAAA", "qrcode", "<base64 1>"),
        ("https://files.example.test/a.jpg", "url", "<url 1>"),
        ("PENDING", "status", "PENDING"),
        ("PENDING", "text", "<text 1>"),
        ("Instance not logged in", "message", "Instance not logged in"),
        ("image/jpeg", "mimetype", "image/jpeg"),
        ("1234", "text", "<digits 1>"),
        ('{"to": "5511900000907"}', "text", "<text 1>"),
        ("", "text", ""),
    ],
)
def test_a_leaf_keeps_its_kind(
    redaction: Redaction, given_text: str, name: str, expected: str
) -> None:
    assert redaction.text_value(name, given_text) == expected


def test_numbers_and_places_on_earth_go_but_small_counts_stay(redaction: Redaction) -> None:
    document = {"latitude": -23.55052, "messageTimestamp": 1767225600, "statusCode": 403}
    assert redaction.document(document) == {
        "latitude": "<float 1>",
        "messageTimestamp": "<int 1>",
        "statusCode": 403,
    }


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ('200: messageData/key/id: "Zorba" is not of type "string"',
         '200: messageData/key/id: "<text 1>" is not of type "string"'),
        ('403: body: "message" is a required property',
         '403: body: "message" is a required property'),
        ("418 is not promised", "418 is not promised"),
        ("status: 200, 400, 401, 403", "status: 200, 400, 401, 403"),
        ("the group belongs to +55 11 90000-0902", "the group belongs to "
         "<recipient 1, written otherwise>"),
        ("the place is -23.55052", "the place is <text 1>"),
        ("Zorba wrote to zorba@example.test", "<text 1> wrote to <address 1>"),
        ("it holds %5A%6F%72%62%61", "it holds <text 1>"),
        ("https://host.example.test refuses connections: is the host up?",
         "https://host.example.test refuses connections: is the host up?"),
        ('cut: "Zorba the', 'cut: "<text 1>"'),
    ],
)  # fmt: skip
def test_a_sentence_keeps_what_the_suite_says(
    redaction: Redaction, words: str, expected: str
) -> None:
    redaction.report(Report("https://host.example.test", True, 7, 0.0, False))
    assert redaction.sentence(words) == expected


def test_common_words_go_when_an_exchange_held_them_as_one_text(redaction: Redaction) -> None:
    first_exchange = exchange(
        {"messageData": {"to": RECIPIENT, "text": "The message was sent to a group!"}}
    )
    breach = Breach(
        "examples of send_text", "law", "send_text",
        "The message was sent to a group came back, it was not sent", PROMISE, first_exchange,
    )  # fmt: skip
    report = Report(
        "mock", False, 7, 0.0, False,
        results=[Result("examples of send_text", "examples", ("send_text",), breaches=(breach,))],
    )  # fmt: skip
    assert redaction.report(report).breaches[0].message == "<text 1> came back, it was not sent"


def test_every_part_of_a_request_is_cleaned(redaction: Redaction) -> None:
    clean = redaction.exchange(
        exchange(
            url=f"http://mock/rest/group/{KEY}/group?jid=120363000000000001%40g.us&Zorba=1#Zorba",
            request_headers=(
                ("Authorization", "Basic Wm9yYmE="),
                ("Cookie", "sid=Zorba"),
                ("X-Zorba", "Zorba"),
                ("Content-Type", "text/Zorba"),
                ("X-Mock-Token", "Zorba"),
            ),
            request_body=b'{"messageData": {"text": "Zorba',
            headers=(("Content-Type", "text/html"), ("X-Mock-Reason", "Zorba is not linked")),
            body=b"<p>Zorba</p>",
        )
    )
    assert clean.url == "http://mock/rest/group/<key>/group?jid=<group 1>@g.us&<name 1>=<digits 1>"
    # The same value is the same placeholder, of the kind it was first met as.
    assert dict(clean.request_headers) == {
        "Authorization": "<credentials 1>",
        "Cookie": "<cookie 1>",
        "<header 1>": "<name 1>",
        "Content-Type": "<text 1>",
        "X-Mock-Token": "<name 1>",
    }
    assert clean.request_body == b"<body 1, 31 bytes>"
    assert clean.body == b"<text/html 1, 12 bytes>"
    assert dict(clean.headers)["X-Mock-Reason"] == "<name 1> is not linked"


def test_what_nests_too_deep_is_cut(redaction: Redaction) -> None:
    deep: Any = "Zorba"
    for _ in range(200):
        deep = [deep]
    assert b"Zorba" not in redaction.body(json.dumps(deep).encode(), "application/json")


def test_options_lose_what_names_somebody(redaction: Redaction) -> None:
    assert redaction.option("token", TOKEN) == "<token>"
    assert redaction.option("recipient", f"{RECIPIENT}, 5511900000907") == (
        "<recipient 1>, <number 1>"
    )
    assert redaction.option("allow", "reads, sends") == "reads, sends"
    assert redaction.option("recipients", "2") == "2"
