"""What chaos a body may ask for, and what it may not."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.errors import ControlRefused
from megaapi_mock.web.control.operation_input import control_document
from megaapi_mock.webhooks.chaos.chaos_options import Chaos

SETTINGS = control_document()["components"]["schemas"]["ChaosSettings"]["properties"]


@pytest.mark.parametrize(
    ("wishes", "sentence"),
    [
        ({"duplicates": 3}, "duplicates: no such kind of chaos"),
        ({"duplicate": 0}, "duplicate: must be how often"),
        ({"duplicate": 101}, "duplicate: must be"),
        ({"duplicate": True}, "duplicate: must be"),
        ({"drop": 1.5}, "drop: must be a share"),
        ({"reorder": 2.5}, "reorder: must be a window"),
        ({"delay": 3}, "delay: must be [least, most]"),
        ({"delay": [2, 1]}, "delay: must be"),
        ({"delay": [0, 1, 2]}, "delay: must be"),
        ({"delay": ["a", "b"]}, "delay: must be"),
        ({"burst": -1}, "burst: must be"),
        ({"redeliver": 1e9}, "redeliver: must be seconds"),
        ({"early_ack": 1}, "early_ack: must be true or false"),
        ({"hold": None, "seed": "7"}, "seed: must be a whole number"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(wishes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ControlRefused) as refused:
        Chaos.of(wishes, seed=0)
    assert str(refused.value).startswith(sentence)


def test_what_is_not_said_is_as_ever() -> None:
    assert Chaos.of({"drop": None}, seed=4) == Chaos(seed=4)
    assert Chaos.of({"delay": [1, 2]}, seed=4).as_json()["delay"] == [1.0, 2.0]


def test_kinds_and_defaults_are_those_that_the_control_api_describes() -> None:
    usual = Chaos().as_json()
    assert SETTINGS.keys() == usual.keys()
    defaults = {name: form["default"] for name, form in SETTINGS.items() if "default" in form}
    assert defaults == {name: usual[name] for name in defaults} != {}


@pytest.mark.parametrize(
    "name", ["duplicate", "drop", "reorder", "delay", "burst", "redeliver", "hold"]
)
def test_limits_are_those_that_the_control_api_describes(name: str) -> None:
    form = SETTINGS[name].get("items", SETTINGS[name])
    least, most = form["minimum"], form["maximum"]

    def wish(value: float) -> dict[str, Any]:
        return {name: [value, value] if "items" in SETTINGS[name] else value}

    for value in (least, most):
        assert Chaos.of(wish(value), seed=0).as_json()[name] == wish(value)[name]
    for value in (least - 1, most + 1):
        with pytest.raises(ControlRefused):
            Chaos.of(wish(value), seed=0)
