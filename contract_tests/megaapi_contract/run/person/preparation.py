"""Adds a person at the terminal to a run, who is asked for what only a phone can do."""

from __future__ import annotations

from ...errors import SetupError
from ...host.stage import MockStage
from ..context import RunContext
from ..peer.preparation import INPUT, blocks_input
from ..terminal import Terminal
from .stage import PersonStage

CHANGES = "changes"
NEEDS_CHANGES = "what a person does is seen in webhooks, which come to the suite: --allow changes"
BLOCKED = f"the given instance blocks {INPUT}, so that nothing a person writes is told"


def add_person(context: RunContext, terminal: Terminal) -> None:
    """Have the person with the first listed number asked; SetupError where nobody needs to be."""
    if isinstance(context.stage, MockStage):
        raise SetupError(
            "this mock acts for the phones itself: leave --ask out, or add --no-control-api"
        )
    assert context.instance is not None
    number = context.options.recipients[0]
    context.terminal = terminal
    stage = context.person = PersonStage(
        context.instance, number, terminal, receiver=context.receiver, contract=context.contract
    )
    if CHANGES not in context.options.allow:
        stage.silence = NEEDS_CHANGES
    elif context.instance.connected and blocks_input(context):
        stage.silence = BLOCKED
