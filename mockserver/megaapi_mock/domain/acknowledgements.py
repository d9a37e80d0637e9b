"""How far a sent message has come: each step at its time, unless something stops it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import message_states
from .addressing import Addresses
from .change import Change
from .facts import Receipt
from .fault_effects import UNDELIVERED
from .jid import Jid
from .message import Message
from .message_states import (
    ACK_STATUS,
    BLOCKED,
    DELIVERED,
    PENDING,
    PLAYABLE,
    READ,
    SERVER,
    STOPPABLE,
    STOPPED,
    TO,
    UNPLAYED,
    Halt,
    draw_delays,
    fixed_delays,
    halt_by,
    targets,
)
from .outbox import Outbox
from .reachability import Reachability


class Acknowledgements:
    """Plans the steps of a message when it is sent, and reports each as it comes."""

    def __init__(
        self, change: Change, addresses: Addresses, reachability: Reachability, outbox: Outbox
    ) -> None:
        self._change, self._state = change, change.state
        self._addresses, self._reachability, self._outbox = addresses, reachability, outbox
        self._fixed_delays = fixed_delays(change.rules.ack_delays)

    def acknowledge(self, message_id: str, step: str, member: str = "") -> None:
        """WhatsApp reports progress; nothing goes backwards and no step is left out.

        `member` is the group member whose phone this is about, if acks are told per member.
        """
        person = Jid.verbatim(member) if member else None
        message = self._state.messages.get(message_id)
        if message is None or not self._goes_on(message, step, person):
            return
        if message.state == TO[step].source:
            # Only a permanent reason survives the step.
            reason = message.reason
            lasting = reason if reason is not None and _is_permanent(reason) else None
            next_message = message.with_state(step, lasting)
            is_stopped = (
                lasting is not None and step == DELIVERED and message_states.unshown(lasting)
            )
            self._state.messages.put(
                message_id,
                next_message.with_state(STOPPED, next_message.reason)
                if is_stopped
                else next_message,
            )
            if (step == READ or is_stopped) and message_id in self._state.moving:
                self._state.moving.remove(message_id)
        elif not person:
            return
        elif message.reason is not None and not _is_permanent(message.reason):
            self._state.messages.put(message_id, message.with_state(message.state))
        key = {"remoteJid": message.chat, "id": message_id, "fromMe": True}
        name = f"ack-{step}"
        if person:
            name, key["participant"] = "ack-group", person
        if not (self._addresses.plain_in_private and not message.chat.group):
            key = self._addresses.receipt_key(key)
        self._change.record(name, Receipt(key, ACK_STATUS[step]))

    def _goes_on(self, message: Message, step: str, person: Jid | None) -> bool:
        """Whether nothing keeps this step from happening: a fault, a phone that is off, a peer."""
        faults = self._change.fault_source
        if faults.has_faults and faults.is_cut_off(self._state.key, message.chat, person or ""):
            return False
        # A hidden number was not looked up: it may not exist.
        stoppable = self._state.contact_states or message.chat.lid
        if stoppable and self._is_halted(message, step, person):
            return False
        if self._state.awaited and self._outbox.holds_back(message, step, person):
            return False
        return person is None or self._next_of_phone(message.id, step, person)

    def _next_of_phone(self, message_id: str, step: str, person: Jid) -> bool:
        """Whether this is what that phone says next: one that was off may have missed a step."""
        statuses, status = self._state.phone_steps.get(message_id) or {}, ACK_STATUS[step]
        if status != statuses.get(person, ACK_STATUS[SERVER]) + 1:
            return False
        self._state.phone_steps.put(message_id, {**statuses, person: status})
        return True

    def stop_all(self, reason: str) -> None:
        """Messages still on their way stop for a stated reason."""
        state = self._state
        for message_id in list(state.moving):
            message = state.messages.get(message_id)
            if message is not None and message.state in STOPPABLE:
                state.messages.put(message_id, message.with_state(STOPPED, reason))
            state.moving.remove(message_id)
        for message_id in list(state.held_acks):
            state.held_acks.remove(message_id)

    def plan(self, message: Message, content: Mapping[str, Any], number: int) -> None:
        """Progress comes by itself: all of it is on its way before the first step arrives."""
        change = self._change
        delays = self._fixed_delays or self._draw_delays(number, "ack")
        # Nearly nothing can be played, and checking the keys is cheap.
        steps = UNPLAYED if PLAYABLE.isdisjoint(content) else targets(content)
        if message.reason is not None and message_states.unshown(message.reason):
            steps = steps[: steps.index(DELIVERED) + 1]
        stays = change.fault_effects.stays
        if stays is not None:
            steps = steps[: (PENDING, *steps).index(stays)]
            if not steps:
                return
        members = self._reachability.members(message.chat) if change.rules.each_in_group else ()
        if not members:
            for step, delay in zip(steps, delays, strict=False):
                if delay <= 0:
                    change.acknowledge_at_once(self.acknowledge, (message.id, step))
                else:
                    change.schedule(delay, "ack", (message.id, step))
            return
        first, *others = steps
        # The server answers once; each phone then speaks for itself.
        change.schedule(delays[0], "ack", (message.id, first))
        for person in members:
            drawn_for = self._fixed_delays or self._draw_delays(number, f"ack {person}")
            own = [max(delays[0], delay) for delay in drawn_for[1:]]
            for step, delay in zip(others, own, strict=False):
                change.schedule(delay, "ack", (message.id, step, person))

    def _draw_delays(self, number: int, kind: str) -> Sequence[float]:
        change, key = self._change, self._state.key
        return draw_delays(change.rules.ack_delays, lambda: change.ids.raw(key, kind, number, 32))

    def _is_halted(self, message: Message, step: str, person: Jid | None) -> bool:
        """Whether the state of who should have it keeps this step from happening."""
        if not TO[step].needs_phone:
            return False
        reachability = self._reachability
        halt = halt_by(reachability.state(person)) if person else reachability.halt(message.chat)
        # Blocking somebody does not keep away what they write in a common group.
        if halt is None or (person and halt.contact == BLOCKED):
            return False
        if not halt.final:
            reachability.hold(message.id, (message.id, step, *((person,) if person else ())))
        if person:
            # The message goes on as long as one of the group does.
            halt = reachability.halt(message.chat) if message.state == TO[step].source else None
        if halt is not None:
            self._hold_at(message, halt)
        return True

    def _hold_at(self, message: Message, halt: Halt) -> None:
        """Nobody has it, or reads it: the message says why, for now or for good."""
        if not halt.final:
            if message.reason is None:
                self._state.messages.put(message.id, message.with_state(message.state, halt.reason))
        elif message.state in halt.sources:
            self._state.messages.put(message.id, message.with_state(STOPPED, halt.reason))
            if message.id in self._state.moving:
                self._state.moving.remove(message.id)


def _is_permanent(reason: str) -> bool:
    """Whether this reason holds for good, however far the message comes."""
    return reason in UNDELIVERED or message_states.unshown(reason)
