"""The operations of a document where they stand, with what they inherit."""

from __future__ import annotations

from megaapi_mock.spec.diff.located_operations import LocatedOperation, events, locate_operations

from .seeded import Json

SERVER, OTHER = {"url": "https://a.example"}, {"url": "https://b.example"}


def test_every_operation_of_a_path_is_found_with_what_its_path_says() -> None:
    item = {
        "get": {"parameters": [{"name": "own"}]}, "post": {"servers": [OTHER]},
        "parameters": [{"name": "shared"}], "servers": [SERVER], "summary": "text",
    }  # fmt: skip
    get, post = locate_operations({"paths": {"/a/{key}": item, "x-note": {"get": {}}}})
    assert (get.name, post.name) == ("GET /a/{key}", "POST /a/{key}")
    assert get.parameters == ({"name": "shared"}, {"name": "own"})
    assert post.parameters == ({"name": "shared"},)
    assert (get.servers, post.servers) == ((SERVER,), (OTHER,))


def test_without_servers_of_its_own_those_of_the_document_count() -> None:
    (one,) = locate_operations({"paths": {"/a": {"get": {}}}, "servers": [SERVER]})
    assert one.servers is None


def test_an_item_that_is_referred_to_is_read() -> None:
    document: Json = {
        "openapi": "3.1.0",
        "paths": {"/a": {"$ref": "#/components/pathItems/A"}},
        "components": {"pathItems": {"A": {"delete": {}}}},
    }
    assert [one.name for one in locate_operations(document)] == ["DELETE /a"]
    assert list(locate_operations({})) == []


def test_names_of_path_parameters_do_not_tell_operations_apart() -> None:
    keys = {LocatedOperation("get", path, {}).key for path in ("/a/{key}/b", "/a/{instance}/b")}
    assert keys == {("get", "/a/{}/b")}
    assert LocatedOperation("get", "/a/b", {}).key not in keys


def test_an_event_has_its_name_and_its_method_where_it_has_several() -> None:
    document: Json = {"openapi": "3.1.0"}
    items = {
        "text": {"post": {"x": 1}, "parameters": [{"name": "a"}]},
        "ack": {"put": {}, "post": {}},
    }
    found = events(items, document)
    assert list(found) == ["text", "ack PUT", "ack POST"]
    assert (found["text"].method, found["text"].path) == ("post", "text")
    assert found["text"].inherited == ({"name": "a"},) and found["text"].definition == {"x": 1}
    assert events(None, document) == {}
