"""A given instance with a second one of the owner's, which writes to it as a customer does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from megaapi_mock.domain.jid import as_given

from ...errors import HeldBack, NotTried, Unusable
from ...host.host_instance import HostInstance
from ...host.stage import GivenStage
from ...host.webhook_receiver import Receiver
from ...probes.session import Session
from ...safety.restore_file import Undo
from .messages import WRITINGS, Json, MessageRequest, Writing

# What the second instance may be asked for as a reader; of this only its webhook is put back. The
# groups are those that the run has made, which the first instance puts back and leaves.
READING = frozenset(
    {"webhook_settings", "configure_webhook", "download_media", "group_details", "list_groups",
     "admin_groups", "admin_groups_with_participants", "leave_group", "set_who_can_send",
     "read_message"}
)  # fmt: skip
# What it may be asked for at all.
OPERATIONS = frozenset(
    {writing.operation for writing in WRITINGS.values()} | {"instance_status"} | READING
)
NEEDS_SENDS = "the second instance writes messages: --allow sends"
ONE_WRITER = "several customers write, and there is one second instance"


class PeerStage(GivenStage):
    """As a given instance; its customer is the instance that `session` calls.

    `names` are those of the two instances by number, as their own answers have them.
    """

    def __init__(
        self, instance: HostInstance, session: Session, peer: HostInstance, names: dict[str, str]
    ) -> None:
        super().__init__(instance)
        self._session, self._peer = session, peer
        self.customers = (peer.number,)
        # Why what it writes cannot be seen at the given instance; empty when it can.
        self.silence = ""
        # Why what is sent to it is not looked at where it arrives; empty when it is.
        self.unread = ""
        self._people: dict[str, dict[str, Any]] = {
            number: {"jid": as_given(number), "lid": None, "name": name or None}
            for number, name in names.items()
        }

    @property
    def session(self) -> Session:
        """What the second instance is called with."""
        return self._session

    def why_nobody_writes(self, event: str) -> str:
        writing = WRITINGS.get(event)
        if writing is None:
            return f"a second instance cannot cause {event}: no operation does it"
        contract = self._session.contract
        if writing.operation not in contract.by_id:
            return f"plan {contract.plan} has no {writing.operation}, which causes {event}"
        fence = self._session.gate.fence
        if fence is None or contract.by_id[writing.operation].effect not in fence.effects:
            return NEEDS_SENDS
        return self.silence

    def why_nobody_reads(self) -> str:
        return self.unread

    def reader(self, session: Any) -> tuple[HostInstance, Any]:
        if self.unread:
            raise NotTried(self.unread)
        # A session of the probe's own, so that what it changes is put back when the probe ends. The
        # receiver of the run passes on to the owner of the instance under test, not to this one's.
        reader = replace(
            self._session, probe=session.probe, breaches=[], undo=[], receiver=Receiver()
        )

        def put_back() -> bool:
            reader.put_back()
            # What the second instance's own answers break is the host's as well.
            session.breaches.extend(reader.breaches)
            return True

        session.undo.append(Undo(put_back))
        return self._peer, reader

    def may_set(self, event: str, path: str) -> bool:
        writing = WRITINGS.get(event)
        return writing is not None and path in writing.fields

    def customer_writes(self, instance: HostInstance, event: str, **body: Any) -> dict[str, Any]:
        reason = self.why_nobody_writes(event)
        if reason:
            raise NotTried(reason)
        if body.get("from", self._peer.number) != self._peer.number:
            raise NotTried(ONE_WRITER)
        group = str(body.get("group") or "")
        to, writing = group or instance.number, WRITINGS[event]
        fields = dict(body.get("set", {}))
        request = MessageRequest(to, instance.number, str(body.get("message") or ""), fields)
        data = {**writing.body(event, request), **_file_of(body)}
        if group:
            self._session.gate.allow_group(group)
        return {**self._write(writing, data), "chat": group or as_given(self._peer.number)}

    def announce(self, instance: HostInstance, event: str, mark: str) -> bool:
        """Write the mark as a text: what was told before it has come by then."""
        if instance.key != self._instance.key:
            return False
        try:
            self.customer_writes(instance, "text-extended", set={"message.conversation": mark})
        except (NotTried, HeldBack):
            return False
        return True

    def person(self, instance: HostInstance, number: str) -> dict[str, Any]:
        """What is known of a number; its hidden one is learnt from the webhooks that show it."""
        person = self._people.get(number)
        return super().person(instance, number) if person is None else person

    def _write(self, writing: Writing, data: Json) -> Json:
        session = self._session
        session.gate.learn(_texts(data))
        try:
            answer = session.call(writing.operation, self._peer, body={"messageData": data})
        except Unusable as error:
            # Its host is not the one under test: that goes on without a customer.
            self.silence = f"the second instance cannot be used any more: {error}"
            raise NotTried(self.silence) from None
        document = answer.json if isinstance(answer.json, dict) else {}
        message_data = document.get("messageData")
        key = message_data.get("key") if isinstance(message_data, dict) else None
        if not answer.ok or not isinstance(key, dict) or not isinstance(key.get("id"), str):
            raise NotTried(
                f"the second instance could not write: {answer.status} to {writing.operation}"
            )
        assert isinstance(message_data, dict)
        session.gate.learn([key["id"]])
        return {
            "id": key["id"],
            "event": writing.arrives_as,
            "from_me": False,
            "content": message_data.get("message"),
            "time": answer.time,
        }


def _file_of(body: Json) -> Json:
    """The file that a law brings along, as the call has it."""
    uri = body.get("media")
    if not isinstance(uri, str):
        return {}
    kind = uri.partition(",")[0].removeprefix("data:").removesuffix(";base64")
    return {"base64": uri.partition(",")[2], "mimeType": kind}


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for inner in node.values():
            yield from _texts(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _texts(inner)
