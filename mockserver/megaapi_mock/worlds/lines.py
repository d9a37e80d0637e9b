"""Where in a YAML file a place of its document is written; looked up only for an error."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml


def line_of(path: Path, place: Sequence[str | int]) -> int:
    """The line, from 1, of a place such as contacts, 3, lid; of what holds it when it is missing.

    The file has been read before, so it is YAML.
    """
    node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    line = 1
    for step in place:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
            line = node.start_mark.line + 1
        elif isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == step]
            if not found:
                break
            # Written twice, the last one counts, as it does for the loader.
            key, node = found[-1]
            line = key.start_mark.line + 1
    return line
