"""A host whose clock is off is told so; one whose times are wrong still breaks its promise."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from megaapi_contract.host import host_clock
from megaapi_contract.host.http import Answer, Request

from . import proxies as between
from .healthy import Host, Layer, judged
from .healthy_table import SENDS

# Runs against hosts.
pytestmark = pytest.mark.hosts

IN_SECONDS = "is the time in seconds"
HOUR = 3600
Retime = Callable[[int], int]


def answers(retime: Retime) -> Layer:
    """A host that answers sends with another time."""

    def change(document: Any) -> Any:
        data = document.get("messageData") if isinstance(document, dict) else None
        if isinstance(data, dict) and "messageTimestamp" in data:
            moment = str(retime(int(data["messageTimestamp"])))
            document = {**document, "messageData": {**data, "messageTimestamp": moment}}
        return document

    def alter(request: Request, answer: Answer) -> Answer:
        return between.edited(change, answer) if between.is_json(answer) else answer

    return Layer(alter)


def webhooks(retime: Retime) -> Layer:
    """A host that tells of events with another time."""

    def spoil(body: bytes) -> Sequence[bytes]:
        payload = json.loads(body)
        for name in ("messageTimestamp", "timestamp"):
            if type(payload.get(name)) is int:
                payload[name] = retime(payload[name])
        return (json.dumps(payload).encode(),)

    return Layer(spoil=spoil)


def jumping() -> Retime:
    """Each time another hour of the day."""
    hours = iter(range(10_000))
    return lambda moment: moment + HOUR * (next(hours) % 5)


OLD = int(time.time()) - HOUR
WRONG = {
    "milliseconds": answers(lambda moment: moment * 1000),
    "milliseconds in webhooks": webhooks(lambda moment: moment * 1000),
    "the same time always": answers(lambda moment: OLD),
    "jumping": answers(jumping()),
    "webhooks in another zone": webhooks(lambda moment: moment - 3 * HOUR),
}
HOST = Host(given=True, allow=SENDS, operations=("send_text", "configure_webhook"), clock=330)


@pytest.mark.parametrize("date", [0, None], ids=["a proxy's Date", "no Date"])
@pytest.mark.parametrize("name", WRONG)
def test_wrong_times_fail_whatever_the_clock(
    name: str, date: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What lasts a run of some seconds.
    monkeypatch.setattr(host_clock, "STANDS_STILL", 0.2)
    report = judged(replace(HOST, layers=(WRONG[name], Layer(between.dated(date)))))
    assert report.unusable == ""
    assert report.failures
    assert all(IN_SECONDS in each.message for each in report.failures)


def test_the_same_host_with_its_own_times_is_only_noted() -> None:
    report = judged(HOST)
    assert [each.message for each in report.failures] == []
    about = re.compile(r"(\d+) min (\d+) s ahead of this machine")
    (said,) = (match for note in report.notes if (match := about.search(note)))
    # What passes between its clock and ours is not told apart from it: a machine may be slow.
    assert 330 - 60 <= 60 * int(said[1]) + int(said[2]) <= 331
    assert any("Date of its answers" in note for note in report.notes)
