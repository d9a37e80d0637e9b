"""The two bots under examples/ on trial: the naive one fails, the careful one passes."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from queue import Empty, Queue
from typing import Any
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner
from megaapi_mock.commands import receiver_trial
from megaapi_mock.commands.emitter import Emitter, Order
from megaapi_mock.commands.main import main
from megaapi_mock.commands.receiver_trial import TrialTerms, run_verdict
from megaapi_mock.commands.trial_events import EVERYTHING
from megaapi_mock.domain.instance import Instance
from megaapi_mock.errors import SetupError
from megaapi_mock.ids import Ids
from megaapi_mock.receiver_check.result import Check, Verdict
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples
from megaapi_mock.settings import Settings
from megaapi_mock.testing import MockServer
from megaapi_mock.webhooks.chaos.chaos_options import Chaos

from ..support import KEY, TOKEN, UNLINKED

# Whole trials of bots take minutes together.
pytestmark = pytest.mark.hosts

EXAMPLES = Path(__file__).parents[3] / "examples"
SAMPLES = Samples(root("fixtures"))
# More of them by hand: MEGAAPI_TEST_SEEDS=20.
SEEDS = list(range(int(os.environ.get("MEGAAPI_TEST_SEEDS", "4"))))
# Bots of this process answer at once; patience is spent only where an answer is missing.
# Bots of one thread, on a machine that may be busy, take their time for a 2xx.
QUICK = TrialTerms(within=60.0, quiet=0.05, patience=2.0, limit=30.0)
# The story of texts alone, of which everything is counted.
TEXTS: dict[str, Any] = {"terms": QUICK, "event": "text-plain"}


@cache
def example(name: str) -> Any:
    """The module of one of the bots."""
    spec = spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module: Any = module_from_spec(spec)
    spec.loader.exec_module(module)
    module.Hook.log_message = lambda *_: None
    return module


@contextmanager
def serving(bot: Any) -> Iterator[str]:
    """A bot on a thread; where it listens."""
    thread = threading.Thread(target=bot.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{bot.server_port}/hook"
    finally:
        bot.close()
        thread.join()


@contextmanager
def running(name: str, gateway: str, key: str, token: str) -> Iterator[str]:
    """One of the bots; where it listens."""
    with serving(example(name).Bot(gateway, key, token)) as receiver:
        yield receiver


def tried(name: str, seed: int, *, key: str = "megacode-TRIAL", token: str = "TRIAL") -> Verdict:
    """The verdict on a bot, by a gateway of its own."""
    server = MockServer().start()
    with running(name, server.url, key, token) as receiver:
        try:
            verdict = run_verdict(server.url, receiver, seed=seed, instance=key, terms=QUICK)
        finally:
            # Before the bot goes: what it still tells itself ends here.
            server.stop(0)
    assert list(server.app.runtime.records.bugs) == []
    return verdict


def outcomes(verdict: Verdict) -> dict[str, str]:
    return {check.name: check.outcome for check in verdict.checks}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_careful_bot_passes(seed: int) -> None:
    verdict = tried("careful_bot", seed)
    assert verdict.passed, verdict.as_table()
    assert set(outcomes(verdict).values()) == {"passed"}, verdict.as_table()
    assert verdict.figures["copies"] == 2 * 12 + 2
    assert verdict.figures["answers"] > 30


@pytest.mark.parametrize("seed", SEEDS)
def test_the_naive_bot_fails(seed: int) -> None:
    verdict = tried("naive_bot", seed)
    assert not verdict.passed, verdict.as_table()
    assert outcomes(verdict)["answered_once"] == "failed", verdict.as_table()
    assert outcomes(verdict)["ignored_its_echo"] == "failed", verdict.as_table()
    assert "a loop" in verdict.checks[3].message


@pytest.mark.parametrize("name", ["careful_bot", "naive_bot"])
def test_the_bots_stay_tiny(name: str) -> None:
    assert len((EXAMPLES / f"{name}.py").read_text(encoding="utf-8").splitlines()) < 65


def test_an_instance_that_was_there_is_as_before(shared: MockServer) -> None:
    publisher = shared.app.runtime.instances.publisher
    publisher.change(KEY, lambda instance: instance.set_webhook("http://127.0.0.1:9/mine"))
    publisher.change(KEY, lambda instance: instance.record("text-plain"))
    with running("careful_bot", shared.url, KEY, TOKEN) as receiver:
        verdict = run_verdict(shared.url, receiver, instance=KEY, terms=QUICK)
    assert verdict.passed, verdict.as_table()
    after = publisher.look(KEY, lambda instance: instance.webhook)
    assert (after.url, after.enabled) == ("http://127.0.0.1:9/mine", True)
    assert shared.app.runtime.webhooks.chaos_dispatcher.chaos_of(KEY) is None


@pytest.mark.parametrize(("name", "passes"), [("careful_bot", True), ("naive_bot", False)])
def test_what_an_instance_said_before_is_no_part_of_the_trial(
    name: str, passes: bool, shared: MockServer
) -> None:
    def talk(instance: Instance) -> None:
        to = instance.chats.recipient("5511900000002")
        for number in range(60):
            instance.chats.send(to, {"extendedTextMessage": {"text": f"antes {number}"}})

    shared.app.runtime.instances.publisher.change(KEY, talk)
    with running(name, shared.url, KEY, TOKEN) as receiver:
        verdict = run_verdict(shared.url, receiver, instance=KEY, **TEXTS)
        shared.stop(0)
    assert verdict.passed == passes, verdict.as_table()
    # The whole story was told, unless the bot drowned in its own answers.
    assert not passes or verdict.figures["inbound"] == 18, verdict.as_table()
    assert verdict.figures["answers"] >= 18, verdict.as_table()


def test_the_bot_is_asked_through_the_first_linked_instance(shared: MockServer) -> None:
    with running("careful_bot", shared.url, KEY, TOKEN) as receiver:
        verdict = run_verdict(shared.url, receiver, terms=QUICK)
    assert (verdict.instance, verdict.passed) == (KEY, True), verdict.as_table()
    assert outcomes(verdict)["answered_once"] == "passed", verdict.as_table()


def test_a_receiver_that_is_not_there_fails(shared: MockServer) -> None:
    shared.app.runtime.instances.publisher.change(KEY, lambda instance: instance.linking.logout())
    verdict = run_verdict(shared.url, "http://127.0.0.1:1/", terms=QUICK)
    assert outcomes(verdict)["stayed_up"] == outcomes(verdict)["answered_in_time"] == "failed"
    assert outcomes(verdict)["answered_once"] == "not applicable"
    # Nobody was linked, so that one was made for it.
    assert verdict.instance not in shared.app.runtime.instances.store.keys()


def test_a_trial_needs_a_mock_and_a_linked_instance(shared: MockServer) -> None:
    with pytest.raises(SetupError, match=f"{UNLINKED} is not linked"):
        run_verdict(shared.url, "http://127.0.0.1:1/", instance=UNLINKED)
    with pytest.raises(SetupError, match="no mock answers at"):
        run_verdict("http://127.0.0.1:1/", "http://127.0.0.1:1/")
    with pytest.raises(SetupError, match="key: must be letters, digits"):
        run_verdict(shared.url, "http://127.0.0.1:1/", instance="not/a key")


@pytest.fixture
def shared() -> Iterator[MockServer]:
    server = MockServer().start()
    yield server
    server.stop(0)


# -- many trials on one mock -----------------------------------------------------------------------


@pytest.mark.parametrize("key", [KEY, "megacode-TRIAL"])
@pytest.mark.parametrize(
    ("name", "passes"),
    [("careful_bot", True), ("naive_bot", False)],
)
def test_trials_on_one_mock_do_not_know_each_other(
    name: str, passes: bool, key: str, shared: MockServer
) -> None:
    """The same bot all the time, on an instance that is there and on one made for each trial."""
    token = TOKEN if key == KEY else "TRIAL"
    with running(name, shared.url, key, token) as receiver:
        for seed in (0, 1, 2, 0):
            verdict = run_verdict(shared.url, receiver, seed=seed, instance=key, **TEXTS)
            assert verdict.passed == passes, verdict.as_table()
            if passes:
                assert set(outcomes(verdict).values()) == {"passed"}, verdict.as_table()
                figures = (verdict.figures["inbound"], verdict.figures["answers"])
                assert figures == (18, 18), verdict.as_table()
            else:
                assert outcomes(verdict)["answered_once"] == "failed", verdict.as_table()
        shared.stop(0)


@pytest.mark.parametrize(
    ("key", "people", "met_again"),
    [
        (KEY, range(1000, 1014), False),
        ("megacode-TRIAL", range(1000, 10_000), False),
        # When nobody is left, those who are known will do.
        (KEY, range(1000, 1010), True),
    ],
)
def test_a_trial_s_contacts_are_strangers(
    key: str,
    people: range,
    met_again: bool,
    shared: MockServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(receiver_trial, "PEOPLE", people)
    log, newest, met = shared.app.runtime.records.journal.deliveries, None, []
    for _ in range(2):
        run_verdict(shared.url, "http://127.0.0.1:1/", instance=key, terms=QUICK)
        told = [each for each in log.after(newest) if each.event == "text-plain"]
        chats = {json.loads(each.body)["key"]["remoteJid"] for each in told}
        assert len(chats) == 6
        met.append(chats)
        newest = told[-1].id
    assert bool(met[0] & met[1]) == met_again


def test_what_happens_beside_the_trial_is_no_part_of_it(shared: MockServer) -> None:
    """A contact who writes forty times meanwhile, and whose messages the bot lets lie."""

    def meanwhile(queue: Queue[Any], answer: Answer) -> None:
        others = iter(range(40))
        for key, message in iter(queue.get, None):
            for _ in others:
                publisher.change(KEY, lambda instance: instance.record("text-plain"))
            if message["conversation"].startswith("Mensagem"):
                answer(key, message)

    publisher = shared.app.runtime.instances.publisher
    with serving(odd_bot(shared.url, meanwhile, plain=False)) as receiver:
        verdict = run_verdict(shared.url, receiver, instance=KEY, **TEXTS)
    assert verdict.passed, verdict.as_table()
    assert (verdict.figures["inbound"], verdict.figures["copies"]) == (18, 26)


def test_what_another_receiver_was_told_is_no_part_of_the_trial(shared: MockServer) -> None:
    publisher, log = (
        shared.app.runtime.instances.publisher,
        shared.app.runtime.records.journal.deliveries,
    )
    with (
        running("careful_bot", shared.url, "megacode-NOBODY", TOKEN) as old,
        running("careful_bot", shared.url, KEY, TOKEN) as new,
    ):
        publisher.change(KEY, lambda instance: instance.set_webhook(old))
        for _ in range(30):
            publisher.change(KEY, lambda instance: instance.record("text-plain"))
        assert shared.app.runtime.webhooks.courier.wait_idle(60)
        verdict = run_verdict(shared.url, new, instance=KEY, terms=QUICK)
    assert verdict.passed, verdict.as_table()
    assert [each.url for each in log.after(None)].count(old) == 30


@pytest.mark.parametrize("key", [KEY, "megacode-TRIAL"])
def test_a_dead_receiver_spoils_no_other_trial_and_gains_by_none(
    key: str, shared: MockServer
) -> None:
    token = TOKEN if key == KEY else "TRIAL"
    with running("careful_bot", shared.url, key, token) as receiver:
        for url in ("http://127.0.0.1:1/", receiver, "http://127.0.0.1:1/", receiver):
            verdict = run_verdict(shared.url, url, instance=key, terms=QUICK)
            assert verdict.passed == (url == receiver), verdict.as_table()
            expected = "passed" if url == receiver else "not applicable"
            assert outcomes(verdict)["answered_once"] == expected, verdict.as_table()
            assert outcomes(verdict)["answered_in_order"] == expected, verdict.as_table()


# -- what bots do otherwise ------------------------------------------------------------------------

Answer = Callable[[dict[str, Any], dict[str, Any]], None]


def odd_bot(gateway: str, work: Callable[[Queue[Any], Answer], None], *, plain: bool) -> Any:
    """The careful bot with other work; `plain` answers repeat the text instead of quoting."""
    kind: Any = example("careful_bot").Bot

    def answer(bot: Any, key: dict[str, Any], message: dict[str, Any]) -> None:
        data = {"to": key["remoteJid"], "text": f"re: {message['conversation']}"}
        if not plain:
            data |= {"key": key, "message": message}
        url = bot.url.replace("quoteMessage", "text") if plain else bot.url
        body = json.dumps({"messageData": data}).encode()
        urlopen(Request(url, body, bot.headers), timeout=60).close()

    def works(bot: Any) -> None:
        work(bot.queue, partial(answer, bot))

    return type("Odd", (kind,), {"work": works})(gateway, KEY, TOKEN)


def until_closed(queue: Queue[Any], idle: float, rested: Callable[[], None]) -> Iterator[Any]:
    """What comes; `rested` is called whenever nothing came for `idle` seconds."""
    while True:
        try:
            found = queue.get(timeout=idle)
        except Empty:
            rested()
            continue
        if found is None:
            return
        yield found


def backwards(queue: Queue[Any], answer: Answer) -> None:
    """Everything that came, the last first, once nothing more comes."""
    kept: list[Any] = []

    def rested() -> None:
        while kept:
            answer(*kept.pop())

    for found in until_closed(queue, 0.2, rested):
        kept.append(found)


def twice(let_go: threading.Event) -> Callable[[Queue[Any], Answer], None]:
    """At once, and again when nothing else came for a while and it is let go."""

    def work(queue: Queue[Any], answer: Answer) -> None:
        again: list[Any] = []

        def rested() -> None:
            while again and let_go.is_set():
                answer(*again.pop())

        for found in until_closed(queue, 0.4, rested):
            answer(*found)
            again.append(found)

    return work


def late(queue: Queue[Any], answer: Answer) -> None:
    """Two answers to each of what came, once nothing more comes."""
    kept: list[Any] = []

    def rested() -> None:
        for found in kept:
            answer(*found)
            answer(*found)
        kept.clear()

    for found in until_closed(queue, 0.4, rested):
        kept.append(found)


def slowly(queue: Queue[Any], answer: Answer) -> None:
    """One after the other, each for a while."""
    for found in iter(queue.get, None):
        threading.Event().wait(0.05)
        answer(*found)


def never(queue: Queue[Any], answer: Answer) -> None:
    """It only takes them."""
    for _ in iter(queue.get, None):
        pass


@pytest.mark.parametrize("plain", [True, False])
def test_answers_in_reverse_are_found_out(plain: bool, shared: MockServer) -> None:
    with serving(odd_bot(shared.url, backwards, plain=plain)) as receiver:
        verdict = run_verdict(shared.url, receiver, instance=KEY, **TEXTS)
    found = outcomes(verdict)
    assert (found["answered_in_order"], found["answered_once"]) == ("failed", "passed"), (
        verdict.as_table()
    )


@pytest.mark.parametrize(("before", "outcome"), [(True, "failed"), (False, "passed")])
def test_a_second_answer_may_come_late(before: bool, outcome: str, shared: MockServer) -> None:
    """It counts when it comes within the quiet time, and not when it comes after the verdict."""
    let_go = threading.Event()
    if before:
        let_go.set()
    texts = {**TEXTS, "terms": replace(QUICK, quiet=1.0 if before else 0.01, answers=1)}
    with serving(odd_bot(shared.url, twice(let_go), plain=False)) as receiver:
        verdict = run_verdict(shared.url, receiver, instance=KEY, **texts)
    assert outcomes(verdict)["answered_once"] == outcome, verdict.as_table()


def test_who_answers_too_much_is_given_its_time_as_well(shared: MockServer) -> None:
    texts = {**TEXTS, "terms": replace(QUICK, answers=1)}
    with serving(odd_bot(shared.url, late, plain=False)) as receiver:
        verdict = run_verdict(shared.url, receiver, instance=KEY, **texts)
    assert "18 messages answered too often" in verdict.checks[2].message, verdict.as_table()
    assert "0 messages never answered" in verdict.checks[2].message, verdict.as_table()


def test_a_slow_bot_works_off_first_what_came_before(shared: MockServer) -> None:
    """Its answers to what nobody told by the mock are not answers to the trial."""
    order = Order("text-plain", "", count=40)
    with serving(odd_bot(shared.url, slowly, plain=False)) as receiver:
        emitter = Emitter(replace(order, url=receiver), samples=SAMPLES, ids=Ids(0))
        assert emitter.run().delivery_count == 40
        verdict = run_verdict(shared.url, receiver, instance=KEY, **TEXTS)
    assert verdict.passed, verdict.as_table()
    assert (verdict.figures["inbound"], verdict.figures["answers"]) == (18, 18)


@pytest.mark.parametrize("listens_only", [True, False])
def test_a_bot_without_an_answer_passes_only_by_request(
    listens_only: bool, shared: MockServer
) -> None:
    terms = replace(QUICK, patience=0.2, listens_only=listens_only)
    with serving(odd_bot(shared.url, never, plain=False)) as receiver:
        verdict = run_verdict(shared.url, receiver, instance=KEY, terms=terms)
    assert verdict.passed == listens_only, verdict.as_table()
    assert "answered nothing at all" in verdict.checks[2].message


def test_the_story_ends_at_its_limit(shared: MockServer) -> None:
    terms = replace(QUICK, patience=600, limit=0.5)
    with serving(odd_bot(shared.url, never, plain=False)) as receiver:
        verdict = run_verdict(shared.url, receiver, instance=KEY, terms=terms)
    assert not verdict.passed


def test_the_chaos_that_was_there_comes_back(shared: MockServer) -> None:
    chaos = Chaos(duplicate=2, seed=5)
    shared.app.runtime.webhooks.chaos_dispatcher.start(KEY, chaos)
    with running("careful_bot", shared.url, KEY, TOKEN) as receiver:
        assert run_verdict(shared.url, receiver, instance=KEY, terms=QUICK).passed
    assert shared.app.runtime.webhooks.chaos_dispatcher.chaos_of(KEY) == chaos


# -- bots as people write them ---------------------------------------------------------------------


def bubbles(queue: Queue[Any], answer: Answer) -> None:
    """Two messages for each."""
    for key, message in iter(queue.get, None):
        answer(key, message)
        answer(key, {"conversation": f"E mais: {message['conversation']}"})


def batching(queue: Queue[Any], answer: Answer) -> None:
    """One answer for all that a contact wrote, once nothing more came for a while."""
    kept: dict[str, Any] = {}

    def rested() -> None:
        for key, message in kept.values():
            answer(key, message)
        kept.clear()

    for key, message in until_closed(queue, 0.3, rested):
        kept[key["remoteJid"]] = (key, message)


# It waits long enough for a bot that collects, in its own time scale.
ROOMY = TrialTerms(quiet=0.6, patience=3.0, limit=60.0)


def judged_bot(gateway: str, work: Callable[[Queue[Any], Answer], None], seed: int) -> Verdict:
    with serving(odd_bot(gateway, work, plain=False)) as receiver:
        return run_verdict(
            gateway, receiver, seed=seed, instance=KEY, event="text-plain", terms=ROOMY
        )


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("work", [bubbles, batching])
def test_bots_that_write_otherwise_pass(work: Any, seed: int, shared: MockServer) -> None:
    verdict = judged_bot(shared.url, work, seed)
    assert verdict.passed, verdict.as_table()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_deaf_bot_fails_because_it_answers_nothing(seed: int, shared: MockServer) -> None:
    with serving(odd_bot(shared.url, never, plain=False)) as receiver:
        terms = replace(QUICK, patience=0.3)
        verdict = run_verdict(shared.url, receiver, seed=seed, instance=KEY, terms=terms)
    found = outcomes(verdict)
    assert found["answered_once"] == "failed", verdict.as_table()
    assert "answered nothing at all" in verdict.checks[2].message
    assert {name for name, outcome in found.items() if outcome == "failed"} == {"answered_once"}


class Crashing(BaseHTTPRequestHandler):
    """A public bot: 500 to what it does not know."""

    def do_POST(self) -> None:
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200 if "key" in event else 500)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return None


@pytest.mark.parametrize("seed", SEEDS)
def test_a_bot_that_crashes_on_connection_events_fails(seed: int, shared: MockServer) -> None:
    bot: Any = ThreadingHTTPServer(("127.0.0.1", 0), Crashing)
    bot.close = lambda: (bot.shutdown(), bot.server_close())
    with serving(bot) as receiver:
        terms = replace(QUICK, listens_only=True)
        verdict = run_verdict(shared.url, receiver, seed=seed, instance=KEY, terms=terms)
    assert outcomes(verdict)["answered_in_time"] == "failed", verdict.as_table()
    assert "had no 2xx" in verdict.checks[0].message
    assert outcomes(verdict)["stayed_up"] == "passed"


@pytest.mark.parametrize("event", ["image", "text-plain-lid", "connected", "group-text", "call"])
def test_a_story_of_one_event(event: str, shared: MockServer) -> None:
    with running("careful_bot", shared.url, KEY, TOKEN) as receiver:
        verdict = run_verdict(shared.url, receiver, instance=KEY, event=event, terms=QUICK)
    assert not verdict.as_table().count("failed"), verdict.as_table()
    told = {each.event for each in shared.app.runtime.records.journal.deliveries.after(None)}
    assert event in told and "text-plain" not in told


def test_the_usual_story_has_everything_a_bot_meets(shared: MockServer) -> None:
    with running("careful_bot", shared.url, KEY, TOKEN) as receiver:
        run_verdict(shared.url, receiver, instance=KEY, terms=QUICK)
    told = {each.event for each in shared.app.runtime.records.journal.deliveries.after(None)}
    assert set(EVERYTHING) - told == set()


def test_a_trial_looks_for_the_mock_before_it_sends_anything() -> None:
    came: list[bytes] = []

    class Hook(Crashing):
        def do_POST(self) -> None:
            came.append(b"")
            super().do_POST()

    bot: Any = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    bot.close = lambda: (bot.shutdown(), bot.server_close())
    with serving(bot) as receiver:
        arguments = ["emit", "text-plain", "--to", receiver, "--verdict"]
        done = CliRunner().invoke(main, [*arguments, "--gateway", "http://127.0.0.1:1"])
    assert (done.exit_code, came) == (2, [])


def test_a_mock_that_asks_for_a_control_token() -> None:
    server = MockServer(settings=Settings(host="0.0.0.0", control_token="TESTTOKEN1")).start()
    try:
        with running("careful_bot", server.url, KEY, TOKEN) as receiver:
            arguments = ["emit", "text-plain", "--to", receiver, "--verdict", "--quiet", "0.05"]
            arguments += ["--gateway", server.url]
            shut = CliRunner().invoke(main, arguments)
            opened = CliRunner().invoke(main, [*arguments, "--control-token", "TESTTOKEN1"])
    finally:
        server.stop(0)
    assert (shut.exit_code, opened.exit_code) == (2, 0), shut.output + opened.output


# -- the command -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "code"), [("careful_bot", 0), ("naive_bot", 1)])
def test_emit_judges_by_one_command(name: str, code: int, tmp_path: Path) -> None:
    report = tmp_path / "verdict.xml"
    server = MockServer().start()
    with running(name, server.url, "megacode-TRIAL", "TRIAL") as receiver:
        try:
            arguments = ["emit", "text-plain", "--to", receiver, "--verdict"]
            arguments += ["--gateway", server.url, "--instance-key", "megacode-TRIAL"]
            arguments += ["--quiet", "0.05"]
            done = CliRunner().invoke(main, [*arguments, "--seed", "3", "--junit", str(report)])
        finally:
            server.stop(0)
    assert done.exit_code == code, done.output
    assert f"megacode-TRIAL: {'passed' if code == 0 else 'failed'}" in done.output
    assert report.read_text(encoding="utf-8").startswith("<?xml")


def test_the_verdict_for_programs_is_one_document(shared: MockServer) -> None:
    with running("careful_bot", shared.url, KEY, TOKEN) as receiver:
        arguments = ["emit", "text-plain", "--to", receiver, "--verdict", "--json"]
        arguments += ["--gateway", shared.url, "--instance-key", KEY, "--quiet", "0.05"]
        done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    shown = json.loads(done.output)
    assert shown["event"] == "text-plain"
    assert (shown["verdict"]["instance"], shown["verdict"]["passed"]) == (KEY, True)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], TrialTerms()),
        (["--within", "1", "--quiet", "0.5", "--limit", "9"], TrialTerms(1, 0.5, 25.0, 9)),
        (["--patience", "2.5", "--listens-only"], TrialTerms(patience=2.5, listens_only=True)),
        (["--answers", "2", "--burst", "7"], TrialTerms(answers=2, burst=7.0)),
    ],
)
def test_the_terms_of_a_trial_are_options(
    options: list[str], expected: TrialTerms, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[TrialTerms] = []

    def tried(*_: Any, terms: TrialTerms, **__: Any) -> Verdict:
        asked.append(terms)
        return Verdict(KEY, (Check("up", "passed", "up"),), {})

    monkeypatch.setattr(receiver_trial, "run_verdict", tried)
    arguments = ["emit", "call", "--to", "http://127.0.0.1:1/", "--verdict"]
    CliRunner().invoke(main, [*arguments, *options])
    assert asked == [expected]


def test_a_verdict_without_a_mock_is_exit_code_2(tmp_path: Path) -> None:
    with running("careful_bot", "http://127.0.0.1:1", KEY, TOKEN) as receiver:
        arguments = ["emit", "text-plain", "--to", receiver, "--verdict"]
        done = CliRunner().invoke(main, [*arguments, "--gateway", "http://127.0.0.1:1"])
    assert done.exit_code == 2
    assert "no mock answers at http://127.0.0.1:1" in done.output
