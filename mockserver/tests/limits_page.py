"""docs/limits.md, made of the settings and of what is fixed in the code.

.venv/bin/python mockserver/tests/limits_page.py     writes the page again
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import Field, dataclass, fields
from pathlib import Path
from typing import Any

from megaapi_mock.domain.chat_marks import MARKS_MOST
from megaapi_mock.domain.contact_states import PEOPLE_MOST
from megaapi_mock.domain.settings import TEXT_MOST
from megaapi_mock.faults.active import ARMED_MOST
from megaapi_mock.profile import default_profile
from megaapi_mock.records.feed import ENTRIES_MOST
from megaapi_mock.serving.bodies import HEADERS_WITHIN, Limits
from megaapi_mock.serving.deferred import DEFERRED_BYTES, DEFERRED_MOST
from megaapi_mock.serving.waitress_server import CONNECTIONS_MOST
from megaapi_mock.settings import PREFIX, Settings
from megaapi_mock.simulation.plays import PLAYS_MOST
from megaapi_mock.web.control.places import PLACES
from megaapi_mock.web.gateway.fetcher import TIMEOUT
from megaapi_mock.web.gateway.multipart import PARTS_MOST
from megaapi_mock.web.gateway.request import BODY_LIMIT
from megaapi_mock.webhooks.http.connection import ANSWER_LIMIT
from megaapi_mock.webhooks.http.redirects import REDIRECTS_MOST

PAGE = Path(__file__).parents[2] / "docs" / "limits.md"
MIB, KIB = 2**20, 2**10
HEAD = f"""# Limits

Everything that can grow from outside has a limit. This page is written by `make generated`.
Each option is also a variable in the environment: `{PREFIX}MESSAGES_LIMIT` for
`--messages-limit`. How much is held at the moment, beside its limit, is in `/_mock/metrics`
([operations.md](operations.md)).

| limit | default | unit | option | beyond it |
| --- | --- | --- | --- | --- |
"""
FIXED = """
## Switches and fixed limits
Switches are set with `--set NAME=VALUE`; the others are as they are.

| limit | value | unit | switch | beyond it |
| --- | --- | --- | --- | --- |
"""


@dataclass(frozen=True)
class Fixed:
    """A limit that no option sets."""

    what: str
    value: float
    unit: str
    beyond: str
    switch: str = ""


def limits() -> list[Field[Any]]:
    """The settings that are limits."""
    return [setting for setting in fields(Settings) if "beyond" in setting.metadata]


def amount(value: float, unit: str) -> str:
    """A number as people read it."""
    if unit == "bytes" and value >= MIB and value % MIB == 0:
        return f"{value // MIB:,.0f} Mi"
    if unit == "bytes" and value >= KIB and value % KIB == 0:
        return f"{value // KIB:,.0f} Ki"
    return f"{value:,.0f}"


def fixed() -> Iterator[Fixed]:
    """What switches and the code bound."""
    profile = default_profile()
    body, media = (int(profile[f"{name}_limit_mib"]) * MIB for name in ("body", "media"))
    seconds = "seconds"
    yield Fixed("body of a call of the gateway", body, "bytes", "413", "body_limit_mib")
    yield Fixed("body of a call of the control API, but for a state", BODY_LIMIT, "bytes", "413")
    yield Fixed("parts of a form with files", PARTS_MOST, "parts", "the call is refused")
    yield Fixed("media, decoded", media, "bytes", "413", "media_limit_mib")
    yield Fixed("time for headers alone", HEADERS_WITHIN, seconds, "the connection is closed")
    crowd = "from 7/8 of it on idle connections are closed, the longest idle first"
    most = Limits().connections
    yield Fixed("connections, without waits that hold no thread", most, "connections", crowd)
    yield Fixed("the same where waitress serves", CONNECTIONS_MOST, "connections", crowd)
    room = "503 with `Retry-After`"
    yield Fixed("wait of a large body for room", Limits().patience, seconds, room)
    oldest = "the oldest wait is answered early; 503 where there are streams alone"
    early = "the oldest wait is answered early"
    yield Fixed("event streams, and open waits that hold a thread", PLACES, "clients", oldest)
    yield Fixed("open waits that hold none (granian, lists)", DEFERRED_MOST, "clients", early)
    yield Fixed("memory of these requests", DEFERRED_BYTES, "bytes", early)
    behind = "a reader who is further behind is told to read everything again"
    yield Fixed("entries kept for event streams", ENTRIES_MOST, "entries", behind)
    marks = "the call is refused: let some go"
    yield Fixed("chats pinned, and people blocked, by an instance", MARKS_MOST, "chats", marks)
    people = "409: reset some of them"
    yield Fixed("people with a state of their own, of an instance", PEOPLE_MOST, "people", people)
    kept = "the call is refused"
    texts = "address of a webhook, profile name or sentence"
    yield Fixed(texts, TEXT_MOST, "characters", kept)
    yield Fixed("faults that are armed", ARMED_MOST, "faults", "409: clear some first")
    yield Fixed("conversations that are played", PLAYS_MOST, "plays", "the oldest go")
    attempt = "the delivery ends as `failed`"
    timeout = profile.seconds("webhook_timeout")
    yield Fixed("one attempt at a webhook", timeout, seconds, attempt, "webhook_timeout")
    yield Fixed("redirects of a webhook", REDIRECTS_MOST, "redirects", attempt)
    cut = "the rest is not recorded"
    yield Fixed("answer of a receiver that is recorded", ANSWER_LIMIT, "bytes", cut)
    refused = "the call is refused as the gateway refuses a URL it cannot download"
    yield Fixed("download of a `mediaUrl`", TIMEOUT, seconds, refused)


def page() -> str:
    """The whole page."""
    rows = [
        f"| {setting.metadata['help']} | {amount(setting.default, setting.metadata['unit'])} "
        f"| {setting.metadata['unit']} | `--{setting.name.replace('_', '-')}` "
        f"| {setting.metadata['beyond']} |\n"
        for setting in limits()
    ]
    others = [
        f"| {each.what} | {amount(each.value, each.unit)} | {each.unit} "
        f"| {f'`{each.switch}`' if each.switch else ''} | {each.beyond} |\n"
        for each in fixed()
    ]
    return HEAD + "".join(rows) + FIXED + "".join(others)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
