"""openapi-python-client: generated without a word, used against a mock."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from megaapi_mock.events.payloads import TYPES
from megaapi_mock.testing import MockServer

from ..events.payload_samples import every_payload
from .generated import client, log, program, run_python

pytestmark = pytest.mark.clients

NEW = """
import sys, urllib.request
from mega_api_client import AuthenticatedClient
from mega_api_client.api.group import create_group, list_groups
from mega_api_client.api.instance import instance_status, pairing_code, qr_code_image
from mega_api_client.api.send_message import send_text
from mega_api_client.api.webhook import webhook_settings
from mega_api_client import models as m

URL, KEY = sys.argv[1], "megacode-TESTKEY0002"
client = AuthenticatedClient(URL, token="TESTKEY0002")

def text(**data):
    body = m.SendTextBody.from_dict({"messageData": {"to": "5511900000002", **data}})
    return send_text.sync_detailed(KEY, client=client, body=body)

before = instance_status.sync(KEY, client=client)
assert isinstance(before.instance, m.DisconnectedInstance), before
image = qr_code_image.sync(KEY, client=client)
assert image.payload.read(8) == b"\\x89PNG\\r\\n\\x1a\\n", image
assert isinstance(text(text="x").parsed, m.ForbiddenError)
code = pairing_code.sync(KEY, client=client, phone_number="5511900000003")
assert isinstance(code, m.PairingCode), code
link = f"{URL}/_mock/instances/{KEY}/link"
urllib.request.urlopen(urllib.request.Request(link, b"{}", {"Content-Type": "application/json"}))
after = instance_status.sync(KEY, client=client)
assert isinstance(after.instance, m.ConnectedInstance), after
assert after.instance.user.id.startswith("5511900000003"), after

sent = text(text="Bom dia")
assert sent.status_code == 200 and isinstance(sent.parsed, m.SentText), sent
assert sent.parsed.message_data.message.extended_text_message.text == "Bom dia"
made = create_group.sync(KEY, client=client, body=m.CreateGroupBody.from_dict(
    {"group_data": {"group_name": "Equipe", "participants": ["5511900000002"]}}))
assert isinstance(made, m.GroupData), made
assert "Equipe" in str(list_groups.sync(KEY, client=client))
settings = webhook_settings.sync(KEY, client=client)
assert isinstance(settings, m.WebhookSettings), settings
wrong = AuthenticatedClient(URL, token="wrong")
assert isinstance(webhook_settings.sync(KEY, client=wrong), m.UnauthorizedError)
print("done")
"""

# Each sample through the model of its type and back.
MODELS = """
import json, pathlib, sys
from mega_api_client import models
for name, payload in json.loads(pathlib.Path(sys.argv[1]).read_bytes()):
    again = getattr(models, name).from_dict(payload).to_dict()
    assert again == payload, (name, payload, again)
print("all")
"""


def test_the_generator_has_nothing_to_say() -> None:
    assert [line for line in log("python") if not line.startswith("wrote ")] == [
        "Generating python"
    ]


def test_program_of_the_page_runs(mock: MockServer) -> None:
    printed = run_python(program("python", mock.url), client("python")).splitlines()
    assert printed[0] == "connected"
    assert printed[2].startswith("GroupData("), printed
    assert printed[3].startswith("WebhookSettings("), printed


def test_an_instance_is_linked_and_used(mock: MockServer) -> None:
    source = NEW.replace("sys.argv[1]", repr(mock.url))
    assert run_python(source, client("python")) == "done\n"


def test_every_webhook_has_a_model(tmp_path: Path) -> None:
    payloads = [
        (TYPES[payload["messageType"]].__name__, payload)
        for _, _, payload in every_payload()
        if "messageType" in payload
    ]
    assert len(payloads) > 300
    samples = tmp_path / "payloads.json"
    samples.write_text(json.dumps(payloads), encoding="utf-8")
    source = MODELS.replace("sys.argv[1]", repr(str(samples)))
    assert run_python(source, client("python")) == "all\n"
