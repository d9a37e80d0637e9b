"""Handlers by address, held against the operations of the contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from ..errors import HandlerMissing, HandlerOrphaned
from ..spec.operations import Operation
from .call import Handler, mark_of

Handlers = Mapping[str, Handler]


def discover(package: ModuleType | None = None) -> dict[str, Handler]:
    """Every marked function below a package of handler modules, by `<module>/<function>`."""
    package = package or import_module(__package__ or "")
    handlers: dict[str, Handler] = {}
    for module in iter_modules(package.__path__):
        members = vars(import_module(f"{package.__name__}.{module.name}"))
        for name, member in members.items():
            if mark_of(member) is not None:
                handlers[f"{module.name}/{name}"] = member
    return handlers


def require_matching(handlers: Handlers, operations: Sequence[Operation]) -> None:
    """HandlerMissing or HandlerOrphaned, each naming the file to write."""
    addresses = {operation.address for operation in operations}
    for operation in operations:
        if operation.address not in handlers:
            raise HandlerMissing(
                spec_file=f"spec/{operation.spec_file}",
                function=operation.id,
                module=f"handlers/{operation.controller}.py",
            )
    for address in handlers:
        if address not in addresses:
            controller, _, function = address.partition("/")
            raise HandlerOrphaned(
                function=function,
                module=f"handlers/{controller}.py",
                spec_file=f"spec/paths/{address}.yaml",
            )
