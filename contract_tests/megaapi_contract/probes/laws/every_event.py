"""Every event of several people, with odd texts and in long bursts; what passes between two."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from functools import partial, update_wrapper
from typing import Any

from megaapi_mock.domain.jid import as_given
from megaapi_mock.domain.message import unwrap

from ...host.stage import WORLD, Stage
from ..probe import Laws
from ..session import Session
from .assertions import claim, claim_success, is_same, value_at
from .calls import message, sent_id, someone, text
from .connection import restart
from .customers import author_content, has_content, words_of
from .every_text import ODD
from .media import PNG, fetch, same_bytes
from .requests import DELETIONS, GOOD_REQUESTS, SENDS
from .watched_instance import watch_instance
from .webhooks import PHASE, Rule, listening, message_id

LAWS = Laws()
Json = dict[str, Any]

# What people write without anything having happened before.
WRITTEN_FIRST = (
    "text-plain", "text-extended", "text-link-preview", "text-forwarded", "ephemeral", "image",
    "video", "video-note", "audio-voice-note", "audio-file", "document",
    "document-with-caption", "sticker", "location", "live-location", "contact",
    "contacts-array", "poll-creation", "view-once", "group-invite", "interactive-order", "order",
)  # fmt: skip
# Fields of a content that somebody typed.
TYPED = frozenset(
    {"conversation", "text", "caption", "title", "description", "name", "address", "fileName",
     "displayName", "comment", "orderTitle", "groupName"}
)  # fmt: skip
BURST, SHORT_BURST, OTHERS = 60, 8, 25
QUOTED = ("text-extended", "image", "document", "location", "contact", "audio-voice-note",
          "document-with-caption", "ephemeral", "view-once")  # fmt: skip


def _one_law_per_event(
    names: Iterable[str], *causes: str, effects: tuple[str, ...] = ("changes",)
) -> Callable[[Rule], Rule]:
    """The rule as a law of each of these events or operations."""

    def keep(rule: Rule) -> Rule:
        for name in names:
            run = partial(rule, name)
            update_wrapper(run, rule)
            events = (name,) if name not in GOOD_REQUESTS else ("text-plain",)
            operations = (
                (*causes, "configure_webhook") if name not in GOOD_REQUESTS else (name, *causes)
            )
            needs: dict[str, Any] = (
                {"reader": True, "worth": 1} if name in GOOD_REQUESTS else {"customer": (name,)}
            )
            LAWS.law(*operations, effects=effects, phase=PHASE, about=name, events=events,
                     **needs)(run)  # fmt: skip
        return rule

    return keep


def typed_paths(content: Any, way: tuple[str, ...] = ()) -> Iterator[str]:
    """The dotted path to every field that somebody typed, lists left out."""
    for name, part in content.items() if isinstance(content, dict) else ():
        if isinstance(part, str) and name in TYPED:
            yield ".".join((*way, name))
        elif name not in ("contextInfo", "messageContextInfo"):
            yield from typed_paths(part, (*way, name))


@_one_law_per_event(WRITTEN_FIRST)
def what_several_write_is_told_apart(event: str, session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    # Where one customer writes, their messages are told apart all the same.
    first, second, third = (stage.customers * 3)[:3]
    inbound_messages = [stage.customer_writes(instance, event, **{"from": first})]
    for person, more in (
        (second, _odd_fields(stage, inbound_messages[0])), (first, {}), (third, {}),
    ):  # fmt: skip
        stage.pass_time(7)
        inbound_messages.append(stage.customer_writes(instance, event, **{"from": person}, **more))
    webhooks = hook.receive(lambda webhooks: len(webhooks) >= len(inbound_messages))
    ids, event = [message_id(one) for one in webhooks], inbound_messages[0]["event"]
    if not hook.claim(
        event, ids == [one["id"] for one in inbound_messages], "each is told once, in order"
    ):
        return
    for one, message_, person in zip(
        webhooks, inbound_messages, (first, second, first, third), strict=True
    ):
        same = has_content(hook, stage, value_at(one.json, "message"), message_["content"])
        hook.claim(event, same, "every field is what was written", one)
        hook.check_author(one, event, person)
        if stage.phone:
            moment = value_at(one.json, "messageTimestamp")
            right = moment is None or moment == int(message_["time"])
            hook.claim(event, right, "messageTimestamp is when it was written", one)


def _odd_fields(stage: Stage, inbound_message: Json) -> Json:
    """Odd words in every field of it that somebody types and that can be set."""
    paths = [
        path
        for way in typed_paths(inbound_message["content"])
        if stage.may_set(inbound_message["event"], path := f"message.{way}")
    ]
    odd = {path: ODD.format(number) for number, path in enumerate(paths)}
    return {"set": odd} if odd else {}


@_one_law_per_event([name for name in SENDS if name not in DELETIONS], effects=("sends", "changes"))
def what_arrives_is_what_was_answered(operation: str, session: Session, stage: Stage) -> None:
    """Two instances of one host: what the other one is told is what the sender was answered."""
    reader = watch_instance(session, stage)
    hook, arguments = reader.hook, GOOD_REQUESTS[operation].arguments(reader.number)
    answer = session.call(operation, stage.instance(), **arguments)
    if not claim_success(session, answer, "a good send"):
        return
    webhooks = reader.receive(answer)
    if hook.claim("text-plain", len(webhooks) == 1, "what was sent arrives once"):
        content = author_content(value_at(webhooks[0].json, "message"))
        answered_content = author_content(value_at(answer.json, "messageData", "message"))
        same = is_same(session, bare(content), bare(answered_content))
        hook.claim("text-plain", same, "what arrives is what was answered", webhooks[0])


def bare(content: Any) -> Any:
    """A content without what only one of the two sides is told: where it is kept, and context."""
    if isinstance(content, dict):
        return {name: bare(part) for name, part in content.items() if name != "contextInfo"}
    return [bare(one) for one in content] if isinstance(content, list) else content


@LAWS.law("configure_webhook", effects=("changes",), phase=PHASE, customer=("text-plain",),
          events=("text-plain", "text-extended"))  # fmt: skip
def a_long_burst_is_told_whole_and_in_order(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    # To a person's phone a second instance writes no more than a few.
    length = BURST if stage.phone else SHORT_BURST
    expected = [
        stage.customer_writes(
            instance, "text-plain", set={"message.conversation": f"Texto {turn}"},
            **{"from": stage.customers[turn % min(3, len(stage.customers))]},
        )["id"]
        for turn in range(length)
    ]  # fmt: skip
    webhooks = hook.receive(lambda webhooks: len(webhooks) >= length)
    hook.claim("text-plain", [*map(message_id, webhooks)] == expected, "all of a burst, in order")
    texts_in_order = [words_of(one.json) for one in webhooks]
    right = texts_in_order == [f"Texto {turn}" for turn in range(length)]
    hook.claim("text-plain", right, "each with its own words")


@LAWS.law("send_media_base64", "download_media", "restart",
          effects=("sends", "reads", "disconnects"), phone=True)  # fmt: skip
def files_stay_whatever_comes_after(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    answer = session.call(
        "send_media_base64", instance, **GOOD_REQUESTS["send_media_base64"].arguments(to)
    )
    part = value_at(answer.json, "messageData", "message", "imageMessage") or {}
    for number in range(OTHERS):
        # Pictures of their own: what follows the end of a picture is shown nowhere.
        other = b64encode(PNG + bytes([number])).decode()
        message(session, instance, "send_media_base64", to=to, type="image", base64=other)
    same_bytes(session, fetch(session, instance, part, "image"), part, PNG)
    restart(session, stage, instance)
    same_bytes(session, fetch(session, instance, part, "image"), part, PNG)
    same_bytes(session, fetch(session, instance, part, "image"), part, PNG)


@_one_law_per_event(QUOTED, "forward_message", "quote_message", effects=("sends", "changes"))
def what_is_passed_on_keeps_its_content(event: str, session: Session, stage: Stage) -> None:
    instance, writer = stage.instance(), stage.customers[0]
    to = stage.customers[1 % len(stage.customers)]
    inbound_message = stage.customer_writes(instance, event, **{"from": writer})
    # Passed on as it came: wrapped, and with what the writer's client adds.
    content = inner_content(inbound_message["content"])
    key = {"remoteJid": as_given(writer), "fromMe": False, "id": inbound_message["id"]}
    data = {"to": to, "key": key, "message": inbound_message["content"]}
    answer = message(session, instance, "forward_message", **data)
    if claim_success(session, answer, "a forward"):
        forwarded_content = inner_content(value_at(answer.json, "messageData", "message"))
        same = is_same(session, bare(forwarded_content), bare(content))
        claim(session, answer, same, "a forward keeps every field")
    answer = message(session, instance, "quote_message", **data, text="Sobre este")
    if claim_success(session, answer, "a quote"):
        way = ("messageData", "message", "extendedTextMessage", "contextInfo", "quotedMessage")
        quoted_content = inner_content(value_at(answer.json, *way))
        same = is_same(session, bare(quoted_content), bare(content))
        claim(session, answer, same, "a quote keeps every field")


def inner_content(content: Any) -> Any:
    """A content without its wrappers, which a host may keep or take off, and its client's part."""
    return author_content(unwrap(content)) if isinstance(content, dict) else content


@LAWS.law("send_text", effects=("sends",), phone=True)
def many_sends_have_each_their_own_answer(session: Session, stage: Stage) -> None:
    instance, ids = stage.instance(), set[str]()
    for turn in range(BURST):
        to, words = WORLD[turn % 3], f"Texto {turn}"
        answer = text(session, instance, to, words)
        back = value_at(answer.json, "messageData", "message", "extendedTextMessage", "text")
        claim(session, answer, back == words, "the text is this send's")
        chat = value_at(answer.json, "messageData", "key", "remoteJid")
        claim(session, answer, chat == as_given(to), "remoteJid is this send's")
        claim(session, answer, sent_id(answer) not in ids, "the id is this send's")
        ids.add(sent_id(answer))
