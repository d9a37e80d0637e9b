"""Events that hold several of something, or that come a second time: nothing beyond the first
is lost, and every field is what caused it."""

from __future__ import annotations

from functools import partial, update_wrapper
from typing import Any

from megaapi_mock.domain.jid import as_given

from ...host.stage import WORLD, Stage
from ...judging.results import Promise, Webhook
from ..probe import Laws
from ..session import Session
from .assertions import value_at
from .calls import make_group, message, sent_id, text
from .customers import has_content
from .particulars import LIST, SECTIONS
from .sent_message import hold_sent
from .webhook_listener import WebhookListener
from .webhooks import PHASE, listening

LAWS = Laws()
Json = dict[str, Any]

FILES = ("image", "video", "audio-file", "audio-voice-note", "document", "sticker")
CONTENT = {"image": "imageMessage", "video": "videoMessage", "audio-file": "audioMessage",
           "audio-voice-note": "audioMessage", "document": "documentMessage",
           "sticker": "stickerMessage"}  # fmt: skip
# Four rows in each, the last of every section with one and the same title.
LONG_SECTIONS: list[Json] = [
    {"title": section,
     "rows": [{"title": title, "description": f"{title} de {section}", "rowId": f"{section}-{turn}"}
              for turn, title in enumerate(("Comprar", "Trocar", "Pagar", "Outros"))]}
    for section in ("Vendas", "Suporte", "Oficina")
]  # fmt: skip
_TEXTS = ("Bom dia", "\u00c0s 10h? \u2615\ufe0f", "N\u00e3o & sim <b>")


def _card(name: str, number: str) -> Json:
    lines = ("BEGIN:VCARD", "VERSION:3.0", f"N:;{name};;;", f"FN:{name}",
             f"item1.TEL;waid={number}:+{number}", "END:VCARD")  # fmt: skip
    return {"displayName": name, "vcard": "\n".join(lines)}


def _as_written(
    stage: Stage,
    hook: WebhookListener,
    event: str,
    webhooks: list[Webhook],
    *inbound_messages: Json,
) -> None:
    """Hold that each message was told once, in order, with every field of its content."""
    ids = [value_at(one.json, "key", "id") for one in webhooks]
    if hook.claim(
        event, ids == [one["id"] for one in inbound_messages], "each is told once, in order"
    ):
        for one, message_ in zip(webhooks, inbound_messages, strict=True):
            same = has_content(hook, stage, value_at(one.json, "message"), message_["content"])
            hook.claim(event, same, "every field is what was written", one)


@LAWS.law("configure_webhook", effects=("changes",), phase=PHASE, phone=True,
          events=("contacts-array",))  # fmt: skip
def every_card_is_a_card_of_its_own(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    cards = [_card(f"Contato {turn} \u00e7", number) for turn, number in enumerate(WORLD[:4])]
    fields = {"message.contactsArrayMessage.contacts": cards}
    inbound_message = stage.customer_writes(instance, "contacts-array", set=fields)
    webhooks = hook.receive()
    _as_written(stage, hook, "contacts-array", webhooks, inbound_message)
    contact_lists = [
        value_at(one.json, "message", "contactsArrayMessage", "contacts") for one in webhooks
    ]
    hook.claim("contacts-array", contact_lists == [cards], "every card, in order")


@LAWS.law("create_group", effects=("changes",), phase=PHASE, phone=True,
          events=("text-mention",))  # fmt: skip
def everybody_who_is_mentioned_is_named(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    group = make_group(session, stage, instance, *WORLD[:3])[1].get("id")
    hook.receive()
    people = [as_given(person) for person in WORLD[1:3]] + [as_given(instance.number)]
    inbound_message = stage.customer_writes(instance, "text-mention", group=group,
                 set={"message.extendedTextMessage.contextInfo.mentionedJid": people,
                      "message.extendedTextMessage.text": "Vejam @um @dois @tr\u00eas"},
                 **{"from": WORLD[0]})  # fmt: skip
    webhooks = hook.receive()
    _as_written(stage, hook, "text-mention", webhooks, inbound_message)
    way = ("message", "extendedTextMessage", "contextInfo", "mentionedJid")
    mentions = [value_at(one.json, *way) for one in webhooks]
    hook.claim("text-mention", mentions == [people], "mentionedJid names all of them, in order")


@LAWS.law("send_list", effects=("sends", "changes"), phase=PHASE, phone=True,
          events=("list-response",))  # fmt: skip
def each_row_is_told_with_its_own_words(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    answer = message(session, instance, "send_list", to=WORLD[0], **LIST)
    hook.receive()
    rows = [row for section in SECTIONS for row in section["rows"] if isinstance(row, dict)]
    list_id = sent_id(answer)
    inbound_messages = [
        stage.customer_writes(instance, "list-response", message=list_id, option=row["rowId"])
        for row in rows
    ]
    webhooks = hook.receive()
    _as_written(stage, hook, "list-response", webhooks, *inbound_messages)
    for one, row in zip(webhooks, rows, strict=False):
        reply = value_at(one.json, "message", "listResponseMessage")
        row_id = value_at(reply, "singleSelectReply", "selectedRowId")
        hook.claim("list-response", row_id == row["rowId"], "selectedRowId is the row's", one)
        title = value_at(reply, "title")
        hook.claim("list-response", title == row["title"], "title is the row's", one)
        row_description = value_at(reply, "description")
        hook.claim(
            "list-response", row_description == row["description"], "description is the row's", one
        )


@LAWS.law("send_list", effects=("sends", "changes"), phase=PHASE, phone=True,
          events=("list-response",))  # fmt: skip
def a_long_list_loses_no_row(session: Session, stage: Stage) -> None:
    """More rows than a phone shows; some of one title, which their ids tell apart."""
    instance, hook = listening(session, stage)
    data = {"text": "Escolha", "buttonText": "Ver", "sections": LONG_SECTIONS}
    answer = message(session, instance, "send_list", to=WORLD[0], **data)
    if not answer.ok or value_at(answer.json, "error"):
        # Whether there may be so many nobody has seen; what is sent is sent whole.
        return
    hold_sent(session, stage, answer, WORLD[0], listMessage={"sections": LONG_SECTIONS})
    hook.receive()
    for section in LONG_SECTIONS:
        row = section["rows"][-1]
        stage.customer_writes(
            instance, "list-response", message=sent_id(answer), option=row["rowId"]
        )
        for one in hook.receive():
            reply = value_at(one.json, "message", "listResponseMessage")
            row_id = value_at(reply, "singleSelectReply", "selectedRowId")
            hook.claim("list-response", row_id == row["rowId"], "selectedRowId is the row's", one)
            same = value_at(reply, "description") == row["description"]
            hook.claim("list-response", same, "description is the row's", one)


@LAWS.law("configure_webhook", effects=("changes",), phase=PHASE, phone=True,
          events=("edited", "deleted"))  # fmt: skip
def every_later_change_names_the_message(session: Session, stage: Stage) -> None:
    """Edited twice, another one between, and deleted at last."""
    instance, hook = listening(session, stage)
    first, second = (stage.customer_writes(instance, "text-plain")["id"] for _ in range(2))
    hook.receive()
    path = "message.protocolMessage.editedMessage.conversation"
    inbound_messages = [
        *(stage.customer_writes(instance, "edited", message=of, set={path: words})
          for of, words in zip((first, second, first), _TEXTS, strict=True)),
        stage.customer_writes(instance, "deleted", message=first),
    ]  # fmt: skip
    webhooks = hook.receive()
    _as_written(stage, hook, "edited", webhooks, *inbound_messages)
    for one, of in zip(webhooks, (first, second, first, first), strict=False):
        message_key_id = _protocol_key(one.json)
        event = "deleted" if one is webhooks[-1] else "edited"
        hook.claim(event, message_key_id == of, "protocolMessage.key.id is the message's", one)


def _protocol_key(payload: Any) -> Any:
    """The id of the message that an edit or a deletion is about, however deep it stands."""
    for way in (("message",), ("message", "editedMessage", "message")):
        key_id = value_at(payload, *way, "protocolMessage", "key", "id")
        if key_id is not None:
            return key_id
    return None


@LAWS.law("send_text", effects=("sends", "changes"), phase=PHASE, phone=True, events=("reaction",))
def every_reaction_says_what_it_is_now(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    about = [sent_id(text(session, instance, WORLD[0], words)) for words in _TEXTS[:2]]
    hook.receive()
    steps = [(about[0], "\U0001f44d"), (about[1], "\u2764\ufe0f"), (about[0], "\U0001f602"),
             (about[0], ""), (about[1], "")]  # fmt: skip
    for of, emoji in steps:
        fields = {"message.reactionMessage.text": emoji}
        stage.customer_writes(instance, "reaction", message=of, set=fields)
    reactions = [value_at(one.json, "message", "reactionMessage") for one in hook.receive()]
    reaction_states = [(value_at(one, "key", "id"), value_at(one, "text")) for one in reactions]
    hook.claim("reaction", reaction_states == steps, "each reaction is told, of its message")


def _each_file(rule: Any) -> Any:
    for event in FILES:
        run = partial(rule, event)
        update_wrapper(run, rule)
        LAWS.law("send_text", effects=("sends", "changes"), phase=PHASE, about=event,
                 events=(event, "text-quoted-reply"), phone=True)(run)  # fmt: skip
    return rule


@_each_file
def a_reply_with_a_file_says_to_what(event: str, session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    about = sent_id(text(session, instance, WORLD[0], "Qual deles?"))
    hook.receive()
    context = {"stanzaId": about, "participant": as_given(instance.number),
               "quotedMessage": {"conversation": "Qual deles?"}}  # fmt: skip
    fields = {f"message.{CONTENT[event]}.contextInfo": context}
    inbound_message = stage.customer_writes(instance, event, set=fields)
    webhooks = hook.receive()
    _as_written(stage, hook, event, webhooks, inbound_message)
    for one in webhooks:
        shown_context = value_at(one.json, "message", CONTENT[event], "contextInfo")
        hook.claim(event, shown_context == context, "contextInfo says to what it is a reply", one,
                   promise=Promise("baileys", "webhooks/text-quoted-reply.yaml"))  # fmt: skip


@LAWS.law("configure_webhook", effects=("changes",), phase=PHASE, phone=True,
          events=("text-plain-lid", *FILES))  # fmt: skip
def a_hidden_writer_has_a_number_whatever_they_send(session: Session, stage: Stage) -> None:
    hook = listening(session, stage)[1]
    # The second one is not told with the first one's number.
    for person in map(hook.person, WORLD[:2]):
        _hold_hidden_writer(stage, hook, person)


def _hold_hidden_writer(stage: Stage, hook: WebhookListener, person: Json) -> None:
    """Hold that one person is met under the same addresses by every kind of message."""
    key = {
        "key.remoteJid": person["lid"],
        "key.senderPn": person["jid"],
        "key.senderLid": person["lid"],
    }
    events = ("text-plain-lid", *FILES, "location", "contact", "reaction", "edited")
    for event in events:
        body = {"event": event, "set": key}
        stage.control_api("POST", f"/_mock/instances/{hook.instance.key}/emit", body)
    webhooks = hook.receive()
    if not hook.claim("text-plain-lid", len(webhooks) == len(events), "each event is told"):
        return
    shows_lid = value_at(webhooks[0].json, "key", "remoteJid") == person["lid"]
    for one, event in zip(webhooks, events, strict=True):
        names_lid = value_at(one.json, "key", "remoteJid") == person["lid"]
        hook.claim(
            event, names_lid is shows_lid, "remoteJid is that of a text of the same person", one
        )
        right = not names_lid or value_at(one.json, "key", "senderPn") == person["jid"]
        hook.claim(event, right, "senderPn is the number to answer to", one)


@LAWS.law("create_group", effects=("changes",), phase=PHASE, phone=True,
          events=("text-plain", "image", "group-text"))  # fmt: skip
def what_whatsapp_verified_of_a_sender_is_told(session: Session, stage: Stage) -> None:
    """The name of a business stands beside what it writes, and beside nothing else."""
    instance, hook = listening(session, stage)
    group = make_group(session, stage, instance, WORLD[0], WORLD[1])[1].get("id")
    hook.receive()
    events: tuple[tuple[str, Json], ...] = (
        ("text-plain", {}), ("image", {}), ("group-text", {"group": group}),
    )  # fmt: skip
    names = ("Loja Exemplo \u00c7 Ltda", None)
    for person, name in zip(WORLD[:2], names, strict=True):
        fields = {"set": {"verifiedBizName": name}} if name else {}
        for event, more in events:
            stage.customer_writes(instance, event, **{"from": person}, **more, **fields)
    verified_names = [value_at(one.json, "verifiedBizName") for one in hook.receive()]
    expected = [name for name in names for _ in events]
    hook.claim("text-plain", verified_names == expected, "verifiedBizName is of who wrote",
               promise=Promise("vendor-doc", "components/schemas/WebhookMessage.yaml"))  # fmt: skip
