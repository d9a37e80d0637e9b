"""The two bots under examples/ on trial: the naive one fails, the careful one passes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from megaapi_mock.cli import main
from megaapi_mock.domain.instance import Instance
from megaapi_mock.errors import SetupError
from megaapi_mock.testing import MockServer
from megaapi_mock.trial import run_verdict
from megaapi_mock.webhooks.verdict import Verdict

from .support import KEY, TOKEN, UNLINKED

EXAMPLES = Path(__file__).parents[2] / "examples"
SEEDS = range(20)


@contextmanager
def running(name: str, gateway: str, key: str, token: str) -> Iterator[str]:
    """One of the bots on a thread; where it listens."""
    spec = spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module: Any = module_from_spec(spec)
    spec.loader.exec_module(module)
    module.Hook.log_message = lambda *_: None
    bot = module.Bot(gateway, key, token)
    thread = threading.Thread(target=bot.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{bot.server_port}/hook"
    finally:
        bot.close()
        thread.join()


def tried(name: str, seed: int, *, key: str = "megacode-TRIAL", token: str = "TRIAL") -> Verdict:
    """The verdict on a bot, by a gateway of its own."""
    server = MockServer().start()
    with running(name, server.url, key, token) as receiver:
        try:
            verdict = run_verdict(server.url, receiver, seed=seed, instance=key, quiet=0.05)
        finally:
            # Before the bot goes: what it still tells itself ends here.
            server.stop(0)
    assert list(server.app.parts.pipeline.bugs) == []
    return verdict


def outcomes(verdict: Verdict) -> dict[str, str]:
    return {check.name: check.outcome for check in verdict.checks}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_careful_bot_passes(seed: int) -> None:
    verdict = tried("careful_bot", seed)
    assert verdict.passed, verdict.as_table()
    assert set(outcomes(verdict).values()) == {"passed"}, verdict.as_table()
    assert verdict.figures["copies"] == 2 * 12 + 2
    assert verdict.figures["answers"] == verdict.figures["inbound"] == 18


@pytest.mark.parametrize("seed", SEEDS)
def test_the_naive_bot_fails(seed: int) -> None:
    verdict = tried("naive_bot", seed)
    assert not verdict.passed, verdict.as_table()
    assert outcomes(verdict)["answered_once"] == "failed", verdict.as_table()


@pytest.mark.parametrize("name", ["careful_bot", "naive_bot"])
def test_the_bots_stay_tiny(name: str) -> None:
    assert len((EXAMPLES / f"{name}.py").read_text(encoding="utf-8").splitlines()) < 60


def test_an_instance_that_was_there_is_as_before(shared: MockServer) -> None:
    publisher = shared.app.parts.publisher
    publisher.change(KEY, lambda instance: instance.set_webhook("http://127.0.0.1:9/mine"))
    publisher.change(KEY, lambda instance: instance.record("text-plain", {}))
    with running("careful_bot", shared.url, KEY, TOKEN) as receiver:
        verdict = run_verdict(shared.url, receiver, instance=KEY, quiet=0.05)
    assert verdict.passed, verdict.as_table()
    after = publisher.look(KEY, lambda instance: instance.webhook)
    assert (after.url, after.enabled) == ("http://127.0.0.1:9/mine", True)
    assert shared.app.parts.tormentor.torment_of(KEY) is None


@pytest.mark.parametrize(("name", "passes"), [("careful_bot", True), ("naive_bot", False)])
def test_what_an_instance_said_before_is_no_part_of_the_trial(
    name: str, passes: bool, shared: MockServer
) -> None:
    def talk(instance: Instance) -> None:
        to = instance.chats.recipient("5511900000002")
        for number in range(60):
            instance.chats.send(to, {"extendedTextMessage": {"text": f"antes {number}"}})

    shared.app.parts.publisher.change(KEY, talk)
    with running(name, shared.url, KEY, TOKEN) as receiver:
        verdict = run_verdict(shared.url, receiver, instance=KEY, quiet=0.05)
        shared.stop(0)
    assert verdict.passed == passes, verdict.as_table()
    # The whole story was told, unless the bot drowned in its own answers.
    assert not passes or verdict.figures["inbound"] == 18, verdict.as_table()
    assert verdict.figures["answers"] >= 18, verdict.as_table()


def test_the_bot_is_asked_through_the_first_linked_instance(shared: MockServer) -> None:
    with running("careful_bot", shared.url, KEY, TOKEN) as receiver:
        verdict = run_verdict(shared.url, receiver, quiet=0.05)
    assert (verdict.instance, verdict.passed) == (KEY, True), verdict.as_table()
    assert outcomes(verdict)["answered_once"] == "passed", verdict.as_table()


def test_a_receiver_that_is_not_there_fails(shared: MockServer) -> None:
    shared.app.parts.publisher.change(KEY, lambda instance: instance.linking.logout())
    verdict = run_verdict(shared.url, "http://127.0.0.1:1/", quiet=0.2, limit=1)
    assert outcomes(verdict)["stayed_up"] == outcomes(verdict)["answered_in_time"] == "failed"
    assert outcomes(verdict)["answered_once"] == "not applicable"
    # Nobody was linked, so that one was made for it.
    assert verdict.instance not in shared.app.parts.store.keys()


def test_a_trial_needs_a_mock_and_a_linked_instance(shared: MockServer) -> None:
    with pytest.raises(SetupError, match=f"{UNLINKED} is not linked"):
        run_verdict(shared.url, "http://127.0.0.1:1/", instance=UNLINKED)
    with pytest.raises(SetupError, match="no mock answers at"):
        run_verdict("http://127.0.0.1:1/", "http://127.0.0.1:1/")
    with pytest.raises(SetupError, match="key: 'not/a key' may hold"):
        run_verdict(shared.url, "http://127.0.0.1:1/", instance="not/a key")


@pytest.fixture
def shared() -> Iterator[MockServer]:
    server = MockServer().start()
    yield server
    server.stop(0)


@pytest.mark.parametrize(("name", "code"), [("careful_bot", 0), ("naive_bot", 1)])
def test_emit_judges_by_one_command(name: str, code: int, tmp_path: Path) -> None:
    report = tmp_path / "verdict.xml"
    server = MockServer().start()
    with running(name, server.url, "megacode-TRIAL", "TRIAL") as receiver:
        try:
            arguments = ["emit", "text-plain", "--to", receiver, "--verdict"]
            arguments += ["--gateway", server.url, "--instance-key", "megacode-TRIAL"]
            done = CliRunner().invoke(main, [*arguments, "--seed", "3", "--junit", str(report)])
        finally:
            server.stop(0)
    assert done.exit_code == code, done.output
    assert f"megacode-TRIAL: {'passed' if code == 0 else 'failed'}" in done.output
    assert report.read_text(encoding="utf-8").startswith("<?xml")


def test_a_verdict_without_a_mock_is_exit_code_2(tmp_path: Path) -> None:
    with running("careful_bot", "http://127.0.0.1:1", KEY, TOKEN) as receiver:
        arguments = ["emit", "text-plain", "--to", receiver, "--verdict"]
        done = CliRunner().invoke(main, [*arguments, "--gateway", "http://127.0.0.1:1"])
    assert done.exit_code == 2
    assert "no mock answers at http://127.0.0.1:1" in done.output
