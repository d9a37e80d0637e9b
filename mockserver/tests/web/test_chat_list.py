"""The list of chats, whatever has come."""

from __future__ import annotations

import pytest
from megaapi_mock.web.app import MockApp

from ..support import AUTH, KEY


@pytest.mark.parametrize("event", ["status-story", "newsletter", "broadcast-list"])
def test_only_chats_with_people_and_groups_are_listed(event: str, whole_app: MockApp) -> None:
    client = whole_app.test_client()
    for sent in (event, "text-plain"):
        reply = client.post(f"/_mock/instances/{KEY}/inbound", json={"event": sent})
        assert reply.status_code < 300, reply.text
    reply = client.get(f"/rest/instance/chats/{KEY}", headers=AUTH)
    assert reply.status_code == 200
    servers = {chat["id"].rpartition("@")[2] for chat in reply.get_json()["chats"]}
    assert servers == {"s.whatsapp.net"}
