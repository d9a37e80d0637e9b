"""Sends to several people: one message each, and a report on all of them."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.domain.instance import Instance
from megaapi_mock.errors import Unusable
from megaapi_mock.handlers import send_to_many

from .calls import FRIEND, GROUP, OTHER, call

NOBODY = "123"
JIDS = [f"{number}@s.whatsapp.net" for number in (FRIEND, OTHER)]


def many(instance: Instance, handler: Any, *to: str, **data: Any) -> dict[str, Any]:
    return handler(call(instance, {"to": list(to), **data}))["messageData"]  # type: ignore[no-any-return]


def test_each_of_them_gets_a_message_of_its_own(instance: Instance) -> None:
    report = many(instance, send_to_many.text_to_many, FRIEND, OTHER, text="oi")
    assert (report["sent"], report["failed"], report["jidFailed"]) == (2, 0, [])
    assert list(report["data"]) == JIDS
    ids = {message["key"]["id"] for message in report["data"].values()}
    assert len(ids) == 2 and len(instance.messages) == 2
    contents = [message["message"] for message in report["data"].values()]
    assert contents == [{"extendedTextMessage": {"text": "oi"}}] * 2


def test_who_cannot_be_written_to_keeps_nobody_else_waiting(instance: Instance) -> None:
    asked = call(instance, {"to": [NOBODY, FRIEND, GROUP, OTHER], "text": "oi"})
    report = send_to_many.text_to_many(asked)["messageData"]
    assert (report["sent"], report["failed"]) == (2, 2)
    assert report["jidFailed"] == [f"{NOBODY}@s.whatsapp.net", GROUP]
    assert list(report["data"]) == JIDS and len(asked.notes) == 2


def test_the_flat_form_has_the_report_beside_the_message(instance: Instance) -> None:
    asked = call(instance, {"to": [FRIEND], "text": "oi"}, switches={"to_many_shape": "flat"})
    answer = send_to_many.text_to_many(asked)
    assert answer["sent"] == 1 and "messageData" not in answer


def test_a_file_is_kept_once_for_all_of_them(instance: Instance) -> None:
    url = "https://files.example.test/p.jpg"
    report = many(
        instance, send_to_many.media_url_to_many, FRIEND, OTHER, url=url, type="image",
        caption="Olha",
    )  # fmt: skip
    first, second = (message["message"]["imageMessage"] for message in report["data"].values())
    assert first["directPath"] == second["directPath"] and first["caption"] == "Olha"
    assert len(instance.state.media) == 1


def test_a_list_is_the_one_that_a_single_list_is(instance: Instance) -> None:
    rows = [{"title": "Pizza", "rowId": "p", "description": "Quente"}]
    report = many(
        instance, send_to_many.list_to_many, FRIEND, text="Cardápio", buttonText="Ver",
        title="Loja", description="Rodapé", sections=[{"title": "Hoje", "rows": rows}],
    )  # fmt: skip
    [message] = report["data"].values()
    assert message["message"]["listMessage"]["buttonText"] == "Ver"


def test_rows_of_a_list_need_no_ids(instance: Instance) -> None:
    rows = [{"title": "Pizza"}, {"title": "Suco"}]
    report = many(
        instance, send_to_many.list_to_many, FRIEND, text="Cardápio", buttonText="Ver",
        sections=[{"rows": rows}],
    )  # fmt: skip
    [message] = report["data"].values()
    assert message["message"]["listMessage"]["sections"][0]["rows"] == rows


def test_a_template_is_that_of_2022(instance: Instance) -> None:
    button = {"type": "replyButton", "title": "Sim"}
    report = many(instance, send_to_many.template_to_many, FRIEND, text="oi", buttons=[button])
    [message] = report["data"].values()
    template = message["message"]["templateMessage"]["hydratedTemplate"]
    assert template["hydratedButtons"] == [{"quickReplyButton": {"displayText": "Sim"}}]


def test_a_template_without_buttons_reaches_nobody(instance: Instance) -> None:
    asked = call(
        instance, {"to": [FRIEND], "text": "oi", "buttons": []}, switches={"empty_buttons": "500"}
    )
    with pytest.raises(Unusable):
        send_to_many.template_to_many(asked)
    assert len(instance.messages) == 0
