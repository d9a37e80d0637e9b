"""Read and write conversations as YAML files; docs/conversations.md describes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import yaml

from ..errors import ControlRefused

Json = dict[str, Any]
VERSION = 1
# Who acts in a turn: a contact, the bot, or the instance's owner on the instance's own phone.
CUSTOMER, BOT, PHONE = "customer", "bot", "phone"
# Below these names a value has its YAML type; elsewhere it is text: 12:30, 2026-01-01, no.
_TYPED = frozenset({"conversation", "set"})
# Most separators in a file; 5,000 turns have up to 50,000. Reading a million takes a minute.
MARKS_MOST = 100_000
_MARKS = "\n,:[{"
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})


def read_yaml(text: str) -> Json:
    """The conversation in a file, not yet validated. ControlRefused names the line."""
    if sum(text.count(mark) for mark in _MARKS) > MARKS_MOST:
        raise ControlRefused(
            400,
            f"yaml: the file has more than {MARKS_MOST:,} line breaks, commas, colons and brackets",
        )
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise ControlRefused(400, _not_yaml(error)) from None
    except RecursionError:
        raise ControlRefused(400, "yaml: the file is nested too deeply") from None
    if not isinstance(node, yaml.MappingNode):
        raise ControlRefused(400, "yaml: the file must have `conversation: 1`, `with` and `turns`")
    document = _NodeReader().value(node, by_yaml_type=False)
    assert isinstance(document, dict), "a MappingNode gives a dict"
    return document


def write_yaml(conversation: Mapping[str, Any]) -> str:
    """A conversation as the text of its file; a turn that is a text alone takes one line."""
    turns = [_shorten(turn) for turn in conversation["turns"]]
    return yaml.dump(
        {**conversation, "turns": turns},
        Dumper=_Writer,
        sort_keys=False,
        allow_unicode=True,
        width=100,
    )


def normalize(conversation: Mapping[str, Any]) -> Json:
    """The conversation with every turn as an object, also those that are a text alone."""
    turns = [
        {
            actor: {"text": turn} if isinstance(turn, str) else dict(turn)
            for actor, turn in each.items()
        }
        for each in conversation["turns"]
    ]
    return {**conversation, "turns": turns}


def who_acts(turn: Mapping[str, Any]) -> str:
    """`customer`, `bot` or `phone`."""
    return str(next(iter(turn)))


class _Writer(yaml.SafeDumper):
    """Quotes each text that would not be read as text: 1e3 is text in YAML 1.1, but not here."""

    def represent_text(self, text: str) -> yaml.Node:
        """A text as a node."""
        plain = yaml.ScalarNode("tag:yaml.org,2002:str", text)
        style = None if _scalar(plain, by_yaml_type=True) == text else "'"
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Writer.add_representer(str, _Writer.represent_text)


class _NodeReader:
    """Makes values of nodes. A repeated node is refused: aliases can repeat one a million times."""

    def __init__(self) -> None:
        self._node_ids: set[int] = set()

    def value(self, node: yaml.Node, *, by_yaml_type: bool) -> Any:
        """The value of a node: a mapping, a list, or text (or another type `by_yaml_type`)."""
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node, by_yaml_type=by_yaml_type)
        if id(node) in self._node_ids:
            problem = "an alias repeats this list or mapping: write it out instead"
            raise ControlRefused(400, f"yaml: line {_line(node)}: {problem}")
        self._node_ids.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(each, by_yaml_type=by_yaml_type) for each in node.value]
        assert isinstance(node, yaml.MappingNode), "there are no other nodes"
        mapping: Json = {}
        for key, value in node.value:
            name = _scalar(key, by_yaml_type=False) if isinstance(key, yaml.ScalarNode) else None
            if not isinstance(name, str) or name in mapping:
                raise ControlRefused(
                    400, f"yaml: line {_line(key)}: the name is used twice, or it is not text"
                )
            mapping[name] = self.value(value, by_yaml_type=by_yaml_type or name in _TYPED)
        return mapping


def _scalar(node: yaml.ScalarNode, *, by_yaml_type: bool) -> Any:
    text: str = node.value
    if node.style is not None:
        return text
    if text in _NOTHING:
        return None
    if not by_yaml_type:
        return text
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _shorten(turn: Mapping[str, Any]) -> Json:
    actor = who_acts(turn)
    content = turn[actor]
    plain = {"event": "text-plain"} if actor == CUSTOMER else {"type": "extendedTextMessage"}
    if "text" in content and content == {**plain, "text": content["text"]}:
        return {actor: content["text"]}
    return dict(turn)


def _not_yaml(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "the file cannot be read"
    return f"yaml: line {mark.line + 1 if mark else 1}: {problem}"


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
