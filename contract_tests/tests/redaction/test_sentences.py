"""Sentences are shown without the words nobody vouches for, and with all the others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from megaapi_contract.judging.contract import Contract
from megaapi_contract.redaction.placeholders import Placeholders, Private
from megaapi_contract.redaction.redaction import Redaction
from megaapi_contract.redaction.sentences import CUT_AT, Sentences
from megaapi_contract.redaction.vocabulary import Vocabulary

KEY, TOKEN, OWN = "megacode-TESTKEY7Q4Z", "status", "5511900000901"
foreign_words = st.text("bcdfghjklmnpqrstvwxzãçéñßЖд中文", min_size=6, max_size=12)


@pytest.fixture
def placeholders() -> Placeholders:
    return Placeholders(Private(key=KEY, own=OWN))


@pytest.fixture
def sentences(vocabulary: Vocabulary, placeholders: Placeholders) -> Sentences:
    return Sentences(vocabulary, placeholders)


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "201 is not promised",
        '200: messageData/key: "id" is a required property',
        "an unknown instance and a wrong token: 404",
        "the host answers with more than 64 MiB",
        "is it 200, 401, 403?",
        "<text 1> came back, <number 2, written otherwise> did not",
        '"string" is not of type "object"',
        "'messageData' was unexpected",
        'error: "false" is not of type "boolean"',
        "no request of the run got a 2xx",
    ],
)
def test_a_sentence_of_the_suite_stays_as_it_is(sentence: str, sentences: Sentences) -> None:
    assert sentences.clean(sentence) == sentence


@given(word=foreign_words)
def test_no_foreign_word_stays_quoted_or_not(
    contract: Contract, vocabulary: Vocabulary, word: str
) -> None:
    sentences = Sentences(vocabulary, Placeholders(Private()))
    if sentences.is_public_word(word):
        return
    for sentence in (f"{word} came back", f'"{word}" came back', f"`{word}`", f"the {word}: 404"):
        assert word not in sentences.clean(sentence)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("https://owner.example.com/hook came", "<text 1> came"),
        (f"{OWN} and 5511900000907", "<own number> and <number 1>"),
        ("+55 (11) 90000-0907 called", "<number 1, written otherwise> called"),
        ("5511900000907@s.whatsapp.net called", "<number 1>@s.whatsapp.net called"),
        ("somebody@example.com called", "<address 1> called"),
        (f"'{KEY}' is not of type", "'<key>' is not of type"),
        ("it is 3.14159 or -2,718281", "it is <text 1> or <text 2>"),
        ("1234567 came", "<text 1> came"),
        ("123456 came", "123456 came"),
        ("%C3%A3x came", "<text 1> came"),
        ('"Zorba is" not "promised"', '"<text 1>" not "<text 2>"'),
        ('"messageData" and "<text 4>"', '"messageData" and "<text 4>"'),
    ],
)
def test_what_a_person_may_have_written_is_replaced(
    sentence: str, expected: str, sentences: Sentences
) -> None:
    assert sentences.clean(sentence) == expected


def test_a_token_is_private_however_common_it_is(vocabulary: Vocabulary) -> None:
    sentences = Sentences(vocabulary, Placeholders(Private(token=TOKEN)))
    assert sentences.clean("the status is 200") == "the <token> is 200"
    assert sentences.clean('"status" is missing') == '"<token>" is missing'
    assert Sentences(vocabulary, Placeholders(Private())).clean("the status") == "the status"


def test_what_was_replaced_in_an_exchange_is_replaced_in_a_sentence(
    sentences: Sentences, placeholders: Placeholders
) -> None:
    placeholders.text("The message is not sent")
    placeholders.text("the message")
    assert sentences.clean("found: THE message is not sent.") == "found: <text 1>."
    assert sentences.clean("the message is sent") == "<text 2> is sent"
    # A longer word that begins alike is another word.
    assert sentences.clean("the messages") == "the messages"


def test_a_public_word_alone_stays_though_somebody_wrote_it(
    sentences: Sentences, placeholders: Placeholders
) -> None:
    placeholders.text("message")
    assert sentences.clean("the message is sent") == "the message is sent"


def test_the_end_of_a_cut_sentence_is_known_by_its_beginning(
    sentences: Sentences, placeholders: Placeholders
) -> None:
    placeholders.text("the message is not sent to the host")
    beginning = "the message is"
    cut = ("the host " * 30)[: CUT_AT - 12] + " the message is"
    assert len(cut) >= CUT_AT
    assert sentences.clean(cut).endswith("<text 1>")
    assert len(beginning) < CUT_AT
    assert sentences.clean(beginning).endswith("the message is")


@pytest.mark.parametrize(
    ("word", "public"),
    [("messageData", True), ("instance_key", True), ("x_y", True), ("404", True),
     ("1234567", False), ("Zorba", False), ("ZORBA", False), ("message9x", False), ("é", False)],
)  # fmt: skip
def test_a_word_is_public_where_the_contract_or_the_suite_has_it(
    word: str, public: bool, sentences: Sentences
) -> None:
    assert sentences.is_public_word(word) is public


def test_the_beginning_of_ids_stays_though_a_host_answers_it_alone(
    contract: Contract, vocabulary: Vocabulary
) -> None:
    redaction = Redaction(contract, Private(), vocabulary=vocabulary)
    redaction.document({"id": "3EB0", "text": "3eb0"})
    sentence = "the id is 3EB0 and 18 hex digits"
    assert redaction.sentence(sentence) == sentence
