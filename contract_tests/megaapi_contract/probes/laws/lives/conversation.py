"""The model of a conversation: what either side wrote, and what webhooks must have told of it."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from ....judging.results import Exchange
from ..assertions import at, done, no_account
from ..calls import message, sent_id, text
from ..webhook_listener import WebhookListener
from ..webhooks import ECHO, READ, acks, check_acks, check_echo, message_id
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

    @rule(person=st.sampled_from(FRIENDS), words=st.sampled_from(("Oi", "", "Bom dia\nPedido 42")))
    @keep_error
    def writes(self, person: str, words: str) -> None:
        """A text."""
        self._keep(text(self.session, self.place, person, words))

    @rule(person=st.sampled_from(STRANGERS))
    @keep_error
    def writes_to_nobody(self, person: str) -> None:
        """Refused, and told to nobody."""
        answer = text(self.session, self.place, person)
        no_account(self.session, answer, "a number without WhatsApp")
        if answer.ok:
            self.unheard.append(sent_id(answer))

    @precondition(lambda self: self.sent)
    @rule(operation=st.sampled_from(("quote_message", "forward_message")),
          which=st.integers(0, 9), person=st.sampled_from(FRIENDS))  # fmt: skip
    @keep_error
    def comes_back_to_one(self, operation: str, which: int, person: str) -> None:
        """An earlier message is quoted or forwarded."""
        first = at(self._one(which).json, "messageData")
        more = {"text": "Sobre este"} if operation == "quote_message" else {}
        data = {"to": person, "key": at(first, "key"), "message": at(first, "message"), **more}
        self._keep(message(self.session, self.place, operation, **data))

    @precondition(lambda self: self.sent)
    @rule(which=st.integers(0, 9))
    @keep_error
    def takes_one_back(self, which: int) -> None:
        """An earlier message is deleted for everyone."""
        key = at(self._one(which).json, "messageData", "key")
        to = str(at(key, "remoteJid"))
        answer = message(self.session, self.place, "delete_message", to=to, key=key)
        if done(self.session, answer, "deleting"):
            self.unsaid.append(answer)

    def _one(self, which: int) -> Exchange:
        return self.sent[which % len(self.sent)]

    @rule(
        person=st.sampled_from(FRIENDS), event=st.sampled_from(("text-plain", "image", "location"))
    )
    @keep_error
    def receives(self, person: str, event: str) -> None:
        """A customer writes."""
        path = f"/_mock/instances/{self.place.key}/inbound"
        inbound_message = self.stage.control_api("POST", path, {"event": event, "from": person})
        self.received.append(str(inbound_message["id"]))

    def _keep(self, answer: Exchange) -> None:
        if done(self.session, answer, "a message"):
            self.sent.append(answer)

    def teardown(self) -> None:
        """All of it was told, once and in order."""
        if self.hook is not None and self.lived.error is None:
            try:
                self._check_webhooks(self.hook)
            except Exception as error:
                self.lived.error = error

    def _check_webhooks(self, hook: WebhookListener) -> None:
        expected = len(self.sent) + len(self.unsaid)
        webhooks = hook.receive(
            lambda webhooks: sum(READ in acks(webhooks, i) for i in self._ids()) >= expected
        )
        ids = [message_id(one) for one in webhooks if at(one.json, "message") is not None]
        theirs = [id_ for id_ in ids if id_ in self.received]
        hook.claim("text-plain", theirs == self.received, "customers are heard once, in order")
        own = [id_ for id_ in ids if id_ not in (*self.received, *self.unheard)]
        sent_ids = [sent_id(one) for one in self.sent]
        hook.claim(ECHO, own in (sent_ids, []), "own messages are echoed once, in order")
        for one in self.sent:
            check_echo(hook, webhooks, one)
        for one in (*self.sent, *self.unsaid):
            check_acks(hook, webhooks, one)

    def _ids(self) -> list[str]:
        return [sent_id(one) for one in (*self.sent, *self.unsaid)]
