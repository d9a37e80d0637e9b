"""What a run is asked to do, checked before anything is sent."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from megaapi_mock.domain.jid import is_number
from megaapi_mock.errors.names import did_you_mean
from megaapi_mock.errors.shown_address import shown_address
from megaapi_mock.spec.plans import PLAN_NAMES

from ..errors import SetupError
from ..judging.phone_spellings import without_repeats
from ..safety.fence import EFFECTS, digits_of
from ..safety.recipients import read_number

# Random requests per operation, so many good and so many bad ones.
EXAMPLES, EXAMPLES_QUICK = 40, 4
# Chains of calls along the contract's links.
CHAINS, CHAINS_QUICK = 15, 5
# What an instance is called in a path, and what a header can hold: no sentence shows either.
_KEY = re.compile(r"[A-Za-z0-9_.-]+")
_SECRET = re.compile(r"[!-~]*")
# A day, in seconds: what every timer can hold.
MAX_SECONDS = 86_400.0


@dataclass(frozen=True)
class RunOptions:
    """Everything `megaapi-contract run` can be told. SetupError says what does not fit together.

    `timeout` and `pace` are seconds; `pace` None means one second on real hosts, none on mocks.
    """

    target: str
    key: str = ""
    token: str = field(default="", repr=False)
    # Both numbers are for hosts whose status does not show them.
    number: str = ""
    peer_key: str = ""
    peer_token: str = field(default="", repr=False)
    peer_target: str = ""
    peer_number: str = ""
    allow: frozenset[str] = frozenset({"reads"})
    recipients: tuple[str, ...] = ()
    seed: int = 0
    quick: bool = False
    strict: bool = False
    gateway_plan: str = "code"
    timeout: float = 30.0
    pace: float | None = None
    max_messages: int = 40
    max_groups: int = 1
    probes: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    control_api: bool = True
    # A person at the terminal does what only a phone can do.
    ask: bool = False
    control_token: str = field(default="", repr=False)
    webhook_port: int = 0
    webhook_host: str = "127.0.0.1"
    webhook_url: str = ""
    forward: bool = False
    media_url: str = ""
    spec: Path | None = None
    # Only what shows how a host decides what the contract leaves open.
    fitting: bool = False

    def __post_init__(self) -> None:
        unknown = self.allow - set(EFFECTS)
        if unknown:
            name = min(unknown)
            guess = did_you_mean(name, EFFECTS)
            raise SetupError(f"--allow {name}: {guess}it takes {', '.join(EFFECTS[1:])}")
        # As they are written into requests: nothing but digits.
        numbers = tuple(_digits("--recipient", number) for number in self.recipients)
        object.__setattr__(self, "recipients", without_repeats(numbers))
        for option, name in (("--instance-number", "number"), ("--peer-number", "peer_number")):
            if number := getattr(self, name):
                object.__setattr__(self, name, _digits(option, number))
        if self.gateway_plan not in PLAN_NAMES:
            guess = did_you_mean(self.gateway_plan, PLAN_NAMES)
            raise SetupError(
                f"--gateway-plan {self.gateway_plan}: {guess}it takes {', '.join(PLAN_NAMES)}"
            )
        self._check_limits()
        if self.forward and "changes" not in self.allow:
            raise SetupError("--forward is for webhooks that the run redirects: --allow changes")
        self._check_secrets()
        self._check_peer()
        self._check_ask()
        if self.webhook_url:
            self._check_webhook_url()
        if self.media_url:
            self._check_address("--media-url", self.media_url)

    def _check_limits(self) -> None:
        if not all(
            math.isfinite(value) and value <= MAX_SECONDS
            for value in (self.timeout, self.pace or 0)
        ):
            raise SetupError(f"--timeout and --pace take at most {MAX_SECONDS:g} seconds")
        if self.timeout <= 0 or min(self.max_messages, self.max_groups, self.pace or 0) < 0:
            raise SetupError(
                "--timeout must be above 0, --max-messages, --max-groups and --pace not below"
            )

    def _check_secrets(self) -> None:
        for option, secret in (
            ("--token", self.token),
            ("--peer-token", self.peer_token),
            ("--control-token", self.control_token),
        ):
            if not _SECRET.fullmatch(secret):
                raise SetupError(
                    f"{option}: a blank, a line end or a letter beyond ASCII is in it: copy it "
                    "again, without anything around it and without `Bearer`"
                )

    def _check_peer(self) -> None:
        if not (self.peer_key or self.peer_token or self.peer_target or self.peer_number):
            return
        if self.target == "mock":
            raise SetupError(
                "--peer-instance-key is for hosts: in this process the suite acts for customers "
                "itself"
            )
        if not (self.peer_key and self.peer_token):
            raise SetupError(
                "a second instance needs --peer-instance-key and --peer-token, or "
                "MEGAAPI_PEER_INSTANCE_KEY and MEGAAPI_PEER_TOKEN in the environment"
            )
        _require_key("--peer-instance-key", self.peer_key)

    def _check_ask(self) -> None:
        if not self.ask:
            return
        if self.target == "mock":
            raise SetupError(
                "--ask is for hosts: in this process the suite acts for the phones itself"
            )
        if not self.recipients:
            raise SetupError("--ask needs --recipient: the number of the person who is asked")

    @staticmethod
    def _check_address(option: str, url: str) -> SplitResult:
        option_text = f"{option} {shown_address(url)}"
        try:
            parts = urlsplit(url)
            usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            raise SetupError(f"{option_text}: this is not an address") from None
        if not usable:
            raise SetupError(f"{option_text}: give an address like https://files.example.test")
        return parts

    def _check_webhook_url(self) -> None:
        option_text = f"--webhook-url {shown_address(self.webhook_url)}"
        parts = self._check_address("--webhook-url", self.webhook_url)
        if parts.query or parts.fragment or parts.username:
            raise SetupError(f"{option_text}: give only scheme, host, port and path")
        if self.target == "mock":
            raise SetupError(
                f"{option_text}: the mock in this process hands webhooks over by itself"
            )
        if not self.webhook_port:
            raise SetupError(f"{option_text}: name the port here that it leads to (--webhook-port)")

    @property
    def examples(self) -> int:
        """How many good, and how many bad, random requests each operation gets."""
        return EXAMPLES_QUICK if self.quick else EXAMPLES

    @property
    def chains(self) -> int:
        """How many chains of calls are tried."""
        return CHAINS_QUICK if self.quick else CHAINS

    def require_instance(self) -> None:
        """SetupError when a host outside this process is named without an instance."""
        if not self.key or not self.token:
            raise SetupError(
                f"{self.target} needs --instance-key and --token, or MEGAAPI_INSTANCE_KEY "
                "and MEGAAPI_TOKEN in the environment"
            )
        _require_key("--instance-key", self.key)
        if "sends" in self.allow and not (self.recipients or self.peer_key):
            raise SetupError("--allow sends needs --recipient: whom may the run write to?")

    def public_values(self) -> Mapping[str, str]:
        """The options as reports show them, without private values."""
        options = {
            "allow": ", ".join(sorted(self.allow)),
            "recipients": str(len(self.recipients)),
            "quick": "yes" if self.quick else "no",
            "strict": "yes" if self.strict else "no",
            "plan": self.gateway_plan,
        }
        return options | self._unusual()

    def _unusual(self) -> dict[str, str]:
        """The options with unusual values that influence a run."""
        usual = RunOptions(self.target)
        texts = {
            "control API": "" if self.control_api else "no",
            "max messages": _if_unusual(self.max_messages, usual.max_messages),
            "max groups": _if_unusual(self.max_groups, usual.max_groups),
            "forward": "yes" if self.forward else "",
            "second instance": "yes" if self.peer_key else "",
            "ask": "yes" if self.ask else "",
            "timeout": _if_unusual(math.ceil(self.timeout), math.ceil(usual.timeout)),
        }
        for name in ("media_url", "webhook_url", "webhook_port", "control_token", "spec"):
            texts[name.replace("_", " ")] = "yes" if getattr(self, name) else ""
        texts["webhook host"] = "yes" if self.webhook_host != usual.webhook_host else ""
        return {name: text for name, text in texts.items() if text}


def _digits(option: str, number: str) -> str:
    """A number as requests have it; SetupError where it is none."""
    digits = min(digits_of([read_number(number)]))
    if "@lid" in number or not is_number(digits):
        raise SetupError(f"{option} {number}: give 8 to 15 digits, country code first")
    return digits


def _require_key(option: str, key: str) -> None:
    if not _KEY.fullmatch(key) or ".." in key:
        raise SetupError(
            f"{option}: it takes letters, digits, '-', '_' and '.', so this is not one: "
            "copy it again, without blanks, slashes and line ends"
        )


def _if_unusual(value: int, usual: int) -> str:
    return "" if value == usual else str(value)
