"""Who may call what: the instance's own token, the administrator's, and what a refusal says."""

from __future__ import annotations

import pytest
from megaapi_mock.domain.instance import Instance
from megaapi_mock.errors import Unauthorized
from megaapi_mock.web.gateway.auth import LONGEST_CACHED, Access, is_token

from ...domain.conftest import make_instance

OWN, ADMIN = "Bearer TESTKEY0001", "Bearer TESTTOKEN0001"


@pytest.fixture
def instance() -> Instance:
    return make_instance()


@pytest.mark.parametrize(
    ("header", "carries"),
    [
        ("Bearer TESTKEY0001", True),
        ("bearer TESTKEY0001", True),
        ("BEARER   TESTKEY0001 ", True),
        ("Bearer testkey0001", False),
        ("Bearer TESTKEY00012", False),
        ("Bearer", False),
        ("Basic TESTKEY0001", False),
        ("TESTKEY0001", False),
        ("Bearer ü", False),
    ],
)
def test_a_header_carries_a_token_behind_bearer_in_any_case(header: str, carries: bool) -> None:
    assert is_token(header, "TESTKEY0001") == carries


def test_each_token_opens_its_own_instance_and_the_administrators_all(instance: Instance) -> None:
    access = Access(admin_token="TESTTOKEN0001")
    access.require(instance, OWN)
    access.require(instance, ADMIN)
    access.require_admin(ADMIN)
    with pytest.raises(Unauthorized, match="is not the administrator's"):
        access.require_admin(OWN)
    with pytest.raises(Unauthorized, match="is not the one of megacode-TESTKEY0001"):
        access.require(instance, "Bearer OTHER")


def test_without_own_tokens_only_the_administrators_opens_anything(instance: Instance) -> None:
    access = Access(admin_token="TESTTOKEN0001", own_tokens=False)
    access.require(instance, ADMIN)
    with pytest.raises(Unauthorized, match="is not the administrator's"):
        access.require(instance, OWN)
    # So that no header is asked of the instance's own token first.
    assert (access.longest_cached, Access().longest_cached) == (-1, LONGEST_CACHED)


def test_an_empty_administrators_token_is_nobodys(instance: Instance) -> None:
    for header in ("Bearer ", "Bearer"):
        with pytest.raises(Unauthorized):
            Access().require_admin(header)
        with pytest.raises(Unauthorized):
            Access(own_tokens=False).require(instance, header)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("", "there is none"),
        ("Basic abc", "its scheme is 'Basic'"),
        ("Bearer: TESTKEY0001", "its scheme is 'Bearer:'"),
        ("TESTKEY0001", "the word Bearer is missing"),
        ("TEST-KEY 0001", "the word Bearer is missing"),
    ],
)
def test_a_header_without_a_bearer_token_is_said_to_be_so(
    instance: Instance, header: str, words: str
) -> None:
    sentence = f"must be 'Bearer <token>': {words}"
    with pytest.raises(Unauthorized, match=sentence):
        Access().require(instance, header)
    with pytest.raises(Unauthorized, match=sentence):
        Access(admin_token="TESTTOKEN0001").require_admin(header)


@pytest.mark.parametrize(
    ("header", "hint"),
    [
        ("Bearer", ": it is empty"),
        ("Bearer Bearer TESTKEY0001", ": the word Bearer stands twice"),
        ("Bearer {{ $json.token }}", ": nothing has been put in for its placeholder"),
        ("Bearer undefined", ": nothing has been put in for its placeholder"),
        ("Bearer <token>", ": nothing has been put in for its placeholder"),
        ("Bearer megacode-TESTKEY0001", ": it is the instance's key"),
        ('Bearer "TESTKEY0001"', ": there are quotation marks or brackets around it"),
        ("Bearer testkey0001", ": capital and small letters differ"),
        ("Bearer TESTKEY0002", ""),
    ],
)
def test_a_wrong_token_is_said_to_be_what_it_looks_like(
    instance: Instance, header: str, hint: str
) -> None:
    with pytest.raises(Unauthorized) as refusal:
        Access().require(instance, header)
    assert refusal.value.reason == f"the bearer token is not the one of megacode-TESTKEY0001{hint}"


def test_a_token_without_bearer_is_not_in_the_reason(instance: Instance) -> None:
    for header in ("TESTTOKEN0001", "TESTTOKEN0001 x", "Bearer TESTTOKEN0001"):
        with pytest.raises(Unauthorized) as refusal:
            Access().require(instance, header)
        assert "TESTTOKEN0001" not in refusal.value.reason
