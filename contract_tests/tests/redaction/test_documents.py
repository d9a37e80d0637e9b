"""Bodies keep their form: names and fixed values of the contract stay, everything else is named."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from megaapi_contract.judging.contract import Contract
from megaapi_contract.redaction.placeholders import Private
from megaapi_contract.redaction.redaction import MAX_DEPTH, Redaction
from megaapi_contract.redaction.vocabulary import Vocabulary

from ..made_up import exchange

KEY, TOKEN = "megacode-TESTKEY7Q4Z", "TESTKEY7Q4ZTOKEN"
LETTERS = "bcdfghjklmnpqrstvwxzãçéñßЖд中文"
words = st.text(LETTERS, min_size=7, max_size=12)
documents = st.recursive(
    words | st.integers(10**6, 10**12) | st.none() | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(words | st.sampled_from(["text", "to", "id", "key"]), inner, max_size=4)
    ),
    max_leaves=15,
)


@pytest.fixture
def redaction(contract: Contract, vocabulary: Vocabulary) -> Redaction:
    return Redaction(contract, Private(key=KEY, token=TOKEN), vocabulary=vocabulary)


def shape(node: Any) -> Any:
    """A document without its values and names."""
    if isinstance(node, dict):
        return [shape(value) for value in node.values()]
    if isinstance(node, list):
        return ["list", *(shape(value) for value in node)]
    return "leaf" if node is not None and not isinstance(node, bool) else node


def leaves(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [*map(str, node), *(leaf for value in node.values() for leaf in leaves(value))]
    if isinstance(node, list):
        return [leaf for value in node for leaf in leaves(value)]
    return [] if node is None or isinstance(node, bool) else [str(node)]


@given(document=documents)
def test_a_document_keeps_its_shape_and_loses_its_words(
    contract: Contract, vocabulary: Vocabulary, document: Any
) -> None:
    redaction = Redaction(contract, Private(), vocabulary=vocabulary)
    clean = redaction.document(document)
    assert shape(clean) == shape(document)
    text = json.dumps(clean, ensure_ascii=False)
    private = [each for each in leaves(document) if each not in vocabulary.names]
    assert [each for each in private if each in text] == []
    # The same document again is the same again: two reports can be laid side by side.
    assert redaction.document(document) == clean


def test_values_of_the_contract_stay_unless_a_person_wrote_them(redaction: Redaction) -> None:
    document = {"status": "connected", "message": "Instance not found", "error": "false"}
    assert redaction.document({**document, "text": "connected", "caption": "true"}) == {
        **document, "text": "<text 1>", "caption": "<text 2>",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "expected"),
    [(404, 404), (999_999, 999_999), (True, True), (None, None), ("", ""), ([], []), ({}, {}),
     ("true", "true"), ("false", "false"), ("null", "null"), ("404", "404"), ("405", "<digits 1>"),
     (1_000_000, "<int 1>"), (-1_000_000, "<int 1>"), (1.5, "<float 1>")],
)  # fmt: skip
def test_small_numbers_stay_and_large_ones_are_named(
    value: Any, expected: Any, redaction: Redaction
) -> None:
    assert redaction.document({"status": value}) == {"status": expected}


def test_a_token_is_found_as_a_name_a_number_and_a_fixed_value(
    contract: Contract, vocabulary: Vocabulary
) -> None:
    redaction = Redaction(contract, Private(token="123456", key="connected"), vocabulary=vocabulary)
    assert redaction.document({"123456": 123456, "status": "connected"}) == {
        "<token>": "<token>", "status": "<key>",
    }  # fmt: skip
    assert redaction.body(b"123456", "text/plain") == b'"<token>"'


def test_a_document_is_cut_where_nobody_reads_it(redaction: Redaction) -> None:
    deep: Any = {}
    for _ in range(MAX_DEPTH + 5):
        deep = {"key": deep}
    assert "<deeper>" in json.dumps(redaction.document(deep))
    shallow: Any = {}
    for _ in range(MAX_DEPTH - 5):
        shallow = {"key": shallow}
    assert redaction.document(shallow) == shallow


@pytest.mark.parametrize(
    ("body", "media_type", "expected"),
    [
        (b"", "application/json", b""),
        (b"OK", "text/plain", b"<text/plain 1, 2 bytes>"),
        (b"<h1>Zorba</h1>", "text/html", b"<text/html 1, 14 bytes>"),
        (b"<h1>Zorba</h1>", "text/zorba", b"<body 1, 14 bytes>"),
        (b"\xff\xfe", "image/png", b"<image/png 1, 2 bytes>"),
    ],
)
def test_of_what_is_not_json_stays_what_it_is_and_how_long(
    body: bytes, media_type: str, expected: bytes, redaction: Redaction
) -> None:
    assert redaction.body(body, media_type) == expected
    assert redaction.body(body, media_type) == expected


def test_a_text_of_the_contract_stays(redaction: Redaction, vocabulary: Vocabulary) -> None:
    assert "Instance not found" in vocabulary.values
    assert redaction.body(b" Instance not found\n", "text/plain") == b"Instance not found"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"http://mock/rest/sendMessage/{KEY}/text", "http://mock/rest/sendMessage/<key>/text"),
        ("http://mock/rest/instance/other", "http://mock/rest/instance/<key 1>"),
        ("http://mock/rest/zorba", "http://mock/rest/<step 1>"),
        ("http://mock/rest/instance/K?jid=5511900000907", "http://mock/rest/instance/<key 1>?jid="
         "<number 1>"),
        ("http://mock/?zorba", "http://mock/?<name 1>"),
        ("https://owner.example.com:8443/rest#zorba", "<other host>/rest"),
    ],
)  # fmt: skip
def test_of_an_address_stays_what_the_contract_declares(
    url: str, expected: str, redaction: Redaction
) -> None:
    assert redaction.url(url) == expected


def test_an_exchange_keeps_its_figures_and_is_cleaned_once(redaction: Redaction) -> None:
    answer = exchange(7, method="ZORBA", request_headers=(("X-Zorba", "Zorba"),))
    clean = redaction.exchange(answer)
    assert (clean.number, clean.status, clean.time, clean.seconds) == (7, 201, answer.time, 0.01)
    assert clean.method == "<method>" and b"Zorba" not in clean.request_body
    assert clean.request_headers == (("<header 1>", "<text 2>"),)
    assert redaction.exchange(answer) is clean
    # Another exchange of the same number, of another run, is another one.
    assert redaction.exchange(exchange(7)) is not clean


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("target", "http://mock", "http://mock"),
        ("quick", "yes", "yes"),
        ("timeout", "30", "30"),
        ("--recipient", "5511900000907, 5511900000908", "<number 1>, <number 2>"),
        ("token", TOKEN, "<token>"),
        ("--instance-key", "another", "<text 1>"),
        ("folder", "zorba", "<text 1>"),
    ],
)
def test_an_option_is_shown_where_its_value_is_public(
    name: str, value: str, expected: str, redaction: Redaction
) -> None:
    assert redaction.option(name, value) == expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Content-Type", "application/json; charset=utf-8", "application/json; charset=utf-8"),
        ("Content-Length", "123", "123"),
        ("Set-Cookie", "session=zorba", "<cookie 1>"),
        ("X-Mock-Reason", "the token is wrong: zorba", "the token is wrong: <text 1>"),
        ("Server", "zorba/1.0", "<text 1>"),
    ],
)
def test_a_header_is_shown_where_its_value_is_public(
    name: str, value: str, expected: str, redaction: Redaction
) -> None:
    assert redaction.headers([(name, value)]) == ((name, expected),)
    assert redaction.headers([(name, value)]) == ((name, expected),)
