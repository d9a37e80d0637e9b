"""Judging a receiver, from what was delivered to it and what it sent back: pure, over data."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise

from ..domain.message import Message
from .delivery import Delivery
from .talk import Chat, Inbound, chats_of
from .verdict import FAILED, OPEN, PASSED, Check, Verdict


def judge(
    deliveries: Sequence[Delivery],
    messages: Iterable[Message],
    *,
    instance: str,
    now: float,
    within: float = 5.0,
    held: Collection[Delivery] = (),
    listens_only: bool = False,
) -> Verdict:
    """How a receiver did with these deliveries; `messages` are all the instance knows.

    What the instance itself sent into a chat from the first delivery on counts as an answer:
    to the message it quotes, else to the one whose number it repeats, else by its place among the
    others. `held` has not left yet and is not judged; what else is unfinished has failed once it
    is `within` seconds old. Who answers nothing fails, unless it `listens_only`.
    """
    tried = [delivery for delivery in deliveries if delivery.state not in _NEVER_TRIED]
    waiting = [each for each in tried if each.state == "queued" and each not in set(held)]
    ended = [delivery for delivery in tried if delivery.state != "queued"]
    # An answer to what has not come to its end yet proves nothing.
    chats = chats_of(tried, list(messages)) if ended else []
    # Why the mock itself sent nothing: what its policy refused names the switch.
    unsent = next((each.reason for each in deliveries if each.state == "refused"), None)
    checks = (
        _in_time(ended, waiting, now=now, within=within, unsent=unsent),
        _up(ended),
        _once(chats, instance, listens_only=listens_only),
        _no_loop(chats),
        _in_order(chats, _plain_order(deliveries)),
    )
    return Verdict(instance, checks, _figures(deliveries, ended, waiting, chats))


# No socket was opened for these, or the mock itself cut it.
_NEVER_TRIED = frozenset({"refused", "dropped", "abandoned"})


def _in_time(
    ended: Sequence[Delivery],
    waiting: Sequence[Delivery],
    *,
    now: float,
    within: float,
    unsent: str | None,
) -> Check:
    name = "answered_in_time"
    late = [each for each in ended if not _answered(each, within)]
    overdue = [each for each in waiting if now - each.time > within]
    if late or overdue:
        told = f"{len(late) + len(overdue)} webhooks had no 2xx within {within:g} s"
        return Check(name, FAILED, told, tuple(each.id for each in (*late, *overdue)))
    if not ended:
        return Check(name, OPEN, unsent or "nothing was delivered yet")
    return Check(name, PASSED, f"{len(ended)} webhooks had a 2xx within {within:g} s")


def _answered(delivery: Delivery, within: float) -> bool:
    return delivery.state == "delivered" and delivery.attempts[-1].duration_ms <= within * 1000


def _up(ended: Sequence[Delivery]) -> Check:
    name = "stayed_up"
    if not ended:
        return Check(name, OPEN, "nothing was delivered yet")
    down = [
        each.id
        for each in ended
        if any(attempt.error and not _timed_out(attempt.error) for attempt in each.attempts)
    ]
    last = max((attempt for each in ended for attempt in each.attempts), key=lambda try_: try_.time)
    if down:
        alive = "answers again" if last.status is not None else "is down"
        told = f"{len(down)} connections were refused, reset or cut; at the end it {alive}"
        return Check(name, FAILED, told, tuple(down))
    if last.status is None:
        return Check(name, FAILED, f"no answer at the end: {last.error}", (ended[-1].id,))
    return Check(name, PASSED, "no connection was refused, reset or cut, and it answers at the end")


def _timed_out(error: str) -> bool:
    # The transport's words; how long it takes is the other check's business.
    return " within " in error


def _once(chats: Sequence[Chat], instance: str, *, listens_only: bool) -> Check:
    name = "answered_once"
    spoken = [chat for chat in chats if chat.inbound]
    if not any(each.given for chat in spoken for each in chat.inbound.values()):
        return Check(name, OPEN, "no message of a contact was taken by it")
    if not any(chat.replies for chat in spoken):
        return _silent(name, sum(len(_expected(chat)) for chat in spoken), instance, listens_only)
    twice = [each.id for chat in spoken for each in chat.inbound.values() if len(each.answers) > 1]
    surplus = [message.id for chat in spoken for message in chat.surplus]
    expected = [] if listens_only else [each for chat in spoken for each in _expected(chat)]
    never = [each.id for each in expected if not each.answers]
    if twice or surplus or never:
        told = (
            f"{len(twice)} messages answered more than once, {len(surplus)} answers beyond one"
            f" for each message, {len(never)} messages never answered"
        )
        return Check(name, FAILED, told, (*twice, *surplus, *never))
    count = sum(bool(each.answers) for chat in spoken for each in chat.inbound.values())
    if listens_only and not count:
        return Check(name, OPEN, "it answered no message, and need not")
    return Check(name, PASSED, f"{count} messages answered, each exactly once")


def _silent(name: str, texts: int, instance: str, listens_only: bool) -> Check:
    """A bot may answer later, or through another instance: nothing vouches for one that is mute."""
    told = f"it answered nothing at all through {instance}"
    if listens_only or not texts:
        return Check(name, OPEN, told)
    return Check(name, FAILED, f"nothing to judge: {told}; a receiver may say it listens only")


def _expected(chat: Chat) -> list[Inbound]:
    """What this chat's messages demand of a bot that answers; a group may be left alone whole."""
    if chat.name.endswith("@g.us") and not chat.replies:
        return []
    return [each for each in chat.inbound.values() if each.must and each.given]


def _no_loop(chats: Sequence[Chat]) -> Check:
    name = "ignored_its_echo"
    looped = list(dict.fromkeys(each.id for chat in chats for each in chat.looped))
    if looped:
        return Check(name, FAILED, f"{len(looped)} answers to own messages: a loop", tuple(looped))
    if not any(chat.heard for chat in chats):
        return Check(name, OPEN, "no own message was echoed to it")
    return Check(name, PASSED, "no own message was answered")


def _in_order(chats: Sequence[Chat], plain: Mapping[Delivery, int]) -> Check:
    """Of two messages the receiver certainly had in this order, the first is answered first."""
    name = "answered_in_order"
    known, unknown, wrong = 0, 0, []
    for chat in chats:
        answered = [each for each in chat.inbound.values() if each.answers and each.given]
        # An answer known by its place alone would be in its place whatever it answers.
        sure = [each for each in answered if each.sure]
        pairs, late = _out_of_order(sure, plain)
        known, unknown = known + pairs, unknown + len(answered) - len(sure)
        wrong += late
    if wrong:
        told = f"{len(wrong)} messages were overtaken by answers to later ones"
        return Check(name, FAILED, told, tuple(wrong))
    if not known:
        return Check(name, OPEN, _UNTOLD if unknown else _UNORDERED)
    return Check(name, PASSED, "in every chat the answers follow the order of the messages")


_UNORDERED = "no chat has two answered messages whose order is known"
_UNTOLD = "cannot be told: its answers neither quote a message nor repeat a long number of one"


def _out_of_order(
    answered: Sequence[Inbound], plain: Mapping[Delivery, int]
) -> tuple[int, list[str]]:
    """How many messages have a known predecessor, and the ids of those answered too late."""
    by_had = sorted(answered, key=lambda each: each.had)
    known, wrong, taken, latest = 0, set(), 0, (-1, "")
    for each in sorted(answered, key=lambda each: each.begun):
        while taken < len(by_had) and by_had[taken].had <= each.begun:
            latest = max(latest, (by_had[taken].answers[0].arrival, by_had[taken].id))
            taken += 1
        if taken:
            known += 1
            if latest[0] > each.answers[0].arrival:
                wrong.add(latest[1])
    # While the clock stands still the times say nothing; the line of the untouched still does.
    line = [each for each in answered if all(found in plain for found in each.deliveries)]
    line.sort(key=lambda each: plain[each.deliveries[0]])
    for before, after in pairwise(line):
        known += 1
        if before.answers[0].arrival > after.answers[0].arrival:
            wrong.add(before.id)
    return known, sorted(wrong)


def _plain_order(deliveries: Sequence[Delivery]) -> dict[Delivery, int]:
    """The untormented to the first URL: they leave in the order they were recorded."""
    return {
        delivery: number
        for number, delivery in enumerate(deliveries)
        if delivery.torment is None and delivery.lane == delivery.instance
    }


def _figures(
    deliveries: Sequence[Delivery],
    ended: Sequence[Delivery],
    waiting: Sequence[Delivery],
    chats: Sequence[Chat],
) -> dict[str, float]:
    taken = sorted(attempt.duration_ms for each in ended for attempt in each.attempts)
    return {
        "deliveries": len(deliveries),
        "copies": sum(" of " in str(each.torment) for each in deliveries),
        "dropped": sum(each.state == "dropped" for each in deliveries),
        "unfinished": len(waiting),
        "inbound": sum(len(chat.inbound) for chat in chats),
        "answers": sum(len(chat.replies) for chat in chats),
        "median_ms": taken[len(taken) // 2] if taken else 0.0,
        "slowest_ms": taken[-1] if taken else 0.0,
    }
