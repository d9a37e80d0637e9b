"""One of the soak's threads: draws what it does next, does it, and notes how it went."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from catalogue import CONTROL, GATEWAY, Call
from megaapi_mock.faults.registry import KindEntry, discover
from servers import KEY, TOKEN
from slow_faults import seconds_of

# A call that takes longer has been forgotten by the mock.
PATIENCE = 60.0
UNLINKED = "megacode-TESTKEY0002"
RECEIVERS = ("ok", "ok", "ok", "slow", "large", "error", "drop")
KEYS_MOST = 12
STREAMS_MOST = 2
Json = dict[str, Any]


@dataclass
class Notes:
    """What all threads found; the lock is held around every change."""

    calls: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    bare: list[str] = field(default_factory=list)
    hung: list[str] = field(default_factory=list)
    broken: Counter[str] = field(default_factory=Counter)
    bugs: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answered(self, call: Call, status: int, reason: str | None) -> None:
        """One answer. A 500 must say why; the control API has none at all (503 is: come later)."""
        with self.lock:
            self.calls[f"{call.api} {call.name}"] += 1
            self.statuses[f"{call.api} {status}"] += 1
            bare = status >= 500 and status != 503 and (call.api == CONTROL or not reason)
            if bare and status == 500:
                self.bare.append(f"{call.method} {call.url[:200]} {call.raw[:300]!r}")


@dataclass
class Shared:
    """What the threads have in common: who is there, what was sent, the last state."""

    port: int
    receiver: int
    gateway: list[Call]
    control: list[Call]
    notes: Notes = field(default_factory=Notes)
    keys: list[str] = field(default_factory=lambda: [KEY, UNLINKED])
    message_ids: list[str] = field(default_factory=list)
    state: bytes = b""
    over: threading.Event = field(default_factory=threading.Event)

    def hook(self, name: str) -> str:
        """The address of one of the receivers."""
        return f"http://127.0.0.1:{self.receiver}/{name}"


class Actor:
    """`run` until it is over. The same seed draws the same things, whatever comes back."""

    def __init__(self, shared: Shared, seed: int, number: int) -> None:
        self._shared, self._number = shared, number
        self._draw = Random(f"{seed}|{number}")
        self._made = 0
        self._streams: list[socket.socket] = []
        self._kinds = list(discover().values())
        self._actions: list[tuple[int, Callable[[], None]]] = [
            (300, self._send),
            (120, self._any_of_the_gateway),
            (60, self._wrong_call),
            (40, self._send_media),
            (80, self._inbound),
            (25, self._emit),
            (40, self._look),
            (20, self._wait),
            (8, self._stream),
            (20, self._create),
            (18, self._remove),
            (60, self._link),
            (20, self._contact),
            (16, self._clock),
            (20, self._fault),
            (8, self._clear_faults),
            (14, self._chaos),
            (14, self._point),
            (6, self._save),
            (4, self._restore),
            (4, self._reset_one),
            (1, self._reset_all),
            (20, self._any_of_the_control_api),
        ]

    def run(self) -> None:
        """Until somebody says that it is over."""
        weights, actions = zip(*self._actions, strict=True)
        try:
            while not self._shared.over.is_set():
                self._draw.choices(actions, weights)[0]()
        except Exception as error:
            self._shared.notes.bugs.append(f"the soak itself: {error!r}")
            raise
        finally:
            for stream in self._streams:
                stream.close()

    # -- the gateway -------------------------------------------------------------------------

    def _send(self) -> None:
        body = {"messageData": {"to": self._recipient(), "text": "oi " * self._draw.randint(1, 40)}}
        call = Call(GATEWAY, "send_text", "POST", "/rest/sendMessage/{key}/text", body)
        headers = {}
        if self._draw.random() < 0.05:
            headers["X-Mock-Fault"] = self._header()
        answer = self._ask(call, headers)
        message = answer.get("messageData") if isinstance(answer, dict) else None
        if isinstance(message, dict) and isinstance(message.get("key"), dict):
            self._shared.message_ids.append(str(message["key"].get("id")))
            del self._shared.message_ids[:-200]

    def _send_media(self) -> None:
        size = self._draw.choice([100, 1_000, 20_000])
        content = b64encode(b"\xff\xd8\xff\xe0" + self._draw.randbytes(size)).decode()
        data = {
            "to": self._recipient(),
            "base64": f"data:image/jpeg;base64,{content}",
            "fileName": "foto.jpg",
            "type": "image",
            "caption": "foto",
            "mimeType": "image/jpeg",
        }
        path = "/rest/sendMessage/{key}/mediaBase64"
        self._ask(Call(GATEWAY, "send_media_base64", "POST", path, {"messageData": data}))

    def _any_of_the_gateway(self) -> None:
        call = self._draw.choice(self._shared.gateway)
        if call.name == "configure_webhook":
            self._point()
        else:
            self._ask(self._with_others(call))

    def _wrong_call(self) -> None:
        call = self._with_others(self._draw.choice(self._shared.gateway))
        wrong = self._draw.randrange(5)
        if wrong == 0:
            self._ask(replace(call, path=call.path + "x"))
        elif wrong == 1:
            self._ask(call, {"Authorization": "Bearer WRONG"})
        elif wrong == 2:
            self._ask(replace(call, body={"messageData": {"to": None}}))
        elif wrong == 3:
            self._ask(call, raw=call.raw[: self._draw.randint(0, len(call.raw))])
        else:
            self._ask(replace(call, method=self._draw.choice(["PUT", "PATCH", "OPTIONS"])))

    # -- the control API ---------------------------------------------------------------------

    def _inbound(self) -> None:
        calls = [call for call in self._shared.control if call.path.endswith("/inbound")]
        self._ask(self._with_others(self._draw.choice(calls)))

    def _emit(self) -> None:
        body = {"event": "text-plain", "count": self._draw.choice([1, 1, 5, 50])}
        self._control("POST", "/instances/{key}/emit", body)

    def _look(self) -> None:
        what = self._draw.choice(["exchanges", "deliveries", "messages", "fault-hits", "instances"])
        limit = self._draw.choice([1, 20, 200])
        self._control("GET", f"/{what}", query={"limit": str(limit)})

    def _wait(self) -> None:
        what = self._draw.choice(["exchanges", "deliveries", "messages"])
        event = self._draw.choice(["text-plain", "ack-read", "never"])
        self._control("GET", f"/{what}", query={"wait": "0.3", "event": event})

    def _stream(self) -> None:
        """Open one; read some of it, or leave it unread until others take its place."""
        stream = socket.create_connection(("127.0.0.1", self._shared.port), PATIENCE)
        stream.sendall(b"GET /_mock/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        if self._draw.random() < 0.5:
            stream.settimeout(0.2)
            try:
                for _ in range(20):
                    stream.recv(65_536)
            except OSError:
                pass
        self._streams.append(stream)
        if len(self._streams) > STREAMS_MOST:
            self._streams.pop(0).close()
        self._shared.notes.calls["control stream"] += 1

    def _create(self) -> None:
        if len(self._shared.keys) >= KEYS_MOST:
            self._remove()
            return
        again = self._draw.random() < 0.5
        self._made += not again
        key = f"megacode-SOAK{self._number}{self._made:06d}"
        body = {
            "key": key,
            "connected": self._draw.random() < 0.7,
            "webhook_url": self._shared.hook(self._draw.choice(RECEIVERS)),
        }
        self._control("POST", "/instances", body)
        if key not in self._shared.keys:
            self._shared.keys.append(key)

    def _remove(self) -> None:
        keys = [key for key in self._shared.keys if "SOAK" in key]
        if keys:
            key = self._draw.choice(keys)
            self._control("DELETE", f"/instances/{key}")
            if key in self._shared.keys:
                self._shared.keys.remove(key)

    def _link(self) -> None:
        if self._draw.random() < 0.85:
            self._control("POST", "/instances/{key}/link", {})
        else:
            by = self._draw.choice(["phone", "gateway", "ban"])
            self._control("POST", "/instances/{key}/unlink", {"by": by})

    def _contact(self) -> None:
        state = self._draw.choice(["reachable", "reachable", "phone_off", "blocked"])
        number = self._draw.choice(["5511900000002", "5511900000003", "5511900000004"])
        self._control("POST", f"/instances/{{key}}/contacts/{number}", {"state": state})

    def _clock(self) -> None:
        moves: list[Json] = [
            {"freeze": True},
            {"freeze": False},
            {"freeze": False},
            {"advance": 30},
            {"advance": 3_600},
            {"set": 1_800_000_000},
        ]
        self._control("POST", "/clock", self._draw.choice(moves))

    def _fault(self) -> None:
        listed = self._draw.choice(self._kinds)
        wishes: Json = {**listed.kind.example, "times": self._draw.randint(1, 5)}
        wishes |= self._parameters(listed)
        if self._draw.random() < 0.5:
            wishes["percent"] = 20
        if self._draw.random() < 0.7:
            wishes["instance"] = self._key()
        self._control("POST", "/faults", wishes)

    def _clear_faults(self) -> None:
        self._control("DELETE", "/faults")

    def _chaos(self) -> None:
        path = "/instances/{key}/chaos"
        if self._draw.random() < 0.4:
            self._control("DELETE", path)
            return
        wishes: list[Json] = [
            {"duplicate": 3},
            {"drop": 0.5},
            {"reorder": 5, "hold": 2},
            {"delay": [0.1, 2]},
            {"burst": 10, "hold": 2},
            {"redeliver": 2},
            {"early_ack": True, "hold": 2},
        ]
        chosen = {**self._draw.choice(wishes), **self._draw.choice(wishes)}
        self._control("POST", path, chosen)

    def _point(self) -> None:
        body = {"url": self._shared.hook(self._draw.choice(RECEIVERS)), "enabled": True}
        self._control("POST", "/instances/{key}/webhook", body)

    def _save(self) -> None:
        if self._draw.random() < 0.5:
            self._control("GET", "/state", query={"instance": self._key()})
            return
        status, raw = self._raw(Call(CONTROL, "state", "GET", "/_mock/state"), {}, b"")
        if status == 200:
            self._shared.state = raw

    def _restore(self) -> None:
        state = self._shared.state
        if state:
            query = {"instance": KEY} if self._draw.random() < 0.5 else {}
            self._raw(Call(CONTROL, "restore", "PUT", "/_mock/state", query=query), {}, state)

    def _reset_one(self) -> None:
        self._control("POST", "/reset", query={"instance": self._key()})

    def _reset_all(self) -> None:
        self._control("POST", "/reset")
        self._shared.keys[:] = [KEY, UNLINKED]

    def _any_of_the_control_api(self) -> None:
        call = self._draw.choice(self._shared.control)
        is_instance = call.path.count("/") == 3 and call.path.startswith("/_mock/instances/")
        if call.name != "stream" and not (is_instance and call.method == "DELETE"):
            self._ask(self._with_others(call))

    # -- how ---------------------------------------------------------------------------------

    def _key(self) -> str:
        keys = tuple(self._shared.keys)
        return KEY if self._draw.random() < 0.5 else self._draw.choice(keys)

    def _header(self) -> str:
        """A fault for one call."""
        listed = self._draw.choice(self._kinds)
        parameters = self._parameters(listed).items()
        return "; ".join([listed.name, *(f"{name}={json.dumps(it)}" for name, it in parameters)])

    def _parameters(self, listed: KindEntry) -> Json:
        """Quick where the kind is slow; half of those that can come after the call do so."""
        chosen: Json = dict.fromkeys(seconds_of(listed), 0.1)
        if any(one.name == "after" for one in listed.parameters) and self._draw.random() < 0.5:
            chosen["after"] = True
        return chosen

    def _recipient(self) -> str:
        return self._draw.choice(
            [
                "5511900000002",
                "5511900000003",
                "5511900000004@s.whatsapp.net",
                "120363000000000001@g.us",
                f"55119{self._draw.randint(10_000_000, 10_000_300)}",
                "5511900000099",
            ]
        )

    def _with_others(self, call: Call) -> Call:
        """The same call, of any instance, about a message that was really sent."""
        text = json.dumps([call.path, call.body, call.query])
        text = text.replace(KEY, self._key())
        path, body, query = json.loads(text)
        ids = tuple(self._shared.message_ids)
        if ids and isinstance(body, dict) and isinstance(body.get("messageData"), dict):
            if isinstance(body["messageData"].get("key"), dict):
                body["messageData"]["key"]["id"] = self._draw.choice(ids)
        return replace(call, path=path, body=body, query=query)

    def _control(
        self, method: str, path: str, body: Any = None, *, query: dict[str, str] | None = None
    ) -> Any:
        name = path.replace("{key}", "").strip("/").partition("/")[0]
        return self._ask(Call(CONTROL, name, method, f"/_mock{path}", body, query or {}))

    def _ask(self, call: Call, headers: Json | None = None, raw: bytes | None = None) -> Any:
        key = self._key()
        call = replace(call, path=call.path.replace("{key}", key))
        in_path = next((part for part in call.path.split("/") if part.startswith("megacode-")), KEY)
        token = in_path.partition("-")[2] or TOKEN
        all_headers = {"Authorization": f"Bearer {token}", **(headers or {})}
        _, answer = self._raw(call, all_headers, call.raw if raw is None else raw)
        try:
            return json.loads(answer)
        except ValueError:
            return None

    def _raw(self, call: Call, headers: Json, body: bytes) -> tuple[int, bytes]:
        asker = http.client.HTTPConnection("127.0.0.1", self._shared.port, timeout=PATIENCE)
        if body:
            headers = {"Content-Type": "application/json", **headers}
        notes, start = self._shared.notes, time.monotonic()
        try:
            asker.request(call.method, call.url, body or None, headers)
            reply = asker.getresponse()
            answer = reply.read()
        except (OSError, http.client.HTTPException) as error:
            # Faults cut answers on purpose; a call that nobody ends is another thing.
            with notes.lock:
                notes.broken[type(error).__name__] += 1
                if time.monotonic() - start >= PATIENCE:
                    notes.hung.append(f"{call.method} {call.url[:200]}")
            return 0, b""
        finally:
            asker.close()
        notes.answered(call, reply.status, reply.headers.get("X-Mock-Reason"))
        return reply.status, answer
