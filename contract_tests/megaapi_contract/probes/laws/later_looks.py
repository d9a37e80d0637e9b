"""What was sent or set, looked at again elsewhere: in groups, passed on, stored, and later."""

from __future__ import annotations

from functools import partial, update_wrapper
from typing import Any

from ...host.host_instance import HostInstance
from ...host.stage import WORLD, Stage
from ...judging.results import Exchange
from ...judging.values import jid_of
from ..probe import Laws
from ..session import PICTURE_URL, Session
from .assertions import NAMELESS, claim, claim_success, inferred, is_same, value_at
from .calls import (
    group_of,
    make_group,
    message,
    nobody,
    sent_id,
    set_webhook,
    several,
    someone,
    text,
    texts,
)
from .customers import words_of
from .echo_content import is_acknowledged
from .every_event import bare
from .every_text import fullest_request
from .listed_people import as_listed
from .media import fetch, same_bytes
from .requests import DELETIONS, GOOD_REQUESTS, SENDS, Arguments
from .webhooks import ACK_EVENTS, ECHO, PHASE, check_acks, check_echo, listening
from .webhooks import message_id as id_of

LAWS = Laws()

TO_GROUPS = tuple(name for name in SENDS if name not in DELETIONS)
# What shows most of a host that is sent few messages.
SENT_FIRST = ("send_media_base64", "send_location", "send_list")
# What each content kind passes on: all that its first sender has written or that opens its file.
PASSED_ON = ("send_media_base64", "send_location", "send_list", "send_contact")
TO_NOBODY = ("send_text", "send_media_base64", "send_media_url", "send_location")
STORED = ("Primeira linha\nsegunda \u2013 a\u00e7\u00e3o \U0001f44d", "Depois dela")


# -- to groups -------------------------------------------------------------------------------


def what_is_sent_to_a_group_is_told_of_it(operation: str, session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    _, group = make_group(session, stage, instance, someone(session))
    hook.receive()
    jid = str(group.get("id"))
    arguments, texts_by_path = _to_group(operation, someone(session), jid)
    session.gate.learn(texts_by_path.values())
    answer = session.call(operation, instance, **arguments)
    promise_of_call = session.contract.promise(operation)
    if not claim_success(session, answer, "a good send to a group", promise=promise_of_call):
        return
    chat = value_at(answer.json, "messageData", "key", "remoteJid")
    claim(session, answer, chat == jid, "remoteJid is the group's", promise=promise_of_call)
    webhooks = [one for one in hook.receive(is_acknowledged(hook)) if id_of(one) == sent_id(answer)]
    check_echo(hook, webhooks, answer)
    check_acks(hook, webhooks, answer)
    chats = {value_at(one.json, "key", "remoteJid") for one in webhooks}
    hook.claim(ACK_EVENTS[0], chats <= {jid}, "what is told of it is told of the group")


def _to_group(operation: str, person: str, jid: str) -> tuple[Arguments, dict[str, str]]:
    """A full request about this person that goes to a group."""
    arguments, texts_by_path = fullest_request(operation, person)
    body = arguments.get("body")
    if body is None:
        return {**arguments, "query": {**arguments["query"], "to": jid}}, texts_by_path
    data = {**body["messageData"], "to": jid}
    return {**arguments, "body": {**body, "messageData": data}}, texts_by_path


for _operation in TO_GROUPS:
    _run = partial(what_is_sent_to_a_group_is_told_of_it, _operation)
    update_wrapper(_run, what_is_sent_to_a_group_is_told_of_it)
    LAWS.law(
        _operation, "create_group", effects=("sends", "changes"), phase=PHASE, about=_operation,
        events=(ECHO, *ACK_EVENTS), worth=2 if _operation in SENT_FIRST else 0,
    )(_run)  # fmt: skip


# -- to nobody, and passed on -----------------------------------------------------------------


@LAWS.law(*TO_NOBODY, effects=("sends",), worth=7)
def what_nobody_can_get_is_answered_alike(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    answers = [
        session.call(operation, instance, **GOOD_REQUESTS[operation].arguments(nobody(session)))
        for operation in TO_NOBODY
    ]
    # Some send what nobody gets, and say nothing of a message.
    refused = [one for one in answers if not session.takes_alternative(one, "swallowed_sends")]
    for answer in refused[1:]:
        promise = session.contract.promise(str(answer.operation), 403)
        same = answer.status == refused[0].status
        claim(session, answer, same, "every send answers it as a text does", promise=promise)


def what_is_passed_on_of_ones_own_keeps_its_content(
    operation: str, session: Session, stage: Stage
) -> None:
    instance, to = stage.instance(), someone(session)
    arguments, texts_by_path = fullest_request(operation, to)
    session.gate.learn([*texts_by_path.values(), *texts(arguments)])
    first = message(session, instance, operation, **arguments["body"]["messageData"])
    if not claim_success(session, first, "a good send"):
        return
    content = value_at(first.json, "messageData", "message")
    about = {"to": to, "key": value_at(first.json, "messageData", "key"), "message": content}
    forward = message(session, instance, "forward_message", **about)
    if claim_success(session, forward, "a forward"):
        forwarded = value_at(forward.json, "messageData", "message")
        same = is_same(session, bare(forwarded), bare(content))
        claim(session, forward, same, "a forward keeps every field of it")
        part = value_at(forwarded, "imageMessage")
        if isinstance(part, dict):
            same_bytes(session, fetch(session, instance, part, "image"), part, None)
    quote = message(session, instance, "quote_message", **about, text="Sobre este")
    if claim_success(session, quote, "a quote"):
        way = ("messageData", "message", "extendedTextMessage", "contextInfo")
        context = value_at(quote.json, *way)
        same = is_same(session, bare(value_at(context, "quotedMessage")), bare(content))
        claim(session, quote, same, "a quote keeps every field of it")
        right = value_at(context, "stanzaId") == sent_id(first)
        claim(session, quote, right, "a quote names what it quotes")


for _operation in PASSED_ON:
    _run = partial(what_is_passed_on_of_ones_own_keeps_its_content, _operation)
    update_wrapper(_run, what_is_passed_on_of_ones_own_keeps_its_content)
    LAWS.law(
        "forward_message", "quote_message", _operation, "download_media",
        effects=("sends", "reads"), about=_operation,
        worth=4 if _operation == "send_media_base64" else 1,
    )(_run)  # fmt: skip


# -- stored, and later -----------------------------------------------------------------------


@LAWS.law("list_messages", "send_text", effects=("reads", "sends"), worth=4)
def what_was_sent_stands_in_its_chat(session: Session, stage: Stage) -> None:
    instance, person = stage.instance(), someone(session)
    answers = [text(session, instance, person, words) for words in STORED]
    text(session, instance, someone(session, 1), "Em outra conversa")
    listing = session.call("list_messages", instance, query={"chat_id": person})
    stored = listing.json if isinstance(listing.json, list) else []
    own = [one for one in stored if value_at(one, "key", "id") in map(sent_id, answers)]
    if not claim(session, listing, len(own) == len(answers), "each message stands there once"):
        return
    by_id = {value_at(one, "key", "id"): one for one in own}
    for answer in answers:
        one, data = by_id.get(sent_id(answer)), value_at(answer.json, "messageData")
        listed_content, sent = bare(value_at(one, "message")), bare(value_at(data, "message"))
        same = is_same(session, listed_content, sent)
        claim(session, listing, same, "with what was sent")
        claim(session, listing, value_at(one, "key", "fromMe") is True, "as the instance's own")
        moment = str(value_at(one, "messageTimestamp")) == str(value_at(data, "messageTimestamp"))
        claim(session, listing, moment, "with the time of its answer")
    listed_jids = {value_at(one, "key", "remoteJid") for one in stored}
    chats = {jid_of(as_listed(session, one)) for one in listed_jids}
    alone = all(chat.user == person for chat in chats if chat.person)
    claim(session, listing, alone, "nothing of another chat stands there")
    moments = [value_at(one, "messageTimestamp") for one in stored]
    known = [moment for moment in moments if isinstance(moment, int)]
    claim(session, listing, known == sorted(known), "the oldest stands first")


@LAWS.law("list_messages", effects=("reads", "changes"), phase=PHASE, customer=("text-plain",),
          events=("text-plain", "text-extended"), worth=3)  # fmt: skip
def what_was_told_of_somebody_stands_in_the_chat(session: Session, stage: Stage) -> None:
    """A message of another person is in the list what its webhook said it is."""
    instance, hook = listening(session, stage)
    event = stage.customer_writes(instance, "text-plain")["event"]
    payload = hook.check_single(hook.receive(), event, "a text")
    if not payload:
        return
    id_ = value_at(payload, "key", "id")
    listing = session.call("list_messages", instance, query={"chat_id": stage.customers[0]})
    stored = listing.json if isinstance(listing.json, list) else []
    same_id = [one for one in stored if value_at(one, "key", "id") == id_]
    if not claim(session, listing, len(same_id) == 1, "a message that was told stands there once"):
        return
    one = same_id[0]
    claim(session, listing, words_of(one) == words_of(payload), "with the words it came with")
    claim(session, listing, value_at(one, "key", "fromMe") is False, "as somebody else's")
    for field, sentence in (("pushName", "with the name of its writer"),
                            ("messageTimestamp", "with the time it came with")):  # fmt: skip
        listed_value = value_at(one, field)
        is_open = listed_value in NAMELESS or payload.get(field) in NAMELESS
        claim(session, listing, is_open or listed_value == payload[field], sentence)


@LAWS.law("list_chats", "send_text", effects=("reads", "sends"), worth=3)
def whoever_was_written_to_has_one_chat(session: Session, stage: Stage) -> None:
    instance, person = stage.instance(), someone(session)
    others = [one for one in several(session, 2) if one != person]
    for words, one in zip(("Um", "Dois", "Tres"), (person, *others, person), strict=False):
        text(session, instance, one, words)
        stage.pass_time(1)
    answer = session.call("list_chats", instance)
    chats = value_at(answer.json, "chats")
    ids = [str(value_at(one, "id")) for one in chats] if isinstance(chats, list) else []
    claim(session, answer, len(set(ids)) == len(ids), "no chat stands there twice")
    users = [jid_of(as_listed(session, id_)).user for id_ in ids]
    # The vendor's list expires, and comes again with the next connection.
    promise = None if stage.phone else inferred(session, "list_chats")
    if claim(session, answer, person in users, "the chat stands there", promise=promise):
        for other in set(others) & set(users) - _pinned_chats(chats):
            is_first = users.index(person) < users.index(other)
            claim(session, answer, is_first, "the chat of the last message comes first")


def _pinned_chats(chats: Any) -> set[str]:
    """Whose chats stand at the top whatever is written."""
    pinned_chats = (one for one in chats if value_at(one, "pinned") is not None)
    return {jid_of(value_at(one, "id")).user for one in pinned_chats}


@LAWS.law("configure_webhook", "webhook_settings", "instance_status", "send_text", "list_groups",
          "qr_code_base64",
          effects=("changes", "reads", "sends"), worth=6)  # fmt: skip
def what_is_set_stays_set_whatever_is_called(session: Session, stage: Stage) -> None:
    instance, url = stage.instance(), f"{session.receiver.url}/stays?loja=1"
    set_webhook(session, instance, url)
    before = _state(session, instance)
    text(session, instance, someone(session))
    for operation in ("list_groups", "qr_code_base64", "instance_status"):
        session.call(operation, instance)
    session.call("send_text", instance, token=session.wrong_token(),
                 body={"messageData": {"to": someone(session), "text": "Bom dia"}})  # fmt: skip
    after = _state(session, instance)
    for (answer, state), (_, shown_before), what in zip(
        after, before, ("the webhook", "the user"), strict=True
    ):
        claim(session, answer, state == shown_before, f"{what} is as it was before the calls")
    claim(session, after[0][0], after[0][1] == (url, True), "the webhook is the one that was set")


def _state(session: Session, instance: HostInstance) -> list[tuple[Exchange, Any]]:
    webhook = session.call("webhook_settings", instance)
    settings = value_at(webhook.json, "webhookData") or webhook.json
    status = session.call("instance_status", instance)
    user = value_at(status.json, "instance", "user")
    return [
        (webhook, (value_at(settings, "webhookUrl"), value_at(settings, "webhookEnabled"))),
        (status, (value_at(user, "id"), value_at(status.json, "instance", "status"))),
    ]


@LAWS.law("group_invite_code", "create_group", effects=("changes", "reads"), worth=2)
def a_group_keeps_its_invite_code(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    _, group = make_group(session, stage, instance, WORLD[0] if stage.phone else someone(session))
    codes = []
    for _ in range(2):
        answer = session.call(
            "group_invite_code", instance, query={"group_id": str(group.get("id"))}
        )
        codes.append(value_at(answer.json, "inviteCode"))
        claim(session, answer, isinstance(codes[-1], str) and codes[-1], "a code")
    claim(session, answer, codes[0] == codes[1], "a group keeps its code")


@LAWS.law("group_invite_info", "group_invite_code", "create_group", effects=("changes", "reads"),
          worth=2)  # fmt: skip
def an_invite_code_leads_to_its_own_group(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    _, group = make_group(session, stage, instance, someone(session))
    query = {"group_id": str(group.get("id"))}
    code = value_at(session.call("group_invite_code", instance, query=query).json, "inviteCode")
    session.gate.learn([code])
    answer = session.call("group_invite_info", instance, query={"code": str(code)})
    promise = session.contract.promise("group_invite_info")
    if claim_success(session, answer, "a group's own code", promise=promise):
        same = group_of(answer).get("id") == group.get("id")
        claim(session, answer, same, "the group that the code is of", promise=promise)


@LAWS.law("set_profile_picture_url", "profile_picture", "create_group",
          effects=("changes", "reads"), worth=2)  # fmt: skip
def a_new_picture_of_a_group_has_another_address(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    _, group = make_group(session, stage, instance, someone(session))
    jid = str(group.get("id"))
    before = session.call("profile_picture", instance, query={"to": jid, "type": "image"})
    change = message(session, instance, "set_profile_picture_url", to=jid, url=PICTURE_URL)
    if claim_success(session, change, "a new picture"):
        after = session.call("profile_picture", instance, query={"to": jid, "type": "image"})
        address, earlier = value_at(after.json, "data"), value_at(before.json, "data")
        claim(session, after, address != earlier, "a new picture has another address")
