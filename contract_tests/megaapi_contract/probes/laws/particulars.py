"""What lies beyond the first of anything: later rows, other authors, odd names, unasked bodies."""

from __future__ import annotations

import orjson
from megaapi_mock.domain.jid import as_given

from ...errors import Impossible, NotTried
from ...host.http import request
from ...host.stage import WORLD, Stage
from ...judging.results import Promise
from ..probe import Laws
from ..session import PICTURE_URL, Session
from .assertions import claim, claim_success, is_same, value_at
from .calls import group_of, make_group, members, message, sent_id, someone, text
from .connection import unlink
from .participant_results import participant_results
from .sent_message import hold_sent
from .watched_instance import watch_instance
from .webhooks import PHASE, listening

LAWS = Laws()

# Ids that a program of numbers would spoil, in more than one section.
SECTIONS = [
    {"title": "Vendas", "rows": [
        {"title": "Comprar", "description": "Novo pedido", "rowId": "01"},
        {"title": "Trocar", "description": "Pedido feito", "rowId": "007"}]},
    {"title": "Suporte", "rows": [
        {"title": "Defeito", "description": "N\u00e3o liga", "rowId": "03"},
        {"title": "Outros", "description": "Fale com algu\u00e9m", "rowId": "004"},
        {"title": "D\u00favida", "description": "Pergunte", "rowId": "id-5"}]},
]  # fmt: skip
LIST = {"title": "Menu", "text": "Escolha", "description": "Loja Exemplo",
        "buttonText": "Ver", "listType": 0, "sections": SECTIONS}  # fmt: skip
SHOWN = {"title": "Menu", "description": "Escolha", "footerText": "Loja Exemplo",
         "buttonText": "Ver", "sections": SECTIONS}  # fmt: skip


# The number of the phone that takes the place of an instance's own.
NEW_PHONE = "5511900000027"


def _baileys_promise(session: Session, operation: str) -> Promise:
    """Of what only a library or the ancestor's code shows."""
    return Promise("baileys", session.contract.by_id[operation].spec_file)


@LAWS.law("send_list", effects=("sends",), worth=5)
def every_row_of_every_section_comes_back(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    hold_sent(session, stage, message(session, instance, "send_list", to=to, **LIST), to,
              listMessage=SHOWN)  # fmt: skip


@LAWS.law("send_list", "create_group", effects=("sends", "changes"))
def a_list_to_a_group_is_the_same_list(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    jid = str(make_group(session, stage, instance, someone(session))[1].get("id"))
    hold_sent(session, stage, message(session, instance, "send_list", to=jid, **LIST), jid,
              listMessage=SHOWN)  # fmt: skip


@LAWS.law("send_media_url", effects=("sends",))
def the_given_type_of_a_document_is_kept(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    data = {"url": PICTURE_URL, "type": "document", "fileName": "pdfExemplo.png",
            "mimeType": "application/pdf"}  # fmt: skip
    answer = message(session, instance, "send_media_url", to=to, **data)
    expected = {"mimetype": "application/pdf", "fileName": "pdfExemplo.png"}
    hold_sent(session, stage, answer, to, documentMessage=expected)


@LAWS.law("pairing_code", effects=("changes",), phone=True)
def a_code_of_ones_own_keeps_its_letters(session: Session, stage: Stage) -> None:
    instance = stage.instance(connected=False)
    query = {"phoneNumber": "5511900000020", "customPairingCode": "aBcD12eF"}
    answer = session.call("pairing_code", instance, query=query)
    same = value_at(answer.json, "pairingCode") == "aBcD12eF"
    claim(session, answer, same, "the custom code as it was asked for",
          promise=_baileys_promise(session, "pairing_code"))  # fmt: skip


@LAWS.law("list_groups", "leave_group", "create_group", effects=("reads", "changes"), phone=True)
def a_body_where_none_is_needed_is_passed_over(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    claim_success(
        session, session.call("list_groups", instance, body={}), "the list of groups, with a body"
    )
    jid = str(make_group(session, stage, instance, someone(session))[1].get("id"))
    departure = session.call("leave_group", instance, query={"jid": jid}, body={})
    claim_success(session, departure, "leaving a group, with a body")


@LAWS.law("instance_status", effects=("reads", "changes"), phone=True)
def another_state_has_another_tag(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    linked = session.call("instance_status", instance)
    unlink(stage, instance)
    unlinked_status = session.call("instance_status", instance)
    tags = [answer.header("ETag") for answer in (linked, unlinked_status)]
    differ = not all(tags) or tags[0] != tags[1] or linked.body == unlinked_status.body
    claim(session, unlinked_status, differ, "an ETag is that of one body")
    if tags[0]:
        path = session.contract.by_id["instance_status"].path.replace(
            "{instance_key}", instance.key
        )
        headers = (("Authorization", f"Bearer {instance.token}"), ("If-None-Match", tags[0]))
        later = session.exchange(request("GET", path, headers=headers))
        claim(session, later, later.status == 200, "a state that changed is told in full")


@LAWS.law("remove_participants", "create_group", "group_details", effects=("changes", "reads"),
          phone=True)  # fmt: skip
def who_is_not_named_stays(session: Session, stage: Stage) -> None:
    # Their numbers differ in the last digit alone.
    instance, people = stage.instance(), WORLD[1:4]
    jid = str(make_group(session, stage, instance, *people)[1].get("id"))
    data = {"jid": jid, "participants": [people[0]]}
    removal = session.call("remove_participants", instance, body={"group_data": data})
    details = session.call("group_details", instance, query={"jid": jid})
    inside = members(dict(group_of(details)))
    claim(session, removal, as_given(people[0]) not in inside, "a bare number is removed")
    stay = all(as_given(one) in inside for one in people[1:])
    claim(session, removal, stay, "the others are still in it")


@LAWS.law("add_participants", "create_group", effects=("changes",), phone=True)
def everybody_has_a_result_of_their_own(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    jid = str(make_group(session, stage, instance, WORLD[0])[1].get("id"))
    data = {"jid": jid, "participants": [as_given(one) for one in (WORLD[1], WORLD[0])]}
    answer = session.call("add_participants", instance, body={"group_data": data})
    results = participant_results(session, answer)
    if results is not None:
        expected = {as_given(WORLD[1]): "200", as_given(WORLD[0]): "409"}
        claim(
            session, answer, dict(results) == expected,
            "200 for the new one, 409 for who was in",
            promise=_baileys_promise(session, "add_participants"),
        )  # fmt: skip


@LAWS.law("send_text", effects=("sends",), phone=True)
def an_old_group_id_is_no_person(session: Session, stage: Stage) -> None:
    """Ids of groups once began with the number of who made them."""
    instance = stage.instance()
    answer = text(session, instance, f"{WORLD[0]}-1623275280@g.us")
    is_person = value_at(answer.json, "messageData", "key", "remoteJid") == as_given(WORLD[0])
    claim(session, answer, not is_person, "a group is written to, not a person",
          promise=session.contract.promise("send_text"))  # fmt: skip


@LAWS.law("delete_message", "send_text", effects=("sends", "changes"), phase=PHASE, reader=True,
          worth=5, events=("deleted",))  # fmt: skip
def what_is_deleted_is_what_was_named(session: Session, stage: Stage) -> None:
    """What another instance is told shows what really went."""
    instance, reader = stage.instance(), watch_instance(session, stage)
    first, second = (
        text(session, instance, reader.number, words) for words in ("Primeira", "Segunda")
    )
    reader.receive(first, second)
    key = {"remoteJid": as_given(reader.number), "fromMe": True, "id": sent_id(first)}
    deletion = message(session, instance, "delete_message", to=reader.number, key=key)
    if not claim_success(session, deletion, "deleting for everyone"):
        return
    received = reader.receive(deletion)
    ids = [value_at(one.json, "message", "protocolMessage", "key", "id") for one in received]
    promise = session.contract.promise("delete_message")
    reader.hook.claim(
        "deleted", ids in ([sent_id(first)], []), "the message that was named", promise=promise
    )


# -- what customers do -----------------------------------------------------------------------


@LAWS.law("create_group", effects=("changes",), phase=PHASE, phone=True, events=("group-text",))
def many_who_write_at_once_are_told_apart(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    group = make_group(session, stage, instance, *WORLD[:3])[1].get("id")
    hook.receive()
    for person in WORLD[:3]:
        stage.customer_writes(instance, "group-text", group=group, **{"from": person})
    webhooks = hook.receive(lambda webhooks: len(webhooks) >= 3)
    hook.claim("group-text", len(webhooks) == 3, "every message of a group is told")
    for one, person in zip(webhooks, WORLD, strict=False):
        hook.check_author(one, "group-text", person)
    names = {value_at(one.json, "pushName") for one in webhooks}
    hook.claim("group-text", len(names) == len(webhooks), "each author has a name of their own")


@LAWS.law("configure_webhook", effects=("changes",), phase=PHASE, phone=True,
          events=("text-plain",))  # fmt: skip
def names_keep_their_accents(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    name = "Jo\u00e3o \u00c7a\u00edque \U0001f6cd"
    stage.customer_writes(instance, "text-plain", set={"pushName": name})
    payload = hook.check_single(hook.receive(), "text-plain", "a text")
    hook.claim("text-plain", not payload or payload.get("pushName") == name,
               "pushName is the name, letter by letter")  # fmt: skip


@LAWS.law("send_text", effects=("sends", "changes"), phase=PHASE, phone=True, events=("reaction",))
def a_reaction_taken_back_is_told(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    about = sent_id(text(session, instance, WORLD[0]))
    hook.receive()
    for emoji in ("\U0001f44d", ""):
        fields = {"message.reactionMessage.text": emoji}
        stage.customer_writes(instance, "reaction", message=about, set=fields)
    emojis = [value_at(one.json, "message", "reactionMessage", "text") for one in hook.receive()]
    hook.claim("reaction", emojis == ["\U0001f44d", ""], "given, and taken back with an empty text")


@LAWS.law("configure_webhook", effects=("changes",), phase=PHASE, phone=True,
          events=("poll-creation",))  # fmt: skip
def a_poll_has_all_its_options(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    options = [{"optionName": name} for name in ("Pix", "Boleto", "Cart\u00e3o", "Dinheiro")]
    path = "message.pollCreationMessageV3.options"
    stage.customer_writes(instance, "poll-creation", set={path: options})
    payload = hook.check_single(hook.receive(), "poll-creation", "a poll")
    shown_options = value_at(payload, "message", "pollCreationMessageV3", "options")
    complete = is_same(session, shown_options, options) or not (payload or shown_options)
    hook.claim("poll-creation", complete, "every option, in order")
    # Some years leave out what a writer's client adds.
    context = value_at(payload, "message", "messageContextInfo")
    secret = context is None or value_at(context, "messageSecret")
    hook.claim("poll-creation", secret, "the secret that votes are read with",
               promise=Promise("baileys", "webhooks/poll-creation.yaml"))  # fmt: skip


@LAWS.law("configure_webhook", effects=("changes",), phase=PHASE, customer=("image",),
          events=("image",))  # fmt: skip
def a_picture_without_words_has_none(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    path = "message.imageMessage.caption"
    for words in ("Segue a foto", ""):
        stage.customer_writes(instance, "image", set={path: words})
    captions = [value_at(one.json, "message", "imageMessage", "caption") for one in hook.receive()]
    hook.claim("image", captions in (["Segue a foto", ""], ["Segue a foto", None]),
               "each picture has its own caption")  # fmt: skip


@LAWS.law("accept_webhook_events", "block_events", "config_details", effects=("changes", "reads"))
def events_accepted_one_by_one_add_up(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    names = ["calls", "presence"]
    session.call("block_events", instance, body={"messageData": {"events": names}})
    for name in names:
        body = {"messageData": {"events": [name]}}
        session.call("accept_webhook_events", instance, body=body)
    config = session.call("config_details", instance)
    text_ = orjson.dumps(value_at(config.json, "configData", "webhookEvents")).decode()
    promise = Promise("inferred", session.contract.by_id["accept_webhook_events"].spec_file)
    both = text_ == "null" or all(f'"{name}"' in text_ for name in names)
    claim(session, config, both, "what was accepted first stays accepted", promise=promise)


@LAWS.law("send_list", effects=("sends", "changes"), phase=PHASE, phone=True,
          events=("list-response",))  # fmt: skip
def a_row_of_a_later_section_is_told_by_its_own_id(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    answer = message(session, instance, "send_list", to=WORLD[0], **LIST)
    hook.receive()
    stage.customer_writes(instance, "list-response", message=sent_id(answer), option="004")
    payload = hook.check_single(hook.receive(), "list-response", "a choice")
    reply = value_at(payload, "message", "listResponseMessage", "singleSelectReply")
    right = not payload or value_at(reply, "selectedRowId") == "004"
    hook.claim("list-response", right, "the row's id as it was sent")


@LAWS.law("send_media_base64", effects=("sends",))
def a_files_name_keeps_its_accents(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    name = "or\u00e7amento n\u00ba 3 \u2013 mar\u00e7o.pdf"
    answer = message(
        session, instance, "send_media_base64", to=to, type="document", fileName=name,
        base64="data:application/pdf;base64,JVBERi0xLjQKJSVFT0YK", mimeType="application/pdf",
    )  # fmt: skip
    hold_sent(session, stage, answer, to, documentMessage={"fileName": name})


@LAWS.law("logout", effects=("changes", "disconnects"), phase=PHASE, phone=True,
          events=("connected",))  # fmt: skip
def after_a_swap_of_phones_the_new_number_is_told(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    session.call("logout", instance)
    hook.receive()
    try:
        stage.control_api("POST", f"/_mock/instances/{instance.key}/link", {"number": NEW_PHONE})
    except Impossible as refusal:
        raise NotTried(f"no other number to link: {refusal}") from None
    stage.customer_writes(instance, "text-plain")
    jids = [value_at(one.json, "jid") for one in hook.receive()]
    right = bool(jids) and all(str(jid or NEW_PHONE).startswith(NEW_PHONE) for jid in jids)
    hook.claim("connected", right, "jid is the number that is connected now")


@LAWS.law("logout", "qr_code_base64", effects=("changes", "disconnects", "reads"), phase=PHASE,
          phone=True, events=("qrcode",))  # fmt: skip
def nobodys_number_stands_beside_a_code(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    stage.customer_writes(instance, "text-plain")
    session.call("logout", instance)
    session.call("qr_code_base64", instance)
    webhooks = [
        one for one in hook.receive() if value_at(one.json, "messageType") == "qrcode_update"
    ]
    hook.claim(
        "qrcode", all("jid" not in one.json for one in webhooks), "no jid: nobody is connected"
    )


@LAWS.law("restart", effects=("changes", "disconnects"), phase=PHASE, customer=("text-plain",),
          by_hand=True, events=("text-plain", "text-extended"))  # fmt: skip
def what_comes_after_a_restart_is_told(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    session.call("restart", instance)
    inbound = stage.customer_writes(instance, "text-plain")
    ids = [value_at(one.json, "key", "id") for one in hook.receive()]
    hook.claim("text-plain", ids.count(inbound["id"]) == 1, "a text after a restart is told once")


@LAWS.law("send_text", effects=("sends", "changes"), phase=PHASE, phone=True,
          events=("text-extended",))  # fmt: skip
def who_receives_is_whose_event_it_is(session: Session, stage: Stage) -> None:
    """Two instances of one host write to each other."""
    other, hook = listening(session, stage)
    text(session, stage.instance(), other.number, "De uma para a outra")
    payloads = [one.json for one in hook.receive() if value_at(one.json, "key", "fromMe") is False]
    hook.claim("text-extended", len(payloads) == 1, "the receiver is told once, under its own key")


@LAWS.law("create_group", effects=("changes",), phase=PHASE, phone=True, events=("deleted",))
def an_admins_deletion_names_the_author(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    group = make_group(session, stage, instance, *WORLD[:2])[1].get("id")
    stage.customer_writes(instance, "group-participants", group=group, to=WORLD[0],
                   option="promote", **{"from": instance.number})  # fmt: skip
    inbound = stage.customer_writes(instance, "group-text", group=group, **{"from": WORLD[1]})
    hook.receive()
    stage.customer_writes(instance, "deleted", group=group, message=inbound["id"],
                   **{"from": WORLD[0]})  # fmt: skip
    payload = hook.check_single(hook.receive(), "deleted", "a deletion")
    author = value_at(payload, "message", "protocolMessage", "key", "participant")
    person = hook.person(WORLD[1])
    right = not payload or author in (None, person["jid"], person["lid"])
    hook.claim("deleted", right, "the author of what is deleted")
