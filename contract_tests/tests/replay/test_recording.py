"""What is kept of a fault can be sent again, and holds nothing private."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.results import Breach, Exchange, Promise, Report, Result
from megaapi_contract.redaction.placeholders import Private
from megaapi_contract.redaction.redaction import Redaction
from megaapi_contract.redaction.vocabulary import Vocabulary
from megaapi_contract.replay.recording import (
    LONGEST_TEXT,
    MAX_EXCHANGES,
    NO_GROUP,
    mask,
    record,
)
from megaapi_contract.safety.fence import UNKNOWN_KEY, WRONG_TOKEN

KEY, TOKEN = "megacode-TESTKEY7Q4Z", "TESTKEY7Q4ZTOKEN"
OTHER, OTHERS_TOKEN = "megacode-TESTKEYOTHER", "TESTKEYOTHERTOKEN"
OWN, RECIPIENT, STRANGER = "5511900000901", "5511900000902", "5511900000907"
# A token of digits alone, which a host may turn into a number.
DIGITS = 772193
MEDIA, WEBHOOKS = "https://files.example.com/a.png", "https://tunnel.example.com/webhooks/abc"
PROMISE = Promise("observed", "paths/send_message/send_text.yaml", ("business-docs",))
PRIVATE = Private(
    key=KEY, token=TOKEN, own=OWN, recipients=(RECIPIENT,), media_url=MEDIA, webhook_url=WEBHOOKS,
    tokens={OTHER: OTHERS_TOKEN}, control_token=str(DIGITS),
)  # fmt: skip


def sent(
    contract: Contract, operation: str, body: Any = None, answer: Any = None, **changes: Any
) -> Exchange:
    """One exchange of the given instance."""
    known = contract.by_id[operation]
    path = known.path.replace("{instance_key}", changes.pop("key", KEY))
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    token = changes.pop("token", f"Bearer {TOKEN}")
    headers = [("Accept", "application/json"), ("Content-Type", "application/json")]
    parts: dict[str, Any] = {
        "number": 1, "operation": operation, "method": known.method, "status": 200,
        "url": f"http://mock{path}{changes.pop('query', '')}", "request_body": raw,
        "request_headers": (*headers, ("Authorization", token)) if token else tuple(headers),
        "headers": (("Content-Type", "application/json"),),
        "body": json.dumps(answer if answer is not None else {"error": False}).encode(),
        "time": 0.0, "seconds": 0.0,
    }  # fmt: skip
    return Exchange(**parts | changes)


def kept(
    contract: Contract, vocabulary: Vocabulary, *exchanges: Exchange, kind: str = "status"
) -> dict[str, Any]:
    """The document of a fault that the last of these exchanges broke."""
    numbered = [replace(each, number=number) for number, each in enumerate(exchanges, 1)]
    last = numbered[-1] if numbered else None
    breach = Breach("a probe", kind, "send_text", "201 is not promised", PROMISE, last)
    result = Result("a probe", "laws", ("send_text",), "failed", breaches=(breach,), first=1)
    report = Report("mock", False, 7, 0.0, False, exchanges=numbered, results=[result])
    redaction = Redaction(contract, PRIVATE, vocabulary=vocabulary)
    clean = redaction.report(report).results[0].breaches[0]
    return record(report, breach, clean, redaction)


def text_to(to: str, text: str = "Segredo") -> Any:
    return {"messageData": {"to": to, "text": text}}


def last_body(document: dict[str, Any]) -> Any:
    return document["exchanges"][-1]["json"]


def last_header(document: dict[str, Any], name: str) -> str | None:
    return dict(document["exchanges"][-1]["headers"]).get(name)


def test_a_send_is_kept_with_places_for_its_values(
    contract: Contract, vocabulary: Vocabulary
) -> None:
    document = kept(contract, vocabulary, sent(contract, "send_text", text_to(RECIPIENT)))
    assert document["needs"] == ["instance_key", "recipient_1", "token"]
    assert document["judged_by"] == "answer" and document["connected"]
    (request,) = document["exchanges"]
    assert request["path"] == ["", "rest", "sendMessage", "{{instance_key}}", "text"]
    assert last_header(document, "Authorization") == "Bearer {{token}}"
    assert last_body(document) == {"messageData": {"to": "{{recipient_1}}", "text": "Xxxxxxx"}}
    assert document["fault"]["promise"]["sources"] == ["business-docs"]
    assert "--probe 'a probe'" in document["rerun"]


@given(
    words=st.lists(st.text("bcdfghjkãçñßЖд中文", min_size=8, max_size=12), min_size=3, max_size=3)
)
def test_no_word_of_a_person_is_kept(
    contract: Contract, vocabulary: Vocabulary, words: list[str]
) -> None:
    body = {"messageData": {"to": STRANGER, "text": words[0], words[1]: words[2]}}
    document = json.dumps(
        kept(contract, vocabulary, sent(contract, "send_text", body)), ensure_ascii=False
    )
    for private in (*words, KEY, TOKEN, RECIPIENT, STRANGER):
        assert private not in document


def test_a_value_an_answer_gave_out_is_taken_from_it_again(
    contract: Contract, vocabulary: Vocabulary
) -> None:
    key = {"remoteJid": f"{RECIPIENT}@s.whatsapp.net", "id": "3EB0ABCDEF0123456789"}
    answer = {"error": False, "messageData": {"key": key}}
    document = kept(
        contract, vocabulary,
        sent(contract, "instance_status", answer={"instance": {"key": KEY}}),
        sent(contract, "send_text", text_to(RECIPIENT), answer),
        sent(contract, "delete_message", {"messageData": {"to": RECIPIENT, "key": key}}),
    )  # fmt: skip
    # The status was only looked at: nothing of it is needed.
    assert [each["operation"] for each in document["exchanges"]] == ["send_text", "delete_message"]
    name = last_body(document)["messageData"]["key"]["id"].strip("{}")
    assert name.startswith("message_id:")
    assert document["values"][name] == {"from": {"exchange": 1, "pointer": "/messageData/key/id"}}


def test_a_read_that_gave_a_value_is_kept(contract: Contract, vocabulary: Vocabulary) -> None:
    jid = "120363000000000123@g.us"
    groups = {"error": False, "groups": [{"id": jid, "subject": "Equipe"}]}
    document = kept(
        contract, vocabulary,
        sent(contract, "instance_status"),
        sent(contract, "list_groups", answer=groups),
        sent(contract, "group_details", query=f"?jid={jid}"),
    )  # fmt: skip
    assert [each["operation"] for each in document["exchanges"]] == ["list_groups", "group_details"]
    assert document["exchanges"][-1]["query"] == [["jid", "{{group:1}}"]]
    assert document["values"] == {"group:1": {"from": {"exchange": 1, "pointer": "/groups/0/id"}}}


@pytest.mark.parametrize(
    ("value", "place", "need"),
    [
        (RECIPIENT, "{{recipient_1}}", "recipient_1"),
        (f"{RECIPIENT}@s.whatsapp.net", "{{recipient_1}}@s.whatsapp.net", "recipient_1"),
        (OWN, "{{own_number}}", "own_number"),
        (STRANGER, "{{recipient_2}}", "recipient_2"),
        ("120363000000000123@g.us", "{{group}}", "group"),
        (NO_GROUP, NO_GROUP, None),
        (MEDIA, "{{media_url}}", "media_url"),
        (f"{WEBHOOKS}/Other", "{{webhook_url}}/Xxxxx", "webhook_url"),
        (WEBHOOKS, "{{webhook_url}}", "webhook_url"),
        (f"{WEBHOOKS}x", "xxxxx://xxxxxx.xxxxxxx.xxx/xxxxxxxx/xxxx", None),
        ("https://a9.example.test/Path", "https://x0.xxxxxxx.test/Xxxx", None),
        ("see https://a.example.test/b now", "xxx https://x.xxxxxxx.test/x xxx", None),
        ("https://owner.example.com/hook", "xxxxx://xxxxx.xxxxxxx.xxx/xxxx", None),
        ("{{token}} \u00e7", "((xxxxx)) \u00e9", None),
        (KEY, "{{instance_key}}", None),
        (TOKEN, "{{token}}", None),
        ("123456789012345678", "000000000000000000", None),
    ],
)
def test_each_kind_of_value_has_its_place(
    value: str, place: str, need: str | None, contract: Contract, vocabulary: Vocabulary
) -> None:
    body = {"messageData": {"to": "x", "text": value}}
    document = kept(contract, vocabulary, sent(contract, "send_text", body))
    assert last_body(document)["messageData"]["text"] == place
    assert set(document["needs"]) == {"instance_key", "token"} | ({need} if need else set())


@pytest.mark.parametrize(
    ("token", "place", "need"),
    [
        (f"Bearer {TOKEN}", "Bearer {{token}}", "token"),
        (f"Bearer {OTHERS_TOKEN}", "Bearer {{other_token}}", "other_token"),
        (f"Bearer {WRONG_TOKEN}", f"Bearer {WRONG_TOKEN}", None),
        ("Bearer Zorba42", "Bearer Xxxxx00", None),
        ("Bearer ", "Bearer ", None),
        ("", None, None),
    ],
)
def test_a_token_is_kept_as_whose_it_is(
    token: str, place: str | None, need: str | None, contract: Contract, vocabulary: Vocabulary
) -> None:
    document = kept(contract, vocabulary, sent(contract, "instance_status", token=token))
    assert last_header(document, "Authorization") == place
    assert set(document["needs"]) == {"instance_key"} | ({need} if need else set())


def test_a_token_that_the_requests_have_set_is_made_up(
    contract: Contract, vocabulary: Vocabulary
) -> None:
    document = kept(
        contract, vocabulary,
        sent(contract, "change_token", {"messageData": {"token": "Zorba42"}}),
        sent(contract, "instance_status", token="Bearer Zorba42"),
    )  # fmt: skip
    assert document["exchanges"][0]["json"] == {"messageData": {"token": "Xxxxx00"}}
    assert last_header(document, "Authorization") == "Bearer Xxxxx00"


def test_an_instance_of_a_mock_has_the_same_places(
    contract: Contract, vocabulary: Vocabulary
) -> None:
    status = sent(contract, "instance_status", key=OTHER, token=f"Bearer {OTHERS_TOKEN}")
    document = kept(contract, vocabulary, status)
    assert document["exchanges"][0]["path"][-1] == "{{instance_key}}"
    assert last_header(document, "Authorization") == "Bearer {{token}}"
    unknown = sent(contract, "instance_status", key=UNKNOWN_KEY)
    assert kept(contract, vocabulary, unknown)["exchanges"][0]["path"][-1] == UNKNOWN_KEY
    foreign = sent(contract, "instance_status", key="Zorba")
    assert kept(contract, vocabulary, foreign)["exchanges"][0]["path"][-1] == "Xxxxx"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(7, 7), (True, True), (None, None), (3.75, 1.5), (-3.75, -1.5), (1767225600, 10**9),
     (-1767225600, -(10**9)), ([1, "ab"], [1, "xx"]), ("", "")],
)  # fmt: skip
def test_numbers_keep_their_size_and_lists_their_form(
    value: Any, expected: Any, contract: Contract, vocabulary: Vocabulary
) -> None:
    body = {"messageData": {"text": value}}
    document = kept(contract, vocabulary, sent(contract, "send_text", body))
    assert last_body(document)["messageData"]["text"] == expected


def test_number_that_is_a_token_is_masked(contract: Contract, vocabulary: Vocabulary) -> None:
    body = {"messageData": {"to": RECIPIENT, "text": DIGITS, "count": 4711, "less": -DIGITS}}
    document = kept(contract, vocabulary, sent(contract, "send_text", body))
    assert str(DIGITS) not in json.dumps(document)
    assert {4711, 100000, -100000} <= set(last_body(document)["messageData"].values())


def test_members_nobody_vouches_for_keep_apart(contract: Contract, vocabulary: Vocabulary) -> None:
    body = {"zorba": 1, "grego": 2, "abcde": 3, "text": 4}
    document = kept(contract, vocabulary, sent(contract, "send_text", body))
    assert last_body(document) == {"xxxxx": 1, "xxxxxx": 2, "xxxxxxx": 3, "text": 4}


@pytest.mark.parametrize(
    ("body", "raw"),
    [(b'{"text": zorba', '{"text": xxxxx'), (b"z" * (LONGEST_TEXT + 1), "{{A*2001}}"),
     (b"\xffz \x01", "\u00e9x \x01")],
)  # fmt: skip
def test_a_body_that_is_not_json_keeps_its_form(
    body: bytes, raw: str, contract: Contract, vocabulary: Vocabulary
) -> None:
    document = kept(contract, vocabulary, sent(contract, "send_text", body))
    assert document["exchanges"][0]["raw"] == raw and "json" not in document["exchanges"][0]


def test_headers_of_other_names_are_not_kept(contract: Contract, vocabulary: Vocabulary) -> None:
    headers = (("X-Zorba", "1"), ("Content-Type", "text/zorba"), ("Accept", "application/json"))
    status = sent(contract, "instance_status", request_headers=headers, method="ZOR BA")
    document = kept(contract, vocabulary, status)
    assert document["exchanges"][0]["headers"] == [
        ["Content-Type", "xxxx/xxxxx"], ["Accept", "application/json"],
    ]  # fmt: skip
    assert document["exchanges"][0]["method"] == "GET"


@pytest.mark.parametrize("kind", ["law", "check", "webhook"])
def test_what_one_answer_does_not_show_needs_its_probe(
    kind: str, contract: Contract, vocabulary: Vocabulary
) -> None:
    assert kept(contract, vocabulary, sent(contract, "instance_status"), kind=kind)[
        "judged_by"
    ] == ("probe")


def test_a_fault_without_an_exchange_needs_its_probe(
    contract: Contract, vocabulary: Vocabulary
) -> None:
    document = kept(contract, vocabulary)
    assert document["exchanges"] == [] and document["judged_by"] == "probe"
    assert document["needs"] == []


def test_an_instance_without_a_phone_is_remembered(
    contract: Contract, vocabulary: Vocabulary
) -> None:
    refusal = {"name": "FORBIDDEN", "message": "Instance not logged in", "statusCode": 403}
    refused = sent(contract, "send_text", text_to(RECIPIENT), refusal, status=403)
    assert not kept(contract, vocabulary, refused)["connected"]


def test_only_what_led_to_the_fault_is_kept(contract: Contract, vocabulary: Vocabulary) -> None:
    before = [
        sent(contract, "send_text", text_to(RECIPIENT), status=500),
        sent(contract, "send_text", text_to(RECIPIENT), key=OTHER),
        sent(contract, "send_text", text_to(RECIPIENT)),
    ]
    document = kept(contract, vocabulary, *before, sent(contract, "instance_status"))
    assert [each["operation"] for each in document["exchanges"]] == ["send_text", "instance_status"]
    many = [sent(contract, "send_text", text_to(RECIPIENT))] * (MAX_EXCHANGES + 5)
    assert len(kept(contract, vocabulary, *many)["exchanges"]) == MAX_EXCHANGES


@given(text=st.text(max_size=LONGEST_TEXT))
def test_a_mask_is_as_long_and_of_the_same_make(text: str) -> None:
    masked = mask(text)
    assert len(masked) == len(text) and mask(masked) == masked
    for char, masked_char in zip(text, masked, strict=True):
        assert char.isnumeric() == (masked_char == "0")
        assert char.isspace() == masked_char.isspace()
        assert masked_char not in "{}"


def test_a_long_text_is_kept_by_its_length() -> None:
    assert mask("ab" * LONGEST_TEXT) == "{{A*4000}}"
    assert mask("a b" * LONGEST_TEXT) == "{{x*6000}}"
