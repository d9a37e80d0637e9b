"""Two instances of one mock without its control API, as somebody's own on a real host."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from megaapi_contract.host.target import HttpTarget
from megaapi_contract.judging.results import Report
from megaapi_contract.probes.laws.calls import GROUP_NAME
from megaapi_contract.run.context import RunContext
from megaapi_contract.run.options import RunOptions
from megaapi_contract.run.peer import preparation
from megaapi_contract.run.runner import prepare_run
from megaapi_contract.run.runner import run as run_all
from megaapi_mock.testing import MockServer

from ...support import KEY, OWN, TOKEN
from ..recording import RecordingProxy

PEER_KEY, PEER_TOKEN, PEER = "megacode-TESTKEY0009", "TESTTOKEN0009", "5511900000009"
PEER_NAME = "Par Teste"
SENDS = frozenset({"reads", "sends", "changes"})


@dataclass
class Pair:
    """The mock, and how a run is told of both instances: the peer by another address of it."""

    server: MockServer

    @property
    def peer_target(self) -> str:
        return self.server.url.replace("127.0.0.1", "localhost")

    def ask(self, method: str, path: str, body: Any = None, *, token: str = TOKEN) -> Any:
        client = self.server.app.test_client()
        headers = {"Authorization": f"Bearer {token}"}
        answer = client.open(path, method=method, json=body, headers=headers)
        assert answer.status_code < 300, answer.text
        return answer.get_json()

    def options(self, **others: Any) -> RunOptions:
        values: dict[str, Any] = {
            "target": self.server.url, "key": KEY, "token": TOKEN, "control_api": False,
            "peer_key": PEER_KEY, "peer_token": PEER_TOKEN, "peer_target": self.peer_target,
            "allow": SENDS, "quick": True, "seed": 3, "pace": 0, "max_messages": 1000,
        }  # fmt: skip
        return RunOptions(**{**values, **others})

    @contextmanager
    def prepared(self, **others: Any) -> Iterator[RunContext]:
        """A run through a recording proxy, which holds at the end whom it has reached."""
        options = self.options(**others)
        # What an earlier run has made is put back: it is named as the suite names groups.
        groups = self.ask("GET", f"/rest/group/list/{KEY}")["groups"]
        groups_of_run = {group["id"] for group in groups if group["subject"] == GROUP_NAME}
        proxies = [RecordingProxy(HttpTarget(self.server.url), groups=groups_of_run)]

        def peer_host(*words: Any, **more: Any) -> RecordingProxy:
            proxies.append(RecordingProxy(HttpTarget(*words, **more), groups=proxies[0].groups))
            return proxies[1]

        with (
            patch.object(preparation, "HttpTarget", peer_host),
            prepare_run(options, proxies[0]) as context,
        ):
            yield context
        people = {options.key: {PEER, OWN, *options.recipients}, options.peer_key: {OWN, PEER}}
        for proxy in proxies:
            proxy.hold(people)

    def run(self, **others: Any) -> Report:
        with self.prepared(**others) as context:
            return run_all(context)


@contextmanager
def two_instances(**parts: Any) -> Iterator[Pair]:
    """A mock with the first instance of its world and the peer, both linked."""
    with MockServer(**parts) as server:
        pair = Pair(server)
        pair.ask("POST", "/_mock/instances", {
            "key": PEER_KEY, "token": PEER_TOKEN, "number": PEER, "name": PEER_NAME,
            "connected": True,
        })  # fmt: skip
        yield pair
