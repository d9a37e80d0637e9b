"""Files in forms: they arrive as they were, and what is not a form is turned down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...host.host_instance import HostInstance
from ...host.stage import Stage
from ...host.upload import BOUNDARY, CUT_FORM, UPLOAD_TYPE, upload
from ...judging.results import Exchange
from ..probe import Laws
from ..session import Session
from .access import MEDIA_TOO_LARGE
from .assertions import claim, claim_refusal, claim_success, inferred, value_at
from .calls import someone
from .media import KINDS as MEDIA_KINDS
from .media import PLAIN, PNG, fetch, same_bytes
from .sent_message import hold_sent

LAWS = Laws()

# By operation: the content it becomes, what it is fetched back as, and the type its part names.
KINDS: Mapping[str, tuple[str, str, str]] = {
    f"upload_{type_}": MEDIA_KINDS[type_] for type_ in ("image", "video", "audio", "document")
}
# With letters that a program mistakes for others where it takes a form's head for Latin-1.
NAME, CAPTION = "relatório nº 1 de março.bin", "Veja só"


def send(
    session: Session, instance: HostInstance, operation: str, content: bytes, **query: str
) -> Exchange:
    """A file for somebody, in a form."""
    form = upload(content, NAME, KINDS[operation][2])
    session.gate.learn_file(form)
    session.gate.learn(query.values())
    return session.call(
        operation, instance, query={"to": someone(session), **query}, raw=form,
        content_type=UPLOAD_TYPE,
    )  # fmt: skip


def _part(answer: Exchange, operation: str) -> Mapping[str, Any]:
    part = value_at(answer.json, "messageData", "message", KINDS[operation][0])
    return part if isinstance(part, dict) else {}


@LAWS.law(*KINDS, "download_media", effects=("sends", "reads"))
def an_uploaded_file_comes_back_byte_for_byte(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    for operation, (_, kind, mimetype) in KINDS.items():
        content = PNG if operation == "upload_image" else PLAIN
        answer = send(session, instance, operation, content)
        if not hold_sent(session, stage, answer, someone(session)):
            continue
        part = _part(answer, operation)
        session.gate.learn(str(value) for value in part.values())
        claim(session, answer, part, "the content is of the kind that was uploaded")
        claim(session, answer, part.get("mimetype") == mimetype, "the type is that of the part")
        same_bytes(session, fetch(session, instance, part, kind), part, content)


@LAWS.law("upload_image", "upload_video", "upload_document", effects=("sends",))
def an_upload_keeps_its_text_and_its_name(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    for operation in ("upload_image", "upload_video"):
        answer = send(session, instance, operation, PNG, caption=CAPTION)
        caption = _part(answer, operation).get("caption")
        # The answer was never seen; what becomes of the text and of the name, the vendor says.
        claim(session, answer, caption == CAPTION, "the caption is what was sent",
              promise=session.contract.promise(operation))  # fmt: skip
        answer = send(session, instance, operation, PNG, caption="")
        claim(session, answer, not _part(answer, operation).get("caption"), "no caption is none")
    answer = send(session, instance, "upload_document", PLAIN)
    name = _part(answer, "upload_document").get("fileName")
    claim(session, answer, name == NAME, "documents keep the name of their part",
          promise=session.contract.promise("upload_document"))  # fmt: skip


@LAWS.law("upload_image", "upload_document", effects=("sends",), phone=True)
def what_is_no_form_with_a_file_is_refused(session: Session, stage: Stage) -> None:
    instance, query = stage.instance(), {"to": someone(session)}
    empty = f"--{BOUNDARY}--\r\n".encode()
    for operation in ("upload_image", "upload_document"):
        promise = inferred(session, operation)
        for when, status, raw, kind in (
            ("the file in another part", 500, upload(PNG, NAME, "image/png", part="image"),
             UPLOAD_TYPE),
            ("a form without a part", 500, empty, UPLOAD_TYPE),
            ("JSON in place of a form", 500, b"{}", "application/json"),
            ("a form that is cut", 400, CUT_FORM, UPLOAD_TYPE),
            ("a form whose boundary is not named", 400, empty, "multipart/form-data"),
        ):  # fmt: skip
            answer = session.call(operation, instance, query=query, raw=raw, content_type=kind)
            claim_refusal(session, answer, status, when, promise=promise)
        form = upload(PNG, NAME, "image/png")
        answer = session.call(operation, instance, raw=form, content_type=UPLOAD_TYPE)
        claim_refusal(session, answer, 500, "nobody to send it to", promise=promise)


@LAWS.law("upload_document", effects=("sends",), phone=True)
def an_upload_above_the_limit_is_413(session: Session, stage: Stage) -> None:
    answer = send(session, stage.instance(), "upload_document", bytes(MEDIA_TOO_LARGE))
    promise = inferred(session, "upload_document")
    claim_refusal(session, answer, 413, "a file above 16 MiB", promise=promise)


@LAWS.law("upload_profile_picture", "profile_picture", effects=("changes", "reads"), phone=True)
def an_uploaded_picture_has_another_address(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    own, addresses = f"{instance.number}@s.whatsapp.net", []
    for content in (b"", PNG, PNG + b"0"):
        if content:
            form = upload(content, NAME, "image/png")
            answer = session.call(
                "upload_profile_picture", instance, query={"to": own}, raw=form,
                content_type=UPLOAD_TYPE,
            )  # fmt: skip
            claim_success(session, answer, "a new picture")
        answer = session.call("profile_picture", instance, query={"to": own})
        addresses.append(value_at(answer.json, "data"))
    is_new = len(set(addresses)) == len(addresses)
    claim(session, answer, is_new, "each picture has an address of its own")
