"""Nothing gets out to a real host that was not allowed, whatever makes it up."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any
from urllib.parse import quote, unquote

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from megaapi_contract.errors import BudgetSpent, HeldBack
from megaapi_contract.host.host_instance import HostInstance
from megaapi_contract.host.http import Request, request
from megaapi_contract.host.upload import UPLOAD_TYPE, upload
from megaapi_contract.host.webhook_receiver import Receiver
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.judge import Judge
from megaapi_contract.probes.cases import PICTURE, Cases, CaseSender
from megaapi_contract.probes.session import Session
from megaapi_contract.safety.fence import EFFECTS, UNKNOWN_KEY, WRONG_TOKEN, Fence, digits_of
from megaapi_contract.safety.gate import Gate
from megaapi_mock.resources import root
from schemathesis import GenerationMode

from ..support import KEY, LISTED, OWN, TOKEN, UNLISTED, Recorder

AUTH = ("Authorization", f"Bearer {TOKEN}")
JSON = ("Content-Type", "application/json")


@cache
def contract() -> Contract:
    return Contract()


def fence(*allowed: str, recipients: tuple[str, ...] = (LISTED,)) -> Fence:
    return Fence(
        contract=contract(),
        key=KEY,
        token=TOKEN,
        effects=frozenset({"reads", *allowed}),
        recipients=digits_of(recipients),
        own=OWN,
    )


def gate(*allowed: str, max_messages: int | None = None) -> tuple[Gate, Recorder]:
    host = Recorder(contract())
    return Gate(host, contract(), fence=fence(*allowed), max_messages=max_messages), host


# -- an oracle of its own: the contract's files read again, the wire read as text -----------------


@cache
def effects() -> dict[tuple[str, str], str]:
    """(method, path pattern) to effect, straight from the YAML files."""
    effects_by_operation = {}
    index = yaml.safe_load((root("spec") / "openapi.yaml").read_text(encoding="utf-8"))
    for path, item in index["paths"].items():
        for method, operation in yaml.safe_load(
            (root("spec") / item["$ref"]).read_text(encoding="utf-8")
        ).items():
            effects_by_operation[method.upper(), path.replace("{instance_key}", "[^/]+")] = (
                operation["x-effect"]
            )
    return effects_by_operation


def effect_of(outgoing: Request) -> str:
    for (method, pattern), effect in effects().items():
        if method == outgoing.method and re.fullmatch(pattern, outgoing.path.rstrip("/")):
            return effect
    return "unknown route"


def numbers_in(outgoing: Request) -> set[str]:
    """Every run of 8 digits and more, in whatever spelling, but for what the suite brought."""
    text = unquote(outgoing.query.replace("+", " ")) + " " + _unescaped(outgoing.body)
    for brought in (PICTURE, "120363000000000001@g.us", *_IDS):
        text = text.replace(brought, "")
    return set(re.findall(r"\d{8,}", re.sub(r"(?<=\d)[ ().+/-]+(?=\d)", "", text)))


def _unescaped(body: bytes) -> str:
    """Every name and value of a document, a line each: JSON's escapes hold digits of their own."""
    try:
        return "\n".join(_flat(json.loads(body, object_pairs_hook=list)))
    except ValueError:
        return body.decode("latin-1")


def _flat(node: Any) -> Iterator[str]:
    if isinstance(node, list | tuple):
        for part in node:
            yield from _flat(part)
    else:
        yield str(node)


# Ids, keys and times in the contract's own answers, which the recorder gives.
_IDS = (
    "3EB0A1B2C3D4E5F6071829", "3EB0FFEEDDCCBBAA998877", "1767225600",
)  # fmt: skip


def nothing_forbidden_left(host: Recorder, allowed: set[str]) -> None:
    for outgoing in host.left:
        assert effect_of(outgoing) in allowed, outgoing
        assert KEY in outgoing.path or UNKNOWN_KEY in outgoing.path, outgoing
        people = {LISTED, OWN} if effect_of(outgoing) == "reads" else {LISTED}
        assert numbers_in(outgoing) <= people, outgoing


# -- whatever Schemathesis generates -------------------------------------------------------------

OPERATIONS = sorted(operation.id for operation in contract().operations)
ALLOWANCES = [(), ("sends",), ("changes",), ("sends", "changes"), EFFECTS]


class Raw(CaseSender):
    """Puts in the instance alone: everything else stays as it was generated."""

    def prepare(self, case: Any) -> None:
        case.path_parameters["instance_key"] = KEY


def sent_out(
    cases: Cases, data: Any, name: str, mode: GenerationMode, allow: tuple[str, ...], filled: bool
) -> list[Request]:
    """What left when a generated case was sent through a fence that lets `allow` pass."""
    case = data.draw(cases.strategy(name, mode))
    gate_, host = gate(*allow)
    session = Session(
        contract(), gate_, Judge(contract(), mock=False), Receiver(), (LISTED,), 0, probe=name
    )
    case_sender = (CaseSender if filled else Raw)(session, HostInstance(KEY, TOKEN, OWN))
    try:
        case_sender.send(case)
    except HeldBack:
        pass
    nothing_forbidden_left(host, {"reads", *allow})
    return host.left


# As long as a whole run: `make hosts` has it.
@pytest.mark.hosts
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("filled", [True, False], ids=["cast", "raw"])
def test_whatever_schemathesis_generates(mode: GenerationMode, filled: bool) -> None:
    cases = Cases(contract())

    @settings(max_examples=150)
    @given(data=st.data(), name=st.sampled_from(OPERATIONS), allow=st.sampled_from(ALLOWANCES))
    def tried(data: Any, name: str, allow: tuple[str, ...]) -> None:
        sent_out(cases, data, name, mode, allow, filled)

    tried()


@pytest.mark.parametrize("name", ["instance_status", "send_text", "block_events", "restart"])
def test_what_is_generated_leaves_where_it_may(name: str) -> None:
    """The test above would be content with a fence that nothing passes."""
    cases, outgoing_requests = Cases(contract()), list[Request]()

    @settings(max_examples=10)
    @given(data=st.data())
    def tried(data: Any) -> None:
        outgoing_requests.extend(
            sent_out(cases, data, name, GenerationMode.POSITIVE, EFFECTS, True)
        )

    tried()
    effect = next(operation.effect for operation in contract().operations if operation.id == name)
    assert effect in {effect_of(outgoing) for outgoing in outgoing_requests}


# -- an unlisted number, wherever and however it is written ---------------------------------------

SPELLINGS: list[Callable[[str], Any]] = [
    str,
    int,
    lambda n: f"{n}@s.whatsapp.net",
    lambda n: f"{n}:31@s.whatsapp.net",
    lambda n: f"{n}@lid",
    lambda n: f"{n}@c.us",
    lambda n: f"+{n[:2]} ({n[2:4]}) {n[4:9]}-{n[9:]}",
    lambda n: f" {n}",
    lambda n: f"{n}\n",
    lambda n: f"{LISTED},{n}",
    lambda n: [n],
    lambda n: {"number": n},
    lambda n: {n: True},
    lambda n: "".join(chr(0xFF10 + int(digit)) for digit in n),
    lambda n: f"wa.me/{n}",
    lambda n: "\u200b".join(n),
    lambda n: ":".join([n[:4], n[4:8], n[8:]]),
    lambda n: float(n),
    lambda n: float(n[:-1] + "." + n[-1]),
]
PLACES: list[Callable[[dict[str, Any], Any], None]] = [
    lambda data, value: data.update(to=value),
    lambda data, value: data.update(text=value),
    lambda data, value: data.update(jid=value),
    lambda data, value: data.update(extra={"deep": [value]}),
    lambda data, value: data.update(participants=[LISTED, value]),
    lambda data, value: data.update(quoted={"key": {"remoteJid": value}}),
]


@pytest.mark.parametrize("place", range(len(PLACES)))
@pytest.mark.parametrize("spelling", range(len(SPELLINGS)))
def test_an_unlisted_number_stays_however_it_is_written(place: int, spelling: int) -> None:
    data: dict[str, Any] = {"to": LISTED, "text": "Bom dia"}
    PLACES[place](data, SPELLINGS[spelling](UNLISTED))
    gate_, host = gate(*EFFECTS)
    path = f"/rest/sendMessage/{KEY}/text"
    with pytest.raises(HeldBack):
        gate_.send(request("POST", path, body={"messageData": data}, headers=[AUTH]))
    assert host.left == []


TEXT = f"/rest/sendMessage/{KEY}/text"
GOOD = {"messageData": {"to": LISTED, "text": "Bom dia"}}
FORBIDDEN: dict[str, Request] = {
    "a name given twice": request(
        "POST", TEXT, headers=[AUTH],
        raw=f'{{"messageData":{{"to":"{UNLISTED}","to":"{LISTED}","text":"a"}}}}'.encode(),
    ),
    "a body that is not JSON": request(
        "POST", TEXT, raw=b"to=" + UNLISTED.encode(), headers=[AUTH]
    ),
    "a body of another type": request(
        "POST", TEXT, raw=b"{}", headers=[AUTH, ("Content-Type", "application/xml")]
    ),
    "a short number": request(
        "POST", TEXT, body={"messageData": {"to": "190", "text": "a"}}, headers=[AUTH]
    ),
    "a fraction of a listed number": request(
        "POST", TEXT, body={"messageData": {"to": float(f"{LISTED}.5"), "text": "a"}},
        headers=[AUTH],
    ),
    "nobody": request("POST", TEXT, body={"messageData": {"to": "", "text": "a"}}, headers=[AUTH]),
    "a group of others": request(
        "POST", TEXT, body={"messageData": {"to": "120363000000000002@g.us", "text": "a"}},
        headers=[AUTH],
    ),
    "the own number, not listed": request(
        "POST", TEXT, body={"messageData": {"to": OWN, "text": "a"}}, headers=[AUTH]
    ),
    "another instance": request(
        "POST", TEXT.replace("0001", "0002"), body=GOOD, headers=[AUTH]
    ),
    "an encoded path": request(
        "POST", TEXT.replace("text", quote("te") + "%78t"), body=GOOD, headers=[AUTH]
    ),
    "a path with dots": request("POST", f"/rest/x/../sendMessage/{KEY}/text", body=GOOD),
    "another route": request("POST", f"/rest/sendMessage/{KEY}/other", body=GOOD, headers=[AUTH]),
    "another method": request("PUT", TEXT, body=GOOD, headers=[AUTH]),
    "a header that changes the method": request(
        "POST", TEXT, body=GOOD, headers=[AUTH, ("X-HTTP-Method-Override", "DELETE")]
    ),
    "another token": request(
        "POST", TEXT, body=GOOD, headers=[("Authorization", "Bearer TESTKEY0002")]
    ),
    "an address of others": request(
        "POST", f"/rest/webhook/{KEY}/configWebhook", headers=[AUTH],
        body={"messageData": {"webhookUrl": "https://hooks.example.com/x", "webhookEnabled": True}},
    ),
    "an address below its name": request(
        "POST", f"/rest/webhook/{KEY}/configWebhook", headers=[AUTH],
        body={"messageData": {"webhookUrl": {"host": "hooks"}, "webhookEnabled": True}},
    ),
    "an address without its scheme": request(
        "POST", TEXT, body={"messageData": {"to": LISTED, "text": "www.example.com"}},
        headers=[AUTH],
    ),
    "an address in another coding": request(
        "POST", TEXT, body={"messageData": {"to": LISTED, "text": "http%3A%2F%2Fexample.com"}},
        headers=[AUTH],
    ),
    "somebody below their name": request(
        "POST", TEXT, body={"messageData": {"to": {"number": "190"}, "text": "a"}}, headers=[AUTH]
    ),
    "a new token": request(
        "POST", f"/rest/config/{KEY}/changeToken", headers=[AUTH],
        body={"messageData": {"token": "TESTKEY0009"}},
    ),
    "somebody asked about": request(
        "GET", f"/rest/instance/isOnWhatsApp/{KEY}", query={"jid": UNLISTED}, headers=[AUTH]
    ),
    "a header with a number": request(
        "POST", TEXT, body=GOOD, headers=[AUTH, ("Accept", UNLISTED)]
    ),
    "another host": request("POST", TEXT, body=GOOD, headers=[AUTH, ("Host", "a.example.com")]),
    "the unknown key, changing": request(
        "POST", TEXT.replace(KEY, UNKNOWN_KEY), body=GOOD, headers=[AUTH]
    ),
}  # fmt: skip


def test_the_unknown_key_is_asked_only_with_a_token_that_nobody_has() -> None:
    gate_, host = gate(*EFFECTS)
    assert gate_.fence is not None
    gate_.fence.foreign_tokens = frozenset({"TESTTOKEN0009"})
    path = TEXT.replace(KEY, UNKNOWN_KEY)

    def ask(token: str) -> None:
        gate_.send(request("POST", path, body=GOOD, headers=[("Authorization", f"Bearer {token}")]))

    ask(WRONG_TOKEN)
    assert [one.path for one in host.left] == [path]
    for token in (TOKEN, TOKEN[:-1], "TESTTOKEN0009"):
        with pytest.raises(HeldBack):
            ask(token)
    assert len(host.left) == 1


@pytest.mark.parametrize("name", FORBIDDEN)
def test_it_stays(name: str) -> None:
    gate_, host = gate(*EFFECTS)
    with pytest.raises(HeldBack):
        gate_.send(FORBIDDEN[name])
    assert host.left == []


def test_what_is_allowed_leaves() -> None:
    gate_, host = gate(*EFFECTS)
    gate_.send(request("POST", TEXT, body=GOOD, headers=[AUTH]))
    own = request("GET", f"/rest/instance/isOnWhatsApp/{KEY}", query={"jid": OWN}, headers=[AUTH])
    gate_.send(own)
    assert len(host.left) == 2


@pytest.mark.parametrize("effect", EFFECTS)
def test_each_operation_leaves_exactly_where_its_effect_is_allowed(effect: str) -> None:
    allowed = {"reads", effect}
    for operation in contract().operations:
        path = operation.path.replace("{instance_key}", KEY)
        bare = request(operation.method, path, headers=[AUTH])
        if operation.effect in allowed:
            assert fence(effect).check(bare) == operation
        else:
            with pytest.raises(HeldBack, match=f"--allow {operation.effect}"):
                fence(effect).check(bare)


def test_no_more_messages_than_allowed() -> None:
    gate_, host = gate("sends", max_messages=2)
    for _ in range(2):
        gate_.send(request("POST", TEXT, body=GOOD, headers=[AUTH]))
    with pytest.raises(BudgetSpent, match="2 messages are sent"):
        gate_.send(request("POST", TEXT, body=GOOD, headers=[AUTH]))
    gate_.send(request("GET", f"/rest/instance/{KEY}", headers=[AUTH]))
    assert len(host.left) == 3


def test_a_group_may_be_written_to_once_the_run_has_made_it() -> None:
    group = "120363000000000077@g.us"
    text_to_group = request(
        "POST", TEXT, body={"messageData": {"to": group, "text": "a"}}, headers=[AUTH]
    )
    gate_, host = gate("sends")
    gate_.allow_reading_groups([group])
    with pytest.raises(HeldBack):
        gate_.send(text_to_group)
    gate_.allow_group(group)
    gate_.send(text_to_group)
    assert len(host.left) == 1


def fence_of(plan: str, files: Iterable[bytes] = ()) -> Fence:
    """A fence that lets everything through that may leave at all."""
    return Fence(
        contract=Contract(plan=plan),
        key=KEY,
        token=TOKEN,
        effects=frozenset(EFFECTS),
        recipients=digits_of((LISTED,)),
        own=OWN,
        files=set(files),
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"/rest/instance/init?instance_key={KEY}"),
        ("POST", "/rest/instance/init"),
        ("DELETE", f"/rest/instance/{KEY}/delete"),
        ("DELETE", f"/rest/instance/{KEY}/delete/"),
    ],
)
def test_no_given_host_has_instances_made_or_deleted_whatever_is_allowed(
    method: str, path: str
) -> None:
    with pytest.raises(HeldBack, match="only on mocks"):
        fence_of("admin").check(request(method, path, headers=[AUTH]))


def test_instances_of_a_given_host_may_be_listed() -> None:
    operation = fence_of("admin").check(request("GET", "/rest/instance/list", headers=[AUTH]))
    assert operation is not None and operation.id == "list_instances"


PICTURE_FORM = upload(b"a picture of the suite", "foto.png", "image/png")
IMAGE = f"/rest/sendMessage/{KEY}/image?to={LISTED}"
OWN_PICTURE = f"/rest/instance/setProfilePicture?instance_key={KEY}&to={LISTED}"


def form_request(target: str, body: bytes = PICTURE_FORM, kind: str = UPLOAD_TYPE) -> Request:
    return request("POST", target, raw=body, headers=[AUTH, ("Content-Type", kind)])


@pytest.mark.parametrize("target", [IMAGE, OWN_PICTURE])
def test_a_file_of_the_suite_leaves_for_a_listed_person(target: str) -> None:
    assert fence_of("token", [PICTURE_FORM]).check(form_request(target)) is not None


@pytest.mark.parametrize(
    "odd",
    [
        form_request(IMAGE, upload(b"another file", "foto.png", "image/png")),
        form_request(IMAGE.replace(LISTED, UNLISTED)),
        form_request(f"{IMAGE}&to={UNLISTED}"),
        form_request(OWN_PICTURE.replace(KEY, "megacode-TESTKEY0002")),
        form_request(OWN_PICTURE.replace(f"instance_key={KEY}&", "")),
        form_request(f"{OWN_PICTURE}&instance_key=megacode-TESTKEY0002"),
        form_request(f"/rest/sendMessage/{KEY}/text"),
    ],
    ids=["file", "person", "second person", "instance", "no instance", "two keys", "no upload"],
)
def test_other_files_people_and_instances_stay(odd: Request) -> None:
    with pytest.raises(HeldBack):
        fence_of("token", [PICTURE_FORM]).check(odd)
