"""A person writes for the customers: known by its webhook, and mistakes are not judged."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from megaapi_contract.errors import NotDone, NotTried
from megaapi_contract.host.host_instance import HostInstance
from megaapi_contract.judging.results import Webhook
from megaapi_contract.probes.laws.calls import set_webhook
from megaapi_contract.run.person.stage import ONE_PERSON, OWN_WORDS, PersonStage
from megaapi_mock.testing import MockServer

from ...support import LISTED, UNLISTED
from .scripted import Phone, asked, person_at_terminal

WRITE = re.compile(r'write: "(.+)"')


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer() as running:
        yield running


@contextmanager
def stage_with(
    server: MockServer, act: Callable[[Phone, str], str], **patience: float
) -> Iterator[tuple[PersonStage, HostInstance, Any]]:
    """A stage whose person does `act`, with the instance's webhooks coming to the suite."""
    phone = Phone(server)
    with (
        person_at_terminal(lambda question: act(phone, question), **patience) as person,
        asked(server, person) as context,
    ):
        stage = context.person
        assert isinstance(stage, PersonStage)
        instance, session = stage.instance(), context.session("a test")
        set_webhook(session, instance, f"{context.receiver.url}/{instance.key}")
        try:
            yield stage, instance, person
        finally:
            session.put_back()


def words_of(question: str) -> str:
    found = WRITE.search(question)
    assert found is not None, question
    return found[1]


def test_what_was_asked_for_comes_back_as_it_was_told(server: MockServer) -> None:
    def act(phone: Phone, question: str) -> str:
        phone.writes(words_of(question))
        return ""

    with stage_with(server, act) as (stage, instance, person):
        first = stage.customer_writes(instance, "text-plain")
        second = stage.customer_writes(instance, "text-plain")
    assert first["content"]["conversation"] == "Oi 1" and second["id"] != first["id"]
    assert first["chat"] == f"{LISTED}@s.whatsapp.net" and first["from_me"] is False
    assert person.questions[1] == 'In the chat with the instance, write: "Oi 2"'


def test_other_words_are_taken_too_and_those_of_others_are_not(server: MockServer) -> None:
    def act(phone: Phone, question: str) -> str:
        Phone(phone.server, UNLISTED).writes("Outra pessoa")
        phone.does("image")
        phone.writes("Oi!")
        return ""

    with stage_with(server, act) as (stage, instance, _):
        written = stage.customer_writes(instance, "text-plain")
        assert written["content"]["conversation"] == "Oi!"
        everything = stage._receiver.webhooks[-3:]
        # Only what was asked for is looked at.
        assert [stage.is_unasked(one) for one in everything] == [True, True, False]


def test_a_deletion_is_of_the_message_that_was_named(server: MockServer) -> None:
    ids: list[str] = []

    def act(phone: Phone, question: str) -> str:
        if question.startswith("Delete"):
            assert question == 'Delete your message "Oi 1" to the instance, for everyone'
            # The wrong one first: that is not what was asked for.
            phone.does("deleted", message=ids[1])
            phone.does("deleted", message=ids[0])
        else:
            ids.append(phone.writes(words_of(question))["id"])
        return ""

    with stage_with(server, act) as (stage, instance, _):
        first = stage.customer_writes(instance, "text-plain")
        stage.customer_writes(instance, "text-plain")
        deletion = stage.customer_writes(instance, "deleted", message=first["id"])
    assert deletion["content"]["protocolMessage"]["key"]["id"] == first["id"]


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("s", "skipped by the person who was asked: In the chat with the instance, send a picture"),
        ("n", "not possible, says the person who was asked: In the chat"),
        ("d", "the person says it was done, and no webhook told of it: In the chat"),
        ("", "the person who was asked gave no answer: In the chat"),
    ],
)
def test_what_is_not_done_is_not_tried(key: str, sentence: str, server: MockServer) -> None:
    # Short where nothing comes alone: a key is pressed as soon as the machine lets the person.
    patience = {"patience_after_done": 0.2} if key else {"patience": 0.5}
    with (
        stage_with(server, lambda phone, question: key, **patience) as (stage, instance, _),
        pytest.raises(NotDone, match=sentence),
    ):
        stage.customer_writes(instance, "image")


def test_what_is_not_possible_is_not_asked_for_again(server: MockServer) -> None:
    with stage_with(server, lambda phone, question: "n") as (stage, instance, person):
        with pytest.raises(NotDone):
            stage.customer_writes(instance, "sticker")
        assert stage.why_nobody_writes("sticker").startswith("not possible")
        assert stage.why_nobody_writes("image") == ""
        with pytest.raises(NotDone):
            stage.customer_writes(instance, "sticker")
    assert len(person.questions) == 1


def test_after_skip_all_nothing_is_asked(server: MockServer) -> None:
    with stage_with(server, lambda phone, question: "a") as (stage, instance, person):
        with pytest.raises(NotDone):
            stage.customer_writes(instance, "sticker")
        assert "skipped all" in stage.why_nobody_writes("image")
        assert "skipped all" in stage.why_nobody_scans()
        with pytest.raises(NotDone):
            stage.customer_writes(instance, "image")
        questions = "questions to a person at the terminal"
        assert stage.terminal.summary == f"{questions}: 1 skipped with all that follow"
    assert len(person.questions) == 1


@pytest.mark.parametrize(
    ("event", "body", "sentence"),
    [
        ("text-plain", {"from": UNLISTED}, ONE_PERSON),
        ("text-plain", {"set": {"message.conversation": "x"}}, OWN_WORDS),
        ("image", {"media": "data:image/png;base64,AA=="}, OWN_WORDS),
        ("newsletter", {}, "a person is not asked for newsletter"),
    ],
)
def test_what_a_person_cannot_be_asked_is_not_asked(
    event: str, body: dict[str, Any], sentence: str, server: MockServer
) -> None:
    with stage_with(server, lambda phone, question: "s") as (stage, instance, person):
        with pytest.raises(NotTried, match=sentence):
            stage.customer_writes(instance, event, **body)
    assert person.questions == []


@pytest.mark.parametrize(
    ("document", "unasked"),
    [
        ({"messageType": "message.ack", "update": {"status": 2}}, False),
        ({"messageType": "message.ack", "update": {"status": 3}}, True),
        ({"messageType": "message.ack", "update": {"status": 4}}, True),
        ({"messageType": "presence.update"}, True),
        ({"messageType": "conversation", "key": {"fromMe": True}}, False),
        ({"messageType": "conversation", "key": {"fromMe": False}}, True),
        ({"messageType": "message.ack", "update": {"status": "READ"}}, False),
    ],
)
def test_what_comes_by_itself_is_no_laws_business(
    document: Any, unasked: bool, server: MockServer
) -> None:
    with stage_with(server, lambda phone, question: "s") as (stage, _, _):
        one = Webhook(9999, json.dumps(document).encode(), (), 0.0, None)
        assert stage.is_unasked(one) is unasked
