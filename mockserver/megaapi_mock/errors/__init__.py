"""Every exception this package raises on purpose.

MockError
├── SetupError                 stops the start; shown as one sentence, exit code 2
│   ├── SpecError              the contract's files contradict each other
│   ├── HandlerMissing         an operation without behaviour
│   ├── HandlerOrphaned        behaviour without an operation
│   ├── WorldError             the starting world cannot be read
│   └── SwitchError            a profile or a --set that does not exist
├── RequestRejected            knows its own reply
│   ├── BadRequest             400
│   ├── Unauthorized           401
│   ├── Forbidden              403
│   │   ├── NotLoggedIn        403, or 401 by switch
│   │   ├── AlreadyLoggedIn
│   │   ├── NumberNotRegistered
│   │   └── NotAuthorized      the instance is not an admin of the group
│   ├── NotFound               404
│   │   ├── UnknownRoute
│   │   ├── UnknownInstance
│   │   └── GroupNotFound
│   ├── PayloadTooLarge        413
│   ├── UnsupportedMedia       415
│   ├── InvalidRequest         422, only with --strict
│   ├── Unusable               500, intended
│   │   └── NotAMember         500, or 404 by switch
│   ├── RequestTimeout         408, the request did not come in time
│   ├── StoreUnavailable       503, the store cannot be written: the change did not happen
│   ├── Overloaded             503, other calls hold what this one needs
│   ├── HandledFailure         200 with {"error": true}
│   └── SwallowedFailure       200 that looks like a success
├── ControlRefused             the control API's 4xx
├── Misused                    a test hands over something of the wrong type
├── NotThere                   a test looks at what a record does not have, or what is gone
└── UnknownName                a test asks for an event, kind or operation that does not exist
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

# Where a server puts into a WSGI environ why a request is not whole: too slow, or its client left.
LATE = "megaapi_mock.late"
CUT = "megaapi_mock.cut"
# Seconds after which somebody who was refused for want of room may try again.
RETRY_AFTER = "2"


class MockError(Exception):
    """Root of the tree."""


class SetupError(MockError):
    """The mock cannot start as asked; the text says what, where, and what to do."""


class SpecError(SetupError):
    """The contract's files contradict each other."""


class HandlerMissing(SetupError):
    """An operation of the contract has no behaviour."""

    def __init__(self, *, spec_file: str, function: str, module: str) -> None:
        super().__init__(f"{spec_file} has no handler: write {function}(call) in {module}")


class HandlerOrphaned(SetupError):
    """A handler belongs to no operation of the contract."""

    def __init__(self, *, function: str, module: str, spec_file: str) -> None:
        super().__init__(
            f"{module} has a handler {function}(call) but no operation: "
            f"write {spec_file} and name it in spec/openapi.yaml, or remove the handler"
        )


class WorldError(SetupError):
    """The starting world cannot be read."""


class SwitchError(SetupError):
    """A profile, or a switch set on it, does not exist or has no such value."""


class RequestRejected(MockError):
    """A refused call. `status` and `body` are the gateway's answer, `reason` our help beside it."""

    status = 500
    name = "INTERNAL_SERVER_ERROR"
    message = "Internal Server Error"

    def __init__(
        self, reason: str, *, message: str | None = None, violations: Sequence[str] = ()
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.violations = tuple(violations)
        if message is not None:
            self.message = message

    @property
    def body(self) -> dict[str, Any]:
        """The reply's JSON body."""
        return {"name": self.name, "message": self.message, "statusCode": self.status}


class BadRequest(RequestRejected):
    """The body could not be read."""

    status, name, message = 400, "BAD_REQUEST", "Unexpected token in JSON"


class Unauthorized(RequestRejected):
    """The bearer token is missing or another one's."""

    status, name, message = 401, "UNAUTHORIZED", "Unauthorized"


class Forbidden(RequestRejected):
    """Understood and refused."""

    status, name, message = 403, "FORBIDDEN", "Forbidden"


class NotLoggedIn(Forbidden):
    """The instance is not linked to a phone. The vendor's documents say 401, its servers 403."""

    message = "Instance not logged in"

    def __init__(self, reason: str, *, status: int = 403) -> None:
        super().__init__(reason)
        self.status, self.name = (401, "UNAUTHORIZED") if status == 401 else (403, "FORBIDDEN")


class AlreadyLoggedIn(Forbidden):
    """Linking was asked for while a phone is linked."""

    message = "User is already logged in"


class NumberNotRegistered(Forbidden):
    """The recipient has no WhatsApp account."""

    message = "Number not registered on WhatsApp"


class NotAuthorized(Forbidden):
    """The instance may not change this group."""

    message = "Not authorized"


class NotFound(RequestRejected):
    """Something named in the request does not exist."""

    status, name, message = 404, "NOT_FOUND", "Not found"


class UnknownRoute(NotFound):
    """No such path, or not with this method, or not in this plan."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(reason, message=f'Resource "{url}" not found')


class UnknownInstance(NotFound):
    """No instance has this key."""

    message = "Instance not found"


class GroupNotFound(NotFound):
    """The instance does not know this group."""

    message = "Group not found"


class PayloadTooLarge(RequestRejected):
    """The body, or the media in it, is above the limit."""

    status, name, message = 413, "PAYLOAD_TOO_LARGE", "request entity too large"


class RequestTimeout(RequestRejected):
    """The request did not come in time."""

    status, name, message = 408, "REQUEST_TIMEOUT", "Request Timeout"


class UnsupportedMedia(RequestRejected):
    """The body has a charset or an encoding that is not read."""

    status, name, message = 415, "UNSUPPORTED_MEDIA_TYPE", "unsupported charset"


class InvalidRequest(RequestRejected):
    """What --strict answers to a request the contract does not allow."""

    status, name, message = 422, "UNPROCESSABLE_ENTITY", "The request does not fit the contract"

    @property
    def body(self) -> dict[str, Any]:
        """The gateway's keys and the full list of violations."""
        return {**super().body, "violations": list(self.violations)}


class Unusable(RequestRejected):
    """Parsed but unusable: the gateway answers a bare 500."""


class NotAMember(Unusable):
    """A send to a group the instance is not in."""

    def __init__(self, reason: str, *, status: int = 500) -> None:
        super().__init__(reason)
        if status == 404:
            self.status, self.name, self.message = 404, "NOT_FOUND", "Group not found"


class StoreUnavailable(RequestRejected):
    """The store cannot be written just now; what was asked for did not happen."""

    status, name, message = 503, "SERVICE_UNAVAILABLE", "Service Unavailable"


class Overloaded(RequestRejected):
    """Other calls hold what this one needs; later it may be free."""

    status, name, message = 503, "SERVICE_UNAVAILABLE", "Service Unavailable"


class HandledFailure(RequestRejected):
    """A failure answered with 200 and `error: true`."""

    status = 200

    def __init__(
        self, reason: str, *, message: str, extra: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(reason, message=message)
        self.extra = dict(extra or {})

    @property
    def body(self) -> dict[str, Any]:
        """`error`, `message` and what the operation adds."""
        return {"error": True, "message": self.message, **self.extra}


class SwallowedFailure(RequestRejected):
    """A failed send the gateway does not admit (ancestor)."""

    status, message = 200, "Message sent"

    @property
    def body(self) -> dict[str, Any]:
        """A success without messageData."""
        return {"error": False, "message": self.message}


class Impossible(MockError):
    """What somebody wants of an instance, a contact or a world cannot be; one sentence says why."""


class Invalid(Impossible):
    """It could never be: a value is wrong."""


class Conflict(Impossible):
    """It cannot be as things stand: something else must happen first."""


class Unreachable(Conflict):
    """A person can write nothing to an instance as a test has set them."""

    def __init__(self, sentence: str, *, instance: str, person: str) -> None:
        super().__init__(sentence)
        self.instance, self.person = instance, person


class ControlRefused(MockError):
    """The control API says no: a 4xx with one sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Misused(MockError, TypeError):
    """A test hands over something of the wrong type; the text says what is taken."""


class NotThere(MockError, LookupError):
    """A test looks at what a record does not have, or at what is gone."""


class UnknownName(MockError, ValueError):
    """A test asks for something that does not exist; the text says what was probably meant."""
