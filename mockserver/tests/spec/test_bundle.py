"""Many files into one document: what is referred to, what is not, and what is not YAML."""

from __future__ import annotations

from pathlib import Path

import pytest
from megaapi_mock.errors import SpecError
from megaapi_mock.spec import bundle as bundle_module
from megaapi_mock.spec.bundle import YAML_DEPTH, bundle, digest, parse_yaml, read_yaml

FILES = {
    "openapi.yaml": """
        openapi: 3.1.0
        paths:
          /a: {$ref: paths/a.yaml}
          /inline: {get: {}}
        webhooks:
          text: {$ref: webhooks/text.yaml}
        components:
          securitySchemes: {token: {type: http}}
        """,
    "paths/a.yaml": "post: {x: {$ref: ../components/schemas/Key.yaml, description: own}}",
    "webhooks/text.yaml": "post: {y: [{$ref: ../components/schemas/Key.yaml}]}",
    "components/schemas/Key.yaml": "properties: {id: {$ref: Id.yaml}, same: {$ref: '#/paths'}}",
    "components/schemas/Id.yaml": "type: string",
    "sources.yaml": "page: {}",
}


def write(folder: Path, **changes: str | None) -> Path:
    """The contract with some of its files changed; None takes one away."""
    names = {name.replace("/", "_").removesuffix(".yaml"): name for name in FILES}
    files = {**FILES, **{names.get(key, key): text for key, text in changes.items()}}
    for name, text in files.items():
        if text is not None:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
    return folder


def test_paths_and_webhooks_are_in_place_and_components_in_their_section(
    tmp_path: Path,
) -> None:
    result = bundle(write(tmp_path))
    reference = {"$ref": "#/components/schemas/Key"}
    assert result.document["paths"] == {
        "/a": {"post": {"x": {**reference, "description": "own"}}}, "/inline": {"get": {}},
    }  # fmt: skip
    assert result.document["webhooks"] == {"text": {"post": {"y": [reference]}}}
    assert result.document["components"] == {
        "schemas": {
            "Id": {"type": "string"},
            "Key": {"properties": {"id": {"$ref": "#/components/schemas/Id"},
                                   "same": {"$ref": "#/paths"}}},
        },
        "securitySchemes": {"token": {"type": "http"}},
    }  # fmt: skip
    assert result.files == {
        "/a": "paths/a.yaml", "/inline": "openapi.yaml", "text": "webhooks/text.yaml",
    }  # fmt: skip
    assert result.digest == digest(tmp_path)


@pytest.mark.parametrize(
    ("file", "text", "sentence"),
    [
        ("paths_a", "post: {$ref: ../no.yaml}",
         "spec/paths/a.yaml refers to ../no.yaml, but there is no spec/no.yaml"),
        ("paths_a", "post: {$ref: ../webhooks/text.yaml}", "only spec/components/<section>/"),
        ("paths_a", "post: {$ref: 'https://a.example/b.yaml'}", "refer to files of this folder"),
        ("paths_a", "post: {$ref: '../components/schemas/Key.yaml#/id'}", "refer to whole files"),
        ("paths_a", "- a", "spec/paths/a.yaml holds no mapping"),
        ("paths_a", "a: [", "paths/a.yaml cannot be read as YAML"),
        ("extra.yaml", "a: 1", "spec/extra.yaml is referred to by nothing"),
        ("components_schemas_Id", "allOf: [{$ref: Id.yaml}]",
         "spec/components/schemas/Id.yaml refers to Id.yaml, which leads back there"),
        ("openapi", FILES["openapi.yaml"].replace("webhooks/text", "paths/a"),
         "spec/openapi.yaml names paths/a.yaml twice under webhooks"),
        ("openapi", FILES["openapi.yaml"].replace(
            "securitySchemes: {token: {type: http}}", "schemas: {Key: {}}"),
         "spec/components/schemas/Key.yaml and spec/openapi.yaml both define schemas/Key"),
    ],
)  # fmt: skip
def test_a_loose_end_is_refused_with_its_file(
    tmp_path: Path, file: str, text: str, sentence: str
) -> None:
    write(tmp_path, **{file: text})
    with pytest.raises(SpecError) as refusal:
        bundle(tmp_path)
    assert sentence in str(refusal.value)


def test_a_folder_of_anything_is_no_contract(tmp_path: Path) -> None:
    for read in (bundle, digest):
        with pytest.raises(SpecError, match=r"holds no openapi\.yaml: give --spec the folder"):
            read(tmp_path)


def test_the_digest_tells_every_byte_and_every_name(tmp_path: Path) -> None:
    first = digest(write(tmp_path))
    assert digest(tmp_path) == first
    (tmp_path / "note.txt").write_text("no YAML")
    assert digest(tmp_path) == first
    (tmp_path / "sources.yaml").write_text("page: {} ")
    second = digest(tmp_path)
    (tmp_path / "sources.yaml").rename(tmp_path / "source.yaml")
    assert len({first, second, digest(tmp_path)}) == 3


def test_what_cannot_be_read_is_named_with_its_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"gone\.yaml cannot be read as YAML"):
        read_yaml(tmp_path / "gone.yaml")
    with pytest.raises(SpecError, match=r"a\.yaml cannot be read as YAML: .*line 2"):
        parse_yaml(b"a: 1\n- b", "a.yaml")
    with pytest.raises(SpecError, match="cannot be read"):
        parse_yaml(b"\xff\xfe\xff", "a.yaml")
    with pytest.raises(SpecError, match="cannot be read"):
        parse_yaml(b"a: 2026-13-45", "a.yaml")


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def test_a_file_that_nests_beyond_all_reason_is_refused() -> None:
    parse_yaml(nested(YAML_DEPTH), "a.yaml")
    with pytest.raises(SpecError, match=f"it nests beyond {YAML_DEPTH} levels, line 1"):
        parse_yaml(nested(YAML_DEPTH + 1), "a.yaml")
    assert parse_yaml(b"[[],[]]" * 1, "a.yaml") == [[], []]


def test_merge_keys_are_written_out_while_they_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"a: &a {x: 1, y: 2}\nb: &b {<<: *a, z: 3}\nc: {<<: [*a, *b], x: 9}\n"
    assert parse_yaml(text, "a.yaml")["c"] == {"x": 9, "y": 2, "z": 3}
    monkeypatch.setattr(bundle_module, "MERGED_MOST", 6)
    with pytest.raises(SpecError, match="its merge keys write out more than 6 names"):
        parse_yaml(text, "a.yaml")


def test_a_mapping_that_merges_itself_is_refused() -> None:
    with pytest.raises(SpecError, match="it merges itself, line 1"):
        parse_yaml(b"a: &a\n  <<: *a\n", "a.yaml")
