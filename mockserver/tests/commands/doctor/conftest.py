"""A healthy set-up for the doctor, with a gateway and a receiver, and mistakes to plant in it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner
from megaapi_mock.commands.doctor.checks import Case, examine
from megaapi_mock.commands.main import main
from megaapi_mock.testing import Instance, MockServer, Served

CHECKS = (
    "host", "connection", "tls", "gateway", "key", "token", "linked", "clock", "webhook_set",
    "webhook_on", "webhook_same", "events", "hook_address", "hook_connection", "hook_answer",
    "hook_speed", "hook_message",
)  # fmt: skip
HEALTHY = {**dict.fromkeys(CHECKS, "ok"), "tls": "skipped", "hook_message": "skipped"}
WRONG, LOOK = "wrong", "warning"
Start = Callable[[str, list[tuple[str, str]]], object]


class Ward:
    """A healthy set-up: mock, instance, receiver; and other servers, all stopped at the end."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.server = stack.enter_context(MockServer())
        self.shop: Instance = stack.enter_context(self.server.instance())
        self.got: list[bytes] = []
        self.let_go = threading.Event()
        stack.callback(self.let_go.set)
        self.hook = self.answering("200 OK") + "/hook"
        self.shop.webhook_to(self.hook)
        self.case = Case(
            target=self.server.url, key=self.shop.key, token=self.shop.token, webhook=self.hook,
            timeout=60, hook_timeout=60, slow=30,
        )  # fmt: skip

    def answering(
        self,
        status: str,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes = b"",
        *,
        after: Callable[[], object] = lambda: None,
    ) -> str:
        """A server that always answers this."""

        def app(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
            self.got.append(environ["wsgi.input"].read())
            after()
            start(status, [*headers, ("Content-Length", str(len(body)))])
            return [body]

        return self._stack.enter_context(Served(app, threads=2)).url

    def leading(self, status: str, url: str) -> str:
        """A server that redirects to the path /hook/ of another one, or of its own."""
        return self.answering(status, [("Location", f"{url}/hook/")])

    def received_at(self, url: str) -> Case:
        """The case of a receiver that the gateway knows too."""
        self.shop.webhook_to(url)
        return replace(self.case, webhook=url)

    def configured(self, operation: str, body: Any) -> None:
        """One call of the config controller."""
        reply = self.server.app.test_client().post(
            f"/rest/config/{self.shop.key}/{operation}",
            json={"messageData": body},
            headers=self.shop.headers,
        )
        assert reply.status_code == 200, reply.get_json()


@pytest.fixture
def ward() -> Iterator[Ward]:
    with ExitStack() as stack:
        yield Ward(stack)


def outcomes(case: Case) -> dict[str, str]:
    return {found.check: found.outcome for found in examine(case)}


def skipped(*checks: str) -> dict[str, str]:
    return dict.fromkeys(checks, "skipped")


def wrong_token(ward: Ward) -> Case:
    return replace(ward.case, token="TESTKEY0404")


def not_linked(ward: Ward) -> Case:
    ward.shop.unlink()
    return ward.case


def receiver_hangs(ward: Ward) -> Case:
    hanging = ward.answering("200 OK", after=lambda: ward.let_go.wait(60))
    return replace(ward.received_at(hanging), hook_timeout=0.2)


def told_by_the_command(case: Case, *more: str) -> tuple[int, str]:
    arguments = ["doctor", "--target", case.target, "--instance-key", case.key]
    done = CliRunner().invoke(main, [*arguments, "--token", case.token, *more])
    return done.exit_code, done.output
