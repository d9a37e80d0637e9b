"""What sends answer: the wrong content, address, id, time or state."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import orjson

from ...judging.values import jid_of
from ..answer_faults import Altered, Change, document, is_good
from ..mutant import Mutant
from ..payload_edits import Edit, edit_at, put, remove, swap_values
from ..stateful_faults import Frozen, FrozenField

_DATA = "messageData"
_MESSAGE = "messageData.message"
_TEXT = f"{_MESSAGE}.extendedTextMessage"
_PLACE = f"{_MESSAGE}.locationMessage"
_LIST = f"{_MESSAGE}.listMessage"
_BUTTONS = f"{_MESSAGE}.interactiveMessage.nativeFlowMessage.buttons"
_CONTEXT = f"{_TEXT}.contextInfo"


def _without_ninth_digit(jid: Any) -> Any:
    return str(jid).replace("5531990000005", "553190000005")


def _button(name: str, change: Any) -> Edit:
    """Another value in the JSON text of every button."""

    def text(params: Any) -> Any:
        fields = orjson.loads(params)
        if name in fields:
            fields[name] = change(fields[name])
        return orjson.dumps(fields).decode()

    return edit_at(f"{_BUTTONS}.*.buttonParamsJson", text)


def _reverse(values: Any) -> Any:
    return values[::-1] if isinstance(values, list) else values


def _all_but_last(values: Any) -> Any:
    return values[:-1]


def _truncate(text: Any) -> Any:
    return text[:100] if isinstance(text, str) else text


# Operation, name, sentence, and what becomes of a good answer.
ALTERED: tuple[tuple[str, str, str, Edit], ...] = (
    ("send_text", "in capitals", "The text comes back in capitals.",
     edit_at(f"{_TEXT}.text", lambda text: text.upper())),
    ("send_text", "cut", "The text comes back without its last words.",
     edit_at(f"{_TEXT}.text", lambda text: text[: len(text) // 2])),
    ("send_text", "one line", "Line breaks of the text are lost.",
     edit_at(f"{_TEXT}.text", lambda text: text.replace("\n", " "))),
    ("send_text", "as conversation", "The content is `conversation`.",
     edit_at(_MESSAGE, lambda message: {"conversation": message["extendedTextMessage"]["text"]})),
    ("send_text", "canonical jid", "remoteJid is the registered number, not the one asked for.",
     edit_at(f"{_DATA}.key.remoteJid", _without_ninth_digit)),
    ("send_text", "jid without a host", "remoteJid is bare digits.",
     edit_at(f"{_DATA}.key.remoteJid", lambda jid: jid_of(jid).user)),
    ("send_text", "not from me", "fromMe is false.", put(f"{_DATA}.key.fromMe", False)),
    ("send_text", "another kind of id", "Ids do not begin with 3EB0.",
     edit_at(f"{_DATA}.key.id", lambda identity: f"BAE5{identity[4:]}")),
    ("send_text", "milliseconds", "messageTimestamp counts milliseconds.",
     edit_at(f"{_DATA}.messageTimestamp", lambda moment: f"{moment}000")),
    ("send_text", "at the beginning of time", "messageTimestamp is 0.",
     put(f"{_DATA}.messageTimestamp", "0")),
    ("send_text", "delivered at once", "The status is not PENDING.",
     put(f"{_DATA}.status", "DELIVERY_ACK")),
    ("send_text", "a participant to persons", "Texts to persons name a participant.",
     edit_at(_DATA, lambda data: {**data, "participant": "5511900000001@s.whatsapp.net"})),
    ("send_text", "no participant in groups", "Texts to groups do not name the sender.",
     remove(f"{_DATA}.participant")),
    ("send_media_url", "caption lost", "The caption does not come back.",
     remove(f"{_MESSAGE}.*.caption")),
    ("send_media_url", "caption cut", "Captions end after a hundred letters.",
     edit_at(f"{_MESSAGE}.*.caption", _truncate)),
    ("send_media_url", "another type", "Files by address are always image/jpeg.",
     put(f"{_MESSAGE}.*.mimetype", "image/jpeg")),
    ("send_media_url", "another hash", "fileSha256 is that of another file.",
     put(f"{_MESSAGE}.*.fileSha256", "Vv3K2TrRrvcEQCDmJ1+TnIC2OZSHQ/l1WwHP+C/asdY=")),
    ("send_media_base64", "caption lost", "The caption does not come back.",
     remove(f"{_MESSAGE}.*.caption")),
    ("send_media_base64", "caption cut", "Captions end after a hundred letters.",
     edit_at(f"{_MESSAGE}.*.caption", _truncate)),
    ("send_media_base64", "name lost", "Documents lose their name.",
     remove(f"{_MESSAGE}.documentMessage.fileName")),
    ("send_media_base64", "all are documents", "Every file becomes a document.",
     edit_at(_MESSAGE, lambda message: {"documentMessage": next(iter(message.values()))})),
    ("send_media_base64", "another length", "fileLength is one too many.",
     edit_at(f"{_MESSAGE}.*.fileLength", lambda length: str(int(length) + 1))),
    ("send_media_base64", "a key of nothing", "The media key opens nothing.",
     put(f"{_MESSAGE}.*.mediaKey", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")),
    ("send_media_base64", "voice notes unmarked", "Voice notes are plain audio.",
     put(f"{_MESSAGE}.audioMessage.ptt", False)),
    ("send_media_base64", "seen as often as one likes", "View-once media is not marked.",
     put(f"{_MESSAGE}.viewOnceMessage.message.*.viewOnce", False)),
    ("send_location", "turned round", "Latitude and longitude change places.",
     swap_values(f"{_PLACE}.degreesLatitude", "degreesLongitude")),
    ("send_location", "rounded", "Degrees lose their fractions.",
     edit_at(f"{_PLACE}.degreesLatitude", round)),
    ("send_location", "name lost", "The place loses its name.", remove(f"{_PLACE}.name")),
    ("send_location", "address lost", "The place loses its address.", remove(f"{_PLACE}.address")),
    ("send_link_preview", "no link found", "The link in the text is not found.",
     remove(f"{_TEXT}.matchedText")),
    ("send_link_preview", "link cut", "The link loses its path.",
     edit_at(f"{_TEXT}.matchedText", lambda link: "/".join(link.split("/")[:3]))),
    ("send_link_preview", "always a link", "A text without a link has one.",
     edit_at(_TEXT, lambda text: {"matchedText": "https://shop.example.test", **text})),
    ("send_list", "last row lost", "The last row of a section is missing.",
     edit_at(f"{_LIST}.sections.*.rows", _all_but_last)),
    ("send_list", "row ids lost", "Rows have no rowId.",
     remove(f"{_LIST}.sections.*.rows.*.rowId")),
    ("send_list", "texts exchanged", "Description and footer change places.",
     swap_values(f"{_LIST}.description", "footerText")),
    ("send_list", "text cut", "The text of a list ends after a hundred letters.",
     edit_at(f"{_LIST}.description", _truncate)),
    ("send_list", "no button", "The text of the button is lost.", put(f"{_LIST}.buttonText", "")),
    ("send_list", "list of products", "listType is PRODUCT_LIST.",
     put(f"{_LIST}.listType", "PRODUCT_LIST")),
    ("send_buttons", "footer cut", "The footer ends after a hundred letters.",
     edit_at(f"{_MESSAGE}.interactiveMessage.footer.text", _truncate)),
    ("send_buttons", "last lost", "The last button is missing.", edit_at(_BUTTONS, _all_but_last)),
    ("send_buttons", "turned round", "Buttons come in the other order.",
     edit_at(_BUTTONS, _reverse)),
    ("send_buttons", "other ids", "Buttons have ids of their own.",
     _button("id", lambda identity: f"{identity}-1")),
    ("send_buttons", "one id", "Buttons share one id.", _button("id", lambda _: "sim")),
    ("send_buttons", "footer lost", "The footer does not come back.",
     remove(f"{_MESSAGE}.interactiveMessage.footer")),
    ("send_template", "payload lost", "The code to copy is empty.",
     _button("copy_code", lambda _: "")),
    ("send_template", "links cut", "Links lose their path.",
     _button("url", lambda link: "/".join(link.split("/")[:3]))),
    ("send_template", "all are replies", "Every button is a quick reply.",
     put(f"{_BUTTONS}.*.name", "quick_reply")),
    ("send_template", "number lost", "The number to call is another.",
     _button("phone_number", lambda _: "5511900000077")),
    ("send_template", "text lost", "The text is empty.",
     put(f"{_MESSAGE}.interactiveMessage.body.text", "")),
    ("forward_message", "content lost", "What is forwarded comes without its text.",
     put(f"{_TEXT}.text", "")),
    ("forward_message", "not marked", "It does not say that it was forwarded.",
     put(f"{_CONTEXT}.isForwarded", False)),
    ("forward_message", "score reset", "The score does not grow.",
     put(f"{_CONTEXT}.forwardingScore", 1)),
    ("forward_message", "back to the chat", "It is forwarded to where it came from.",
     put(f"{_DATA}.key.remoteJid", "5511900000099@s.whatsapp.net")),
    ("quote_message", "id lost", "The quote does not name what it quotes.",
     remove(f"{_CONTEXT}.stanzaId")),
    ("quote_message", "another id", "The quote names another message.",
     put(f"{_CONTEXT}.stanzaId", "3EB0000000000000000000")),
    ("quote_message", "content lost", "The quote has lost the quoted content.",
     put(f"{_CONTEXT}.quotedMessage", {"conversation": ""})),
    ("quote_message", "another author", "What is quoted is always somebody else's.",
     put(f"{_CONTEXT}.participant", "5511900000077@s.whatsapp.net")),
    ("quote_message", "text lost", "The quote's own text is empty.", put(f"{_TEXT}.text", "")),
)  # fmt: skip

# Sends whose ids come again, and the field that stays.
REPEATED = (
    ("send_text", f"{_DATA}.key.id", "id repeated"),
    ("send_link_preview", f"{_DATA}.key.id", "id repeated"),
    ("send_media_base64", f"{_MESSAGE}.imageMessage.mediaKey", "key repeated"),
    ("send_media_base64", f"{_MESSAGE}.imageMessage.directPath", "address repeated"),
)
# Sends that give the first answer of the instance again to whatever is sent.
FROZEN = ("send_text", "send_location", "quote_message")


def mutants() -> Iterator[Mutant]:
    """Every fault of what sends answer."""
    for operation, name, sentence, edit in ALTERED:
        change: Change = document(edit)
        yield Mutant(
            name=f"{operation}: {name}",
            kind="wrong value",
            sentence=sentence,
            make=partial(Altered, (operation,), change, is_good),
            operations=(operation,),
        )
    for operation, path, name in REPEATED:
        yield Mutant(
            name=f"{operation}: {name}",
            kind="id repeated",
            sentence=f"{path} is the same in every answer.",
            make=partial(FrozenField, (operation,), path),
            operations=(operation,),
        )
    for operation in FROZEN:
        yield Mutant(
            name=f"{operation}: the first answer again",
            kind="value constant",
            sentence="Whatever is sent, the answer is that of the first.",
            make=partial(Frozen, operation),
            operations=(operation,),
        )
