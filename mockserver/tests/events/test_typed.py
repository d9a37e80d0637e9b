"""Receivers with types, and the page about them, as their authors check and run them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import megaapi_mock
import pytest
from megaapi_mock import events
from megaapi_mock.events import Choice, Contact, Event, Media, Person, Poll, Reaction

from ..testing.test_typed import mypy
from .payload_samples import every_payload
from .typed_receiver import every_kind, narrowed, told

RECEIVER = Path(__file__).with_name("typed_receiver.py")
PAGE_FILE = Path(megaapi_mock.__file__).parents[2] / "docs" / "receivers.md"
PAGE = PAGE_FILE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
KINDS = [
    kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, Event)
]


def test_mypy_agrees_and_finds_every_mistake(tmp_path: Path) -> None:
    receiver = tmp_path / "receiver.py"
    receiver.write_text(RECEIVER.read_text(encoding="utf-8"), encoding="utf-8")
    done = mypy(receiver, tmp_path)
    assert done.returncode == 0, done.stdout
    # Without the ignores each of them is an error: they were looked at.
    bare = tmp_path / "bare_receiver.py"
    text = RECEIVER.read_text(encoding="utf-8")
    bare.write_text(text.replace("  # type: ignore", "  # "), encoding="utf-8")
    errors = [line for line in mypy(bare, tmp_path).stdout.splitlines() if ": error: " in line]
    marked = [str(n) for n, line in enumerate(text.splitlines(), 1) if "# type: ignore[" in line]
    assert len(marked) > 5
    assert list(dict.fromkeys(line.split(":")[1] for line in errors)) == marked, errors


def test_the_receiver_runs() -> None:
    for _, _, payload in every_payload():
        event = events.parse(payload)
        assert every_kind(event)
        assert told(payload)
        if event.webhook is not None:
            assert isinstance(narrowed(event.webhook), str)


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_a_block_of_the_page_runs(number: int, tmp_path: Path) -> None:
    file = tmp_path / "block.py"
    file.write_text(BLOCKS[number], encoding="utf-8")
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_blocks_of_the_page_keep_mypy_s_strict_rules(tmp_path: Path) -> None:
    for number, block in enumerate(BLOCKS):
        file = tmp_path / f"block_{number}.py"
        file.write_text(block, encoding="utf-8")
        done = mypy(file, tmp_path)
        assert done.returncode == 0, done.stdout


def test_the_bot_of_the_page_answers(capsys: pytest.CaptureFixture[str]) -> None:
    space: dict[str, object] = {"__name__": "bot"}
    exec(compile(BLOCKS[0], "bot", "exec"), space)
    client = space["app"].test_client()  # type: ignore[attr-defined]
    for source, _, payload in every_payload():
        if source == "2026":
            assert client.post("/webhook", json=payload).status_code == 200
    assert client.post("/webhook", data=b"{").status_code == 200
    said = capsys.readouterr().out
    assert "to 5511900000002@s.whatsapp.net: 5511900000002 says Bom dia, tudo bem?\n" in said
    assert "to 5511900000002@s.whatsapp.net: You chose Sim (btn_sim)\n" in said
    assert "to 5511900000002@s.whatsapp.net: Thank you for the image, Test Person\n" in said
    # Neither what the account wrote itself, nor stories, channels and groups.
    for word in ("Enviado pela API", "Aberto hoje", "Novidade do canal", "Bom dia, grupo"):
        assert word not in said


@pytest.mark.parametrize("name", ["README.md", "README.pt-BR.md"])
def test_the_block_of_the_readme_answers(name: str) -> None:
    text = (PAGE_FILE.parents[1] / name).read_text(encoding="utf-8")
    (block,) = [
        block
        for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL)
        if "megaapi_mock.events" in block
    ]
    answers: list[tuple[str, str]] = []
    (payload,) = [
        payload
        for source, event, payload in every_payload()
        if (source, event) == ("2026", "text-plain-lid")
    ]
    request = SimpleNamespace(get_json=lambda silent: payload)
    exec(block, {"request": request, "answer": lambda *given: answers.append(given)})
    assert answers == [("5511900000002@s.whatsapp.net", "5511900000002: Oi")]


@pytest.mark.parametrize("kind", [*KINDS, Person, Media, Choice, Reaction, Poll, Contact])
def test_the_page_names_every_question(kind: type) -> None:
    # Of the base: what `sender` and the like are is said once.
    names = {name for name in dir(kind) if not name.startswith("_")} - {"count", "index"}
    assert {name for name in names if f"`{name}`" not in PAGE} == set()


def test_the_page_names_every_kind_of_event() -> None:
    assert {kind.__name__ for kind in KINDS if f"`{kind.__name__}`" not in PAGE} == {"Event"}
