"""Where a version of the contract is read from: files, folders, git revisions."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from megaapi_mock.errors import MockError
from megaapi_mock.resources import root
from megaapi_mock.spec.bundle import bundle
from megaapi_mock.spec.diff.versions import read_version

from .seeded import contract

AUTHOR = ("-c", "user.name=Test Person", "-c", "user.email=test@person.test")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git repository with the contract in spec/ and a file beside it, in two commits."""
    shutil.copytree(root("spec"), tmp_path / "spec")
    (tmp_path / "api").mkdir()
    for title in ("First", "Second"):
        document = contract()
        document["info"]["title"] = title
        (tmp_path / "api" / "shop.yaml").write_text(yaml.safe_dump(document))
        for arguments in (("init", "-q"), ("add", "."), (*AUTHOR, "commit", "-qm", title)):
            subprocess.run(["git", "-C", str(tmp_path), *arguments], check=True)
    monkeypatch.chdir(tmp_path / "api")
    return tmp_path


def test_a_folder_and_its_openapi_file_are_the_bundle(tmp_path: Path) -> None:
    document = bundle(root("spec")).document
    assert read_version(str(root("spec"))) == document
    assert read_version(str(root("spec") / "openapi.yaml")) == document
    (tmp_path / "bundle.json").write_text(json.dumps(document))
    assert read_version(str(tmp_path / "bundle.json")) == document


def test_a_status_may_be_written_as_a_number(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("openapi: 3.0.3\npaths: {/a: {get: {responses: {200: {description: ok}}}}}")
    assert list(read_version(str(file))["paths"]["/a"]["get"]["responses"]) == ["200"]


def test_yaml_is_read_as_json_values(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(
        "openapi: 3.1\n"
        "components: {schemas: {A: {enum: [on, yes, 2024-01-01, 22:22, 010, 1e3, null, true]}}}"
    )
    document = read_version(str(file))
    values = ["on", "yes", "2024-01-01", "22:22", 10, 1000, None, True]
    assert document["components"]["schemas"]["A"]["enum"] == values
    assert document["openapi"] == "3.1.0"


def test_what_is_empty_or_only_data_is_nothing(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(
        "openapi: 3.1.0\nwebhooks:\ncomponents: {schemas: {A: {example: {$ref: other.yaml}, "
        "required: yes, properties: {on: , $ref: {type: string}}}}}\n"
        "paths: {x-note: text, /a: {get: {parameters: , responses: }}}"
    )
    assert read_version(str(file)) == {
        "openapi": "3.1.0",
        "components": {"schemas": {"A": {
            "example": {"$ref": "other.yaml"},
            "properties": {"on": {}, "$ref": {"type": "string"}},
        }}},
        "paths": {"x-note": "text", "/a": {"get": {}}},
    }  # fmt: skip


def test_a_revision_is_read_from_anywhere_in_the_repository(repository: Path) -> None:
    assert read_version("HEAD") == bundle(root("spec")).document
    assert read_version("HEAD~1:api/shop.yaml")["info"]["title"] == "First"
    assert read_version("HEAD:api/shop.yaml")["info"]["title"] == "Second"
    assert not (repository / "api" / "openapi.yaml").exists()


def test_a_path_may_start_in_the_working_directory(repository: Path) -> None:
    assert read_version("HEAD~1:./shop.yaml") == read_version("HEAD~1:api/shop.yaml")
    assert read_version("HEAD:../spec") == read_version("HEAD")
    assert repository.is_dir()


def test_links_and_blanks_and_accents_are_followed(repository: Path) -> None:
    (repository / "my docs").mkdir()
    (repository / "my docs" / "ação.yaml").write_text(yaml.safe_dump(contract()))
    (repository / "link.yaml").symlink_to("my docs/ação.yaml")
    (repository / "out.yaml").symlink_to("/etc/passwd")
    (repository / "round.yaml").symlink_to("round.yaml")
    (repository / ".gitattributes").write_text("* export-ignore")
    _commit(repository)
    assert read_version("HEAD:my docs/ação.yaml") == read_version("HEAD:link.yaml") == contract()
    for name, sentence in (("out", "leads out of the repository"), ("round", "lead in a circle")):
        with pytest.raises(MockError, match=sentence):
            read_version(f"HEAD:{name}.yaml")


def test_a_bare_repository_has_revisions(
    repository: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = tmp_path_factory.mktemp("bare")
    subprocess.run(["git", "clone", "-q", "--bare", str(repository), str(bare)], check=True)
    monkeypatch.chdir(bare)
    assert read_version("HEAD~1:api/shop.yaml")["info"]["title"] == "First"


def test_a_shallow_clone_says_how_to_get_the_rest(
    repository: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = tmp_path_factory.mktemp("clone")
    url = f"file://{repository}"
    subprocess.run(["git", "clone", "-q", "--depth", "1", url, str(clone)], check=True)
    monkeypatch.chdir(clone)
    with pytest.raises(MockError, match="git fetch --unshallow"):
        read_version("HEAD~1:api/shop.yaml")


def test_a_submodule_is_named(repository: Path) -> None:
    head = subprocess.run(
        ["git", "-C", str(repository), "rev-parse", "HEAD"], check=True, capture_output=True
    )
    entry = f"160000,{head.stdout.decode().strip()},mod"
    subprocess.run(
        ["git", "-C", str(repository), "update-index", "--add", "--cacheinfo", entry], check=True
    )
    _commit(repository, everything=False)
    with pytest.raises(MockError, match="'mod' is a submodule"):
        read_version("HEAD:mod/api/shop.yaml")


def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = subprocess.Popen(["cp", "/dev/stdin", str(pipe)], stdin=subprocess.PIPE)
    assert writer.stdin is not None
    writer.stdin.write(yaml.safe_dump(contract()).encode())
    writer.stdin.close()
    assert read_version(str(pipe)) == contract()
    assert writer.wait(60) == 0


def _commit(repository: Path, *, everything: bool = True) -> None:
    """What stands there now, or what was added by hand."""
    for arguments in (("add", "."), (*AUTHOR, "commit", "-qm", "Third"))[not everything :]:
        subprocess.run(["git", "-C", str(repository), *arguments], check=True)


def test_a_file_goes_before_a_revision_of_the_same_name(repository: Path) -> None:
    (repository / "api" / "HEAD").write_text(yaml.safe_dump(contract()))
    assert read_version("HEAD") == contract()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nowhere", "neither a file nor a revision"),
        ("--upload-pack=x", "neither a file nor a revision"),
        ("HEAD:api/none.yaml", "no 'api/none.yaml' in that revision"),
        ("HEAD:../outside.yaml", "in that revision"),
        ("../api", "no openapi.yaml: give the file itself"),
        ("HEAD:api", "HEAD:api holds no openapi.yaml"),
        ("HEAD:shop.yaml", "did you mean REVISION:api/shop.yaml"),
        ("", "one of the two versions is empty"),
    ],
)
@pytest.mark.usefixtures("repository")
def test_what_is_no_version_is_said_in_a_sentence(name: str, sentence: str) -> None:
    with pytest.raises(MockError) as refused:
        read_version(name)
    assert sentence in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[]", "no field `openapi`"),
        ("swagger: '2.0'", "no field `openapi`"),
        ("openapi: 4.0.0", "only 3.0 and 3.1"),
        ("openapi: [", "cannot be read as YAML"),
        (
            "openapi: 3.1.0\npaths: {/a: {get: {parameters: {}}}}",
            "paths./a.get.parameters is a map, not a list",
        ),
        ("openapi: 3.1.0\npaths: [1]", "paths is a list, not a map"),
        (
            "openapi: 3.1.0\npaths: {/a: {get: {responses: {200: text}}}}",
            "responses.200 is a text, not a map",
        ),
        ("openapi: 3.1.0\nx-a: &a {b: *a}", "an anchor stands inside of itself"),
        (
            "openapi: 3.1.0\nx-0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]\n"
            + "".join(
                f"x-{step}: &a{step} [{', '.join([f'*a{step - 1}'] * 9)}]\n" for step in range(1, 9)
            ),
            "more than 5,000,000 values",
        ),
        ("openapi: 3.1.0\npaths: {/a: {$ref: other.yaml}}", "bundle it first"),
    ],
)
def test_a_file_that_is_no_contract_is_said_in_a_sentence(
    text: str, sentence: str, tmp_path: Path
) -> None:
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(MockError, match=sentence):
        read_version(str(tmp_path / "x.yaml"))


def test_outside_of_a_repository_only_files_are_versions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(MockError, match="no git repository"):
        read_version("main")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MockError, match="git is not installed"):
        read_version("main")
