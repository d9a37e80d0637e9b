"""The generators take the contract of each plan, as they take all of it."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from megaapi_mock.spec.plans import PLANS

from .generated import CHECKOUT, PLACE, run
from .test_openapi_generator import surprising_warnings

pytestmark = pytest.mark.clients

# Go and C# are read the way PHP is.
CLIENTS = ("python", "typescript", "php", "postman")


def commands() -> dict[str, str]:
    """The commands of docs/clients.md, as `make clients` runs them."""
    spec = importlib.util.spec_from_file_location("clients", CHECKOUT / "tools" / "clients.py")
    assert spec is not None and spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return {name: f"PATH={tool.PATH!r}\n{script}" for name, script in tool.commands().items()}


@pytest.mark.parametrize("plan", PLANS)
def test_every_plan_can_be_generated(plan: str, tmp_path: Path) -> None:
    for name in CLIENTS:
        script = commands()[name].replace("spec bundle", f"spec bundle --plan {plan}")
        # npx looks for the tools of this folder.
        printed = run(["sh", "-ec", script.replace("npx ", "")], tmp_path)
        assert surprising_warnings(printed.splitlines()) == [], name
        assert not re.search("warning", printed.replace("WARN ", ""), re.IGNORECASE), printed
    assert len([*(tmp_path / "php" / "lib" / "Model").iterdir()]) > 200


def test_the_bundle_as_it_is_costs_a_python_client_the_png_alone(tmp_path: Path) -> None:
    """What it dropped before has a model: receipts, news of the connection, view-once files."""
    bundle = PLACE / "megaapi.yaml"
    script = commands()["python"].splitlines()[0] + (
        f"\nopenapi-python-client generate --path {bundle} --output-path python"
    )
    printed = run(["sh", "-ec", script], tmp_path)
    assert re.findall("WARNING parsing (.*) within", printed) == [
        "GET /rest/instance/qrcode-img/{instance_key}"
    ]
    assert "Unable to" not in printed
    models = {file.stem for file in (tmp_path / "python" / "mega_api_client" / "models").iterdir()}
    assert models >= {"connection_update", "webhook_ack", "sent_view_once", "sent_sticker"}
    # One for itself, one for the text in it.
    assert len([each for each in models if each.startswith("caller_content")]) == 2
