"""The programs of the pages, run against a mock: all of one language in one process."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copyfile
from typing import Any
from urllib.parse import unquote

from megaapi_mock.records.exchange import Exchange
from megaapi_mock.reference.calls import KEY, MOCK, CallExample, calls_of, control_call
from megaapi_mock.reference.causes import BEFORE, cause
from megaapi_mock.reference.code import LANGUAGES
from megaapi_mock.reference.contract import Contract
from megaapi_mock.resources import root

MARK = "=== "
PATIENCE = 150
# So often a program is run again whose interpreter crashed.
CRASHES_MOST = 2
# What lies beside the programs that upload a file.
FILES = {
    "foto.jpg": "image.jpg",
    "video.mp4": "video.mp4",
    "audio.ogg": "voice.ogg",
    "boleto.pdf": "document.pdf",
}
# The first instance of a new mock is linked.
UNLINKED_ONLY = {"qr_code_page", "qr_code_image", "qr_code_base64", "pairing_code"}
_RESET = control_call("reset", "/_mock/reset", {})
_UNLINK = control_call("unlink", f"/_mock/instances/{KEY}/unlink", {})


@dataclass(frozen=True)
class Example:
    """A program of a page, and the calls that must come before it."""

    name: str
    call: CallExample
    before: Sequence[CallExample] = (_RESET,)

    @property
    def calls(self) -> tuple[CallExample, ...]:
        """All of it, in order."""
        return (*self.before, self.call)


def operation_examples(contract: Contract) -> Iterator[Example]:
    """Every program on the pages of operations."""
    for operation in contract.operations:
        before = (_RESET, _UNLINK) if operation.id in UNLINKED_ONLY else (_RESET,)
        for call in calls_of(operation, contract.document):
            yield Example(f"{operation.id}/{call.name}", call, before)


def event_examples(contract: Contract) -> Iterator[Example]:
    """Every program on the pages of events: those that let a contact do something."""
    sent = {
        f"{each.id}/{call.name}": call
        for each in contract.operations
        for call in calls_of(each, contract.document)
    }
    for event in contract.events:
        call, earlier = cause(event.name), BEFORE.get(event.name)
        if call is None:
            continue
        needed = [sent.get(earlier) or cause(earlier)] if earlier else []
        yield Example(event.name, call, (_RESET, *(each for each in needed if each)))


class InterpreterCrashed(AssertionError):
    """The interpreter itself ended with a crash report, as Mono's does now and then."""


def run(
    language: str,
    examples: Sequence[Example],
    url: str,
    folder: Path,
    forget: Callable[[], None] = lambda: None,
) -> dict[str, str]:
    """What each example printed, by its name; AssertionError if the process failed.

    Repeated where the interpreter itself crashed, after `forget`.
    """
    for _ in range(CRASHES_MOST):
        try:
            return _run(language, examples, url, folder)
        except InterpreterCrashed:
            forget()
    return _run(language, examples, url, folder)


def _run(language: str, examples: Sequence[Example], url: str, folder: Path) -> dict[str, str]:
    program = next(each.program for each in LANGUAGES if each.id == language)
    steps = [
        (example.name if call is example.call else "before", program(_at(call, url)))
        for example in examples
        for call in example.calls
    ]
    _PREPARED[language](steps, folder)
    for name, source in FILES.items():
        copyfile(root("fixtures") / "media" / source, folder / name)
    output = ""
    for command in _COMMANDS[language]:
        ended = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
        said = (command, ended.stdout[-3000:], ended.stderr[-3000:])
        if ended.returncode < 0 and "Native Crash Reporting" in ended.stdout + ended.stderr:
            raise InterpreterCrashed(said)
        assert ended.returncode == 0, said
        output += ended.stdout
    parts = re.split(f"^{MARK}(.*)\n", output, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def require_made(example: Example, exchange: Exchange, printed: str, folder: Path) -> None:
    """The mock was called as the contract's example says, and the program printed its answer."""
    call = example.call
    assert exchange.status == 200, (example.name, exchange.response_body, exchange.reason)
    assert exchange.method == call.method, example.name
    assert unquote(exchange.path) == unquote(call.url.removeprefix(MOCK)), example.name
    headers = {name.lower(): value for name, value in exchange.request_headers}
    # The journal never shows a token.
    assert headers["authorization"].startswith("Bearer "), example.name
    if call.upload is not None:
        content = (folder / call.upload[1]).read_bytes()
        assert headers["content-type"].startswith("multipart/form-data"), example.name
        assert content in exchange.request_body, example.name
    elif call.body is None:
        assert exchange.request_body == b"", example.name
    else:
        assert headers["content-type"].startswith("application/json"), example.name
        assert json.loads(exchange.request_body) == call.body, example.name
    if call.file:
        assert (folder / call.file).read_bytes().startswith(b"\x89PNG"), example.name
    else:
        assert exchange.response_body.decode() in printed, (example.name, printed)


def _at(call: CallExample, url: str) -> CallExample:
    return replace(call, url=call.url.replace(MOCK, url))


Steps = Sequence[tuple[str, str]]
_PYTHON = """\
import json
for name, program in json.load(open("steps.json")):
    print("=== " + name)
    exec(compile(program, name, "exec"), {})
"""


def _python(steps: Steps, folder: Path) -> None:
    (folder / "steps.json").write_text(json.dumps(steps), encoding="utf-8")
    (folder / "all.py").write_text(_PYTHON, encoding="utf-8")


def _curl(steps: Steps, folder: Path) -> None:
    lines = [f"echo '{MARK}{name}'\n{program}echo\n" for name, program in steps]
    # The pages show `curl` alone; here a failure must end the script, and progress is noise.
    text = "".join(lines).replace("\ncurl ", "\ncurl -sS ")
    (folder / "all.sh").write_text(f"set -e\n{text}", encoding="utf-8")


def _php(steps: Steps, folder: Path) -> None:
    parts = [
        f"echo '{MARK}{name}', PHP_EOL;\n(function () {{\n{program.removeprefix('<?php')}}})();\n"
        for name, program in steps
    ]
    (folder / "all.php").write_text("<?php\n" + "".join(parts), encoding="utf-8")


def _javascript(steps: Steps, folder: Path) -> None:
    parts = [
        f'console.log("{MARK}{name}");\nawait (async () => {{\n{program}}})();\n'
        for name, program in steps
    ]
    (folder / "all.mjs").write_text("".join(parts), encoding="utf-8")


def _csharp(steps: Steps, folder: Path) -> None:
    using = {"using System.Threading.Tasks;"}
    methods, calls = [], []
    for number, (name, program) in enumerate(steps):
        head, _, body = program.partition("\n\n")
        using |= set(head.splitlines())
        methods.append(f"static async Task Step{number}() {{\n{body}}}\n")
        calls.append(
            f'Console.WriteLine("{MARK}{name}"); Step{number}().GetAwaiter().GetResult();\n'
        )
    text = "\n".join(sorted(using)) + "\nstatic class Program {\n" + "".join(methods)
    text += f"static void Main() {{\n{''.join(calls)}}}\n}}\n"
    (folder / "all.cs").write_text(text, encoding="utf-8")


_PREPARED: Mapping[str, Callable[[Steps, Path], None]] = {
    "python": _python,
    "curl": _curl,
    "php": _php,
    "javascript": _javascript,
    "csharp": _csharp,
}
_COMMANDS: Mapping[str, list[list[str]]] = {
    "python": [[sys.executable, "all.py"]],
    "curl": [["sh", "all.sh"]],
    "php": [["php", "-d", "error_reporting=-1", "-d", "display_errors=1", "all.php"]],
    "javascript": [["node", "all.mjs"]],
    "csharp": [
        ["mcs", "-langversion:latest", "-r:System.Net.Http.dll", "-out:all.exe", "all.cs"],
        ["mono", "all.exe"],
    ],
}
INTERPRETERS: Mapping[str, Sequence[Any]] = {
    language: [command[0] for command in commands] for language, commands in _COMMANDS.items()
}
