"""What cattrs must know of saved states: nothing is coerced, and what is wrong is named."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from sys import intern
from types import UnionType
from typing import Any, Literal, NoReturn, Union, get_args, get_origin

from cattrs import BaseValidationError, Converter, ForbiddenExtraKeysError, IterableValidationNote
from cattrs.cols import (
    list_structure_factory,
    mapping_structure_factory,
    mapping_unstructure_factory,
)
from cattrs.fns import identity
from cattrs.gen import (
    make_dict_structure_fn,
    make_dict_unstructure_fn,
    make_hetero_tuple_structure_fn,
    override,
)

from ..domain.jid import Jid
from ..domain.undo_table import UndoTable
from ..spec.parsing import parse_json
from .form import Digits, Form, Misfit

Write = Callable[[Any], Any]
Read = Callable[[Any, Any], Any]
# Where a record says which of several it is.
KIND = "kind"


@cache
def form(kind: Any, documents: frozenset[tuple[type, str]]) -> Form:
    """The form of a type. It is slow to make: code is compiled."""
    hooks = _converter(documents)
    read = hooks.get_structure_hook(kind)

    def decode(given: Any) -> Any:
        try:
            return read(given, kind)
        except BaseValidationError as error:
            raise _first(error) from None

    return Form(hooks.get_unstructure_hook(kind), decode)


def _first(error: Exception) -> Exception:
    """The first thing that is wrong, and where; fields that are missing come last."""
    if isinstance(error, ForbiddenExtraKeysError):
        known = ", ".join(field.name for field in fields(error.cl))
        return Misfit(f"{min(error.extra_fields)}: no such field; there are {known}")
    if not isinstance(error, BaseValidationError):
        return error
    others = [inner for inner in error.exceptions if not isinstance(inner, KeyError)]
    if not others:
        missing = sorted(inner.args[0] for inner in error.exceptions)
        return Misfit(f"{', '.join(missing)} is missing")
    first = _first(others[0])
    if isinstance(first, Misfit):
        for note in getattr(others[0], "__notes__", ()):
            first.inside(note.index if isinstance(note, IterableValidationNote) else note.name)
    return first


@cache
def _converter(documents: frozenset[tuple[type, str]]) -> Converter:
    made = Converter(
        forbid_extra_keys=True,
        unstruct_collection_overrides={tuple: list, frozenset: sorted},
        structure_fallback_factory=_refuse,
    )
    for kind, write, read in _SCALARS:
        made.register_unstructure_hook(kind, write)
        made.register_structure_hook(kind, read)
    for fits, factory in _READS:
        made.register_structure_hook_factory(fits, factory)
    made.register_unstructure_hook_func(lambda kind: kind is Any, identity)
    made.register_unstructure_hook_factory(_is_choice, _write_choice)
    made.register_unstructure_hook_factory(_is_mapping, _write_mapping)
    _add_records(made, documents)
    return made


def _refuse(kind: Any) -> NoReturn:
    raise TypeError(f"{kind} has no form: write one in store/hooks.py")


# -- values that hold no others ------------------------------------------------------------------


def _text(given: Any, _: Any) -> str:
    if not isinstance(given, str):
        raise Misfit(f"must be a string, not {_shown(given)}")
    return intern(given)


def _number(given: Any, _: Any) -> float:
    # Kept as it is: 5 and 5.0 look different in an answer.
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise Misfit(f"must be a number, not {_shown(given)}")
    return given


def _checked(read: Read, kind: type, words: str) -> Read:
    """The same for values of exactly this type; cattrs also takes what is like it."""

    def read_checked(given: Any, wanted: Any) -> Any:
        if type(given) is not kind:
            raise Misfit(f"must be {words}, not {_shown(given)}")
        return read(given, wanted)

    return read_checked


def _as_it_is(given: Any, _: Any) -> Any:
    return given


def _jid(given: Any, _: Any) -> Jid:
    """Exactly what was written: parsing would take a person's device off."""
    user, at, server = given.rpartition("@") if isinstance(given, str) else ("", "", "")
    if not at:
        raise Misfit(f"must be a JID, not {_shown(given)}")
    return Jid(user, server)


def _bytes(given: Any, _: Any) -> bytes:
    try:
        return b64decode(given, validate=True)
    except (TypeError, ValueError):
        raise Misfit(f"must be base64, not {_shown(given)}") from None


def _document(given: Any, _: Any) -> bytes:
    """The text of a JSON object, kept as it was written."""
    try:
        content: bytes = given.encode()
        whole = isinstance(parse_json(content), dict)
    except (AttributeError, ValueError):
        whole = False
    if not whole:
        raise Misfit(f"must be the text of a JSON object, not {_shown(given)}")
    return content


def _digits(given: str, _: Any) -> int:
    if not (given.isascii() and given.isdigit()):
        raise Misfit(f"must be a whole number, not {_shown(given)}")
    return int(given)


def _shown(given: Any) -> str:
    text = repr(given)
    return text if len(text) <= 40 else f"{text[:37]}..."


_SCALARS: tuple[tuple[type, Write, Read], ...] = (
    (str, identity, _text),
    (bool, identity, _checked(_as_it_is, bool, "true or false")),
    (int, identity, _checked(_as_it_is, int, "a whole number")),
    (float, identity, _number),
    (Digits, str, _digits),
    (bytes, lambda value: b64encode(value).decode(), _bytes),
    (Jid, str, _jid),
)


# -- values that hold others ---------------------------------------------------------------------


def _add_records(hooks: Converter, documents: frozenset[tuple[type, str]]) -> None:
    document = override(unstruct_hook=bytes.decode, struct_hook=_document)

    def overrides(kind: type) -> Any:
        return {name: document for owner, name in documents if owner is kind}

    def write(kind: Any) -> Write:
        return make_dict_unstructure_fn(kind, hooks, **overrides(kind))

    def read(kind: Any) -> Read:
        return _checked(make_dict_structure_fn(kind, hooks, **overrides(kind)), dict, "an object")

    hooks.register_unstructure_hook_factory(is_dataclass, write)
    hooks.register_structure_hook_factory(is_dataclass, read)


def _write_choice(kind: Any, hooks: Converter) -> Write:
    """One of several records, by the name of its class, which stands first."""
    writes = {each: hooks.get_unstructure_hook(each) for each in get_args(kind)}
    return lambda value: {KIND: type(value).__name__, **writes[type(value)](value)}


def _read_choice(kind: Any, hooks: Converter) -> Read:
    reads = {each.__name__: hooks.get_structure_hook(each) for each in get_args(kind)}

    def read(given: Any, wanted: Any) -> Any:
        rest = dict(given)
        name = rest.pop(KIND, "")
        if not isinstance(name, str) or name not in reads:
            raise Misfit(f"{KIND} must be one of {', '.join(reads)}")
        return reads[name](rest, wanted)

    return _checked(read, dict, "an object")


def _read_literal(kind: Any, _: Converter) -> Read:
    allowed = get_args(kind)

    def read(given: Any, _: Any) -> Any:
        if given not in allowed:
            raise Misfit(f"{_shown(given)} is not one of {', '.join(map(str, allowed))}")
        return given

    return read


def _read_items(kind: Any, hooks: Converter) -> Read:
    read, made = list_structure_factory(kind, hooks), get_origin(kind)
    return _checked(lambda given, wanted: made(read(given, wanted)), list, "a list")


def _read_row(kind: Any, hooks: Converter) -> Read:
    read, many = make_hetero_tuple_structure_fn(kind, hooks), len(get_args(kind))

    def read_whole(given: Any, wanted: Any) -> Any:
        if len(given) != many:
            raise Misfit(f"must hold {many} values, not {len(given)}")
        return read(given, wanted)

    return _checked(read_whole, list, "a list")


def _write_mapping(kind: Any, hooks: Converter) -> Write:
    key, _ = get_args(kind)
    write_key: Any = hooks.get_unstructure_hook(Digits if key is int else key)
    return mapping_unstructure_factory(kind, hooks, unstructure_to=dict, key_handler=write_key)


def _read_mapping(kind: Any, hooks: Converter) -> Read:
    key, _ = get_args(kind)
    made = UndoTable if get_origin(kind) is UndoTable else dict
    read = mapping_structure_factory(kind, hooks, made, Digits if key is int else key)
    return _checked(read, dict, "an object")


def _is_choice(kind: Any) -> bool:
    return get_origin(kind) in (Union, UnionType) and all(map(is_dataclass, get_args(kind)))


def _is_mapping(kind: Any) -> bool:
    return get_origin(kind) in (dict, Mapping, UndoTable)


def _is_row(kind: Any) -> bool:
    return get_origin(kind) is tuple and get_args(kind)[-1] is not Ellipsis


# The last that fits is taken.
_READS: tuple[tuple[Callable[[Any], bool], Callable[[Any, Converter], Read]], ...] = (
    (lambda kind: get_origin(kind) is Literal, _read_literal),
    (lambda kind: get_origin(kind) in (list, tuple, frozenset), _read_items),
    (_is_row, _read_row),
    (_is_mapping, _read_mapping),
    (_is_choice, _read_choice),
)
