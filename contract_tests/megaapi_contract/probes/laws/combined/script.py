"""The course of a session: its webhook, a first exchange in every chat, what happens, the rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ....errors import NotTried
from ....host.host_instance import HostInstance
from ....host.stage import Stage
from ...session import Session
from ..assertions import claim_success, value_at
from ..calls import set_webhook
from ..connection import link, unlink
from ..connection import restart as restart_instance
from ..settings import NEW_TOKEN
from ..webhook_listener import WebhookListener
from .contents import CONTENTS
from .factors import HISTORIES, HOOKS, Row, sessions
from .look import hear_link, look
from .model import STATUS
from .neighbour import Neighbour
from .play import Play
from .steps import take

BURST = 5
# Every so many steps one looks at settings and groups, too.
LOOKS = 3
DAY = 86_400.0
# What is tried where no time can be made to pass.
SLOW_HISTORIES = HISTORIES[:4]
BLOCKED = (
    ("messagesReaction", "groups"), ("messagesOutput", "calls"), ("messagesInput", "presence"),
    (STATUS, "qrCode"), ("messagesOutput", "messagesInput", "presence"), ("connectionStatus",),
)  # fmt: skip


class SessionPart(NamedTuple):
    """What is done at one point of a session, and what it calls beside the usual operations."""

    run: Callable[..., None]
    operations: tuple[str, ...] = ()


def play_session(
    hooks: str, history: str, deal: int, session: Session, stage: Stage
) -> None:  # fmt: skip
    """One session; its rows are the same for the same seed."""
    instance = stage.instance()
    play = Play(session, stage, instance, WebhookListener(session, stage, instance))
    rows = sessions(session.seed, deal).get((hooks, history), ())
    rare = hooks != HOOKS[0] or history not in SLOW_HISTORIES or deal > 1
    if rare and not play.is_fast:
        raise NotTried("time cannot be made to pass there: one session of each kind is enough")
    SET_UP[hooks].run(play, HISTORIES.index(history))
    look(play, whole=False)
    greet(play, rows)
    HAPPEN[history].run(play)
    neighbour = Neighbour(session, stage)
    for turn, row in enumerate(rows, 1):
        if not play.hook.is_silent:
            step(play, row, whole=turn % LOOKS == 0)
    look(play)
    hold_silence(play)
    neighbour.hold_untouched()


def greet(play: Play, rows: tuple[Row, ...]) -> None:
    """Everybody writes once in every chat, so that there is something to answer."""
    for level in dict.fromkeys(row.chat for row in rows) or ("number",):
        for action in ("instance: text", "customer: text-plain", "phone: text-plain"):
            if level != "own number" or action.startswith("instance"):
                take(play, Row(action, level, "plain", "its own", "alone"))
    look(play)


def step(play: Play, row: Row, *, whole: bool) -> None:
    """One row, and a look at what is told, or at everything."""
    if row.time == "five in a row":
        for turn in range(BURST):
            take(play, row, turn + 1)
    elif row.time == "to a phone that is off" and _can_wait(play, row):
        _wait_for_phone(play, row)
    else:
        take(play, row)
    if play.is_fast:
        look(play, whole=whole)


def _wait_for_phone(play: Play, row: Row) -> None:
    """The phone is off when it is sent, and on again later: the receipts come then."""
    path = f"contacts/{play.chat(row.chat).person}"
    play.control("POST", path, {"state": "phone_off"})
    take(play, row)
    late = play.model.defer_receipts()
    look(play, whole=False)
    play.control("POST", path, {"state": "reachable"})
    play.model.owed_messages = late


def _can_wait(play: Play, row: Row) -> bool:
    """Whether the receiving phone can be off."""
    alone = row.chat in ("number", "JID", "LID", "ninth digit")
    return row.actor == "instance" and row.what in CONTENTS and alone and play.is_fast


# -- the webhook -----------------------------------------------------------------------------


def one_address(play: Play, number: int) -> None:
    """The usual."""
    set_webhook(play.session, play.instance, play.hook.url)
    play.model.url = play.hook.url


def two_addresses(play: Play, number: int) -> None:
    """A second address gets the same."""
    play.second = WebhookListener(play.session, play.stage, play.instance, "-second")
    data = {
        "webhookUrl": play.hook.url, "webhookEnabled": True,
        "webhookSecondaryUrl": play.second.url, "webhookSecondaryEnabled": True,
    }  # fmt: skip
    claim_success(
        play.session, play.call("configure_webhook", body={"messageData": data}), "two addresses"
    )
    play.model.url = play.hook.url


def with_a_query(play: Play, number: int) -> None:
    """The address has a query."""
    play.hook.url += "?loja=1&chave=a%2Bb%3D"
    one_address(play, number)


def some_blocked(play: Play, number: int) -> None:
    """Some categories are blocked."""
    one_address(play, number)
    names = BLOCKED[number % len(BLOCKED)]
    _set_events(play, "block_events", *names)


def blocked_and_accepted(play: Play, number: int) -> None:
    """All that was blocked is accepted again."""
    one_address(play, number)
    names = tuple(name for some in BLOCKED for name in some)
    _set_events(play, "block_events", *dict.fromkeys(names))
    for name in dict.fromkeys(names):
        _set_events(play, "accept_webhook_events", name)


def statuses_asked(play: Play, number: int) -> None:
    """Acknowledgements are asked for."""
    one_address(play, number)
    names = ("server", "delivered", "read", "played")
    _set_events(play, "accept_status_events", *names)


def _set_events(play: Play, operation: str, *names: str) -> None:
    model = play.model
    if not model.has_config:
        config = value_at(play.call("config_details").json, "configData")
        model.first_blocked = {*map(str, value_at(config, "blockEvents") or ())}
        model.first_accepted = {*map(str, value_at(config, "webhookEvents") or ())}
        model.has_config = True
    body = {"messageData": {"events": [*names]}}
    claim_success(play.session, play.call(operation, body=body), "a change of events")
    if operation == "block_events":
        model.block(*names)
    elif operation == "accept_webhook_events":
        model.accept(*names)
    else:
        model.statuses += names
        model.accept(STATUS)


# By webhook, what is done to have it.
SET_UP: Mapping[str, SessionPart] = dict(zip(HOOKS, (
    SessionPart(one_address),
    SessionPart(two_addresses),
    SessionPart(with_a_query),
    SessionPart(some_blocked, ("block_events", "config_details")),
    SessionPart(blocked_and_accepted, ("block_events", "accept_webhook_events", "config_details")),
    SessionPart(statuses_asked, ("accept_status_events", "config_details")),
), strict=True))  # fmt: skip


# -- what happens ----------------------------------------------------------------------------


def restart(play: Play) -> None:
    """The instance restarts."""
    claim_success(
        play.session, restart_instance(play.session, play.stage, play.instance), "a restart"
    )
    hear_link(play)


def relink(play: Play) -> None:
    """Logged out, and linked again."""
    claim_success(play.session, play.call("logout"), "a logout")
    link(play.stage, play.instance)
    hear_link(play)


def drop(play: Play) -> None:
    """The gateway drops the link, and a restart brings it back."""
    unlink(play.stage, play.instance, cause="gateway")
    claim_success(
        play.session, restart_instance(play.session, play.stage, play.instance), "a restart"
    )
    hear_link(play)


def new_token(play: Play) -> None:
    """Another token."""
    body = {"messageData": {"token": NEW_TOKEN}}
    claim_success(play.session, play.call("change_token", body=body), "a new token")
    play.instance = HostInstance(
        play.instance.key, NEW_TOKEN, play.instance.number, play.instance.connected
    )


def another_address(play: Play) -> None:
    """The webhook goes elsewhere."""
    play.old.append(play.hook)
    play.hook = WebhookListener(play.session, play.stage, play.instance, "-elsewhere")
    set_webhook(play.session, play.instance, play.hook.url)
    play.model.url = play.hook.url
    play.second = None


def pause(play: Play) -> None:
    """The webhook is off for a while."""
    set_webhook(play.session, play.instance, play.hook.url, enabled=False)
    set_webhook(play.session, play.instance, play.hook.url)


def quiet_day(play: Play) -> None:
    """A day without anything."""
    play.stage.pass_time(DAY)


HAPPEN: Mapping[str, SessionPart] = dict(zip(HISTORIES, (
    SessionPart(lambda play: None),
    SessionPart(restart, ("restart",)),
    SessionPart(relink, ("logout",)),
    SessionPart(drop, ("restart",)),
    SessionPart(new_token, ("change_token",)),
    SessionPart(another_address),
    SessionPart(pause),
    SessionPart(quiet_day),
), strict=True))  # fmt: skip


def hold_silence(play: Play) -> None:
    """Hold that nothing has come to an address that is no more."""
    for hook in play.old:
        hook.check_none(hook.unread(), "text-plain", "an address that is no more", play.inferred)
