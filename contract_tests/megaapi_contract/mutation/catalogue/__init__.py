"""Every fault the suite must notice, by subject."""

from __future__ import annotations

from ..mutant import Mutant
from . import (
    access,
    admission,
    as_written,
    asked_again,
    carried_over,
    documented_edges,
    from_customers,
    from_the_contract,
    from_users,
    groups,
    in_context,
    instance,
    later_looks,
    messages,
    named_both_ways,
    of_many,
    on_given_hosts,
    other_plans,
    people,
    second_call,
    set_again,
    settings,
    shape,
    shared_groups,
    webhooks,
    where_it_arrives,
    written_by_others,
)

_SUBJECTS = (
    shape, access, instance, settings, messages, groups, webhooks, second_call, admission, people,
    from_customers,
    from_the_contract, from_users, in_context, carried_over, as_written, asked_again,
    other_plans, of_many, documented_edges, where_it_arrives, later_looks, shared_groups,
    set_again, on_given_hosts, written_by_others, named_both_ways,
)  # fmt: skip


def all_mutants() -> tuple[Mutant, ...]:
    """Every mutant of every subject; their names differ."""
    mutants = tuple(mutant for subject in _SUBJECTS for mutant in subject.mutants())
    assert len({mutant.name for mutant in mutants}) == len(mutants), "two mutants share a name"
    return mutants
