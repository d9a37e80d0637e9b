"""What a handler sees and what it may answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..domain.chats import Recipient
from ..domain.instance import Instance
from ..domain.jid import Jid
from ..errors import RequestRejected
from ..profile import Profile
from ..resources.samples import Samples
from ..spec.operations import Operation
from .files import FetchedFile, UploadedFile

Json = dict[str, Any]
MARK = "__operation__"
# Where the contract names no recipient.
NOBODY = Recipient("", Jid("", ""), "nobody is written to")


@dataclass(frozen=True, slots=True)
class RawReply:
    """A reply that is not plain JSON with status 200."""

    body: bytes
    content_type: str


@dataclass(slots=True)
class Call:
    """A request that passed every check: the instance is held alone until the handler returns.

    `body` and `query` fit the operation's schema; `data` is what stands in the body's messageData,
    and `to` the recipient, where the contract names one. `schemas` are the contract's. `fetch`
    downloads a URL; it is there only with the
    switch fetch_media on, and may end the handler, which then runs again. `uploads` are the files
    of a form by the names of their parts. `pause` seconds pass before the answer leaves.
    With `strict` nothing questionable is let through.
    """

    operation: Operation
    instance: Instance
    body: Any
    data: Json
    to: Recipient
    query: Mapping[str, str]
    profile: Profile
    samples: Samples
    schemas: Mapping[str, Any] = field(default_factory=dict)
    fetch: Callable[[str, int], FetchedFile] | None = None
    uploads: Mapping[str, UploadedFile] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    pause: float = 0.0
    strict: bool = False

    def note(self, reason: str) -> None:
        """Help beside a good answer: shown as X-Mock-Reason, never inside the body."""
        self.notes.append(reason)


class Host(Protocol):
    """All instances of a host, for those who administer them."""

    def each(self, view: Callable[[Instance], Json]) -> list[Json]:
        """What a view shows of every instance, in order of creation."""

    def create(self, key: str | None, url: str, *, enabled: bool) -> str:
        """A new instance in place of any that has its key; which key it has."""

    def delete(self, key: str) -> None:
        """The instance is gone; UnknownInstance where there is none."""


@dataclass(slots=True)
class HostCall:
    """A request about all instances that passed every check; `key` is what its path names."""

    operation: Operation
    host: Host
    key: str
    data: Json
    query: Mapping[str, str]
    profile: Profile
    notes: list[str] = field(default_factory=list)

    def note(self, reason: str) -> None:
        """Help beside a good answer, as `Call.note`."""
        self.notes.append(reason)


# Takes a Call, or a HostCall where the contract says `x-scope: host`.
Handler = Callable[[Any], "Json | list[Json] | RawReply"]
Mend = Callable[[Any, Profile], Any]

Rewording = Callable[[RequestRejected, Profile], RequestRejected]
Changes = Callable[[Instance], bool]


@dataclass(frozen=True, slots=True)
class OperationMark:
    """What `operation` leaves on a function.

    `mend` may repair a body before it is checked, `reword` may say a refusal in another form.
    `changes` says of an instance as it is now whether the call will change it, though its caller
    only reads; without it, such a call changes nothing.
    """

    mend: Mend | None = None
    reword: Rewording | None = None
    changes: Changes | None = None


def operation(
    *,
    mend: Mend | None = None,
    reword: Rewording | None = None,
    changes: Changes | None = None,
) -> Callable[[Handler], Handler]:
    """Mark a function as the handler of the operation that has its name."""

    def mark(function: Handler) -> Handler:
        vars(function)[MARK] = OperationMark(mend, reword, changes)
        return function

    return mark


def mark_of(function: object) -> OperationMark | None:
    """What `operation` left on a function, if it did."""
    mark = getattr(function, MARK, None)
    return mark if isinstance(mark, OperationMark) else None


def success(message: str, **more: Any) -> Json:
    """The gateway's success envelope."""
    return {"error": False, "message": message, **more}


def present(part: Json) -> Json:
    """The part without fields that have no value."""
    return {name: value for name, value in part.items() if value is not None}
