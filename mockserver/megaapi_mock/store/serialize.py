"""Values to JSON and back by their type: whoever adds a field to a dataclass need not come here."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import orjson

from ..domain.jid import Jid
from ..domain.undo_table import UndoTable

Encode = Callable[[Any], Any]
# Where a record says which of several it is.
KIND = "kind"


class Misfit(Exception):
    """A document that is no value of the type wanted; `str` says where and why."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why, self.path = why, ""

    def inside(self, step: str | int) -> Misfit:
        """The same, seen from one level further out."""
        shown = f"[{step}]" if isinstance(step, int) else f".{step}"
        self.path = shown + self.path
        return self

    def __str__(self) -> str:
        return f"{self.path.removeprefix('.')}: {self.why}" if self.path else self.why


class _Inside:
    """A context manager: what does not fit in here is said to be in this place."""

    # Not of contextlib, which takes three times as long: each of 100,000 messages enters it.
    __slots__ = ("_step",)

    def __init__(self, step: str | int) -> None:
        self._step = step

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Misfit):
            raise error.inside(self._step) from None


inside = _Inside


@dataclass(frozen=True, slots=True)
class Form:
    """How values of one type are written; `encode` is None where they are JSON as they are."""

    encode: Encode | None
    decode: Callable[[Any], Any]

    def written(self, value: Any) -> Any:
        """The value as JSON."""
        return value if self.encode is None else self.encode(value)


class Forms:
    """The form of each type, made once. `documents` names the fields of bytes that
    hold a JSON object.

    Equal texts of one document become one object: a hundred thousand messages have few addresses.
    """

    def __init__(self, *, documents: frozenset[tuple[type, str]] = frozenset()) -> None:
        self._documents = documents
        self._made: dict[Any, Form] = {}
        self._seen: dict[str, str] = {}

    def of(self, kind: Any) -> Form:
        """The form of a type; TypeError for one that has none."""
        made = self._made.get(kind)
        if made is None:
            made = self._made[kind] = self._make(kind)
        return made

    def _make(self, kind: Any) -> Form:
        if kind is Jid:
            return Form(str, _jid)
        if kind is bytes:
            return Form(lambda value: b64encode(value).decode(), _bytes)
        if kind is str:
            return Form(None, self._text)
        if kind is Any:
            return Form(None, lambda given: given)
        if kind in _SCALARS:
            return Form(None, _SCALARS[kind])
        if isinstance(kind, type) and is_dataclass(kind):
            return self._record(kind)
        return self._compound(kind, get_origin(kind), get_args(kind))

    def _compound(self, kind: Any, origin: Any, inner: tuple[Any, ...]) -> Form:
        if origin in (Union, UnionType) and len(inner) == 2 and NoneType in inner:
            return _optional(self.of(next(part for part in inner if part is not NoneType)))
        if origin in (Union, UnionType) and all(map(is_dataclass, inner)):
            return self._choice(inner)
        if origin is Literal:
            return Form(None, lambda given: _one_of(given, inner))
        if origin is tuple and len(inner) == 2 and inner[1] is Ellipsis:
            return _sequence(self.of(inner[0]), tuple, ordered=False)
        if origin is tuple:
            return _row([self.of(part) for part in inner])
        if origin is list:
            return _sequence(self.of(inner[0]), list, ordered=False)
        if origin is frozenset:
            return _sequence(self.of(inner[0]), frozenset, ordered=True)
        if origin is UndoTable:
            return _mapping(self.of_key(inner[0]), self.of(inner[1]), UndoTable)
        if origin in (dict, Mapping):
            return _mapping(self.of_key(inner[0]), self.of(inner[1]), dict)
        raise TypeError(f"{kind} has no form: write one in store/forms.py")

    def _record(self, kind: type) -> Form:
        hints, names = get_type_hints(kind), fields(kind)
        forms = {
            field.name: _DOCUMENT
            if (kind, field.name) in self._documents
            else self.of(hints[field.name])
            for field in names
        }
        return Form(_record_encoder(forms), _record_decoder(kind, names, forms))

    def _choice(self, kinds: tuple[type, ...]) -> Form:
        """One of several records, by the name of its class."""
        forms = {kind.__name__: self.of(kind) for kind in kinds}

        def encode(value: Any) -> dict[str, Any]:
            name = type(value).__name__
            return {KIND: name, **forms[name].written(value)}

        def decode(given: Any) -> Any:
            rest = dict(_object(given))
            name = rest.pop(KIND, "")
            form = forms.get(name) if isinstance(name, str) else None
            if form is None:
                raise Misfit(f"{KIND} must be one of {', '.join(forms)}")
            return form.decode(rest)

        return Form(encode, decode)

    def of_key(self, kind: Any) -> Form:
        """The form of a key of an object: a text."""
        return _NUMBER_KEY if kind is int else self.of(kind)

    def _text(self, given: Any) -> str:
        if not isinstance(given, str):
            raise Misfit(f"must be a string, not {_shown(given)}")
        return self._seen.setdefault(given, given)


def _record_encoder(forms: Mapping[str, Form]) -> Encode:
    names = tuple(forms)
    if not names:
        return lambda value: {}
    read = attrgetter(*names) if len(names) > 1 else lambda value: (getattr(value, names[0]),)
    others = [(name, form.encode) for name, form in forms.items() if form.encode is not None]

    def encode(value: Any) -> dict[str, Any]:
        made = dict(zip(names, read(value), strict=True))
        for name, write in others:
            made[name] = write(made[name])
        return made

    return encode


def _record_decoder(
    kind: type, names: tuple[Field[Any], ...], forms: Mapping[str, Form]
) -> Callable[[Any], Any]:
    needed = {
        field.name
        for field in names
        if field.default is MISSING and field.default_factory is MISSING
    }
    reads = {name: form.decode for name, form in forms.items()}

    def decode(given: Any) -> Any:
        made, name = {}, ""
        try:
            for name, value in _object(given).items():
                made[name] = reads[name](value)
        except KeyError:
            raise Misfit(f"{name}: no such field; there are {', '.join(reads)}") from None
        except Misfit as misfit:
            raise misfit.inside(name) from None
        if not needed <= made.keys():
            raise Misfit(f"{', '.join(sorted(needed - made.keys()))} is missing")
        return kind(**made)

    return decode


def _optional(form: Form) -> Form:
    encode, decode = form.encode, form.decode
    return Form(
        None if encode is None else (lambda value: None if value is None else encode(value)),
        lambda given: None if given is None else decode(given),
    )


def _sequence(form: Form, made: Callable[[Any], Any], *, ordered: bool) -> Form:
    def encode(value: Any) -> list[Any]:
        written = list(value) if form.encode is None else [form.encode(item) for item in value]
        return sorted(written) if ordered else written

    return Form(encode, lambda given: made(_items(given, [form] * len(_list(given)))))


def _row(forms: list[Form]) -> Form:
    def encode(value: Any) -> list[Any]:
        return [form.written(item) for form, item in zip(forms, value, strict=True)]

    def decode(given: Any) -> tuple[Any, ...]:
        if len(_list(given)) != len(forms):
            raise Misfit(f"must hold {len(forms)} values, not {len(given)}")
        return tuple(_items(given, forms))

    return Form(encode, decode)


def _mapping(keys: Form, values: Form, made: Callable[[dict[Any, Any]], Any]) -> Form:
    """An object; what is the key must be written as a text."""
    write_key, write = keys.written, values.written

    def encode(value: Any) -> dict[str, Any]:
        return {write_key(key): write(row) for key, row in value.items()}

    def decode(given: Any) -> Any:
        rows, name = {}, ""
        try:
            for name, row in _object(given).items():
                rows[keys.decode(name)] = values.decode(row)
        except Misfit as misfit:
            raise misfit.inside(name) from None
        return made(rows)

    return Form(encode, decode)


def _items(given: list[Any], forms: list[Form]) -> list[Any]:
    made: list[Any] = []
    try:
        for form, item in zip(forms, given, strict=True):
            made.append(form.decode(item))
    except Misfit as misfit:
        raise misfit.inside(len(made)) from None
    return made


def _object(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Misfit(f"must be an object, not {_shown(given)}")
    return given


def _list(given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise Misfit(f"must be a list, not {_shown(given)}")
    return given


def _number(given: Any) -> float:
    # Kept as it is: 5 and 5.0 look different in an answer.
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise Misfit(f"must be a number, not {_shown(given)}")
    return given


def _exact(kind: type, words: str) -> Callable[[Any], Any]:
    def decode(given: Any) -> Any:
        if type(given) is not kind:
            raise Misfit(f"must be {words}, not {_shown(given)}")
        return given

    return decode


def _one_of(given: Any, allowed: tuple[Any, ...]) -> Any:
    if given not in allowed:
        raise Misfit(f"{_shown(given)} is not one of {', '.join(map(str, allowed))}")
    return given


def _jid(given: Any) -> Jid:
    """Exactly what was written: parsing would take a person's device off."""
    user, at, server = given.rpartition("@") if isinstance(given, str) else ("", "", "")
    if not at:
        raise Misfit(f"must be a JID, not {_shown(given)}")
    return Jid(user, server)


def _bytes(given: Any) -> bytes:
    try:
        return b64decode(given, validate=True)
    except (TypeError, ValueError, Base64Error):
        raise Misfit(f"must be base64, not {_shown(given)}") from None


def _document(given: Any) -> bytes:
    """The text of a JSON object, kept as it was written."""
    try:
        content: bytes = given.encode()
        whole = isinstance(orjson.loads(content), dict)
    except (AttributeError, ValueError):
        whole = False
    if not whole:
        raise Misfit(f"must be the text of a JSON object, not {_shown(given)}")
    return content


def _digits(given: str) -> int:
    if not (given.isascii() and given.isdigit()):
        raise Misfit(f"must be a whole number, not {_shown(given)}")
    return int(given)


def _shown(given: Any) -> str:
    text = repr(given)
    return text if len(text) <= 40 else f"{text[:37]}..."


_SCALARS: Mapping[Any, Callable[[Any], Any]] = {
    bool: _exact(bool, "true or false"),
    int: _exact(int, "a whole number"),
    float: _number,
}
_NUMBER_KEY = Form(str, _digits)
_DOCUMENT = Form(lambda value: value.decode(), _document)
