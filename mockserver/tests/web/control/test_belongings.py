"""What an instance has, by the control API: groups made and shown, files it keeps."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest

from ...control import ControlApi
from ...support import KEY, UNLINKED

ANA, BIA, SHY, NOBODY = "5511900000002", "5511900000004", "5511900000098", "5511900000099"
WORLD = "120363000000000001@g.us"


def test_the_groups_of_the_world_are_listed_in_pages(control_api: ControlApi) -> None:
    made = control_api.post(f"/instances/{KEY}/groups", {"subject": "Turma"}, status=201)
    listed = control_api.get(f"/instances/{KEY}/groups")["items"]
    assert [group["jid"] for group in listed] == [WORLD, made["jid"]]
    first = control_api.get(f"/instances/{KEY}/groups?limit=1")
    assert (first["items"], first["next"]) == (listed[:1], WORLD)
    assert control_api.get(f"/instances/{KEY}/groups?since={WORLD}")["items"] == listed[1:]


def test_a_group_is_made_silently_with_the_instance_in_it(control_api: ControlApi) -> None:
    wishes = {"subject": "Turma", "participants": [ANA, "(11) 90000-0004", ANA]}
    made = control_api.post(f"/instances/{KEY}/groups", wishes, status=201)
    assert made["subject"] == "Turma"
    shown = [
        (who["jid"].partition("@")[0], who["admin"], who["me"]) for who in made["participants"]
    ]
    assert shown == [
        ("5511900000001", "superadmin", True),
        (ANA, None, False),
        (BIA, None, False),
    ]
    assert control_api.get(f"/instances/{KEY}/groups/{made['jid']}") == made
    assert control_api.get("/deliveries")["items"] == control_api.get("/exchanges")["items"] == []


def test_somebody_else_may_have_made_it(control_api: ControlApi) -> None:
    made = control_api.post(
        f"/instances/{KEY}/groups", {"owner": ANA, "participants": [BIA]}, status=201
    )
    ranks = {who["jid"].partition("@")[0]: who["admin"] for who in made["participants"]}
    assert ranks == {ANA: "superadmin", "5511900000001": None, BIA: None}
    assert made["owner"] == f"{ANA}@s.whatsapp.net"


@pytest.mark.parametrize(
    ("key", "wishes", "status", "sentence"),
    [
        (KEY, {"participants": [NOBODY]}, 400, NOBODY),
        (KEY, {"participants": ANA}, 400, "participants: must be a list"),
        (KEY, {"participants": [5]}, 400, "participants[0]: must be a string"),
        (KEY, {"participants": [ANA] * 1024}, 400, "a list of at most 1023 values, not of 1024"),
        (KEY, {"participants": [SHY]}, 409, "cannot be added to groups"),
        (KEY, {"owner": NOBODY}, 400, NOBODY),
        (KEY, {"subject": 5}, 400, "subject: must be a string"),
        (UNLINKED, {}, 409, "is not linked"),
        ("megacode-NOWHERE", {}, 404, "no instance"),
    ],
)
def test_a_group_that_cannot_be(
    calm: ControlApi, key: str, wishes: dict[str, object], status: int, sentence: str
) -> None:
    assert sentence in calm.refusal("POST", f"/instances/{key}/groups", wishes, status=status)
    if key != "megacode-NOWHERE":
        assert all(it["jid"] == WORLD for it in calm.get(f"/instances/{key}/groups")["items"])


def test_another_group_is_not_shown(calm: ControlApi) -> None:
    sentence = calm.refusal("GET", f"/instances/{KEY}/groups/12036300009@g.us", status=404)
    assert sentence == f"12036300009@g.us is not a group of {KEY}"


def test_the_bytes_of_a_file(control_api: ControlApi) -> None:
    data = b"\x89PNG made up"
    media = f"data:image/png;base64,{b64encode(data).decode()}"
    sent = control_api.post(
        f"/instances/{KEY}/inbound", {"event": "image", "media": media}, status=201
    )
    part = sent["content"]["imageMessage"]
    for address in (part["directPath"], part["url"]):
        shown = control_api.call("GET", f"/instances/{KEY}/media", query_string={"path": address})
        assert b64decode(shown["data"]) == data
        assert (shown["kind"], shown["mimetype"]) == ("image", "image/png")
        assert shown["length"] == len(data)
    assert control_api.get("/exchanges")["items"] == []


def test_a_file_that_is_not_kept(calm: ControlApi) -> None:
    sentence = calm.refusal("GET", f"/instances/{KEY}/media?path=/v/t62/0.enc", status=404)
    assert "has no file at /v/t62/0.enc: it expired" in sentence
    assert calm.refusal("GET", f"/instances/{KEY}/media", status=400).startswith("path: give")
