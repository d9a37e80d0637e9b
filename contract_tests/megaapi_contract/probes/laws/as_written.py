"""Numbers, links and rows are taken letter for letter, in echoes too, and no row is left out."""

from __future__ import annotations

from base64 import b64encode

from megaapi_mock.domain.jid import as_given
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples

from ...host.stage import Stage
from ..probe import Laws
from ..session import Session
from .assertions import claim, value_at
from .calls import message, someone, text
from .content_fidelity import TEXTS
from .echo_content import ECHO, is_acknowledged
from .media import KINDS
from .sent_message import hold_sent
from .webhooks import PHASE, check_echo, listening

LAWS = Laws()

# What is written behind an existing number.
MORE_DIGITS = ("0", "12")
LINK = "https://Loja.example.test/Promo/AbC_d-~e.html?Cupom=X%2Fy&z=%C3%A7+1#Topo"
ROWS = [{"title": "PIX", "description": "Na hora", "rowId": "01"},
        {"title": "Outro", "description": "Depois", "rowId": "02"}]  # fmt: skip
# Both sections have the same ids, as in what the vendor recorded, and one row is there twice.
ALIKE = [
    {"title": "\u00c0 vista", "rows": ROWS},
    {"title": "A prazo", "rows": [ROWS[0], {**ROWS[1], "title": "Cart\u00e3o"}]},
]


@LAWS.law("is_on_whatsapp", "send_text", effects=("reads", "sends"), phone=True)
def the_very_digits_are_taken(session: Session, stage: Stage) -> None:
    """Whether a longer number is anybody's, a switch decides: it is not that of the shorter one."""
    instance, number = stage.instance(), someone(session)
    documented = session.contract.promise("is_on_whatsapp")
    promise_of_call = session.contract.promise("send_text")
    for digits in MORE_DIGITS:
        longer = f"{number}{digits}"
        for form in (longer, as_given(longer)):
            answer = session.call("is_on_whatsapp", instance, query={"jid": form})
            is_another = value_at(answer.json, "jid") in (None, as_given(longer))
            claim(session, answer, is_another, "a longer number is another one", promise=documented)
        answer = text(session, instance, longer)
        jid = value_at(answer.json, "messageData", "key", "remoteJid")
        is_another = jid in (None, as_given(longer))
        claim(
            session,
            answer,
            is_another,
            "a longer number is written to as such",
            promise=promise_of_call,
        )


@LAWS.law("send_text", "send_link_preview", effects=("sends",))
def a_link_keeps_every_letter(session: Session, stage: Stage) -> None:
    instance, to, words = stage.instance(), someone(session), f"Veja {LINK} E Volte"
    for operation, field in (("send_text", "text"), ("send_link_preview", "textWithLink")):
        answer = message(session, instance, operation, to=to, **{field: words})
        hold_sent(session, stage, answer, to, extendedTextMessage={"text": words})


@LAWS.law("send_list", effects=("sends",))
def rows_that_are_alike_all_come_back(session: Session, stage: Stage) -> None:
    instance, to = stage.instance(), someone(session)
    data = {"text": "Escolha", "buttonText": "Ver", "title": "Menu", "sections": ALIKE}
    answer = message(session, instance, "send_list", to=to, **data)
    hold_sent(session, stage, answer, to, listMessage={"sections": ALIKE})


@LAWS.law("send_text", "send_media_base64", "send_location", effects=("sends", "changes"),
          phase=PHASE, events=(ECHO,))  # fmt: skip
def an_echo_has_every_letter_that_was_sent(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    to, voice = someone(session), Samples(root("fixtures")).media("audio")
    answers = [text(session, instance, words=words) for words in TEXTS]
    answers += [
        message(session, instance, "send_media_base64", to=to, type="ptt",
                base64=b64encode(voice).decode(), mimeType=KINDS["ptt"][2]),
        message(session, instance, "send_location", to=to, latitude=-23.5505, longitude=-46.6333,
                caption="Loja & <Filial>", address="Rua \u00c7, 1"),
    ]  # fmt: skip
    webhooks = hook.receive(is_acknowledged(hook))
    for answer in answers:
        check_echo(hook, webhooks, answer)
