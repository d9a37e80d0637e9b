"""Forms that were recorded, beyond what an example can say: numbers, taps, acknowledgements."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from ..conftest import MakeApp
from ..support import AUTH, KEY


def post(app: Any, path: str, body: dict[str, Any]) -> Any:
    return app.test_client().post(f"/rest/sendMessage/{KEY}/{path}", headers=AUTH, json=body)


@pytest.mark.parametrize(
    ("given", "written"),
    [
        (157000000, b"157000000,"),
        (-23.0, b"-23,"),
        ("10.0", b"10,"),
        (-23.5505, b"-23.5505,"),
        ("-46.63", b"-46.63,"),
        (0, b"0,"),
        (10**300, b"1e+300,"),
        (2**63, b"9.223372036854776e+18,"),
        ("1" + "0" * 29, b"1e+29,"),
    ],
)
def test_whole_coordinate_is_written_without_a_point(
    make_app: MakeApp, given: Any, written: bytes
) -> None:
    place = {"to": "5511900000002", "latitude": given, "longitude": 1}
    reply = post(make_app(), "location", {"messageData": place})
    assert reply.status_code == 200
    assert b'"degreesLatitude":' + written in reply.get_data()


def test_tidied_location_has_decimal_numbers(make_app: MakeApp) -> None:
    app = make_app(switches={"location_form": "tidied"})
    place = {"to": "5511900000002", "latitude": 10, "longitude": 1, "caption": "", "address": ""}
    content = post(app, "location", {"messageData": place}).get_data()
    assert b'{"degreesLatitude":10.0,"degreesLongitude":1.0}' in content


def test_buttons_of_2022_need_only_a_title_and_can_be_tapped(
    make_app: MakeApp,
) -> None:
    app = make_app(switches={"buttons_form": "2022"})
    data = {"to": "5511900000002", "text": "?", "buttons": [{"title": "Sim"}, {"title": "Talvez"}]}
    message_id = post(app, "buttonMessage", {"messageData": data}).get_json()["messageData"]["key"]
    inbound = {"from": "5511900000002", "event": "buttons-response", "option": "Talvez"}
    answered = app.test_client().post(f"/_mock/instances/{KEY}/inbound", json=inbound)
    assert answered.status_code == 201, answered.data
    assert orjson.dumps("id1") in answered.data
    listed = app.test_client().get("/_mock/messages").get_json()["items"]
    [sent] = [message for message in listed if message["id"] == message_id["id"]]
    assert sent["state"] == "read"


def test_buttons_of_2022_without_a_title_are_refused(make_app: MakeApp) -> None:
    app = make_app(switches={"buttons_form": "2022"})
    for odd in ({"text": "Sim"}, "Sim", None):
        data = {"to": "5511900000002", "text": "?", "buttons": [odd]}
        assert post(app, "buttonMessage", {"messageData": data}).status_code == 500
