"""A story of what a receiver was told and answered, for checks over hand-made records."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import count
from typing import Any

from megaapi_mock.domain.message import Message
from megaapi_mock.receiver_check.checks import Terms, judge
from megaapi_mock.receiver_check.result import Verdict
from megaapi_mock.records.delivery import Attempt, Delivery

from ..support import KEY, START

ANA, BIA = "5511900000002@s.whatsapp.net", "5511900000004@s.whatsapp.net"
GROUP = "120363000000000001@g.us"
OWN = "5511900000001@s.whatsapp.net"


class Story:
    """What was told and answered, written down as the journal and the instance would."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.messages: list[Message] = []
        self.now = START
        self._numbers = count(1)

    def told(
        self,
        message_id: str,
        *,
        chat: str = ANA,
        own: bool = False,
        content: dict[str, Any] | None = None,
        key: dict[str, Any] | None = None,
        **delivery: Any,
    ) -> Delivery:
        """A webhook that took 10 ms, then 20 ms of nothing."""
        told_key = {"remoteJid": chat, "fromMe": own, "id": message_id, **(key or {})}
        payload = {"key": told_key, "message": content or {"conversation": "oi"}}
        attempts = delivery.pop("attempts", [attempt(self.now)])
        made = Delivery(
            id=f"d{next(self._numbers)}",
            time=self.now,
            instance=KEY,
            event="text-plain",
            message_type="conversation",
            url="http://127.0.0.1:9/hook",
            body=json.dumps(payload).encode(),
            lane=KEY,
            state=delivery.pop("state", "delivered"),
            attempts=attempts,
            **delivery,
        )
        self.deliveries.append(made)
        self.now += 0.03
        return made

    def wrote(self, message_id: str, *, chat: str = ANA) -> None:
        """The contact's message as the instance keeps it."""
        self._keep(message_id, chat, {"conversation": "oi"}, from_me=False)

    def answer(
        self,
        message_id: str,
        *,
        chat: str = ANA,
        quoting: str | None = None,
        saying: str = "Obrigado",
    ) -> None:
        """A message of the instance's own."""
        text: dict[str, Any] = {"text": saying}
        if quoting:
            text["contextInfo"] = {"stanzaId": quoting, "participant": chat}
        self._keep(message_id, chat, {"extendedTextMessage": text}, from_me=True)

    def _keep(self, message_id: str, chat: str, content: Any, *, from_me: bool) -> None:
        self.messages.append(
            Message(
                id=message_id,
                time=self.now,
                chat=chat,
                remote_jid=chat,
                sender=OWN if from_me else chat,
                from_me=from_me,
                type=next(iter(content)),
                content=json.dumps(content).encode(),
                state="delivered",
                arrival=next(self._numbers),
            )
        )

    def judged(
        self,
        *,
        now: float | None = None,
        held: Any = (),
        refused: Any = (),
        chat_of: Any = str,
        from_instances: Any = (),
        **terms: Any,
    ) -> Verdict:
        return judge(
            self.deliveries,
            self.messages,
            instance=KEY,
            now=self.now if now is None else now,
            held_back=held,
            refusals=refused,
            chat_of=chat_of,
            from_instances=from_instances,
            terms=Terms(**terms),
        )


def attempt(time: float, status: int | None = 200, **fields: Any) -> Attempt:
    made = Attempt(time, status, 10.0, None, (), b"", False)
    return replace(made, **fields)


def outcome(verdict: Verdict, name: str) -> str:
    return next(check.outcome for check in verdict.checks if check.name == name)


def offending(verdict: Verdict, name: str) -> tuple[str, ...]:
    return next(check.offending for check in verdict.checks if check.name == name)


def told(story: Story, message_id: str, text: str = "oi", **options: Any) -> None:
    """A message of a contact that the instance knows too."""
    story.told(message_id, content={"conversation": text}, **options)
    story.wrote(message_id, chat=options.get("chat", ANA))
