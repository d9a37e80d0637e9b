"""The model of a conversation: what either side wrote, and what webhooks must have told of it."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from ....judging.results import Exchange
from ..assertions import claim_success, no_account, value_at
from ..calls import message, sent_id, text
from ..webhook_listener import WebhookListener
from ..webhooks import ECHO, READ, acks, check_acks, check_echo, message_id
from .life import FRIENDS, STRANGERS, Life, keep_error


class Conversation(Life):
    """What was written by either side, and what the webhooks must have told of it."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Exchange] = []
        self.unsaid: list[Exchange] = []
        # Accepted, as some hosts do, for people without an account.
        self.unheard: list[str] = []
        self.inbound_ids: list[str] = []
        self.hook: WebhookListener | None = None

    @initialize()
    @keep_error
    def begins(self) -> None:
        """A linked instance with a webhook."""
        self.instance = self.stage.instance()
        self.hook = WebhookListener(self.session, self.stage, self.instance).open()

    @rule(person=st.sampled_from(FRIENDS), words=st.sampled_from(("Oi", "", "Bom dia\nPedido 42")))
    @keep_error
    def writes(self, person: str, words: str) -> None:
        """A text."""
        self._keep(text(self.session, self.instance, person, words))

    @rule(person=st.sampled_from(STRANGERS))
    @keep_error
    def writes_to_nobody(self, person: str) -> None:
        """Refused, and told to nobody."""
        answer = text(self.session, self.instance, person)
        no_account(self.session, answer, "a number without WhatsApp")
        if answer.ok:
            self.unheard.append(sent_id(answer))

    @precondition(lambda self: self.answers)
    @rule(operation=st.sampled_from(("quote_message", "forward_message")),
          which=st.integers(0, 9), person=st.sampled_from(FRIENDS))  # fmt: skip
    @keep_error
    def comes_back_to_one(self, operation: str, which: int, person: str) -> None:
        """An earlier message is quoted or forwarded."""
        first = value_at(self._one(which).json, "messageData")
        more = {"text": "Sobre este"} if operation == "quote_message" else {}
        data = {
            "to": person,
            "key": value_at(first, "key"),
            "message": value_at(first, "message"),
            **more,
        }
        self._keep(message(self.session, self.instance, operation, **data))

    @precondition(lambda self: self.answers)
    @rule(which=st.integers(0, 9))
    @keep_error
    def takes_one_back(self, which: int) -> None:
        """An earlier message is deleted for everyone."""
        key = value_at(self._one(which).json, "messageData", "key")
        to = str(value_at(key, "remoteJid"))
        answer = message(self.session, self.instance, "delete_message", to=to, key=key)
        if claim_success(self.session, answer, "deleting"):
            self.unsaid.append(answer)

    def _one(self, which: int) -> Exchange:
        return self.answers[which % len(self.answers)]

    @rule(
        person=st.sampled_from(FRIENDS), event=st.sampled_from(("text-plain", "image", "location"))
    )
    @keep_error
    def receives(self, person: str, event: str) -> None:
        """A customer writes."""
        path = f"/_mock/instances/{self.instance.key}/inbound"
        inbound_message = self.stage.control_api("POST", path, {"event": event, "from": person})
        self.inbound_ids.append(str(inbound_message["id"]))

    def _keep(self, answer: Exchange) -> None:
        if claim_success(self.session, answer, "a message"):
            self.answers.append(answer)

    def teardown(self) -> None:
        """All of it was told, once and in order."""
        if self.hook is not None and self.probe_state.error is None:
            try:
                self._check_webhooks(self.hook)
            except Exception as error:
                self.probe_state.error = error

    def _check_webhooks(self, hook: WebhookListener) -> None:
        expected = len(self.answers) + len(self.unsaid)
        webhooks = hook.receive(
            lambda webhooks: sum(READ in acks(webhooks, i) for i in self._ids()) >= expected
        )
        ids = [message_id(one) for one in webhooks if value_at(one.json, "message") is not None]
        theirs = [id_ for id_ in ids if id_ in self.inbound_ids]
        hook.claim("text-plain", theirs == self.inbound_ids, "customers are heard once, in order")
        own = [id_ for id_ in ids if id_ not in (*self.inbound_ids, *self.unheard)]
        sent_ids = [sent_id(one) for one in self.answers]
        hook.claim(ECHO, own in (sent_ids, []), "own messages are echoed once, in order")
        for one in self.answers:
            check_echo(hook, webhooks, one)
        for one in (*self.answers, *self.unsaid):
            check_acks(hook, webhooks, one)

    def _ids(self) -> list[str]:
        return [sent_id(one) for one in (*self.answers, *self.unsaid)]
