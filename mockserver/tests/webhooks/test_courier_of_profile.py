"""How the courier sends, and whom it may call, by profile and settings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.profile import default_profile
from megaapi_mock.settings import Settings
from megaapi_mock.webhooks import courier_of_profile
from megaapi_mock.webhooks.courier_of_profile import courier_of, media_policy, webhook_policy
from megaapi_mock.webhooks.http.host_policy import HostPolicy
from megaapi_mock.webhooks.http.redirects import REDIRECTS_MOST

SETTINGS = Settings()
PUBLIC = replace(SETTINGS, host="0.0.0.0")


@pytest.mark.parametrize("switch", ["private", "loopback", "any"])
def test_on_its_own_machine_a_mock_calls_whom_the_switch_allows(switch: str) -> None:
    policy = webhook_policy(default_profile().with_switches({"webhook_hosts": switch}), SETTINGS)
    assert policy == HostPolicy(switch, ())  # type: ignore[arg-type]


@pytest.mark.parametrize("switch", ["private", "loopback", "any"])
def test_a_mock_for_others_calls_its_own_machine_alone(switch: str) -> None:
    profile = default_profile().with_switches({"webhook_hosts": switch})
    policy = webhook_policy(profile, PUBLIC)
    assert policy.addresses == "loopback"
    assert "a mock that listens on 0.0.0.0 sends webhooks only to" in policy.reason


def test_hosts_that_are_named_may_be_called_by_either() -> None:
    named = replace(PUBLIC, allow_webhook_host="bot.example.test")
    for policy in (webhook_policy(default_profile(), named), media_policy(named)):
        assert (
            policy.patterns
            == webhook_policy(
                default_profile(), replace(SETTINGS, allow_webhook_host="bot.example.test")
            ).patterns
        )
        assert policy.patterns


def test_files_come_from_anywhere_unless_the_mock_is_for_others() -> None:
    assert media_policy(SETTINGS).addresses == "any"
    assert media_policy(PUBLIC).addresses == "public"
    assert "fetches files only from public addresses" in media_policy(PUBLIC).reason


class Transport:
    """In place of the one that opens sockets: notes how it was made."""

    made: dict[str, Any]

    def __init__(self, **values: Any) -> None:
        Transport.made = values


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ({"webhook_redirects": "follow"}, {"redirects": REDIRECTS_MOST}),
        ({"webhook_keep_alive": "on"}, {"keep_alive": True}),
        ({"webhook_keep_alive": "off"}, {"keep_alive": False}),
    ],
)
def test_the_transport_is_that_of_the_switches(
    monkeypatch: pytest.MonkeyPatch, switches: dict[str, str], expected: dict[str, Any]
) -> None:
    monkeypatch.setattr(courier_of_profile, "HttpTransport", Transport)
    profile = default_profile().with_switches(switches)
    courier_of(profile, SETTINGS, Clock(0.0), lambda delivery: None, None)
    assert {name: Transport.made[name] for name in expected} == expected
    assert Transport.made["allowed_hosts"] == webhook_policy(profile, SETTINGS)


def test_a_courier_has_the_limits_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[str, Any] = {}
    monkeypatch.setattr(courier_of_profile, "Courier", lambda **values: made.update(values))
    profile = default_profile().with_switches({"webhook_timeout": "2.5"})
    own: Any = object()
    settings = replace(SETTINGS, outbox_limit=7, outbox_bytes=99)
    courier_of(profile, settings, Clock(0.0), lambda delivery: None, own)
    assert made["transport"] is own
    assert (made["timeout"], made["outbox_limit"], made["outbox_bytes"]) == (2.5, 7, 99)
    agent = dict(made["headers"])["User-Agent"]
    assert agent == profile["webhook_user_agent"]
