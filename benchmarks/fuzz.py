"""The fuzz: a great many odd calls of both APIs; each is answered, and nothing breaks inside.

    make fuzz                                         200,000 calls
    .venv/bin/python benchmarks/fuzz.py --calls 5000  fewer

Every example of the contract and of the control API, with odd values in the body, damaged bytes,
other paths, queries, tokens, content types and faults; states that were taken, changed and sealed
again. One mock in this process, called through WSGI. The same seed makes the same calls.

Found is: a 500 without X-Mock-Reason, any 500 of the control API, an exception that comes out, a
reply against our own contract, an error in the log, a webhook that is stuck at the end.

Exit code 0: nothing was found; 1: something was.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from catalogue import CONTROL, GATEWAY, Call, control_calls, gateway_calls
from megaapi_mock.errors import ControlRefused
from megaapi_mock.faults.registry import discover
from megaapi_mock.settings import Settings
from megaapi_mock.store.state_file import seal, unseal
from megaapi_mock.web.app import MockApp, build_app
from megaapi_mock.webhooks.http.client import ReceiverAnswer
from odd_values import ODD, made_odd, raw_of
from servers import KEY, TOKEN
from slow_faults import seconds_of
from werkzeug.test import Client

# Calls between two resets, and between two states.
RESET_EVERY, STATE_EVERY = 2_000, 150
# Calls until the instance is put in order again: linked, and its token known.
ORDER_EVERY = 15
HOOK = "http://127.0.0.1:9/hook"
_SECONDS = 0.001
_QUERIES = ("limit", "since", "wait", "instance", "event", "status", "epoch", "jid", "x", "from_me")


class _Receiver:
    """Takes every webhook."""

    def post(
        self, url: str, body: bytes, headers: Sequence[tuple[str, str]], *, timeout: float
    ) -> ReceiverAnswer:
        """200."""
        return ReceiverAnswer(200)

    def close(self) -> None:
        """Nothing is open."""


@dataclass(eq=False)
class Findings(logging.Handler):
    """What went wrong: each place once, with the call it was seen with first."""

    places: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    call: str = ""

    def __post_init__(self) -> None:
        super().__init__(logging.ERROR)

    def emit(self, record: logging.LogRecord) -> None:
        """An error in the log."""
        error = record.exc_info[1] if record.exc_info else None
        self.add(record.getMessage()[:200] if error is None else place_of(error))

    def add(self, place: str) -> None:
        """Something at this place, by the call that is under way."""
        self.counts[place] += 1
        self.places.setdefault(place, self.call)


def place_of(error: BaseException) -> str:
    """Where it was raised, and what."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "megaapi_mock" in frame.filename] or frames
    where = f"{ours[-1].filename.rpartition('/')[2]}:{ours[-1].lineno}" if ours else "?"
    return f"{where}: {type(error).__name__}: {str(error)[:160]}"


class Fuzz:
    """One mock and the calls it gets."""

    def __init__(self, seed: int) -> None:
        self._draw = Random(seed)
        self.app: MockApp = build_app(settings=Settings(seed=seed), transport=_Receiver())
        self.client = Client(self.app)
        self.findings = Findings()
        self.statuses: Counter[str] = Counter()
        self._calls = (gateway_calls(), control_calls())
        self._kinds = [listed.name for listed in discover().values() if not seconds_of(listed)]
        self._ids: list[str] = []
        self._tokens: dict[str, str] = {}
        self._first_state = b""

    def run(self, count: int) -> None:
        """So many calls."""
        logging.getLogger().addHandler(self.findings)
        self.app.started()
        self._first_state = self.client.get("/_mock/state").get_data()
        try:
            for number in range(count):
                if number % RESET_EVERY == 0:
                    self._start_over()
                if number % ORDER_EVERY == 0:
                    self._put_in_order()
                if number % STATE_EVERY == 1:
                    self._put_state()
                else:
                    self._call()
            self._settle()
        finally:
            logging.getLogger().removeHandler(self.findings)
            self.app.stop(5)

    def _start_over(self) -> None:
        self._open(Call(CONTROL, "faults", "DELETE", "/_mock/faults"), b"")
        # A state that an odd call has put brings its own world, which a reset would go back to.
        self._open(Call(CONTROL, "restore", "PUT", "/_mock/state"), self._first_state)
        self._open(Call(CONTROL, "reset", "POST", "/_mock/reset"), b"")
        body = json.dumps({"url": HOOK}).encode()
        path = f"/_mock/instances/{KEY}/webhook"
        self._open(Call(CONTROL, "webhook", "POST", path), body)

    def _put_in_order(self) -> None:
        """Calls of an instance that is not linked, or with a wrong token, all end the same."""
        for key in (KEY, "megacode-TESTKEY0002"):
            instance = self.client.get(f"/_mock/instances/{key}").get_json()
            if "error" in instance:
                self._start_over()
                continue
            self._tokens[key] = str(instance.get("token", TOKEN))
            if instance.get("state") != "connected":
                self._open(Call(CONTROL, "link", "POST", f"/_mock/instances/{key}/link"), b"")

    def _call(self) -> None:
        draw = self._draw
        call = draw.choice(self._calls[draw.random() < 0.4])
        if call.name in ("stream", "restore") or (call.name == "reset" and draw.random() < 0.9):
            return
        if call.method == "DELETE" and call.path.endswith(KEY) and draw.random() < 0.9:
            return
        body = self._with_ids(call.body)
        if draw.random() < 0.85:
            body = made_odd(body, draw)
        if call.path == "/_mock/faults":
            body = _quick(body)
        self._open(self._moved(call), raw_of(body, draw))

    def _with_ids(self, body: Any) -> Any:
        """About a message that is there, where the call is about one."""
        if self._ids and self._draw.random() < 0.7 and isinstance(body, dict):
            data = body.get("messageData")
            if isinstance(data, dict) and isinstance(data.get("key"), dict):
                key = {**data["key"], "id": self._draw.choice(self._ids)}
                return {**body, "messageData": {**data, "key": key}}
        return body

    def _moved(self, call: Call) -> Call:
        """Now and then another path, query or method."""
        draw, path, query = self._draw, call.path, dict(call.query)
        if draw.random() < 0.05:
            parts = path.split("/")
            parts[draw.randrange(len(parts))] = str(draw.choice(ODD))[:300]
            path = "/".join(parts)
        if draw.random() < 0.3:
            value = draw.choice([*(str(odd)[:300] for odd in ODD), *self._ids, "0.001", "1"])
            query[draw.choice(_QUERIES)] = value
        if _seconds(query.get("wait", "0")) > _SECONDS:
            query["wait"] = str(_SECONDS)
        method = draw.choice(["PATCH", "HEAD", "PUT"]) if draw.random() < 0.01 else call.method
        return replace(call, path=path, query=query, method=method)

    def _put_state(self) -> None:
        """The mock's own state, changed and sealed again: taken or refused, never broken."""
        key = self._draw.choice(["", f"?instance={KEY}"])
        reply = self.client.get(f"/_mock/state{key}")
        if reply.status_code != 200:
            return
        try:
            odd_state = made_odd(unseal(reply.get_data()), self._draw)
            raw = seal(odd_state)
        except (TypeError, ControlRefused):  # what orjson cannot write cannot come in
            return
        self._open(Call(CONTROL, "restore", "PUT", f"/_mock/state{key}"), raw)

    def _open(self, call: Call, raw: bytes) -> None:
        draw, findings = self._draw, self.findings
        token = next((self._tokens[key] for key in self._tokens if key in call.path), TOKEN)
        headers = {"Authorization": _header(f"Bearer {token}"), "Content-Type": "application/json"}
        if draw.random() < 0.03:
            headers["Authorization"] = _header(str(draw.choice(ODD)))
        if draw.random() < 0.02:
            headers["Content-Type"] = draw.choice(["text/plain", "", "application/json; charset=x"])
        if call.api == GATEWAY and draw.random() < 0.05:
            headers["X-Mock-Fault"] = draw.choice(self._kinds)
            if draw.random() < 0.4:
                odd = json.dumps(draw.choice(ODD))
                headers["X-Mock-Fault"] += f"; {draw.choice(['body', 'status', 'after'])}={odd}"
        findings.call = f"{call.method} {call.url[:300]} {headers} {raw[:600]!r}"
        try:
            reply = self.client.open(call.url, method=call.method, data=raw, headers=headers)
            content = reply.get_data()
            reply.close()
        except ConnectionResetError:  # a fault that was asked for
            return
        except Exception as error:
            findings.add(f"came out: {place_of(error)}")
            return
        self._note(call, reply.status_code, reply.headers.get("X-Mock-Reason"), content)

    def _note(self, call: Call, status: int, reason: str | None, content: bytes) -> None:
        api = CONTROL if call.path.startswith("/_mock") else call.api
        self.statuses[f"{api} {status}"] += 1
        if status == 500 and (api == CONTROL or not reason):
            self.findings.add(f"bare 500: {call.method} {call.name}")
        if call.api == GATEWAY and status == 200 and b'"messageData"' in content:
            try:
                self._ids.append(json.loads(content)["messageData"]["key"]["id"])
            except (ValueError, LookupError, TypeError):
                return
            del self._ids[:-50]
        for bug in self.app.runtime.records.bugs:
            self.findings.add(bug[:200])
        self.app.runtime.records.bugs.clear()

    def _settle(self) -> None:
        """Nothing is left behind, and new webhooks come through."""
        self._start_over()
        self._open(Call(CONTROL, "clock", "POST", "/_mock/clock"), b'{"freeze": false}')
        emitted = self.client.post(f"/_mock/instances/{KEY}/emit", json={"event": "text-plain"})
        if emitted.status_code != 201:
            self.findings.add(f"not as at the start: {emitted.status_code} {emitted.text[:300]}")
            return
        [owed] = emitted.get_json()["deliveries"]
        delivery = self.client.get(f"/_mock/deliveries/{owed}?wait=30").get_json()
        if delivery["state"] != "delivered":
            self.findings.add(f"stuck: {delivery['state']}")


def _quick(body: Any) -> Any:
    """A fault that takes no time."""
    if isinstance(body, dict):
        return {**body, "seconds": _SECONDS, "longest": None} if "fault" in body else body
    return body


def _header(text: str) -> str:
    """What a client can send of it."""
    return "".join(sign for sign in text[:100] if " " <= sign <= "~")


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def main() -> int:
    """Call, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--calls", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    logging.lastResort = None
    fuzz, start = Fuzz(options.seed), time.monotonic()
    fuzz.run(options.calls)
    print(f"{options.calls:,} calls in {time.monotonic() - start:.0f} s, seed {options.seed}")
    print("  " + ", ".join(f"{name}: {count:,}" for name, count in sorted(fuzz.statuses.items())))
    findings = fuzz.findings
    print(f"  found {len(findings.places)}")
    for place, count in findings.counts.most_common():
        print(f"    {count} x {place}\n        {findings.places[place]}")
    return 1 if findings.places else 0


if __name__ == "__main__":
    sys.exit(main())
