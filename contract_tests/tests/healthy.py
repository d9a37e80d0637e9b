"""Healthy hosts: each does something of its own that breaks no promise the contract is sure of.

A host is the mock with other switches or another world, or with something between it and the
suite. `benchmarks/healthy_hosts.py` runs the whole table, seed after seed.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.request import Request as Post
from urllib.request import urlopen

from megaapi_contract.options import RunOptions
from megaapi_contract.outcome import Report
from megaapi_contract.runner import ready
from megaapi_contract.runner import run as run_all
from megaapi_contract.target import HttpTarget, MockTarget, Target
from megaapi_contract.wire import Answer, Request
from megaapi_mock.profile import SWITCHES
from megaapi_mock.testing import MockServer

from .support import KEY, LISTED, TOKEN

JSON = (("Content-Type", "application/json"),)
EVERYTHING = ("reads", "sends", "changes", "disconnects")
UNLINKED = ("megacode-TESTKEY0002", "TESTKEY0002")

Alter = Callable[[Request, Answer], Answer]
Spoil = Callable[[bytes], Sequence[bytes]]


def as_it_is(request: Request, answer: Answer) -> Answer:
    """Nothing of its own."""
    return answer


@dataclass(frozen=True)
class Host:
    """One row: how the mock is set, what stands between, and how the suite is told to look.

    With `given` the suite has the address of an instance and no side door, as with a real host;
    `allow` and `own` say what it may do and which instance that is. With `http` it is a mock at an
    address, where no time can be made to pass.
    """

    switches: Mapping[str, str] = field(default_factory=dict)
    world: str = ""
    alter: Alter = as_it_is
    rewrite: Callable[[Request], Request] = lambda request: request
    control: bool = False
    spoil: Spoil | None = None
    given: bool = False
    http: bool = False
    allow: tuple[str, ...] = EVERYTHING
    own: tuple[str, str] = (KEY, TOKEN)
    begin: Callable[[MockServer], None] = lambda server: None
    says: str = ""


class Between(MockTarget):
    """The mock in this process with something in front of it; the side door stays clear."""

    def __init__(self, host: Host, *, seed: int, **parts: Any) -> None:
        self._host = host
        super().__init__(seed=seed, **parts)
        if host.spoil is not None:
            self.receiver.spoil = host.spoil

    def send(self, request: Request) -> Answer:
        answer = super().send(self._host.rewrite(request))
        return self._host.alter(request, answer) if _seen(self._host, request) else answer


@dataclass
class Elsewhere:
    """A host at an address with something in front of it."""

    behind: HttpTarget
    host: Host
    in_process: bool = False

    @property
    def name(self) -> str:
        return self.behind.name

    @property
    def real(self) -> bool:
        return False

    def send(self, request: Request) -> Answer:
        answer = self.behind.send(request)
        return self.host.alter(request, answer) if _seen(self.host, request) else answer

    def close(self) -> None:
        return None


def _seen(host: Host, request: Request) -> bool:
    return host.control or not request.path.startswith("/_mock")


def judged(host: Host, *, seed: int = 3, quick: bool = True) -> Report:
    """What a whole run says of a host."""
    with ExitStack() as stack:
        options, target = stack.enter_context(_made(host, seed, quick))
        made = stack.enter_context(ready(options, target))
        if made.receiver.public is False and host.given and "changes" in host.allow:
            _stray(made.receiver.url)
        return run_all(made)


@contextmanager
def _made(host: Host, seed: int, quick: bool) -> Iterator[tuple[RunOptions, Target]]:
    parts: dict[str, Any] = {"switches": dict(host.switches)}
    if host.world:
        parts["world"] = host.world
    if not (host.given or host.http):
        yield RunOptions(target="mock", seed=seed, quick=quick), Between(host, seed=seed, **parts)
        return
    with MockServer(**parts) as server:
        host.begin(server)
        people = {"recipients": (LISTED,)} if "sends" in host.allow else {}
        yield RunOptions(
            target=server.url, key=host.own[0], token=host.own[1], seed=seed, quick=quick, pace=0,
            allow=frozenset({"reads", *host.allow}), side_door=host.http, **people,
        ), Elsewhere(HttpTarget(server.url), host)  # fmt: skip


def _stray(url: str) -> None:
    """Somebody who looks for open doors posts to the receiver's port."""
    origin = "/".join(url.split("/")[:3])
    for path in ("/", "/webhooks", f"/webhooks/{KEY}"):
        post = Post(f"{origin}{path}", b'{"hello": 1}', {"Content-Type": "application/json"})
        try:
            urlopen(post, timeout=5).close()
        except OSError:
            continue


# -- what stands between ---------------------------------------------------------------------


def header(answer: Answer, name: str, value: str) -> Answer:
    """One header more, or another value of it."""
    others = [one for one in answer.headers if one[0].lower() != name.lower()]
    return replace(answer, headers=(*others, (name, value)))


def gzipped(request: Request, answer: Answer) -> Answer:
    """Packed, as nginx does it."""
    packed = replace(answer, body=gzip.compress(answer.body))
    return header(packed, "Content-Encoding", "gzip") if answer.body else answer


def deflated(request: Request, answer: Answer) -> Answer:
    """Packed the other way."""
    packed = replace(answer, body=zlib.compress(answer.body))
    return header(packed, "Content-Encoding", "deflate") if answer.body else answer


def unmarked(request: Request, answer: Answer) -> Answer:
    """A proxy that lets no header of the mock through."""
    kept = tuple(one for one in answer.headers if not one[0].lower().startswith("x-mock"))
    return replace(answer, headers=kept)


def own_page(request: Request, answer: Answer) -> Answer:
    """A proxy that has its own page for what is too large."""
    html = (("Content-Type", "text/html"),)
    page = b"<html><h1>413 Request Entity Too Large</h1></html>"
    return Answer(413, html, page) if answer.status == 413 else answer


def edited(change: Callable[[Any], Any], answer: Answer) -> Answer:
    """Another document."""
    try:
        return replace(answer, body=json.dumps(change(json.loads(answer.body))).encode())
    except ValueError:
        return answer


def traced(request: Request, answer: Answer) -> Answer:
    """Errors have one field more."""
    if answer.status < 400:
        return answer
    return edited(lambda found: {**found, "traceId": "9f2c"}, answer)


def fuller(request: Request, answer: Answer) -> Answer:
    """Every answer has one field and one header more."""
    more = header(answer, "X-Request-Id", "9f2c")
    return edited(lambda found: {**found, "requestId": "9f2c"} if _open(found) else found, more)


def _open(found: Any) -> bool:
    return isinstance(found, dict) and "error" in found


# Ids that the mock has made; the suite's own, of a message nobody knows, stays as it is.
_SENT = re.compile(rb"\b(?!3EB0FFEEDD)(3EB0[0-9A-F]{18})(?![0-9A-F])")
TAIL = b"A1B2C3D4E5F6071829"


def long_ids(request: Request, answer: Answer) -> Answer:
    """Ids of 40 characters, as older versions made them."""
    return replace(answer, body=_SENT.sub(rb"\g<1>" + TAIL, answer.body))


def short_ids(request: Request) -> Request:
    """What the mock behind is asked for: its own ids."""
    target = request.target.replace(TAIL.decode(), "")
    return replace(request, target=target, body=request.body.replace(TAIL, b""))


def long_ids_told(body: bytes) -> Sequence[bytes]:
    """The same in webhooks."""
    return (_SENT.sub(rb"\g<1>" + TAIL, body),)


def with_more(body: bytes) -> Sequence[bytes]:
    """Each webhook has a field more, and another of an unknown event comes before it."""
    payload = json.loads(body)
    typing = {"instance_key": payload.get("instance_key"), "messageType": "typing.update"}
    return (json.dumps(typing).encode(), json.dumps({**payload, "shard": 7}).encode())


def without(*paths: str) -> Alter:
    """Routes that a host does not have: 404, as for every unknown one."""

    def alter(request: Request, answer: Answer) -> Answer:
        if not any(f"/{path}" in f"{request.path}/" for path in paths):
            return answer
        body = {"name": "NOT_FOUND", "message": f"Resource {request.path} not found"}
        return Answer(404, JSON, json.dumps({**body, "statusCode": 404}).encode())

    return alter


# -- the table -------------------------------------------------------------------------------

# Not a way to answer: what a host lets out, what it fetches, whether it answers at all.
_NO_ANSWERS = frozenset(
    {"webhook_hosts", "webhook_keep_alive", "fetch_media", "outage", "webhook_timeout",
     "webhook_user_agent", "stop_grace", "participants_pause"}
)  # fmt: skip
# Values of switches that take any.
_FREE = {
    "qr_seconds": ("45",), "qr_series": ("3",), "restart_seconds": ("2.5",),
    "media_days": ("0.5",), "ack_delays": ("0,1-3,5-60", "0.5,0.5,0.5"),
    "body_limit_mib": ("16", "64"), "media_limit_mib": ("8", "64"),
}  # fmt: skip


def _alternatives() -> Iterator[tuple[str, Host]]:
    """Every documented value of every switch."""
    for switch in SWITCHES:
        if switch.name in _NO_ANSWERS:
            continue
        for value in switch.choices or _FREE.get(switch.name, ()):
            if value != switch.default:
                yield f"{switch.name}={value}", Host(switches={switch.name: value})


def _worlds() -> Iterator[tuple[str, Host]]:
    for world in ("two-groups", "ninth-digit", "support-desk", "brasil"):
        yield f"world {world}", Host(world=world)


READS: tuple[str, ...] = ()
HOSTS: Mapping[str, Host] = {
    "as it is": Host(),
    "gzip": Host(alter=gzipped, control=True),
    "deflate": Host(alter=deflated),
    "gzip, given": Host(alter=gzipped, given=True, allow=READS),
    "no headers of the mock": Host(alter=unmarked),
    "a proxy's 413 page": Host(alter=own_page),
    "one field more in errors": Host(alter=traced, says="traceId"),
    "one field more everywhere": Host(alter=fuller),
    "more in webhooks": Host(spoil=with_more, says="typing.update"),
    "ids of 40 characters": Host(
        alter=long_ids, spoil=long_ids_told, rewrite=short_ids, control=True
    ),
    "without the Config paths": Host(alter=without("rest/config")),
    "without qrcode-img": Host(alter=without("rest/instance/qrcode-img")),
    "given, without the Config paths": Host(given=True, alter=without("rest/config")),
    "given, default flags": Host(given=True, allow=READS),
    "given, everything": Host(given=True, says="the run has logged the instance out"),
    "given, slow restarts": Host(
        given=True, allow=("disconnects",), switches={"restart_seconds": "2.5"}
    ),
    "given, not linked": Host(given=True, allow=READS, own=UNLINKED),
    "given, not linked, everything": Host(given=True, own=UNLINKED),
    "given, not linked, empty status": Host(
        given=True, allow=READS, own=UNLINKED, switches={"status_disconnected": "empty"}
    ),
    "late acknowledgements": Host(http=True, switches={"ack_delays": "0.5,0.5,0.5,0.5"}),
    "given, late acknowledgements": Host(given=True, switches={"ack_delays": "0.5,0.5,0.5,0.5"}),
    **dict(_alternatives()),
    **dict(_worlds()),
}


def _rounds() -> Iterator[tuple[str, Host]]:
    """The alternatives, many at once: each switch takes its next one in the next host.

    Those that keep something from being seen at all have a host of their own.
    """
    alone = {"acks", "echo", "swallowed_sends", "unregistered_sends", "status_disconnected"}
    waiting: dict[str, list[str]] = {}
    for name, host in _alternatives():
        ((switch, value),) = host.switches.items()
        if switch in alone:
            yield name, host
        else:
            waiting.setdefault(switch, []).append(value)
    number = 0
    while waiting:
        number += 1
        yield (
            f"alternatives {number}",
            Host(switches={one: found.pop(0) for one, found in waiting.items()}),
        )
        waiting = {one: found for one, found in waiting.items() if found}


# What the tests run; the benchmark has each alternative alone.
QUICK: Mapping[str, Host] = {
    **{name: host for name, host in HOSTS.items() if "=" not in name},
    **dict(_rounds()),
}
