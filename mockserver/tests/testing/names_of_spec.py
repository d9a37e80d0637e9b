"""The names that `megaapi_mock/testing/names.py` types, as spec and code have them.

`make names` writes the file again.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from megaapi_mock.domain.content import WRAPPERS
from megaapi_mock.domain.linking import UNLINKED_BY
from megaapi_mock.domain.message_states import CONTACT_STATES
from megaapi_mock.faults.registry import discover
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples
from megaapi_mock.simulation.contact_events import NON_MESSAGE_EVENTS
from megaapi_mock.spec.bundle import read_yaml
from megaapi_mock.spec.gateway_events import CAUSED_BY_GATEWAY
from megaapi_mock.spec.operations import operations
from megaapi_mock.spec.valid_bundle import valid_bundle

FILE = Path(__file__).parents[2] / "megaapi_mock" / "testing" / "names.py"
DOCSTRINGS = {
    "EventName": "A webhook event, as `megaapi-mock events` lists them.",
    "ContactEventName": "An event that a contact causes: what `does` takes.",
    "KindName": "What a message carries: `Message.kind`.",
    "OperationName": "An operation of the gateway's API: `Call.operation`.",
    "FaultName": "A fault, as docs/faults.md lists them.",
    "InstanceState": "Where an instance is in its life: `Instance.state`.",
    "MessageState": "How far a message has come: `Message.state`.",
    "WebhookState": "How far a webhook has come: `Webhook.state`.",
    "ContactState": "Whether a customer can be reached.",
    "UnlinkedBy": "Who ends the link: `Instance.unlink`.",
    "CallStatus": "How a call of a customer stands: `Customer.calls`.",
    "Presence": "What a customer shows: `Customer.types`.",
}


def names() -> Mapping[str, Sequence[str]]:
    """Every type with its values, from where they are decided."""
    spec = root("spec")
    control = read_yaml(spec / "control.yaml")["components"]["schemas"]
    events = sorted(path.stem for path in (spec / "webhooks").glob("*.yaml"))
    return {
        "EventName": events,
        "ContactEventName": [event for event in events if _by_contact(event)],
        "KindName": kinds(spec),
        "OperationName": sorted(one.id for one in operations(valid_bundle(spec))),
        "FaultName": sorted(discover()),
        "InstanceState": control["InstanceState"]["enum"],
        "MessageState": control["MessageState"]["enum"],
        "WebhookState": control["DeliveryState"]["enum"],
        "ContactState": list(CONTACT_STATES),
        "UnlinkedBy": list(UNLINKED_BY),
        "CallStatus": list(NON_MESSAGE_EVENTS["call"][1]),
        "Presence": list(NON_MESSAGE_EVENTS["presence"][1]),
    }


def categories() -> Mapping[str, str]:
    """The category each event belongs to: what blockEvents takes."""
    files = sorted((root("spec") / "webhooks").glob("*.yaml"))
    return {path.stem: read_yaml(path)["post"]["x-category"] for path in files}


def kinds(spec: Path) -> list[str]:
    """What stands in a content, wrappers left out: nobody sees those as a kind."""
    schemas = spec / "components" / "schemas"
    listed: Any = read_yaml(schemas / "ContentType.yaml")["enum"]
    callers: Any = read_yaml(schemas / "CallerContent.yaml")["properties"]
    found = {name for name in {*listed, *callers} if name == "conversation" or "Message" in name}
    return sorted(found - WRAPPERS - {"messageContextInfo"})


def _by_contact(event: str) -> bool:
    payload = Samples(root("fixtures")).payload(event)
    return event in NON_MESSAGE_EVENTS or (
        "key" in payload and "message" in payload and event not in CAUSED_BY_GATEWAY
    )


def source() -> str:
    """The module, to be formatted."""
    lines = [
        '"""Names of spec and mock as types, so that editors complete them and mypy finds a typo.',
        "",
        "Written by `make names`, and held to the spec by a test.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        "from collections.abc import Mapping",
        "from typing import Literal",
        "",
    ]
    for name, values in names().items():
        listed = "".join(f'    "{value}",\n' for value in values)
        lines += [f"# {DOCSTRINGS[name]}", f"{name} = Literal[\n{listed}]"]
    listed = "".join(f'    "{event}": "{name}",\n' for event, name in categories().items())
    lines += [
        "# The category that the instance blocks or lets through an event by.",
        f"CATEGORY_OF: Mapping[str, str] = {{\n{listed}}}",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    FILE.write_text(source(), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", str(FILE)], check=True)
