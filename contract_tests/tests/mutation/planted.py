"""Reports with private values planted in random places and spellings."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from urllib.parse import quote, quote_plus

from hypothesis import strategies as st
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.results import (
    Breach,
    Exchange,
    OperationCoverage,
    Promise,
    Report,
    Result,
    Webhook,
)
from megaapi_contract.redaction.placeholders import Placeholders, Private
from megaapi_contract.redaction.sentences import Sentences
from megaapi_contract.redaction.vocabulary import Vocabulary
from megaapi_mock.spec.plans import EVERY_PLAN

KEY, TOKEN, CONTROL = "megacode-TESTKEY7Q4Z", "TESTKEY7Q4ZTOKEN", "TESTKEYCONTROL9"
OWN, RECIPIENT = "5511900000901", "5511900000902"
PRIVATE = Private(key=KEY, token=TOKEN, control_token=CONTROL, own=OWN, recipients=(RECIPIENT,))
PROMISE = Promise("observed", "paths/send_message/send_text.yaml", ("business-docs",))
GUESS = Promise("inferred", "paths/group/group_details.yaml")
LETTERS = "bcdfghjklmnpqrstvwxzBCDFGHJKLMNPQRSTVWXZãçéíóúñßЖдлω中文字名"


def spellings(number: str) -> list[str]:
    """A number as people and programs write it."""
    land, area, first, last = number[:2], number[2:4], number[4:9], number[9:]
    return [
        number, f"+{number}", f"+{land} ({area}) {first}-{last}", f"{land} {area} {first} {last}",
        f"{land}-{area}-{first}-{last}", f"{number}@s.whatsapp.net", f"{number}:12@s.whatsapp.net",
        f"{land}.{area}.{first}.{last}", f"wa.me/{number}", f"{number}-1600000000@g.us",
    ]  # fmt: skip


def names() -> st.SearchStrategy[str]:
    """Two words nobody has written before: Hypothesis likes those that stand in our own source."""
    word = st.text(LETTERS, min_size=5, max_size=9).filter(
        lambda candidate: not _is_written_anywhere(candidate)
    )
    return st.builds(lambda one, two: f"{one} {two}", word, word)


@cache
def _public() -> Sentences:
    contract = Contract(plan=EVERY_PLAN)
    return Sentences(Vocabulary(contract), Placeholders(PRIVATE))


def _is_written_anywhere(word: str) -> bool:
    return _public().is_public_word(word)


def texts() -> st.SearchStrategy[str]:
    """What people write: any letters, quotes, line breaks, signs."""
    mark = st.sampled_from(["", "!", ' "ok"', "\n", " 🎂", "\\", "'s", " <b>", " & ", "%41", "/"])
    return st.builds(lambda one, sign, two: f"{one}{sign}{two}", names(), mark, names())


def media_keys() -> st.SearchStrategy[str]:
    """32 bytes as the gateway writes them."""
    return st.binary(min_size=32, max_size=32).map(lambda key: base64.b64encode(key).decode())


def numbers() -> st.SearchStrategy[str]:
    """Numbers that are not listed, and the listed ones."""
    some = st.integers(100, 899).map(lambda last: f"5511900000{last}")
    return some | st.sampled_from([OWN, RECIPIENT])


def secrets() -> st.SearchStrategy[str]:
    """One private value."""
    mail = st.text("bcdfghjklm", min_size=6, max_size=9).map(lambda user: f"{user}@example.test")
    spelt = numbers().flatmap(lambda number: st.sampled_from(spellings(number)))
    known_secret = st.sampled_from([KEY, TOKEN, CONTROL])
    return st.one_of(known_secret, spelt, names(), texts(), media_keys(), mail)


def encoded() -> st.SearchStrategy[tuple[str, str]]:
    """A private value, and how it stands somewhere."""
    ways = [
        str, quote, lambda v: quote(quote(v)), quote_plus, html.escape, json.dumps,
        lambda v: base64.b64encode(v.encode()).decode(),
        lambda v: base64.urlsafe_b64encode(v.encode()).decode(),
        lambda v: json.dumps({"messageData": {"text": v}}),
        lambda v: "".join(f"%{byte:02X}" for byte in v.encode()),
        lambda v: "".join(f"\\u{ord(c):04x}" for c in v),
        lambda v: "".join(f"&#{ord(c)};" for c in v),
    ]  # fmt: skip
    return st.tuples(secrets(), st.sampled_from(ways)).map(lambda both: (both[0], both[1](both[0])))


MEMBERS = ["to", "text", "pushName", "mediaKey", "subject", "id", "message", "name", "caption",
           "remoteJid", "unheardOf", "url", "base64", "conversation", "participants"]  # fmt: skip


def documents(value: str) -> st.SearchStrategy[Any]:
    """The value as a leaf or a member's name, at any depth."""
    leaf: st.SearchStrategy[Any] = st.just(value)
    if value.isascii() and value.isdigit():
        leaf |= st.just(int(value))
    wrapped_documents = [
        lambda node: st.sampled_from(MEMBERS).map(lambda name: {name: node, "error": False}),
        lambda node: st.just([1, node, None]),
        lambda node: st.just({value: node}),
    ]
    document = leaf
    for _ in range(3):
        document = document.flatmap(
            lambda node: st.sampled_from(wrapped_documents).flatmap(lambda w: w(node))
        )
    return leaf | document


def sentences(value: str) -> st.SearchStrategy[str]:
    """The value as messages quote it."""
    return st.sampled_from(
        [
            f'200: messageData/key/id: "{value}" is not of type "integer"',
            f"the group is called {value}, not as it was named",
            f'{{"to": {json.dumps(value)}}} is not valid under any of the schemas',
            f"Additional properties are not allowed ('{value}' was unexpected)",
            f"{'x ' * 60}{value}"[:200] + value[:4],
            value,
        ]
    )


@dataclass(frozen=True)
class Planting:
    """A report and what must not be found in anything made of it."""

    report: Report
    values: tuple[str, ...]


def _json(document: Any) -> bytes:
    return json.dumps(document).encode()


@st.composite
def plantings(draw: st.DrawFn) -> Planting:
    """A report with one value per place."""
    values: list[str] = []

    def plant() -> str:
        value, encoded_value = draw(encoded())
        values.append(value)
        return encoded_value

    def body() -> bytes:
        kind = draw(st.sampled_from(["json", "text", "broken", "html", "form"]))
        encoded_body = plant()
        if kind == "json":
            return _json(draw(documents(encoded_body)))
        return {
            "text": encoded_body,
            "broken": '{"messageData": {"text": "' + encoded_body,
            "html": f"<html><p>{encoded_body}</p></html>",
            "form": f"to={encoded_body}",
        }[kind].encode()

    def headers() -> tuple[tuple[str, str], ...]:
        name = draw(
            st.sampled_from(["Authorization", "Cookie", "Content-Type", "X-Mock-Token", "Host",
                             "X-Mock-Reason", "X-Unheard", "Location", "User-Agent"])
        )  # fmt: skip
        return (
            ("Content-Type", "application/json"),
            (name, plant()),
            (f"X-{plant()}", "1"),
            ("Authorization", f"Bearer {plant()}"),
        )

    def url() -> str:
        where = "https://host.example.test"
        return draw(
            st.sampled_from(
                [
                    f"{where}/rest/group/{KEY}/group?jid={quote(plant())}",
                    f"{where}/rest/group/{quote(plant(), safe='')}/group?jid=1&{quote(plant())}=1",
                    f"{where}/rest/{quote(plant(), safe='')}#{quote(plant())}",
                    f"{where}/rest/instance/{KEY}?a={plant()}",
                ]
            )
        )

    def exchange(number: int) -> Exchange:
        return Exchange(
            number, "send_text", "POST", url(), headers(), body(), 200, headers(), body(), 1.0, 0.1
        )  # fmt: skip

    exchanges = [exchange(1), exchange(2)]
    hook = Webhook(1, body(), headers(), 2.0, "text-plain")
    broken_json = (
        Breach("examples of send_text", "schema", "send_text", draw(sentences(plant())), PROMISE,
               exchanges[0], rule=draw(sentences(plant()))),
        Breach("the group is left", "law", "group_details", draw(sentences(plant())), GUESS,
               exchange(3)),
        Breach("webhooks fit", "webhook", "text-plain", draw(sentences(plant())), PROMISE,
               None, hook),
        Breach("examples of send_text", "check", plant(), "API rejected", PROMISE),
    )  # fmt: skip
    report = Report(
        "https://host.example.test", True, 7, 1767225600.0, False,
        options={"recipient": f"{RECIPIENT}, {plant()}", "token": TOKEN, "report": plant()},
        results=[
            Result("examples of send_text", "examples", ("send_text",), "failed", 1.0, 2, 0, "",
                   broken_json),
            Result("webhooks", "webhooks", ("send_text",), "left out",
                   reason=draw(sentences(plant()))),
        ],
        coverage={"send_text": OperationCoverage("send_text", why_not=draw(sentences(plant())))},
        exchanges=exchanges,
        webhooks=[hook],
        unusable=draw(sentences(plant())),
    )  # fmt: skip
    return Planting(report, tuple(values))


def forms(value: str) -> Iterator[str]:
    """How a value would be recognised by whoever looks for it."""
    for form in (value, value.strip(), value.replace('"', "'")):
        yield from (form, quote(form), quote_plus(form), html.escape(form))
        yield from (json.dumps(form)[1:-1], json.dumps(form, ensure_ascii=False)[1:-1])
        yield base64.b64encode(form.encode()).decode().rstrip("=")
        # Whatever it is glued to, its middle third looks the same in base64.
        for shift in (1, 2):
            coded = base64.b64encode(b" " * shift + form.encode()).decode()
            yield coded[4:-4]
        yield "".join(f"%{byte:02X}" for byte in form.encode())


@lru_cache(maxsize=4096)
def _looked_for(value: str) -> frozenset[str]:
    return frozenset(form.lower() for form in forms(value) if len(form) >= 6)


def found_in(text: str, values: tuple[str, ...]) -> list[tuple[str, str]]:
    """Which values a text shows, and how."""
    low = text.lower()
    return [(value, form) for value in values for form in _looked_for(value) if form in low]
