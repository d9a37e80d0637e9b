"""The program's own settings: one table that the command line, the environment and docs share."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from .errors import SetupError

PREFIX = "MEGAAPI_MOCK_"
# The name by which every command of the kit knows the control token.
_CONTROL_TOKEN = "MEGAAPI_CONTROL_TOKEN"
# What a header carries as it is: spaces at its ends are lost, other letters in many encodings.
_IN_A_HEADER = re.compile(r"([!-~]([ -~]*[!-~])?)?")


def _setting(default: Any, help_: str, *, repeats: bool = False) -> Any:
    """A row of the table; one that `repeats` holds several values, separated by commas."""
    return field(default=default, metadata={"help": help_, "repeats": repeats})


def _limit(default: int, help_: str, *, unit: str = "bytes", beyond: str, least: int = 0) -> Any:
    """A row that bounds something; `beyond` says what happens there. docs/limits.md lists all.

    Nothing works with less than `least`.
    """
    limit = {"help": help_, "repeats": False, "unit": unit, "beyond": beyond, "least": least}
    return field(default=default, metadata=limit)


@dataclass(frozen=True)
class Settings:
    """Everything that is not a fact about the gateway; those are switches of the profile."""

    host: str = _setting("127.0.0.1", "address to listen on")
    port: int = _setting(8080, "port to listen on; 0 chooses a free one")
    profile: str = _setting(
        "code", "plan profile: code, start, business, token, admin, all, or a file"
    )
    world: str = _setting("default", "starting world: a name under fixtures/worlds, or a file")
    contacts: int = _setting(0, "made-up people added to the world")
    seed: int = _setting(-1, "seed for all generated ids; -1 chooses one at random")
    store: str = _setting(
        "memory",
        "where everything is kept: memory, or, so that a restart loses nothing, sqlite:///FILE or "
        "postgresql://USER:PASSWORD@HOST:PORT/DATABASE",
    )
    sync: str = _setting(
        "normal", "a database survives the end of the process (normal), or of the machine (full)"
    )
    shared: bool = _setting(
        False,
        "several processes on one postgresql:// database are one mock: each passes on what it is "
        "asked to the one that does the work, and takes its place when that one ends",
    )
    peer_address: str = _setting(
        "", "HOST or HOST:PORT by which the others that share the database reach this process"
    )
    workers: int = _setting(1, "server processes; only 1: for more, start each with --shared")
    strict: bool = _setting(False, "answer invalid requests with 422 and all violations")
    control_token: str = _setting(
        "", "X-Mock-Token the control API requires beyond loopback; on loopback it needs none"
    )
    allow_webhook_host: str = _setting(
        "",
        "host that webhooks may go to, whatever the switch webhook_hosts says; where --host is not "
        "loopback, all but this machine has to be named: a name, *.example.com, an address or a "
        "network; may be given several times",
        repeats=True,
    )
    # Also in `spec/plans.py`; a test compares the two.
    admin_token: str = _setting(
        "TESTKEYADMIN", "token that administers all instances, in profiles admin and all"
    )
    journal_limit: int = _limit(
        5_000,
        "exchanges the journal keeps, and as many deliveries",
        unit="records",
        beyond="the oldest records go",
    )
    journal_bytes: int = _limit(
        32 * 2**20,
        "bytes each of the two may take: bodies, headers, answers of receivers",
        beyond="the oldest records go; event streams have a quarter of it besides",
    )
    messages_limit: int = _limit(
        100_000,
        "messages an instance keeps",
        unit="messages",
        beyond="the oldest messages go: nobody can quote, edit or acknowledge them any more",
    )
    messages_bytes: int = _limit(
        64 * 2**20,
        "bytes of messages an instance keeps, with what each phone of a group says of them; and as "
        "many of groups, of pictures, of people and chats it remembers",
        beyond="the oldest messages and pictures go; a group, person or chat that does not fit is "
        "refused",
    )
    all_messages_bytes: int = _limit(
        256 * 2**20,
        "bytes of messages, groups, people and chats all instances keep",
        beyond="the oldest messages of the instance that gets more go, down to its share: "
        "this limit divided by that of instances",
    )
    media_bytes: int = _limit(
        256 * 2**20,
        "bytes of media all instances keep",
        beyond="the oldest files go: they answer as expired media does",
    )
    points_bytes: int = _limit(
        8 * 2**20,
        "bytes of earlier states kept to go back to (rewind); 0 keeps none",
        beyond="the oldest states go: nobody can rewind to them any more",
    )
    request_seconds: int = _limit(
        120,
        "seconds within which a whole request must come, headers and body",
        unit="seconds",
        least=1,
        beyond="408, and the connection is closed; one with half its headers is closed after 30 s",
    )
    answer_seconds: int = _limit(
        120,
        "seconds in which a client must read at least 64 KiB of a long answer",
        unit="seconds",
        least=1,
        beyond="the connection is closed, whatever is left of the answer",
    )
    url_bytes: int = _limit(16 * 2**10, "bytes of a URL: path and query", beyond="414", least=1)
    header_bytes: int = _limit(
        64 * 2**10,
        "bytes of a request's headers, its first line included",
        least=1,
        beyond="431; granian notices at the end of what it reads at once, up to twice as much",
    )
    headers_limit: int = _limit(
        100,
        "headers of a request; 100 at most where granian serves",
        unit="headers",
        least=1,
        beyond="431",
    )
    bodies_bytes: int = _limit(
        96 * 2**20,
        "bytes that large bodies of all calls together may have in memory",
        beyond="another body above 64 KiB waits 10 s, then 503 with `Retry-After`",
    )
    state_bytes: int = _limit(
        512 * 2**20,
        "bytes of the largest state that can be saved or loaded",
        beyond="413",
    )
    instances_limit: int = _limit(
        10_000,
        "instances that can exist at the same time",
        unit="instances",
        beyond="409: delete some first",
    )
    outbox_limit: int = _limit(
        50_000,
        "deliveries that can wait, and as many held by chaos",
        unit="webhooks",
        beyond="another webhook ends as `dropped`",
    )
    outbox_bytes: int = _limit(
        64 * 2**20,
        "bytes of payload that can wait, and be held by chaos",
        beyond="another webhook ends as `dropped`",
    )
    spec: str = _setting("", "folder with the contract instead of the packaged one")
    fixtures: str = _setting("", "folder with fixtures instead of the packaged one")
    quiet: bool = _setting(False, "do not print a line per exchange and delivery")
    log: str = _setting("text", "lines for people (text), or one JSON object per line (json)")
    log_private: bool = _setting(
        False, "print keys, tokens, phone numbers and texts too; with --log json bodies as well"
    )

    def __post_init__(self) -> None:
        require_control_token(self.control_token)
        self._require_limits()

    def _require_limits(self) -> None:
        """SetupError for a limit that nothing can keep to: a number below zero, or below one."""
        for setting in fields(self):
            least, value = setting.metadata.get("least"), getattr(self, setting.name)
            if least is not None and value < least:
                option = f"--{setting.name.replace('_', '-')}"
                raise SetupError(f"{option} {value}: use a whole number from {least} on")


def require_control_token(token: str) -> None:
    """SetupError for a control token that no client can send as it is."""
    if not _IN_A_HEADER.fullmatch(token):
        raise SetupError(
            f"--control-token (or {_CONTROL_TOKEN}) has to fit in a header, X-Mock-Token: use "
            "letters without accents, digits and signs of ASCII, and no space at an end"
        )


def from_environment(environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The settings given as MEGAAPI_MOCK_<NAME>, the control token as MEGAAPI_CONTROL_TOKEN too.

    SetupError names a value that does not fit.
    """
    variables = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    if _CONTROL_TOKEN in variables:
        values["control_token"] = variables[_CONTROL_TOKEN]
    for setting in fields(Settings):
        name = f"{PREFIX}{setting.name.upper()}"
        if name in variables:
            values[setting.name] = parse_value(name, variables[name], type(setting.default))
    return values


def switches_from_environment(environment: Mapping[str, str] | None = None) -> list[str]:
    """NAME=VALUE texts of MEGAAPI_MOCK_SET, separated by semicolons."""
    variables = os.environ if environment is None else environment
    texts = variables.get(f"{PREFIX}SET", "").split(";")
    return [text.strip() for text in texts if text.strip()]


def parse_value(name: str, text: str, kind: type) -> Any:
    """A value of the setting's own type."""
    if kind is bool:
        if text.lower() in ("1", "true", "yes", "on"):
            return True
        if text.lower() in ("0", "false", "no", "off", ""):
            return False
        raise SetupError(f"{name}={text!r} must be true or false")
    if kind is int:
        try:
            return int(text)
        except ValueError:
            raise SetupError(f"{name}={text!r} is not a whole number") from None
    return text
