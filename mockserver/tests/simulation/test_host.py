"""All instances of a host: listed in order, made in place of others, deleted."""

from __future__ import annotations

from uuid import UUID

import pytest
from megaapi_mock.domain.instance import Instance
from megaapi_mock.errors import Conflict, UnknownInstance
from megaapi_mock.ids import Ids
from megaapi_mock.simulation.host import RunningHost
from megaapi_mock.web import use_cases
from megaapi_mock.web.app import MockApp

from ..conftest import MakeApp
from ..support import KEY, UNLINKED

HOOK = "http://127.0.0.1:9/hook"


@pytest.fixture
def host(app: MockApp) -> RunningHost:
    return use_cases.running_host(app.runtime)


def key_of(instance: Instance) -> dict[str, object]:
    return {"key": instance.key, "token": instance.token}


def test_instances_are_listed_in_the_order_of_their_creation(host: RunningHost) -> None:
    host.create("aaa-FIRST", HOOK, enabled=True)
    assert [each["key"] for each in host.each(key_of)][-1] == "aaa-FIRST"
    assert {KEY, UNLINKED} < {str(each["key"]) for each in host.each(key_of)}


def test_one_that_goes_while_they_are_listed_is_left_out(host: RunningHost) -> None:
    def delete_the_other(instance: Instance) -> dict[str, object]:
        if instance.key == KEY:
            host.delete(UNLINKED)
        return {"key": instance.key}

    keys = [each["key"] for each in host.each(delete_the_other)]
    assert KEY in keys and UNLINKED not in keys


@pytest.mark.parametrize(
    ("key", "token"), [("shop-TESTKEY0009", "TESTKEY0009"), ("plain", "plain")]
)
def test_the_token_of_a_new_one_is_the_end_of_its_key(
    host: RunningHost, key: str, token: str
) -> None:
    assert host.create(key, HOOK, enabled=False) == key
    [document] = [each for each in host.each(key_of) if each["key"] == key]
    assert document["token"] == token


def test_a_key_that_is_there_begins_anew_with_the_new_webhook(
    app: MockApp, host: RunningHost
) -> None:
    def look() -> tuple[bool, str, bool]:
        with app.runtime.instances.store.read(KEY) as instance:
            return instance.linked, instance.webhook.url, instance.webhook.enabled

    assert look()[:2] == (True, "")
    for enabled in (True, False):
        host.create(KEY, HOOK, enabled=enabled)
        assert look() == (False, HOOK, enabled)


def test_a_key_of_the_hosts_own_is_a_uuid_and_follows_from_the_seed(make_app: MakeApp) -> None:
    hosts = [use_cases.running_host(make_app(ids=Ids(seed)).runtime) for seed in (7, 7, 8)]
    first = [host.create(None, "", enabled=False) for host in hosts]
    assert [UUID(key).version for key in first] == [4, 4, 4]
    assert first[0] == first[1] != first[2]
    assert hosts[0].create(None, "", enabled=False) != first[0]


def test_a_new_one_is_shown_to_whoever_follows_the_journal(
    app: MockApp, host: RunningHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[object, ...]] = []
    monkeypatch.setattr(app.runtime.records.journal, "show", lambda *parts: shown.append(parts))
    host.create("shop-TESTKEY0009", HOOK, enabled=True)
    assert [parts[:2] for parts in shown if parts[1] == "shop-TESTKEY0009"] == [
        ("instance", "shop-TESTKEY0009")
    ]


def test_there_are_no_more_than_the_limit(app: MockApp) -> None:
    whole = use_cases.running_host(app.runtime)
    present = len(whole.each(key_of))
    host = RunningHost(whole.instances, whole.remove, whole.journal, whole.ids, present + 1)
    host.create("one-more", HOOK, enabled=False)
    with pytest.raises(Conflict):
        host.create("one-too-many", HOOK, enabled=False)
    assert [each["key"] for each in host.each(key_of)].count("one-too-many") == 0


def test_deleting_one_that_is_not_there_says_so(host: RunningHost) -> None:
    host.delete(KEY)
    with pytest.raises(UnknownInstance):
        host.delete(KEY)
