"""A mock in the test's own process: its world, its switches, and what it is not given."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from megaapi_mock.errors import SetupError
from megaapi_mock.settings import Settings
from megaapi_mock.testing import Mock, MockServer


@pytest.mark.parametrize("usual", [True, False])
def test_garbage_is_collected_as_before(usual: bool) -> None:
    before = gc.isenabled()
    (gc.enable if usual else gc.disable)()
    try:
        MockServer(listen=False).stop(0)
        assert gc.isenabled() is usual
        with pytest.raises(SetupError):
            MockServer(world="nowhere")
        assert gc.isenabled() is usual
    finally:
        (gc.enable if before else gc.disable)()


def test_a_world_is_chosen_by_name_and_by_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "instances: [{key: megacode-TESTKEY0042, token: TESTKEY0042, number: '5511900000042'}]\n",
        encoding="utf-8",
    )
    for world in (file, str(file)):
        with MockServer(world=world) as server:
            assert server.attach("megacode-TESTKEY0042").number == "5511900000042"
    with MockServer(world="brasil", settings=Settings(seed=7)) as server, server.instance() as shop:
        # Registered without the digit that is dialled, in that world.
        assert shop.customer("5531990000005").jid == "553190000005@s.whatsapp.net"
        assert server.app.runtime.setup.settings.seed == 7
    with pytest.raises(SetupError, match="nowhere"):
        MockServer(world="nowhere")


def test_the_switches_can_be_chosen(mock: Mock) -> None:
    with MockServer(switches={"disconnected_status": "401"}) as server:
        shop = server.instance(connected=False)
        client = server.app.test_client()
        body = {"messageData": {"to": "5511900000002", "text": "Oi"}}
        path = f"/rest/sendMessage/{shop.key}/text"
        assert client.post(path, json=body, headers=shop.headers).status_code == 401
