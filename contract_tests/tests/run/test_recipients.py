"""A recipient without an account ends a run in a sentence, before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result
from megaapi_contract.cli import main
from megaapi_contract.errors import SetupError
from megaapi_contract.host.http import Answer, Request
from megaapi_contract.host.target import HttpTarget
from megaapi_contract.run import preparation
from megaapi_contract.run.options import RunOptions
from megaapi_mock.testing import MockServer

from ..support import KEY, LISTED, OWN, TOKEN

JSON = (("Content-Type", "application/json"),)
UNREGISTERED = "5511900000003"
LID_DIGITS = "100000000000002"
Look = Callable[[Request], Answer | None]


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer() as running:
        yield running


def run(server: MockServer, *recipients: str, operation: str = "send_text") -> Result:
    words = ["run", "--target", server.url, "--no-control-api", "--instance-key", KEY, "--token",
             TOKEN, "--quick", "--pace", "0", "--seed", "3", "--allow", "sends",
             "--operation", operation]  # fmt: skip
    for number in recipients:
        words += ["--recipient", number]
    return CliRunner().invoke(main, words, catch_exceptions=False)


def sends(server: MockServer) -> list[str]:
    exchanges = server.control_api.call("GET", "/exchanges?limit=5000")["items"]
    paths = [each["request"]["path"] for each in exchanges]
    return [path for path in paths if "sendMessage" in path]


def statuses_of_sends(server: MockServer) -> list[int]:
    exchanges = server.control_api.call("GET", "/exchanges?limit=5000")["items"]
    return [
        each["response"]["status"] for each in exchanges if "sendMessage" in each["request"]["path"]
    ]


def said(result: Result) -> str:
    """All it printed, in one line however it was wrapped."""
    return " ".join(result.output.split())


def answer_look_ups(monkeypatch: pytest.MonkeyPatch, look: Look) -> None:
    """Give isOnWhatsApp these answers in place of the host's own, where there is one."""
    send = HttpTarget.send

    def answer(target: HttpTarget, request: Request) -> Answer:
        own = look(request) if "isOnWhatsApp" in request.path else None
        return own or send(target, request)

    monkeypatch.setattr(preparation.HttpTarget, "send", answer)


@pytest.mark.parametrize(
    ("number", "switch"),
    [
        ("11900000002", "exists_false"),
        (LID_DIGITS, "empty"),
        (UNREGISTERED, "403"),
        (UNREGISTERED, "error_true"),
    ],
)
def test_a_recipient_who_is_not_on_whatsapp_is_never_sent_anything(
    number: str, switch: str
) -> None:
    with MockServer(switches={"not_on_whatsapp": switch}) as server:
        body = {"state": "unregistered"}
        server.control_api.call("POST", f"/instances/{KEY}/contacts/{UNREGISTERED}", body)
        result = run(server, LISTED, number)
        assert result.exit_code == 2, result.output
        assert sends(server) == []
    assert f"{number} is not on WhatsApp" in said(result)
    assert "Check --recipient" in said(result) and "digits of a LID" in said(result)
    assert "If the number is right, the isOnWhatsApp of this host is wrong" in said(result)
    assert "BROKEN" not in said(result)


def test_a_number_without_its_country_code_is_completed_in_the_sentence(
    server: MockServer,
) -> None:
    assert "did you mean 5511900000002?" in run(server, "11900000002").output


def test_a_host_that_denies_its_own_number_is_doubted_by_name(
    server: MockServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    no = json.dumps({"exists": False, "jid": f"{LISTED}@s.whatsapp.net"}).encode()
    answer_look_ups(monkeypatch, lambda request: Answer(200, JSON, no))
    result = run(server, LISTED)
    assert result.exit_code == 2 and sends(server) == []
    assert "its isOnWhatsApp is probably wrong" in said(result)


@pytest.mark.parametrize("status", [404, 500])
def test_the_first_refusal_ends_a_run_whose_host_cannot_be_asked(
    status: int, server: MockServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = json.dumps({"name": "X", "message": "x", "statusCode": status}).encode()
    answer_look_ups(monkeypatch, lambda request: Answer(status, JSON, error))
    result = run(server, "11900000002")
    assert result.exit_code == 2, result.output
    assert "refuses the first message to <recipient 1>" in said(result)
    assert "Check --recipient" in said(result) and "BROKEN" not in said(result)
    # What is sent under a wrong token, or cannot be read, is a message to nobody.
    assert statuses_of_sends(server).count(403) == 1


def test_a_host_that_refuses_a_number_it_has_confirmed_is_wrong(
    server: MockServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    yes = json.dumps({"exists": True, "jid": f"{UNREGISTERED}@s.whatsapp.net"}).encode()
    answer_look_ups(monkeypatch, lambda request: Answer(200, JSON, yes))
    result = run(server, "11900000002")
    assert result.exit_code == 1, result.output


def test_a_right_recipient_is_written_to(server: MockServer) -> None:
    assert run(server, LISTED).exit_code == 0
    assert sends(server)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("+55 11 90000-0002", LISTED),
        ("(11) 90000-0002", LISTED),
        ("55 11 90000 0002", LISTED),
        (f"{LISTED}@s.whatsapp.net", LISTED),
        ("11900000002", "11900000002"),
        ("+11900000002", "11900000002"),
        (OWN, OWN),
    ],
)
def test_a_recipient_is_read_as_people_write_it(text: str, digits: str) -> None:
    options = RunOptions("mock", recipients=(text,))
    assert options.recipients == (digits,)


@pytest.mark.parametrize("text", ["", "0002", "abc", f"{LISTED}@lid", "120363000000000099@g.us"])
def test_what_is_not_a_number_is_refused(text: str) -> None:
    with pytest.raises(SetupError, match="give 8 to 15 digits"):
        RunOptions("mock", recipients=(text,))


def test_a_person_listed_twice_is_one_recipient() -> None:
    numbers = ("+55 31 90000-0005", "553100000005", LISTED, f"{LISTED}@s.whatsapp.net")
    assert RunOptions("mock", recipients=numbers).recipients == ("5531900000005", LISTED)


# However it is dialled: with its ninth digit, without, or as people write it.
@pytest.mark.parametrize("number", [OWN, "551100000001", "+55 11 90000-0001"])
def test_a_run_does_not_write_to_the_instance_itself(number: str, server: MockServer) -> None:
    result = run(server, LISTED, number)
    assert result.exit_code == 2 and sends(server) == []
    assert "this is the instance's own number" in said(result)
