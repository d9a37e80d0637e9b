"""What must hold of the gateway's behaviour, one sentence each, by subject."""

from __future__ import annotations

from megaapi_mock.resources import root

from ..probe import Probe
from . import (
    access,
    administration,
    aftermath,
    as_written,
    between_instances,
    carried_over,
    chat,
    connection,
    content_fidelity,
    customers,
    documented_edges,
    each_of_many,
    every_event,
    every_text,
    group_changes,
    group_of_instances,
    group_of_two,
    groups,
    hosts,
    later_looks,
    lifecycle,
    long_collections,
    media,
    messages,
    named_both_ways,
    neighbours,
    no_trace,
    optional_fields,
    particulars,
    people,
    phone_off,
    renewals,
    rich_events,
    sessions,
    set_again,
    settings,
    stored,
    taken,
    to_many,
    tokens,
    uniqueness,
    unsettled,
    uploads,
    webhook_targets,
    webhooks,
    webhooks_of_sends,
    where_it_arrives,
    whoever_writes,
    written_by_others,
)

_SUBJECTS = (
    access, tokens, messages, media, groups, group_of_two, connection, settings, chat, uniqueness,
    content_fidelity,
    unsettled, webhooks, webhooks_of_sends, customers, people,
    particulars, every_text, every_event, neighbours, aftermath, group_changes, rich_events,
    webhook_targets, carried_over, as_written, no_trace, sessions, stored, administration,
    uploads, hosts, taken, renewals,
    optional_fields, long_collections, each_of_many, between_instances, documented_edges,
    where_it_arrives, group_of_instances, phone_off, later_looks, to_many, whoever_writes,
    set_again, written_by_others, named_both_ways,
    lifecycle,
)  # fmt: skip


def all_laws() -> tuple[Probe, ...]:
    """Every law, subject by subject; the events on demand come last."""
    events = sorted(file.stem for file in (root("spec") / "webhooks").glob("*.yaml"))
    law_probes = [probe for subject in _SUBJECTS for probe in subject.LAWS.probes]
    return (*law_probes, *webhook_targets.laws_of_events(events))
