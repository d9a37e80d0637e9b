"""Token and event filters: what they change, and what is never shown."""

from __future__ import annotations

import pytest
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.settings import NAMES_MOST
from megaapi_mock.handlers import config

from ..support import TOKEN
from .calls import call


def lists(instance: Instance) -> dict[str, list[str]]:
    answer = config.config_details(call(instance))
    assert TOKEN not in str(answer)
    return answer["configData"]  # type: ignore[no-any-return]


def test_a_new_token_is_the_instances_own(instance: Instance) -> None:
    answer = config.change_token(call(instance, {"token": "TESTTOKEN0001"}))
    assert instance.token == "TESTTOKEN0001"
    assert "TESTTOKEN0001" not in str(answer) and answer["error"] is False


def test_what_is_blocked_is_no_longer_accepted_until_it_is_again(instance: Instance) -> None:
    accepted = lists(instance)["webhookEvents"]
    name = accepted[0]
    config.block_events(call(instance, {"events": [name, "unknown"]}))
    assert lists(instance)["blockEvents"] == [name, "unknown"]
    assert name not in lists(instance)["webhookEvents"]
    config.accept_webhook_events(call(instance, {"events": [name]}))
    assert lists(instance)["blockEvents"] == ["unknown"]
    assert set(lists(instance)["webhookEvents"]) == set(accepted)


def test_status_events_bring_acknowledgements_back(instance: Instance) -> None:
    config.block_events(call(instance, {"events": ["messagesStatus"]}))
    config.accept_status_events(call(instance, {"events": ["read"]}))
    assert lists(instance) | {"webhookEvents": []} == {
        "blockEvents": [], "webhookEvents": [], "statusEvents": ["read"],
    }  # fmt: skip
    assert "messagesStatus" in lists(instance)["webhookEvents"]


@pytest.mark.parametrize(
    "handler", [config.block_events, config.accept_webhook_events, config.accept_status_events]
)
def test_names_beyond_the_most_are_ignored_with_a_note(instance: Instance, handler: object) -> None:
    names = [f"name{number}" for number in range(NAMES_MOST + 3)]
    asked = call(instance, {"events": names})
    assert handler(asked)["error"] is False  # type: ignore[operator]
    [note] = asked.notes
    assert note.startswith(f"{len(set(names) - _kept(instance))} names were ignored: {NAMES_MOST}")
    few = call(instance, {"events": ["name1"]})
    handler(few)  # type: ignore[operator]
    assert few.notes == []


def _kept(instance: Instance) -> set[str]:
    event_filter = instance.filter
    return {*event_filter.accepted, *event_filter.blocked, *event_filter.status}
