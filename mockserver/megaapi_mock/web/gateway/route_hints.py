"""What was probably meant by a path that is not there: the sentence beside a 404."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

from ...errors import SpecError
from ...errors.names import LENGTH_MOST
from ...spec.bundle import read_yaml
from ...spec.operations import Operation
from .request import Request

KEY = "{instance_key}"
# Words that say nothing about which operation is meant.
_GENERIC = frozenset(
    "rest send message messages participant participants group groups chat instance to".split()
)
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
# Two spellings of one word, and not two words: `promote` and `remove` have 0.62.
_SAME_WORD = 0.8
# A letter more, less or another one in the whole name, whatever words that makes of it.
_SAME_ACTION = 0.9
# The same of names like `group` and `chats`, whose only word says nothing elsewhere.
_SAME_SHORT_ACTION = 0.85


def named_instance(path: str, keys: Iterable[str]) -> str | None:
    """The instance whose key stands in a path: who looks for its calls finds this one too."""
    known_keys = set(keys)
    return next((part for part in path.split("/") if part in known_keys), None)


@dataclass(frozen=True, slots=True)
class Route:
    """A path somebody knows, who has it, and what to call in its place."""

    method: str
    path: str
    plans: tuple[str, ...] = ()
    is_offered: bool = False
    instead: str = ""

    @property
    def text(self) -> str:
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
        words = [part for part in self.segments[2:] if part != KEY]
        return words[-1] if words else ""


class RouteHints:
    """Knows every route of the contract, whichever plan has it, and of clients that guess."""

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
        call_text = f"{method} {path}"
        segments = _segments(path, self._controllers)
        fitting = [
            route
            for route in self._own_routes
            if _fits(route, segments, path) and not any(map(self._is_name, _keys(route, segments)))
        ]
        wrong = f"{call_text} is not an operation of plan {self._plan}"
        for route in fitting:
            if route.method == method:
                # What is offered is found by its path alone: a slash is doubled in this one.
                if route.is_offered:
                    return f"{wrong}{self._suggestion(route.text)}"
                return f"{call_text} {self._of_another_plan(route)}"
        if fitting:
            return f"{wrong}: {path} takes {self._methods(fitting)}"
        for route in self._guessed_routes:
            if _fits(route, segments, path):
                return f"{wrong}; no document of the vendor has it{self._suggestion(route.instead)}"
        near = self._nearest(method, segments)
        return wrong if near is None else f"{wrong}{self._suggest(near)}"

    def meant_by_key(self, request: Request, operation: Operation, key: str) -> str:
        """What a word of the contract means in the place of a key; empty for other keys.

        `GET /rest/instance/qrcode` is routed as the status of an instance `qrcode`.
        """
        path = request.path
        for route in self._guessed_routes:
            if route.path == path:
                return f"; no document of the vendor has it{self._suggestion(route.instead)}"
        meaning = self.reason(request.method, path) if self._is_name(key) else ""
        # What was called may be what was meant: an instance can have such a key.
        return f"; {meaning}" if meaning and f"{operation.path}?" not in meaning else ""

    @cached_property
    def _own_routes(self) -> tuple[Route, ...]:
        return tuple(
            Route(
                operation.method,
                operation.path,
                operation.plans,
                is_offered=operation.address in self._offered,
            )
            for operation in self._contract
        )

    def _is_name(self, part: str) -> bool:
        """Whether an operation is called so, or nearly: then it stands where a key was left out."""
        return len(part) <= LENGTH_MOST and bool(
            get_close_matches(_letters(part), self._names, 1, _SAME_SHORT_ACTION)
        )

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple({_letters(part) for route in self._own_routes for part in route.segments})

    @cached_property
    def _controllers(self) -> frozenset[str]:
        return frozenset(route.controller.lower() for route in self._own_routes)

    @cached_property
    def _guessed_routes(self) -> tuple[Route, ...]:
        """Those of the file beside the samples, read when a path is unknown; no file, no hints."""
        try:
            lists = read_yaml(self._fixtures / "routes" / "elsewhere.yaml")
        except SpecError:
            return ()
        return tuple(_route_of(entry) for entry in lists["guessed"])

    def _of_another_plan(self, route: Route) -> str:
        if self._plan in route.plans:
            return "is switched off here"
        profile = f"--profile {route.plans[0]}"
        return f"is {_plans(route)}, not of plan {self._plan}: serve it with {profile}"

    def _methods(self, routes: Iterable[Route]) -> str:
        offered_methods = sorted({route.method for route in routes if route.is_offered})
        others = sorted({f"{route.method} ({_plans(route)})" for route in routes})
        return ", ".join(offered_methods or others)

    def _suggest(self, route: Route) -> str:
        if route.is_offered:
            return self._suggestion(route.text)
        return f"{self._suggestion(route.text)} That {self._of_another_plan(route)}"

    @staticmethod
    def _suggestion(route_text: str) -> str:
        return f"; did you mean {route_text}?" if route_text else ""

    def _nearest(self, method: str, segments: tuple[str, ...]) -> Route | None:
        """The best of the first rule that finds any route at all."""
        if any(len(part) > LENGTH_MOST for part in segments) or len(segments) > LENGTH_MOST:
            return None
        rules = (_has_parts_in_another_order, _same_action, _similar, _elsewhere, _bare)
        for rule in rules:
            candidates = [route for route in self._own_routes if rule(route, segments)]
            if candidates:
                return max(candidates, key=lambda route: _rank(route, method, segments))
        return None


def _route_of(entry: Any) -> Route:
    return Route(
        method=entry.get("method", ""),
        path=entry["path"],
        plans=tuple(entry.get("plans", ())),
        instead=entry.get("instead", ""),
    )


def _plans(route: Route) -> str:
    """`an operation of plan start, business`, for people."""
    *first, last = route.plans
    return f"an operation of plan {', '.join(first)}{' and ' if first else ''}{last}"


def _segments(path: str, controllers: Iterable[str]) -> tuple[str, ...]:
    """The parts of a path from `rest` on, which is there in every operation's.

    Where it is not there, as in `/api/v1/sendMessage/...`, the controller is where they begin.
    """
    parts = [part for part in path.split("/") if part]
    lower_parts = [part.lower() for part in parts]
    if "rest" in lower_parts:
        start = len(parts) - lower_parts[::-1].index("rest")
    else:
        start = next((index for index, part in enumerate(lower_parts) if part in controllers), 0)
    return ("rest", *parts[start:])


def _keys(route: Route, segments: tuple[str, ...]) -> Iterator[str]:
    """What stands where the route has the key of an instance."""
    return (part for own, part in zip(route.segments, segments, strict=True) if own == KEY)


def _fits(route: Route, segments: tuple[str, ...], path: str) -> bool:
    """Whether this is the route's very path, whatever stands in place of the key."""
    if len(route.segments) != len(segments) or not path.startswith("/rest/"):
        return False
    return all(a in (KEY, b) for a, b in zip(route.segments, segments, strict=True))


def _has_parts_in_another_order(route: Route, segments: tuple[str, ...]) -> bool:
    """The same parts, the key in another place, in other letters, or without `/rest`."""
    if len(route.segments) != len(segments) or not route.action:
        return False
    own_parts = sorted(part.lower() for part in route.segments if part != KEY)
    call_parts = sorted(part.lower() for part in segments)
    return all(call_parts.count(part) >= own_parts.count(part) for part in own_parts)


def _same_action(route: Route, segments: tuple[str, ...]) -> bool:
    return (
        bool(route.action)
        and _has_same_controller(route, segments)
        and route.action in segments[2:]
    )


def _similar(route: Route, segments: tuple[str, ...]) -> bool:
    """An action in nearly the same words: `sendText` for `text`, `listMesage` for listMessage."""
    if not route.action or not _has_same_controller(route, segments):
        return False
    return any(_alike(route.action, part) for part in segments[2:])


def _bare(route: Route, segments: tuple[str, ...]) -> bool:
    """Named by its controller alone, as the status of an instance is: nearly the same word."""
    is_short = len(segments) <= len(route.segments)
    return not route.action and is_short and _has_same_controller(route, segments)


def _elsewhere(route: Route, segments: tuple[str, ...]) -> bool:
    """The same action under another controller."""
    telling = len(_words(route.action)) > 0 and len(_WORD.findall(route.action)) > 1
    return telling and route.action in segments


def _has_same_controller(route: Route, segments: tuple[str, ...]) -> bool:
    return len(segments) > 1 and _same_word(route.controller.lower(), segments[1].lower())


def _alike(action: str, written_action: str) -> bool:
    ours, theirs = _words(action), _words(written_action)
    likeness = SequenceMatcher(None, _letters(action), _letters(written_action)).ratio()
    if not ours or not theirs or likeness > _SAME_ACTION:
        return likeness > _SAME_SHORT_ACTION
    fewer, more = sorted((ours, theirs), key=len)
    return all(any(_same_word(word, other) for other in more) for word in fewer)


def _letters(text: str) -> str:
    return re.sub(r"[-_]", "", text).lower()


def _words(text: str) -> list[str]:
    return [word for word in map(str.lower, _split_words(text)) if word not in _GENERIC]


def _split_words(text: str) -> Iterator[str]:
    return (word.group() for word in _WORD.finditer(text))


def _same_word(first: str, second: str) -> bool:
    return first == second or SequenceMatcher(None, first, second).ratio() >= _SAME_WORD


def _rank(route: Route, method: str, segments: tuple[str, ...]) -> tuple[float, ...]:
    likeness = max(
        SequenceMatcher(None, route.action.lower(), part.lower()).ratio() for part in segments
    )
    return (likeness, route.is_offered, route.method == method)
