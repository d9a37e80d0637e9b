"""The page about faults, made from the kinds: `megaapi-mock faults --page > docs/faults.md`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson

from .armed_fault import SCOPE
from .kind import Replacing
from .parameters import Parameter, parameters_of
from .registry import KindEntry, Kinds

_INTRODUCTION = """\
# Faults

What can go wrong on the way to a gateway and inside it, on request. No fault is armed by itself; a
reset clears all. *This page is made from the code: `megaapi-mock faults --page > docs/faults.md`;
a test fails when the two differ.*

```sh
MOCK=http://127.0.0.1:8080/_mock
curl $MOCK/faults -H 'Content-Type: application/json' \\
  -d '{"fault": "bad-gateway", "operation": "send_text", "times": 2}'
curl $MOCK/faults              # what is armed, and how often each has hit
curl -X DELETE $MOCK/faults    # all; ?instance=KEY: that one's own; /faults/f1: one
```

A client that cannot reach the control API asks with a header, for that one call:

```sh
curl http://127.0.0.1:8080/rest/instance/megacode-TESTKEY0001 \\
  -H 'Authorization: Bearer TESTKEY0001' -H 'X-Mock-Fault: reply; status=503; seconds=0.5'
```

Values in the header are read as JSON, else as text, and cannot contain a `;`. A header
that asks for something unknown is explained in `X-Mock-Reason`, and the call goes on as usual.

**Where a hit is seen.** `GET /_mock/fault-hits` has every one, whatever was hit: which fault,
when, at which instance, and what: a call by its operation, the phone that scans as `link`, what a
contact does as `inbound from` their JID. `GET /_mock/faults` shows the last ten of each fault.
A call that was hit says so too: in `X-Mock-Reason` and in the journal (`fault` and `reason` of
`GET /_mock/exchanges`). A message that a zombie session swallows stays in `GET /_mock/messages`
with its reason; calls and typing that it swallows, and a phone that does not link, are hits
only. What follows from a hit, such as an ack that never comes, is not a hit itself.

## The kinds
"""

_SCOPE = """\
## Which calls, how often

Every fault takes these in addition to its own parameters:
"""

_SHARED = """\
Faults that replace the real answer also take these:
"""

_ORDER = """\
A fault hits behind the checks of route, instance and token, before the body is looked at. Of
several that replace the answer only the oldest hits; all others hit together. `times`,
`skip` and `used` count over all instances. What `percent` draws, windows and numbers of messages
count for each instance by itself: what others call changes nothing there. A fault armed for one
instance has an id of that one's own count (`f1.KEY`).

**Before or after.** Unless `after` is true the call is not done: no message, no webhook. With
`"after": true` the call is done, its webhooks leave, and only the answer is lost: sending again
sends twice. For {kinds} the real answer is made in both cases, and what
the call did is undone without `after`.

**Seconds** are real time where a client waits for an answer, and the mock's clock where the
gateway takes its time (`rate-limit`, `slow-start`). What contacts write to a zombie session stays
`pending` in `GET /_mock/messages`; neither that nor acks that were due meanwhile come later.

**Clearing** a fault, and a reset, also ends what it is doing: a call that hangs is closed, one that
a `delay` or `seconds` holds up goes on at once. What a call asked for by its own header lasts.

## On the wire

What reaches a client, tried with 800 calls from 8 connections:

| fault | granian (`serve` on Linux and macOS) | waitress (Windows, `MockServer`) |
| --- | --- | --- |
| `reset` | the connection ends without a byte (FIN) | connection reset by peer (RST) |
| `cut-body` | head and part of the body, then the end | the same |
| `hang` | ends without a byte after `seconds`, or once cleared | also when the client has gone |

Granian hands out no socket, so it can neither send an RST nor tell that a client has gone: a call
that hangs holds one of its 512 threads until its seconds are over. On both, calls that hang hold
threads that others may need; `MockServer` has 16. A WSGI client in the same process gets
`ConnectionResetError` for `reset` and `hang`.
"""


def page(kinds: Kinds) -> str:
    """The whole page, in Markdown."""
    by_group = sorted(kinds.values(), key=lambda kind: kind.group, reverse=True)
    head = ("fault", "what it does", "concerns", "parameters", "example")
    scope = ("parameter", "accepts", "what it does")
    parts = [
        _INTRODUCTION,
        _table(head, map(_row, by_group)),
        _SCOPE,
        _table(scope, map(_line, SCOPE)),
        _SHARED,
        _table(scope, map(_line, parameters_of(Replacing))),
        _ORDER.format(kinds=" and ".join(_made_from_the_answer(kinds))),
    ]
    return "\n".join(parts)


def _made_from_the_answer(kinds: Kinds) -> Iterator[str]:
    """The kinds that make their answer from the real one."""
    for name, entry in kinds.items():
        if issubclass(entry.kind, Replacing) and entry.kind.needs_real_answer:
            yield f"`{name}`"


def _row(kind: KindEntry) -> tuple[str, ...]:
    common_parameters = parameters_of(Replacing) if issubclass(kind.kind, Replacing) else ()
    lines = [_own(parameter) for parameter in kind.parameters if parameter not in common_parameters]
    also = [
        f"`{parameter.name}`" for parameter in common_parameters if parameter in kind.parameters
    ]
    lines += [", ".join(also)] if also else []
    return (
        f"`{kind.name}`",
        kind.line,
        kind.kind.subject,
        "<br>".join(lines) or "none",
        f"`{json(kind.kind.example)}`",
    )


def _own(parameter: Parameter) -> str:
    default = json(parameter.default)
    return f"`{parameter.name}` = `{default}`: {parameter.help} ({parameter.form.words})"


def _line(parameter: Parameter) -> tuple[str, ...]:
    return (f"`{parameter.name}`", parameter.form.words, parameter.help)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |\n" for row in lines)


def json(value: Any) -> str:
    """JSON as people write it, with blanks."""
    if isinstance(value, dict):
        inside = ", ".join(f"{json(name)}: {json(member)}" for name, member in value.items())
        return f"{{{inside}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(json, value))}]"
    return orjson.dumps(value).decode()
