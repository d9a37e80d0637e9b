"""The shop's bot from greeting to hand-over. In this folder: python -m pytest"""

import pytest
from megaapi_mock.testing import Instance
from shop_bot import CALLED, create_app


@pytest.fixture
def shop(megaapi_instance: Instance) -> Instance:
    it = megaapi_instance
    it.webhook_to(create_app(it.url, it.key, it.token))
    return it


def test_from_greeting_to_handover(shop: Instance) -> None:
    ana = shop.customer("5511900000002", name="Ana")
    ana.says("oi")
    shop.sent.wait_for(text="Olá, Ana!", to=ana)
    shop.sent.wait_for(kind="listMessage", text="O que deseja?", to=ana)
    ana.taps("Ver o cardápio")
    shop.sent.wait_for(kind="imageMessage", text="O cardápio", to=ana)
    ana.sends_image(b"made up bytes", caption="Comprovante")
    shop.sent.wait_for(text="Recebi a sua imagem, obrigado!", to=ana)
    ana.taps("person")
    shop.sent.wait_for(text=CALLED, to=ana)
    ana.says("Alô?")
    assert shop.inbox.wait_for("text-plain", text="Alô?").status == 200
    assert shop.sent.rest() == []
    ana.says("Menu")
    shop.sent.wait_for(kind="listMessage", to=ana)


def test_a_gateway_hiccup(shop: Instance) -> None:
    hiccup = shop.fault("bad-gateway", operation="send_text", times=1)
    shop.customer(name="Ana").says("oi")
    shop.sent.wait_for(text="Olá, Ana!")
    assert hiccup.used == 1
