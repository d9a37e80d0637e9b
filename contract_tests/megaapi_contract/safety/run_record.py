"""What a run has sent and made on a given instance, so that no law does it a second time."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from ..judging.results import Exchange


@dataclass
class RunRecord:
    """Messages and groups of one run. A person gets each message once, and many laws look at it."""

    _sends: dict[str, Exchange] = field(default_factory=dict)
    _groups: dict[str, tuple[str, Exchange]] = field(default_factory=dict)
    # Which probe has had the answer to a message: once more it is another message.
    _readers: set[tuple[str, str]] = field(default_factory=set)
    # Whose answer had this id: each message has one of its own.
    message_ids: dict[str, Exchange] = field(default_factory=dict)

    def answer_to(self, operation: str, body: Any, probe: str) -> Exchange | None:
        """The answer that this very message got; None unless it was sent for another probe."""
        reader = (probe, _key(operation, body))
        if reader in self._readers:
            return None
        self._readers.add(reader)
        return self._sends.get(reader[1])

    def note_send(self, operation: str, body: Any, answer: Exchange) -> None:
        """Keep the answer to a message that was sent."""
        self._sends[_key(operation, body)] = answer

    def forget_send(self, id_: str) -> None:
        """Show nobody a message any more that was deleted."""
        self._sends = {
            key: each for key, each in self._sends.items() if id_.encode() not in each.body
        }

    def group_like(self, name: str, people: tuple[str, ...]) -> tuple[str, Exchange] | None:
        """The JID of a group made with this name and these people, and the answer it came with."""
        return self._groups.get(_key(name, sorted(people)))

    def note_group(self, name: str, people: tuple[str, ...], jid: str, answer: Exchange) -> None:
        """Keep a group that the run has made."""
        self._groups[_key(name, sorted(people))] = (jid, answer)

    @property
    def group_names(self) -> frozenset[str]:
        """What the groups of the run are called, which is nobody's name."""
        return frozenset(json.loads(key)[0] for key in self._groups)

    def forget_group(self, jid: str) -> None:
        """Show nobody a group any more that was left."""
        self._groups = {key: each for key, each in self._groups.items() if each[0] != jid}

    def clear(self) -> None:
        """Begin again with nothing in it."""
        self._sends.clear()
        self._readers.clear()
        self._groups.clear()
        self.message_ids.clear()


def _key(name: str, more: Any) -> str:
    return json.dumps([name, more], sort_keys=True)
