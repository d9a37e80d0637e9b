"""Forms with a file, as uploads send them."""

from __future__ import annotations

BOUNDARY = "TESTBOUNDARY"
UPLOAD_TYPE = f"multipart/form-data; boundary={BOUNDARY}"
# A form that ends before its file does.
CUT_FORM = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n'.encode()


def upload(content: bytes, name: str, kind: str, *, part: str = "file") -> bytes:
    """A form with this file in one part."""
    head = (
        f"--{BOUNDARY}\r\n"
        f'Content-Disposition: form-data; name="{part}"; filename="{name}"\r\n'
        f"Content-Type: {kind}\r\n\r\n"
    )
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
