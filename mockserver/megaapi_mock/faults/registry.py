"""The kinds of fault there are, found by the names of their files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from inspect import getdoc, isclass
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from ..errors.names import quoted
from .kind import Kind
from .parameters import BadParameter, Parameter, check_arguments, name_advice, parameters_of


@dataclass(frozen=True, slots=True)
class KindEntry:
    """One kind with its name and what documents say of it."""

    name: str
    kind: type[Kind]
    line: str
    parameters: tuple[Parameter, ...]

    @property
    def group(self) -> str:
        """`wire` for what changes the answer, `domain` for what changes the instance."""
        return self.kind.group

    def create(self, arguments: Mapping[str, Any], *, also: tuple[str, ...] = ()) -> Kind:
        """The kind with these parameters; BadParameter says what is accepted."""
        return self.kind(**check_arguments(self.name, self.parameters, arguments, also=also))

    def as_json(self) -> dict[str, Any]:
        """As the control API lists it."""
        return {
            "name": self.name,
            "line": self.line,
            "concerns": self.kind.subject,
            "parameters": [parameter.as_json() for parameter in self.parameters],
            "example": dict(self.kind.example),
        }


Kinds = Mapping[str, KindEntry]


def discover(package: ModuleType | None = None) -> dict[str, KindEntry]:
    """Every kind by name, `bad_gateway.py` as `bad-gateway`; TypeError when a file has not one."""
    package = package or import_module(f"{__package__}.kinds")
    kinds_by_name: dict[str, KindEntry] = {}
    for file in sorted(iter_modules(package.__path__), key=lambda module_info: module_info.name):
        module = import_module(f"{package.__name__}.{file.name}")
        kinds = [
            member
            for member in vars(module).values()
            if isclass(member) and issubclass(member, Kind) and member.__module__ == module.__name__
        ]
        if len(kinds) != 1:
            raise TypeError(f"{module.__name__} must have one class of Kind, it has {len(kinds)}")
        name = file.name.replace("_", "-")
        line = (getdoc(kinds[0]) or "").partition("\n")[0]
        kinds_by_name[name] = KindEntry(name, kinds[0], line, parameters_of(kinds[0]))
    return kinds_by_name


class DiscoveredKinds(Mapping[str, KindEntry]):
    """What `discover` finds, once the first fault is asked for: a mock that starts has none."""

    @cached_property
    def _kinds(self) -> Kinds:
        return discover()

    def __getitem__(self, name: str) -> KindEntry:
        return self._kinds[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)


def kind_named(kinds: Kinds, name: Any) -> KindEntry:
    """One kind by name; BadParameter names the nearest and all there are."""
    kind = kinds.get(name) if isinstance(name, str) else None
    if kind is None:
        raise BadParameter(
            f"fault: there is no {quoted(name)}{name_advice(str(name), list(kinds))}"
        )
    return kind
