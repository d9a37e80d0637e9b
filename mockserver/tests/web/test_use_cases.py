"""Each use case has the parts of the runtime it is asked for, and of no other one."""

from __future__ import annotations

from megaapi_mock.settings import Settings
from megaapi_mock.web import use_cases
from megaapi_mock.web.app import MockApp

from ..conftest import MakeApp
from ..support import KEY, UNLINKED


def test_use_cases_have_the_parts_of_their_runtime(app: MockApp) -> None:
    runtime = app.runtime
    lifecycle, outside = use_cases.lifecycle(runtime), use_cases.outside_parts(runtime)
    assert lifecycle.outside == outside
    assert lifecycle.instances is runtime.instances
    assert lifecycle.courier is runtime.webhooks.courier
    assert outside.journal is runtime.records.journal
    assert outside.chaos_dispatcher is runtime.webhooks.chaos_dispatcher
    assert outside.faults is runtime.faults


def test_a_saved_state_is_about_the_whole_runtime(app: MockApp) -> None:
    runtime = app.runtime
    parts = use_cases.state_parts(runtime)
    assert parts.instances is runtime.instances
    assert parts.outside == use_cases.outside_parts(runtime)
    assert (parts.clock, parts.ids) == (runtime.clock, runtime.ids)
    assert parts.profile is runtime.setup.profile


def test_events_are_known_by_their_samples_fields_and_the_limit_of_media(
    make_app: MakeApp,
) -> None:
    runtime = make_app(switches={"media_limit_mib": "7"}).runtime
    payloads = use_cases.payloads(runtime)
    assert payloads.samples is runtime.setup.samples
    assert payloads.fields is runtime.api.description.fields
    assert payloads.largest_file == 7 * 2**20


def test_a_contact_writes_to_an_instance_of_this_runtime(app: MockApp, make_app: MakeApp) -> None:
    message = use_cases.contact_messages(app.runtime).receive(KEY, {"text": "oi"})
    with app.runtime.instances.store.read(KEY) as instance:
        assert list(instance.messages) == [message["id"]]
    with make_app().runtime.instances.store.read(KEY) as instance:
        assert list(instance.messages) == []


def test_the_host_has_no_more_instances_than_the_settings_say(make_app: MakeApp) -> None:
    runtime = make_app(settings=Settings(instances_limit=2)).runtime
    host = use_cases.running_host(runtime)
    assert host.most == 2
    host.remove(UNLINKED)
    assert list(runtime.instances.store.keys()) == [KEY]


def test_the_way_back_leads_through_the_points_of_this_runtime(app: MockApp) -> None:
    runtime = app.runtime
    message = use_cases.contact_messages(runtime).receive(KEY, {"text": "oi"})
    use_cases.rewind(runtime).return_to(
        KEY, point=None, before=message["id"], ids="new", clock="now"
    )
    with runtime.instances.store.read(KEY) as instance:
        assert list(instance.messages) == []
