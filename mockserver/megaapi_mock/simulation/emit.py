"""Webhooks on demand: any event by its name, and any delivery once more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from ..clock import Clock, utc
from ..codec import dumps
from ..domain.addressing import address_payload
from ..domain.facts import EmittedPayload
from ..domain.gateway import Gateway
from ..domain.instance import Instance
from ..domain.jid import Jid
from ..domain.json_path import put_at
from ..errors import ControlRefused
from ..errors.names import did_you_mean, quoted
from ..records.bugs import Bugs
from ..records.delivery import Delivery, copy_of
from ..records.journal import Journal
from ..resources.samples import Samples
from ..runtime import Instances
from ..webhooks.chaos.chaos_options import Chaos
from ..webhooks.chaos.dispatcher import ChaosDispatcher
from ..webhooks.courier import Courier
from .contact_messages import in_message
from .message_media import media_in, media_keys
from .overrides import overrides_of
from .payloads import Payloads


def emit(
    key: str,
    body: Mapping[str, Any],
    *,
    instances: Instances,
    payloads: Payloads,
    chaos_dispatcher: ChaosDispatcher,
    seed: int,
    bugs: Bugs,
) -> tuple[list[Delivery], str | None]:
    """Send the webhook of any event, as this instance would send it.

    Its state does not change, but that the media told of can be downloaded.
    The deliveries, and why there are none where the instance's own filter stopped them.
    Raises ControlRefused when no webhook is set, and for whatever cannot be.
    """
    event, count = _event(payloads.samples, body), int(body.get("count", 1))
    overrides = overrides_of(payloads, event, body)
    _require_number(instances.store.gateway, payloads.samples, event)
    chaos = Chaos.of(body["chaos"], seed=seed) if "chaos" in body else None
    publisher = instances.publisher
    # What became due before is not part of what is emitted here.
    publisher.look(key, lambda instance: None)
    with publisher.changing(key) as (instance, batch):
        _require_webhook(instance)
        for _ in range(count):
            sample = _fresh(payloads.samples, instance, event)
            changes = _with_media(payloads, instance, sample, overrides)
            instance.record(event, EmittedPayload(sample, changes))
        blocked = list(instance.filter.blocked)
    try:
        if chaos is not None:
            chaos_dispatcher.claim(batch.deliveries, chaos)
    except Exception:
        # They are owed by now, and leave without it.
        bugs.note(f"there is no chaos for what {key} emits")
    publisher.release(batch)
    if batch.deliveries:
        return batch.deliveries, None
    return [], f"{key} blocks {', '.join(blocked)}: configAcceptWebhooks brings an event back"


def resend(
    delivery_id: str,
    edited: Mapping[str, Any] | None,
    *,
    instances: Instances,
    journal: Journal,
    courier: Courier,
    clock: Clock,
) -> Delivery:
    """The same payload, or an edited one, to the same URL: a delivery of its own, without chaos.

    In one step: a reset comes before all of it, or after.
    """
    publisher, deliveries = instances.publisher, instances.store.records.deliveries
    with publisher.at_rest():
        original = deliveries.get(delivery_id)
        if original is None:
            why = f"there is no delivery {quoted(delivery_id)}: see /_mock/deliveries"
            raise ControlRefused(404, why)
        copy = _resent(original, edited, journal, clock)
        publisher.send_again(copy, courier.accept)
        return copy


def _resent(
    original: Delivery, edited: Mapping[str, Any] | None, journal: Journal, clock: Clock
) -> Delivery:
    message_type = original.message_type
    if edited is not None:
        message_type = str(edited.get("messageType", message_type))
    return copy_of(
        original,
        id=journal.next_id("d", original.instance),
        time=clock.now(),
        message_type=message_type,
        body=original.body if edited is None else dumps(edited),
        chaos=f"resend of {original.id}",
    )


def _event(samples: Samples, body: Mapping[str, Any]) -> str:
    event, names = body.get("event"), samples.names()
    if event not in names:
        guess = did_you_mean(str(event), names)
        raise ControlRefused(
            400, f"event: there is no {quoted(event)}; {guess}there are {', '.join(names)}"
        )
    return str(event)


def _require_webhook(instance: Instance) -> None:
    settings = instance.webhook
    if not (settings.enabled and settings.url) and not (
        settings.secondary_enabled and settings.secondary_url
    ):
        raise ControlRefused(
            409, f"{instance.key} has no webhook switched on: set one with configWebhook"
        )


def _fresh(samples: Samples, instance: Instance, event: str) -> dict[str, Any]:
    """The sample with the instance's own addresses, an id nobody has seen, and the time now."""
    payload = _with_owner(samples.payload(event), instance)
    payload = address_payload(instance.addresses, payload)
    key, data = payload.get("key"), payload.get("data")
    if isinstance(key, dict) and "id" in key:
        key["id"] = _message_id(instance, own=bool(key.get("fromMe")))
    if "messageTimestamp" in payload:
        payload["messageTimestamp"] = int(instance.now)
    if isinstance(data, dict) and "id" in data:
        data["id"] = _message_id(instance, own=False)
    if isinstance(data, dict) and "date" in data:
        now = utc(instance.now)
        data["date"] = now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z"
    return payload


def _require_number(gateway: Gateway, samples: Samples, event: str) -> None:
    """Refuse to tell the number of somebody whose number is hidden."""
    if event == "text-plain-lid":
        lid = samples.payload(event)["key"]["remoteJid"]
        person = gateway.person(Jid.parse(lid))
        if person is not None and person.number_hidden:
            raise ControlRefused(
                400, f"event: {event} contains a number, and the number of {lid} is hidden"
            )


def _with_media(
    payloads: Payloads, instance: Instance, sample: Mapping[str, Any], overrides: Mapping[str, Any]
) -> Mapping[str, Any]:
    """What is set in the sample; for media also the keys by which its bytes can be downloaded.

    What is set on the media itself wins: a test may want keys that lead nowhere.
    """
    holder: dict[str, Any] = {"message": sample.get("message")}
    inside = {path: value for path, value in overrides.items() if in_message(path)}
    if inside:
        holder = orjson.loads(orjson.dumps(holder))
        for path, value in orjson.loads(orjson.dumps(inside)).items():
            put_at(holder, path, value)
    media = media_in(holder["message"])
    if media is None:
        return overrides
    keys = media_keys(payloads, instance, media)
    around = {
        path: value for path, value in inside.items() if f"{media.path}.".startswith(f"{path}.")
    }
    own = {f"{media.path}.{name}": value for name, value in keys.items()}
    # A dict keeps the first place of a name: what holds the media, its keys, all that is left.
    return {**around, **own, **overrides}


def _with_owner(payload: dict[str, Any], instance: Instance) -> dict[str, Any]:
    """The sample with the owner of this instance wherever it names the owner of its own."""
    owner = instance.owner
    if owner is None:
        return payload
    text = orjson.dumps(payload)
    for name, own in (("jid", owner.jid), ("lid", owner.lid)):
        if isinstance(payload.get(name), str):
            text = text.replace(orjson.dumps(payload[name]), orjson.dumps(str(own)))
    result: dict[str, Any] = orjson.loads(text)
    return result


def _message_id(instance: Instance, *, own: bool) -> str:
    if own:
        return instance.ids.message(instance.key, instance.count("message"))
    return instance.ids.inbound(instance.key, instance.count("inbound"))
