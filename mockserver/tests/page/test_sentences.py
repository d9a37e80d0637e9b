"""What the server says in English is said in Portuguese on the page, as far as its table goes.

Every sentence here is the server's own, provoked, or taken from its sources: one that is new or
reworded without the table, or a line of the table that nothing says any more, fails.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from megaapi_mock.settings import Settings
from megaapi_mock.testing import Instance, MockServer
from megaapi_mock.web.control import instance_routes

from . import source_sentences
from .control import KEY, ask
from .gateway import send
from .screen import Screen, expect
from .webhook_sentences import webhook_sentences

UNLINKED = "megacode-TESTKEY0002"
PERSON = "5511900000002"
IN_PORTUGUESE = """async sentences => {
    const { translate } = await import("/_mock/ui/core/sentences.js");
    return sentences.map(sentence => {
        const used = [];
        return [translate(sentence, rule => used.push(rule)), used];
    });
}"""
TABLE = """async () => {
    const names = ["calls", "sentences", "webhooks", "faults", "fields"];
    const tables = names.map(name => import(`/_mock/ui/texts/pt_${name}.js`));
    return (await Promise.all(tables)).flatMap(table => table.default);
}"""

# What the form of every event says below its fields.
FIELDS = """async () => {
    const { meaningOf } = await import("/_mock/ui/levers/emit_panel.js");
    const { leavesOf } = await import("/_mock/ui/levers/values.js");
    const read = async path => (await fetch(`/_mock/events${path}`)).json();
    const events = await Promise.all((await read("")).items.map(({ name }) => read(`/${name}`)));
    return events.flatMap(({ sample, schema }) => leavesOf(sample)
        .map(({ path }) => meaningOf(schema, path)).filter(Boolean));
}"""

# Words that no sentence in Portuguese has.
ENGLISH = re.compile(r"\b(?:the|must|is|not|there|whole|expected|cannot)\b")
# Only a server that other machines reach says so: test_connection.py has one.
DISABLED = (
    "the control API is disabled on 0.0.0.0: start with --control-token and send it as X-Mock-Token"
)
AUTH = {"Authorization": "Bearer TESTKEY0001"}
TEXT = f"/rest/sendMessage/{KEY}/text"
MESSAGE = {"messageData": {"to": PERSON, "text": "x"}}
ROWS = [{"title": "A", "rows": [{"title": "B", "rowId": "b"}]}]
OFFER = {"title": "Loja", "text": "O que deseja?", "listType": 0, "description": "Toque"}
LIST = {"messageData": {"to": PERSON, **OFFER, "buttonText": "Abrir", "sections": ROWS}}
PICTURE = {"type": "image", "mimeType": "image/png", "fileName": "a.png"}
WRONG_PICTURE = {"to": PERSON, "base64": "bm9wZQ==", **PICTURE}


def to(number: str) -> dict[str, Any]:
    """A text to that number."""
    return {"messageData": {"to": number, "text": "x"}}


# Calls of the bot: path, body, headers beside the right ones.
CALLS: list[tuple[str, Any, dict[str, str]]] = [
    (TEXT, {"to": PERSON}, {}),
    (TEXT, {"messageData": {"to": 5, "text": "x"}}, {}),
    (TEXT, to(""), {}),
    (TEXT, "", {}),
    (TEXT, "{", {}),
    (TEXT, "x", {"Content-Type": "text/plain"}),
    (TEXT, MESSAGE, {"Authorization": "Bearer wrong"}),
    (TEXT, MESSAGE, {"Authorization": "Basic x"}),
    (TEXT, MESSAGE, {"Authorization": ""}),
    (TEXT, to("11900000002"), {}),
    (TEXT, to("119"), {}),
    (TEXT, to("100000000000002"), {}),
    (TEXT, to("123456789012345"), {}),
    (TEXT, to("abc"), {}),
    (TEXT, {"messageData": {"to": PERSON, "text": " "}}, {}),
    (TEXT, to("+5511900000002"), {}),
    (TEXT, to("11-900000002"), {}),
    (TEXT, to("120363000000000099@g.us"), {}),
    (TEXT, to("status@broadcast"), {}),
    (f"/rest/instance/isOnWhatsApp/{KEY}?jid=11-900000002", None, {}),
    (TEXT.replace(KEY, "megacode-NOBODY"), MESSAGE, {}),
    (TEXT.replace(KEY, UNLINKED), MESSAGE, {"Authorization": "Bearer TESTKEY0002"}),
    (TEXT.replace("text", "texto"), MESSAGE, {}),
    (TEXT, None, {}),
    (f"/rest/instance/{KEY}", None, {}),
    (f"/rest/group/{KEY}/leaveGroup", {}, {}),
    (f"/rest/sendMessage/{KEY}/mediaUrl", {"messageData": {**WRONG_PICTURE, "url": "x"}}, {}),
    (f"/rest/sendMessage/{KEY}/mediaBase64", {"messageData": WRONG_PICTURE}, {}),
    (TEXT, MESSAGE, {"X-Mock-Fault": "token-revoked"}),
]
TALK = f"conversation: 1\nwith: '{PERSON}'\nturns:\n- customer: oi\n"
# Files that are not conversations.
FORM = f"conversation: 1\nwith: '{PERSON}'\nturns:"
FILES = [
    *("a: [b", "- a\nb: c", "a: b: c", "\tx: 1", "a: 'b", "a: *x", 'a: "\\q"', "a: 1\n---\nb: 1"),
    *("a: 1\na: 2", "conversation: 1\na: &x [1]\nturns: *x", "a: 1", "conversation: 1\nturns: []"),
    *(f"{FORM}\n- customer: oi\n  bot: oi\n", f"{FORM} []\n"),
    *(f"{FORM}\n- cliente: oi\n", f"{FORM}\n- oi\n", f"{FORM}\n", f"{FORM}\n- {{}}\n"),
    *(f"{FORM}\n- customer: {{txt: oi}}\n", f"{FORM}\n- customer: {{from: '5511900000004'}}\n"),
    f"{FORM}\n- customer: {{as: x}}\n- bot: {{as: x}}\n",
    TALK.replace(PERSON, "120363000000000001@g.us"),
]
# One file above the limit of files, and with a second one above that of requests.
LARGE = "data:text/plain;base64," + "AAAA" * (6 * 1024 * 1024)
INBOUND = f"instances/{KEY}/inbound"
CONTACT = f"instances/{KEY}/contacts/{PERSON}"
# What a user of the page asks of the control API: method, path, body; the state changes on the way.
REQUESTS: list[tuple[str, str, Any]] = [
    ("POST", f"instances/{KEY}/emit", {"event": "connected"}),
    ("POST", f"instances/{UNLINKED}/inbound", {"from": PERSON, "text": "x"}),
    ("POST", f"instances/{UNLINKED}/unlink", {"by": "phone"}),
    ("POST", f"instances/{UNLINKED}/link", {"code": "AAAA0000"}),
    ("POST", f"instances/{UNLINKED}/pairing-code", {"number": "abc"}),
    ("POST", f"instances/{UNLINKED}/pairing-code", {"number": "5511900000003"}),
    ("POST", f"instances/{UNLINKED}/link", {"code": "AAAA0000"}),
    ("POST", "faults", {"fault": "qr-never-scanned", "times": 1}),
    ("POST", f"instances/{UNLINKED}/link", {}),
    ("POST", "faults", {"fault": "bad-gateway", "times": 1}),
    ("REST", TEXT, MESSAGE),
    ("POST", f"instances/{KEY}/link", {}),
    ("POST", f"instances/{KEY}/qr", {}),
    ("POST", "instances", {"key": KEY}),
    ("POST", "instances", {"number": "5511900000001", "name": "Outra"}),
    ("POST", f"instances/{KEY}/groups", {"subject": "x", "participants": ["119"]}),
    ("POST", f"instances/{KEY}/groups", {"subject": "x", "participants": ["5511900000098"]}),
    ("POST", INBOUND, {"from": "5511900000001", "text": "x"}),
    ("POST", INBOUND, {"from": PERSON, "event": "list-response"}),
    ("POST", INBOUND, {"from": PERSON, "event": "edited", "message": "NOPE", "text": "x"}),
    ("POST", INBOUND, {"from": PERSON, "event": "nope"}),
    ("POST", INBOUND, {"from": PERSON, "text": "x", "group": "123@g.us"}),
    ("POST", INBOUND, {"from": PERSON, "event": "image", "media": "/tmp/x.png"}),
    ("POST", INBOUND, {"from": PERSON, "event": "image", "media": "data:image/png,x"}),
    ("POST", INBOUND, {"from": PERSON, "event": "document", "media": LARGE}),
    ("POST", INBOUND, {"from": PERSON, "event": "document", "media": 2 * LARGE}),
    ("POST", CONTACT, {"state": "phone_off"}),
    ("POST", INBOUND, {"from": PERSON, "text": "x"}),
    ("POST", CONTACT, {"state": "blocked"}),
    ("POST", INBOUND, {"from": PERSON, "text": "x"}),
    ("POST", CONTACT, {"state": "unregistered"}),
    ("POST", INBOUND, {"from": PERSON, "text": "x"}),
    ("REST", TEXT, MESSAGE),
    ("POST", CONTACT, {"state": "reachable"}),
    ("REST", f"/rest/sendMessage/{KEY}/listMessage", LIST),
    ("POST", INBOUND, {"from": PERSON, "event": "list-response", "option": "zzz"}),
    ("POST", CONTACT, {"shows_buttons": False}),
    ("POST", INBOUND, {"from": PERSON, "event": "list-response", "option": "b"}),
    ("POST", "faults", {"fault": "nope"}),
    ("POST", "faults", {"fault": "media-expired", "operation": "send_text"}),
    ("POST", "faults", {"fault": "bad-gateway", "percent": 200}),
    ("POST", "faults", {"fault": "bad-gateway", "params": {"x": 1}}),
    ("POST", "faults", {"fault": "bad-gateway", "secnds": 1}),
    ("DELETE", "faults/f99", None),
    ("POST", f"instances/{KEY}/chaos", {}),
    ("POST", f"instances/{KEY}/chaos", {"duplicate": 0}),
    ("POST", f"instances/{KEY}/chaos", {"delay": [5, 1]}),
    ("POST", "clock", {"advance": -1}),
    ("POST", "deliveries/d99/resend", {}),
    ("GET", "exchanges/e99", None),
    ("POST", "plays/nope/step", {}),
    ("POST", "plays", {"instance": KEY, "yaml": "nope"}),
    *(("POST", "plays", {"instance": KEY, "yaml": file}) for file in FILES),
    ("POST", "plays", {"instance": KEY, "yaml": TALK, "with": "status@broadcast"}),
    ("POST", "plays", {"instance": KEY, "yaml": FILES[-1], "with": PERSON}),
    ("GET", f"instances/{KEY}/conversation?chat={PERSON}&from=nope", None),
    ("POST", f"instances/{KEY}/rewind", {"point": "nope"}),
    ("POST", f"instances/{KEY}/rewind", {"before": "nope"}),
    ("GET", f"instances/{KEY}/media?path=nope", None),
    ("PUT", "state", "nope"),
    ("PUT", "state", {"format": "nope"}),
]
# What becomes of a message on its way, by whom it is for.
HALTS = {PERSON: "phone_off", "5511900000006": "blocked", "5511900000007": "unregistered"}


def refused_calls(url: str) -> Iterator[str | None]:
    """Why calls of the bot are refused, or go no further."""
    for path, body, headers in CALLS:
        method = "DELETE" if "leaveGroup" in path else "GET" if body is None else "POST"
        yield ask(url + path, method, body, {"Authorization": "Bearer TESTKEY0001", **headers})[0]


def refused_requests(url: str) -> Iterator[str | None]:
    """Why what a user of the page asks for is refused."""
    for method, path, body in REQUESTS:
        if method == "REST":
            yield ask(url + path, "POST", body, {"Authorization": "Bearer TESTKEY0001"})[0]
        else:
            said, answer = ask(f"{url}/_mock/{path}", method, body, {})
            yield said or (answer or {}).get("reason")


def refused_about_messages(url: str) -> Iterator[str | None]:
    """Why something cannot be done with that message, or not there."""
    inbound = f"{url}/_mock/{INBOUND}"

    def act(event: str, about: str | None = None, **more: Any) -> tuple[str | None, Any]:
        body = {"from": PERSON, "event": event, **({"message": about} if about else {}), **more}
        return ask(inbound, "POST", body)

    own = [act("text-plain")[1]["id"] for _ in range(2)]
    act("deleted", own[0])
    yield act("text-quoted-reply", own[0])[0]
    yield act("text-forwarded", act("image")[1]["id"])[0]
    sent = ask(url + TEXT, "POST", MESSAGE, AUTH)[1]["messageData"]["key"]["id"]
    yield act("edited", sent, text="x")[0]
    yield act("deleted", sent)[0]
    ask(f"{url}/_mock/{CONTACT}", "POST", {"state": "blocked"})
    lost = ask(url + TEXT, "POST", MESSAGE, AUTH)[1]["messageData"]["key"]["id"]
    ask(f"{url}/_mock/{CONTACT}", "POST", {"state": "reachable"})
    yield act("reaction", lost)[0]


def refused_for_the_moment(url: str) -> Iterator[str | None]:
    """What a restart of the connection, or a state from elsewhere, has against it."""
    fault = ask(f"{url}/_mock/faults", "POST", {"fault": "slow-start", "seconds": 60})[1]
    ask(f"{url}/rest/instance/{KEY}/restart", "DELETE", {}, AUTH)
    body = {"from": PERSON, "event": "presence", "option": "composing"}
    yield ask(f"{url}/_mock/{INBOUND}", "POST", body)[0]
    ask(f"{url}/_mock/faults/{fault['id']}", "DELETE", None)
    ask(f"{url}/_mock/instances/{KEY}/link", "POST", {})
    with MockServer(settings=Settings(seed=7)) as other:
        state = ask(f"{other.url}/_mock/state?instance={KEY}", "GET", None)[1]
    loaded = ask(f"{url}/_mock/state?instance={KEY}", "PUT", state)[1]
    yield from loaded["differences"]
    # Only a world of one's own has an instance without a number.
    assert "has no number yet: give" in inspect.getsource(instance_routes)
    yield f'{UNLINKED} has no number yet: give {{"number": "5511..."}}'


def halted_messages(url: str) -> Iterator[str]:
    """Why messages went no further than they did."""
    instance = f"{url}/_mock/instances/{KEY}"
    for number, state in HALTS.items():
        contact = f"{instance}/contacts/{number}"
        ask(contact, "POST", {"state": "phone_off"}, {})
        ask(url + TEXT, "POST", to(number), {"Authorization": "Bearer TESTKEY0001"})
        ask(contact, "POST", {"state": state}, {})
    yield from message_reasons(url)
    ask(f"{instance}/unlink", "POST", {"by": "phone"}, {})
    yield from message_reasons(url)


def message_reasons(url: str) -> list[str]:
    """What the list of messages says of those that stopped."""
    messages = ask(f"{url}/_mock/messages", "GET", None, {})[1]["items"]
    return [message["reason"] for message in messages if message["reason"]]


def faults(url: str) -> Iterator[str]:
    """What faults and their parameters do, and which values they take."""
    kinds = ask(f"{url}/_mock/faults/kinds", "GET", None, {})[1]
    for kind in kinds["items"]:
        yield kind["line"]
    for parameter in (
        *(one for kind in kinds["items"] for one in kind["parameters"]),
        *kinds["scope"],
    ):
        yield parameter["help"]
        yield parameter["accepts"]


def test_what_the_server_says_is_said_in_portuguese(open_screen: Any, mock: MockServer) -> None:
    screen: Screen = open_screen(locale="pt-BR")
    given = [*refused_about_messages(mock.url), *refused_for_the_moment(mock.url)]
    given += [*refused_calls(mock.url), *refused_requests(mock.url), *webhook_sentences(mock.url)]
    given += [*halted_messages(mock.url), *faults(mock.url), *screen.page.evaluate(FIELDS)]
    from_sources = source_sentences.sentences()
    given += from_sources
    given += ["X-Mock-Token is missing or differs from --control-token", DISABLED]
    sentences = list(dict.fromkeys(sentence for sentence in given if sentence))
    answers = screen.page.evaluate(IN_PORTUGUESE, sentences)
    english = [
        one for one, (portuguese, _) in zip(sentences, answers, strict=True) if not portuguese
    ]
    assert english == []
    # What is provoked has words of Python and of the system in it.
    in_portuguese = dict(zip(sentences, (portuguese for portuguese, _ in answers), strict=True))
    halves = [in_portuguese[one] for one in from_sources if ENGLISH.search(in_portuguese[one])]
    assert halves == [], "\n".join(halves)
    used = {rule for _, rules in answers for rule in rules}
    unused = [rule for rule, _ in screen.page.evaluate(TABLE) if rule not in used]
    assert unused == [], "\n".join(unused)


def test_table_keeps_every_value(open_screen: Any, mock: MockServer) -> None:
    for english, portuguese in open_screen().page.evaluate(TABLE):
        holes = set(re.findall(r"\{(\w+)\+?\}", english))
        assert holes == set(re.findall(r"\{(\w+)\+?\}", portuguese)), english


@pytest.mark.parametrize(
    ("locale", "words"),
    [("pt-BR", "está sem o código do país"), ("en-US", "has no country code")],
)
def test_reason_of_a_refused_call_is_in_the_language_of_the_page(
    open_screen: Any, shop: Instance, locale: str, words: str
) -> None:
    send(shop, "text", {"text": "x"}, to="11900000002")
    screen: Screen = open_screen("inspector", locale=locale)
    expect(screen.page.locator(".record-refused")).to_contain_text(words)
    screen.page.locator(".record-refused").click()
    expect(screen.page.locator(".inspector-detail .reason")).to_contain_text(words)


def test_sentence_without_a_translation_is_shown_as_it_is(
    open_screen: Any, mock: MockServer
) -> None:
    screen: Screen = open_screen(locale="pt-BR")
    sentence = "no such sentence; nor this one: it is new"
    assert (
        screen.page.evaluate(
            'async text => (await import("/_mock/ui/core/sentences.js")).inWords(text)', sentence
        )
        == sentence
    )


def test_server_that_is_gone_is_said_so(open_screen: Any, mock: MockServer) -> None:
    screen: Screen = open_screen("levers", locale="pt-BR")
    screen.page.context.set_offline(True)
    screen.page.get_by_role("button", name="+1 h").click()
    expect(screen.page.locator(".outcome.bad").first).to_contain_text("O mock não responde")


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (FILES[0], "yaml: linha 1: esperava ',' or ']', mas veio '<stream end>'"),
        (FILES[14], "turns[0].cliente: esse campo não existe; existem customer, phone, bot"),
        (FILES[20], "turns: 1: outra fala já se chama 'x'"),
    ],
)
def test_file_that_is_no_conversation_is_refused_in_portuguese(
    open_screen: Any, mock: MockServer, file: str, words: str
) -> None:
    screen: Screen = open_screen("replay", locale="pt-BR")
    screen.page.locator(".toolbar select").wait_for()
    with screen.page.expect_file_chooser() as chooser:
        screen.page.get_by_role("button", name="Abrir um arquivo…").click()
    content = {"name": "a.yaml", "mimeType": "text/yaml", "buffer": file.encode()}
    chooser.value.set_files([content])
    expect(screen.page.locator(".outcome.bad").first).to_contain_text(words)
