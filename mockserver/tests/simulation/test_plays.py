"""Plays of conversations: the customer's turns are done, the bot's are waited for and compared."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
from megaapi_mock.errors import ControlRefused, UnknownInstance
from megaapi_mock.records.waiter import Waiter
from megaapi_mock.simulation import plays as plays_module
from megaapi_mock.simulation.plays import PLAYS_MOST, Play, Plays
from megaapi_mock.web import use_cases
from megaapi_mock.web.app import MockApp

from ..control import ControlApi
from ..support import AUTH, KEY

ANA, RUI = "5511900000002", "5511900000004"
GROUP = "120363000000000001@g.us"
Json = dict[str, Any]


@pytest.fixture
def plays(app: MockApp) -> Plays:
    runtime = app.runtime
    return Plays(runtime.instances, runtime.records, use_cases.contact_messages(runtime))


def add(plays: Plays, *turns: Json, with_: str = ANA, other: str | None = None) -> Play:
    """A play of these turns."""
    return plays.add(KEY, {"with": with_, "turns": list(turns)}, other)


def step(plays: Plays, play: Play, seconds: float = 0) -> None:
    """Do the next turn; a bot that is waited for has so many seconds."""
    plays.step(play, seconds, nullcontext(), Waiter("message", KEY))


def send(app: MockApp, text: str, to: str = ANA) -> str:
    """What a bot sends; its id."""
    body = {"messageData": {"to": to, "text": text}}
    reply = app.test_client().post(f"/rest/sendMessage/{KEY}/text", json=body, headers=AUTH)
    return str(reply.get_json()["messageData"]["key"]["id"])


def states(play: Play) -> list[str]:
    return [result.state for result in play.results]


# -- which there are ---------------------------------------------------------------------------


def test_a_play_is_ready_until_its_first_step(plays: Plays) -> None:
    play = add(plays, {"customer": "oi"}, {"phone": "já vai"})
    assert plays.all() == [play] and plays.get(play.id) is play
    shown = play.as_json()
    assert (shown["state"], shown["next"], shown["chat"]) == ("ready", 0, f"{ANA}@s.whatsapp.net")
    assert [turn["who"] for turn in shown["turns"]] == ["customer", "phone"]
    assert shown["conversation"]["turns"][0] == {"customer": {"text": "oi"}}
    step(plays, play)
    assert (play.state, play.as_json()["next"]) == ("playing", 1)
    step(plays, play)
    assert (play.state, play.as_json()["next"]) == ("done", None)


def test_a_play_that_is_forgotten_is_nowhere(plays: Plays) -> None:
    play = add(plays, {"customer": "oi"})
    plays.remove(play.id)
    for ask in (plays.get, plays.remove):
        with pytest.raises(ControlRefused, match=f"there is no play '{play.id}'") as refusal:
            ask(play.id)
        assert refusal.value.status == 404
    assert plays.all() == []


def test_the_oldest_play_goes_beyond_so_many(plays: Plays) -> None:
    added = [add(plays, {"customer": "oi"}) for _ in range(PLAYS_MOST + 1)]
    assert plays.all() == added[1:]
    assert len({play.id for play in added}) == PLAYS_MOST + 1


# -- what cannot be played ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("conversation", "sentence"),
    [
        ({"with": ANA, "turns": []}, "turns: the list is empty"),
        ({"with": "123@newsletter", "turns": [{"customer": "oi"}]}, "neither a person nor a group"),
        ({"with": "5511900000099", "turns": [{"customer": "oi"}]}, "with: .*5511900000099"),
        (
            {"with": ANA, "turns": [{"customer": {"text": "a", "as": "x"}},
                                    {"bot": {"text": "b", "as": "x"}}]},
            "turns: 1: another turn is already called 'x'",
        ),
        (
            {"with": ANA, "turns": [{"customer": "a"}, {"customer": {"text": "b", "from": RUI}}]},
            f"turns: 1: '{RUI}' is not the person in this chat",
        ),
    ],
    ids=["empty", "channel", "nobody", "label", "stranger"],
)  # fmt: skip
def test_what_cannot_be_played_is_refused(plays: Plays, conversation: Json, sentence: str) -> None:
    with pytest.raises(ControlRefused, match=sentence):
        plays.add(KEY, conversation, None)
    assert plays.all() == []


def test_a_play_belongs_to_an_instance(plays: Plays) -> None:
    with pytest.raises(UnknownInstance):
        plays.add("megacode-NOBODY", {"with": ANA, "turns": [{"customer": "oi"}]}, None)


def test_the_conversation_of_a_group_needs_a_group(plays: Plays) -> None:
    with pytest.raises(ControlRefused, match="is a group, where several people write"):
        add(plays, {"customer": "oi"}, with_=GROUP, other=ANA)
    play = add(plays, {"customer": {"text": "oi", "from": ANA}}, with_=GROUP)
    step(plays, play)
    assert play.results[0].message is not None
    assert play.results[0].message["chat"] == GROUP


def test_somebody_else_may_say_what_the_file_says(plays: Plays) -> None:
    play = add(plays, {"customer": {"text": "oi", "from": ANA}}, other=RUI)
    step(plays, play)
    message = play.results[0].message
    assert message is not None and message["sender"] == f"{RUI}@s.whatsapp.net"


# -- steps -------------------------------------------------------------------------------------


def test_a_turn_that_is_refused_ends_its_step_and_says_why(plays: Plays) -> None:
    turn = {"event": "reaction", "message": "nope"}
    play = add(plays, {"customer": turn}, {"bot": "oi"})
    step(plays, play)
    assert states(play) == ["refused", "waiting"]
    assert play.results[0].error
    # The bot had nothing to answer: nobody waits for it.
    assert play.state == "done"


def test_a_label_names_the_message_that_came_of_a_turn(plays: Plays) -> None:
    about = {"event": "reaction", "message": "x"}
    play = add(plays, {"customer": {"text": "oi", "as": "x"}}, {"customer": about})
    step(plays, play)
    assert play.results[0].message is not None
    assert play.labels == {"x": play.results[0].message["id"]}
    step(plays, play)
    assert play.results[1].message is not None
    assert play.labels["x"] in str(play.results[1].message["content"])


def test_the_owner_writes_to_the_person_of_the_chat(plays: Plays) -> None:
    play = add(plays, {"phone": "já vai"})
    step(plays, play)
    message = play.results[0].message
    assert message is not None
    assert (message["from_me"], message["chat"]) == (True, f"{ANA}@s.whatsapp.net")


def test_one_caller_plays_at_a_time(plays: Plays) -> None:
    play = add(plays, {"customer": "oi"})
    with play.lock, pytest.raises(ControlRefused, match="already being played") as refusal:
        step(plays, play)
    assert (refusal.value.status, play.state) == (409, "ready")
    step(plays, play)
    assert play.state == "done"


def test_steps_are_shown_on_the_stream(
    app: MockApp, plays: Plays, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Any] = []
    monkeypatch.setattr(
        app.runtime.records.journal, "show", lambda *arguments: shown.append(arguments)
    )
    play = add(plays, {"customer": "oi"})
    step(plays, play)
    assert ("play", KEY, play.as_json()) in shown


# -- the bot's turns ---------------------------------------------------------------------------


def answered(app: MockApp, plays: Plays, turns: list[Json], texts: list[str]) -> Play:
    """A play whose customer writes once, and whose bot sends these texts meanwhile."""
    play = add(plays, {"customer": "oi"}, *turns)
    receive = plays._contact_messages.receive

    def receive_and_answer(key: str, body: Json) -> Json:
        message = receive(key, body)
        for text in texts:
            send(app, text)
        return message

    object.__setattr__(plays._contact_messages, "receive", receive_and_answer)
    step(plays, play)
    return play


def test_answers_are_compared_with_the_file(app: MockApp, plays: Plays) -> None:
    play = answered(app, plays, [{"bot": "Bom dia"}, {"bot": "Tchau"}], ["Bom dia", "Até logo"])
    first, second = play.results[1:]
    assert (first.state, first.same, first.differs) == ("done", True, [])
    assert (second.state, second.same, second.differs) == ("done", False, ["text"])
    assert first.message is not None and "Bom dia" in str(first.message["content"])
    assert play.state == "done"


def test_a_bot_that_says_nothing_is_missing(plays: Plays) -> None:
    play = add(plays, {"customer": "oi"}, {"bot": "Bom dia"})
    step(plays, play)
    assert states(play) == ["done", "missing"]
    assert play.results[1].same is None


def test_what_a_turn_has_counted_answers_no_other(app: MockApp, plays: Plays) -> None:
    play = answered(app, plays, [{"bot": "a"}, {"customer": "e?"}, {"bot": "a"}], ["a"])
    assert states(play)[:2] == ["done", "done"]
    object.__delattr__(plays._contact_messages, "receive")
    step(plays, play)
    assert states(play)[2:] == ["done", "missing"]


def test_what_goes_to_somebody_else_is_no_answer(app: MockApp, plays: Plays) -> None:
    play = add(plays, {"customer": "oi"}, {"bot": "Bom dia"})
    send(app, "Bom dia", RUI)
    step(plays, play)
    assert states(play) == ["done", "missing"]


def test_a_bot_that_begins_is_heard_from_when_it_is_stepped(app: MockApp, plays: Plays) -> None:
    play = add(plays, {"bot": "Bom dia"}, {"customer": "oi"})
    send(app, "Bom dia")
    step(plays, play)
    assert states(play) == ["done", "waiting"]
    assert play.next == 1


def test_a_wait_ends_early_when_nothing_more_comes_after_another_answer(
    app: MockApp, plays: Plays, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits for the fitting one as long as the quiet lasts, and not for all its seconds."""
    monkeypatch.setattr(plays_module, "QUIET", 0.01)
    play = add(plays, {"customer": "oi"}, {"bot": "Bom dia"})
    receive = plays._contact_messages.receive

    def receive_and_answer(key: str, body: Json) -> Json:
        message = receive(key, body)
        send(app, "Boa noite")
        return message

    object.__setattr__(plays._contact_messages, "receive", receive_and_answer)
    waited: list[float] = []
    wait_for = app.runtime.records.journal.wait_for

    def note(look: Any, seconds: float, waiter: Waiter) -> list[Any]:
        waited.append(seconds)
        return wait_for(look, seconds, waiter)

    monkeypatch.setattr(app.runtime.records.journal, "wait_for", note)
    step(plays, play, 600)
    assert play.results[1].differs == ["text"]
    assert waited and max(waited) <= 0.01


def test_the_list_of_plays_is_the_one_of_the_control_api(control_api: ControlApi) -> None:
    conversation = {"conversation": 1, "with": ANA, "turns": [{"customer": "oi"}]}
    body = {"instance": KEY, "conversation": conversation}
    play = control_api.post("/plays", body, status=201)
    assert [each["id"] for each in control_api.items("/plays")] == [play["id"]]
