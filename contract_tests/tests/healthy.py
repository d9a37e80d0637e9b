"""How a healthy host is judged: the mock with ways of its own, and something in front of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.request import Request as Post
from urllib.request import urlopen

from megaapi_contract.errors import Unusable
from megaapi_contract.host.content_coding import decode_content
from megaapi_contract.host.http import Answer, Request
from megaapi_contract.host.target import HttpTarget, MockTarget, Target
from megaapi_contract.judging.results import INCOMPLETE, Report
from megaapi_contract.run.options import RunOptions
from megaapi_contract.run.runner import prepare_run
from megaapi_contract.run.runner import run as run_all
from megaapi_mock.testing import MockServer

from .proxies import Alter, Rewrite, Spoil
from .relay import Write, relayed
from .support import KEY, LISTED, TOKEN

EVERYTHING = ("reads", "sends", "changes", "disconnects")
READS: tuple[str, ...] = ()
PEER_KEY, PEER_TOKEN = "megacode-TESTKEY0009", "TESTTOKEN0009"
UNLINKED = ("megacode-TESTKEY0002", "TESTKEY0002")

_OF_WEBHOOKS = frozenset({"echo", "acks", "ack_delays"})


@dataclass(frozen=True)
class Layer:
    """One thing between host and suite: of answers, of requests, of webhooks.

    The control API stays clear of it unless `control`. What packs answers has the highest `rank`:
    it comes last.
    """

    alter: Alter = lambda request, answer: answer
    rewrite: Rewrite = lambda request: request
    spoil: Spoil = lambda body: (body,)
    control: bool = False
    rank: int = 0

    def concerns(self, request: Request) -> bool:
        """Whether it has anything to do with a request."""
        return self.control or not request.path.startswith("/_mock")


@dataclass(frozen=True)
class Host:
    """One row: how the mock is set, what stands between, and how the suite is told to look.

    With `given` the suite has the address of an instance and no control API, as with a real host;
    `allow` and `own` say what it may do and which instance that is. With `http` it is a mock at an
    address, where no time can be made to pass; `write` puts the bytes of its answers in a form of
    their own. `whole` says that every operation can be tried, `says` what the report must say,
    and `unusable` why nothing can be judged. `chaos` is what a network does to its webhooks.
    `recipients` are listed to a given host that may be sent to, and `peer` is the number of a
    second instance that plays the customer. `clock` is by how many seconds the host's is ahead,
    `frozen` whether it stands still, and `operations` are the only ones that are looked at; all
    when empty.
    """

    switches: Mapping[str, str] = field(default_factory=dict)
    world: str = ""
    layers: tuple[Layer, ...] = ()
    given: bool = False
    http: bool = False
    write: Write | None = None
    allow: tuple[str, ...] = EVERYTHING
    own: tuple[str, str] = (KEY, TOKEN)
    whole: bool = True
    says: str = ""
    unusable: str = ""
    chaos: Mapping[str, Any] = field(default_factory=dict)
    recipients: tuple[str, ...] = (LISTED,)
    peer: str = ""
    clock: int = 0
    frozen: bool = False
    operations: tuple[str, ...] = ()


class Between(MockTarget):
    """The mock in this process with something in front of it."""

    def __init__(self, host: Host, *, seed: int, **parts: Any) -> None:
        self._host = host
        super().__init__(seed=seed, **parts)
        self.receiver.spoil = _spoiling(host)

    def send(self, request: Request) -> Answer:
        return _through(self._host, request, super().send)


@dataclass
class Elsewhere:
    """A host at an address with something in front of it."""

    behind: HttpTarget
    host: Host
    real: bool = False
    in_process: bool = False

    @property
    def name(self) -> str:
        return self.behind.name

    def send(self, request: Request) -> Answer:
        return _through(self.host, request, self.behind.send)

    def close(self) -> None:
        return None


def _through(host: Host, request: Request, send: Callable[[Request], Answer]) -> Answer:
    """The answer as it comes through all that stands between."""
    layers = [layer for layer in host.layers if layer.concerns(request)]
    original_request = request
    for layer in layers:
        original_request = layer.rewrite(original_request)
    answer = send(original_request)
    # The mock packs long answers itself: what stands before it reads and packs them again.
    answer = decode_content(answer) if layers else answer
    for layer in layers:
        answer = layer.alter(request, answer)
    return answer


def _spoiling(host: Host) -> Spoil:
    def spoil(body: bytes) -> list[bytes]:
        bodies = [body]
        for layer in host.layers:
            bodies = [payload for one in bodies for payload in layer.spoil(one)]
        return bodies

    return spoil


def judged(host: Host, *, seed: int = 3, quick: bool = True) -> Report:
    """What a whole run says of a host."""
    with ExitStack() as stack:
        options, target = stack.enter_context(_options_and_targets(host, seed, quick))
        context = stack.enter_context(prepare_run(options, target))
        context.receiver.spoil = _spoiling(host)
        if not target.in_process and {"changes"} & set(host.allow):
            _stray(context.receiver.url)
        return run_all(context)


def complaints(host: Host, *, seed: int = 3, quick: bool = True) -> list[str]:
    """What a run should not say of a healthy host and does, or should say and does not."""
    try:
        return _complaints(host, judged(host, seed=seed, quick=quick))
    except Unusable as refusal:
        fits = host.unusable and host.unusable in str(refusal)
        return [] if fits else [f"unusable: {refusal}"]


def _complaints(host: Host, report: Report) -> list[str]:
    sentences = [f"{each.probe}: {each.operation}: {each.message}" for each in report.failures]
    if bool(report.unusable) != bool(host.unusable) or host.unusable not in report.unusable:
        sentences.append(f"unusable: {report.unusable!r}")
    if host.switches and set(host.switches) <= _OF_WEBHOOKS:
        # What comes late, or not at all, contradicts no guess.
        sentences += [f"{one.probe}: {one.message}" for one in report.findings]
    expected_code = 2 if host.unusable else 0 if host.whole else INCOMPLETE
    if report.exit_code != expected_code and not sentences:
        sentences.append(
            f"exit code {report.exit_code}, not {expected_code}: {report.webhooks_missing}"
        )
        sentences += [f"{name}: no 2xx: {reason}" for name, reason in report.unanswered.items()]
    notices = [each.message for each in report.new_facts] + report.notes
    if host.says and not any(host.says in each for each in notices):
        sentences.append(f"not said: {host.says}")
    return sentences


@contextmanager
def _options_and_targets(host: Host, seed: int, quick: bool) -> Iterator[tuple[RunOptions, Target]]:
    parts: dict[str, Any] = {"switches": dict(host.switches)}
    if host.world:
        parts["world"] = host.world
    if not (host.given or host.http):
        yield RunOptions(target="mock", seed=seed, quick=quick), Between(host, seed=seed, **parts)
        return
    with ExitStack() as stack:
        server = stack.enter_context(MockServer(**parts))
        url = server.url
        if host.chaos:
            server.control_api.call("POST", f"/instances/{host.own[0]}/chaos", dict(host.chaos))
        if host.clock:
            server.control_api.call("POST", "/clock", {"set": time.time() + host.clock})
        if host.frozen:
            server.control_api.call("POST", "/clock", {"freeze": True})
        if host.write is not None:
            url = stack.enter_context(relayed(url, host.write))
        people: dict[str, Any] = {}
        if "sends" in host.allow or host.recipients != (LISTED,):
            people["recipients"] = host.recipients
        if host.peer:
            peer = {"key": PEER_KEY, "token": PEER_TOKEN, "number": host.peer, "connected": True}
            server.control_api.call("POST", "/instances", peer)
            people |= {"peer_key": PEER_KEY, "peer_token": PEER_TOKEN, "max_messages": 1000}
        yield RunOptions(
            target=url, key=host.own[0], token=host.own[1], seed=seed, quick=quick, pace=0,
            allow=frozenset({"reads", *host.allow}), control_api=host.http,
            operations=host.operations, **people,
        ), Elsewhere(HttpTarget(url), host)  # fmt: skip


def _stray(url: str) -> None:
    """Somebody who looks for open doors posts to the receiver's port."""
    origin = "/".join(url.split("/")[:3])
    for path in ("/", "/webhooks", f"/webhooks/{KEY}"):
        post = Post(f"{origin}{path}", b'{"hello": 1}', {"Content-Type": "application/json"})
        try:
            urlopen(post, timeout=5).close()
        except OSError:
            continue
