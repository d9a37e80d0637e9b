"""Checks of a receiver, from what was delivered to it and what it sent back. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from math import inf

from ..domain.message import Message
from ..records.delivery import Delivery
from .conversation import ChatOf, chats_of
from .loops import Activity, activity, flood_of, slow_rest, works_on
from .order import in_order, plain_order
from .reminders import REMINDERS_MOST, reminders
from .repeats import answered_too_often, greets_once, many_bubbles, never_answered, surplus_of
from .result import FAILED, LOOP, OPEN, PASSED, UNDECIDED, Check, Verdict
from .transcript import ChatTranscript, Inbound
from .wrong_chats import in_its_chat


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked of a receiver.

    `within`: seconds a 2xx may take. `answers`: as many messages may answer one message. `burst`:
    messages of a chat that come within so many seconds of each other may be answered together.
    `patience`: a missing answer counts as missing once its message is so many seconds old.
    `quiet`: who says nothing for so many seconds has come to rest; 0 where time stands still.
    `listens_only`: no message needs an answer.
    """

    within: float = 5.0
    answers: int = 3
    burst: float = 20.0
    patience: float = 0.0
    quiet: float = 3.0
    listens_only: bool = False


def judge(
    deliveries: Sequence[Delivery],
    messages: Iterable[Message],
    *,
    instance: str,
    now: float,
    terms: Terms | None = None,
    held_back: Collection[Delivery] = (),
    refusals: Sequence[tuple[str, str]] = (),
    chat_of: ChatOf = str,
    from_instances: Collection[str] = (),
) -> Verdict:
    """How a receiver did with these deliveries; `messages` are all the instance knows.

    What the instance sent into a chat from the first delivery on counts as an answer: to the
    message it quotes, else to the one whose number it repeats, else by its place. `held_back` has
    not left yet and is not judged; what else is unfinished leaves the verdict undecided, and fails
    after `within` seconds at the receiver. A bot that never answers fails, unless `listens_only`.
    `refusals`: id and reason of the sends that were refused. `chat_of`: as in `chats_of`.
    `from_instances` are the ids of messages that other instances of the mock sent.
    """
    terms = terms or Terms()
    outgoing = [delivery for delivery in deliveries if delivery.state not in _NEVER_TRIED]
    waiting = [each for each in outgoing if each.state == "queued" and each not in set(held_back)]
    complete = [delivery for delivery in outgoing if delivery.state != "queued"]
    # An answer to what has not come to its end yet proves nothing.
    judged, messages = outgoing if complete else [], [*messages]
    chats = chats_of(judged, messages, chat_of, from_instances, burst=terms.burst)
    reminded = reminders(chats, quiet=terms.quiet, now=now)
    unsent = _why_unsent(deliveries)
    checks = (
        _in_time(complete, waiting, now=now, within=terms.within, unsent=unsent),
        _stayed_up(complete),
        _answered_once(chats, instance, terms, now, _chats_written_by_mistake(chats, messages)),
        _no_loop(chats, terms, now, frozenset(waiting), reminded),
        in_order(chats, plain_order(deliveries)),
        _sends_accepted(refusals, chats),
        in_its_chat(chats),
    )
    return Verdict(instance, checks, _figures(deliveries, complete, waiting, chats))


LONGER = "a trial may take longer with --limit"
# No socket was opened for these, or the mock itself cut it.
_NEVER_TRIED = frozenset({"refused", "dropped", "abandoned"})


def _why_unsent(deliveries: Sequence[Delivery]) -> str | None:
    """Why the mock itself sent nothing: what its policy refused names the switch."""
    return next((each.reason for each in deliveries if each.state == "refused"), None)


def _in_time(
    complete: Sequence[Delivery],
    waiting: Sequence[Delivery],
    *,
    now: float,
    within: float,
    unsent: str | None,
) -> Check:
    name = "answered_in_time"
    late = [each for each in complete if not _is_answered(each, within)]
    begins = _begins_of(waiting, complete)
    late_in_queue = [each for each in waiting if now - begins[each] > within]
    if late or late_in_queue:
        message = f"{len(late) + len(late_in_queue)} webhooks had no 2xx within {within:g} s"
        return Check(name, FAILED, message, tuple(each.id for each in (*late, *late_in_queue)))
    if waiting:
        total = len(waiting) + len(complete)
        message = f"{len(waiting)} of {total} webhooks are still on their way; {LONGER}"
        return Check(name, UNDECIDED, message, tuple(each.id for each in waiting))
    if not complete:
        return Check(name, OPEN, unsent or "nothing was delivered yet")
    return Check(name, PASSED, f"{len(complete)} webhooks had a 2xx within {within:g} s")


def _begins_of(waiting: Sequence[Delivery], complete: Sequence[Delivery]) -> dict[Delivery, float]:
    """Since when each waits for the receiver, and not for those before it in its lane."""
    ends: dict[str, float] = {}
    for delivery in complete:
        for attempt in delivery.attempts:
            end = attempt.time + attempt.duration_ms / 1000
            ends[delivery.lane] = max(end, ends.get(delivery.lane, end))
    return {
        each: each.time if each.attempts else max(each.time, ends.get(each.lane, each.time))
        for each in waiting
    }


def _is_answered(delivery: Delivery, within: float) -> bool:
    return delivery.state == "delivered" and delivery.attempts[-1].duration_ms <= within * 1000


def _stayed_up(complete: Sequence[Delivery]) -> Check:
    name = "stayed_up"
    if not complete:
        return Check(name, OPEN, "nothing was delivered yet")
    failure_ids = [
        each.id
        for each in complete
        if any(attempt.error and not _timed_out(attempt.error) for attempt in each.attempts)
    ]
    last = max(
        (attempt for each in complete for attempt in each.attempts),
        key=lambda try_: try_.time,
    )
    if failure_ids:
        alive = "answers again" if last.status is not None else "is down"
        message = (
            f"{len(failure_ids)} connections were refused, reset or cut; at the end it {alive}"
        )
        return Check(name, FAILED, message, tuple(failure_ids))
    if last.status is None:
        return Check(name, FAILED, f"no answer at the end: {last.error}", (complete[-1].id,))
    return Check(name, PASSED, "no connection was refused, reset or cut, and it answers at the end")


def _timed_out(error: str) -> bool:
    # The transport's words; how long it takes is the other check's business.
    return " within " in error


def _answered_once(
    chats: Sequence[ChatTranscript],
    instance: str,
    terms: Terms,
    now: float,
    other_chats: Collection[str],
) -> Check:
    name = "answered_once"
    chats_written_to = [chat for chat in chats if chat.inbound]
    if not any(each.is_accepted for chat in chats_written_to for each in chat.inbound.values()):
        return Check(name, OPEN, "it accepted no message of a contact")
    if not any(chat.replies for chat in chats_written_to):
        return _silent(name, chats_written_to, instance, terms, now, other_chats)
    often = [each.id for each in answered_too_often(chats_written_to, terms.answers)]
    surplus = [message.id for message in surplus_of(chats_written_to)]
    open_messages = [] if terms.listens_only else never_answered(chats_written_to, terms.burst)
    seconds = works_on(chats_written_to, quiet=terms.quiet, now=now) if open_messages else 0.0
    # Who answers one after the other, each for a while, has not left out what is still in line.
    past = [each for each in open_messages if now - each.received_at >= terms.patience]
    late = [] if seconds else past
    if late and not (often or surplus) and (people := greets_once(chats_written_to)):
        return Check(name, PASSED, _greets_once(people, len(late)))
    if often or surplus or late:
        message = (
            f"{len(often)} messages answered too often, {len(surplus)} answers repeated,"
            f" {len(late)} messages never answered"
        )
        message += many_bubbles(chats_written_to, terms.answers)
        return Check(name, FAILED, message, (*often, *surplus, *(each.id for each in late)))
    if open_messages:
        return _answers_may_come(name, open_messages, terms, now, at_least=seconds)
    count = sum(bool(each.answers) for chat in chats_written_to for each in chat.inbound.values())
    if terms.listens_only and not count:
        return Check(name, OPEN, "it answered no message, and does not have to")
    answers = sum(len(chat.replies) for chat in chats_written_to)
    how = "each once" if answers <= count else f"with {answers} answers, none of them repeated"
    return Check(name, PASSED, f"{count} messages answered, {how}")


def _greets_once(people: int, later: int) -> str:
    return (
        f"each of {people} people had one answer and no other ({later} later messages have none):"
        " fine for a bot that greets once, a fault of one that should go on"
    )


def _answers_may_come(
    name: str,
    open_messages: Sequence[Inbound],
    terms: Terms,
    now: float,
    *,
    at_least: float = 0.0,
) -> Check:
    """Answers that may still come."""
    seconds = terms.patience - min(now - each.received_at for each in open_messages)
    seconds = max(seconds, at_least)
    message = f"{len(open_messages)} messages have no answer yet: ask again in {seconds:.0f} s"
    message += f"; {LONGER}" if at_least else ""
    return Check(name, UNDECIDED, message, tuple(each.id for each in open_messages))


def _chats_written_by_mistake(
    chats: Sequence[ChatTranscript], messages: Sequence[Message]
) -> list[str]:
    """Chats the instance wrote to while others wrote to it, in none of which anybody had."""
    written_to = {chat.name for chat in chats if chat.inbound}
    times = [each.first_attempt for chat in chats for each in chat.inbound.values()]
    start = min(times, default=inf)
    strays = [each for each in messages if each.from_me and each.time >= start]
    strays = [each for each in strays if each.chat not in written_to]
    # A message now and then is the owner's own.
    return sorted({each.chat for each in strays}) if 2 * len(strays) >= len(times) else []


def _silent(
    name: str,
    chats_written_to: Sequence[ChatTranscript],
    instance: str,
    terms: Terms,
    now: float,
    other_chats: Collection[str],
) -> Check:
    """The check of a bot that answered nobody: it may use another instance, or wrong addresses."""
    message = f"it answered nothing at all through {instance}"
    if other_chats:
        chats_text = ", ".join([*other_chats][:3])
        message = f"it answered nobody who wrote, but sent messages to others: {chats_text}"
    # All of it: a group that nobody answered in demands nothing.
    expected = never_answered(chats_written_to, terms.burst)
    if terms.listens_only or not expected:
        return Check(name, OPEN, message)
    if young := [each for each in expected if now - each.received_at < terms.patience]:
        return _answers_may_come(name, young, terms, now)
    message = f"nothing to judge: {message}; if it does not have to answer, use listens_only"
    return Check(name, FAILED, message)


def _no_loop(
    chats: Sequence[ChatTranscript],
    terms: Terms,
    now: float,
    waiting: Collection[Delivery],
    reminded: Activity,
) -> Check:
    name = LOOP
    loop_ids = [message.id for chat in chats for message in chat.loop_answers]
    if loop_ids:
        message = f"{len(loop_ids)} answers to its own messages: a loop"
        return Check(name, FAILED, message, tuple(loop_ids))
    activities = [
        activity(chat, answers=terms.answers, quiet=terms.quiet, now=now, waiting=waiting)
        for chat in chats
    ]
    endless = [message.id for each in activities for message in each.endless]
    if endless:
        since = max(each.since for each in activities if each.endless)
        return Check(name, FAILED, _goes_on(len(endless), since, terms), tuple(endless))
    if reminded.endless:
        message = _not_asked(len(reminded.endless), reminded.since)
        return Check(name, FAILED, message, tuple(each.id for each in reminded.endless))
    rest = max(slow_rest(chats, quiet=terms.quiet, now=now), reminded.decided_in)
    if seconds := max((rest, *(each.decided_in for each in activities))):
        message = f"it is still sending: ask again in {seconds:.0f} s whether it comes to rest"
        message += f"; {LONGER}"
        return Check(name, UNDECIDED, message)
    if not any(chat.has_delivery for chat in chats):
        return Check(name, OPEN, "none of its own messages was echoed to it")
    return Check(name, PASSED, "it answered none of its own messages")


def _not_asked(count: int, since: float) -> str:
    return (
        f"still sending {since:.0f} s after the last message of a contact, {count} messages at even"
        f" distances that nobody asked for: a loop (at most {REMINDERS_MOST} reminders are fine)"
    )


def _goes_on(count: int, since: float, terms: Terms) -> str:
    """A loop in words, and what to do about it."""
    if since:
        loop = (
            f"still sending {since:.0f} s after the last message of a contact, {count} messages"
            f" more than {terms.answers} for each: a loop (if they are meant, raise `answers`)"
        )
    else:
        loop = f"more than {flood_of(terms.answers)} answers to each webhook of a contact: a loop"
    return f"{loop}; a bot leaves alone what is key.fromMe, and message.ack"


def _sends_accepted(refusals: Sequence[tuple[str, str]], chats: Sequence[ChatTranscript]) -> Check:
    """Whether all its sends were accepted; a refused one reaches nobody."""
    name = "sends_accepted"
    if refusals:
        message = f"{len(refusals)} of its sends were refused, the first: {refusals[0][1]}"
        return Check(name, FAILED, message, tuple(exchange for exchange, _ in refusals))
    if not any(chat.replies for chat in chats):
        return Check(name, OPEN, "it sent nothing")
    return Check(name, PASSED, "the gateway took everything it sent")


def _figures(
    deliveries: Sequence[Delivery],
    complete: Sequence[Delivery],
    waiting: Sequence[Delivery],
    chats: Sequence[ChatTranscript],
) -> dict[str, float]:
    durations = sorted(attempt.duration_ms for each in complete for attempt in each.attempts)
    return {
        "deliveries": len(deliveries),
        "copies": sum(" of " in str(each.chaos) for each in deliveries),
        "dropped": sum(each.state == "dropped" for each in deliveries),
        "unfinished": len(waiting),
        "inbound": sum(len(chat.inbound) for chat in chats),
        "answers": sum(len(chat.replies) for chat in chats),
        "median_ms": durations[len(durations) // 2] if durations else 0.0,
        "slowest_ms": durations[-1] if durations else 0.0,
    }
