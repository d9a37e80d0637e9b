"""A shop's bot in Flask: it greets, shows a list, sends a picture, calls a person, tries again.

python shop_bot.py 9000 (environment: MEGAAPI_GATEWAY, MEGAAPI_INSTANCE_KEY, MEGAAPI_TOKEN)
"""

import json
import os
import sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from flask import Flask, request

MENU, PERSON = "menu", "person"
CALLED = "Já chamo alguém. Para voltar a mim, escreva menu."
ROWS = [{"title": "Ver o cardápio", "description": "Com fotos", "rowId": MENU},
        {"title": "Falar com alguém", "description": "Até 18 h", "rowId": PERSON}]  # fmt: skip
PICTURE = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAGAAAAA8AgMAAADkulcnAAAADFBMVEX67NawSCbwoEb///8hdk2SAAAAk0lE"
    "QVR42mNgGOmAMQCBGRgYGBiYcKkcLhKMECoUSej1gSHoDxZMf1w7MPxikBlZyABJ4g+yBD/C5/yoptjAJQxQ"
    "JZjhEgfQLD4AlWBGd5EBVIIHXYIHnz8YGBgY+P+jgT9QHV/QVX6BSvxFl7gAY9ijGYXLkj9wD35ENekIUiAg"
    "a/iAw8V/0AIOq3qEpj+Do2QDACxOY917goI2AAAAAElFTkSuQmCC"
)
TRIES = 3


class Shop:
    def __init__(self, gateway, key, token):
        self.url = f"{gateway}/rest/sendMessage/{key}"
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.with_a_person = set()

    def send(self, kind, to, **data):
        body = json.dumps({"messageData": {"to": to, **data}}).encode()
        for tries_left in reversed(range(TRIES)):
            try:
                return urlopen(
                    Request(f"{self.url}/{kind}", body, self.headers), timeout=10
                ).close()
            except HTTPError as error:
                error.close()
                if error.code < 500 or not tries_left:
                    raise

    def hear(self, chat, name, message):
        if chat in self.with_a_person:
            if str(message.get("conversation", "")).strip().lower() != "menu":
                return  # somebody of the shop talks with them now
            self.with_a_person.remove(chat)
        if "imageMessage" in message:
            self.send("text", chat, text="Recebi a sua imagem, obrigado!")
        elif "listResponseMessage" in message:
            self.choose(chat, message["listResponseMessage"]["singleSelectReply"]["selectedRowId"])
        else:
            self.send("text", chat, text=f"Olá, {name}!")
            self.send("listMessage", chat, title="Loja Teste", text="O que deseja?", listType=0,
                      description="Toque em Abrir", buttonText="Abrir",
                      sections=[{"title": "Opções", "rows": ROWS}])  # fmt: skip

    def choose(self, chat, row):
        if row == MENU:
            picture = {"type": "image", "mimeType": "image/png", "fileName": "menu.png"}
            self.send("mediaBase64", chat, base64=PICTURE, caption="O cardápio", **picture)
        else:
            self.with_a_person.add(chat)
            self.send("text", chat, text=CALLED)


def create_app(gateway, key, token):
    app, shop = Flask(__name__), Shop(gateway, key, token)

    @app.post("/webhook")
    def webhook():
        event = request.get_json()
        message, key = event.get("message"), event.get("key", {})
        # A story or a channel: it cannot be answered.
        if key.get("remoteJid", "").endswith(("status@broadcast", "@newsletter")):
            return "ok"
        if isinstance(message, dict) and not key.get("fromMe"):
            try:
                shop.hear(key["remoteJid"], event["pushName"], message)
            except HTTPError as error:  # refused: the webhook has come all the same
                reason = error.headers.get("X-Mock-Reason", "")
                print(f"not sent: {error.code} {reason}", file=sys.stderr)
        return "ok"

    return app


if __name__ == "__main__":
    names = "MEGAAPI_GATEWAY", "MEGAAPI_INSTANCE_KEY", "MEGAAPI_TOKEN"
    create_app(*(os.environ[name] for name in names)).run(port=int(sys.argv[1]))
