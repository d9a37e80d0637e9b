"""Which kinds of fault take their time: the soak and the odd calls have none."""

from __future__ import annotations

from megaapi_mock.faults.registry import KindEntry


def seconds_of(listed: KindEntry) -> list[str]:
    """The parameters of this kind that are seconds, and not none unless they are set."""
    return [
        parameter.name
        for parameter in listed.parameters
        if parameter.form.words.startswith("seconds") and parameter.default
    ]
