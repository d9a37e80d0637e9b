"""Made-up people in bulk: the same ones each time, of every kind, under free numbers."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice

from megaapi_mock.worlds.people import AREAS, Json, crowd, numbers_of
from megaapi_mock.worlds.schema import mistakes


def people(count: int, *taken: str) -> list[Json]:
    return list(crowd(count, lambda number: number in taken))


def test_the_same_people_come_each_time() -> None:
    assert people(40) == people(40) == people(60)[:40]


def test_there_are_as_many_as_are_asked_for() -> None:
    assert [len(people(count)) for count in (0, 1, 25)] == [0, 1, 25]


def test_nobody_has_a_number_that_is_taken_or_another_persons() -> None:
    first = people(1)[0]
    others = people(30, *numbers_of(first))
    numbers = [number for each in [first, *others] for number in numbers_of(each)]
    assert len(numbers) == len(set(numbers)) and first not in others


def test_each_is_a_contact_as_a_world_has_it() -> None:
    assert list(mistakes({"contacts": people(200)})) == []


def test_every_area_has_a_number_that_nobody_could_take_for_a_real_one() -> None:
    assert len(AREAS) == len(set(AREAS)) == 67
    numbers = [each["number"] for each in people(400) if "number" in each]
    assert {int(number[2:4]) for number in numbers} == set(AREAS)
    assert all(re.fullmatch(r"55\d\d(9000|2000)\d{4,5}", number) for number in numbers)


def test_of_twenty_people_some_are_of_each_kind() -> None:
    kinds: Counter[str] = Counter()
    for each in people(20 * len(AREAS)):
        kinds.update({"jid", "lid", "formerly", "saved_name", "business"} & each.keys())
        kinds["no account"] += each.get("whatsapp") is False
    shares = {name: round(count / len(AREAS), 1) for name, count in kinds.items()}
    assert shares == {
        "jid": 1, "lid": 1, "formerly": 1, "saved_name": 1, "business": 1, "no account": 2,
    }  # fmt: skip


def test_all_numbers_of_an_entry_are_named_once() -> None:
    entry = {
        "number": "5511900000002", "also": ["551100000002"], "formerly": "5511900000009",
        "lid": "1@lid", "jid": "551100000002@s.whatsapp.net",
    }  # fmt: skip
    assert numbers_of(entry) == ["5511900000002", "5511900000009", "1@lid", "551100000002"]
    assert numbers_of({}) == []


def test_people_are_made_one_after_the_other() -> None:
    assert len(list(islice(crowd(500_000, lambda number: False), 3))) == 3
