"""The switches of a host, read from what a run has seen of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from megaapi_mock.profile import SWITCHES, Switch

from .alternatives import USUAL, SettledSwitches
from .results import Exchange, Webhook, read_json
from .values import jid_of, value_at

# Said of a switch whose values a host shows both.
CHANGED = "the host showed more than one value"
# What is settled while it runs about these is part of a value alone.
_PARTLY = frozenset({"ack_delays", "payload_generation"})
# Payloads that have the form of one year whatever the others have.
_OF_ONE_YEAR = frozenset({"text-plain-2023", "text-plain-lid"})
# So many messages of customers without a presence before them say that there are none.
MANY = 10
# What no probe tries: where a host lets webhooks go and how it posts them, whether it is down, ...
UNTRIED = frozenset({
    "webhook_hosts", "webhook_redirects", "webhook_keep_alive", "webhook_release", "outage",
    "fetch_media", "group_full", "body_parsing", "number_lengths",
})  # fmt: skip
# The share of webhooks that must agree: probes let single ones be sent in another form.
_MAJORITY_SHARE = 0.75
_CONNECTION = "connection_update"
_TEXTS = next(switch for switch in SWITCHES if switch.name == "disconnect_text").choices
# Since when people are met under hidden numbers.
_LIDS_SINCE = "2026"


@dataclass(frozen=True, slots=True)
class Reading:
    """The value of one switch as a host has it, and what showed it.

    `probe` is the probe that saw it first; empty where it is read from the whole run.
    """

    value: str
    probe: str = ""
    exchange: Exchange | None = None
    webhook: Webhook | None = None


@dataclass(frozen=True, slots=True)
class RunObservations:
    """What a run has seen: exchanges, webhooks, and which guessed paths there are."""

    exchanges: Sequence[Exchange]
    webhooks: Sequence[Webhook]
    paths: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class SwitchReadings:
    """Each switch is in one of the two: `read` by its value, `unread` with the reason."""

    read: Mapping[str, Reading]
    unread: Mapping[str, str]


Sight = tuple[str, Exchange | Webhook | None]
Observer = Callable[[RunObservations], Iterable[Sight]]


def read_switches(settled: SettledSwitches, observations: RunObservations) -> SwitchReadings:
    """Every switch of the mock as this host has it, or why that cannot be said."""
    read: dict[str, Reading] = {}
    unread: dict[str, str] = {}
    for switch in SWITCHES:
        reading = _reading_of_probes(switch, settled) or _reading_of_run(switch, observations)
        if isinstance(reading, Reading):
            read[switch.name] = reading
        else:
            unread[switch.name] = reading
    year = read.get("payload_generation")
    if "addressing" in read and (year is None or year.value != _LIDS_SINCE):
        del read["addressing"]
        unread["addressing"] = f"only payloads of {_LIDS_SINCE} name people by hidden number"
    return SwitchReadings(read, unread)


def _reading_of_probes(switch: Switch, settled: SettledSwitches) -> Reading | str | None:
    """What the probes noted; None where they note nothing, or only a part of it."""
    name = switch.name
    if name in settled.changed:
        return CHANGED
    if name not in settled.value_of_switch or name in _PARTLY:
        return None
    value = settled.value_of_switch[name]
    value = switch.default if value == USUAL else value
    if not switch.accepts(value):
        return f"the host has a form of its own: {value}"
    sight = settled.first_sight[name]
    return Reading(value, sight.probe, sight.exchange)


def _reading_of_run(switch: Switch, observations: RunObservations) -> Reading | str:
    """What the run shows beside that."""
    observer = _OBSERVERS.get(switch.name)
    if switch.form is not None and observer is None:
        return "no probe measures it"
    if switch.name in UNTRIED:
        return "no probe tries it"
    sights: dict[str, Exchange | Webhook | None] = {}
    for value, sight in observer(observations) if observer else ():
        sights.setdefault(value, sight)
    if not sights:
        return "nothing of this run shows it"
    if len(sights) > 1:
        return CHANGED
    ((value, sight),) = sights.items()
    if isinstance(sight, Exchange):
        return Reading(value, exchange=sight)
    return Reading(value, webhook=sight)


# -- what exchanges show -----------------------------------------------------------------------


def _location_form(observations: RunObservations) -> Iterator[Sight]:
    """Whole degrees and empty texts: kept, or made decimal and left out."""
    for exchange in _successful_calls(observations, "send_location"):
        request_data = value_at(read_json(exchange.request_body), "messageData")
        place = value_at(exchange.json, "messageData", "message", "locationMessage")
        for request_field, reply_field in (
            ("latitude", "degreesLatitude"),
            ("longitude", "degreesLongitude"),
        ):
            if (
                type(value_at(request_data, request_field)) is int
                and value_at(place, reply_field) is not None
            ):
                is_whole = type(value_at(place, reply_field)) is int
                yield "as_given" if is_whole else "tidied", exchange
        if value_at(request_data, "caption") == "" and isinstance(place, dict):
            yield "as_given" if "name" in place else "tidied", exchange


def _qrcode_img(observations: RunObservations) -> Iterator[Sight]:
    """Whether the guessed path of the QR code's picture is there."""
    is_there = observations.paths.get("qr_code_image")
    if is_there is not None:
        calls = (one for one in observations.exchanges if one.operation == "qr_code_image")
        yield "on" if is_there else "off", next(calls, None)


def _successful_calls(observations: RunObservations, operation: str) -> Iterator[Exchange]:
    return (one for one in observations.exchanges if one.operation == operation and one.ok)


# -- what webhooks show ------------------------------------------------------------------------


def _payload_generation(observations: RunObservations) -> Iterator[Sight]:
    """The year whose form the messages have."""
    return _majority((_year(webhook), webhook) for webhook in _message_webhooks(observations))


def _year(webhook: Webhook) -> str:
    payload = webhook.json
    if "lid" in payload:
        return "2026"
    if "isGroup" in payload:
        return "2025"
    return "2024" if list(payload)[2:3] == ["isBusiness"] else "2023"


def _disconnect_text(observations: RunObservations) -> Iterator[Sight]:
    """What the webhook of a disconnection says; a probe may have had the other one emitted."""
    news = (
        one for one in observations.webhooks if value_at(one.json, "messageType") == _CONNECTION
    )
    texts = ((value_at(webhook.json, "message"), webhook) for webhook in news)
    return _majority((text, webhook) for text, webhook in texts if text in _TEXTS)


def _group_acks(observations: RunObservations) -> Iterator[Sight]:
    """Several receipts of one step of a message in a group; one alone proves nothing."""
    steps: Counter[tuple[Any, ...]] = Counter()
    for webhook in observations.webhooks:
        payload = webhook.json
        status, key = value_at(payload, "update", "status"), value_at(payload, "key")
        if status is None or not jid_of(value_at(key, "remoteJid")).group:
            continue
        step = (value_at(payload, "instance_key"), value_at(key, "id"), str(status), webhook.url)
        steps[step] += 1
        if steps[step] > 1:
            yield "each", webhook


def _user_agent(observations: RunObservations) -> Iterator[Sight]:
    """What deliveries call their sender."""
    for webhook in observations.webhooks:
        for name, value in webhook.headers:
            if name.lower() == "user-agent":
                yield value, webhook


def _presence_events(observations: RunObservations) -> Iterator[Sight]:
    """Customers write, and nothing says before it that they do: what does so is noted by probes."""
    private = [
        webhook
        for webhook in _message_webhooks(observations)
        if not value_at(webhook.json, "key", "fromMe")
        and not jid_of(value_at(webhook.json, "key", "remoteJid")).group
    ]
    if len(private) >= MANY:
        yield "off", private[0]


def _context_info_type(observations: RunObservations) -> Iterator[Sight]:
    """Only what has the type messageContextInfo says when that is the type."""
    generation = {year for year, _ in _payload_generation(observations)}
    for webhook in _message_webhooks(observations):
        if value_at(webhook.json, "messageType") == "messageContextInfo" and len(generation) == 1:
            yield "in_2023" if generation == {"2023"} else "always", webhook


def _majority(sights: Iterable[Sight]) -> Iterator[Sight]:
    """The one that nearly all agree on, or all of them."""
    all_sights = list(sights)
    if all_sights:
        value, times = Counter(value for value, _ in all_sights).most_common(1)[0]
        is_clear = times >= _MAJORITY_SHARE * len(all_sights)
        yield from (sight for sight in all_sights if not is_clear or sight[0] == value)


def _message_webhooks(observations: RunObservations) -> Iterator[Webhook]:
    """The webhooks of messages whose form is that of the host's year."""
    for webhook in observations.webhooks:
        payload = webhook.json
        is_message = isinstance(payload, dict) and {"key", "message"} <= payload.keys()
        if is_message and webhook.event not in _OF_ONE_YEAR and not _is_by_lid(payload):
            yield webhook


def _is_by_lid(payload: Mapping[str, Any]) -> bool:
    return jid_of(value_at(payload, "key", "remoteJid")).lid


_OBSERVERS: Mapping[str, Observer] = {
    "location_form": _location_form,
    "qrcode_img": _qrcode_img,
    "payload_generation": _payload_generation,
    "disconnect_text": _disconnect_text,
    "group_acks": _group_acks,
    "webhook_user_agent": _user_agent,
    "presence_events": _presence_events,
    "context_info_type": _context_info_type,
}
