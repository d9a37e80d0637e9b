"""`megaapi-mock doctor`."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from ..options import gateway_option, key_option, token_option

_OPTIONS: list[click.Parameter] = [
    gateway_option("--target", required=True, metavar="URL", help="gateway or mock"),
    key_option("key", required=True, help="instance's key"),
    token_option("--token", "MEGAAPI_TOKEN", required=True, help="instance's token"),
    click.Option(["--webhook"], metavar="URL", help="your receiver; it gets one sample event"),
    click.Option(
        ["--message"],
        is_flag=True,
        help="also post one made-up message to it; a bot may act on it",
    ),
    click.Option(
        ["--timeout"],
        type=click.FloatRange(0.1, 60),
        default=10.0,
        help="seconds for each question to the gateway  [default: 10]",
    ),
    click.Option(["--json", "as_json"], is_flag=True, help="print the findings as JSON"),
]


@click.command(params=_OPTIONS)
def doctor(as_json: bool, **case: Any) -> None:
    """Find what is wrong with a setup; it only reads. Exit code 1 if something is wrong.

    With --webhook your receiver gets one acknowledgement of a message that nobody sent. It may
    still fail on messages: --message posts a made-up one, which a bot in production answers.
    """
    from . import findings
    from .checks import Case, examine

    result = examine(Case(**case))
    click.echo(json.dumps(findings.as_json(result)) if as_json else findings.as_screen(result))
    sys.exit(0 if findings.nothing_is_wrong(result) else 1)
