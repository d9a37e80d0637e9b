"""The forms of an anyOf or oneOf of both versions: which belong together, and what picks one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .flat import flatten, types
from .references import Json, reference_of, resolve
from .values import Difference, as_text, enumeration_differences, inside, shorten

# Two forms with so much of their fields in common are the same form.
_ALIKE = 0.5
# More forms than that are not compared each with each.
_MOST = 300


@dataclass(frozen=True, slots=True)
class SchemaForm:
    """One form of a choice, as it is written and as it is compared."""

    schema: Any
    flat: Json
    document: Json
    written: Any

    @property
    def text(self) -> str:
        """The same for forms that say the same."""
        return as_text({key: value for key, value in self.flat.items() if key not in _WORDS})

    @property
    def name(self) -> str:
        """Of its component; otherwise the beginning of it."""
        reference = reference_of(self.written)
        return reference.rpartition("/")[2] if reference else shorten(as_text(self.written))

    @property
    def component(self) -> str:
        """Its reference; empty without one."""
        return reference_of(self.written) or ""

    @property
    def constants(self) -> str:
        """What tells it from its neighbours: fields of one value; empty without any."""
        constants = {
            name: values[0]
            for name, field in (self.flat.get("properties") or {}).items()
            for values in [_enum_values(resolve(field, self.document))]
            if len(values) == 1
        }
        return as_text(constants) if constants else ""

    @property
    def title(self) -> str:
        """The schema's title; empty without one."""
        return str(self.flat.get("title") or "")

    @property
    def simple(self) -> str:
        """Its types unless it is an object: a text is a text, whatever its limits; else empty."""
        type_names = sorted(types(self.flat.get("type")))
        return (
            ""
            if not type_names or "object" in type_names or "enum" in self.flat
            else as_text(type_names)
        )


_WORDS = ("description", "title", "example", "examples", "x-provenance")
_KEYS: Sequence[Callable[[SchemaForm], str]] = (
    lambda form: form.text,
    lambda form: form.constants,
    lambda form: form.component,
    lambda form: form.title,
    lambda form: form.simple,
)


def form_of(schema: Any, document: Json) -> SchemaForm:
    """A form of a document."""
    return SchemaForm(schema, flatten(schema, document), document, schema)


def pair_forms(
    before: list[SchemaForm], after: list[SchemaForm]
) -> tuple[list[tuple[SchemaForm, SchemaForm]], list[SchemaForm], list[SchemaForm]]:
    """Forms that belong together, those that are gone, and new ones."""
    pairs: list[tuple[SchemaForm, SchemaForm]] = []
    for key_of in _KEYS:
        before, after = _by_key(key_of, before, after, pairs)
    before, after = _by_fields(before, after, pairs)
    if len(before) == len(after) == 1 and (pairs or before[0].flat.get("type")):
        return [*pairs, (before[0], after[0])], [], []
    return pairs, before, after


def _by_key(
    key_of: Callable[[SchemaForm], str],
    before: list[SchemaForm],
    after: list[SchemaForm],
    pairs: list[tuple[SchemaForm, SchemaForm]],
) -> tuple[list[SchemaForm], list[SchemaForm]]:
    waiting: dict[str, list[SchemaForm]] = defaultdict(list)
    for form in reversed(after):
        waiting[key_of(form)].append(form)
    rest = []
    for form in before:
        key = key_of(form)
        if key and waiting[key]:
            pairs.append((form, waiting[key].pop()))
        else:
            rest.append(form)
    pair_ids = {id(form) for _, form in pairs}
    return rest, [form for form in after if id(form) not in pair_ids]


def _by_fields(
    before: list[SchemaForm], after: list[SchemaForm], pairs: list[tuple[SchemaForm, SchemaForm]]
) -> tuple[list[SchemaForm], list[SchemaForm]]:
    """The most alike first."""
    if len(before) * len(after) > _MOST**2:
        return before, after
    alike = sorted(
        (
            (_likeness(one, other), -row, -column)
            for row, one in enumerate(before)
            for column, other in enumerate(after)
        ),
        reverse=True,
    )
    rows, columns = set(range(len(before))), set(range(len(after)))
    for likeness, row, column in alike:
        if likeness >= _ALIKE and -row in rows and -column in columns:
            pairs.append((before[-row], after[-column]))
            rows.remove(-row)
            columns.remove(-column)
    return [before[row] for row in sorted(rows)], [after[column] for column in sorted(columns)]


def _likeness(one: SchemaForm, other: SchemaForm) -> float:
    names, others = (set(each.flat.get("properties") or ()) for each in (one, other))
    return len(names & others) / (len(names | others) or 1)


def _enum_values(field: Any) -> list[Any]:
    if not isinstance(field, dict):
        return []
    return [field["const"]] if "const" in field else list(field.get("enum") or ())


def discriminator_differences(old: Json, new: Json, place: str) -> Iterator[Difference]:
    """What picks a form: the field, and the values of it."""
    before, after = old.get("discriminator"), new.get("discriminator")
    if before == after:
        return
    if not before or not after:
        message = f"discriminator is {'gone' if before else 'new'}"
        yield Difference("condition-changed", place, message)
        return
    name, name_now = before.get("propertyName"), after.get("propertyName")
    if name != name_now:
        message = f"{name_now} tells the forms apart, not {name}"
        yield Difference("discriminator-changed", place, message)
        return
    yield from enumeration_differences(_picks(old), _picks(new), inside(place, str(name)))


def _picks(schema: Json) -> dict[str, None]:
    """The values of the field: of the mapping, and the names of components outside of it."""
    mapping = schema["discriminator"].get("mapping") or {}
    targets = {str(target).rpartition("/")[2] for target in mapping.values()}
    names = [
        reference.rpartition("/")[2]
        for form in schema.get("anyOf") or ()
        if (reference := reference_of(form)) and reference.rpartition("/")[2] not in targets
    ]
    return dict.fromkeys(map(as_text, [*mapping, *names]))
