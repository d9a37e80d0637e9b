"""Every healthy host: each has ways of its own and breaks no promise the contract is sure of.

`benchmarks/healthy_hosts.py` runs the whole table, seed after seed; the tests run `QUICK`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace

from megaapi_contract.run.runner import CLOCK_RAN, LOGGED_OUT
from megaapi_mock.profile import SWITCHES
from megaapi_mock.resources import root

from . import proxies as between
from .healthy import EVERYTHING, READS, UNLINKED, Host, Layer
from .relay import chunked, continued, http_1_0
from .support import LISTED

# Values of switches that take any. The suite never waits for all of a value.
FREE = {
    "qr_seconds": ("45",), "qr_series": ("3",), "restart_seconds": ("2.5",),
    "media_days": ("0.5",), "ack_delays": ("0,1-3,5-60", "0.5,0.5,0.5", "2,2,2,2"),
    "body_limit_mib": ("16", "64"), "media_limit_mib": ("8", "64"),
    "participants_pause": ("0.05",), "webhook_timeout": ("5",), "stop_grace": ("1",),
    "webhook_user_agent": ("node-fetch",),
}  # fmt: skip
# A host that is down is not a healthy one; but nothing can be said of it, and no promise is broken.
DOWN = "outage"
# A host that really fetches files needs somebody who has them: the suite at an address.
FETCHES = "fetch_media"
OUTAGES = {"cdn_502": "cannot reach it", "empty_200": "is it a megaAPI host",
           "error_true": "200 and an error"}  # fmt: skip

LAYERS: Mapping[str, Layer] = {
    "gzip": Layer(between.gzipped, control=True, rank=2),
    "deflate": Layer(between.deflated, rank=2),
    "deflate without its header": Layer(between.deflated_raw, rank=2),
    "white space around JSON": Layer(between.spaced, rank=1),
    "JSON written otherwise": Layer(between.written_otherwise),
    "no headers of the mock": Layer(between.unmarked),
    "headers in small letters": Layer(between.lower_case, control=True),
    "headers merged": Layer(between.merged),
    "content type written otherwise": Layer(between.typed_otherwise),
    "headers of a framework": Layer(between.as_express),
    "a proxy's 413 page": Layer(between.own_page),
    "one field more in errors": Layer(between.traced),
    "one field more everywhere": Layer(between.fuller),
    "more in webhooks": Layer(spoil=between.with_more),
    "one field more in every object": Layer(
        between.fuller_throughout, spoil=between.more_throughout
    ),
    "ids of 40 characters": Layer(
        between.long_ids, between.short_ids, between.long_ids_told, control=True
    ),
}
SAYS = {"one field more in errors": "traceId", "more in webhooks": "typing.update"}
LACKING: Mapping[str, Layer] = {
    "without the Config paths": Layer(between.without("rest/config")),
    "without qrcode-img": Layer(between.without("rest/instance/qrcode-img")),
}
UNMARKED = replace(LAYERS["no headers of the mock"], control=True)
MANY = tuple(
    LAYERS[name]
    for name in (
        "JSON written otherwise", "one field more everywhere", "a proxy's 413 page",
        "more in webhooks", "ids of 40 characters", "no headers of the mock", "headers merged",
        "white space around JSON", "gzip",
    )
)  # fmt: skip
# What networks do to webhooks.
CHAOS: Mapping[str, Mapping[str, object]] = {
    "doubled and late": {"duplicate": 3, "delay": [0.1, 1.0]},
    "reordered, doubled and late": {
        "reorder": 4,
        "hold": 0.5,
        "duplicate": 2,
        "delay": [0.05, 0.6],
    },
    "acknowledged before they are told": {"early_ack": True, "delay": [0.05, 0.3]},
}
BROTLI = Layer(between.packed_as_brotli)
# What a person allows who has one phone to be written to.
SENDS = ("sends", "changes")
HALF, TWO = "0.5,0.5,0.5,0.5", "2,2,2,2"

# By how many seconds a clock is ahead of this machine's: the host's, and that of its Date.
CLOCKS: Mapping[str, tuple[int, int | None]] = {
    "and its Date 5 min ahead": (330, 330), "3 h behind, without a Date": (-10_800, None),
    "5 h ahead, behind a proxy's Date": (18_000, 0),
}  # fmt: skip

GIVEN: Mapping[str, Host] = {
    "given, default flags": Host(given=True, allow=READS, whole=False),
    "given, gzip": Host(given=True, allow=READS, whole=False, layers=(LAYERS["gzip"],)),
    "given, brotli": Host(given=True, allow=READS, layers=(BROTLI,), unusable="did not ask for"),
    "given, everything": Host(given=True, says=LOGGED_OUT, whole=False),
    "given, all proxies": Host(given=True, layers=MANY, says=LOGGED_OUT, whole=False),
    "given, HTTP/1.0": Host(given=True, write=http_1_0, whole=False),
    "given, chunked": Host(given=True, write=chunked, whole=False),
    "given, 100 Continue first": Host(given=True, write=continued, whole=False),
    "given, slow": Host(
        given=True, allow=SENDS, layers=(Layer(between.slow(40, 2.0)),), whole=False
    ),
    "given, behind nginx": Host(
        given=True, allow=SENDS, write=chunked, whole=False, layers=(
            LAYERS["a proxy's 413 page"], UNMARKED, LAYERS["headers merged"],
            Layer(between.slow(60, 1.0)), LAYERS["gzip"],
        ),
    ),
    "given, one field more in every object": Host(
        given=True, allow=SENDS, layers=(LAYERS["one field more in every object"],), whole=False
    ),
    "given, no mark": Host(given=True, layers=(UNMARKED,), whole=False),
    "given, slow restarts": Host(
        given=True, allow=("disconnects",), switches={"restart_seconds": "2.5"}, whole=False
    ),
    "given, without the Config paths": Host(
        given=True, layers=(LACKING["without the Config paths"],), whole=False
    ),
    "given, without qrcode-img": Host(
        given=True, own=UNLINKED, layers=(LACKING["without qrcode-img"],), whole=False
    ),
    "given, not linked": Host(given=True, allow=READS, own=UNLINKED, whole=False),
    "given, not linked, everything": Host(given=True, own=UNLINKED, whole=False),
    "given, not linked, empty status": Host(
        given=True, allow=READS, own=UNLINKED, switches={"status_disconnected": "empty"},
        whole=False,
    ),
    "given, no echo": Host(
        given=True, allow=SENDS, switches={"echo": "off"}, whole=False
    ),
    "given, no acknowledgements": Host(
        given=True, allow=SENDS, switches={"acks": "off"}, whole=False
    ),
    "given, neither": Host(
        given=True, allow=SENDS, switches={"echo": "off", "acks": "off"}, whole=False
    ),
    "given, acknowledgements after 0.5 s": Host(
        given=True, switches={"ack_delays": HALF}, whole=False
    ),
    **{
        f"given, its clock {name}": Host(
            given=True, allow=SENDS, clock=seconds, layers=(Layer(between.dated(date)),),
            says="clock", whole=False,
        )
        for name, (seconds, date) in CLOCKS.items()
    },
    "given, acknowledgements after 2 s": Host(
        given=True, switches={"ack_delays": TWO}, whole=False
    ),
    **{
        f"given, webhooks {name}": Host(given=True, chaos=chaos, whole=False, says=LOGGED_OUT)
        for name, chaos in CHAOS.items()
    },
    **{
        f"{DOWN}={value}": Host(
            given=True, allow=READS, switches={DOWN: value}, unusable=sentence
        )
        for value, sentence in OUTAGES.items()
    },
}  # fmt: skip
# People as owners list them: dialled with a digit that WhatsApp does not know, or without one that
# it does, met under a LID, of a number nobody sees, who are in no group, or whom an owner lists
# twice. As a rule the two numbers with 31 are registered without the 9.
DIALLED, MINAS = "5531900000005", ("5531900000005", LISTED)
_BY_LID = {"addressing": "lid"}
PEOPLE: Mapping[str, Host] = {
    f"given, {name}": replace(
        host, given=True, whole=False, allow=SENDS if host.allow == EVERYTHING else host.allow
    )
    for name, host in {
        "a ninth digit that WhatsApp does not know": Host(world="ninth-digit", recipients=MINAS),
        "only looked up with a ninth digit": Host(
            world="ninth-digit", recipients=(DIALLED,), allow=("reads",)
        ),
        "a ninth digit of an unlisted person": Host(
            world="brasil", recipients=("5531990000005",)
        ),
        "a ninth digit left out": Host(world="ninth-digit", recipients=("551100000002",)),
        "an old number dialled as new": Host(world="brasil", recipients=("5511900000006",)),
        "one person listed twice": Host(
            world="ninth-digit", recipients=(DIALLED, "553100000005", f"+{DIALLED}")
        ),
        "sends answered with the known number": Host(
            world="ninth-digit", recipients=MINAS, switches={"remote_jid": "canonical"}
        ),
        "a LID": Host(world="brasil", recipients=("5511900000019",)),
        "a LID and a ninth digit": Host(
            world="ninth-digit", recipients=MINAS, switches=_BY_LID
        ),
        "a hidden number": Host(world="brasil", recipients=("5511900000020", LISTED)),
        "a hidden number second": Host(world="brasil", recipients=(LISTED, "5511900000020")),
        "whom nobody may add": Host(world="brasil", recipients=("5511900000098", LISTED)),
        "whom nobody may add second": Host(
            world="brasil", recipients=(LISTED, "5511900000098")
        ),
        "another country": Host(recipients=("351910000002",)),
        "a landline": Host(world="brasil", recipients=("551120000010",)),
        "looked up as asked": Host(
            world="ninth-digit", recipients=MINAS,
            layers=(Layer(between.looked_up(lambda asked, known: asked)),),
        ),
        "looked up by LID": Host(
            world="ninth-digit", recipients=MINAS,
            layers=(Layer(between.looked_up(lambda asked, known: f"9{known[:12]}@lid")),),
        ),
        "a peer without the ninth digit": Host(
            world="ninth-digit", peer="5531900000009", recipients=(DIALLED,), whole=False
        ),
        "a peer listed as it is dialled": Host(
            world="ninth-digit", peer="553100000009", recipients=("5531900000009",)
        ),
        "a peer with a LID": Host(peer="5511900000009", switches=_BY_LID, recipients=()),
    }.items()
}  # fmt: skip
# Runs that take minutes: nothing can be made to pass faster there.
AT_AN_ADDRESS: Mapping[str, Host] = {
    "a frozen clock": Host(http=True, frozen=True, says=CLOCK_RAN),
    "acknowledgements after 0.5 s": Host(http=True, switches={"ack_delays": HALF}),
    "acknowledgements after 2 s": Host(http=True, switches={"ack_delays": TWO}),
    "fetch_media=on": Host(http=True, switches={FETCHES: "on"}),
}


def alternatives() -> Iterator[tuple[str, Host]]:
    """Every documented value of every switch but the default."""
    for switch in SWITCHES:
        for value in switch.choices or FREE.get(switch.name, ()):
            if value != switch.default and switch.name not in (DOWN, FETCHES):
                switches = {switch.name: value}
                yield f"{switch.name}={value}", Host(switches=switches, whole=_whole(switches))


def _whole(switches: Mapping[str, str]) -> bool:
    """Whether every operation of the contract is there."""
    return switches.get("qrcode_img") != "off"


def worlds() -> Iterator[tuple[str, Host]]:
    """Every world that is shipped but the default."""
    for file in sorted((root("fixtures") / "worlds").glob("*.yaml")):
        if file.stem != "default":
            yield f"world {file.stem}", Host(world=file.stem)


HOSTS: Mapping[str, Host] = {
    "as it is": Host(),
    **{name: Host(layers=(one,), says=SAYS.get(name, "")) for name, one in LAYERS.items()},
    **{name: Host(layers=(one,), whole=False) for name, one in LACKING.items()},
    **GIVEN,
    **PEOPLE,
    **AT_AN_ADDRESS,
    **dict(alternatives()),
    **dict(worlds()),
}


def mixed(seed: int) -> Mapping[str, Host]:
    """Few hosts that together have every alternative, world and layer, dealt out by the seed."""
    dice = random.Random(f"mixed {seed}")
    packs = [one for one in LAYERS.values() if one.rank == 2]
    others = [one for one in LAYERS.values() if one.rank != 2]
    places = [name.removeprefix("world ") for name, _ in worlds()]
    values: dict[str, list[str]] = {}
    for _, host in alternatives():
        ((switch, value),) = host.switches.items()
        values.setdefault(switch, []).append(value)
    count = max(len(places), len(packs), *map(len, values.values()))
    hosts = [Host(world=place) for place in _dealt(places, count, dice)]
    for switch, choices in values.items():
        for number, value in enumerate(_dealt(choices, count, dice)):
            if value:
                switches = {**hosts[number].switches, switch: value}
                hosts[number] = replace(hosts[number], switches=switches, whole=_whole(switches))
    dice.shuffle(others)
    dice.shuffle(packs)
    for number, layer in enumerate([*others, *packs]):
        turn = number % count
        layers = sorted((*hosts[turn].layers, layer), key=lambda one: one.rank)
        hosts[turn] = replace(hosts[turn], layers=tuple(layers))
    return {f"mixed {seed}.{number}": host for number, host in enumerate(hosts, 1)}


def _dealt(values: list[str], count: int, dice: random.Random) -> list[str]:
    """One value for each of `count` hosts; empty where there are not so many."""
    dealt = [*values, *[""] * (count - len(values))]
    dice.shuffle(dealt)
    return dealt


# The form of an answer on the wire is the same for reads, which take a tenth of the time; and what
# stands alone here is in another host too.
_READ_ONLY = ("given, HTTP/1.0", "given, chunked", "given, 100 Continue first", "given, no mark",
              "given, without the Config paths", "given, without qrcode-img")  # fmt: skip
_OF_PEOPLE = ("a ninth digit that WhatsApp does not know", "only looked up with a ninth digit",
              "one person listed twice", "sends answered with the known number",
              "a LID and a ninth digit", "a hidden number", "whom nobody may add")  # fmt: skip
_ELSEWHERE = ("given, acknowledgements after 0.5 s", "given, everything", "given, not linked")
# What the tests run; the benchmark has each host alone besides, and whole.
QUICK: Mapping[str, Host] = {
    **mixed(1),
    **{name: host for name, host in GIVEN.items() if name not in _ELSEWHERE},
    **{name: replace(GIVEN[name], allow=READS) for name in _READ_ONLY},
    **{f"given, {name}": PEOPLE[f"given, {name}"] for name in _OF_PEOPLE},
}
