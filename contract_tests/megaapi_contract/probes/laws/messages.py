"""What a send answers: the message as it was given, addressed as it was asked, under a new id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from megaapi_mock.domain.jid import as_given

from ...host.host_instance import HostInstance
from ...host.stage import WORLD, Stage
from ...judging.results import Exchange
from ...judging.values import jid_of
from ..probe import Laws
from ..session import Session
from .assertions import claim, claim_refusal, has_buttons_of_2022, inferred, is_same, value_at
from .calls import make_group, message, parse_json, sent_id, someone, text
from .requests import MESSAGE_ID
from .sent_message import hold_sent

LAWS = Laws()

SHOP = "https://loja.example.test/ofertas"
ROWS = (
    {"title": "Vendas", "description": "Falar com vendas", "rowId": "vendas"},
    {"title": "Suporte", "rowId": "suporte"},
)


# -- texts and places ------------------------------------------------------------------------


@LAWS.law("send_text", effects=("sends",))
def a_text_comes_back_as_it_was_sent(session: Session, stage: Stage) -> None:
    instance, words = stage.instance(), "*Pedido 42*\nconfirmado ✅"
    for to in (someone(session), f"{someone(session, 1)}@s.whatsapp.net"):
        answer = text(session, instance, to, words)
        hold_sent(session, stage, answer, to, extendedTextMessage={"text": words})


@LAWS.law("send_text", effects=("sends",))
def an_empty_text_is_sent_and_fields_nobody_knows_are_passed_over(
    session: Session, stage: Stage
) -> None:
    instance, to = stage.instance(), someone(session)
    data = {"to": to, "text": "", "linkPreview": None, "preview_url": True}
    answer = message(session, instance, "send_text", **data)
    hold_sent(session, stage, answer, to, extendedTextMessage={"text": ""})


@LAWS.law("send_text", "is_on_whatsapp", effects=("sends", "reads"), phone=True)
def the_ninth_digit_stays_in_answers(session: Session, stage: Stage) -> None:
    instance, number = stage.instance(), WORLD[4]
    answer = text(session, instance, number)
    jid = value_at(answer.json, "messageData", "key", "remoteJid")
    claim(
        session, answer, jid == as_given(number), "remoteJid keeps the digits as dialled",
        promise=inferred(session, "send_text"),
    )  # fmt: skip
    answer = session.call("is_on_whatsapp", instance, query={"jid": number})
    # Each world says which of the two it is.
    path = f"/_mock/instances/{instance.key}/contacts/{number}"
    known_jid = stage.control_api("GET", path)["jid"]
    claim(session, answer, value_at(answer.json, "jid") == known_jid, "the number WhatsApp knows")


@LAWS.law("send_link_preview", effects=("sends",))
def a_link_is_found_in_the_text(session: Session, stage: Stage) -> None:
    instance, to, words = stage.instance(), someone(session), f"Veja {SHOP} hoje"
    answer = message(session, instance, "send_link_preview", to=to, textWithLink=words)
    fields = {"text": words, "matchedText": SHOP}
    hold_sent(session, stage, answer, to, extendedTextMessage=fields)


@LAWS.law("send_link_preview", effects=("sends",))
def a_text_without_a_link_has_no_preview(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    answer = message(session, instance, "send_link_preview", to=to, textWithLink="Bom dia")
    fields = {"text": "Bom dia", "matchedText": None, "title": None}
    hold_sent(session, stage, answer, to, extendedTextMessage=fields)


@LAWS.law("send_location", effects=("sends",), worth=5)
def a_place_comes_back_with_its_name(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    data = {"latitude": -23.561, "longitude": -46.656, "caption": "Loja", "address": "Rua A, 1"}
    answer = message(session, instance, "send_location", to=to, **data)
    expected = {
        "degreesLatitude": -23.561, "degreesLongitude": -46.656,
        "name": "Loja", "address": "Rua A, 1",
    }  # fmt: skip
    hold_sent(session, stage, answer, to, locationMessage=expected)


@LAWS.law("send_location", effects=("sends",), worth=2)
def degrees_may_be_texts(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    degrees = {"latitude": "-23.5", "longitude": "-46.25"}
    answer = message(session, instance, "send_location", to=to, **degrees)
    expected = {"degreesLatitude": -23.5, "degreesLongitude": -46.25, "name": None}
    hold_sent(session, stage, answer, to, locationMessage=expected)


# -- lists and buttons -----------------------------------------------------------------------


@LAWS.law("send_list", effects=("sends",), worth=4)
def a_list_comes_back_with_every_row(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    sections = [{"title": "Setores", "rows": list(ROWS)}]
    answer = message(
        session, instance, "send_list", to=to, title="Menu", text="Escolha um setor",
        description="Loja Exemplo", buttonText="Ver setores", sections=sections, listType=0,
    )  # fmt: skip
    expected = {
        "title": "Menu", "description": "Escolha um setor", "footerText": "Loja Exemplo",
        "buttonText": "Ver setores", "sections": sections, "listType": "SINGLE_SELECT",
    }  # fmt: skip
    hold_sent(session, stage, answer, to, listMessage=expected)


def _buttons(answer: Exchange, message: Mapping[str, Any]) -> list[tuple[str, Any]]:
    button_list = value_at(message, "interactiveMessage", "nativeFlowMessage", "buttons")
    return [
        (str(value_at(button, "name")), parse_json(value_at(button, "buttonParamsJson")))
        for button in button_list or ()
    ]


@LAWS.law("send_buttons", effects=("sends",), worth=5)
def reply_buttons_come_back_with_title_and_id(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    buttons = [
        {"type": "reply", "title": "Sim", "id": "sim"},
        {"type": "reply", "title": "Agora n\u00e3o"},
    ]
    data = {"title": "Pagamento", "text": "Confirma?", "footer": "Loja Exemplo", "type": "text"}
    answer = message(session, instance, "send_buttons", to=to, **data, buttons=buttons)
    if has_buttons_of_2022(session, answer):
        return
    expected = {"body": {"text": "Confirma?"}, "footer": {"text": "Loja Exemplo"}}
    pairs = _buttons(answer, hold_sent(session, stage, answer, to, interactiveMessage=expected))
    names = [name for name, _ in pairs]
    claim(session, answer, names == ["quick_reply"] * 2, "one quick reply for each button")
    titles = [value_at(fields, "display_text") for _, fields in pairs]
    claim(session, answer, titles == ["Sim", "Agora n\u00e3o"], "titles in their order")
    ids = [value_at(fields, "id") for _, fields in pairs]
    claim(session, answer, ids[:1] == ["sim"], "a button keeps its id")
    claim(session, answer, all(ids) and len(set(ids)) == 2, "a button without an id gets one")


@LAWS.law("send_template", effects=("sends",), worth=5)
def template_buttons_come_back_with_their_payload(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    number = someone(session)
    buttons = [
        {"type": "copy", "title": "Copiar", "payload": "CODIGO-TESTE"},
        {"type": "url", "title": "Abrir", "payload": SHOP},
        {"type": "call", "title": "Ligar", "payload": number},
    ]
    data = {"title": "Pagamento", "text": "Copie o Pix", "footer": "Loja Exemplo", "type": "text"}
    answer = message(session, instance, "send_template", to=to, **data, buttons=buttons)
    layout = {"body": {"text": "Copie o Pix"}, "footer": {"text": "Loja Exemplo"}}
    pairs = _buttons(answer, hold_sent(session, stage, answer, to, interactiveMessage=layout))
    expected = [
        ("cta_copy", {"display_text": "Copiar", "copy_code": "CODIGO-TESTE"}),
        ("cta_url", {"display_text": "Abrir", "url": SHOP}),
        ("cta_call", {"display_text": "Ligar", "phone_number": number}),
    ]
    claim(session, answer, pairs == expected, "every button with title and payload, in order")


@LAWS.law("send_buttons", "send_template", effects=("sends",), worth=7)
def nothing_to_choose_from_is_refused(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    for operation in ("send_buttons", "send_template"):
        fields = {"text": "Escolha", "type": "text", "buttons": []}
        answer = message(session, instance, operation, to=to, **fields)
        claim_refusal(session, answer, 500, "no buttons", promise=inferred(session, operation))


# -- messages about messages -----------------------------------------------------------------


@LAWS.law("quote_message", "send_text", effects=("sends",), worth=7)
def a_quote_names_what_it_quotes(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    first = text(session, instance, to, "Pedido 42 confirmado")
    data = value_at(first.json, "messageData")
    key, content = value_at(data, "key"), value_at(data, "message")
    answer = message(
        session, instance, "quote_message", to=to, text="Sobre este", key=key, message=content
    )
    part = value_at(
        hold_sent(session, stage, answer, to, extendedTextMessage={"text": "Sobre este"}),
        "extendedTextMessage", "contextInfo",
    )  # fmt: skip
    right = value_at(part, "stanzaId") == value_at(key, "id")
    claim(session, answer, right, "stanzaId is the quoted id")
    same = is_same(session, value_at(part, "quotedMessage"), content)
    claim(session, answer, same, "the quoted content is there")
    own = jid_of(value_at(part, "participant"))
    fits = own.person and own.startswith(instance.number)
    claim(session, answer, fits, "an own message is quoted as the instance's")


@LAWS.law("quote_message", effects=("sends",), worth=4)
def somebody_elses_message_is_quoted_as_theirs(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    theirs = as_given(someone(session, 1))
    key = {"remoteJid": theirs, "fromMe": False, "id": MESSAGE_ID}
    content = {"conversation": "Bom dia"}
    answer = message(session, instance, "quote_message", to=to, text="Oi", key=key, message=content)
    message_ = hold_sent(session, stage, answer, to, extendedTextMessage={"text": "Oi"})
    part = value_at(message_, "extendedTextMessage", "contextInfo")
    right = value_at(part, "participant") == theirs
    claim(session, answer, right, "the author of the quoted message")
    same = is_same(session, value_at(part, "quotedMessage"), content)
    claim(session, answer, same, "the quoted content is there")
    if theirs != as_given(to):
        claim(
            session,
            answer,
            value_at(part, "remoteJid") == theirs,
            "a quote from another chat names it",
        )


@LAWS.law("forward_message", "send_text", effects=("sends",), worth=7)
def a_forwarded_text_is_the_same_text(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    words = "Pedido 42 confirmado"
    first = text(session, instance, to, words)
    data = {name: value_at(first.json, "messageData", name) for name in ("key", "message")}
    answer = message(session, instance, "forward_message", to=to, **data)
    hold_sent(session, stage, answer, to, extendedTextMessage={"text": words})
    claim(session, answer, sent_id(answer) != sent_id(first), "a forwarded message is a new one")


@LAWS.law("forward_message", effects=("sends",))
def the_score_of_what_others_wrote_grows(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    place_content = {"locationMessage": {"degreesLatitude": -23.5, "degreesLongitude": -46.5}}
    theirs = {"remoteJid": as_given(someone(session, 1)), "fromMe": False, "id": MESSAGE_ID}
    info = {"forwardingScore": 3, "isForwarded": True}
    for content, score in (
        ({"conversation": "Oi"}, 1),
        ({"extendedTextMessage": {"text": "Oi", "contextInfo": info}}, 4),
        (place_content, 1),
    ):
        answer = message(session, instance, "forward_message", to=to, key=theirs, message=content)
        message_ = hold_sent(session, stage, answer, to)
        part = value_at(message_, "extendedTextMessage") or value_at(message_, "locationMessage")
        context = value_at(part, "contextInfo")
        right = value_at(context, "forwardingScore") == score
        claim(session, answer, right, "the score is one higher")
        is_marked = value_at(context, "isForwarded") is True
        claim(session, answer, is_marked, "it says that it was forwarded")


@LAWS.law("forward_message", "quote_message", effects=("sends",), worth=7)
def nothing_to_forward_or_quote_is_refused(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    key = {"remoteJid": as_given(to), "fromMe": True, "id": MESSAGE_ID}
    for operation, more in (("forward_message", {}), ("quote_message", {"text": "Oi"})):
        answer = message(session, instance, operation, to=to, key=key, message={}, **more)
        promise = inferred(session, operation)
        claim_refusal(session, answer, 500, "a message without content", promise=promise)


# -- ids, groups, neighbours -----------------------------------------------------------------


@LAWS.law("send_text", "send_location", "send_link_preview", effects=("sends",))
def every_message_has_an_id_of_its_own(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    for _ in range(4 if stage.phone else 1):
        sent_messages = [
            text(session, instance, to),
            message(session, instance, "send_location", to=to, latitude=1, longitude=2),
            message(session, instance, "send_link_preview", to=to, textWithLink="Oi"),
        ]
        ids = [sent_id(one) for one in sent_messages]
        claim(session, sent_messages[-1], all(ids) and len(set(ids)) == len(ids), "ids differ")
        if not stage.phone:
            return
    later_ids = [sent_id(text(session, instance, to)) for _ in range(12)]
    last = text(session, instance, to)
    claim(session, last, len({*later_ids, *ids, sent_id(last)}) == 16, "ids never come again")


@LAWS.law("send_text", "create_group", "list_groups", "group_details",
          effects=("sends", "changes", "reads"), phone=True)  # fmt: skip
def two_instances_share_nothing(session: Session, stage: Stage) -> None:
    first, second = stage.instance(), stage.instance()
    mine = text(session, first, words="Da primeira")
    theirs = text(session, second, words="Da segunda")
    claim(session, theirs, sent_id(mine) != sent_id(theirs), "ids of two instances differ")
    for instance, own, other in ((first, mine, theirs), (second, theirs, mine)):
        ids = _messages_of(stage, instance)
        claim(session, own, sent_id(own) in ids, "an instance has what it sent")
        claim(session, other, sent_id(other) not in ids, "an instance has nobody else's messages")
    _, group = make_group(session, stage, first, someone(session))
    listing = session.call("list_groups", second)
    jids = [value_at(each, "id") for each in value_at(listing.json, "groups") or ()]
    claim(session, listing, group.get("id") not in jids, "an instance lists nobody else's groups")
    answer = session.call("group_details", second, query={"jid": str(group.get("id"))})
    unsure = inferred(session, "group_details")
    claim_refusal(session, answer, 404, "another instance's group", promise=unsure)


def _messages_of(stage: Stage, instance: HostInstance) -> list[str]:
    messages = stage.control_api("GET", f"/_mock/messages?instance={instance.key}&limit=5000")
    return [str(item["id"]) for item in messages["items"]]


_TO_GROUP: Mapping[str, dict[str, Any]] = {
    "send_text": {"text": "Bom dia, equipe"},
    "send_location": {"latitude": 1, "longitude": 2},
    "send_link_preview": {"textWithLink": f"Veja {SHOP}"},
}


@LAWS.law(*_TO_GROUP, "create_group", effects=("sends", "changes"))
def sends_to_a_group_name_the_sender(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    creation, group = make_group(session, stage, instance, someone(session))
    jid = group.get("id")
    if not claim(session, creation, isinstance(jid, str), "a group was made"):
        return
    for operation, data in _TO_GROUP.items() if stage.phone else [("send_text", {"text": "Oi"})]:
        answer = message(session, instance, operation, to=str(jid), **data)
        hold_sent(session, stage, answer, str(jid))
        participant = jid_of(value_at(answer.json, "messageData", "participant"))
        fits = participant.person and participant.startswith(instance.number)
        claim(session, answer, fits, "participant is the instance itself")


@LAWS.law("send_text", effects=("sends",))
def sends_to_a_person_name_no_participant(session: Session, stage: Stage) -> None:
    answer = text(session, stage.instance())
    has_none = "participant" not in (value_at(answer.json, "messageData") or {})
    claim(session, answer, has_none, "no participant outside groups")


@LAWS.law("send_text", effects=("sends",), phone=True)
def groups_the_instance_is_not_in_are_refused(session: Session, stage: Stage) -> None:
    answer = text(session, stage.instance(), "120363000000000098@g.us")
    claim_refusal(session, answer, 500, "a group it is not in",
            promise=inferred(session, "send_text"), switches=("not_a_member",))  # fmt: skip
