"""Instances of a dedicated host: made, listed and deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from megaapi_mock.domain.instance import Instance
from megaapi_mock.errors import HandledFailure, UnknownInstance, Unusable
from megaapi_mock.handlers import host
from megaapi_mock.handlers.call import mark_of
from megaapi_mock.profile import default_profile

from ..domain.conftest import make_instance
from .calls import host_call

KEY, URL = "megacode-TESTKEY0009", "https://bot.example.test/hook"


class Host:
    """In place of a host: notes what is asked of it."""

    def __init__(self, *instances: Instance) -> None:
        self.instances = instances
        self.created: list[tuple[str | None, str, bool]] = []
        self.deleted: list[str] = []

    def each(self, view: Callable[[Instance], Any]) -> list[Any]:
        return [view(instance) for instance in self.instances]

    def create(self, key: str | None, url: str, *, enabled: bool) -> str:
        self.created.append((key, url, enabled))
        return key or "made"

    def delete(self, key: str) -> None:
        self.deleted.append(key)


@pytest.mark.parametrize(
    ("data", "query", "created"),
    [
        ({}, {}, (None, "", False)),
        ({}, {"instance_key": KEY}, (KEY, "", False)),
        ({"webhookUrl": URL}, {}, (None, URL, True)),
        ({"webhookUrl": URL, "webhookEnabled": False}, {}, (None, URL, False)),
        ({"webhookUrl": URL}, {"disableWebhook": "true"}, (None, URL, False)),
        ({"webhookUrl": URL}, {"disableWebhook": "false"}, (None, URL, True)),
        ({"webhookUrl": None, "webhookEnabled": True}, {}, (None, "", True)),
    ],
)
def test_an_instance_is_made_as_it_is_asked_for(data: Any, query: Any, created: Any) -> None:
    made = Host()
    answer = host.create_instance(host_call(made, data, query=query))
    assert made.created == [created]
    assert answer["data"] == {"instance_key": created[0] or "made"}


def test_the_flat_form_has_the_key_beside_the_message() -> None:
    answer = host.create_instance(host_call(Host(), switches={"init_shape": "flat"}))
    assert answer["instance_key"] == "made" and "data" not in answer


@pytest.mark.parametrize("key", ["a/b", "a?b", "a#b", "a b", "..", ".", "a%b", "a\\b", "a\x01"])
def test_a_key_that_no_path_can_hold_is_refused(key: str) -> None:
    made = Host()
    with pytest.raises(Unusable, match="cannot stand in a path"):
        host.create_instance(host_call(made, query={"instance_key": key}))
    assert made.created == []


@pytest.mark.parametrize("key", ["...", "a.b", "ã-1", "a:b"])
def test_a_key_may_have_any_other_sign(key: str) -> None:
    made = Host()
    host.create_instance(host_call(made, query={"instance_key": key}))
    assert made.created[0][0] == key


def test_each_instance_is_listed_as_its_status_shows_it() -> None:
    linked, alone = make_instance(connected=True), make_instance()
    answer = host.list_instances(host_call(Host(linked, alone)))
    assert answer["instances"] == [
        {"key": linked.key, "status": "connected",
         "user": {"id": linked.device_jid, "name": linked.name}},
        {"key": alone.key, "status": "disconnected"},
    ]  # fmt: skip


def test_an_instance_is_deleted_by_the_key_of_the_path() -> None:
    made = Host()
    assert host.delete_instance(host_call(made, key=KEY))["message"] == "Instance deleted"
    assert made.deleted == [KEY]


@pytest.mark.parametrize(
    ("switch", "kind"), [("error_true", HandledFailure), ("", UnknownInstance)]
)
def test_an_instance_that_is_not_there_is_refused_as_the_switch_says(
    switch: str, kind: type[Exception]
) -> None:
    mark = mark_of(host.delete_instance)
    assert mark is not None and mark.reword is not None
    switches = {"delete_unknown": switch} if switch else {}
    profile = default_profile().with_switches(switches)
    refusal = mark.reword(UnknownInstance("no instance"), profile)
    assert type(refusal) is kind and refusal.reason == "no instance"
    other = Unusable("x")
    assert mark.reword(other, profile) is other
