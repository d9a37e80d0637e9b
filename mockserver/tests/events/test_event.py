"""What an event answers: who, where, and what was said, whatever it is wrapped in."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from megaapi_mock.domain.content import KINDS, WRAPPERS
from megaapi_mock.events import (
    AckEvent,
    AnyEvent,
    ConnectionEvent,
    Contact,
    GroupParticipantsEvent,
    GroupUpdateEvent,
    MessageEvent,
    Person,
    PollVote,
    PresenceEvent,
    Reaction,
    parse,
)

from .payload_samples import GENERATIONS, Payload, every_payload, of_generation

ANA, LID = "5511900000002", "100000000000002@lid"
ANA_JID, GROUP = f"{ANA}@s.whatsapp.net", "120363000000000001@g.us"
OWN = "5511900000001"
SAMPLES = {event: payload for source, event, payload in every_payload() if source == "2026"}


def sample(event: str) -> AnyEvent:
    return parse(SAMPLES[event])


def message(content: Payload, **key: Any) -> AnyEvent:
    """A message in Ana's chat with this content."""
    kind = next(iter(content), "conversation")
    payload = copy.deepcopy(SAMPLES["text-plain"])
    payload["key"] = {"remoteJid": ANA_JID, "fromMe": False, "id": "A" * 32, **key}
    return parse({**payload, "messageType": kind, "message": content})


def text(value: str = "oi", **key: Any) -> AnyEvent:
    return message({"conversation": value}, **key)


# Who and where


@pytest.mark.parametrize("generation", GENERATIONS)
def test_sender_s_number_is_known_in_every_generation(generation: str) -> None:
    payloads = dict(of_generation(generation))
    for event in ("text-plain", "text-plain-lid", "group-text", "status-story", "broadcast-list"):
        parsed = parse(payloads[event])
        assert parsed.sender.number in (ANA, "5511900000003"), event
        assert parsed.sender.name == "Test Person"
        assert parsed.is_group == (event == "group-text")


@pytest.mark.parametrize(
    ("key", "person"),
    [
        ({}, Person(ANA, None, "Test Person")),
        ({"senderLid": LID}, Person(ANA, LID, "Test Person")),
        ({"remoteJid": f"{ANA}:31@s.whatsapp.net"}, Person(ANA, None, "Test Person")),
        ({"remoteJid": LID, "senderPn": ANA_JID}, Person(ANA, LID, "Test Person")),
        ({"remoteJid": LID}, Person(None, LID, "Test Person")),
        ({"remoteJid": "100000000000002:31@lid"}, Person(None, LID, "Test Person")),
        ({"remoteJid": LID, "senderPn": LID}, Person(None, LID, "Test Person")),
        ({"remoteJid": GROUP, "participant": ANA_JID}, Person(ANA, None, "Test Person")),
        ({"remoteJid": GROUP, "participant": LID}, Person(None, LID, "Test Person")),
        (
            {"remoteJid": GROUP, "participant": LID, "participantPn": ANA_JID},
            Person(ANA, LID, "Test Person"),
        ),
        (
            {"remoteJid": GROUP, "participant": ANA_JID, "participantLid": LID},
            Person(ANA, LID, "Test Person"),
        ),
        ({"remoteJid": GROUP}, Person(None, None, "Test Person")),
        ({"remoteJid": "x@newsletter"}, Person(None, None, "Test Person")),
        (
            {"remoteJid": "status@broadcast", "participant": ANA_JID},
            Person(ANA, None, "Test Person"),
        ),
        # The other party's addresses are not those of the account that writes.
        ({"fromMe": True, "senderLid": LID}, Person(OWN, "100000000000001@lid", "Test Person")),
        ({"remoteJid": "\u0665\u0665@s.whatsapp.net"}, Person(None, None, "Test Person")),
    ],
)
def test_sender(key: Payload, person: Person) -> None:
    assert text(**key).sender == person


def test_hidden_number_is_never_a_number() -> None:
    for _, event, payload in every_payload():
        parsed = parse(payload)
        people = [parsed.sender, parsed.account, *([parsed.chat.person] if parsed.chat else [])]
        assert not [one for one in people if (one.number or "").startswith("1000")], event


@pytest.mark.parametrize(
    ("key", "address"),
    [
        ({}, ANA_JID),
        ({"remoteJid": f"{ANA}:31@s.whatsapp.net"}, ANA_JID),
        ({"remoteJid": LID, "senderPn": ANA_JID}, ANA_JID),
        ({"remoteJid": LID}, LID),
        ({"remoteJid": GROUP, "participant": ANA_JID}, GROUP),
        ({"remoteJid": "status@broadcast", "participant": ANA_JID}, None),
        ({"remoteJid": "120363000000000099@newsletter"}, None),
        ({"remoteJid": "17600@broadcast", "participant": ANA_JID}, ANA_JID),
        ({"remoteJid": "nowhere"}, None),
        # The other party of one's own message.
        ({"fromMe": True, "remoteJid": LID, "senderPn": ANA_JID}, ANA_JID),
    ],
)
def test_answer_goes_to(key: Payload, address: str | None) -> None:
    assert text(**key).answer_to == address


@pytest.mark.parametrize(
    ("name", "shown"), [("Ana", "Ana"), ("", None), ("null", None), (" ", None)]
)
def test_name_that_is_none_is_none(name: str, shown: str | None) -> None:
    assert parse({**SAMPLES["text-plain"], "pushName": name}).sender.name == shown


def test_kind_of_chat() -> None:
    kinds = {event: parsed.chat.kind for event in SAMPLES if (parsed := sample(event)).chat}
    assert kinds["text-plain"] == kinds["text-plain-lid"] == kinds["call"] == "person"
    assert kinds["group-text"] == kinds["group-update"] == kinds["ack-group"] == "group"
    assert (kinds["status-story"], kinds["newsletter"]) == ("status", "newsletter")
    assert sample("status-story").is_status
    assert sample("newsletter").is_newsletter
    assert sample("connected").chat is None
    assert sample("text-plain").chat == sample("text-extended").chat


def test_own_messages() -> None:
    own = {event for event in SAMPLES if sample(event).from_me}
    acks = {event for event in SAMPLES if event.startswith("ack-")}
    assert own == {"from-me-phone", "from-me-api-echo", "self-chat", *acks}
    assert sample("from-me-phone").sender.number == OWN
    assert sample("text-plain").account == Person(OWN, "100000000000001@lid")
    assert sample("text-plain").instance_key == "megacode-TESTKEY0001"


# What was said


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ("text-plain", "Bom dia, tudo bem?"),
        ("text-extended", "Oi, bom dia"),
        ("ephemeral", "ola"),
        ("image", "Foto do produto"),
        ("group-image", "Foto do produto"),
        ("video", "Video de teste"),
        ("document-with-caption", "Segue o contrato"),
        ("document", None),
        ("sticker", None),
        ("location", None),
        ("live-location", "A caminho"),
        ("contact", None),
        ("reaction", None),
        ("list-response", "Falar com atendente"),
        ("buttons-response", "Sim"),
        ("template-button-reply", "Quero saber mais"),
        ("interactive-response", "Sim"),
        ("poll-creation", "Qual horario?"),
        ("poll-vote", None),
        ("edited", "Texto corrigido"),
        ("deleted", None),
        ("group-invite", "Entre no grupo"),
        ("connected", None),
        ("ack-read", None),
    ],
)
def test_text(event: str, words: str | None) -> None:
    assert sample(event).text == words


EXTENDED = {"extendedTextMessage": {"text": "oi"}}
CAPTION = {"documentMessage": {"caption": "oi"}}
EDIT = {"protocolMessage": {"type": "MESSAGE_EDIT", "key": {"id": "B"}, "editedMessage": EXTENDED}}


@pytest.mark.parametrize("inner", [{"conversation": "oi"}, EXTENDED, CAPTION, EDIT])
@pytest.mark.parametrize("wrapper", sorted(WRAPPERS | {"deviceSentMessage", "botInvokeMessage"}))
def test_text_in_any_wrapper(wrapper: str, inner: Payload) -> None:
    assert message({wrapper: {"message": inner}}).text == "oi"
    twice = {"deviceSentMessage": {"destinationJid": "x", "message": {wrapper: {"message": inner}}}}
    assert message({"messageContextInfo": {}, **twice}).text == "oi"


def test_kinds_with_words_are_read_as_the_mock_reads_them() -> None:
    for name, kind in KINDS.items():
        if not kind.text:
            continue
        part: Any = "oi"
        for step in reversed(kind.text.split(".")):
            part = {step: part}
        assert message({name: part}).text == "oi", name


def test_what_is_beside_a_content_is_none() -> None:
    sides = {"messageContextInfo": {}, "senderKeyDistributionMessage": {"groupId": "x"}}
    event = message({**sides, "conversation": "oi"})
    assert (event.text, event.kind) == ("oi", "conversation")
    assert (message(sides).text, message(sides).kind) == (None, None)
    assert message({"newMessage": "oi"}).text is None


def test_media() -> None:
    image = sample("image").media
    assert image is not None
    part = SAMPLES["image"]["message"]["imageMessage"]
    assert (image.kind, image.mimetype, image.media_key) == (
        "image",
        "image/jpeg",
        part["mediaKey"],
    )
    assert (image.url, image.direct_path) == (part["url"], part["directPath"])
    assert (image.size, image.caption) == (int(part["fileLength"]), "Foto do produto")
    assert image.download_body == {
        "messageKeys": {
            **{name: part[name] for name in ("mediaKey", "directPath", "url", "mimetype")},
            "messageType": "image",
        }
    }
    kinds = {event: each.kind for event in SAMPLES if (each := sample(event).media)}
    assert kinds == {
        "image": "image",
        "group-image": "image",
        "status-story": "image",
        "view-once": "image",
        "video": "video",
        "video-note": "video",
        "audio-voice-note": "audio",
        "audio-file": "audio",
        "document": "document",
        "document-with-caption": "document",
        "sticker": "sticker",
    }
    notes = {event for event in kinds if (each := sample(event).media) and each.is_voice_note}
    assert notes == {"audio-voice-note"}
    once = {event for event in kinds if (each := sample(event).media) and each.is_view_once}
    assert once == {"view-once"}
    document = sample("document-with-caption").media
    assert document is not None
    assert (document.file_name, document.caption) == ("contrato.pdf", "Segue o contrato")


def test_sticker_is_fetched_as_an_image_and_what_is_missing_is_left_out() -> None:
    event = message({"stickerMessage": {"mediaKey": "x", "fileLength": 5}})
    assert event.media is not None
    assert event.media.size == 5
    assert event.media.download_body == {"messageKeys": {"mediaKey": "x", "messageType": "image"}}


def test_withheld_media_is_none() -> None:
    event = message({"viewOnceMessageV2": {}})
    assert (event.media, event.text, event.kind) == (None, None, "viewOnceMessageV2")


@pytest.mark.parametrize(
    ("event", "kind", "id_", "title"),
    [
        ("list-response", "list", "opcao_1", "Falar com atendente"),
        ("buttons-response", "button", "btn_sim", "Sim"),
        ("template-button-reply", "template", "btn_1", "Quero saber mais"),
        ("interactive-response", "interactive", "btn_sim", "Sim"),
    ],
)
def test_choice(event: str, kind: str, id_: str, title: str) -> None:
    parsed = sample(event)
    assert parsed.choice is not None
    assert (parsed.choice.kind, parsed.choice.id, parsed.choice.title) == (kind, id_, title)
    # What it was chosen from.
    assert (parsed.quoted_id or "").startswith("3EB0")
    assert parsed.quoted_text


def test_choice_has_what_a_form_brings_and_a_row_s_second_line() -> None:
    answer = {"name": "flow_message", "paramsJson": '{"nome": "Ana", "id": 5}'}
    form = message({"interactiveResponseMessage": {"nativeFlowResponseMessage": answer}}).choice
    assert form is not None
    assert (form.id, form.parameters) == (None, {"nome": "Ana", "id": 5})
    row = sample("list-response").choice
    assert row is not None
    assert row.description == "Horario comercial"


def test_reaction() -> None:
    assert sample("reaction").reaction == Reaction("3EB066B23A169A193ABD7A", "👍", False)
    taken = {"key": {"id": "B"}, "text": ""}
    assert message({"reactionMessage": taken}).reaction == Reaction("B", None, True)
    encrypted = {"targetMessageKey": {"id": "B"}, "encPayload": "x", "encIv": "y"}
    assert message({"encReactionMessage": encrypted}).reaction == Reaction("B", None, False)
    assert sample("text-plain").reaction is None


def test_poll_and_its_votes() -> None:
    poll = sample("poll-creation").poll
    assert poll is not None
    assert (poll.question, poll.options) == ("Qual horario?", ("Manha", "Tarde"))
    vote = sample("poll-vote").poll_vote
    assert isinstance(vote, PollVote)
    assert vote.poll_id == "3EB0707165E9984B51DCDF"
    assert sample("text-plain").poll is sample("text-plain").poll_vote is None


def test_place_and_contacts() -> None:
    place = sample("location").location
    assert place is not None
    assert (place.latitude, place.longitude, place.name) == (-15.7801, -47.9292, "Local de teste")
    assert sample("live-location").location is not None
    half = {"degreesLatitude": 1, "degreesLongitude": True}
    assert message({"locationMessage": half}).location is None
    (card,) = sample("contact").contacts
    assert isinstance(card, Contact)
    assert (card.name, card.number) == ("Test Person", "5511900000003")
    assert len(sample("contacts-array").contacts) == 2
    assert sample("text-plain").contacts == ()


def test_messages_about_messages() -> None:
    assert sample("text-quoted-reply").quoted_id == "3EB0B3A2BD470CB2C4F99E"
    edited, deleted = sample("edited"), sample("deleted")
    assert (edited.edited_id, edited.deleted_id) == ("27C1FC4297FC964270F70392B538F210", None)
    assert (deleted.edited_id, deleted.deleted_id) == (None, "4D2F850397A480053922F5163B6773E1")
    # Some encoders leave the first value of an enumeration out.
    bare = message({"protocolMessage": {"key": {"id": "B"}}})
    assert (bare.deleted_id, bare.edited_id) == ("B", None)
    setting = sample("disappearing-setting")
    assert (setting.deleted_id, setting.edited_id) == (None, None)


def test_small_things() -> None:
    assert sample("text-forwarded").is_forwarded
    assert not sample("text-plain").is_forwarded
    assert sample("text-mention").mentions == ("5511900000004@s.whatsapp.net",)
    assert sample("ephemeral").is_ephemeral
    assert sample("text-plain").timestamp == 1760000000
    assert sample("connected").timestamp is None
    times = [(5.0, 5), (5.5, None), (True, None), (float("nan"), None), (float("inf"), None)]
    for given, shown in times:
        assert parse({**SAMPLES["text-plain"], "messageTimestamp": given}).timestamp == shown
    assert repr(sample("text-plain")) == (
        f"<MessageEvent conversation 8B34DBC2C05EB4D7E25D48EFEACE8245 in {ANA_JID}>"
    )


def test_reference_is_what_a_quote_wants() -> None:
    event = sample("group-text")
    assert event.reference == {
        "key": {
            "remoteJid": GROUP,
            "fromMe": False,
            "id": "3978204685FB437CB2C7EDAA62173E78",
            "participant": "5511900000003@s.whatsapp.net",
        },
        "message": SAMPLES["group-text"]["message"],
    }


# The other kinds


@pytest.mark.parametrize(
    ("event", "status", "state"),
    [
        ("ack-error", 0, "error"),
        ("ack-server", 2, "server"),
        ("ack-delivered", 3, "delivered"),
        ("ack-read", 4, "read"),
        ("ack-played", 5, "played"),
    ],
)
def test_ack(event: str, status: int, state: str) -> None:
    ack = sample(event)
    assert isinstance(ack, AckEvent)
    assert (ack.status, ack.state, ack.id) == (status, state, "3EB014C2529EB4498C5D1F")
    assert ack.reader == Person()


def test_ack_in_a_group_tells_whose_phone() -> None:
    ack = sample("ack-group")
    assert isinstance(ack, AckEvent)
    assert (ack.reader.number, ack.is_group) == ("5511900000003", True)


@pytest.mark.parametrize(
    ("event", "connected", "words", "reason"),
    [
        ("connected", True, "phone_connected", None),
        ("disconnected", False, "Number disconnected from api", None),
        ("disconnected-logout-variant", False, "logout", None),
        ("connection-closed-temporary", False, None, 428),
    ],
)
def test_connection(event: str, connected: bool, words: str | None, reason: int | None) -> None:
    news = sample(event)
    assert isinstance(news, ConnectionEvent)
    assert (news.is_connected, news.message, news.close_reason) == (connected, words, reason)
    assert news.text is None


def test_presence_and_groups() -> None:
    presence = sample("presence")
    assert isinstance(presence, PresenceEvent)
    assert presence.presences == {ANA_JID: "composing"}
    change = sample("group-participants")
    assert isinstance(change, GroupParticipantsEvent)
    assert (change.action, change.participants) == ("add", ("5511900000004@s.whatsapp.net",))
    assert (change.sender.number, change.answer_to, change.id) == ("5511900000003", GROUP, None)
    update = sample("group-update")
    assert isinstance(update, GroupUpdateEvent)
    assert update.changes == {"subject": "Novo nome do grupo"}
    assert update.is_group


def test_call_to_a_group() -> None:
    call = SAMPLES["call"]
    assert not parse(call).is_group
    marked = parse({**call, "data": {**call["data"], "isGroup": True}})
    named = parse({**call, "data": {**call["data"], "groupJid": GROUP}})
    assert marked.is_group
    assert (named.is_group, named.answer_to, named.sender.number) == (True, GROUP, ANA)


def test_messages_have_an_id_and_others_say_of_what() -> None:
    for event in SAMPLES:
        parsed = sample(event)
        if isinstance(parsed, MessageEvent):
            assert parsed.id == SAMPLES[event]["key"]["id"]
