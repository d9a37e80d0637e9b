"""Judging a receiver: each check over hand-made deliveries and messages, and the route."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from megaapi_mock.receiver_check.conversation import in_chats
from megaapi_mock.records.delivery import Attempt
from megaapi_mock.web.app import MockApp
from megaapi_mock.webhooks.http.client import ReceiverAnswer

from ..conftest import MakeApp
from ..control import ControlApi
from ..support import AUTH, KEY, START, UNLINKED, RecordingTransport
from .story import ANA, BIA, GROUP, Story, attempt, offending, outcome


@pytest.fixture
def story() -> Story:
    return Story()


def test_where_nothing_happened_there_is_no_verdict(story: Story) -> None:
    verdict = story.judged()
    assert {check.outcome for check in verdict.checks} == {"not applicable"}
    assert not verdict.passed


def test_answers_to_what_is_still_under_way_are_no_verdict(story: Story) -> None:
    story.told("A1", state="queued", attempts=[])
    story.wrote("A1")
    story.answer("OUT1")
    verdict = story.judged()
    assert {check.outcome for check in verdict.checks} == {"not applicable", "undecided"}
    assert (verdict.passed, verdict.outcome) == (False, "undecided")
    assert verdict.checks[0].message.startswith("1 of 1 webhooks are still on their way; ")


# -- in time, and up -----------------------------------------------------------------------------


def test_who_only_listens_passes_what_applies(story: Story) -> None:
    story.told("A1")
    story.told("E1", own=True)
    verdict = story.judged(listens_only=True)
    assert verdict.passed
    assert [check.outcome for check in verdict.checks] == [
        "passed", "passed", "not applicable", "passed", "not applicable", "not applicable",
        "not applicable",
    ]  # fmt: skip
    # A bot may answer through another instance than the one it is judged by.
    assert verdict.checks[2].message == f"it answered nothing at all through {KEY}"


def test_who_only_listens_may_be_written_by_others(story: Story) -> None:
    """What the owner sends in a chat is not an answer that the others then lack."""
    story.answer("OUT0")
    for number in range(3):
        story.told(f"A{number}")
        story.wrote(f"A{number}")
    story.told("A1", chaos="duplicate of d2")
    assert not story.judged().passed
    assert story.judged(listens_only=True).passed
    story.answer("OUT1")
    assert story.judged(listens_only=True).passed
    story.answer("OUT2", quoting="A1")
    story.answer("OUT3", quoting="A1")
    assert offending(story.judged(listens_only=True), "answered_once")


@pytest.mark.parametrize(
    "attempts",
    [
        [attempt(START, 500)],
        [attempt(START, 302)],
        [attempt(START, None, error="127.0.0.1:9 gave no answer within 30 s")],
    ],
)
def test_no_2xx_is_not_in_time(story: Story, attempts: list[Attempt]) -> None:
    story.told("A1")
    bad = story.told("A2", state="failed", attempts=attempts)
    story.told("A3")
    verdict = story.judged()
    assert offending(verdict, "answered_in_time") == (bad.id,)
    assert outcome(verdict, "stayed_up") == "passed"


def test_a_late_2xx_is_not_in_time(story: Story) -> None:
    late = story.told("A1", attempts=[attempt(START, duration_ms=5001.0)])
    assert offending(story.judged(), "answered_in_time") == (late.id,)
    assert outcome(story.judged(within=6), "answered_in_time") == "passed"


def test_what_is_still_under_way_is_late_only_when_it_is(story: Story) -> None:
    story.told("A1")
    waiting = story.told("A2", state="queued", attempts=[])
    assert outcome(story.judged(), "answered_in_time") == "undecided"
    later = story.judged(now=START + 10)
    assert offending(later, "answered_in_time") == (waiting.id,)
    held = story.judged(now=START + 10, held=[waiting])
    assert outcome(held, "answered_in_time") == "passed"
    assert (later.figures["unfinished"], held.figures["unfinished"]) == (1, 0)


def test_what_waits_behind_others_is_not_late_for_a_slow_receiver(story: Story) -> None:
    """Each takes 1.5 s: the last ones have not left when the trial ends."""
    waiting = [story.told(f"A{number}", state="queued", attempts=[]) for number in range(6, 10)]
    for number in range(6):
        story.told(f"A{number}", attempts=[attempt(START + 1.5 * number, duration_ms=1500.0)])
    soon, later = story.judged(now=START + 10), story.judged(now=START + 15)
    assert outcome(soon, "answered_in_time") == "undecided" and "--limit" in soon.as_table()
    assert offending(later, "answered_in_time") == tuple(each.id for each in waiting)
    refused = story.told("B1", state="queued", attempts=[attempt(START, 500)])
    assert offending(story.judged(now=START + 10), "answered_in_time") == (refused.id,)


@pytest.mark.parametrize("state", ["dropped", "refused", "abandoned"])
def test_what_never_reached_it_is_not_its_fault(story: Story, state: Any) -> None:
    story.told("A1", state=state, attempts=[])
    assert {check.outcome for check in story.judged().checks} == {"not applicable"}
    story.told("A2")
    story.answer("R2")
    assert story.judged().passed


@pytest.mark.parametrize(
    "error",
    [
        "127.0.0.1:9 refused the connection",
        "127.0.0.1:9 reset the connection",
        "127.0.0.1:9 broke off its answer",
    ],
)
def test_a_cut_connection_is_a_receiver_that_was_down(story: Story, error: str) -> None:
    bad = story.told("A1", state="failed", attempts=[attempt(START, None, error=error)])
    assert "is down" in str(story.judged().checks[1].message)
    story.told("A2")
    verdict = story.judged()
    assert offending(verdict, "stayed_up") == (bad.id,)
    assert "answers again" in verdict.checks[1].message


def test_who_is_silent_at_the_end_did_not_stay_up(story: Story) -> None:
    error = "127.0.0.1:9 gave no answer within 30 s"
    story.told("A1")
    story.told("A2", state="failed", attempts=[attempt(story.now, None, error=error)])
    assert outcome(story.judged(), "stayed_up") == "failed"


def test_what_policy_refused_is_told_where_nothing_else_is_known(story: Story) -> None:
    story.told("A1", state="refused", reason="switch webhook_hosts", attempts=[])
    verdict = story.judged()
    assert (verdict.passed, verdict.checks[0].message) == (False, "switch webhook_hosts")


def test_who_answers_nothing_gives_nothing_to_judge(story: Story) -> None:
    story.told("A1")
    verdict = story.judged()
    assert (verdict.passed, outcome(verdict, "answered_once")) == (False, "failed")
    assert verdict.checks[2].message.startswith("nothing to judge: it answered nothing at all")


@pytest.mark.parametrize(
    ("chat", "content"), [(ANA, {"stickerMessage": {}}), (GROUP, {"conversation": "oi"})]
)
def test_where_no_answer_is_owed_none_is_missed(story: Story, chat: str, content: Any) -> None:
    story.told("A1", chat=chat, content=content)
    verdict = story.judged()
    assert (verdict.passed, outcome(verdict, "answered_once")) == (True, "not applicable")


def test_nobody_answers_what_they_never_had(story: Story) -> None:
    for number in (1, 2):
        refused = attempt(story.now, None, error="127.0.0.1:9 refused the connection")
        story.told(f"A{number}", state="failed", attempts=[refused])
    story.told("E1", own=True, state="failed", attempts=[refused])
    story.answer("R1")
    story.answer("R2")
    verdict = story.judged()
    assert outcome(verdict, "answered_once") == "not applicable"
    assert outcome(verdict, "ignored_its_echo") == "not applicable"
    assert outcome(verdict, "answered_in_order") == "not applicable"


# -- once ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("quoting", [True, False])
def test_one_answer_for_each_message_however_often_it_came(story: Story, quoting: bool) -> None:
    for number in (1, 2, 3):
        first = story.told(f"A{number}")
        story.told(f"A{number}", chaos=f"duplicate of {first.id}")
        story.answer(f"R{number}", quoting=f"A{number}" if quoting else None)
    verdict = story.judged()
    assert verdict.passed
    assert (verdict.figures["copies"], verdict.figures["inbound"]) == (3, 3)


def test_a_second_answer_to_a_quoted_message_is_one_too_many(story: Story) -> None:
    story.told("A1")
    story.told("A1", chaos="duplicate of d1")
    story.answer("R1", quoting="A1")
    story.answer("R2", quoting="A1")
    assert offending(story.judged(), "answered_once") == ("A1",)


def test_more_answers_than_messages_are_too_many(story: Story) -> None:
    story.told("A1")
    story.told("A1", chaos="duplicate of d1")
    story.answer("R1")
    story.answer("R2")
    verdict = story.judged()
    assert offending(verdict, "answered_once") == ("R2",)
    assert outcome(verdict, "ignored_its_echo") == "not applicable"


def test_who_answers_one_must_answer_every_text(story: Story) -> None:
    story.told("A1")
    story.told("B1", chat=BIA)
    story.answer("R1")
    assert offending(story.judged(), "answered_once") == ("B1",)


def test_what_the_receiver_refused_or_never_got_needs_no_answer(story: Story) -> None:
    story.told("A1")
    story.told("A2", state="dropped", attempts=[], chaos="drop")
    story.told("A3", state="failed", attempts=[attempt(START, 500)])
    story.answer("R1")
    assert outcome(story.judged(), "answered_once") == "passed"


@pytest.mark.parametrize("answered", [0, 1, 2])
def test_a_picture_or_a_sticker_may_be_left_out(story: Story, answered: int) -> None:
    story.told("P1", content={"imageMessage": {}})
    story.told("A1")
    story.told("P2", content={"stickerMessage": {}})
    for number in range(answered + 1):
        story.answer(f"R{number}")
    assert outcome(story.judged(), "answered_once") == "passed"


def test_a_whole_group_may_be_left_out_but_not_half_of_it(story: Story) -> None:
    story.told("A1")
    story.answer("R1")
    story.told("G1", chat=GROUP)
    story.told("G2", chat=GROUP)
    assert outcome(story.judged(), "answered_once") == "passed"
    story.answer("R2", chat=GROUP)
    # Both came before it: an answer to the two of them, unless every message wants its own.
    assert outcome(story.judged(), "answered_once") == "passed"
    assert offending(story.judged(burst=0), "answered_once") == ("G2",)
    story.told("G3", chat=GROUP)
    assert offending(story.judged(), "answered_once") == ("G3",)


def test_a_hidden_number_and_its_number_are_one_chat(story: Story) -> None:
    story.told("A1", chat="100000000000002@lid", key={"senderPn": ANA})
    story.answer("R1", chat=ANA)
    assert story.judged().passed


def test_the_chat_of_a_lid_is_known_where_no_number_is_told(story: Story) -> None:
    lid = "100000000000002@lid"
    story.told("A1", chat=lid)
    story.answer("R1", chat=ANA)
    assert outcome(story.judged(), "answered_once") == "failed"
    assert story.judged(chat_of=lambda address: ANA if address == lid else address).passed


@pytest.mark.parametrize("name", [ANA, "100000000000002@lid"])
def test_a_chat_to_be_judged_may_be_named_by_either_address(story: Story, name: str) -> None:
    def chat_of(address: str) -> str:
        return ANA if address == "100000000000002@lid" else address

    for chat in (ANA, "100000000000002@lid"):
        assert in_chats(story.told("A1", chat=chat), [name], chat_of)
    assert not in_chats(story.told("B1", chat=BIA), [name], chat_of)


def test_what_was_sent_before_is_no_answer(story: Story) -> None:
    story.answer("OLD")
    story.wrote("A1")
    story.now += 1
    story.told("A1")
    story.answer("R1")
    assert outcome(story.judged(), "answered_once") == "passed"


@pytest.mark.parametrize("known", [True, False])
def test_message_sent_before_the_trial_is_no_answer(known: bool, story: Story) -> None:
    story.answer("OLD")
    story.told("OLD", own=True)
    if known:
        story.wrote("A1")
    story.told("A1")
    verdict = story.judged(listens_only=True)
    assert outcome(verdict, "answered_once") == "not applicable"


# -- several bubbles, and one answer for a burst --------------------------------------------------


def burst_of(story: Story, size: int, *, copies: int = 1, first: int = 1001) -> list[str]:
    """Messages that come within a second, each so many times; their texts."""
    texts = [f"Mensagem {first + number}" for number in range(size)]
    for number, text in enumerate(texts):
        for copy in range(copies):
            told = {"chaos": f"{copy} of d1"} if copy else {}
            story.told(f"M{first + number}", content={"conversation": text}, **told)
    return texts


@pytest.mark.parametrize("saying", ["{text}", "Olá"])
@pytest.mark.parametrize("copies", [1, 3])
def test_two_bubbles_for_each_message_are_fine(story: Story, saying: str, copies: int) -> None:
    for first in (1001, 2001):
        texts = burst_of(
            story, 4 if first == 1001 else 2, copies=copies if first == 1001 else 1, first=first
        )
        for text in texts:
            story.answer(f"a{text}", saying=f"{saying.format(text=text)}, um")
            story.answer(f"b{text}", saying=f"{saying.format(text=text)}, dois")
            story.told(f"a{text}", own=True)
            story.told(f"b{text}", own=True)
    verdict = story.judged()
    assert verdict.passed, verdict.as_table()
    one = story.judged(answers=1)
    assert outcome(one, "answered_once") == "failed"


@pytest.mark.parametrize("quoting", [True, False])
def test_one_answer_for_a_burst_is_fine(story: Story, quoting: bool) -> None:
    burst_of(story, 4, copies=3)
    story.now += 10
    story.answer("R1", saying="Tudo certo", quoting="M1004" if quoting else None)
    burst_of(story, 2, first=2001)
    story.now += 10
    story.answer("R2", saying="Combinado", quoting="M2002" if quoting else None)
    verdict = story.judged()
    assert verdict.passed, verdict.as_table()
    each = story.judged(burst=0)
    assert len(offending(each, "answered_once")) == 4


@pytest.mark.parametrize("pause", [8, 19, 22.5])
@pytest.mark.parametrize("gap", [20, 22, 60])
def test_one_answer_for_each_burst_is_fine_however_far_apart(
    story: Story, gap: float, pause: float
) -> None:
    """The answer may also come when the next burst has begun."""
    times = [(START + gap * number, number) for number in range(4)]
    steps = [(time, "burst", number) for time, number in times]
    steps += [(time + pause, "answer", number) for time, number in times]
    for time, step, number in sorted(steps):
        story.now = time
        if step == "burst":
            burst_of(story, 2, first=1000 * (number + 1))
        else:
            story.answer(f"R{number}", saying="Oi de novo")
    verdict = story.judged()
    assert verdict.passed, verdict.as_table()


def test_burst_without_an_answer_is_named_beside_an_answered_one(story: Story) -> None:
    burst_of(story, 2)
    story.now += 60
    burst_of(story, 2, first=2001)
    story.answer("R2")
    assert offending(story.judged(), "answered_once") == ("M1001", "M1002")


def test_who_answers_one_of_many_spread_messages_is_found_out(story: Story) -> None:
    for number in range(12):
        burst_of(story, 1, first=1000 + number)
        if number == 5:
            story.answer("R1")
        story.now += 25
    offenders = offending(story.judged(), "answered_once")
    assert len(offenders) == 11 and "M1005" not in offenders


def test_late_answers_to_spread_messages_are_all_counted(story: Story) -> None:
    times = [(START + 25 * number, "message", number) for number in range(12)]
    times += [(time + 30, "answer", number) for time, _, number in times]
    for time, step, number in sorted(times):
        story.now = time
        if step == "message":
            burst_of(story, 1, first=1000 + number)
        else:
            story.answer(f"R{number}")
    assert story.judged().passed


def test_who_answers_everybody_to_one_wrong_person_is_told_so(story: Story) -> None:
    for chat in (ANA, GROUP):
        story.told(f"M{chat}", chat=chat)
        story.answer(f"R{chat}", chat=BIA)
    check = story.judged().checks[2]
    assert check.outcome == "failed"
    assert f"it answered nobody who wrote, but sent messages to others: {BIA}" in check.message


def test_more_answers_than_messages_are_counted_in_the_sentence(story: Story) -> None:
    burst_of(story, 2)
    for name in ("R1", "R2", "R3", "R4"):
        story.answer(name, saying=f"Tudo certo, {name}")
    sentence = story.judged().checks[2].message
    assert sentence == "2 messages answered, with 4 answers, none of them repeated"


def test_who_stops_answering_within_a_burst_is_found_out(story: Story) -> None:
    texts = burst_of(story, 4)
    story.answer("R1", saying=texts[0])
    story.answer("R2", saying=texts[1])
    assert offending(story.judged(), "answered_once") == ("M1003", "M1004")


def test_what_came_after_the_answer_of_a_burst_needs_its_own(story: Story) -> None:
    burst_of(story, 2)
    story.answer("R1")
    burst_of(story, 1, first=2001)
    assert offending(story.judged(), "answered_once") == ("M2001",)


def test_other_words_for_each_copy_are_found_by_their_number(story: Story) -> None:
    """A language model says it differently each time: three answers where one is usual."""
    for text in burst_of(story, 4, copies=3):
        for number in range(3):
            story.answer(f"{text}{number}", saying=f"{text}, de novo, {number}")
    for text in burst_of(story, 2, first=2001):
        story.answer(text, saying=f"{text}, claro")
    failed = story.judged()
    assert offending(failed, "answered_once") == ("M1001", "M1002", "M1003", "M1004")
    assert "answered too often" in failed.checks[2].message


def test_what_says_nothing_of_its_message_and_comes_for_each_copy(story: Story) -> None:
    for text in burst_of(story, 2, copies=3):
        for number in range(3):
            story.answer(f"{text}{number}", saying="Obrigado pela mensagem")
    assert len(offending(story.judged(), "answered_once")) == 4


# -- undecided -----------------------------------------------------------------------------------


def test_an_answer_may_take_its_time(story: Story) -> None:
    burst_of(story, 2)
    young = story.judged(patience=20)
    assert (young.outcome, outcome(young, "answered_once")) == ("undecided", "undecided")
    assert "have no answer yet: ask again in 20 s" in young.checks[2].message
    old = story.judged(patience=20, now=story.now + 21)
    assert (old.outcome, outcome(old, "answered_once")) == ("failed", "failed")
    assert story.judged(patience=20, listens_only=True).passed


def test_one_that_is_missing_is_waited_for_as_well(story: Story) -> None:
    texts = burst_of(story, 2)
    story.answer("R1", saying=texts[0])
    assert offending(story.judged(patience=20), "answered_once") == ("M1002",)
    assert story.judged(patience=20).outcome == "undecided"


def test_refused_sends_fail(story: Story) -> None:
    story.told("A1")
    story.answer("R1")
    assert outcome(story.judged(), "sends_accepted") == "passed"
    failed = story.judged(refused=[("e1", "100000000000002 is the LID of Ana")])
    assert offending(failed, "sends_accepted") == ("e1",)
    assert "is the LID of Ana" in failed.as_table()


# -- loops ---------------------------------------------------------------------------------------


def test_a_quote_of_its_own_is_a_loop(story: Story) -> None:
    story.told("A1")
    story.answer("R1", quoting="A1")
    story.told("R1", own=True)
    story.answer("R2", quoting="R1")
    assert offending(story.judged(), "ignored_its_echo") == ("R2",)


def test_an_answer_where_only_the_phone_wrote_is_a_loop(story: Story) -> None:
    story.told("A1")
    story.answer("R1")
    story.told("PHONE", own=True, chat=BIA)
    story.answer("R2", chat=BIA)
    assert offending(story.judged(), "ignored_its_echo") == ("R2",)


def test_a_message_sent_of_ones_own_accord_is_none(story: Story) -> None:
    story.told("A1")
    story.answer("R1")
    story.answer("CAMPAIGN", chat=BIA)
    story.told("CAMPAIGN", own=True, chat=BIA)
    assert story.judged().passed


# -- the route -----------------------------------------------------------------------------------


@pytest.fixture
def judged(make_app: MakeApp) -> MockApp:
    """A mock whose contact wrote twice and was answered in the wrong order."""
    app = make_app(transport=RecordingTransport())
    control_api = ControlApi(app)
    app.runtime.instances.publisher.change(
        KEY, lambda instance: instance.set_webhook("http://127.0.0.1:9/")
    )
    told = [control_api.post(f"/instances/{KEY}/inbound", {}, status=201) for _ in range(2)]
    assert app.runtime.webhooks.courier.wait_idle(60)
    for message in reversed(told):
        quote(app, message)
    assert app.runtime.webhooks.courier.wait_idle(60)
    return app


def quote(app: MockApp, message: Any) -> None:
    key = {"remoteJid": ANA, "fromMe": False, "id": message["id"]}
    data = {"to": ANA, "text": "oi", "key": key, "message": {"conversation": "oi"}}
    reply = app.test_client().post(
        f"/rest/sendMessage/{KEY}/quoteMessage", json={"messageData": data}, headers=AUTH
    )
    assert reply.get_json()["error"] is False


def checks(document: Any) -> dict[str, str]:
    return {check["name"]: check["outcome"] for check in document["checks"]}


def test_the_control_api_judges_from_its_journal(judged: MockApp) -> None:
    document = ControlApi(judged).post("/deliveries/verdict", {"instance": KEY})
    assert document["instance"] == KEY
    assert checks(document) == {
        "answered_in_time": "passed",
        "stayed_up": "passed",
        "answered_once": "passed",
        "ignored_its_echo": "passed",
        "answered_in_order": "failed",
        "sends_accepted": "passed",
        "answered_in_its_chat": "not applicable",
    }
    assert (document["figures"]["inbound"], document["figures"]["answers"]) == (2, 2)


def test_since_a_delivery_there_is_less_to_judge(judged: MockApp) -> None:
    control_api = ControlApi(judged)
    first, second = control_api.items(f"/deliveries?event=text-plain&instance={KEY}")
    narrow = control_api.post("/deliveries/verdict", {"instance": KEY, "since": first["id"]})
    assert narrow["figures"]["inbound"] == 1
    assert checks(narrow)["answered_in_order"] == "not applicable"
    last = control_api.items("/deliveries")[-1]["id"]
    assert not control_api.post("/deliveries/verdict", {"instance": KEY, "since": last})["passed"]
    assert second["id"] != last


def test_a_verdict_on_some_chats_or_one_url_alone(judged: MockApp) -> None:
    control_api = ControlApi(judged)
    control_api.post(f"/instances/{KEY}/inbound", {"from": "5511900000004"}, status=201)
    assert judged.runtime.webhooks.courier.wait_idle(60)
    wanted: dict[str, Any] = {"instance": KEY}
    assert control_api.post("/deliveries/verdict", wanted)["figures"]["inbound"] == 3
    only = control_api.post("/deliveries/verdict", {**wanted, "chats": [BIA]})
    assert (only["figures"]["inbound"], only["figures"]["deliveries"]) == (1, 1)
    here = control_api.post("/deliveries/verdict", {**wanted, "url": "http://127.0.0.1:9/"})
    assert here["figures"]["inbound"] == 3
    there = control_api.post("/deliveries/verdict", {**wanted, "url": "http://127.0.0.1:9/b"})
    assert there["figures"]["deliveries"] == 0


def test_what_the_journal_has_let_go_is_no_unknown_delivery(make_app: MakeApp) -> None:
    app = make_app()
    app.runtime.records.journal.deliveries.limit = 1
    control_api = ControlApi(app)
    app.runtime.instances.publisher.change(
        KEY, lambda instance: instance.set_webhook("http://127.0.0.1:9/")
    )
    for _ in range(3):
        control_api.post(f"/instances/{KEY}/inbound", {}, status=201)
    assert app.runtime.webhooks.courier.wait_idle(60)
    document = control_api.post("/deliveries/verdict", {"instance": KEY, "since": f"d1.{KEY}"})
    assert document["figures"]["deliveries"] == 1


@pytest.mark.parametrize(
    ("form", "mimetype", "begins"),
    [("table", "text/plain", "answered_in_time"), ("junit", "application/xml", "<?xml")],
)
def test_a_verdict_as_text(judged: MockApp, form: str, mimetype: str, begins: str) -> None:
    reply = judged.test_client().post(
        "/_mock/deliveries/verdict", json={"instance": KEY, "format": form, "within": 0.5}
    )
    assert (reply.status_code, reply.mimetype) == (200, mimetype)
    assert reply.text.startswith(begins)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "instance: is required; whose webhooks"),
        ({"instance": KEY, "format": "html"}, 'format: must be json, table or junit, not "html"'),
        ({"instance": KEY, "within": "5"}, "within: must be a number"),
        (
            {"instance": KEY, "within": 0},
            "within: must be a number of seconds above 0",
        ),
        (
            {"instance": KEY, "within": -1},
            "within: must be a number of seconds above 0",
        ),
        (
            {"instance": KEY, "within": 1e9},
            "within: must be a number of seconds above 0",
        ),
        ({"instance": KEY, "since": "zzz"}, "since: there was no delivery 'zzz'"),
        ({"instance": KEY, "since": ""}, "since: there was no delivery ''"),
        ({"instance": KEY, "since": f"d1.{KEY}"}, f"since: there was no delivery 'd1.{KEY}'"),
        ({"instance": KEY, "chats": ANA}, "chats: must be a list"),
        ({"instance": KEY, "chats": [5]}, "chats[0]: must be a string"),
    ],
)
def test_a_verdict_needs_to_know_on_whom(app: MockApp, body: Any, sentence: str) -> None:
    assert ControlApi(app).refusal("POST", "/deliveries/verdict", body).startswith(sentence)


def test_nobody_is_judged_unknown(app: MockApp) -> None:
    control_api = ControlApi(app)
    control_api.refusal("POST", "/deliveries/verdict", {"instance": "megacode-NOBODY"}, status=404)
    assert not control_api.post("/deliveries/verdict", {"instance": UNLINKED})["passed"]


def test_what_chaos_holds_is_not_held_against_the_receiver(make_app: MakeApp) -> None:
    app = make_app()
    control_api = ControlApi(app)
    app.runtime.instances.publisher.change(
        KEY, lambda instance: instance.set_webhook("http://127.0.0.1:9/")
    )
    control_api.post(f"/instances/{KEY}/inbound", {}, status=201)
    control_api.post(f"/instances/{KEY}/chaos", {"delay": [600, 600]})
    control_api.post(f"/instances/{KEY}/inbound", {}, status=201)
    assert app.runtime.webhooks.courier.wait_idle(60)
    control_api.post("/clock", {"advance": 60})
    verdict = control_api.post("/deliveries/verdict", {"instance": KEY, "listens_only": True})
    assert verdict["passed"], verdict


def test_a_verdict_waits_for_what_is_owed(make_app: MakeApp) -> None:
    """A receiver that answers 500 from its 25th webhook on does not pass because it is slow."""
    answers, may_go_on = iter([200] * 25 + [500] * 100), threading.Event()

    class Slow(RecordingTransport):
        def post(self, *arguments: Any, **options: Any) -> ReceiverAnswer:
            assert may_go_on.wait(60)
            return replace(super().post(*arguments, **options), status=next(answers))

    app = make_app(transport=Slow())
    control_api = ControlApi(app)
    app.runtime.instances.publisher.change(
        KEY, lambda instance: instance.set_webhook("http://127.0.0.1:9/")
    )
    control_api.post(f"/instances/{KEY}/emit", {"event": "text-plain", "count": 58}, status=201)
    wanted = {"instance": KEY, "listens_only": True}
    early = control_api.post("/deliveries/verdict", {**wanted, "wait": 0})
    assert (early["outcome"], early["passed"]) == ("undecided", False)
    threading.Timer(0.1, may_go_on.set).start()
    waited = control_api.post("/deliveries/verdict", {**wanted, "wait": 60})
    # As soon as it is certain: the first 500 is enough.
    assert waited["outcome"] == "failed"
    assert "had no 2xx" in waited["checks"][0]["message"]


def test_refused_sends_are_read_from_the_journal(judged: MockApp) -> None:
    control_api = ControlApi(judged)
    body = {"messageData": {"to": "5511900000099", "text": "oi"}}
    judged.test_client().post(f"/rest/sendMessage/{KEY}/text", json=body, headers=AUTH)
    document = control_api.post("/deliveries/verdict", {"instance": KEY})
    assert checks(document)["sends_accepted"] == "failed"
    [check] = [each for each in document["checks"] if each["name"] == "sends_accepted"]
    assert "5511900000099" in check["message"]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"wait": 61}, "wait: must be a number of seconds from 0 to 60"),
        ({"answers": 0}, "answers: must be a whole number from 1 to 100"),
        ({"answers": 1.5}, "answers: must be a whole number"),
        ({"burst": -1}, "burst: must be a number of seconds from 0"),
        ({"patience": 1e9}, "patience: must be a number of seconds from 0"),
    ],
)
def test_wrong_terms_are_named(app: MockApp, body: Any, sentence: str) -> None:
    told = ControlApi(app).refusal("POST", "/deliveries/verdict", {"instance": KEY, **body})
    assert told.startswith(sentence)
