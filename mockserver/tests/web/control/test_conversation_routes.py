"""Conversations saved from a chat and played to a bot: at once, step by step, and with misses."""

from __future__ import annotations

import re
import threading
from base64 import b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
from megaapi_mock.simulation import contact_messages, plays
from megaapi_mock.web.app import MockApp
from megaapi_mock.webhooks.http.client import ReceiverAnswer

from ...conftest import MakeApp
from ...control import ControlApi
from ...support import AUTH, KEY, UNLINKED, RecordingTransport

ANA, RUI = "5511900000002", "5511900000004"
GROUP = "120363000000000001@g.us"
DOCS = Path(__file__).parents[4] / "docs" / "conversations.md"
Json = dict[str, Any]
LIST = {
    "buttonText": "Abrir",
    "text": "Escolha",
    "title": "Menu",
    "description": "Escolha",
    "sections": [{"title": "S", "rows": [{"title": "Menu", "rowId": "menu", "description": "d"}]}],
    "listType": 0,
}


class Bot(RecordingTransport):
    """Answers the webhook of a text or a tap by what `replies` says; silent for all else."""

    def __init__(self) -> None:
        super().__init__()
        self.app: MockApp | None = None
        self.replies: dict[str, list[tuple[str, Json]]] = {}

    def post(
        self, url: str, body: bytes, headers: Sequence[tuple[str, str]], *, timeout: float
    ) -> ReceiverAnswer:
        payload = orjson.loads(body)
        key = payload.get("key", {})
        if not key.get("fromMe") and "message" in payload:
            text = str(payload["message"])
            for word, replies in self.replies.items():
                # A whole word: "dois" does not say "oi".
                if re.search(rf"\b{word}\b", text):
                    for kind, data in replies:
                        self._send(kind, {"to": key["remoteJid"], **data})
        return super().post(url, body, headers, timeout=timeout)

    def _send(self, kind: str, data: Json) -> None:
        assert self.app is not None
        body = {"messageData": data}
        reply = self.app.test_client().post(
            f"/rest/sendMessage/{KEY}/{kind}", json=body, headers=AUTH
        )
        # What it causes leaves once the answer is read.
        assert reply.get_json()["error"] is False


@pytest.fixture
def bot(make_app: MakeApp) -> Iterator[Bot]:
    bot = Bot()
    bot.app = make_app(transport=bot)
    bot.replies = {
        "oi": [("text", {"text": "Bom dia! O que deseja?"}), ("listMessage", dict(LIST))],
        "menu": [("text", {"text": "Temos pizza."})],
    }
    ControlApi(bot.app).post(f"/instances/{KEY}/webhook", {"url": "http://127.0.0.1:9000/hook"})
    yield bot
    # What it still answers while the mock stops would be abandoned.
    assert bot.app.runtime.webhooks.courier.wait_idle(60)


@pytest.fixture
def talk(bot: Bot) -> ControlApi:
    """The control API of the bot's mock."""
    assert bot.app is not None
    return ControlApi(bot.app)


def does(control_api: ControlApi, **body: Any) -> Json:
    message: Json = control_api.post(f"/instances/{KEY}/inbound", {"from": ANA, **body}, status=201)
    return message


def idle(bot: Bot) -> None:
    assert bot.app is not None and bot.app.runtime.webhooks.courier.wait_idle(60)


def load(control_api: ControlApi, turns: list[Json], **more: Any) -> Json:
    conversation = {"conversation": 1, "with": ANA, "turns": turns}
    body = {"instance": KEY, "conversation": conversation, **more}
    play: Json = control_api.post("/plays", body, status=201)
    return play


def states(play: Json) -> list[str]:
    return [turn["state"] for turn in play["turns"]]


def saved(control_api: ControlApi, chat: str = ANA, **query: str) -> Json:
    reply = control_api.client.get(
        f"/_mock/instances/{KEY}/conversation", query_string={"chat": chat, **query}
    )
    assert reply.status_code == 200, reply.text
    document: Json = reply.get_json()
    return document


# -- saving ------------------------------------------------------------------------------------


def test_a_chat_is_saved_and_played_again_as_it_was(bot: Bot, talk: ControlApi) -> None:
    does(talk, text="oi")
    idle(bot)
    does(talk, event="list-response", option="menu")
    idle(bot)
    path = f"/_mock/instances/{KEY}/conversation?chat={ANA}&format=yaml"
    reply = talk.client.get(path)
    assert reply.mimetype == "application/yaml"
    document = saved(talk)
    assert [next(iter(turn)) for turn in document["turns"]] == [
        "customer",
        "bot",
        "bot",
        "customer",
        "bot",
    ]
    assert document["turns"][2]["bot"] == {
        "type": "listMessage",
        "text": "Escolha",
        "options": ["menu"],
        "as": "m1",
    }
    assert document["turns"][3]["customer"] == {
        "event": "list-response",
        "option": "menu",
        "message": "m1",
    }
    talk.post(f"/instances/{KEY}/rewind", {"point": "p1"})
    play = talk.post("/plays", {"instance": KEY, "yaml": reply.text}, status=201)
    assert (play["state"], play["next"], set(states(play))) == ("ready", 0, {"waiting"})
    play = talk.post(f"/plays/{play['id']}/run", {"wait": 60})
    assert (play["state"], play["next"], set(states(play))) == ("done", None, {"done"})
    assert all(turn["same"] for turn in play["turns"] if turn["who"] == "bot")
    assert saved(talk) == document


def test_message_that_cannot_be_shown_does_not_fail_its_step(
    bot: Bot, talk: ControlApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Json:
        raise RuntimeError("planted in a test")

    turns = [{"customer": {"text": "oi"}}, {"bot": {"text": "Bom dia! O que deseja?"}}]
    play = load(talk, turns)
    with monkeypatch.context() as patch:
        patch.setattr(contact_messages, "message_json", fail)
        play = talk.post(f"/plays/{play['id']}/run", {"wait": 60})
    assert (play["state"], set(states(play))) == ("done", {"done"})
    assert all(set(turn["message"]) == {"instance", "id"} for turn in play["turns"])
    assert bot.app is not None and all("planted" in bug for bug in bot.app.runtime.records.bugs)
    bot.app.runtime.records.bugs.clear()


EVENTS: list[Json] = [
    {"event": "text-plain", "text": "12:30"},
    {"event": "image", "text": "foto", "media": "data:image/png;base64,iVBORw0KGgo="},
    {"event": "video", "text": "filme"},
    {"event": "audio-voice-note"},
    {"event": "audio-file"},
    {"event": "sticker"},
    {"event": "video-note"},
    {"event": "document", "set": {"message.documentMessage.fileName": "pedido.pdf"}},
    {"event": "location", "set": {"message.locationMessage.degreesLatitude": -15.5}},
    {"event": "contact", "set": {"message.contactMessage.displayName": "Rui"}},
    {"event": "poll-creation"},
    {"event": "disappearing-setting"},
    {"event": "reaction", "set": {"message.reactionMessage.text": "👍"}},
    {"event": "text-quoted-reply", "text": "este"},
    {"event": "edited"},
    {"event": "deleted"},
    {"event": "pin-in-chat"},
]


def test_what_a_customer_can_do_is_saved_and_done_again(bot: Bot, talk: ControlApi) -> None:
    for body in EVENTS:
        does(talk, text="primeira")
        does(talk, **body)
    document = saved(talk)
    turns = [turn["customer"] for turn in document["turns"]]
    assert [turn["event"] for turn in turns[1::2]] == [body["event"] for body in EVENTS]
    assert turns[3]["media"] == "data:image/png;base64,iVBORw0KGgo="
    assert turns[15]["set"]["message.documentMessage.fileName"] == "pedido.pdf"
    messages = talk.walk("/messages?limit=1000")
    talk.post(f"/instances/{KEY}/rewind", {"point": "p1"})
    play = talk.post("/plays", {"instance": KEY, "conversation": document}, status=201)
    play = talk.post(f"/plays/{play['id']}/run", {"wait": 60})
    assert [turn["error"] for turn in play["turns"] if turn["error"]] == []
    assert set(states(play)) == {"done"}
    again = talk.walk("/messages?limit=1000")
    assert [each["type"] for each in again] == [each["type"] for each in messages]
    assert saved(talk) == document


def test_a_message_that_was_edited_is_saved_as_it_came(bot: Bot, talk: ControlApi) -> None:
    first = does(talk, text="pizzza")
    does(talk, event="edited", message=first["id"])
    (came, edited) = (turn["customer"] for turn in saved(talk)["turns"])
    assert (came["text"], came["as"]) == ("pizzza", "m1")
    assert (edited["text"], edited["message"]) == ("Texto corrigido", "m1")


def test_an_album_is_saved_once_with_its_pictures(bot: Bot, talk: ControlApi) -> None:
    does(talk, event="album", set={"message.albumMessage.expectedImageCount": 2})
    count = len(talk.items("/messages"))
    (turn,) = saved(talk)["turns"]
    assert turn["customer"]["set"]["message.albumMessage.expectedImageCount"] == 2
    play = load(talk, [turn])
    assert states(talk.post(f"/plays/{play['id']}/run")) == ["done"]
    assert len(talk.items("/messages")) == 2 * count > 2


def test_a_group_is_saved_with_who_wrote(bot: Bot, talk: ControlApi) -> None:
    does(talk, text="bom dia", group=GROUP)
    document = saved(talk, GROUP)
    assert document["with"] == GROUP
    assert document["turns"] == [
        {"customer": {"from": ANA, "event": "text-plain", "text": "bom dia"}}
    ]
    play = talk.post("/plays", {"instance": KEY, "conversation": document}, status=201)
    play = talk.post(f"/plays/{play['id']}/step")
    assert play["turns"][0]["message"]["chat"] == GROUP


def test_what_the_owner_types_is_a_turn_of_the_phone(bot: Bot, talk: ControlApi) -> None:
    does(talk, text="alguém?")
    own = {"event": "from-me-phone", "to": ANA, "set": {"message.conversation": "Já vou"}}
    talk.post(f"/instances/{KEY}/inbound", own, status=201)
    document = saved(talk)
    assert document["turns"][1] == {"phone": {"event": "text-plain", "text": "Já vou"}}
    play = talk.post("/plays", {"instance": KEY, "conversation": document}, status=201)
    play = talk.post(f"/plays/{play['id']}/run")
    assert set(states(play)) == {"done"}
    assert play["turns"][1]["message"]["from_me"] is True


def test_only_what_came_after_a_message_is_saved(bot: Bot, talk: ControlApi) -> None:
    first = does(talk, text="um")
    idle(bot)
    second = does(talk, text="quatro")
    idle(bot)
    turns = saved(talk, since=first["id"])["turns"]
    assert [turn["customer"]["text"] for turn in turns] == ["quatro"]
    assert saved(talk, since=second["id"])["turns"] == []
    talk.refusal("GET", f"/instances/{KEY}/conversation?chat={ANA}&since=gone", status=404)
    assert "chat" in talk.refusal("GET", f"/instances/{KEY}/conversation")


def offer(bot: Bot, title: str) -> str:
    """The bot sends a list whose row is called as those of every other list; its id."""
    rows = [{"title": f"{title} 1", "rowId": "1", "description": "d"}]
    data = {"to": ANA, **LIST, "text": title, "description": title}
    bot._send("listMessage", {**data, "sections": [{"title": "S", "rows": rows}]})
    assert bot.app is not None
    return str(ControlApi(bot.app).items("/messages?order=newest")[0]["id"])


@pytest.mark.parametrize("member", ["since", "from"])
def test_event_about_an_earlier_message_refers_to_it_when_played_again(
    bot: Bot, talk: ControlApi, member: str
) -> None:
    """Taps, quotes, edits, deletions, reactions: each means the older of two that would do."""
    bot.replies = {}
    first_list, _ = offer(bot, "Sabores"), offer(bot, "Bebidas")
    older, newer = does(talk, text="um"), does(talk, text="dois")
    acts: list[Json] = [
        {"event": "list-response", "option": "1", "message": first_list},
        {"event": "text-quoted-reply", "text": "este", "message": older["id"]},
        {"event": "reaction", "message": older["id"]},
        {"event": "edited", "text": "Um", "message": older["id"]},
        {"event": "deleted", "message": older["id"]},
    ]
    done = [does(talk, **act) for act in acts]
    named = {"since": newer, "from": done[0]}[member]
    document = saved(talk, **{member: named["id"]})
    assert [turn["customer"]["message"] for turn in document["turns"]] == [
        act["message"] for act in acts
    ]
    messages = talk.items("/messages?limit=1000")
    talk.post(f"/instances/{KEY}/rewind", {"before": done[0]["id"]})
    play = talk.post("/plays", {"instance": KEY, "conversation": document}, status=201)
    assert set(states(talk.post(f"/plays/{play['id']}/run"))) == {"done"}
    again = talk.items("/messages?limit=1000")
    kept = ("type", "deleted", "sender")
    assert [[each[name] for name in kept] for each in again] == [
        [each[name] for name in kept] for each in messages
    ]
    assert [again[place]["content"]["conversation"] for place in (2, 3)] == ["Um", "dois"]
    tap = again[4]["content"]["listResponseMessage"]
    assert (tap["title"], tap["contextInfo"]["stanzaId"]) == ("Sabores 1", first_list)


def test_turn_about_a_message_that_is_gone_is_refused(bot: Bot, talk: ControlApi) -> None:
    bot.replies = {}
    first, second = does(talk, text="um"), does(talk, text="dois")
    does(talk, event="reaction", message=first["id"])
    document = saved(talk, since=second["id"])
    talk.post(f"/instances/{KEY}/rewind", {"before": first["id"]})
    does(talk, text="outra")
    play = talk.post("/plays", {"instance": KEY, "conversation": document}, status=201)
    play = talk.post(f"/plays/{play['id']}/run")
    assert states(play) == ["refused"]
    assert f"{first['id']} is unknown" in play["turns"][0]["error"]


def test_what_came_from_a_message_on_is_saved_by_the_order_of_arrival(
    bot: Bot, talk: ControlApi
) -> None:
    """Neither a clock that stands nor one that goes back changes which messages those are."""
    texts = ["um", "dois", "tres", "quatro"]
    talk.post("/clock", {"freeze": True})
    ids = [does(talk, text=text)["id"] for text in texts[:2]]
    talk.post("/clock", {"set": 1_000_000_000})
    ids += [does(talk, text=text)["id"] for text in texts[2:]]
    for place, message_id in enumerate(ids):
        turns = saved(talk, **{"from": message_id})["turns"]
        assert [turn["customer"]["text"] for turn in turns] == texts[place:]
    talk.refusal("GET", f"/instances/{KEY}/conversation?chat={ANA}&from=gone", status=404)


def test_a_large_file_is_left_out(bot: Bot, talk: ControlApi) -> None:
    does(talk, event="document", media=b64encode(bytes(300_000)).decode())
    assert "media" not in saved(talk)["turns"][0]["customer"]


# -- playing -----------------------------------------------------------------------------------


def test_step_by_step_one_turn_of_the_customer_is_done(bot: Bot, talk: ControlApi) -> None:
    turns = [
        {"customer": "oi"},
        {"bot": "Bom dia! O que deseja?"},
        {"bot": {}},
        {"customer": "menu"},
    ]
    play = load(talk, turns)
    path = f"/plays/{play['id']}/step"
    play = talk.post(path, {"wait": 60})
    assert (states(play), play["next"]) == (["done", "done", "done", "waiting"], 3)
    assert [turn["same"] for turn in play["turns"]] == [None, True, True, None]
    play = talk.post(path)
    assert (play["state"], states(play)[3]) == ("done", "done")
    assert talk.post(path) == talk.get(f"/plays/{play['id']}") == play


def test_a_silent_bot_and_one_that_says_something_else_are_noticed(
    bot: Bot, talk: ControlApi
) -> None:
    turns = [{"customer": "oi"}, {"bot": "Boa noite"}, {"bot": {}}, {"bot": {}}]
    # On a machine that is busy the answers may come later than a short wait ends.
    for seconds in (0.3, 5, 60):
        play = talk.post(f"/plays/{load(talk, turns)['id']}/step", {"wait": seconds})
        idle(bot)
        if states(play)[:3] == ["done"] * 3:
            break
    assert states(play) == ["done", "done", "done", "missing"]
    assert [turn["same"] for turn in play["turns"]] == [None, False, True, None]
    assert play["turns"][1]["message"]["content"]["extendedTextMessage"]["text"].startswith("Bom")


def test_what_the_bot_sends_beyond_the_file_is_skipped(bot: Bot, talk: ControlApi) -> None:
    """Before and behind what the file has, and late for the turn that it belongs to."""
    olá, question, image = ({"text": text} for text in ("Olá", "O que deseja?", "Recebi"))
    bot.replies = {
        "oi": [("text", olá), ("text", question)],
        "imageMessage": [("text", question), ("text", image), ("text", question)],
    }
    turns: list[Json] = [
        {"customer": "oi"},
        {"bot": "Olá"},
        {"customer": {"event": "image"}},
        {"bot": "Recebi"},
    ]
    play = load(talk, turns)
    for _ in range(2):
        play = talk.post(f"/plays/{play['id']}/step", {"wait": 60})
    assert set(states(play)) == {"done"}
    assert [turn["same"] for turn in play["turns"]] == [None, True, None, True]


@pytest.mark.parametrize("pause", [True, False])
def test_answers_count_whenever_they_come_between_two_steps(
    bot: Bot, talk: ControlApi, pause: bool
) -> None:
    bot.replies = {
        word: [("text", {"text": f"{word}{number}"}) for number in range(2)]
        for word in ("manga", "uva")
    }
    said = ["manga0", "manga1", "uva0", "uva1"]
    turns: list[Json] = [
        {"customer": "manga"},
        {"customer": "uva"},
        *({"bot": text} for text in said),
    ]
    late: list[Json] = [
        {"customer": "manga"},
        {"bot": "manga0"},
        {"customer": "uva"},
        *({"bot": text} for text in said[1:]),
    ]
    for each in (turns, late):
        play = load(talk, each)
        for _ in range(2):
            play = talk.post(f"/plays/{play['id']}/step", {"wait": 60})
            if pause:
                idle(bot)
        assert set(states(play)) == {"done"}
        assert [turn["same"] for turn in play["turns"] if turn["who"] == "bot"] == [True] * 4
        idle(bot)


def test_bot_that_begins_is_heard_from_when_the_play_is_loaded(bot: Bot, talk: ControlApi) -> None:
    bot._send("text", {"to": ANA, "text": "antes"})
    play = load(talk, [{"bot": {}}, {"customer": "oi"}])
    bot._send("text", {"to": ANA, "text": "Promoção!"})
    play = talk.post(f"/plays/{play['id']}/step", {"wait": 60})
    assert states(play) == ["done", "waiting"]
    content = play["turns"][0]["message"]["content"]
    assert content["extendedTextMessage"]["text"] == "Promoção!"


def test_all_that_the_file_says_of_a_bots_turn_is_compared(
    bot: Bot, talk: ControlApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list without one of its rows, a quote of another message: the text is the same."""
    listed = {"type": "listMessage", "text": "Escolha", "options": ["menu", "pessoa"]}
    quoting = {"bot": {"text": "Certo", "message": "m1"}}
    turns = [{"customer": {"text": "oi", "as": "m1"}}, {"bot": {}}, {"bot": listed}, quoting]
    bot.replies["oi"].append(("text", {"text": "Certo"}))
    monkeypatch.setattr(plays, "QUIET", 0.2)
    play = talk.post(f"/plays/{load(talk, turns)['id']}/step", {"wait": 60})
    assert [turn["same"] for turn in play["turns"]] == [None, True, False, False]
    assert [turn["differs"] for turn in play["turns"]] == [[], [], ["options"], ["message"]]
    listed["options"] = ["menu"]
    play = talk.post(f"/plays/{load(talk, turns[:3])['id']}/step", {"wait": 60})
    assert [turn["same"] for turn in play["turns"]] == [None, True, True]
    idle(bot)


def test_who_acts_in_a_private_chat_is_whoever_plays(bot: Bot, talk: ControlApi) -> None:
    play = load(talk, [{"customer": {"text": "oi", "from": ANA}}], **{"with": RUI})
    play = talk.post(f"/plays/{play['id']}/run")
    assert play["turns"][0]["message"]["chat"] == f"{RUI}@s.whatsapp.net"
    conversation = {"conversation": 1, "with": ANA}
    body = {"instance": KEY, "conversation": conversation}
    conversation["turns"] = [{"customer": "oi"}, {"customer": {"text": "oi", "from": RUI}}]  # type: ignore[assignment]
    assert "turns: 1: '5511900000004' is not the person" in talk.refusal("POST", "/plays", body)


def test_only_a_group_plays_the_conversation_of_a_group(bot: Bot, talk: ControlApi) -> None:
    does(talk, text="bom dia", group=GROUP)
    body = {"instance": KEY, "conversation": saved(talk, GROUP), "with": RUI}
    assert f"{GROUP} is a group" in talk.refusal("POST", "/plays", body)
    assert talk.items("/plays") == []


def test_a_turn_that_cannot_be_done_ends_the_run(bot: Bot, talk: ControlApi) -> None:
    tap = {"customer": {"event": "list-response", "option": "nope"}}
    play = load(talk, [tap, {"bot": "?"}, {"customer": "tchau"}])
    play = talk.post(f"/plays/{play['id']}/run")
    assert states(play) == ["refused", "waiting", "waiting"]
    assert "must have been sent" in play["turns"][0]["error"] and play["next"] == 2
    assert states(talk.post(f"/plays/{play['id']}/run")) == ["refused", "waiting", "done"]


def test_another_customer_plays_it(bot: Bot, talk: ControlApi) -> None:
    play = load(talk, [{"customer": "oi"}, {"bot": {}}, {"bot": {}}], **{"with": RUI})
    play = talk.post(f"/plays/{play['id']}/run", {"wait": 60})
    assert play["chat"] == f"{RUI}@s.whatsapp.net" and set(states(play)) == {"done"}


def test_a_wait_ends_as_soon_as_the_bot_has_answered(bot: Bot, talk: ControlApi) -> None:
    """The answer comes from elsewhere, while the step waits."""
    assert bot.app is not None
    app, played = bot.app, []
    play = load(talk, [{"customer": "?"}, {"bot": "Pronto"}])

    def step() -> None:
        played.append(ControlApi(app).post(f"/plays/{play['id']}/step", {"wait": 60}))

    thread = threading.Thread(target=step)
    thread.start()
    while not app.runtime.records.journal.waiting:
        assert thread.is_alive()
    said = talk.refusal("POST", f"/plays/{play['id']}/step", status=409)
    assert "already being played" in said
    bot._send("text", {"to": RUI, "text": "outro"})
    bot._send("text", {"to": ANA, "text": "Pronto"})
    thread.join(60)
    assert states(played[0]) == ["done", "done"]


def test_the_example_of_the_documents_is_played(bot: Bot, talk: ControlApi) -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    rows = [
        {"title": "Menu", "rowId": "menu", "description": "d"},
        {"title": "Pessoa", "rowId": "pessoa", "description": "d"},
    ]
    bot.replies["oi"][1][1]["sections"] = [{"title": "S", "rows": rows}]
    play = talk.post("/plays", {"instance": KEY, "yaml": block}, status=201)
    play = talk.post(f"/plays/{play['id']}/run", {"wait": 60})
    assert set(states(play)) == {"done"}
    assert [turn["same"] for turn in play["turns"] if turn["who"] == "bot"] == [True] * 3
    assert play["title"] == "A greeting and a choice"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "either `conversation` or `yaml`"),
        ({"yaml": "a: b: c"}, "line 1"),
        ({"yaml": "conversation: 2\nwith: x\nturns: []"}, "conversation.conversation"),
        ({"yaml": "conversation: 1\nturns: []"}, "with"),
        ({"yaml": f"conversation: 1\nwith: {ANA}\nturns: [{{robot: oi}}]"}, "robot"),
        (
            {"yaml": f"conversation: 1\nwith: {ANA}\nturns: [{{customer: {{txt: oi}}}}]"},
            "conversation.turns[0].customer.txt: no such field; there are as, from, event, text",
        ),
        (
            {"yaml": f"conversation: 1\nwith: {ANA}\nturns: [{{bot: [oi]}}]"},
            "conversation.turns[0].bot: must be a string",
        ),
        ({"yaml": f"conversation: 1\nwith: '{ANA}'\nturns: []"}, "turns: the list is empty"),
        ({"yaml": "conversation: 1\nwith: '5511900000099'\nturns: []"}, "no WhatsApp account"),
        (
            {"yaml": "conversation: 1\nwith: status@broadcast\nturns: []"},
            "neither a person nor a group",
        ),
        (
            {
                "yaml": f"conversation: 1\nwith: {ANA}\nturns: "
                "[{customer: {as: a}}, {bot: {as: a}}]"
            },
            "already called 'a'",
        ),
    ],
)
def test_what_is_no_conversation_is_refused(talk: ControlApi, body: Json, words: str) -> None:
    assert words in talk.refusal("POST", "/plays", {"instance": KEY, **body})


def test_plays_are_listed_and_forgotten(talk: ControlApi) -> None:
    first, second = (load(talk, [{"customer": "oi"}]) for _ in range(2))
    assert [play["id"] for play in talk.walk("/plays?limit=1")] == [first["id"], second["id"]]
    talk.delete(f"/plays/{first['id']}")
    talk.refusal("GET", f"/plays/{first['id']}", status=404)
    talk.refusal("POST", "/plays/x/step", status=404)
    assert [play["id"] for play in talk.items("/plays")] == [second["id"]]
    body = {
        "instance": "x",
        "conversation": {"conversation": 1, "with": ANA, "turns": [{"customer": "oi"}]},
    }
    talk.refusal("POST", "/plays", body, status=404)
    assert UNLINKED in [each["key"] for each in talk.items("/instances")]
