"""Whole lives, made up at random and held to a model: a link, a group, a conversation.

The models know what the contract says and nothing of a host; broken rules are noted and the
life goes on, so that nothing has to be shrunk.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from megaapi_mock.domain.jid import as_given

from ..chance import quiet, steady
from ..errors import HeldBack
from ..outcome import Exchange
from ..probe import Laws
from ..session import Place, Session
from ..stage import NO_WHATSAPP, WORLD, Stage
from .acts import group_of, leave, make_group, members, message, sent_id, text
from .claims import at, claim, done, guess, logged_out, no_account, not_logged_in, refused
from .connection import link, restarted, status, unlink
from .groups import verdicts_of
from .hook import Hook
from .media import LINKED_ALREADY, qr
from .webhooks import ECHO, READ, acks, echoed, message_id, told

LAWS = Laws()
PHASE = "lifecycle"

LIVES, STEPS = 10, 16
FRIENDS = WORLD[:3]
STRANGERS = (NO_WHATSAPP,)
Step = Callable[..., None]


def _safely(step: Step) -> Step:
    """What ends the run is kept until Hypothesis has ended; then no step does anything more."""

    @wraps(step)
    def tried(self: Life, **drawn: Any) -> None:
        if self.lived.ended is not None:
            return
        try:
            step(self, **drawn)
        except HeldBack:
            return
        except Exception as error:
            # Hypothesis would try it again and call it flaky.
            self.lived.ended = error

    return tried


class Lived:
    """What all lives of one probe share."""

    def __init__(self, session: Session, stage: Stage) -> None:
        self.session, self.stage = session, stage
        self.ended: Exception | None = None


class Life(RuleBasedStateMachine):
    """One life, in a place of its own."""

    lived: Lived

    def __init__(self) -> None:
        super().__init__()
        self.session, self.stage = self.lived.session, self.lived.stage
        self.place = Place("", "")

    def call(self, operation: str, **said: Any) -> Exchange:
        """A call of this life's instance."""
        return self.session.call(operation, self.place, **said)


def _live(life: type[Life], session: Session, stage: Stage) -> None:
    """Many lives, the same for the same seed."""
    lived = Lived(session, stage)
    made = type(life.__name__, (life,), {"lived": lived})
    with steady(lived):
        run_state_machine_as_test(quiet(session.seed, LIVES, stateful_step_count=STEPS)(made))
    if lived.ended is not None:
        raise lived.ended


# -- a link ----------------------------------------------------------------------------------


class Link(Life):
    """Linked or not, and whether a restart can bring the link back."""

    linked = False
    session_kept = False

    @initialize(connected=st.booleans())
    @_safely
    def begins(self, connected: bool) -> None:
        """A new instance, its phone linked already or not."""
        self.place = self.stage.place(connected=connected)
        self.linked = self.session_kept = connected

    @rule()
    @_safely
    def looks(self) -> None:
        """The status says what the model says."""
        status(self.session, self.place, "connected" if self.linked else "disconnected", "in life")

    @rule(who=st.sampled_from(FRIENDS))
    @_safely
    def writes(self, who: str) -> None:
        """Texts go while linked."""
        sent = text(self.session, self.place, who)
        if self.linked:
            done(self.session, sent, "a text while linked")
        else:
            not_logged_in(self.session, sent, "a text while not linked")

    @rule()
    @_safely
    def shows_a_code(self) -> None:
        """Codes are shown while not linked."""
        found, content = qr(self.session, self.place)
        if self.linked:
            refused(self.session, found, 403, "a code while linked", message=LINKED_ALREADY,
                    switches=("qr_base64_connected",))  # fmt: skip
        else:
            claim(self.session, found, content, "a code while not linked")

    @rule(number=st.sampled_from(("5511900000020", "5511900000021")))
    @_safely
    def asks_for_a_pairing_code(self, number: str) -> None:
        """Pairing codes are given while not linked; who types it is that number then."""
        found = self.call("pairing_code", query={"phoneNumber": number})
        if self.linked:
            refused(
                self.session, found, 403, "a pairing code while linked",
                message=LINKED_ALREADY, promise=guess(self.session, "pairing_code"),
            )  # fmt: skip
        elif done(self.session, found, "a pairing code while not linked"):
            link(self.stage, self.place)
            self.place = Place(self.place.key, self.place.token, number)
            self.linked = self.session_kept = True

    @precondition(lambda self: not self.linked)
    @rule()
    @_safely
    def is_linked(self) -> None:
        """The phone scans."""
        link(self.stage, self.place, number=self.place.number or "5511900000020")
        self.place = Place(self.place.key, self.place.token, self.place.number or "5511900000020")
        self.linked = self.session_kept = True

    @precondition(lambda self: self.linked)
    @rule(by=st.sampled_from(("phone", "gateway", "ban")))
    @_safely
    def is_unlinked(self, by: str) -> None:
        """The link ends; only the gateway's own drop leaves something to come back to."""
        unlink(self.stage, self.place, by=by)
        self.linked, self.session_kept = False, by == "gateway"

    @rule()
    @_safely
    def logs_out(self) -> None:
        """The link is gone for good."""
        say = done if self.linked else logged_out
        say(self.session, self.call("logout"), "a logout")
        self.linked = self.session_kept = False

    @rule()
    @_safely
    def restarts(self) -> None:
        """What there was to come back to, comes back."""
        done(self.session, restarted(self.session, self.stage, self.place), "a restart")
        self.linked = self.session_kept


# -- a group ---------------------------------------------------------------------------------


class Groups(Life):
    """Groups by JID with who is in them beside the instance."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: dict[str, set[str]] = {}
        self.left: list[str] = []

    @initialize()
    @_safely
    def begins(self) -> None:
        """A linked instance in no group."""
        self.place = self.stage.place()

    @rule(people=st.sets(st.sampled_from(FRIENDS), min_size=1))
    @_safely
    def makes_one(self, people: set[str]) -> None:
        """A new group has a new JID."""
        made, group = make_group(self.session, self.stage, self.place, *sorted(people))
        jid = group.get("id")
        if done(self.session, made, "a group") and isinstance(jid, str):
            new = jid not in self.groups and jid not in self.left
            claim(self.session, made, new, "a new group has a JID of its own")
            self.groups[jid] = {as_given(person) for person in people}

    @precondition(lambda self: self.groups)
    @rule(
        which=st.integers(0, 9),
        people=st.lists(st.sampled_from((*FRIENDS, *STRANGERS)), min_size=1, unique=True),
        adding=st.booleans(),
    )
    @_safely
    def changes_one(self, which: int, people: list[str], adding: bool) -> None:
        """Each person has the verdict that fits whether they are in it."""
        jid = self._pick(which)
        operation = "add_participants" if adding else "remove_participants"
        group_data = {"jid": jid, "participants": people}
        changed = self.call(operation, body={"group_data": group_data})
        inside = self.groups[jid]
        wanted = [self._verdict(as_given(person), inside, adding) for person in people]
        verdicts = verdicts_of(self.session, changed)
        claim(
            self.session, changed, verdicts is None or [told for _, told in verdicts] == wanted,
            "200, 404 or 409 for each person",
        )  # fmt: skip
        moved = {as_given(p) for p, v in zip(people, wanted, strict=True) if v == "200"}
        self.groups[jid] = inside | moved if adding else inside - moved

    @staticmethod
    def _verdict(jid: str, inside: set[str], adding: bool) -> str:
        if jid in map(as_given, STRANGERS):
            return "404"
        if adding:
            return "409" if jid in inside else "200"
        return "200" if jid in inside else "404"

    @precondition(lambda self: self.groups)
    @rule(which=st.integers(0, 9))
    @_safely
    def looks_at_one(self, which: int) -> None:
        """Exactly the people of the model are in it."""
        jid = self._pick(which)
        found = self.call("group_details", query={"jid": jid})
        people = {who for who, rank in members(group_of(found)).items() if rank is None}
        claim(self.session, found, people == self.groups[jid], "the people who were added")

    @rule()
    @_safely
    def lists_them(self) -> None:
        """Exactly the groups of the model are listed."""
        found = self.call("list_groups")
        groups = at(found.json, "groups")
        listed = groups if isinstance(groups, list) else []
        jids = {str(at(one, "id")) for one in listed}
        claim(self.session, found, jids == set(self.groups), "the groups it is in, no others")

    @precondition(lambda self: self.groups)
    @rule(which=st.integers(0, 9))
    @_safely
    def leaves_one(self, which: int) -> None:
        """It is gone."""
        jid = self._pick(which)
        done(self.session, leave(self.session, self.place, jid), "leaving")
        del self.groups[jid]
        self.left.append(jid)

    @precondition(lambda self: self.left)
    @rule()
    @_safely
    def asks_for_one_that_was_left(self) -> None:
        """It is unknown."""
        found = self.call("group_details", query={"jid": self.left[-1]})
        refused(
            self.session, found, 404, "a group that was left",
            promise=guess(self.session, "group_details"),
        )  # fmt: skip

    @precondition(lambda self: self.groups)
    @rule(which=st.integers(0, 9))
    @_safely
    def writes_to_one(self, which: int) -> None:
        """Texts to a group go there."""
        jid = self._pick(which)
        sent = text(self.session, self.place, jid)
        done(self.session, sent, "a text to a group")
        to = at(sent.json, "messageData", "key", "remoteJid")
        claim(self.session, sent, to == jid, "remoteJid is the group")

    def _pick(self, which: int) -> str:
        return sorted(self.groups)[which % len(self.groups)]


# -- a conversation --------------------------------------------------------------------------


class Conversation(Life):
    """What was written by either side, and what the webhooks must have told of it."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Exchange] = []
        self.unsaid: list[Exchange] = []
        # Accepted, as some hosts do, for people without an account.
        self.unheard: list[str] = []
        self.received: list[str] = []
        self.hook: Hook | None = None

    @initialize()
    @_safely
    def begins(self) -> None:
        """A linked instance with a webhook."""
        self.place = self.stage.place()
        self.hook = Hook(self.session, self.stage, self.place).open()

    @rule(who=st.sampled_from(FRIENDS), said=st.sampled_from(("Oi", "", "Bom dia\nPedido 42")))
    @_safely
    def writes(self, who: str, said: str) -> None:
        """A text."""
        self._keep(text(self.session, self.place, who, said))

    @rule(who=st.sampled_from(STRANGERS))
    @_safely
    def writes_to_nobody(self, who: str) -> None:
        """Refused, and told to nobody."""
        sent = text(self.session, self.place, who)
        no_account(self.session, sent, "a number without WhatsApp")
        if sent.ok:
            self.unheard.append(sent_id(sent))

    @precondition(lambda self: self.sent)
    @rule(operation=st.sampled_from(("quote_message", "forward_message")),
          which=st.integers(0, 9), who=st.sampled_from(FRIENDS))  # fmt: skip
    @_safely
    def comes_back_to_one(self, operation: str, which: int, who: str) -> None:
        """An earlier message is quoted or forwarded."""
        first = at(self._one(which).json, "messageData")
        more = {"text": "Sobre este"} if operation == "quote_message" else {}
        data = {"to": who, "key": at(first, "key"), "message": at(first, "message"), **more}
        self._keep(message(self.session, self.place, operation, **data))

    @precondition(lambda self: self.sent)
    @rule(which=st.integers(0, 9))
    @_safely
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
    @_safely
    def receives(self, who: str, event: str) -> None:
        """A customer writes."""
        door = f"/_mock/instances/{self.place.key}/inbound"
        made = self.stage.door("POST", door, {"event": event, "from": who})
        self.received.append(str(made["id"]))

    def _keep(self, sent: Exchange) -> None:
        if done(self.session, sent, "a message"):
            self.sent.append(sent)

    def teardown(self) -> None:
        """All of it was told, once and in order."""
        if self.hook is not None and self.lived.ended is None:
            try:
                self._told(self.hook)
            except Exception as error:
                self.lived.ended = error

    def _told(self, hook: Hook) -> None:
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


@LAWS.law("instance_status", "send_text", "qr_code_base64", "pairing_code", "logout", "restart",
          effects=("reads", "sends", "changes", "disconnects"),
          phase=PHASE, phone=True)  # fmt: skip
def the_life_of_a_link(session: Session, stage: Stage) -> None:
    _live(Link, session, stage)


@LAWS.law("create_group", "group_details", "list_groups", "add_participants",
          "remove_participants", "leave_group", "send_text",
          effects=("reads", "sends", "changes"), phase=PHASE, phone=True)  # fmt: skip
def the_life_of_groups(session: Session, stage: Stage) -> None:
    _live(Groups, session, stage)


@LAWS.law("send_text", "quote_message", "forward_message", "delete_message", "configure_webhook",
          effects=("sends", "changes"), phase=PHASE, phone=True,
          events=(ECHO, "ack-server", "ack-delivered", "ack-read", "text-plain", "image",
                  "location"))  # fmt: skip
def the_life_of_a_conversation(session: Session, stage: Stage) -> None:
    _live(Conversation, session, stage)
