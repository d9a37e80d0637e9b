"""`megaapi-mock store check|export|vacuum`."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from megaapi_mock.commands.main import main
from megaapi_mock.errors import SetupError
from megaapi_mock.settings import Settings
from megaapi_mock.store.open_store import open_database, shown_name, sqlite_path
from megaapi_mock.store.state_file import unseal
from megaapi_mock.web.app import build_app

KEY = "megacode-TESTKEY0001"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["store", *arguments])


@pytest.fixture
def url(store_url: str) -> str:
    """A store in which 200 texts were sent and most of them forgotten again."""
    url = store_url
    app = build_app(settings=Settings(store=url, seed=1, messages_limit=4, journal_limit=3))
    client = app.test_client()
    for number in range(200):
        body = {"messageData": {"to": "5511900000002", "text": f"{number} " * 500}}
        headers = {"Authorization": "Bearer TESTKEY0001"}
        answer = client.post(f"/rest/sendMessage/{KEY}/text", json=body, headers=headers)
        assert answer.status_code == 200
    app.stop(1)
    return url


def execute(url: str, statement: str) -> None:
    """Something that no mock would do."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(sqlite_path(url))) as connection:
            connection.execute(statement)
            connection.commit()
    else:
        import psycopg

        with psycopg.connect(url) as session:
            session.execute(statement.encode())


def test_check_says_how_much_there_is(url: str) -> None:
    done = run("check", url)
    assert done.exit_code == 0
    assert done.output.splitlines()[:2] == ["2 instances", "4 messages"]
    assert done.output.splitlines()[-1] == "everything can be read"
    # What the journal has let go is deleted now and then, not with every call.
    exchanges = int(done.output.split(" exchanges")[0].split()[-1])
    assert 3 <= exchanges <= 3 + 50


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE state_row SET value = '{}' WHERE field = 'messages'", f"instance {KEY}: messages"),
        ("UPDATE part SET value = '{}' WHERE name = 'world'", "world: "),
        ("DELETE FROM part WHERE name = 'faults'", "is damaged: faults is missing"),
        ("UPDATE record SET head = '{'", "is damaged: a row cannot be read"),
        ("UPDATE instance SET fields = '{}'", f"instance {KEY}: "),
        ("UPDATE part SET value = '{\"acks\": 7}' WHERE name = 'profile'", "profile.acks: must be"),
        ("UPDATE part SET value = '7' WHERE name = 'clock'", "clock: must be"),
        ("UPDATE part SET value = '{}' WHERE name = 'start'", "start.seed: must be"),
        ("UPDATE part SET value = '[]' WHERE name = 'faults'", "faults: must be"),
        ("UPDATE part SET value = '{\"x\": 7}' WHERE name = 'chaos'", "chaos: must be"),
        ("UPDATE number SET last = -1", "must be"),
    ],
)
def test_check_finds_what_cannot_be_read(url: str, statement: str, sentence: str) -> None:
    execute(url, statement)
    done = run("check", url)
    assert done.exit_code == 1
    assert sentence in done.output
    assert done.output.splitlines()[-1] == "damaged"
    # Nor would a mock start on it.
    with pytest.raises(SetupError, match="is damaged"):
        build_app(settings=Settings(store=url))


def test_export_writes_a_state_that_a_mock_starts_with(url: str, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    done = run("export", url, "-o", str(file))
    assert done.exit_code == 0, done.output
    state = unseal(file.read_bytes())
    assert unseal(run("export", url).stdout_bytes) == state
    app = build_app(settings=Settings(world=str(file)))
    shown = app.test_client().get("/_mock/messages").get_json()["items"]
    saved = app.test_client().get("/_mock/state").get_json()["state"]
    app.stop(1)
    texts = [message["content"]["extendedTextMessage"]["text"] for message in shown]
    assert texts == [f"{number} " * 500 for number in range(196, 200)]
    assert json.dumps(saved["instances"], sort_keys=True) == json.dumps(
        state["instances"], sort_keys=True
    )


def size_of(url: str) -> int:
    with closing(open_database(url)) as database:
        return database.size()


def test_vacuum_gives_back_what_was_forgotten(url: str) -> None:
    before = size_of(url)
    done = run("vacuum", url)
    assert done.exit_code == 0
    after = size_of(url)
    assert after < before
    name = shown_name(url).removeprefix("sqlite:///")
    assert done.output == f"{name}: {before:,} bytes before, {after:,} now\n"
    assert run("check", url).exit_code == 0


@pytest.mark.parametrize("command", ["check", "export", "vacuum"])
@pytest.mark.parametrize(
    ("store", "sentence"),
    [
        ("sqlite:///nowhere.db", "there is no file nowhere.db"),
        (
            "mysql://x",
            "mysql://x is not a store: it must be `memory`, sqlite:///FILE, or p",
        ),
        ("postgresql://x", "the postgresql:// URL of --store cannot be read: write postgresql://"),
    ],
)
def test_what_is_no_store_is_one_sentence(command: str, store: str, sentence: str) -> None:
    done = run(command, store)
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_bare_file_is_told_as_the_url_it_needs(tmp_path: Path) -> None:
    file = tmp_path / "mock.db"
    file.touch()
    done = run("check", str(file))
    assert done.exit_code == 2
    assert f"did you mean sqlite:///{file}?" in done.stderr


def test_an_empty_store_cannot_be_exported(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    (tmp_path / "new.db").touch()
    done = run("export", url)
    assert done.exit_code == 2
    assert "there is no store in" in done.stderr and "no mock has run on it" in done.stderr
    assert (tmp_path / "new.db").read_bytes() == b""
    open_database(url).close()
    done = run("export", url)
    assert done.exit_code == 2
    assert "is empty: no mock has run on it" in done.stderr
