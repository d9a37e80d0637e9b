"""One call in several languages: programs that run as they stand, without a package of ours."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .calls import CallExample

_WIDTH = 88


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the examples; `program` writes a call in it."""

    id: str
    name: str
    program: Callable[[CallExample], str]


def curl(call: CallExample) -> str:
    """For a POSIX shell."""
    words = _curl_words(call)
    if call.body is not None and len(words[-1][1]) >= _WIDTH:
        words[-1][1] = json.dumps(call.body, ensure_ascii=False, indent=2)
    if call.file:
        words.append(["-o", call.file])
    return " \\\n  ".join(shlex.join(line) for line in words) + "\n"


def curl_line(call: CallExample) -> str:
    """The same on one line; what it answers is printed."""
    return shlex.join(word for words in _curl_words(call) for word in words)


def _curl_words(call: CallExample) -> list[list[str]]:
    """An option with its value in each list; the body in the last one."""
    method = [] if call.method == "GET" else ["-X", call.method]
    words = [["curl", *method, call.url]]
    words += [["-H", f"{name}: {value}"] for name, value in call.headers.items()]
    if call.upload is not None:
        return [*words, ["-F", "=@".join(call.upload)]]
    return words if call.body is None else [*words, ["-d", _json(call.body)]]


def python(call: CallExample) -> str:
    """Python 3 with `requests`."""
    lines = ["import requests", ""]
    arguments = [repr(call.url)]
    headers = {name: value for name, value in call.headers.items() if name != "Content-Type"}
    if headers:
        arguments.append(f"headers={_python(headers, 1)}")
    if call.body is not None:
        arguments.append(f"json={_python(call.body, 1)}")
    if call.upload is not None:
        part, path = call.upload
        arguments.append(f"files={{{part!r}: open({path!r}, 'rb')}}")
    lines.append(f"answer = requests.{call.method.lower()}(")
    lines += [f"    {each}," for each in [*arguments, "timeout=30"]]
    lines.append(")")
    if call.file:
        lines += [f'with open("{call.file}", "wb") as file:', "    file.write(answer.content)"]
        lines.append("print(answer.status_code)")
    else:
        lines.append("print(answer.status_code, answer.text)")
    return "\n".join(lines).replace("'", '"' if _plain(call) else "'") + "\n"


def php(call: CallExample) -> str:
    """PHP 7.4 or newer with its curl extension."""
    lines = ["<?php"]
    if call.body is not None:
        lines.append(f"$body = {_php(call.body, 0)};")
    lines += [f"$curl = curl_init({_php(call.url, 0)});", "curl_setopt_array($curl, ["]
    lines.append(f"    CURLOPT_CUSTOMREQUEST => {_php(call.method, 0)},")
    lines.append("    CURLOPT_RETURNTRANSFER => true,")
    headers = [f"{name}: {value}" for name, value in call.headers.items()]
    lines.append(f"    CURLOPT_HTTPHEADER => {_php(headers, 1)},")
    if call.body is not None:
        lines.append("    CURLOPT_POSTFIELDS => json_encode($body),")
    if call.upload is not None:
        part, path = map(_php_text, call.upload)
        lines.append(f"    CURLOPT_POSTFIELDS => [{part} => new CURLFile({path})],")
    lines += ["]);", "$answer = curl_exec($curl);"]
    status = "echo curl_getinfo($curl, CURLINFO_RESPONSE_CODE), "
    if call.file:
        lines += [f"file_put_contents({_php(call.file, 0)}, $answer);", f"{status}PHP_EOL;"]
    else:
        lines.append(f"{status}' ', $answer, PHP_EOL;")
    return "\n".join(lines) + "\n"


def javascript(call: CallExample) -> str:
    """Node 18 or newer as a module (`.mjs`); also a Code node of n8n."""
    lines = []
    if call.upload is not None:
        part, path = map(_json, call.upload)
        lines.append('const { readFile } = await import("node:fs/promises");')
        lines.append("const form = new FormData();")
        lines.append(f"form.append({part}, new Blob([await readFile({path})]), {path});")
    lines.append(f"const answer = await fetch({_json(call.url)}, {{")
    lines.append(f"  method: {_json(call.method)},")
    lines.append(f"  headers: {_javascript(call.headers, 1)},")
    if call.body is not None:
        lines.append(f"  body: JSON.stringify({_javascript(call.body, 1)}),")
    if call.upload is not None:
        lines.append("  body: form,")
    lines.append("});")
    if call.file:
        lines.append('const { writeFile } = await import("node:fs/promises");')
        lines.append("const bytes = Buffer.from(await answer.arrayBuffer());")
        lines.append(f"await writeFile({_json(call.file)}, bytes);")
        lines.append("console.log(answer.status);")
    else:
        lines.append("console.log(answer.status, await answer.text());")
    return "\n".join(lines) + "\n"


def csharp(call: CallExample) -> str:
    """C# with HttpClient, as the statements of a program (.NET 6 or newer)."""
    spaces = ["System", "System.Net.Http", "System.Net.Http.Headers"]
    spaces += ["System.Text"] if call.body is not None else []
    spaces += ["System.IO"] if call.file or call.upload else []
    lines = [*(f"using {name};" for name in sorted(spaces)), "", "var client = new HttpClient();"]
    scheme, _, token = call.headers.get("Authorization", "").partition(" ")
    if token:
        lines.append("client.DefaultRequestHeaders.Authorization =")
        lines.append(f"    new AuthenticationHeaderValue({_json(scheme)}, {_json(token)});")
    method = f"new HttpMethod({_json(call.method)})"
    lines.append(f"var request = new HttpRequestMessage({method},")
    lines.append(f"    {_json(call.url)});")
    if call.body is not None:
        text = json.dumps(call.body, ensure_ascii=False, indent=2).replace('"', '""')
        lines.append(f'var body = @"{text}";')
        kind = _json(call.headers["Content-Type"])
        lines.append(f"request.Content = new StringContent(body, Encoding.UTF8, {kind});")
    if call.upload is not None:
        part, path = map(_json, call.upload)
        lines.append("var form = new MultipartFormDataContent();")
        lines.append(f"form.Add(new ByteArrayContent(File.ReadAllBytes({path})), {part}, {path});")
        lines.append("request.Content = form;")
    lines.append("var answer = await client.SendAsync(request);")
    if call.file:
        lines.append("var bytes = await answer.Content.ReadAsByteArrayAsync();")
        lines.append(f"File.WriteAllBytes({_json(call.file)}, bytes);")
        lines.append("Console.WriteLine((int)answer.StatusCode);")
    else:
        lines.append("var text = await answer.Content.ReadAsStringAsync();")
        lines.append('Console.WriteLine((int)answer.StatusCode + " " + text);')
    return "\n".join(lines) + "\n"


LANGUAGES = (
    Language("curl", "curl", curl),
    Language("python", "Python", python),
    Language("php", "PHP", php),
    Language("javascript", "JavaScript", javascript),
    Language("csharp", "C#", csharp),
)


@dataclass(frozen=True, slots=True)
class _Style:
    """How a language writes objects, lists and single values."""

    indent: str
    object: tuple[str, str]
    list: tuple[str, str]
    pair: str
    scalar: Callable[[Any], str]
    key: Callable[[str], str]
    empty: str


def _literal(value: Any, style: _Style, depth: int) -> str:
    """On one line where that is short, else one line for each field."""
    if isinstance(value, Mapping):
        pairs = [
            f"{style.key(name)}{style.pair}{_literal(inner, style, depth + 1)}"
            for name, inner in value.items()
        ]
        return _bracket_parts(pairs, style.object, style, depth) if pairs else style.empty
    if isinstance(value, list | tuple):
        items = [_literal(inner, style, depth + 1) for inner in value]
        return _bracket_parts(items, style.list, style, depth)
    return style.scalar(value)


def _bracket_parts(parts: list[str], brackets: tuple[str, str], style: _Style, depth: int) -> str:
    opening, closing = brackets
    space = " " if opening == "{" and style is _JAVASCRIPT and parts else ""
    line = f"{opening}{space}{', '.join(parts)}{space}{closing}"
    if len(line) + len(style.indent) * depth <= _WIDTH - 12 and "\n" not in line:
        return line
    inner = style.indent * (depth + 1)
    lines = "".join(f"{inner}{part},\n" for part in parts)
    return f"{opening}\n{lines}{style.indent * depth}{closing}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _php_text(value: Any) -> str:
    if isinstance(value, str):
        # Control characters are written only between double quotes.
        if any(ord(letter) < 32 for letter in value):
            return _json(value).replace("$", "\\$")
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return _json(value)


def _javascript_key(name: str) -> str:
    return name if name.isascii() and name.isidentifier() else _json(name)


_PYTHON = _Style("    ", ("{", "}"), ("[", "]"), ": ", repr, repr, "{}")
_PHP = _Style("    ", ("[", "]"), ("[", "]"), " => ", _php_text, _php_text, "new stdClass()")
_JAVASCRIPT = _Style("  ", ("{", "}"), ("[", "]"), ": ", _json, _javascript_key, "{}")


def _python(value: Any, depth: int) -> str:
    return _literal(value, _PYTHON, depth)


def _php(value: Any, depth: int) -> str:
    return _literal(value, _PHP, depth)


def _javascript(value: Any, depth: int) -> str:
    return _literal(value, _JAVASCRIPT, depth)


def _plain(call: CallExample) -> bool:
    """Whether no quote stands in any text, so that all of them can be double ones."""
    text = json.dumps([call.body, call.url], ensure_ascii=False)
    return "'" not in text and '\\"' not in text
