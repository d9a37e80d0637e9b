"""YAML read as JSON values, which is how OpenAPI wants it: `on` is a text, and so is a date."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from ..bundle import Loader


class JsonLoader(Loader):
    """The types of YAML 1.2; YAML 1.1 has more, and takes 010 for eight."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[Any]]] = {}


_SCALARS = (
    ("null", r"^(?:null|Null|NULL|~|)$", [*"nN~", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", [*"tTfF"]),
    ("int", r"^[-+]?[0-9]+$", [*"-+0123456789"]),
    (
        "float",
        r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$",
        [*"-+.0123456789"],
    ),
    ("merge", r"^<<$", ["<"]),
)
for _tag, _pattern, _first in _SCALARS:
    JsonLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)
for _tag, _convert in (("int", int), ("float", float)):
    JsonLoader.add_constructor(
        f"tag:yaml.org,2002:{_tag}",
        lambda loader, node, convert=_convert: convert(loader.construct_scalar(node)),
    )
