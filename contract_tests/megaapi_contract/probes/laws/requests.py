"""A good request of every operation, and the same one spoilt."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ...session import PICTURE_URL
from ..cases import NO_GROUP, PICTURE

Arguments = dict[str, Any]
Fields = dict[str, Any]

MEDIA_KEY = b64encode(bytes(32)).decode()
MESSAGE_ID = "3EB0FFEEDDCCBBAAFFEEDD"
BROKEN_JSON = b'{"messageData": {"to": '


@dataclass(frozen=True, slots=True)
class Ask:
    """How an operation is asked.

    `make` turns a person into keyword arguments of Session.call. `linked`: it needs a phone.
    `strange`: it names a group, a file or a setting that a given instance does not have.
    `people`: where a recipient without WhatsApp is refused. `loose`: nothing in it is needed.
    """

    effect: str
    make: Callable[[str], Arguments]
    linked: bool = True
    strange: bool = False
    people: bool = False
    loose: bool = False

    @property
    def phone(self) -> bool:
        """Whether it is left to mocks, so that nobody's instance is changed by asking."""
        return self.strange or self.effect in ("changes", "disconnects")

    def spoilt(self, to: str) -> Arguments:
        """The same without its wrapper, or without what it needs."""
        body = self.make(to).get("body")
        if not isinstance(body, dict):
            return {}
        inner = next(iter(body.values()))
        return {"body": inner if isinstance(inner, dict) else {}}


def _read(**others: Any) -> Ask:
    return Ask("reads", lambda to: {}, linked=False, loose=True, **others)


def _send(strange: bool = False, **data: Any) -> Ask:
    return Ask(
        "sends", lambda to: {"body": {"messageData": {"to": to, **data}}},
        strange=strange, people=True,
    )  # fmt: skip


def _config(**data: Any) -> Ask:
    return Ask("changes", lambda to: {"body": {"messageData": data}}, linked=False)


def _group(effect: str = "changes", **data: Any) -> Ask:
    return Ask(
        effect,
        lambda to: {"body": {"group_data": {**data, "participants": [to]}}},
        strange=True,
    )


def _of_group(effect: str) -> Ask:
    return Ask(effect, lambda to: {"query": {"jid": NO_GROUP}}, strange=True)


def _key(to: str) -> dict[str, Any]:
    return {"remoteJid": f"{to}@s.whatsapp.net", "fromMe": True, "id": MESSAGE_ID}


def _about(operation_fields: Mapping[str, Any]) -> Ask:
    return Ask(
        "sends",
        lambda to: {"body": {"messageData": {"to": to, "key": _key(to), **operation_fields}}},
        people=True,
    )


_ROW: Fields = {"title": "Vendas", "description": "Falar com vendas", "rowId": "vendas"}
_LIST: Fields = {
    "buttonText": "Ver", "text": "Escolha", "title": "Menu", "description": "Loja Exemplo",
    "sections": [{"title": "Setores", "rows": [_ROW]}], "listType": 0,
}  # fmt: skip
_BUTTONS: Fields = {
    "title": "Pagamento", "text": "Confirma?", "footer": "Loja Exemplo", "type": "text",
}  # fmt: skip
_REPLY = {"type": "reply", "title": "Sim", "id": "sim"}
_COPY = {"type": "copy", "title": "Copiar", "payload": "CODIGO-TESTE"}
_MEDIA = {
    "messageType": "image", "mediaKey": MEDIA_KEY, "directPath": "/v/none", "mimetype": "image/png",
}  # fmt: skip

ASKS: Mapping[str, Ask] = {
    "instance_status": _read(),
    "is_on_whatsapp": Ask("reads", lambda to: {"query": {"jid": f"{to}@s.whatsapp.net"}}),
    "qr_code_page": _read(),
    "qr_code_image": _read(),
    "qr_code_base64": _read(),
    "pairing_code": Ask("changes", lambda to: {"query": {"phoneNumber": to}}, linked=False),
    "logout": Ask("disconnects", lambda to: {}, linked=False, loose=True),
    "restart": Ask("disconnects", lambda to: {}, linked=False, loose=True),
    "download_media": Ask("reads", lambda to: {"body": {"messageKeys": _MEDIA}}, linked=False),
    "webhook_settings": _read(),
    "configure_webhook": _config(webhookUrl="", webhookEnabled=False),
    "send_text": _send(text="Bom dia"),
    "send_media_url": _send(
        strange=True, url=PICTURE_URL, fileName="foto.jpg", type="image", mimeType="image/jpeg"
    ),
    "send_media_base64": _send(
        base64=PICTURE, fileName="foto.png", type="image", mimeType="image/png"
    ),
    "send_location": _send(latitude=-23.56, longitude=-46.65, caption="Loja", address="Rua A"),
    "send_link_preview": _send(textWithLink="Veja a loja"),
    "send_list": _send(**_LIST),
    "send_buttons": _send(**_BUTTONS, buttons=[_REPLY]),
    "send_template": _send(**_BUTTONS, buttons=[_COPY]),
    "forward_message": _about({"message": {"conversation": "Bom dia"}}),
    "quote_message": _about({"message": {"conversation": "Bom dia"}, "text": "Oi"}),
    "config_details": _read(),
    "change_token": _config(token="NEWTESTTOKEN0001"),
    "block_events": _config(events=["presence"]),
    "accept_webhook_events": _config(events=["presence"]),
    "accept_status_events": _config(events=["read"]),
    "update_presence": Ask(
        "sends", lambda to: {"body": {"to": to, "option": "composing"}}, people=True
    ),
    "delete_message": _about({}),
    "delete_message_from_me": Ask(
        "changes",
        lambda to: {"body": {"to": to, "messageData": {"id": MESSAGE_ID, "timestamp": 1767225600}}},
    ),
    "list_groups": Ask("reads", lambda to: {}, loose=True),
    "group_details": _of_group("reads"),
    "create_group": _group(group_name="Equipe"),
    "add_participants": _group(jid=NO_GROUP),
    "remove_participants": _group(jid=NO_GROUP),
    "leave_group": _of_group("changes"),
}
