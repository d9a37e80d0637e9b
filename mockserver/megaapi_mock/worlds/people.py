"""Made-up people in bulk, the same ones in every start; faker gives them names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]

# Every area code of Brazil.
AREAS = (
    *range(11, 20), 21, 22, 24, 27, 28, *range(31, 36), 37, 38, *range(41, 50), 51, 53, 54, 55,
    *range(61, 70), 71, 73, 74, 75, 77, 79, *range(81, 90), *range(91, 100),
)  # fmt: skip
CROWD_MOST = 500_000
# Numbers people list by hand are mostly lower.
_FIRST = 1_001
_SEED = 0


def crowd(count: int, is_taken: Callable[[str], bool]) -> Iterator[Json]:
    """`count` contacts as a world's file has them; numbers that are `taken` are left out.

    Mobiles are 55, area, 9 0000 NNNN: nobody could take them for real ones. Of 20 people 2 are
    landlines, 1 has an old number of 8 digits, 1 no WhatsApp, 1 only a hidden number, 1 a
    verified business, 1 another number than before, 1 another name in the address book.
    """
    # A third of a second, which only those who ask for people pay.
    from faker import Faker

    faker = Faker("pt_BR", use_weighting=False)
    faker.seed_instance(_SEED)
    index = 0
    while count:
        name = f"{faker.first_name()} {faker.last_name()}"
        person = _person(index, name, faker.last_name())
        index += 1
        if not any(is_taken(number) for number in numbers_of(person)):
            count -= 1
            yield person


def numbers_of(entry: Json) -> list[str]:
    """Every number an entry of a world's file names, its JID's and the hidden one included."""
    addresses = [
        entry.get("number"),
        entry.get("formerly"),
        entry.get("lid"),
        *entry.get("also", ()),
    ]
    jid_number = str(entry.get("jid", "")).partition("@")[0]
    return list(dict.fromkeys(number for number in (*addresses, jid_number) if number))


def _person(index: int, name: str, other: str) -> Json:
    area, place = AREAS[index % len(AREAS)], _FIRST + index // len(AREAS)
    mobile, old = f"55{area}90000{place:04d}", f"55{area}0000{place:04d}"
    landline, company = f"55{area}2000{place:04d}", f"{other} Modelo"
    kinds: dict[int, Json] = {
        1: {"number": landline, "name": company, "business": True, "verified_name": company},
        2: {"number": landline, "whatsapp": False},
        3: {"number": mobile, "name": name, "jid": f"{old}@s.whatsapp.net"},
        4: {"number": mobile, "whatsapp": False},
        5: {"lid": f"3{index:014d}@lid", "name": name},
        6: {"number": mobile, "name": company, "verified_name": company},
        7: {"number": mobile, "name": name, "formerly": f"55{area}90001{place:04d}"},
        8: {"number": mobile, "name": name, "saved_name": f"{name} (cliente)"},
    }
    # Not by the place alone: every area has every kind.
    return kinds.get((index + index // len(AREAS)) % 20, {"number": mobile, "name": name})
