"""What was sent is taken letter for letter, in echoes too."""

from __future__ import annotations

from base64 import b64encode

from megaapi_mock.resources import root
from megaapi_mock.samples import Samples

from ...host.stage import Stage
from ...session import Session
from ..probe import Laws
from .calls import message, someone, text
from .content_fidelity import TEXTS
from .echo_content import ECHO
from .media import KINDS
from .webhooks import PHASE, all_read, check_echo, listening

LAWS = Laws()


@LAWS.law("send_text", "send_media_base64", "send_location", effects=("sends", "changes"),
          phase=PHASE, phone=True, events=(ECHO,))  # fmt: skip
def an_echo_has_every_letter_that_was_sent(session: Session, stage: Stage) -> None:
    place, hook = listening(session, stage)
    to, voice = someone(session), Samples(root("fixtures")).media("audio")
    answers = [text(session, place, words=words) for words in TEXTS]
    answers += [
        message(session, place, "send_media_base64", to=to, type="ptt",
                base64=b64encode(voice).decode(), mimeType=KINDS["ptt"][2]),
        message(session, place, "send_location", to=to, latitude=-23.5505, longitude=-46.6333,
                caption="Loja & <Filial>", address="Rua \u00c7, 1"),
    ]  # fmt: skip
    webhooks = hook.receive(all_read)
    for answer in answers:
        check_echo(hook, webhooks, answer)
