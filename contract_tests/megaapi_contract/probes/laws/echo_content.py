"""What an echo says of a message: the same as the answer to the send, as surely as its content."""

from __future__ import annotations

from typing import Any

from ...judging.contract import Contract
from ...judging.results import GRADES, Exchange, Promise, Webhook
from ...judging.values import jid_of
from .assertions import value_at
from .listed_people import learn_address, with_listed
from .webhook_listener import READ, SERVER, WebhookCondition, WebhookListener

ECHO = "from-me-api-echo"
# What the caller wrote, what a phone shows by it, and by what a file is fetched.
WRITTEN = (
    "text", "caption", "fileName", "mimetype", "ptt", "gifPlayback", "fileLength", "mediaKey",
    "degreesLatitude", "degreesLongitude", "name", "address", "displayName", "vcard",
)  # fmt: skip
# Above and below the rows of a list.
AROUND_ROWS = ("title", "description", "buttonText", "footerText")
# What a person chooses from, by the words that stand in it and the id that comes back.
CHOICES = ("rowId", "title", "description")


def hold_content(hook: WebhookListener, echo: Webhook, answered: Any) -> None:
    """Hold that an echo has the content of the answer.

    The whole body of an echo is a guess. What stands in a content of its kind is not: the vendor
    documents it for every message, whoever wrote it.
    """
    echoed_content = value_at(echo.json, "message")
    lid, number = (value_at(echo.json, "key", name) for name in ("senderLid", "senderPn"))
    if jid_of(lid).lid:
        learn_address(hook.session, str(lid), number)
    # A quote names its author as dialled in the answer, and as WhatsApp knows them in the echo.
    is_same = with_listed(hook.session, echoed_content) == with_listed(hook.session, answered)
    hook.claim(ECHO, is_same, "the echo has the content of the answer", echo)
    for kind, part in answered.items() if isinstance(answered, dict) else ():
        promise, echoed_part = (
            promise_of_echo(hook.contract, kind),
            value_at(echoed_content, kind),
        )
        # A host may put a wrapper around it, or tell another kind: then the guess alone is broken.
        if promise is None or not isinstance(part, dict) or not isinstance(echoed_part, dict):
            continue
        is_list = "sections" in part and "sections" in echoed_part
        for name in (*WRITTEN, *AROUND_ROWS) if is_list else WRITTEN:
            if part.get(name) is not None:
                is_same = _same(echoed_part.get(name), part[name])
                sentence = f"{kind}: the echo has the {name} of the answer"
                hook.claim(ECHO, is_same, sentence, echo, promise=promise)
        if is_list:
            same_rows = rows_of(echoed_part) == rows_of(part)
            sentence = f"{kind}: the echo has the rows of the answer"
            hook.claim(ECHO, same_rows, sentence, echo, promise=promise)


def rows_of(part: Any) -> list[tuple[Any, ...]]:
    """What can be chosen from a list, section by section, with what a choice brings back."""
    sections = value_at(part, "sections")
    return [
        tuple(value_at(row, name) for name in CHOICES)
        for section in (sections if isinstance(sections, list) else ())
        for row in value_at(section, "rows") or ()
    ]


def is_echoed(
    hook: WebhookListener, webhooks: list[Webhook], answer: Exchange, echoes: list[Webhook]
) -> bool:
    """Whether a message came back; hold that one which did not has no echo of another id either.

    A send that failed says nothing of that.
    """
    if answer.status != 200:
        return False
    if not echoes and not _has_no_echo(hook, webhooks, answer):
        return False
    return hook.settle_echo(bool(echoes))


def _has_no_echo(hook: WebhookListener, webhooks: list[Webhook], answer: Exchange) -> bool:
    content = value_at(answer.json, "messageData", "message")
    others = [
        one
        for one in webhooks
        if content
        and value_at(one.json, "message") == content
        and value_at(one.json, "key", "id") not in hook.known_ids
    ]
    promise = hook.contract.promise(str(answer.operation))
    sentence = "what is told of a message has the id that was answered"
    return hook.claim(ECHO, not others, sentence, others[0] if others else None, promise=promise)


def promise_of_content(contract: Contract, kind: str) -> Promise | None:
    """The surest source of a message with this content; None where no event has it."""
    promises = [
        contract.event_promise(name)
        for name, event in contract.events.items()
        if event.definition.get("x-message-type") == kind and name != ECHO
    ]
    return max(promises, key=lambda promise: GRADES.index(promise.grade), default=None)


def promise_of_echo(contract: Contract, kind: str) -> Promise | None:
    """The promise behind echoed content: its events, else the schema of what was answered.

    Nobody has seen a list come. But the echo speaks of the message of the answer, and where both
    show a content of one kind, they must not say two things of it.
    """
    promise = promise_of_content(contract, kind)
    return promise or contract.component_promise(f"{kind[:1].upper()}{kind[1:]}")


def _same(one: Any, other: Any) -> bool:
    """Whether two values are equal; a number is not a truth value."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def is_acknowledged(hook: WebhookListener, step: int = READ) -> WebhookCondition:
    """Whether a message got this far, or as far as is sure: a person need not look at it."""
    step = step if hook.plays_people else SERVER

    def has_come(webhooks: list[Webhook]) -> bool:
        steps = (value_at(one.json, "update", "status") for one in webhooks)
        return hook.is_off("acks") or step in steps

    return has_come
