"""The shop's bot from greeting to hand-over. In this folder: python -m pytest"""

import re

import pytest
from shop_bot import create_app


@pytest.fixture
def shop(megaapi_instance):
    gateway = megaapi_instance.url, megaapi_instance.key, megaapi_instance.token
    megaapi_instance.webhook_to(create_app(*gateway))
    return megaapi_instance


def test_from_greeting_to_handover(shop):
    ana = shop.customer("5511900000002", name="Ana")
    ana.says("oi")
    shop.sent.wait_for(text="Olá, Ana!", to=ana)
    ana.taps("Ver o cardápio")
    shop.sent.wait_for(kind="imageMessage", text="O cardápio", to=ana)
    ana.sends_image(b"made up bytes", caption="Comprovante")
    shop.sent.wait_for(text=re.compile("^Recebi"), to=ana)
    ana.taps("person")
    shop.sent.wait_for(text="Já chamo alguém.")
    ana.says("Alô?")
    assert shop.inbox.wait_for("text-plain", text="Alô?").status == 200
    assert [message.kind for message in shop.sent.rest()] == ["listMessage"]


def test_a_gateway_hiccup(shop):
    hiccup = shop.fault("bad-gateway", operation="send_text", times=1)
    shop.customer(name="Ana").says("oi")
    shop.sent.wait_for(text="Olá, Ana!")
    assert hiccup.used == 1
