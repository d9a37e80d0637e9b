"""The model of a conversation: what either side wrote, and what webhooks must have told of it."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from ....judging.results import Exchange
from ..assertions import at, done, no_account
from ..calls import message, sent_id, text
from ..webhook_listener import WebhookListener
from ..webhooks import ECHO, READ, acks, echoed, message_id, told
from .life import FRIENDS, STRANGERS, Life, keep_error


class Conversation(Life):
    """What was written by either side, and what the webhooks must have told of it."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Exchange] = []
        self.unsaid: list[Exchange] = []
        # Accepted, as some hosts do, for people without an account.
        self.unheard: list[str] = []
        self.received: list[str] = []
        self.hook: WebhookListener | None = None

    @initialize()
    @keep_error
    def begins(self) -> None:
        """A linked instance with a webhook."""
        self.place = self.stage.place()
        self.hook = WebhookListener(self.session, self.stage, self.place).open()

    @rule(who=st.sampled_from(FRIENDS), said=st.sampled_from(("Oi", "", "Bom dia\nPedido 42")))
    @keep_error
    def writes(self, who: str, said: str) -> None:
        """A text."""
        self._keep(text(self.session, self.place, who, said))

    @rule(who=st.sampled_from(STRANGERS))
    @keep_error
    def writes_to_nobody(self, who: str) -> None:
        """Refused, and told to nobody."""
        sent = text(self.session, self.place, who)
        no_account(self.session, sent, "a number without WhatsApp")
        if sent.ok:
            self.unheard.append(sent_id(sent))

    @precondition(lambda self: self.sent)
    @rule(operation=st.sampled_from(("quote_message", "forward_message")),
          which=st.integers(0, 9), who=st.sampled_from(FRIENDS))  # fmt: skip
    @keep_error
    def comes_back_to_one(self, operation: str, which: int, who: str) -> None:
        """An earlier message is quoted or forwarded."""
        first = at(self._one(which).json, "messageData")
        more = {"text": "Sobre este"} if operation == "quote_message" else {}
        data = {"to": who, "key": at(first, "key"), "message": at(first, "message"), **more}
        self._keep(message(self.session, self.place, operation, **data))

    @precondition(lambda self: self.sent)
    @rule(which=st.integers(0, 9))
    @keep_error
    def takes_one_back(self, which: int) -> None:
        """An earlier message is deleted for everyone."""
        key = at(self._one(which).json, "messageData", "key")
        to = str(at(key, "remoteJid"))
        found = message(self.session, self.place, "delete_message", to=to, key=key)
        if done(self.session, found, "deleting"):
            self.unsaid.append(found)

    def _one(self, which: int) -> Exchange:
        return self.sent[which % len(self.sent)]

    @rule(who=st.sampled_from(FRIENDS), event=st.sampled_from(("text-plain", "image", "location")))
    @keep_error
    def receives(self, who: str, event: str) -> None:
        """A customer writes."""
        path = f"/_mock/instances/{self.place.key}/inbound"
        made = self.stage.control_api("POST", path, {"event": event, "from": who})
        self.received.append(str(made["id"]))

    def _keep(self, sent: Exchange) -> None:
        if done(self.session, sent, "a message"):
            self.sent.append(sent)

    def teardown(self) -> None:
        """All of it was told, once and in order."""
        if self.hook is not None and self.lived.error is None:
            try:
                self._told(self.hook)
            except Exception as error:
                self.lived.error = error

    def _told(self, hook: WebhookListener) -> None:
        wanted = len(self.sent) + len(self.unsaid)
        came = hook.heard(lambda found: sum(READ in acks(found, i) for i in self._ids()) >= wanted)
        ids = [message_id(one) for one in came if at(one.json, "message") is not None]
        theirs = [id_ for id_ in ids if id_ in self.received]
        hook.claim("text-plain", theirs == self.received, "customers are heard once, in order")
        own = [id_ for id_ in ids if id_ not in (*self.received, *self.unheard)]
        said = [sent_id(one) for one in self.sent]
        hook.claim(ECHO, own in (said, []), "own messages are echoed once, in order")
        for one in self.sent:
            echoed(hook, came, one)
        for one in (*self.sent, *self.unsaid):
            told(hook, came, one)

    def _ids(self) -> list[str]:
        return [sent_id(one) for one in (*self.sent, *self.unsaid)]
