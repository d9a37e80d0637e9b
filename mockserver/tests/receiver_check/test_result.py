"""A verdict in its forms: a table, JUnit, JSON and back."""

from __future__ import annotations

import json
from xml.etree import ElementTree

from megaapi_mock.receiver_check.result import Verdict

from ..support import KEY, START
from .story import Story, attempt


def failing() -> Verdict:
    story = Story()
    for number in range(30):
        story.told(f"A{number}<&\"'", state="failed", attempts=[attempt(START, 500)])
    story.told("A")
    story.answer("R1")
    story.answer("R2")
    return story.judged()


def test_the_table_names_what_failed_and_the_first_ids() -> None:
    lines = failing().as_table().splitlines()
    assert lines[0].split() == [
        "answered_in_time", "failed", "30", "webhooks", "had", "no", "2xx", "within", "5", "s",
    ]  # fmt: skip
    assert any(line.endswith(" and 10 more") for line in lines)
    assert lines[-1] == f"{KEY}: failed"


def test_junit_is_xml_with_a_case_for_each_check() -> None:
    verdict = failing()
    suite = ElementTree.fromstring(verdict.as_junit())[0]
    counted = {name: int(suite.attrib[name]) for name in ("tests", "failures", "skipped")}
    kinds = [check.outcome for check in verdict.checks]
    assert counted == {
        "tests": 6,
        "failures": kinds.count("failed"),
        "skipped": kinds.count("not applicable"),
    }
    cases = suite.findall("testcase")
    assert [case.attrib["name"] for case in cases] == [check.name for check in verdict.checks]
    failure = cases[0].find("failure")
    assert failure is not None
    assert (failure.text or "").split("\n") == list(verdict.checks[0].offending)


def test_json_leads_back_to_the_verdict() -> None:
    verdict = failing()
    assert Verdict.of(json.loads(json.dumps(verdict.as_json()))) == verdict
<<<<<<< HEAD
=======


# -- the route -----------------------------------------------------------------------------------


@pytest.fixture
def judged(make_app: MakeApp) -> MockApp:
    """A mock whose contact wrote twice and was answered in the wrong order."""
    app = make_app(transport=RecordingTransport())
    door = Door(app)
    app.runtime.instances.publisher.change(
        KEY, lambda instance: instance.set_webhook("http://127.0.0.1:9/")
    )
    told = [door.post(f"/instances/{KEY}/inbound", {}, status=201) for _ in range(2)]
    assert app.runtime.webhooks.courier.wait_idle(5)
    for message in reversed(told):
        quote(app, message)
    assert app.runtime.webhooks.courier.wait_idle(5)
    return app


def quote(app: MockApp, message: Any) -> None:
    key = {"remoteJid": ANA, "fromMe": False, "id": message["id"]}
    data = {"to": ANA, "text": "oi", "key": key, "message": {"conversation": "oi"}}
    reply = app.test_client().post(
        f"/rest/sendMessage/{KEY}/quoteMessage", json={"messageData": data}, headers=AUTH
    )
    assert reply.get_json()["error"] is False


def checks(document: Any) -> dict[str, str]:
    return {check["name"]: check["outcome"] for check in document["checks"]}


def test_the_control_api_judges_from_its_journal(judged: MockApp) -> None:
    document = Door(judged).post("/deliveries/verdict", {"instance": KEY})
    assert document["instance"] == KEY
    assert checks(document) == {
        "answered_in_time": "passed",
        "stayed_up": "passed",
        "answered_once": "passed",
        "ignored_its_echo": "passed",
        "answered_in_order": "failed",
        "sends_accepted": "passed",
    }
    assert (document["figures"]["inbound"], document["figures"]["answers"]) == (2, 2)


def test_since_a_delivery_there_is_less_to_judge(judged: MockApp) -> None:
    door = Door(judged)
    first, second = door.items(f"/deliveries?event=text-plain&instance={KEY}")
    narrow = door.post("/deliveries/verdict", {"instance": KEY, "since": first["id"]})
    assert narrow["figures"]["inbound"] == 1
    assert checks(narrow)["answered_in_order"] == "not applicable"
    last = door.items("/deliveries")[-1]["id"]
    assert not door.post("/deliveries/verdict", {"instance": KEY, "since": last})["passed"]
    assert second["id"] != last


def test_a_verdict_on_some_chats_or_one_url_alone(judged: MockApp) -> None:
    door = Door(judged)
    door.post(f"/instances/{KEY}/inbound", {"from": "5511900000004"}, status=201)
    assert judged.runtime.webhooks.courier.wait_idle(5)
    wanted: dict[str, Any] = {"instance": KEY}
    assert door.post("/deliveries/verdict", wanted)["figures"]["inbound"] == 3
    only = door.post("/deliveries/verdict", {**wanted, "chats": [BIA]})
    assert (only["figures"]["inbound"], only["figures"]["deliveries"]) == (1, 1)
    here = door.post("/deliveries/verdict", {**wanted, "url": "http://127.0.0.1:9/"})
    assert here["figures"]["inbound"] == 3
    there = door.post("/deliveries/verdict", {**wanted, "url": "http://127.0.0.1:9/b"})
    assert there["figures"]["deliveries"] == 0


def test_what_the_journal_has_let_go_is_no_unknown_delivery(make_app: MakeApp) -> None:
    app = make_app()
    app.runtime.records.journal.deliveries.limit = 1
    door = Door(app)
    app.runtime.instances.publisher.change(
        KEY, lambda instance: instance.set_webhook("http://127.0.0.1:9/")
    )
    for _ in range(3):
        door.post(f"/instances/{KEY}/inbound", {}, status=201)
    assert app.runtime.webhooks.courier.wait_idle(5)
    document = door.post("/deliveries/verdict", {"instance": KEY, "since": f"d1.{KEY}"})
    assert document["figures"]["deliveries"] == 1


@pytest.mark.parametrize(
    ("form", "mimetype", "begins"),
    [("table", "text/plain", "answered_in_time"), ("junit", "application/xml", "<?xml")],
)
def test_a_verdict_as_text(judged: MockApp, form: str, mimetype: str, begins: str) -> None:
    reply = judged.test_client().post(
        "/_mock/deliveries/verdict", json={"instance": KEY, "format": form, "within": 0.5}
    )
    assert (reply.status_code, reply.mimetype) == (200, mimetype)
    assert reply.text.startswith(begins)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "instance: is required; whose webhooks"),
        ({"instance": KEY, "format": "html"}, 'format: must be json, table or junit, not "html"'),
        ({"instance": KEY, "within": "5"}, "within: must be a number"),
        (
            {"instance": KEY, "within": 0},
            "within: must be a number of seconds above 0",
        ),
        (
            {"instance": KEY, "within": -1},
            "within: must be a number of seconds above 0",
        ),
        (
            {"instance": KEY, "within": 1e9},
            "within: must be a number of seconds above 0",
        ),
        ({"instance": KEY, "since": "zzz"}, "since: there was no delivery 'zzz'"),
        ({"instance": KEY, "since": ""}, "since: there was no delivery ''"),
        ({"instance": KEY, "since": f"d1.{KEY}"}, f"since: there was no delivery 'd1.{KEY}'"),
        ({"instance": KEY, "chats": ANA}, "chats: must be a list"),
        ({"instance": KEY, "chats": [5]}, "chats[0]: must be a string"),
    ],
)
def test_a_verdict_needs_to_know_on_whom(app: MockApp, body: Any, sentence: str) -> None:
    assert Door(app).refusal("POST", "/deliveries/verdict", body).startswith(sentence)


def test_nobody_is_judged_unknown(app: MockApp) -> None:
    door = Door(app)
    door.refusal("POST", "/deliveries/verdict", {"instance": "megacode-NOBODY"}, status=404)
    assert not door.post("/deliveries/verdict", {"instance": UNLINKED})["passed"]


def test_what_chaos_holds_is_not_held_against_the_receiver(make_app: MakeApp) -> None:
    app = make_app()
    door = Door(app)
    app.runtime.instances.publisher.change(
        KEY, lambda instance: instance.set_webhook("http://127.0.0.1:9/")
    )
    door.post(f"/instances/{KEY}/inbound", {}, status=201)
    door.post(f"/instances/{KEY}/chaos", {"delay": [600, 600]})
    door.post(f"/instances/{KEY}/inbound", {}, status=201)
    assert app.runtime.webhooks.courier.wait_idle(5)
    door.post("/clock", {"advance": 60})
    verdict = door.post("/deliveries/verdict", {"instance": KEY, "listens_only": True})
    assert verdict["passed"], verdict


def test_a_verdict_waits_for_what_is_owed(make_app: MakeApp) -> None:
    """A receiver that answers 500 from its 25th webhook on does not pass because it is slow."""
    answers = iter([200] * 25 + [500] * 100)

    class Slow(RecordingTransport):
        def post(self, *arguments: Any, **options: Any) -> ReceiverAnswer:
            threading.Event().wait(0.02)
            return replace(super().post(*arguments, **options), status=next(answers))

    app = make_app(transport=Slow())
    door = Door(app)
    app.runtime.instances.publisher.change(
        KEY, lambda instance: instance.set_webhook("http://127.0.0.1:9/")
    )
    door.post(f"/instances/{KEY}/emit", {"event": "text-plain", "count": 58}, status=201)
    wanted = {"instance": KEY, "listens_only": True}
    early = door.post("/deliveries/verdict", {**wanted, "wait": 0})
    assert (early["outcome"], early["passed"]) == ("undecided", False)
    waited = door.post("/deliveries/verdict", {**wanted, "wait": 60})
    # As soon as it is certain: the first 500 is enough.
    assert waited["outcome"] == "failed"
    assert "had no 2xx" in waited["checks"][0]["message"]


def test_refused_sends_are_read_from_the_journal(judged: MockApp) -> None:
    door = Door(judged)
    body = {"messageData": {"to": "5511900000099", "text": "oi"}}
    judged.test_client().post(f"/rest/sendMessage/{KEY}/text", json=body, headers=AUTH)
    document = door.post("/deliveries/verdict", {"instance": KEY})
    assert checks(document)["sends_accepted"] == "failed"
    assert "5511900000099" in document["checks"][-1]["message"]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"wait": 61}, "wait: must be a number of seconds from 0 to 60"),
        ({"answers": 0}, "answers: must be a whole number from 1 to 100"),
        ({"answers": 1.5}, "answers: must be a whole number"),
        ({"burst": -1}, "burst: must be a number of seconds from 0"),
        ({"patience": 1e9}, "patience: must be a number of seconds from 0"),
    ],
)
def test_wrong_terms_are_named(app: MockApp, body: Any, sentence: str) -> None:
    told = Door(app).refusal("POST", "/deliveries/verdict", {"instance": KEY, **body})
    assert told.startswith(sentence)
>>>>>>> fe7e845abe1d4cad72558926878d08fd119a6464
