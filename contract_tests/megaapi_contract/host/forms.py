"""Reads which of several documented forms a successful answer has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..judging.alternatives import USUAL

ReadForm = Callable[[Mapping[str, Any]], str | None]


def _group(document: Mapping[str, Any]) -> str | None:
    if isinstance(document.get("group"), dict):
        return USUAL
    return "flat" if "id" in document else None


def _settings(document: Mapping[str, Any]) -> str | None:
    if isinstance(document.get("webhookData"), dict):
        return USUAL
    return "flat" if "webhookUrl" in document else None


def _settings_form(document: Mapping[str, Any]) -> str | None:
    if "webhookUrl" in document:
        return USUAL
    return "2022" if isinstance(document.get("dataMessage"), dict) else None


def _download(document: Mapping[str, Any]) -> str | None:
    data = document.get("data")
    if not isinstance(data, str) or not data:
        return None
    return USUAL if data.startswith("data:") else "base64"


def _buttons(document: Mapping[str, Any]) -> str | None:
    data = document.get("messageData")
    message = data.get("message") if isinstance(data, dict) else None
    if not isinstance(message, dict):
        return None
    return USUAL if "interactiveMessage" in message else "2022" if len(message) == 1 else None


def _sent_to_many(document: Mapping[str, Any]) -> str | None:
    if isinstance(document.get("messageData"), dict):
        return USUAL
    return "flat" if "sent" in document else None


def _creation(document: Mapping[str, Any]) -> str | None:
    if isinstance(document.get("data"), dict):
        return USUAL
    return "flat" if "instance_key" in document else None


def _uploaded_audio(document: Mapping[str, Any]) -> str | None:
    data = document.get("messageData")
    message = data.get("message") if isinstance(data, dict) else None
    audio = message.get("audioMessage") if isinstance(message, dict) else None
    if not isinstance(audio, dict):
        return None
    return "voice_note" if audio.get("ptt") is True else USUAL


# The switch that decides the form, and how the form is read.
_FORMS: Mapping[str, tuple[str, ReadForm]] = {
    "group_details": ("group_shape", _group),
    "create_group": ("group_shape", _group),
    "group_invite_info": ("group_shape", _group),
    "text_to_many": ("to_many_shape", _sent_to_many),
    "media_url_to_many": ("to_many_shape", _sent_to_many),
    "list_to_many": ("to_many_shape", _sent_to_many),
    "template_to_many": ("to_many_shape", _sent_to_many),
    "webhook_settings": ("webhook_settings_shape", _settings),
    "configure_webhook": ("webhook_saved", _settings_form),
    "download_media": ("download_body", _download),
    "send_buttons": ("buttons_form", _buttons),
    "create_instance": ("init_shape", _creation),
    "upload_audio": ("uploaded_audio", _uploaded_audio),
}


def settled_form(operation: str | None, document: Any) -> tuple[str, str] | None:
    """The switch that decides the form of a success, and the value it shows; None for others."""
    switch, form_of = _FORMS.get(operation or "", ("", _group))
    if not switch or not isinstance(document, dict) or document.get("error") is True:
        return None
    value = form_of(document)
    return None if value is None else (switch, value)
