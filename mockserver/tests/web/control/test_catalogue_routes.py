"""Operations and events with their evidence, as the page's inspector and forms use them."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples

from ...control import ControlApi

EVENTS = Samples(root("fixtures")).names()


def test_every_operation_names_its_file_and_its_evidence(calm: ControlApi) -> None:
    operations = {each["id"]: each for each in calm.items("/operations")}
    assert {"send_text", "leave_group", "instance_status"} <= operations.keys()
    for each in operations.values():
        assert (root("spec") / each["spec_file"].removeprefix("spec/")).is_file()
        assert each["grade"] and each["summary"] and each["summary_pt"]
        assert each["responses"]["200"]


def test_every_event_is_listed_once(calm: ControlApi) -> None:
    events = {each["name"]: each for each in calm.items("/events")}
    assert sorted(events) == sorted(EVENTS)
    assert (events["text-plain"]["by"], events["text-plain"]["message"]) == ("inbound", True)
    assert (events["presence"]["by"], events["presence"]["message"]) == ("inbound", False)
    assert (events["ack-read"]["by"], events["ack-read"]["message"]) == ("emit", False)


@pytest.mark.parametrize("name", EVENTS)
def test_the_sample_of_an_event_fits_the_schema_shown_beside_it(
    calm: ControlApi, name: str
) -> None:
    event = calm.get(f"/events/{name}")
    assert "$ref" not in str(event["schema"])
    Draft202012Validator(event["schema"]).validate(event["sample"])


def test_an_unknown_event_is_said_so(calm: ControlApi) -> None:
    assert "text-plan" in calm.refusal("GET", "/events/text-plan", status=404)
