"""What was probably meant by a path that is not there: the sentence beside a 404."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from pathlib import Path
from typing import Any

from ...errors import SpecError
from ...errors.names import LENGTH_MOST
from ...spec.bundle import read_yaml
from ...spec.operations import Operation

KEY = "{instance_key}"
# Words that say nothing about which operation is meant.
_GENERIC = frozenset(
    "rest send message messages participant participants group groups chat instance to".split()
)
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
# Two spellings of one word, and not two words: `promote` and `remove` have 0.62.
_SAME_WORD = 0.8


@dataclass(frozen=True, slots=True)
class Route:
    """A path somebody knows, who has it, and what to call in its place."""

    method: str
    path: str
    plans: tuple[str, ...] = ()
    offered: bool = False
    # Whether this mock answers it under another profile.
    served: bool = False
    instead: str = ""

    @property
    def shown(self) -> str:
        """Method and path."""
        return f"{self.method} {self.path}"

    @property
    def segments(self) -> tuple[str, ...]:
        """The parts of the path."""
        return tuple(self.path.strip("/").split("/"))

    @property
    def controller(self) -> str:
        """What kind of operation it is: the part behind `rest`."""
        return self.segments[1] if len(self.segments) > 1 else ""

    @property
    def action(self) -> str:
        """The part that names the operation; empty for those named by their controller alone."""
        named = [part for part in self.segments[2:] if part != KEY]
        return named[-1] if named else ""


_MISSING = "this mock does not have it"


class RouteHints:
    """Knows every route of the contract, of other plans, and of clients that guess."""

    def __init__(
        self,
        plan: str,
        contract: Sequence[Operation],
        offered: Sequence[Operation],
        fixtures: Path,
    ) -> None:
        self._plan, self._contract, self._fixtures = plan, contract, fixtures
        self._offered = {operation.address for operation in offered}

    def reason(self, method: str, path: str) -> str:
        """Why this is a 404, and what there is instead."""
        asked = f"{method} {path}"
        segments = _segments(path)
        for route in self._known:
            if route.method == method and not route.offered and _fits(route, segments, path):
                return f"{asked} {self._of_another_plan(route)}"
        wrong = f"{asked} is not an operation of plan {self._plan}"
        allowed = [route for route in self._known if _fits(route, segments, path)]
        if allowed:
            return f"{wrong}: {path} takes {self._methods(allowed)}"
        for route in self._guessed:
            if _fits(route, segments, path):
                return f"{wrong}; no document of the vendor has it{self._meant(route.instead)}"
        near = self._nearest(method, segments)
        return wrong if near is None else f"{wrong}{self._suggest(near)}"

    @cached_property
    def _known(self) -> tuple[Route, ...]:
        own = (
            Route(
                operation.method,
                operation.path,
                operation.plans,
                offered=operation.address in self._offered,
                served=True,
            )
            for operation in self._contract
        )
        return (*own, *self._listed("documented"))

    @cached_property
    def _guessed(self) -> tuple[Route, ...]:
        return self._listed("guessed")

    def _listed(self, name: str) -> tuple[Route, ...]:
        """Routes of the file beside the samples, read when a path is unknown; no file, no hints."""
        try:
            lists = read_yaml(self._fixtures / "routes" / "elsewhere.yaml")
        except SpecError:
            return ()
        return tuple(_read(entry) for entry in lists[name])

    def _of_another_plan(self, route: Route) -> str:
        if self._plan in route.plans:
            return "is switched off here" if route.served else f"is {_plans(route)}; {_MISSING}"
        text = f"is {_plans(route)}, not of plan {self._plan}"
        if route.served:
            return f"{text}: serve it with --profile {route.plans[0]}"
        return f"{text}; {_MISSING}{self._meant(route.instead)}"

    def _methods(self, routes: Iterable[Route]) -> str:
        here = sorted({route.method for route in routes if route.offered})
        others = sorted({f"{route.method} ({_plans(route)})" for route in routes})
        return ", ".join(here or others)

    def _suggest(self, route: Route) -> str:
        if route.offered:
            return self._meant(route.shown)
        return f"{self._meant(route.shown)} That {self._of_another_plan(route)}"

    @staticmethod
    def _meant(shown: str) -> str:
        return f"; did you mean {shown}?" if shown else ""

    def _nearest(self, method: str, segments: tuple[str, ...]) -> Route | None:
        """The best of the first rule that finds any route at all."""
        if any(len(part) > LENGTH_MOST for part in segments) or len(segments) > LENGTH_MOST:
            return None
        for rule in (_reordered, _same_action, _similar, _elsewhere):
            found = [route for route in self._known if rule(route, segments)]
            if found:
                return max(found, key=lambda route: _rank(route, method, segments))
        return None


def _read(entry: Any) -> Route:
    return Route(
        method=entry.get("method", ""),
        path=entry["path"],
        plans=tuple(entry.get("plans", ())),
        instead=entry.get("instead", ""),
    )


def _plans(route: Route) -> str:
    """`an operation of plan start, business`, for people."""
    if route.plans == ("a dedicated host",):
        return "an operation of a dedicated host"
    *first, last = route.plans
    return f"an operation of plan {', '.join(first)}{' and ' if first else ''}{last}"


def _segments(path: str) -> tuple[str, ...]:
    """The parts of a path from `rest` on, which is there in every operation's."""
    parts = [part for part in path.split("/") if part]
    lowered = [part.lower() for part in parts]
    start = len(parts) - lowered[::-1].index("rest") if "rest" in lowered else 0
    return ("rest", *parts[start:])


def _fits(route: Route, segments: tuple[str, ...], path: str) -> bool:
    """Whether this is the route's very path, whatever stands in place of the key."""
    if len(route.segments) != len(segments) or not path.startswith("/rest/"):
        return False
    return all(a in (KEY, b) for a, b in zip(route.segments, segments, strict=True))


def _reordered(route: Route, segments: tuple[str, ...]) -> bool:
    """The same parts, the key in another place, in other letters, or without `/rest`."""
    if len(route.segments) != len(segments) or not route.action:
        return False
    named = sorted(part.lower() for part in route.segments if part != KEY)
    given = sorted(part.lower() for part in segments)
    return all(given.count(part) >= named.count(part) for part in named)


def _same_action(route: Route, segments: tuple[str, ...]) -> bool:
    return bool(route.action) and _here(route, segments) and route.action in segments[2:]


def _similar(route: Route, segments: tuple[str, ...]) -> bool:
    """An action in nearly the same words: `sendText` for `text`, `listMesage` for listMessage."""
    if not route.action or not _here(route, segments):
        return False
    return any(_alike(route.action, part) for part in segments[2:])


def _elsewhere(route: Route, segments: tuple[str, ...]) -> bool:
    """The same action under another controller."""
    telling = len(_words(route.action)) > 0 and len(_WORD.findall(route.action)) > 1
    return telling and route.action in segments


def _here(route: Route, segments: tuple[str, ...]) -> bool:
    return len(segments) > 1 and _same_word(route.controller.lower(), segments[1].lower())


def _alike(action: str, given: str) -> bool:
    ours, theirs = _words(action), _words(given)
    if not ours or not theirs:
        return SequenceMatcher(None, action.lower(), given.lower()).ratio() > 0.9
    fewer, more = sorted((ours, theirs), key=len)
    return all(any(_same_word(word, other) for other in more) for word in fewer)


def _words(text: str) -> list[str]:
    return [word for word in map(str.lower, _split(text)) if word not in _GENERIC]


def _split(text: str) -> Iterator[str]:
    return (found.group() for found in _WORD.finditer(text))


def _same_word(first: str, second: str) -> bool:
    return first == second or SequenceMatcher(None, first, second).ratio() >= _SAME_WORD


def _rank(route: Route, method: str, segments: tuple[str, ...]) -> tuple[float, ...]:
    likeness = max(
        SequenceMatcher(None, route.action.lower(), part.lower()).ratio() for part in segments
    )
    return (likeness, route.offered, route.method == method, route.served)
