"""Bots that mix up their customers, and bots that tell others of them, on trial."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import pytest
from megaapi_mock.testing import MockServer

from .test_receiver_trial import SEEDS, outcomes
from .test_trial_loops import SOON, Bot, Json, Once, Says, verdict_on, words_of_any

# Whole trials of bots take minutes together.
pytestmark = pytest.mark.hosts
CHECK = "answered_in_its_chat"
GROUP = "120363000000000001@g.us"
COLLEAGUE = "5511900000040@s.whatsapp.net"


@pytest.fixture
def shared() -> Iterator[MockServer]:
    server = MockServer().start()
    yield server
    server.stop(0)


class ToTheChatBefore(Bot):
    """A variable that all its threads share."""

    def __init__(self, gateway: str, says: Says) -> None:
        self.chats: deque[str] = deque(maxlen=2)
        super().__init__(gateway, says)

    def send(self, event: Json, text: str) -> None:
        self.chats.append(event["key"]["remoteJid"])
        data: Any = {
            "to": self.chats[0],
            "text": text,
            "key": event["key"],
            "message": event["message"],
        }
        self.post("quoteMessage", data)


class HandsOver(Bot):
    """Somebody will answer; a colleague, or a group, is told every word."""

    others = COLLEAGUE

    def send(self, event: Json, text: str) -> None:
        chat = event["key"]["remoteJid"]
        self.post("text", {"to": chat, "text": "Um atendente vai responder"})
        self.post("text", {"to": self.others, "text": f"{chat}: {text}"})


class TellsAGroup(HandsOver):
    others = GROUP


def texts() -> Says:
    new = Once()

    def says(event: Json) -> list[str]:
        if not new(event) or event["key"]["fromMe"]:
            return []
        return [words] if (words := words_of_any(event)) else []

    return says


@pytest.mark.parametrize("seed", SEEDS)
def test_who_answers_in_the_chat_before_fails_for_that(seed: int, shared: MockServer) -> None:
    verdict = verdict_on(shared, ToTheChatBefore(shared.url, texts()), seed, SOON)
    assert outcomes(verdict)[CHECK] == "failed", verdict.as_table()
    assert outcomes(verdict)["ignored_its_echo"] == "passed", verdict.as_table()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", [HandsOver, TellsAGroup])
def test_who_hands_customers_over_passes(kind: Any, seed: int, shared: MockServer) -> None:
    verdict = verdict_on(shared, kind(shared.url, texts()), seed, SOON)
    assert verdict.passed, verdict.as_table()
