"""Pictures read with the standard library, held to what others make of them."""

from __future__ import annotations

from io import BytesIO

import pytest
import zxingcpp
from megaapi_contract.host.http import request
from megaapi_contract.host.stage import MockStage
from megaapi_contract.host.target import MockTarget
from megaapi_contract.probes.laws import png
from megaapi_contract.probes.laws.media import PNG
from PIL import Image


def test_a_qr_code_is_told_from_other_pictures() -> None:
    target = MockTarget()
    stage = MockStage(target)
    instance = stage.instance(connected=False)
    headers = (("Authorization", f"Bearer {instance.token}"),)
    path = f"/rest/instance/qrcode-img/{instance.key}"
    picture = target.send(request("GET", path, headers=headers)).body
    target.close()
    dots = png.rows(picture)
    assert zxingcpp.read_barcodes(Image.open(BytesIO(picture)))[0].text
    assert png.shows_qr(dots)
    assert not png.shows_qr(png.rows(PNG))
    assert not png.shows_qr([line[::-1] for line in dots][::-1])
    assert not png.shows_qr([[not dot for dot in line] for line in dots])


@pytest.mark.parametrize("colours", ["1", "L", "LA", "RGB", "RGBA", "P"])
def test_pictures_of_every_kind_are_read(colours: str) -> None:
    dots = Image.new("L", (9, 5), 255)
    dots.putpixel((2, 1), 0)
    buffer = BytesIO()
    dots.convert(colours).save(buffer, "PNG")
    read = png.rows(buffer.getvalue())
    assert [(x, y) for y, line in enumerate(read) for x, dot in enumerate(line) if dot] == [(2, 1)]
    assert (len(read), len(read[0])) == (5, 9)


@pytest.mark.parametrize(
    "content", [b"", PNG[:-12], PNG[:40], PNG.replace(b"IDAT", b"IDAX"), PNG[:8], b"GIF" + PNG[3:]]
)
def test_what_is_no_picture_is_said_so(content: bytes) -> None:
    with pytest.raises(png.NoPicture):
        png.rows(content)
