"""What cattrs must know of saved states: nothing is coerced, and what is wrong is named."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache, lru_cache
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

from ..codec import parse_json
from ..domain.jid import Jid
from ..domain.undo_table import UndoTable
from .form import Digits, Form, Misfit

Write = Callable[[Any], Any]
Read = Callable[[Any, Any], Any]
# Longer addresses are nobody's: they are not worth remembering.
_SHARED_MOST = 64
# Where a record says which of several it is.
KIND = "kind"


@cache
def form(kind: Any, documents: frozenset[tuple[type, str]]) -> Form:
    """The form of a type. It is slow to make: code is compiled."""
    hooks = _converter(documents)
    structure = hooks.get_structure_hook(kind)

    def decode(value: Any) -> Any:
        try:
            return structure(value, kind)
        except BaseValidationError as error:
            raise _first(error) from None

    return Form(hooks.get_unstructure_hook(kind), decode)


def _first(error: Exception) -> Exception:
    """The first thing that is wrong, and where; fields that are missing come last."""
    if isinstance(error, ForbiddenExtraKeysError):
        names = ", ".join(field.name for field in fields(error.cl))
        return Misfit(f"{min(error.extra_fields)}: no such field; there are {names}")
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
    converter = Converter(
        forbid_extra_keys=True,
        unstruct_collection_overrides={tuple: list, frozenset: sorted},
        structure_fallback_factory=_refuse,
    )
    for kind, write, structure in _SCALARS:
        converter.register_unstructure_hook(kind, write)
        converter.register_structure_hook(kind, structure)
    for fits, factory in _READS:
        converter.register_structure_hook_factory(fits, factory)
    converter.register_unstructure_hook_func(lambda kind: kind is Any, identity)
    converter.register_unstructure_hook_factory(_is_choice, _write_choice)
    converter.register_unstructure_hook_factory(_is_mapping, _write_mapping)
    _add_records(converter, documents)
    return converter


def _refuse(kind: Any) -> NoReturn:
    raise TypeError(f"{kind} has no form: write one in store/hooks.py")


# -- values that hold no others ------------------------------------------------------------------


def _text(value: Any, _: Any) -> str:
    if not isinstance(value, str):
        raise Misfit(f"must be a string, not {_excerpt(value)}")
    return intern(value)


def _number(value: Any, _: Any) -> float:
    # Kept as it is: 5 and 5.0 look different in an answer.
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Misfit(f"must be a number, not {_excerpt(value)}")
    return value


def _of_exact_type(structure: Read, kind: type, words: str) -> Read:
    """The same for values of exactly this type; cattrs also takes what is like it."""

    def read_checked(value: Any, target: Any) -> Any:
        if type(value) is not kind:
            raise Misfit(f"must be {words}, not {_excerpt(value)}")
        return structure(value, target)

    return read_checked


def _as_it_is(value: Any, _: Any) -> Any:
    return value


def _jid(value: Any, _: Any) -> Jid:
    """Exactly what was written: parsing would take a person's device off."""
    if not isinstance(value, str) or "@" not in value:
        raise Misfit(f"must be a JID, not {_excerpt(value)}")
    return _shared_jid(value) if len(value) <= _SHARED_MOST else Jid.verbatim(value)


# A hundred thousand messages are of few people: each address is made once, and kept once.
@lru_cache(maxsize=4_096)
def _shared_jid(text: str) -> Jid:
    return Jid.verbatim(text)


def _bytes(value: Any, _: Any) -> bytes:
    try:
        return b64decode(value, validate=True)
    except (TypeError, ValueError):
        raise Misfit(f"must be base64, not {_excerpt(value)}") from None


def _document(value: Any, _: Any) -> bytes:
    """The text of a JSON object, kept as it was written."""
    try:
        content: bytes = value.encode()
        whole = isinstance(parse_json(content), dict)
    except (AttributeError, ValueError):
        whole = False
    if not whole:
        raise Misfit(f"must be the text of a JSON object, not {_excerpt(value)}")
    return content


def _digits(value: str, _: Any) -> int:
    if not (value.isascii() and value.isdigit()):
        raise Misfit(f"must be a whole number, not {_excerpt(value)}")
    return int(value)


def _excerpt(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


_SCALARS: tuple[tuple[type, Write, Read], ...] = (
    (str, identity, _text),
    (bool, identity, _of_exact_type(_as_it_is, bool, "true or false")),
    (int, identity, _of_exact_type(_as_it_is, int, "a whole number")),
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
        return _of_exact_type(
            make_dict_structure_fn(kind, hooks, **overrides(kind)), dict, "an object"
        )

    hooks.register_unstructure_hook_factory(is_dataclass, write)
    hooks.register_structure_hook_factory(is_dataclass, read)


def _write_choice(kind: Any, hooks: Converter) -> Write:
    """One of several records, by the name of its class, which stands first."""
    writes = {each: hooks.get_unstructure_hook(each) for each in get_args(kind)}
    return lambda value: {KIND: type(value).__name__, **writes[type(value)](value)}


def _read_choice(kind: Any, hooks: Converter) -> Read:
    reads = {each.__name__: hooks.get_structure_hook(each) for each in get_args(kind)}

    def read(value: Any, target: Any) -> Any:
        rest = dict(value)
        name = rest.pop(KIND, "")
        if not isinstance(name, str) or name not in reads:
            raise Misfit(f"{KIND} must be one of {', '.join(reads)}")
        return reads[name](rest, target)

    return _of_exact_type(read, dict, "an object")


def _read_literal(kind: Any, _: Converter) -> Read:
    choices = get_args(kind)

    def read(value: Any, _: Any) -> Any:
        if value not in choices:
            raise Misfit(f"{_excerpt(value)} is not one of {', '.join(map(str, choices))}")
        return value

    return read


def _read_items(kind: Any, hooks: Converter) -> Read:
    read, make = list_structure_factory(kind, hooks), get_origin(kind)
    return _of_exact_type(lambda value, type_: make(read(value, type_)), list, "a list")


def _read_row(kind: Any, hooks: Converter) -> Read:
    structure, many = make_hetero_tuple_structure_fn(kind, hooks), len(get_args(kind))

    def read_whole(value: Any, target: Any) -> Any:
        if len(value) != many:
            raise Misfit(f"must hold {many} values, not {len(value)}")
        return structure(value, target)

    return _of_exact_type(read_whole, list, "a list")


def _write_mapping(kind: Any, hooks: Converter) -> Write:
    key, _ = get_args(kind)
    write_key: Any = hooks.get_unstructure_hook(Digits if key is int else key)
    return mapping_unstructure_factory(kind, hooks, unstructure_to=dict, key_handler=write_key)


def _read_mapping(kind: Any, hooks: Converter) -> Read:
    key, _ = get_args(kind)
    mapping_type = UndoTable if get_origin(kind) is UndoTable else dict
    structure = mapping_structure_factory(kind, hooks, mapping_type, Digits if key is int else key)
    return _of_exact_type(structure, dict, "an object")


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
