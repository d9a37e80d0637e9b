"""The control API under /_mock/: what the phone, the contacts and the test do."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import orjson
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from ... import __version__
from ...clock import OutOfRange
from ...domain.contacts import Contact
from ...domain.gateway import InstanceSeed
from ...domain.instance import Instance
from ...domain.linking import UNLINKED_BY
from ...domain.message_states import CONTACT_STATES, REACHABLE
from ...errors import ControlRefused, UnknownInstance
from ...records.delivery import Delivery, delivery_json
from ...runtime import Runtime
from ...simulation import abandon, instances, overrides, save_state, snapshot
from ...simulation.contact_messages import receive
from ...store.state_file import seal, unseal
from . import lists
from .belongings import Belongings
from .fault_routes import Arming
from .guard import Guard
from .json_body import answering, body_of, plain
from .places import Places
from .record_routes import Records
from .webhook_routes import Hooks

Json = dict[str, Any]
# What message ids a reset leads to: others than before, or those of the start once more.
IDS = ("new", "again")
# The last second of the year 9999: what calendars and 64-bit numbers downstream can hold.
LATEST = 253_402_300_799
# A state is held in memory some times over while it is written or read: so many at a time, others
# wait for them so many seconds.
STATES_MOST, STATE_PATIENCE = 2, 60.0
_TOKEN = re.compile(r"[!-~]+")


def blueprint(runtime: Runtime) -> Blueprint:
    """The routes of spec/control.yaml."""
    door = Blueprint("control", __name__, url_prefix="/_mock")
    _Door(runtime).add_to(door)
    return door


class _Door:
    """One method per route; each returns a document, a pair with a status, or a Response."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._places = Places(runtime.journal.beat)
        self._states = threading.BoundedSemaphore(STATES_MOST)

    def add_to(self, door: Blueprint) -> None:
        routes: list[tuple[str, str, Callable[..., Any]]] = [
            ("GET", "", self.index),
            ("GET", "/health", self.health),
            ("POST", "/reset", self.reset),
            ("GET", "/instances", self.instances),
            ("POST", "/instances", self.create),
            ("GET", "/instances/<key>", self.show),
            ("DELETE", "/instances/<key>", self.remove),
            ("POST", "/instances/<key>/link", self.link),
            ("POST", "/instances/<key>/unlink", self.unlink),
            ("POST", "/instances/<key>/inbound", self.inbound),
            ("GET", "/instances/<key>/contacts/<number>", self.contact),
            ("POST", "/instances/<key>/contacts/<number>", self.change_contact),
            ("GET", "/clock", self.clock),
            ("POST", "/clock", self.move_clock),
            ("GET", "/stream", self.stream),
            ("GET", "/state", self.state),
            ("PUT", "/state", self.restore),
            *Belongings(self._runtime).routes(),
            *Records(self._runtime, self._places).routes(),
            *Hooks(self._runtime, self._places).routes(),
            *Arming(self._runtime).routes(),
        ]
        self._routes = [f"{method} /_mock{path}" for method, path, _ in routes]
        for method, path, view in routes:
            door.add_url_rule(
                path,
                endpoint=f"{method} {path}".replace(".", ""),
                view_func=answering(view),
                methods=[method],
                strict_slashes=False,
            )
        # For the whole app: an unknown path below /_mock/ belongs to no blueprint.
        door.before_app_request(Guard(self._runtime.settings, self._runtime.courier.carries).check)
        door.app_errorhandler(HTTPException)(plain)

    # -- the gateway as a whole --------------------------------------------------------------

    def index(self) -> Json:
        """Every route of the control API."""
        return {"routes": self._routes, "description": "spec/control.yaml"}

    def health(self) -> Json:
        """Alive, and which version."""
        return {"status": "ok", "version": __version__}

    def reset(self) -> Json:
        """Back to the starting world, or one instance alone."""
        key = request.args.get("instance")
        wish = body_of({"ids": str}).get("ids", "new")
        if wish not in IDS:
            raise ControlRefused(400, f"ids: {wish!r} is neither of {', '.join(IDS)}")
        renew = self._runtime.ids.renew if wish == "new" else self._runtime.ids.begin_again
        with self._runtime.loading:
            if self._runtime.world.state is not None:
                snapshot.reset(self._runtime, key, begun=lambda: renew(key))
            else:
                self._reset_to_world(key, renew)
        return {"reset": key or "all", "instances": len(self._runtime.store.keys())}

    def _reset_to_world(self, key: str | None, renew: Callable[[str | None], None]) -> None:
        with self._runtime.publisher.at_rest():
            self._runtime.store.reset(key)
            renew(key)
            abandon.abandon(self._runtime, key)
            self._runtime.faults.reset(key)
            self._runtime.journal.forget(key)

    def clock(self) -> Json:
        """What time it is here."""
        now, frozen = self._runtime.clock.read()
        return {"now": now, "frozen": frozen}

    def move_clock(self) -> Json:
        """Freeze, set, advance: in this order when several are given."""
        body = body_of({"freeze": bool, "advance": float, "set": float})
        if not body:
            raise ControlRefused(
                400, 'give {"freeze": true}, {"advance": SECONDS} or {"set": UNIX}'
            )
        if body.get("advance", 0) < 0:
            raise ControlRefused(400, "advance: time does not run backwards; use set")
        try:
            self._runtime.clock.move(
                freeze=body.get("freeze"),
                to=body.get("set"),
                by=body.get("advance", 0.0),
                latest=LATEST,
            )
        except OutOfRange:
            raise ControlRefused(400, "the clock runs from 1970 to the end of 9999") from None
        return self.clock()

    def state(self) -> Response:
        """The whole mock, or one instance, as a file."""
        with self._one_state():
            sealed = seal(save_state.save(self._runtime, request.args.get("instance")))
        self._require_size(len(sealed))
        return Response(sealed, mimetype="application/json")

    def restore(self) -> Json:
        """As it was when the file was taken."""
        with self._one_state():
            return self._restored()

    @contextmanager
    def _one_state(self) -> Iterator[None]:
        if not self._states.acquire(timeout=STATE_PATIENCE):
            raise ControlRefused(503, f"{STATES_MOST} states are on their way already: come later")
        try:
            yield
        finally:
            self._states.release()

    def _restored(self) -> Json:
        self._require_size(request.content_length or 0)
        try:
            raw = request.get_data()
        except RequestEntityTooLarge:
            self._require_size(self._runtime.settings.state_bytes + 1)
            raise
        self._require_size(len(raw))
        saved, key = unseal(raw), request.args.get("instance")
        if key is not None:
            saved = snapshot.alone(saved, key)
        return snapshot.load(self._runtime, saved, start=saved.get("start"))

    def _require_size(self, size: int) -> None:
        limit = self._runtime.settings.state_bytes
        if size > limit:
            raise ControlRefused(
                413,
                f"a state of {size} bytes is above the {limit} this mock takes: "
                "start it with a larger --state-bytes, or take ?instance=KEY alone",
            )

    def stream(self) -> Response:
        """Exchanges and deliveries as server-sent events."""
        ended = self._places.watching()
        told = Response(
            _events(self._runtime.journal.listen()),
            mimetype="text/event-stream",
            headers={"Cache-Control": "no-store"},
        )
        told.call_on_close(ended)
        return told

    # -- instances ---------------------------------------------------------------------------

    def instances(self) -> Json:
        """Every instance."""
        limit = lists.limit_of(request.args)
        keys = lists.keys_after(self._runtime.store.keys(), request.args.get("since"))
        shown = []
        for key in keys[: limit + 1]:
            with suppress(UnknownInstance):
                shown.append(self._shown(key))
        return lists.page(shown, limit=limit, id_="key")

    def create(self) -> tuple[Json, int]:
        """A new instance; what is not given is made."""
        body = body_of(
            {"key": str, "token": str, "number": str, "connected": bool, "webhook_url": str,
             "name": str}
        )  # fmt: skip
        url = body.get("webhook_url")

        def begin(instance: Instance) -> Json:
            instances.succeed(self._runtime, instance)
            if url:
                instance.set_webhook(url)
            return instance.as_json()

        shown = self._runtime.store.create(
            self._seed(body),
            begin=begin,
            named="name" in body,
            most=self._runtime.settings.instances_limit,
        )
        return shown, 201

    def show(self, key: str) -> Json:
        """One instance."""
        return self._shown(key)

    def remove(self, key: str) -> Json:
        """One instance less."""
        instances.remove(self._runtime, key)
        return {"removed": key}

    def link(self, key: str) -> Json:
        """The phone scans the QR code or types the pairing code."""
        number = body_of({"number": str}).get("number")
        if number is not None:
            number = self._runtime.world.directory.read(number).user
            self._runtime.world.directory.require_owner(number)

        def scan(instance: Instance) -> None:
            known = instance.number or instance.connection.pairing_number
            if number is None and known is None:
                raise ControlRefused(400, f'{key} has no number yet: give {{"number": "5511..."}}')
            if self._runtime.faults.armed and not instance.linked:
                struck = self._runtime.faults.refuses("link", key)
                if struck is not None:
                    raise ControlRefused(409, f"the phone does not link {key}: {struck.told}")
            instance.linking.link(number)

        return self._change(key, scan)

    def unlink(self, key: str) -> Json:
        """The link ends by the phone, the gateway, or a ban."""
        by = body_of({"by": str}).get("by", "phone")
        if by not in UNLINKED_BY:
            raise ControlRefused(400, f"by: {by!r} is not one of {', '.join(UNLINKED_BY)}")
        return self._change(key, lambda instance: instance.linking.unlink(by))

    def inbound(self, key: str) -> tuple[Json, int]:
        """A contact does something."""
        body = body_of(
            {**overrides.FIELDS, "from": str, "event": str, "group": str, "media": str, "to": str,
             "message": str, "option": str}
        )  # fmt: skip
        return receive(self._runtime, key, body), 201

    def contact(self, key: str, number: str) -> Json:
        """One person, and whether the instance's messages reach them."""
        person = self._person(number)
        return self._runtime.publisher.look(key, lambda instance: instance.reach.as_json(person))

    def change_contact(self, key: str, number: str) -> Json:
        """The phone goes off or on, the person blocks the number, the account goes."""
        person = self._person(number)
        state = body_of({"state": str}).get("state", REACHABLE)
        if state not in CONTACT_STATES:
            raise ControlRefused(400, f"state: {state!r} is not one of {', '.join(CONTACT_STATES)}")
        self._runtime.publisher.change(key, lambda instance: instance.reach.set(person, state))
        return self.contact(key, number)

    def _person(self, number: str) -> Contact:
        jid = self._runtime.world.directory.read(number)
        person = self._runtime.gateway.person(jid)
        if person is None:
            raise ControlRefused(400, self._runtime.world.directory.no_account(jid))
        return person

    def _seed(self, body: Mapping[str, Any]) -> InstanceSeed:
        number = self._unused_number()
        key = body.get("key", _made_key(number))
        if not lists.KEY.fullmatch(key):
            raise ControlRefused(400, f"key: {key!r} may hold letters, digits, '.', '_' and '-'")
        token = body.get("token", key.partition("-")[2] or key)
        if not _TOKEN.fullmatch(token):
            raise ControlRefused(400, "token: use printable ASCII without blanks")
        return InstanceSeed(
            key=key,
            token=token,
            number=self._runtime.world.directory.read(
                body.get("number", _made_number(number))
            ).user,
            name=body.get("name", "Test Shop"),
            connected=body.get("connected", False),
        )

    def _unused_number(self) -> int:
        keys = self._runtime.store.keys()
        while True:
            number = int(self._runtime.journal.next_id("made", None).removeprefix("made"))
            denied = self._runtime.world.directory.owner(_made_number(number)) is None
            if _made_key(number) not in keys and not denied:
                return number

    def _change(self, key: str, do: Callable[[Instance], Any]) -> Json:
        self._runtime.publisher.change(key, do)
        return self._shown(key)

    def _shown(self, key: str) -> Json:
        return self._runtime.publisher.look(key, lambda instance: instance.as_json())


def _made_key(number: int) -> str:
    return f"megacode-MADE{number:07d}"


def _made_number(number: int) -> str:
    return f"5511{910_000_000 + number % 90_000_000}"


def _events(told: Iterator[tuple[str | None, Any]]) -> Iterator[bytes]:
    for kind, record in told:
        if kind is None:
            yield b": here\n\n"
            continue
        document = delivery_json(record) if isinstance(record, Delivery) else record.as_json()
        yield b"event: " + kind.encode() + b"\ndata: " + orjson.dumps(document) + b"\n\n"
