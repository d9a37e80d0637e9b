"""The sentences that the sources of the mock refuse with, as the control API says them."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import megaapi_mock
import yaml
from megaapi_mock.handlers import file_check
from megaapi_mock.simulation import contact_events
from megaapi_mock.spec.value_types import mismatch
from megaapi_mock.webhooks.chaos import chaos_options
from megaapi_mock.webhooks.http.client import IN_CONTAINER

SOURCES = Path(megaapi_mock.__file__).parent
# What is raised, or returned, with a sentence that a user of the page reads.
REFUSALS = frozenset({
    "AddressRefused", "AlreadyLoggedIn", "BadRequest", "Conflict", "ControlRefused",
    "DeliveryFailed", "Forbidden",
    "GroupNotFound", "HandledFailure", "Impossible", "Invalid", "NotAMember",
    "NotAuthorized", "NotLoggedIn", "NumberNotRegistered", "OutOfRange", "Overloaded",
    "PayloadTooLarge", "RequestTimeout", "StoreUnavailable", "Unauthorized",
    "UnknownInstance", "UnknownRoute", "Unreachable", "Unreadable", "Unusable", "UnsupportedMedia",
    "UnusableAddress",
})  # fmt: skip
# Functions that return what is wrong as a sentence, or None.
PROBLEMS = frozenset({"base64_problem", "_something_else", "_list_problem", "_mismatch"})
# What a sentence is called before it is raised.
SENTENCES = frozenset({"reason", "problem"})
# Stands for a value: what differs from one refusal to the next.
VALUE = "X1"
BEGINNINGS = (
    "is an HTML page", "is an XML document", "is compressed with gzip", "is text: 'no'",
    "looks like JSON", "is Ogg without Opus",
)  # fmt: skip
# Sources whose sentences no page shows.
ELSEWHERE = {
    "web/control/control_client.py": "for programs that drive a mock",
    "commands/": "the command line speaks English",
    "worlds/": "the mock does not start",
    "spec/validate.py": "the mock does not start",
    "web/control/guard.py": "for other pages and machines; the test names the rest",
    "web/control/operation_input.py": "a query that the page does not write",
    "store/sql/": "trouble of the disk, in the words of SQLite",
    "domain/peer_messages.py": "a bug of the mock",
}
# What a field can be asked to be.
TYPES, WORDS = ("string", "integer", "number", "boolean", "array"), {"string", "integer"}
# Behind a token that is not the instance's; what is wrong with JSON; what a body was meant to be.
TOKEN_HINTS = (
    ": it is empty",
    ": the word Bearer stands twice",
    ": nothing has been put in for its placeholder",
    ": it is the instance's key",
    ": there are quotation marks or brackets around it",
    ": capital and small letters differ",
)
JSON_PROBLEMS = (
    "byte 9 of it is 0xe1, which is not UTF-8",
    "trailing comma is not allowed: line 1 column 2 (char 1)",
    "unexpected control character in string: line 1; a line break inside a string is written \\n",
    'unexpected character, expected a string key: line 1; a string stands in double quotes, "',
    "unexpected character, expected ',' or '}': line 1; a comma is missing, or a quote inside a "
    'string is not written \\"',
    "unexpected character, expected a JSON value: line 1; undefined is not JSON",
    "unexpected character, expected a JSON value: line 1; there is no value",
    "unexpected character, expected a JSON value: line 1; it is an object turned into text: "
    "encode it as JSON",
    "unexpected character, expected a JSON value: line 1; it begins with '='",
)
BODY_HINTS = (
    "'a' is called 'b' here",
    "'a', 'b' must stand inside 'c'",
    "unknown fields 'a', 'b' (known: c, d)",
    "write the number in quotes",
    "write the number without quotes",
    "write true without quotes",
    "write -23.5",
    "write it as a list, [...]",
    "write it as an object, {...}",
    'it is a Buffer of Node.js: write buffer.toString("base64")',
    "it is a string that holds JSON: encode it once",
    "it is an object turned into text: encode it as JSON",
    "'a' was expected, not 'b'",
    "'a' does not match '^b$'",
)
# Nothing but values and a word or two: what comes of them is in COMPOSED.
HOLLOW = {
    "message: X1 X1",
    "X1 X1 X1: nothing to X1",
    "X1; X1 X1: log out first",
    "X1, and X1 cannot be done on the instance's own phone",
    "event: there is no X1; X1there are X1",
    "event: X1 is not something a contact does; X1",
    "code: X1 X1",
    "there is no operation X1: X1see /_mock/operations",
    "there is no event X1: X1see /_mock/events",
    "X1 (spec/X1)",
    "set: X1 must be X1",
    "X1 X1 blank: a phone shows nothing there",
    "the Authorization header must be 'Bearer <token>': X1",
    "X1 is read as a group because of the hyphen, and not looked upX1",
}
# Sentences of several parts, or of parts that are chosen while the mock runs.
COMPOSED = (
    "h is at 10.0.0.1, and a mock that listens on 0.0.0.0 fetches files only from public "
    "addresses: start it with --allow-webhook-host h",
    "h is at 10.0.0.1, and a mock that listens on 0.0.0.0 sends webhooks only to its own machine: "
    "start it with --allow-webhook-host h",
    "120363000000000099@newsletter is a channel: only who owns it writes there, and this gateway "
    "has no operation for it; a bot skips webhooks whose key.remoteJid ends in @newsletter",
    "55011900000002@s.whatsapp.net has no WhatsApp account in this world: 55011900000002 contains "
    "a dialling prefix (0 or 00), 5511900000002?",
    "11-900000002@g.us is read as a group because of the hyphen: a number is written as digits "
    "alone, 5511900000002?",
    "message: A1 reached no phone: blocked",
    "a is blank: a phone shows nothing there",
    "a is blank: a phone shows nothing there; sent all the same",
    "a, b are blank: a phone shows nothing there; sent all the same",
    "message: A1 reached no phone: blocked by K1",
    "message A1 is the instance's own: others read it, and say so by acks",
    "A1 is in G1: nothing to add",
    "A1 is not in G1: nothing to remove",
    "a QR code is shown only while no phone is linked; K1 is linked, and restarting: log out first",
    "from: 1 is the instance's own number, and call cannot be done on the instance's own phone",
    "event: there is no 'a'; did you mean 'b'? there are b, c",
    "event: 'a' is not something a contact does; did you mean 'b'? there are b, c",
    "event: 'a' is not something a contact does; the gateway causes it: link it",
    "there is no operation 'a': did you mean 'b'? see /_mock/operations",
    "there is no operation 'a': see /_mock/operations",
    "A1 is read as a group because of the hyphen, and not looked up",
    "K1 has no webhook switched on: set one with configWebhook",
    "nothing suits in A1: nobody has written there yet",
    "resend of d1",
    "type 'a' is not a media type: image; sent as a document",
    *(
        f"set: {name} must be {contact_events._TYPE_NAMES[kind]}"
        for name, kind in contact_events._SETTINGS.items()
    ),
    f'set: a.b {mismatch([1], {"object", "null"})}; "force": true sets it anyway',
    'set: a.x is not a field of a: did you mean a.b?; "force": true sets it anyway',
    'set: a.x is not a field of a: there are b, c; "force": true sets it anyway',
    *(
        f'set: a.b {mismatch({"c": 1}, kinds)}; "force": true sets it anyway'
        for kinds in (*({name} for name in TYPES), *({name, "null"} for name in TYPES), WORDS)
    ),
    *(f"{name}: must be {words}" for name, words in chaos_options._IN_WORDS.items()),
    *(f"the file is not {name}, it begins with 00" for _, name in file_check._SHOWN.values()),
    *(f"cannot be shown: the file is not audio, it {how}" for how in BEGINNINGS),
    "the message stops at the phone: the file has 0 bytes",
    "the message stops at the phone: the JPEG file ends early: its last part is missing",
    "the message stops at the phone: the MP4 file has no part `moov`: a phone finds "
    "nothing to show",
    "message: A1 reached no phone: only admins write there",
    "yaml: line 1: the file cannot be read",
    *(f"the bearer token is not the one of K1{hint}" for hint in TOKEN_HINTS),
    "the Authorization header must be 'Bearer <token>': there is none",
    "the Authorization header must be 'Bearer <token>': its scheme is 'Basic'",
    "the Authorization header must be 'Bearer <token>': the word Bearer is missing",
    *(f"the body is not JSON: {problem}" for problem in JSON_PROBLEMS),
    "the body is JSON, but neither an object nor a list; it is a string that holds JSON: encode "
    "it once",
    *(f"messageData: {hint} (spec/a.yaml)" for hint in BODY_HINTS),
    "the body was read as a form: Content-Type a/b; it looks like JSON: send it as Content-Type "
    "c/d",
    "A1 is not a group of K1: @g.us is for groups, a person is 5511900000002",
    "A1 has no WhatsApp account in this world: 1203 is the id of a group, which is written 1@g.us",
    "row 1 of section 1 has no title: nothing to read there; sent all the same",
    "rowId 'a' stands at 2 choices: an answer does not tell them apart; sent all the same",
    "latitude 91 is on no map: from -90 to 90; sent all the same",
    "POST /a is an operation of plan start and token, not of plan code: serve it with --profile a",
    "POST /a is an operation of plan token, not of plan code: serve it with --profile token",
    "POST /a is not an operation of plan code; did you mean POST /b? That is an operation of plan "
    "start, business and token, not of plan code: serve it with --profile start",
    "POST /a is not an operation of plan code; did you mean POST /b? That is an operation of plan "
    "token, not of plan code: serve it with --profile token",
    "GET /a is not an operation of plan code; no document of the vendor has it; did you mean B?",
    "there is no event 'a': did you mean b? see /_mock/events",
    f"nothing listens at localhost:1 (connection refused){IN_CONTAINER}",
    "body: Content-Type a/b: send the file as c/d, in the part `file` (spec/e.yaml)",
)
# A sentence that stands elsewhere, behind the field that it is about.
ONLY_VALUE = re.compile(rf"(?:[\w.]+: )?{VALUE}")


def sentences() -> list[str]:
    """Each sentence that a user of the page may read."""
    spoken = {
        sentence
        for path in sorted(SOURCES.rglob("*.py"))
        if not path.relative_to(SOURCES).as_posix().startswith(tuple(ELSEWHERE))
        for sentence in _of(ast.parse(path.read_text("utf-8")))
    }
    assert spoken >= HOLLOW, HOLLOW - spoken
    return [*sorted(spoken - HOLLOW), *COMPOSED, *_of_yaml()]


def _of_yaml() -> Iterator[str]:
    """What the reader of conversation files has against them."""
    for module in (yaml.scanner, yaml.parser, yaml.composer):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Call) and _name(node.func).endswith("Error"):
                text = node.args[2].left if isinstance(node.args[2], ast.BinOp) else node.args[2]
                if isinstance(text, ast.Constant):
                    yield f"yaml: line 1: {re.sub('%[rsd]', VALUE, str(text.value))}"


def _of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        spoken: list[ast.expr] = []
        if isinstance(node, ast.FunctionDef) and node.name in PROBLEMS:
            returns = (each for each in ast.walk(node) if isinstance(each, ast.Return))
            spoken = [each.value for each in returns if each.value is not None]
        elif isinstance(node, ast.Call) and (_name(node.func) in REFUSALS or _is_note(node.func)):
            spoken = [*node.args, *(each.value for each in node.keywords if each.arg == "reason")]
        elif isinstance(node, ast.Assign) and _name(node.targets[0]) in SENTENCES:
            spoken = [node.value]
        for expression in spoken:
            text = _text(expression)
            if text is not None and not ONLY_VALUE.fullmatch(text):
                yield text


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _is_note(function: ast.expr) -> bool:
    """Whether it is `call.note`: what a call that was accepted is told all the same."""
    is_note = isinstance(function, ast.Attribute) and function.attr == "note"
    return is_note and _name(function.value) == "call"


def _text(node: ast.expr) -> str | None:
    """The text of a literal, with values in its holes; None for anything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if not isinstance(node, ast.JoinedStr):
        return None
    return "".join(part.value if isinstance(part, ast.Constant) else VALUE for part in node.values)
