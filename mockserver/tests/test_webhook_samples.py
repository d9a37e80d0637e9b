"""Every event in every generation of payloads: true to the contract, and as receivers read it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from megaapi_mock.domain.event import Event
from megaapi_mock.profile import default_profile
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples
from megaapi_mock.spec.authority import Authority
from megaapi_mock.spec.operations import WebhookEvent, webhook_events
from megaapi_mock.spec.valid_bundle import valid_bundle
from megaapi_mock.webhooks.render import YEARS, Renderer

from .support import KEY, START

BUNDLE = valid_bundle(root("spec"))
EVENTS = {event.name: event for event in webhook_events(BUNDLE)}
SAMPLES = Samples(root("fixtures"))
GENERATIONS = ("2023", "2024", "2025", "2026")
OWNER = "5511900000001@s.whatsapp.net"

Payload = dict[str, Any]


@cache
def authority() -> Authority:
    return Authority(BUNDLE.document)


@cache
def renderer(generation: str, context_info_type: str = "in_2023") -> Renderer:
    switches = {"payload_generation": generation, "context_info_type": context_info_type}
    return Renderer(SAMPLES, default_profile().with_switches(switches))


def rendered(event: str, generation: str, context_info_type: str = "in_2023") -> Payload:
    """What the event's sample becomes when nothing is known but whose event it is."""
    happened = Event(event, START, KEY, OWNER, "100000000000001@lid", "Test Shop", {})
    _, body = renderer(generation, context_info_type).render(happened)
    payload: Payload = json.loads(body)
    return payload


def violations(event: str, payload: Payload) -> list[str]:
    return [str(found) for found in authority().webhook_violations(event, _bytes(payload))]


def _bytes(payload: Payload) -> bytes:
    return json.dumps(payload).encode()


def is_message(event: str) -> bool:
    return isinstance(SAMPLES.payload(event).get("message"), dict)


MESSAGES = tuple(name for name in EVENTS if is_message(name))
IN_GROUPS = ("text-mention", "group-text", "group-text-first-of-sender", "group-image")
DIRECT = tuple(name for name in MESSAGES if name not in {*IN_GROUPS, "newsletter", "status-story"})
ACKS = tuple(name for name, event in EVENTS.items() if event.message_type == "message.ack")
CONNECTION = ("connected", "disconnected", "disconnected-logout-variant")


# The contract


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("event", EVENTS)
def test_every_event_fits_the_contract_in_every_generation(event: str, generation: str) -> None:
    assert violations(event, rendered(event, generation)) == []


@pytest.mark.parametrize("event", EVENTS)
def test_the_sample_is_what_the_newest_generation_sends(event: str) -> None:
    assert rendered(event, "2026") == SAMPLES.payload(event) | (
        {"timestamp": int(START)} if event in ACKS else {}
    )


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.name)
def test_the_first_example_of_the_contract_has_the_sample_s_shape(event: WebhookEvent) -> None:
    content = event.definition["requestBody"]["content"]["application/json"]
    first = next(iter(content["examples"].values()))["value"]
    sample = SAMPLES.payload(event.name)
    assert list(_places(first)) == list(_places(sample))
    assert sample.get("messageType") == event.message_type


def _places(value: Any, place: str = "") -> Iterator[str]:
    """Every place in a document with its type, in the order they stand there."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _places(inner, f"{place}/{name}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _places(inner, f"{place}/{index}")
    else:
        yield f"{place} {type(value).__name__}"


# The events on the right are more general: what is on the left is one of them too.
KINDS_OF = {
    "text-plain-2023": "text-plain",
    "text-plain-lid": "text-plain",
    "text-link-preview": "text-extended",
    "text-quoted-reply": "text-extended",
    "text-forwarded": "text-extended",
    "text-mention": "text-extended",
    "text-ad-referral": "text-extended",
    "group-text": "text-plain",
    "group-text-first-of-sender": "group-text text-plain",
    "group-image": "image",
    "broadcast-list": "text-plain",
    "ack-group": "ack-delivered",
    "disconnected-logout-variant": "disconnected",
    # Nothing in the body says whose chat it is, nor that a message was sent through the API.
    "from-me-phone": "self-chat",
    "self-chat": "from-me-phone",
    "from-me-api-echo": "from-me-phone self-chat",
}


@pytest.mark.parametrize("event", EVENTS)
def test_no_sample_passes_for_another_event(event: str) -> None:
    payload = SAMPLES.payload(event)
    passes = {other for other in EVENTS if other != event and not violations(other, payload)}
    assert passes == set(KINDS_OF.get(event, "").split())


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.name)
def test_what_nobody_has_seen_says_so_and_waits_to_be_asked(event: WebhookEvent) -> None:
    said = "no source" in event.definition["description"].lower()
    assert said == (event.arrival == "low")
    if said:
        assert event.default != "on"


def test_events_of_one_year_are_the_contract_s() -> None:
    stated = {name: event.generation for name, event in EVENTS.items() if event.generation}
    assert stated == YEARS


def test_a_stored_status_is_known_though_no_payload_has_one() -> None:
    """The vendor's sample reads `status` with an empty default; no example shows it."""
    payload = SAMPLES.payload("text-plain")
    assert "status" not in payload
    assert violations("text-plain", {**payload, "status": 2}) == []
    assert violations("text-plain", {**payload, "status": []}) != []


# The generations


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("event", [name for name in MESSAGES if name not in YEARS])
def test_a_message_has_the_marks_of_its_year(event: str, generation: str) -> None:
    payload = rendered(event, generation)
    text = json.dumps(payload)
    assert ("lid" in payload) == (generation == "2026")
    assert ("isBusiness" in payload) == (generation == "2024")
    assert ("isGroup" in payload) == (generation >= "2025")
    if generation < "2026":
        assert not {"senderLid", "senderPn", "participantLid", "participantPn"} & set(
            payload["key"]
        )
        assert "@lid" not in json.dumps(payload["key"])
    if "messageSecret" in json.dumps(SAMPLES.payload(event)):
        assert ("messageSecret" in text) == (generation >= "2025")


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("event", YEARS)
def test_an_event_of_one_year_looks_like_it_in_all(event: str, generation: str) -> None:
    assert rendered(event, generation) == rendered(event, YEARS[event])


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("event", MESSAGES)
def test_fields_stand_in_the_order_receivers_saw(event: str, generation: str) -> None:
    order = [
        *("instance_key", "jid", "lid", "isBusiness", "messageType", "key", "messageTimestamp"),
        *("pushName", "broadcast", "message", "isGroup", "verifiedBizName"),
    ]
    payload = rendered(event, generation)
    assert list(payload) == [name for name in order if name in payload]


@pytest.mark.parametrize("switch", ["in_2023", "always", "never"])
@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("event", ["interactive-order", "order", "poll-creation"])
def test_orders_and_polls_had_the_type_of_their_first_key(
    event: str, generation: str, switch: str
) -> None:
    payload = rendered(event, generation, switch)
    old = switch == "always" or (switch == "in_2023" and generation == "2023")
    content = SAMPLES.payload(event)["messageType"]
    assert payload["messageType"] == ("messageContextInfo" if old else content)
    assert not old or next(iter(payload["message"])) == "messageContextInfo"
    assert content in payload["message"]
    assert violations(event, payload) == []


def test_other_messages_never_had_it() -> None:
    for event in set(MESSAGES) - {"interactive-order", "order", "poll-creation"}:
        sample = SAMPLES.payload(event)
        assert rendered(event, "2023")["messageType"] == sample["messageType"]


# What public receivers read. (client, events, places, years): each of these events has each of
# these places in each of these years. Clients are named by short ids: those of spec/sources.yaml
# where it has them. Left out is what no known payload holds: message.text, messages[0], data,
# isEdit, isNewsletter, fromApi, and the caption of a document outside documentWithCaptionMessage.

SINCE_2025 = ("2025", "2026")
SINCE_2026 = ("2026",)
WRITTEN = ("text-plain", "group-text", "from-me-phone", "text-plain-lid")
EXTENDED = tuple(
    name for name, event in EVENTS.items() if event.message_type == "extendedTextMessage"
)
KEY_PARTS = "key.remoteJid key.fromMe key.id"
FILE = "mediaKey directPath url mimetype"
NEWER = tuple(name for name in MESSAGES if name != "text-plain-2023")


def of(content: str, fields: str) -> str:
    """The places of these fields inside one content."""
    return " ".join(f"message.{content}.{name}" for name in fields.split())


LIST_ANSWER = of("listResponseMessage", "title singleSelectReply.selectedRowId")
BUTTON_ANSWER = of("buttonsResponseMessage", "selectedButtonId selectedDisplayText")
FLOW_ANSWER = of("interactiveResponseMessage.nativeFlowResponseMessage", "name paramsJson")
CAPTIONED = of("documentWithCaptionMessage.message.documentMessage", f"{FILE} caption fileName")
EXTENDED_TEXT = "message.extendedTextMessage.text"

Row = tuple[str, tuple[str, ...], str, tuple[str, ...]]


def messages(client: str, places: str, years: tuple[str, ...] = GENERATIONS) -> Row:
    return (client, MESSAGES, places, years)


def row(client: str, event: str, places: str, years: tuple[str, ...] = GENERATIONS) -> Row:
    return (client, tuple(event.split()), places, years)


READS: list[Row] = [
    messages("vendor-webhook-php", f"instance_key jid messageType {KEY_PARTS} pushName message"),
    ("vendor-webhook-php", ACKS, f"instance_key jid messageType {KEY_PARTS}", GENERATIONS),
    ("vendor-webhook-php", (*IN_GROUPS, "status-story"), "key.participant", GENERATIONS),
    messages("chatwoot-bridge", f"messageType message jid pushName {KEY_PARTS}"),
    ("chatwoot-bridge", CONNECTION, "messageType message jid", GENERATIONS),
    row("chatwoot-bridge", "connected", "pushName"),
    row("chatwoot-bridge", "image group-image", of("imageMessage", f"{FILE} caption")),
    row("chatwoot-bridge", "video", of("videoMessage", f"{FILE} caption")),
    row("chatwoot-bridge", "video-note", of("ptvMessage", FILE)),
    row("chatwoot-bridge", "audio-voice-note audio-file", of("audioMessage", FILE)),
    row("chatwoot-bridge", "sticker", of("stickerMessage", FILE)),
    row("chatwoot-bridge", "document", of("documentMessage", f"{FILE} fileName")),
    row("chatwoot-bridge", "document-with-caption", CAPTIONED),
    messages("chatwoot-bridge-fork", f"{KEY_PARTS} pushName messageType"),
    ("chatwoot-bridge-fork", WRITTEN, "message.conversation", GENERATIONS),
    ("chatwoot-bridge-fork", EXTENDED, EXTENDED_TEXT, GENERATIONS),
    messages("n8n-capture", "key.remoteJid key.fromMe pushName"),
    ("n8n-capture", NEWER, "isGroup", SINCE_2025),
    ("n8n-capture", WRITTEN, "message.conversation", GENERATIONS),
    messages("bot-remar", f"messageType {KEY_PARTS} pushName"),
    ("bot-remar", (*NEWER, *ACKS), "isGroup", SINCE_2025),
    row("bot-remar", "text-plain-lid", "key.senderPn"),
    ("bot-remar", WRITTEN, "message.conversation", GENERATIONS),
    ("bot-remar", EXTENDED, EXTENDED_TEXT, GENERATIONS),
    row("bot-remar", "list-response", LIST_ANSWER),
    row("bot-remar", "image", of("imageMessage", FILE)),
    row("bot-remar", "document-with-caption", CAPTIONED),
    ("bot-remar", ACKS, f"messageType {KEY_PARTS} update.status", GENERATIONS),
    messages("wacrm", f"{KEY_PARTS} pushName messageType message messageTimestamp"),
    ("wacrm", ACKS, "timestamp", GENERATIONS),
    row("wacrm", "text-plain-lid", "key.senderPn"),
    messages("tv-orderhub", f"messageType jid {KEY_PARTS} pushName messageTimestamp instance_key"),
    ("tv-orderhub", NEWER, "isGroup", SINCE_2025),
    ("tv-orderhub", IN_GROUPS, "key.participant", GENERATIONS),
    ("tv-orderhub", CONNECTION, "messageType message jid instance_key", GENERATIONS),
    row("tv-orderhub", "qrcode", "messageType qrcode instance_key"),
    row("tv-orderhub", "connection-closed-temporary", "messageType closeReason instance_key"),
    messages("proplisted-hub", "messageType"),
    row("proplisted-hub", "list-response", LIST_ANSWER),
    messages("marcela", f"{KEY_PARTS} pushName messageType message"),
    messages("linsalefe", "messageType key.fromMe key.remoteJid pushName"),
    ("linsalefe", WRITTEN, "message.conversation", GENERATIONS),
    messages("linsalefe-agents", "key.remoteJid key.fromMe pushName"),
    ("linsalefe-agents", WRITTEN, "message.conversation", GENERATIONS),
    ("linsalefe-agents", EXTENDED, EXTENDED_TEXT, GENERATIONS),
    row("linsalefe-agents", "image", "message.imageMessage.caption"),
    row("linsalefe-agents", "ephemeral", f"message.ephemeralMessage.{EXTENDED_TEXT}"),
    messages("linsalefe-seminar", "key.remoteJid jid key.fromMe pushName messageType"),
    ("linsalefe-seminar", WRITTEN, "message.conversation", GENERATIONS),
    ("linsalefe-seminar", EXTENDED, EXTENDED_TEXT, GENERATIONS),
    row("linsalefe-seminar", "image", "message.imageMessage.caption"),
    row("linsalefe-seminar", "list-response", LIST_ANSWER),
    row("linsalefe-seminar", "buttons-response", BUTTON_ANSWER),
    row("linsalefe-seminar", "interactive-response", FLOW_ANSWER),
    messages("linsalefe-nutrition", "messageType key.remoteJid"),
    ("linsalefe-nutrition", WRITTEN, "message.conversation", GENERATIONS),
    row("linsalefe-nutrition", "image", of("imageMessage", FILE)),
    row("linsalefe-nutrition", "document", of("documentMessage", f"{FILE} fileName")),
    messages("gestao-code", f"messageType {KEY_PARTS} pushName messageTimestamp message"),
    row("gestao-code", "text-plain-lid", "key.senderPn"),
    row("gestao-code", "list-response", f"{LIST_ANSWER} message.listResponseMessage.description"),
    row("gestao-code", "buttons-response", BUTTON_ANSWER),
    messages("allos-cf98", f"{KEY_PARTS} messageType message jid"),
    ("allos-cf98", NEWER, "lid", SINCE_2026),
    ("allos-cf98", IN_GROUPS, "key.participant", GENERATIONS),
    messages("zyon", f"{KEY_PARTS} messageType message jid"),
    ("zyon", NEWER, "lid", SINCE_2026),
    ("zyon", IN_GROUPS, "key.participant", GENERATIONS),
    messages("disparai", f"messageType {KEY_PARTS} pushName message"),
    messages("zap-assistant", "instance_key jid messageType key.remoteJid key.fromMe"),
    ("zap-assistant", WRITTEN, "message.conversation", GENERATIONS),
    ("zap-assistant", EXTENDED, EXTENDED_TEXT, GENERATIONS),
    row("zap-assistant", "audio-voice-note audio-file", of("audioMessage", FILE)),
    messages("nextjs-crm", f"{KEY_PARTS} pushName messageType"),
    ("nextjs-crm", (*IN_GROUPS, "status-story"), "key.participant", GENERATIONS),
    row(
        "nextjs-crm",
        "template-button-reply",
        of("templateButtonReplyMessage", "selectedId selectedDisplayText"),
    ),
    row("nextjs-crm", "list-response", LIST_ANSWER),
    row("nextjs-crm", "poll-creation", of("pollCreationMessageV3", "name options.0.optionName")),
    row("nextjs-crm", "reaction", of("reactionMessage", "text key.id key.remoteJid")),
    row("nextjs-crm", "document-with-caption", CAPTIONED),
    row(
        "nextjs-crm",
        "text-ad-referral",
        of("extendedTextMessage.contextInfo.externalAdReply", "title body sourceUrl"),
    ),
    row("nextjs-crm", "edited deleted disappearing-setting", "message.protocolMessage.type"),
    row("nextjs-crm", "group-text-first-of-sender", "message.senderKeyDistributionMessage.groupId"),
    messages("vercel-bot", "key.remoteJid key.fromMe"),
    row("vercel-bot", "text-plain-lid", "key.senderPn"),
    ("vercel-bot", WRITTEN, "message.conversation", GENERATIONS),
    messages("php-bot-2023", f"instance_key jid messageType {KEY_PARTS} pushName"),
    ("php-bot-2023", NEWER[:1], "isBusiness", ("2024",)),
    row("php-bot-2023", "text-plain-2023", "isBusiness verifiedBizName"),
    ("php-bot-2023", ACKS, f"instance_key jid messageType {KEY_PARTS} update.status", GENERATIONS),
    messages("agent-10963342110", "messageType key.remoteJid key.fromMe"),
    ("agent-10963342110", WRITTEN, "message.conversation", GENERATIONS),
    ("admin-63146986159", tuple(EVENTS), "instance_key", GENERATIONS),
]

CASES = [
    pytest.param(
        events, place, year, id=f"{client}-{events[0]}{'+' * (len(events) > 1)}-{place}-{year}"
    )
    for client, events, places, years in READS
    for place in places.split()
    for year in years
]


@pytest.mark.parametrize(("events", "place", "year"), CASES)
def test_what_receivers_read_is_there(events: tuple[str, ...], place: str, year: str) -> None:
    assert [event for event in events if _at(rendered(event, year), place) is None] == []


def _at(value: Any, place: str) -> Any:
    """What stands at the dotted place, None when nothing does."""
    for step in place.split("."):
        if isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict):
            value = value.get(step)
        else:
            return None
    return value


def test_messages_hold_the_content_their_type_names() -> None:
    for event in MESSAGES:
        for generation in GENERATIONS:
            payload = rendered(event, generation)
            assert payload["messageType"] in payload["message"], (event, generation)


def test_news_of_the_connection_is_a_text() -> None:
    assert {type(rendered(event, "2026")["message"]) for event in CONNECTION} == {str}
    assert [rendered(event, "2026")["update"]["status"] for event in ACKS] == [2, 3, 4, 5, 0, 3]


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_receiver_can_answer_whoever_wrote(generation: str) -> None:
    """The number is in remoteJid, or in senderPn where remoteJid is a hidden one."""
    for event in DIRECT:
        key = rendered(event, generation)["key"]
        number = key["senderPn"] if key["remoteJid"].endswith("@lid") else key["remoteJid"]
        assert number.endswith("@s.whatsapp.net"), (event, generation)
    for event in IN_GROUPS:
        key = rendered(event, generation)["key"]
        hidden = key["participant"].endswith("@lid")
        assert (key["participantPn"] if hidden else key["participant"]).endswith("@s.whatsapp.net")
