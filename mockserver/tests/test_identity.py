"""Nobody contradicts anybody about a person: random worlds, random calls, one set of laws.

The laws:

- A number leads isOnWhatsApp to one registered JID, whichever way it is dialled, or to none.
- A send goes through exactly when isOnWhatsApp finds somebody, and it lands in that JID's chat.
- A hidden number is looked up by neither: both say yes. Where nobody has it, a message stops behind
  the server's ack, and WhatsApp itself adds nobody to a group; nothing comes from there.
- Its acks name that chat; its answer names what the caller wrote, and so does its echo, but for a
  hidden number that stands for a known one: who is met by number is echoed so.
- A message comes from the registered JID and carries that person's LID; where only the LID is
  known it stands for both, and no number is told.
- In a group the same JID and LID are the author's, and the same JID is in every list, once.
- pushName is the name the person chose, verifiedBizName the verified one, or is not there; names
  of the address book are in no webhook and no answer.
- The control API shows that JID, that LID, those names, and knows nobody else.
- Who has no account, or had one, is on WhatsApp nowhere: no send, no message, no group.
- Whoever deletes the account leaves the groups, and comes back to none by themselves.
- Whoever has an instance has an account, also in a world where only listed people have one.
- Two persons share no JID and no LID.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import hypothesis.strategies as st
import orjson
from hypothesis import Phase, given, settings
from megaapi_mock.clock import Clock
from megaapi_mock.domain.contacts import lid_of
from megaapi_mock.domain.jid import Jid
from megaapi_mock.ids import Ids
from megaapi_mock.web.app import MockApp, build_app
from megaapi_mock.worlds.load import read_world

from .support import KEY, START, TOKEN, RecordingTransport

OWN = "5511900000001"
# Of an instance that no world knows: made through the control API.
MADE = "5511900000003"
GROUP = "120363000000000001@g.us"
HOOK = "http://127.0.0.1:9/hook"
TABLE = {"registered_with": ["11-28"], "registered_without": ["31-99"]}
SERVER = "@s.whatsapp.net"


@dataclass(frozen=True)
class Person:
    """The truth about somebody: `dials` reach them; without `jid` nobody is there."""

    dials: tuple[str, ...]
    jid: str | None
    name: str = ""
    lid: str | None = None
    verified: str | None = None
    saved: str | None = None
    barred: bool = False
    entry: dict[str, Any] | None = field(default=None, compare=False)

    @property
    def ways(self) -> tuple[str, ...]:
        """Every way to write them: digits, JIDs, the LID where the world says which."""
        lids = () if self.lid is None else (self.lid,)
        return (*self.dials, *(f"{number}{SERVER}" for number in self.dials), *lids)


@st.composite
def people(draw: st.DrawFn, at: int, table: bool, closed: bool) -> Person:  # noqa: C901
    """The person with number `at`, of any kind; the oracle is written out kind by kind."""
    area = draw(st.sampled_from(("11", "31")))
    longer, shorter = f"55{area}90000{at:04d}", f"55{area}0000{at:04d}"
    landline, before = f"55{area}2000{at:04d}", f"55{area}90001{at:04d}"
    lid = draw(st.sampled_from((None, f"1000000000{at:05d}@lid")))
    name = draw(st.sampled_from((f"Cliente {at}", "Ana", "")))
    saved = draw(st.sampled_from((None, f"Agenda {at}")))
    verified = draw(st.sampled_from((None, f"Empresa {at} Ltda")))
    barred = draw(st.integers(0, 5)) == 0
    more: dict[str, Any] = {"name": name}
    for key, value in (("lid", lid), ("saved_name", saved), ("verified_name", verified)):
        if value is not None:
            more[key] = value
    if barred:
        more["group_add"] = "403"
    # What the table makes of a mobile without a JID of its own.
    ruled = (longer if area == "11" else shorter) if table else longer
    both = (longer, shorter)

    def one(dials: tuple[str, ...], jid: str, entry: dict[str, Any]) -> Person:
        return Person(dials, f"{jid}{SERVER}", name, lid, verified, saved, barred, entry)

    kind = draw(st.sampled_from(KINDS))
    if kind == "mobile":
        return one(both if table else (longer,), ruled, {"number": longer, **more})
    if kind == "ninth dropped":
        jid = f"{shorter}{SERVER}"
        return one(both, shorter, {"number": longer, "jid": jid, **more})
    if kind == "ninth added":
        jid = f"{longer}{SERVER}"
        return one(both, longer, {"number": shorter, "jid": jid, **more})
    if kind == "other forms":
        entry = {"number": longer, "also": [shorter, landline], **more}
        return one((*both, landline), ruled, entry)
    if kind == "landline":
        return one((landline,), landline, {"number": landline, **more})
    if kind == "moved":
        entry = {"number": longer, "formerly": before, **more}
        return one(both if table else (longer,), ruled, entry)
    if kind == "hidden":
        hidden = f"1000000000{at:05d}@lid"
        entry = {**more, "lid": hidden}
        return Person((), hidden, name, hidden, verified, saved, barred, entry)
    if kind == "nobody":
        entry = {"number": longer, "whatsapp": False}
        return Person(both if table else (longer,), None, lid=str(lid_of(ruled)), entry=entry)
    if kind == "ghost":
        return Person((), None, lid=f"9000000000{at:05d}@lid")
    dials = both if table else (longer,)
    jid = None if closed else f"{ruled}{SERVER}"
    return Person(dials, jid, f"Contato {longer[-4:]}", str(lid_of(ruled)))


KINDS = (
    "mobile", "ninth dropped", "ninth added", "other forms", "landline", "moved", "hidden",
    "nobody", "unlisted", "ghost",
)  # fmt: skip


@st.composite
def societies(draw: st.DrawFn) -> tuple[dict[str, Any], list[Person]]:
    """A world's document and the truth about everybody in it."""
    table, closed = draw(st.booleans()), draw(st.booleans())
    crowd = [draw(people(at, table, closed)) for at in range(10, 10 + draw(st.integers(2, 6)))]
    listed = [who for who in crowd if who.entry is not None]
    friends = [who for who in listed if who.jid is not None]
    invited = draw(st.lists(st.sampled_from(friends), unique=True)) if friends else []
    members = [{"number": OWN, "admin": "superadmin"}]
    members += [{"number": draw(st.sampled_from((who.lid or who.dials[0],)))} for who in invited]
    document: dict[str, Any] = {
        "instances": [
            {"key": KEY, "token": TOKEN, "number": OWN, "name": "Loja", "connected": True},
            {"key": "other", "token": "other", "number": "5511900000002", "name": "Filial"},
        ],
        "contacts": [who.entry for who in listed],
        "groups": [{"jid": GROUP, "subject": "Todos", "owner": OWN, "participants": members}],
    }
    if table:
        document["ninth_digit"] = TABLE
    if closed:
        document["unlisted_numbers"] = "not_on_whatsapp"
    # Another instance's number is a person as well, under the name its owner shows everybody.
    crowd.append(Person(("5511900000002",), f"5511900000002{SERVER}", "Filial"))
    crowd.append(Person((MADE,), f"{MADE}{SERVER}", "Criada", str(lid_of(MADE))))
    return document, crowd


Step = tuple[str, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ("ask", "send", "send", "hear", "hear hidden", "hear in group", "quote", "create",
             "add", "remove", "show", "list", "presence", "vanish", "return")
        ),
        st.integers(0, 6),
        st.integers(0, 8),
    ),
    min_size=4, max_size=25,
)  # fmt: skip


class Society:
    """Makes the calls and holds what is seen to the laws."""

    def __init__(self, app: MockApp, crowd: list[Person]) -> None:
        self.app, self.crowd, self.client = app, crowd, app.test_client()
        transport = app.runtime.webhooks.courier._transport
        assert isinstance(transport, RecordingTransport)
        self.transport = transport
        self.gone: set[Person] = set()
        self.lids: dict[Person, str] = {}
        self.written: dict[str, str] = {}
        # Messages to hidden numbers that nobody had.
        self.lost: set[str] = set()
        self.groups = {GROUP: self.members(GROUP)}
        body = {"messageData": {"webhookUrl": HOOK, "webhookEnabled": True}}
        self.rest("POST", f"webhook/{KEY}/configWebhook", body)
        self.control_api("POST", "/instances", {"key": "made", "number": MADE, "name": "Criada"})

    # -- asking ------------------------------------------------------------------------------

    def take(self, reply: Any) -> tuple[int, Any]:
        document = orjson.loads(reply.get_data())
        reply.close()
        assert self.app.runtime.webhooks.courier.wait_idle(60)
        return reply.status_code, document

    def rest(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        return self.take(
            self.client.open(f"/rest/{path}", method=method, json=body, headers=headers)
        )

    def control_api(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        return self.take(self.client.open(f"/_mock{path}", method=method, json=body))

    def there(self, who: Person) -> bool:
        """Whether this person is on WhatsApp right now."""
        return who.jid is not None and who not in self.gone

    def passes(self, who: Person, way: str) -> bool:
        """Whether the gateway lets through what is for them, written like this."""
        return self.there(who) or way.endswith("@lid")

    def saw_lid(self, who: Person, lid: str) -> None:
        """One LID each, the declared one where there is one."""
        assert who.lid in (None, lid)
        assert self.lids.setdefault(who, lid) == lid
        assert list(self.lids.values()).count(lid) == 1

    def new_posts(self) -> list[dict[str, Any]]:
        posts = [orjson.loads(body) for _, body, _ in self.transport.posts]
        self.transport.posts.clear()
        for post in posts:
            assert b"Agenda" not in orjson.dumps(post)
        return posts

    # -- steps -------------------------------------------------------------------------------

    def ask(self, who: Person, way: str) -> None:
        if "@lid" in way:
            # Looked up nowhere (ancestor): whatever is hidden exists.
            expected: Any = {"exists": True, "jid": way}
        elif self.there(who):
            expected = {"exists": True, "jid": who.jid}
        else:
            expected = {"exists": False, "jid": str(Jid.parse(way))}
        assert self.rest("GET", f"instance/isOnWhatsApp/{KEY}?jid={way}") == (200, expected)

    def send(self, who: Person, way: str, text: str = "oi") -> None:
        body = {"messageData": {"to": way, "text": text}}
        status, answer = self.rest("POST", f"sendMessage/{KEY}/text", body)
        assert status == (200 if self.passes(who, way) else 403), answer
        if status == 200:
            self.landed(who, way, answer["messageData"])

    def landed(self, who: Person, way: str, sent: dict[str, Any]) -> None:
        assert sent["key"]["remoteJid"] == (way if "@" in way else f"{way}{SERVER}")
        chat = who.jid or way
        self.written[sent["key"]["id"]] = chat
        told = [post for post in self.new_posts() if post.get("key", {}).get("fromMe")]
        echo, *acks = [post["key"]["remoteJid"] for post in told]
        assert echo == (chat if "@lid" in way else sent["key"]["remoteJid"])
        assert acks == ([chat] * 3 if self.there(who) else [chat])
        if not self.there(who):
            self.lost.add(sent["key"]["id"])

    def quote(self, who: Person, way: str) -> None:
        """A quote within one chat names no other chat, whatever address the key has."""
        key = {"remoteJid": who.lid or way, "fromMe": True, "id": "3EB0" + 18 * "0"}
        if "@" not in str(key["remoteJid"]):
            key["remoteJid"] = f"{way}{SERVER}"
        body = {"messageData": {
            "to": way, "text": "isto", "key": key, "message": {"conversation": "?"},
        }}  # fmt: skip
        status, answer = self.rest("POST", f"sendMessage/{KEY}/quoteMessage", body)
        assert status == (200 if self.passes(who, way) else 403), answer
        if status == 200:
            context = answer["messageData"]["message"]["extendedTextMessage"]["contextInfo"]
            assert "remoteJid" not in context
            self.landed(who, way, answer["messageData"])

    def hear(self, who: Person, way: str, event: str = "text-plain") -> None:
        body = {"from": way, "event": event}
        status, shown = self.control_api("POST", f"/instances/{KEY}/inbound", body)
        if event == "text-plain-lid" and who.jid is not None and not who.dials:
            # Still there or not: no webhook could say from which number it came.
            assert status == 400 and "number" in shown["error"]
            return
        assert status == (201 if self.there(who) else 400 if who.jid is None else 409), shown
        if status != 201:
            return
        assert shown["chat"] == shown["sender"] == who.jid
        self.written[shown["id"]] = shown["chat"]
        [post] = self.new_posts()
        self.authored(who, post)
        key = post["key"]
        self.saw_lid(who, key["senderLid"])
        if event == "text-plain-lid":
            assert (key["remoteJid"], key["senderPn"]) == (key["senderLid"], who.jid)
        else:
            assert key["remoteJid"] == who.jid and "senderPn" not in key

    def authored(self, who: Person, post: dict[str, Any]) -> None:
        assert post["pushName"] == who.name
        assert post.get("verifiedBizName") == who.verified

    def hear_in_group(self, who: Person, way: str) -> None:
        body = {"from": way, "event": "group-text", "group": GROUP}
        status, shown = self.control_api("POST", f"/instances/{KEY}/inbound", body)
        inside = who.jid in self.groups[GROUP]
        assert (status == 201) == (self.there(who) and inside), shown
        if status == 201:
            assert (shown["chat"], shown["sender"]) == (GROUP, who.jid)
            self.written[shown["id"]] = GROUP
            [post] = self.new_posts()
            self.authored(who, post)
            assert post["key"]["participant"] == who.jid
            self.saw_lid(who, post["key"]["participantLid"])

    def create(self, who: Person, way: str) -> None:
        ways = [way, *who.ways[:2]]
        body = {"group_data": {"group_name": "Novo", "participants": ways}}
        status, answer = self.rest("POST", f"group/{KEY}/create", body)
        assert status == (200 if all(self.passes(who, each) for each in ways) else 403), answer
        if status == 200:
            jid = answer["group"]["id"]
            self.groups[jid] = self.members(jid)
            added = self.there(who) and not who.barred
            expected = {f"{OWN}{SERVER}"} | ({who.jid} if added else set())
            assert set(self.groups[jid]) == expected and len(self.groups[jid]) == len(expected)

    def add(self, who: Person, way: str) -> None:
        before = self.groups[GROUP]
        status = self.change("addParticipants", who, way)
        if not self.there(who):
            assert status == "404"
        elif who.jid in before:
            assert status == "409"
        else:
            assert status == ("403" if who.barred else "200")
        added = [who.jid] if status == "200" else []
        self.groups[GROUP] = self.members(GROUP)
        assert self.groups[GROUP] == [*before, *added]

    def remove(self, who: Person, way: str) -> None:
        before = self.groups[GROUP]
        assert self.change("removeParticipants", who, way) == (
            "200" if who.jid in before else "404"
        )
        self.groups[GROUP] = self.members(GROUP)
        assert self.groups[GROUP] == [jid for jid in before if jid != who.jid]

    def change(self, operation: str, who: Person, way: str) -> str:
        body = {"group_data": {"jid": GROUP, "participants": [way]}}
        status, answer = self.rest("POST", f"group/{KEY}/{operation}", body)
        assert status == 200, answer
        [[person]] = answer["updatedParticipants"]
        assert person["jid"] == (who.jid or str(Jid.parse(way)))
        return str(person["status"])

    def members(self, jid: str) -> list[str]:
        """The group's people by its details, which its list must agree with."""
        _, details = self.rest("GET", f"group/{KEY}/group?jid={jid}")
        _, listed = self.rest("GET", f"group/list/{KEY}")
        [same] = [group for group in listed["groups"] if group["id"] == jid]
        assert same == details["group"]
        found = [person["id"] for person in same["participants"]]
        assert len(found) == len(set(found)) == same["size"]
        return found

    def show(self, who: Person, way: str) -> None:
        status, shown = self.control_api("GET", f"/instances/{KEY}/contacts/{way}")
        assert status == (400 if who.jid is None else 200), shown
        if who.jid is None:
            return
        self.saw_lid(who, shown["lid"])
        assert shown["jid"] == who.jid
        assert shown["number"] == (who.jid.removesuffix(SERVER) if who.dials else None)
        assert (shown["name"], shown["saved_name"]) == (who.name, who.saved)
        assert (shown["verified_name"], shown["business"]) == (who.verified, bool(who.verified))
        assert shown["state"] == ("reachable" if self.there(who) else "unregistered")

    def presence(self, who: Person, way: str) -> None:
        body = {"to": way, "option": "composing"}
        status, answer = self.rest("POST", f"chat/{KEY}/presenceUpdateChat", body)
        assert status == (200 if self.passes(who, way) else 403), answer
        if status == 200:
            _, shown = self.control_api("GET", f"/instances/{KEY}")
            assert shown["presence"][who.jid or way] == "composing"

    def move(self, who: Person, way: str, state: str) -> None:
        path = f"/instances/{KEY}/contacts/{way}"
        status, _ = self.control_api("POST", path, {"state": state})
        assert status == (400 if who.jid is None else 200)
        if who.jid is not None and state == "unregistered":
            self.gone.add(who)
            for jid, inside in self.groups.items():
                self.groups[jid] = [one for one in inside if one != who.jid]
                assert self.members(jid) == self.groups[jid]
        else:
            self.gone.discard(who)

    def take_step(self, name: str, who: Person, way: str) -> None:
        made = {
            "ask": self.ask, "send": self.send, "hear": self.hear, "quote": self.quote,
            "hear in group": self.hear_in_group, "create": self.create, "add": self.add,
            "remove": self.remove, "show": self.show, "presence": self.presence,
        }.get(name)  # fmt: skip
        if made is not None:
            made(who, way)
        elif name == "hear hidden":
            self.hear(who, way, "text-plain-lid")
        elif name == "list":
            assert self.members(GROUP) == self.groups[GROUP]
        else:
            self.move(who, way, "unregistered" if name == "vanish" else "reachable")

    def read_back(self) -> None:
        """Every message is still in its person's one chat, and everybody is still themselves."""
        _, found = self.control_api("GET", f"/messages?instance={KEY}&limit=1000")
        assert {row["id"]: row["chat"] for row in found["items"]} == self.written
        for row in found["items"]:
            lost = row["id"] in self.lost
            usual = ("read" if row["from_me"] else "delivered", None)
            expected = ("stopped", "not registered") if lost else usual
            assert (row["state"], row["reason"]) == expected
        for who in self.crowd:
            for way in who.ways:
                self.ask(who, way)
                self.show(who, way)
        for who in self.crowd:
            self.add(who, who.ways[0])
        # A hidden number that webhooks told leads back to its person.
        for who, lid in self.lids.items():
            self.show(who, lid)
            self.send(who, lid)


@given(society=societies(), steps=STEPS)
@settings(max_examples=60, phases=[Phase.explicit, Phase.generate, Phase.shrink])
def test_nobody_contradicts_anybody_about_a_person(
    society: tuple[dict[str, Any], list[Person]], steps: list[Step]
) -> None:
    document, crowd = society
    app = build_app(
        world=read_world(document),
        clock=Clock(frozen_at=START),
        ids=Ids(0),
        transport=RecordingTransport(),
    )
    try:
        seen = Society(app, crowd)
        for name, pick, form in steps:
            who = crowd[pick % len(crowd)]
            seen.take_step(name, who, who.ways[form % len(who.ways)])
        seen.read_back()
        assert list(app.runtime.records.bugs) == []
    finally:
        app.stop(0)
