"""What depends on who writes: blocks, unread messages, deletions, the token of another instance."""

from __future__ import annotations

from megaapi_mock.domain.jid import as_given

from ...errors import Impossible
from ...host.host_instance import HostInstance
from ...host.stage import Stage
from ...judging.results import Exchange, Webhook
from ...judging.values import jid_of
from ..probe import Laws
from ..session import Session
from .assertions import AUTHOR, claim, claim_refusal, claim_success, value_at
from .calls import someone, text
from .requests import GOOD_REQUESTS
from .webhooks import PHASE, is_ack, listening, message_id

LAWS = Laws()

WRITTEN = ("text-plain", "text-extended")
CHATS = ("remoteJid", "senderLid")
# What the token of a neighbour is tried on.
OPENED = ("instance_status", "send_text", "list_groups")
# A client of the vendor's sends the same as texts. Each comes after its opposite.
BLOCKS: tuple[tuple[bool | str, bool], ...] = (
    (True, False), ("false", True), ("true", False), (False, True),
)  # fmt: skip


def _write(stage: Stage, instance: HostInstance) -> str:
    """The id of a customer's text; empty where a mock says that it cannot arrive."""
    try:
        return str(stage.customer_writes(instance, "text-plain")["id"])
    except Impossible:
        return ""


@LAWS.law("block_chat", "configure_webhook", effects=("changes",), phase=PHASE,
          customer=("text-plain",), events=WRITTEN)  # fmt: skip
def what_the_blocked_write_is_not_told(session: Session, stage: Stage) -> None:
    (instance, hook), person = listening(session, stage), stage.customers[0]
    attempts = []
    for option, is_heard in BLOCKS:
        answer = session.call("block_chat", instance, body={"to": person, "option": option})
        claim_success(session, answer, "a block")
        attempts.append((_write(stage, instance), is_heard))
    received_ids = [*map(message_id, hook.receive())]
    promise = session.contract.promise("block_chat")
    for id_, is_heard in attempts:
        right = (id_ in received_ids) is is_heard
        sentence = "who may write again is heard" if is_heard else "who is blocked is not heard"
        claim(session, answer, right, sentence, promise=promise)


def _chats_with(person: str, received: list[Webhook]) -> set[str]:
    """Every address under which a chat with this person may be listed."""
    keys = [value_at(one.json, "key") for one in received if not is_ack(one)]
    addresses = {str(value_at(key, name)) for key in keys for name in (*CHATS, *AUTHOR)}
    return {as_given(person)} | {one for one in addresses if jid_of(one).lid}


def _unread(session: Session, instance: HostInstance, own: set[str]) -> tuple[Exchange, int]:
    """How many messages of the chat with these addresses the list of chats calls unread."""
    answer = session.call("list_chats", instance)
    chats = value_at(answer.json, "chats")
    for chat in chats if isinstance(chats, list) else ():
        count = value_at(chat, "unreadCount")
        if str(value_at(chat, "id")) in own and type(count) is int:
            return answer, max(count, 0)
    return answer, 0


@LAWS.law("read_message", "list_chats", "configure_webhook", effects=("changes", "reads"),
          phase=PHASE, customer=("text-plain",), events=WRITTEN)  # fmt: skip
def what_was_read_is_unread_no_longer(session: Session, stage: Stage) -> None:
    (instance, hook), person = listening(session, stage), stage.customers[0]
    ids = [str(stage.customer_writes(instance, "text-plain")["id"]) for _ in range(2)]
    own = _chats_with(person, [one for one in hook.receive() if message_id(one) in ids])
    session.gate.learn(ids)
    answer, unread = _unread(session, instance, own)
    if not claim(session, answer, unread >= 2, "both messages are unread"):
        return
    # The older one: a phone that has shown a message has shown those before it.
    key = {"remoteJid": as_given(person), "fromMe": False, "id": ids[0]}
    read = session.call("read_message", instance, body={"messageData": {"key": key}})
    claim_success(session, read, "a message was read")
    answer, left = _unread(session, instance, own)
    claim(session, answer, left < unread, "what was read is unread no longer")
    promise = session.contract.promise("read_message")
    claim(session, answer, left >= unread - 1, "the message after it stays unread", promise=promise)


@LAWS.law("list_chats", "send_text", effects=("reads", "sends"), customer=("text-plain",),
          worth=2)  # fmt: skip
def what_one_writes_oneself_is_not_unread(session: Session, stage: Stage) -> None:
    """Of a person who writes only when the suite has it done."""
    instance, person = stage.instance(), stage.customers[0]
    text(session, instance, person, "Primeira da loja")
    _, before = _unread(session, instance, {as_given(person)})
    text(session, instance, person, "Segunda da loja")
    answer, after = _unread(session, instance, {as_given(person)})
    claim(session, answer, after <= before, "an own message is not unread")


@LAWS.law("configure_webhook", effects=("changes",), phase=PHASE,
          customer=("text-plain", "deleted"), by_hand=True, events=("deleted",))  # fmt: skip
def a_deletion_of_a_customer_names_what_is_gone(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    first, _ = (str(stage.customer_writes(instance, "text-plain")["id"]) for _ in range(2))
    hook.receive()
    stage.customer_writes(instance, "deleted", message=first)
    parts = [value_at(one.json, "message", "protocolMessage") for one in hook.receive()]
    keys = [value_at(part, "key", "id") for part in parts if part is not None]
    # The vendor documents what a deletion is, whoever's it is.
    is_sent = "delete_message" in session.contract.by_id
    promise = session.contract.promise("delete_message") if is_sent else None
    hook.claim("deleted", keys in ([first], []), "the message that is gone", promise=promise)
    hook.claim("deleted", keys, "a deletion is told")


@LAWS.law(*OPENED, effects=("reads", "sends"), reader=True, worth=8)
def the_token_of_another_instance_opens_nothing(session: Session, stage: Stage) -> None:
    instance, (other, _) = stage.instance(), stage.reader(session)
    for operation in OPENED:
        arguments = GOOD_REQUESTS[operation].arguments(someone(session))
        answer = session.call(operation, instance, token=other.token, **arguments)
        claim_refusal(session, answer, 401, "another instance's token")
