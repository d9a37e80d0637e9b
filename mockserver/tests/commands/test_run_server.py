"""What is served, where, and within which limits."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.commands import run_server
from megaapi_mock.commands.output import Output
from megaapi_mock.profile import load_profile
from megaapi_mock.resources import root
from megaapi_mock.serving import server
from megaapi_mock.settings import Settings


@pytest.mark.parametrize(("port", "listens"), [(None, 8080), (0, 0), (9100, 9100)])
def test_it_listens_on_its_own_port_or_the_one_that_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, port: int | None, listens: int
) -> None:
    served: dict[str, Any] = {}
    monkeypatch.setattr(server, "serve", lambda factory, **options: served.update(options))
    profile = load_profile("code", root("fixtures")).with_switches({"stop_grace": "3"})
    settings = Settings(host="127.0.0.2", port=8080, url_bytes=4096)
    run_server.run(settings, profile, Output(), on_ready=print, port=port)
    assert (served["host"], served["port"]) == ("127.0.0.2", listens)
    assert served["limits"].url_bytes == 4096
    assert served["stop_grace"] == 3
