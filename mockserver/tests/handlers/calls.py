"""Calls as handlers get them, made by hand: no request, no checks."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from megaapi_mock.domain.instance import Instance
from megaapi_mock.handlers.call import NOBODY, Call, HostCall
from megaapi_mock.profile import default_profile
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples

FRIEND, OTHER, GROUP = "5511900000002", "5511900000003", "120363000000000001@g.us"
SAMPLES = Samples(root("fixtures"))


def call(
    instance: Instance,
    data: Any = None,
    *,
    body: Any = None,
    to: str = "",
    query: dict[str, str] | None = None,
    switches: dict[str, str] | None = None,
    **more: Any,
) -> Call:
    """A call of this instance; `data` stands in its messageData."""
    data = {} if data is None else data
    values: dict[str, Any] = {
        "operation": SimpleNamespace(id="x"),
        "to": instance.chats.recipient(to) if to else NOBODY,
        "query": query or {},
        "profile": default_profile().with_switches(switches or {}),
        "samples": SAMPLES,
    }
    whole = {"messageData": data} if body is None else body
    return Call(instance=instance, body=whole, data=data, **{**values, **more})


def host_call(
    host: Any,
    data: Any = None,
    *,
    key: str = "",
    query: dict[str, str] | None = None,
    switches: dict[str, str] | None = None,
) -> HostCall:
    """A call about all instances of a host."""
    profile = default_profile().with_switches(switches or {})
    operation: Any = SimpleNamespace(id="x")
    return HostCall(operation, host, key, data or {}, query or {}, profile)
