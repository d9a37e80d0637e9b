"""Buttons in their three forms: native flow, buttonsMessage and template of 2022."""

from __future__ import annotations

import json
from typing import Any

import pytest
from megaapi_mock.domain.instance import Instance
from megaapi_mock.errors import Unusable
from megaapi_mock.handlers import buttons
from megaapi_mock.profile import default_profile

from .calls import call

PLAIN, OF_2022 = default_profile(), default_profile().with_switches({"buttons_form": "2022"})


def data(*listed: Any, **more: Any) -> dict[str, Any]:
    return {"text": "Escolha", "buttons": list(listed), **more}


def test_a_button_of_2022_is_a_title_alone() -> None:
    body = {"messageData": data({"title": "Sim"}, {"type": "url", "title": "Ver"}, 5), "x": 1}
    assert buttons.as_todays(body, PLAIN) is body
    mended = buttons.as_todays(body, OF_2022)
    assert mended["x"] == 1 and mended["messageData"]["buttons"] == [
        {"type": "reply", "title": "Sim"}, {"type": "url", "title": "Ver"}, 5,
    ]  # fmt: skip
    assert body["messageData"]["buttons"][0] == {"title": "Sim"}


@pytest.mark.parametrize(
    "body", [None, [], {}, {"messageData": 1}, {"messageData": {"buttons": 1}}]
)
def test_what_is_no_list_of_buttons_is_left_as_it_is(body: Any) -> None:
    assert buttons.as_todays(body, OF_2022) is body


def test_one_button_of_2022_makes_all_of_them_so() -> None:
    assert buttons.legacy(data({"type": "copy"}, {"type": "replyButton"}))
    assert not buttons.legacy(data({"type": "copy"}, {"type": "url"}))


def flow(part: dict[str, Any]) -> list[tuple[str, Any]]:
    listed = part["nativeFlowMessage"]["buttons"]
    return [(each["name"], json.loads(each["buttonParamsJson"])) for each in listed]


def test_replies_have_their_ids_or_their_numbers(instance: Instance) -> None:
    asked = call(instance, data({"title": "Sim", "id": "s"}, {"title": "Não"}, title="Loja"))
    part = buttons.replies(asked)
    assert flow(part) == [
        ("quick_reply", {"display_text": "Sim", "id": "s"}),
        ("quick_reply", {"display_text": "Não", "id": "button-2"}),
    ]
    assert part["header"] == {"title": "Loja", "hasMediaAttachment": False}
    assert part["body"] == {"text": "Escolha"} and "footer" not in part


def test_actions_copy_open_or_call(instance: Instance) -> None:
    listed = [
        {"type": "copy", "title": "Copiar", "payload": "A1"},
        {"type": "url", "title": "Abrir", "payload": "https://loja.example.test"},
        {"type": "call", "title": "Ligar", "payload": "5511900000002"},
    ]
    part = buttons.actions(call(instance, data(*listed, footer="Rodapé")))
    assert flow(part) == [
        ("cta_copy", {"display_text": "Copiar", "copy_code": "A1"}),
        ("cta_url", {"display_text": "Abrir", "url": "https://loja.example.test"}),
        ("cta_call", {"display_text": "Ligar", "phone_number": "5511900000002"}),
    ]
    assert part["footer"] == {"text": "Rodapé"}


def test_a_file_above_the_buttons_stands_in_the_header(instance: Instance) -> None:
    more = {"type": "image", "mediaUrl": "https://files.example.test/p.jpg"}
    header = buttons.replies(call(instance, data({"title": "Sim"}, **more)))["header"]
    assert header["hasMediaAttachment"] is True
    assert header["imageMessage"]["mimetype"] == "image/jpeg"


def test_a_message_without_a_button_is_refused_unless_the_switch_takes_it(
    instance: Instance,
) -> None:
    buttons.require_some(call(instance, data({"title": "Sim"})))
    refuses = call(instance, data(), switches={"empty_buttons": "500"})
    with pytest.raises(Unusable, match="at least one"):
        buttons.require_some(refuses)
    buttons.require_some(call(instance, data(), switches={"empty_buttons": "200"}))


def test_the_content_of_2022_is_wrapped_and_numbered_from_nought() -> None:
    content = buttons.of_2022(data({"title": "Sim"}, {"title": "Não", "id": "n"}, footer="Rodapé"))
    inner = content["viewOnceMessage"]["message"]["buttonsMessage"]
    assert [each["buttonId"] for each in inner["buttons"]] == ["id0", "n"]
    assert [each["buttonText"]["displayText"] for each in inner["buttons"]] == ["Sim", "Não"]
    assert (inner["contentText"], inner["footerText"]) == ("Escolha", "Rodapé")
    assert (
        "footerText" not in buttons.of_2022(data())["viewOnceMessage"]["message"]["buttonsMessage"]
    )


@pytest.mark.parametrize(
    ("button", "written"),
    [
        ({"type": "urlButton", "title": "Ver", "payload": "https://x"},
         {"urlButton": {"displayText": "Ver", "url": "https://x"}}),
        ({"type": "call", "title": "Ligar", "payload": "55"},
         {"callButton": {"displayText": "Ligar", "phoneNumber": "55"}}),
        ({"type": "url", "title": "https://x"},
         {"urlButton": {"displayText": "https://x", "url": "https://x"}}),
        ({"type": "replyButton", "title": "Sim", "payload": "s"},
         {"quickReplyButton": {"displayText": "Sim", "id": "s"}}),
        ({"type": "replyButton", "title": "Sim"}, {"quickReplyButton": {"displayText": "Sim"}}),
        # A button that copies has no counterpart: it replies.
        ({"type": "copy", "title": "Copiar", "payload": "A1"},
         {"quickReplyButton": {"displayText": "Copiar", "id": "A1"}}),
    ],
)  # fmt: skip
def test_a_template_of_2022_has_the_buttons_of_its_year(button: Any, written: Any) -> None:
    template = buttons.template_of_2022(data(button, title="Loja", footerText="Rodapé"))
    assert template == {
        "hydratedTitleText": "Loja", "hydratedContentText": "Escolha",
        "hydratedFooterText": "Rodapé", "hydratedButtons": [written],
    }  # fmt: skip
    assert buttons.template_of_2022(data()) == {
        "hydratedContentText": "Escolha", "hydratedButtons": [],
    }  # fmt: skip
