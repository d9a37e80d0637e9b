"""Whatever documented form a host answers in, the doctor reads it and blames nobody."""

from __future__ import annotations

import pytest
from megaapi_mock.commands.doctor.checks import Case, examine
from megaapi_mock.profile import SWITCHES
from megaapi_mock.testing import MockServer

# Of the three calls that the doctor makes, these change status or form of an answer.
READ = (
    "disconnected_status", "own_tokens", "unknown_instance", "status_disconnected", "status_shape",
    "webhook_settings_shape",
)  # fmt: skip
FORMS = [
    (switch.name, value) for switch in SWITCHES if switch.name in READ for value in switch.choices
]


def wrong_checks(case: Case) -> set[str]:
    return {found.check for found in examine(case) if found.outcome == "wrong"}


@pytest.mark.parametrize(("switch", "value"), FORMS)
def test_only_what_is_wrong_is_called_wrong_in_any_documented_form(switch: str, value: str) -> None:
    with MockServer(switches={switch: value}) as server, server.instance() as shop:
        case = Case(target=server.url, key=shop.key, token=shop.token, timeout=60)
        assert wrong_checks(case) == set()
        shop.unlink()
        assert wrong_checks(case) == {"linked"}
        unknown = Case(target=server.url, key="megacode-TESTKEY0404", token=shop.token, timeout=60)
        assert wrong_checks(unknown) == {"key"}
