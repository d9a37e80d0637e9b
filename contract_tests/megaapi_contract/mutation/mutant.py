"""A mutant: one fault of a gateway, declared, and put on the clean mock from outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..host.http import Answer, Headers, Request

ControlApi = Callable[[str, str, Any], Any]


@dataclass(frozen=True, slots=True)
class InterceptedCall:
    """A request on its way to the clean mock.

    `operation` and `key` are empty for unknown routes. `ask` puts a request, this or another, to
    the clean mock, and counts as a hit when it is another; `look` does so without counting.
    `control_api` is the mock's control API, `count_hit` counts what neither shows.
    """

    request: Request
    operation: str
    key: str
    ask: Callable[[Request], Answer] = field(repr=False)
    look: Callable[[Request], Answer] = field(repr=False)
    count_hit: Callable[[], None] = field(repr=False)
    control_api: ControlApi = field(repr=False)

    @property
    def tokens(self) -> dict[str, str]:
        """The token of every instance of the mock, by its key."""
        instances = self.control_api("GET", "/_mock/instances?limit=5000", None)
        return {instance["key"]: instance["token"] for instance in instances["items"]}


class Fault:
    """What stands between the suite and the clean mock. One object lives for one trial."""

    def answer(self, call: InterceptedCall) -> Answer:
        """What the suite gets instead of the clean mock's answer."""
        return call.ask(call.request)

    def webhook(self, body: bytes) -> Sequence[bytes]:
        """The webhooks the suite gets instead of this one."""
        return (body,)

    def deliveries(self, url: str, body: bytes) -> Sequence[tuple[str, bytes]]:
        """The webhooks the suite gets instead of this one, each with the address it comes to."""
        return [(url, content) for content in self.webhook(body)]

    def headers(self, body: bytes, headers: Headers) -> Headers:
        """The headers the suite gets with this webhook."""
        return headers

    def note_control_call(self, request: Request) -> None:
        """Take note of what a phone or a customer is about to do, through the control API."""


@dataclass(frozen=True)
class Mutant:
    """A declared fault.

    `operations` are those it spoils, `events` the webhooks; `sentence` says what a user of such a
    gateway would see. `equivalent` argues why nobody can tell it from a sound one; `reason` says
    why it survives although somebody could.
    """

    name: str
    kind: str
    sentence: str
    make: Callable[[], Fault] = field(repr=False)
    operations: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    equivalent: str = ""
    reason: str = ""
