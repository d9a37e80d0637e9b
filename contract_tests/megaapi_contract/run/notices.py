"""Notices to print before and after a run that changes a given instance."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from ..host.target import LOOPBACK
from ..safety.restore_file import RestoreFile, leftovers_elsewhere
from .context import RunContext
from .options import RunOptions

DIVERTED = (
    "while a probe looks at webhooks, and until it ends, they come to the suite: "
    "the instance's own receiver gets none of them (--forward passes them on)"
)
DIVERTED_TOO = (
    "so do those of the second instance, while a probe looks at what arrives there, if both are "
    "on one host"
)
TAKEN_AS_REAL = (
    "this address of this machine leads to no mock (GET /_mock/health): it is taken for a tunnel "
    "to a real host, and asked as seldom as one (--pace)"
)
ASKED = (
    "the person with the first --recipient is asked on this terminal for what only a phone can do: "
    "a question can be skipped, and nothing is judged by how it is answered"
)
FORWARDED = (
    "while a probe looks at webhooks they come to the suite, "
    "which passes each on to the instance's own receiver"
)


def plan_notices(options: RunOptions) -> Iterator[str]:
    """What a run with these options will do to an instance beside its requests."""
    if options.ask:
        yield ASKED
    if "changes" not in options.allow:
        return
    yield FORWARDED if options.forward else DIVERTED
    if options.peer_key and not options.forward:
        yield DIVERTED_TOO
    groups = "1 group" if options.max_groups == 1 else f"{options.max_groups} groups"
    yield (
        f"it makes at most {groups} with the recipients (--max-groups): "
        "emptied and left at the end, but people keep it in their list of chats"
    )


def notices_of_earlier_run(context: RunContext) -> Iterator[str]:
    """What an earlier run had left, and whether it was restored."""
    if context.restored_before_run:
        yield f"an earlier run had left {', '.join(context.restored_before_run)}: put back now"
    for restore in _with_entries(context):
        yield f"an earlier run has left {restore.description}: not put back, see {restore.path}"
    if context.gate.restore is not None:
        known = {each.path for each in _restore_files(context)}
        for restore in leftovers_elsewhere(known):
            yield (
                f"an earlier run has left {restore.description} of another instance, of "
                f"{restore.target}. A run of that instance puts it back, or: "
                f"megaapi-contract restore {restore.path}"
            )


def _with_entries(context: RunContext) -> Iterator[RestoreFile]:
    """The restore files of the instances, as far as something stands in them."""
    return (restore for restore in _restore_files(context) if restore.entries)


def _restore_files(context: RunContext) -> Iterator[RestoreFile]:
    peer = context.peer.gate.restore if context.peer is not None else None
    yield from (each for each in (context.gate.restore, peer) if each is not None)


def notices_before_run(context: RunContext) -> Iterator[str]:
    """What the run will change and what was restored, before the first probe."""
    yield from notices_of_earlier_run(context)
    if context.target.real and urlsplit(context.target.name).hostname in LOOPBACK:
        yield TAKEN_AS_REAL
    restore = context.gate.restore
    if context.gate.fence is None or restore is None:
        return
    if "changes" in context.options.allow:
        yield from plan_notices(context.options)
        yield f"what must be put back stands in {restore.path} until it is"


def notices_after_run(context: RunContext) -> Iterator[str]:
    """What could not be restored, and how many webhooks were forwarded."""
    if context.forwarder is not None and context.forwarder.refusal_count:
        forwarder = context.forwarder
        yield (
            f"webhooks passed on to the instance's own receiver: {forwarder.forward_count}; "
            f"not taken by it: {forwarder.refusal_count}"
        )
    for restore in _with_entries(context):
        yield (
            f"not put back: {restore.description}. The next run of this instance tries again, or: "
            f"megaapi-contract restore {restore.path}"
        )
